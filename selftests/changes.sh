#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Whoever keeps a copy of the store, by a dump and the events behind it, has what
# is stored: while flows come, move and go and the table grows and shrinks. Who
# does not read in time is told, and no packet waits for him.

. "$(dirname "$0")/lib.sh"
. "$SELFTESTS/lib_sink.sh"

ALL=(events "new,established,move,delete" timeout udp-open 1h)

# follow_start [OPTION...]: keep a copy of the store
follow_start()
{
	bg "$R" follow "$@" >"$CASE_DIR/copy"
	FOLLOWER=$BG
	wait_until 20 grep -qx follows "$CASE_DIR/copy"
}

# follow_end: it has to be what is stored, now that the store stands still;
# $FOLLOWED is what it says
follow_end()
{
	local rc=0

	kill -TERM "$FOLLOWER"
	wait "$FOLLOWER" || rc=$?
	FOLLOWED=$(tail -n 1 "$CASE_DIR/copy")
	cat "$CASE_DIR/copy"
	is "$rc" 0 "the copy against the store"
}

# heard COUNT: so many events by now
heard()
{
	kill -USR1 "$FOLLOWER"
	grep -qx "heard $1" "$CASE_DIR/copy"
}

# none_lost: he has missed nothing, or the log did not have it
none_lost()
{
	truth "$(said lost) == 0 || $(kcount event_lost) > 0" \
		"the reader missed what the log had: $FOLLOWED"
}

# said NAME: a number of $FOLLOWED
said()
{
	[[ " $FOLLOWED " =~ \ $1\ ([0-9]+)\  ]] || fail "no $1: $FOLLOWED"
	echo "${BASH_REMATCH[1]}"
}

# pour FIRST COUNT [OPTION...]: a packet of each of so many flows of each family,
# by both processors
pour()
{
	local first=$1 count=$2

	shift 2
	taskset -c 0 flood -N "$C" -f "$first" "$@" c0 "$MAC" 10.1.0.10 \
		"$DST4" "$count" &
	taskset -c 1 flood -N "$C" -f "$first" "$@" c0 "$MAC" fd00:1::10 \
		"$DST6" "$count"
	wait $!
}

need_two()
{
	[ "$(nproc)" -gt 1 ] || skip "one processor"
}

# Everything that becomes of a flow, thousands of times, at once
churn()
{
	for _ in 1 2 3 4; do
		pour 10000 3000
		pour 10000 1500
		bg "$C" flood -lq -f 12000 c0 "$MAC" 10.1.0.10 "$DST4" 2000
		ks tm down t1 >/dev/null
		ks flow flush vs v6 >/dev/null
		ks tm up t1
		ks flow flush state established >/dev/null
		pour 20000 2000 -S
		ks tm down t2 >/dev/null
			kb <<-END
		vs del v6
		vs add v6 addr $DST6 pool p ${ALL[*]}
		END
		ks tm up t2
		kill "$BG"
		wait "$BG" || :
	done
}

test_copy()
{
	need_two
	sink_setup "${ALL[@]}" persist 1h
	pour 30000 2000
	follow_start
	churn
	follow_end
	truth "$(said events) > 20000" "events: $FOLLOWED"
	isnt "$(said flows)" 0 "flows"
	none_lost
}

# More changes at once than the log has places, by commands: they wait for it
test_bulk()
{
	local i moved

	need_two
	sink_setup "${ALL[@]}"
	follow_start
	for i in 1 2 3 4 5; do
		pour "$((i * 5000))" 5000
		wait_until 20 heard "$((i * 10000))"
	done
	pour 5000 2500
	wait_until 20 heard 55000
	moved=$(ksj .moved tm down t1)
	truth "$moved > 20000" "moved: $moved"
	is "$(ksj .count flow flush all)" 50000 "deleted"
	is "$(kcount event_lost)" 0 "events lost"
	follow_end
	is "$(said events)" "$((55000 + moved + 50000))" "events"
	is "$(said lost) $(said dumps)" "0 2" "lost, dumps"
	is "$(said flows)" 0 "flows"
}

# A full table: each newcomer pushes one out
test_evict()
{
	need_two
	sink_setup "${ALL[@]}"
	ks config set max-flows 1000
	follow_start
	pour 10000 20000
	pour 40000 5000 -S
	follow_end
	truth "$(kcount evict_open) + $(kcount evict_idle) > 20000" "evicted"
	none_lost
}

# Dumps while flows come and go and the table grows and shrinks: what one of them
# shows is then changed by the events behind its beginning alone
test_dumps()
{
	need_two
	sink_setup "${ALL[@]}"
	follow_start -d 2000
	for _ in 1 2 3; do
		pour 10000 20000
		ks flow flush all >/dev/null
		pour 10000 300
	done
	follow_end
	truth "$(said dumps) > 5" "dumps: $FOLLOWED"
	none_lost
}

# His socket is full soon: others get what they are due, packets pass, and he
# hears of it when he reads, and has a true copy afterwards
test_slow()
{
	local before

	need_two
	sink_setup "${ALL[@]}"
	follow_start -w -b 16384
	bg "$R" ksteer -j monitor flow >"$CASE_DIR/heard"
	before=$(sunk)
	pour 10000 5000
	pour 10000 5000
	is "$(($(sunk) - before))" 20000 "packets that passed"
	kill -USR1 "$FOLLOWER"
	follow_end
	truth "$(said lost) > 0" "he was not told: $FOLLOWED"
	truth "$(said dumps) > 2" "he did not begin anew: $FOLLOWED"
	is "$(said flows)" 10000 "flows"
	is "$(kcount event_lost)" 0 "events that the log had no room for"
}

case_add "changes: a copy of the store under load" test_copy
case_add "changes: a command that changes many flows" test_bulk
case_add "changes: a full table" test_evict
case_add "changes: dumps under load" test_dumps
case_add "changes: a reader that does not read" test_slow

cases_run "$@"
