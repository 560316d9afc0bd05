#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# pools.sh INJECTOR POOLS MECHANISM...: what it costs to change one traffic manager
# that is a member of so many pools of three, and one that is in none of them: its
# weight, its bound, down and up again; the command, and the work behind it. And what
# it costs a program (fill.c) to make so many tables alone.

. "$(dirname "$0")/tables.sh"
. "$(dirname "$0")/background.sh"

PART=pools
TIMES=100
POOLS=$1
shift

configure()
{
	local i

	{
		for i in 1 2 3 4; do
			echo "tm add t$i via 10.20.0.$i"
		done
		for ((i = 0; i < POOLS; i++)); do
			echo "pool add p$i sched $1 tm t1 tm t2 tm t3"
		done
	} | ksteer restore -
	[ "$(ksteer -j pool show | jq length)" = "$POOLS" ] || die "not $POOLS pools"
}

clean()
{
	{
		for ((i = 0; i < POOLS; i++)); do
			echo "pool del p$i"
		done
		for i in 1 2 3 4; do
			echo "tm del t$i"
		done
	} | ksteer -batch -
}

# change CASE TIMES COMMAND COMMAND: one and the other in turn, so that each changes
# something
change()
{
	local name=$1 times=$2 i

	for ((i = 0; i < times; i += 2)); do
		printf '%s\n' "$3" "$4"
	done >"$DIR/changes"
	behind "$name" ksteer -batch "$DIR/changes"
	result "$name" "a change" $((COST / times)) instructions
}

# changes TM WHERE TIMES: a bound changes no table
changes()
{
	local name="$MECHANISM, $2 $POOLS pools"

	change "$name, weight" "$3" "tm set $1 weight 3" "tm set $1 weight 1"
	change "$name, bound" $TIMES "tm set $1 max-flows 9" "tm set $1 max-flows 8"
	change "$name, down and up" "$3" "tm down $1" "tm up $1"
}

# So many times, where that is counted in seconds of a real machine
times()
{
	case $MECHANISM in
	maglev | hash-*) echo 2 ;;
	*) echo $TIMES ;;
	esac
}

wires 4
modprobe ksteer
cost fill "$POOLS" >"$DIR/said"
result "tables alone, $POOLS" program "$COST" instructions
for MECHANISM; do
	configure "$MECHANISM"
	# Programs that have run before are in the page cache
	ksteer tm down t4
	ksteer tm up t4
	changes t4 "in none of" $TIMES
	changes t1 "in all of" "$(times)"
	clean
done
unwire
