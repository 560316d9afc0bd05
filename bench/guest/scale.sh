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

PART=scale
MODE=$1 PACKETS=$2 ROUNDS=${3-}
FLOWS=1000
PLAIN=10.8.0.1

# on_one CPU WORD...: an injection by this processor
on_one()
{
	local cpu=$1 result fd

	shift
	taskset -cp "$cpu" "$BASHPID" >"$DIR/said.$cpu"
	exec {fd}<>/sys/kernel/debug/ksteer_inject/run
	: >"$DIR/ready.$cpu"
	until [ -e "$DIR/go" ]; do
		:
	done
	echo "dev=c0 src=$FLOW_SRC $*" >&"$fd" || die "not injected: $*"
	read -r result <&"$fd"
	echo "$result" >"$DIR/result.$cpu"
}

everybody_ready()
{
	local cpu

	for ((cpu = 0; cpu < $1; cpu++)); do
		[ -e "$DIR/ready.$cpu" ] || return
	done
}

# on_all CPUS DST SPREAD: each has FLOWS flows, or all have the same one
on_all()
{
	local cpu pids=() pid

	rm -f "$DIR"/{go,ready.*}
	for ((cpu = 0; cpu < $1; cpu++)); do
		if [ "$3" = own ]; then
			on_one $cpu "dst=$2 n=$PACKETS flows=$FLOWS" \
				"first=$((cpu * FLOWS))" &
		else
			on_one $cpu "dst=$2 n=$PACKETS" &
		fi
		pids+=($!)
	done
	until everybody_ready "$1"; do
		:
	done
	: >"$DIR/go"
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
}

# Packets a million ticks of the clock, of the receive path alone
throughput()
{
	local cpu rate

	rate=$(for ((cpu = 0; cpu < $1; cpu++)); do
		RESULT=$(cat "$DIR/result.$cpu") || exit
		echo "$(part n) $(part sum)"
	done | awk '{ rate += 1000000 * $1 / $2 } END { printf "%.3f", rate }')
	echo "$rate"
}

median()
{
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

round()
{
	local name cpus dst base

	for name in plain ksteer; do
		dst=$VIP
		[ $name = ksteer ] || dst=$PLAIN
		for cpus in 1 2 4; do
			on_all $cpus $dst own
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
	# In this order, and eight runs before: part_scale.sh knows
	on_all 2 $PLAIN own
	on_all 2 $VIP own
	on_all 2 $VIP same
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
done
$MODE
[ "$(ksteer_flows)" = $((4 * FLOWS)) ] || die "$(ksteer_flows) flows"
unwire
