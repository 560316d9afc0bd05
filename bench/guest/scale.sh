#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# scale.sh INJECTOR {rate PACKETS ROUNDS | lines PACKETS}: known flows on several
# processors at once, each with flows of its own, beside plain forwarding.
#
# rate: what so many get through, in relation to one: the median of ROUNDS, each
# of which has both. lines: for the plugin that sees who writes what
# (plugin/shared.c), two processors: plain forwarding, ksteer, and ksteer with
# both working for the same flow, where it must see something.

. "$(dirname "$0")/tables.sh"
. "$(dirname "$0")/both.sh"

PART=scale
MODE=$1 PACKETS=$2 ROUNDS=${3-}
FLOWS=1000
PLAIN=10.8.0.1

# own DST CPU: flows of its own
own()
{
	echo "dst=$1 n=$PACKETS flows=$FLOWS first=$(($2 * FLOWS))"
}

# same DST CPU: all have the same one
same()
{
	echo "dst=$1 n=$PACKETS"
}

round()
{
	local name cpus dst base

	for name in plain ksteer; do
		dst=$VIP
		[ $name = ksteer ] || dst=$PLAIN
		for cpus in 1 2 4; do
			on_all $cpus own $dst
			RATE[$cpus]=$(throughput $cpus)
		done
		base=${RATE[1]}
		for cpus in 2 4; do
			a_flow "${RATE[$cpus]}" "$base" >>"$DIR/$name.$cpus"
			echo >>"$DIR/$name.$cpus"
		done
	done
	for cpus in 2 4; do
		a_flow "$(tail -1 "$DIR/ksteer.$cpus")" \
			"$(tail -1 "$DIR/plain.$cpus")" >>"$DIR/both.$cpus"
		echo >>"$DIR/both.$cpus"
	done
}

rate()
{
	local cpus i
	declare -A RATE

	cpus=$(nproc --all)
	[ "$cpus" = 4 ] || die "$cpus processors"
	for ((i = 0; i < ROUNDS; i++)); do
		round
	done
	for cpus in 2 4; do
		result "plain $cpus" "throughput to that of one processor" \
			"$(median "$DIR/plain.$cpus")" ratio
		result "ksteer known $cpus" "throughput to that of one processor" \
			"$(median "$DIR/ksteer.$cpus")" ratio
		result "ksteer known $cpus" "the same to that of plain" \
			"$(median "$DIR/both.$cpus")" ratio
	done
}

lines()
{
	on_all 2 own $PLAIN
	echo "run plain, flows of their own"
	on_all 2 own $VIP
	echo "run ksteer known, flows of their own"
	on_all 2 same $VIP
	echo "run ksteer known, the same flow"
	objects
	cat /proc/kallsyms >"$KSTEER_OUT/kallsyms"
}

# Whoever changes processors in the middle of a run confuses the plugin
taskset -cp 0 $$ >"$DIR/said"
wires 3
ip route add 10.8.0.0/16 via 10.20.0.1
serve_ksteer 3
for cpu in 0 1 2 3; do
	pour $FLOWS "first=$((cpu * FLOWS))"
	pour $FLOWS "first=$((cpu * FLOWS))"
	[ "$MODE" = rate ] || printf 'run -\nrun -\n'
done
$MODE
[ "$(ksteer_flows)" = $((4 * FLOWS)) ] || die "$(ksteer_flows) flows"
unwire
