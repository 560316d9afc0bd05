#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# The store in numbers: growth, memory, a full table and who makes room, expiry
# and deletion of many flows, their way out of what goes down, complete dumps.

. "$(dirname "$0")/lib.sh"
. "$SELFTESTS/lib_sink.sh"

SRC4=10.1.0.10 SRC6=fd00:1::10

LONG="timeout udp-open 1h timeout udp-established 1h timeout tcp-open 1h"

# pour COUNT [OPTION...]: flows of UDP, one packet each
pour()
{
	local count=$1

	shift
	flood -N "$C" "$@" c0 "$MAC" $SRC4 $DST4 "$count"
}

pour6()
{
	local count=$1

	shift
	flood -N "$C" "$@" c0 "$MAC" $SRC6 $DST6 "$count"
}

# seen COUNT: whether so many packets have come
seen()
{
	[ "$(ksj 'map(select(.name | IN("hit", "miss")) | .value) | add' \
		stats show)" = "$1" ]
}

# several NAME...: counters, as "name=value ..." in the kernel's order
several()
{
	ks -j stats show | jq -r --args 'map(select(.name |
		IN($ARGS.positional[])) | "\(.name)=\(.value)") | join(" ")' "$@"
}

# pushed FIRST COUNT: lines for `flow load`; from a third address
pushed()
{
	awk -v first="$1" -v count="$2" -v dst=$DST4 'BEGIN {
		for (i = 0; i < count; i++)
			printf "10.1.0.77 %d %s 80 udp tm t1 vs v4\n", first + i, dst
	}'
}

# Detectors keep books on each object: it is larger, and a tenth of them will do
watched()
{
	[ "$(</sys/kernel/slab/ksteer_flow/slab_size)" != \
		"$(</sys/kernel/slab/ksteer_flow/object_size)" ]
}

test_growth()
{
	local million=1000000 size slabs active

	sink_setup $LONG
	watched && million=100000
	ks config set max-flows 2000000 max-open 1500000
	pour $million
	wait_until 60 seen $million
	is "$(several miss select stored evict_open evict_idle table_full no_memory hit)" \
		"hit=0 miss=$million select=$million stored=$million table_full=0 no_memory=0 evict_open=0 evict_idle=0" \
		"counters of the growth"
	is "$(flows_now)" $million "flows"
	is "$(tm_stat t1 flows) $(tm_stat t2 flows)" "$((million / 2)) $((million / 2))" "shares"
	is "$(sunk)" $million "packets that were forwarded"
	size=$(</sys/kernel/slab/ksteer_flow/object_size)
	between "$size" 64 128 "bytes of a flow"
	active=$(awk '$1 == "ksteer_flow" { print $2 }' /proc/slabinfo)
	truth "$active >= million" "flows in the cache"
	slabs=$(awk '$1 == "ksteer_flow" { print $15 * $6 * 4096 }' /proc/slabinfo)
	watched || truth "$slabs < million * 136" "bytes of the cache"
	pour $million
	wait_until 60 seen $((2 * million))
	is "$(several hit miss stored)" \
		"hit=$million miss=$million stored=$million" "the same again"
	is "$(sunk)" $((2 * million)) "packets that were forwarded"
	pour6 100000
	wait_until 20 seen $((2 * million + 100000))
	pour6 100000
	wait_until 20 seen $((2 * million + 200000))
	is "$(several hit stored)" \
		"hit=$((million + 100000)) stored=$((million + 100000))" "IPv6"
	is "$(ksj .count flow flush vs v4)" $million "deleted at once"
	is "$(flows_now)" 100000 "flows that stay"
}

# The budget of half-open flows, then the table, is full
test_evict_open()
{
	sink_setup $LONG
	ks config set max-flows 1000 max-open 500
	pushed 1 400 | ks flow load -
	pour 500
	wait_until 5 seen 500
	is "$(flows_now) $(several evict_open)" "900 evict_open=0" "flows"
	wait_until 5 idle_for 500
	pour 50 -f 30000
	wait_until 5 seen 550
	is "$(flows_now) $(several evict_open evict_idle)" \
		"900 evict_open=50 evict_idle=0" "beyond the budget"
	is "$(ksj '[.[] | select(.state == "open") | .sport] |
		"\(length) \(map(select(. >= 30000)) | length)"' flow show)" \
		"500 50" "older ones made room"
	wait_until 5 idle_for 500
	ks config set max-open 1000
	pour 200 -f 40000
	wait_until 5 seen 750
	is "$(flows_now) $(several evict_open evict_idle table_full)" \
		"1000 table_full=0 evict_open=150 evict_idle=0" \
		"beyond the table"
	is "$(ksj '[.[] | select(.state == "open")] | length' flow show)" 600 \
		"half-open flows"
	between "$(ksj '[.[] | select(.sport >= 40000)] | length' flow show)" \
		190 200 "of the newest, the older made room"
	is "$(ksj length flow show state established)" 400 "established flows"
	is "$(sunk)" 750 "packets that were forwarded"
}

# idle_for MS: are all pushed flows idle for so long?
idle_for()
{
	ksj "[.[] | select(.idle < $1)] | length == 0" flow show | grep -q true
}

test_evict_idle()
{
	local before

	sink_setup $LONG
	ks config set max-flows 1000 max-open 1000 young 1h
	pushed 1 1000 | ks flow load -
	pour 20
	wait_until 5 seen 20
	is "$(flows_now) $(several stored table_full evict_open evict_idle)" \
		"1000 stored=1000 table_full=20 evict_open=0 evict_idle=0" \
		"no young flow makes room"
	is "$(sunk)" 20 "packets that were forwarded"
	refused ks flow add 10.1.0.78 1 $DST4 80 udp tm t1 vs v4
	has "$SAID" "*full of young flows*" "the sentence"
	ks config set young 6
	wait_until 20 idle_for 6000
	# The first half has a packet each, and is young again
	flood -N "$C" -f 1 c0 "$MAC" 10.1.0.77 $DST4 500
	wait_until 5 seen 520
	is "$(several hit)" hit=500 "packets of the first half"
	pushed 2001 20 | ks flow load -
	is "$(flows_now) $(several evict_open evict_idle)" \
		"1000 evict_open=0 evict_idle=20" "room for twenty"
	is "$(ksj '[.[] | select(.sport <= 500)] | length' flow show)" 500 \
		"young ones are all there"
	before=$(ksj '[.[] | select(.sport > 2000)] | length' flow show)
	is "$before" 20 "new ones"
}

# The answer of anything while a hundred thousand flows expire
test_expiry()
{
	local NOW begin deadline worst=0 took

	sink_setup timeout udp-open 1s
	ks config set max-open 200000
	pour 100000
	wait_until 10 seen 100000
	now_us
	deadline=$((NOW + 60000000))
	while ! flows_are 0; do
		now_us
		begin=$NOW
		((begin < deadline)) || fail "flows do not expire"
		ks explain $SRC4 1 $DST4 80 udp >/dev/null
		now_us
		took=$((NOW - begin))
		if ((took > worst)); then
			worst=$took
		fi
	done
	is "$(several stored expired evict_open)" \
		"stored=100000 evict_open=0 expired=100000" "what became of them"
	is "$(tm_stat t1 flows) $(tm_stat t2 flows)" "0 0" "flows of the managers"
	truth "$worst < 2000000" "a question waited long"
}

test_delete()
{
	sink_setup $LONG
	ks config set max-open 200000
	pour 100000
	wait_until 10 seen 100000
	is "$(ksj .count flow flush tm t1)" 50000 "flows of t1"
	is "$(flows_now) $(tm_stat t1 flows) $(tm_stat t2 flows)" \
		"50000 0 50000" "flows that stay"
	is "$(ksj .count flow flush dport 81)" 0 "flows of no server's port"
	is "$(ksj .count flow flush src $SRC4 dport 80)" 25000 "of one source"
	is "$(ksj .count flow flush all)" 25000 "the rest"
	is "$(flows_now)" 0 "flows"
	# Their keys are free again
	pour 1000
	wait_until 5 seen 101000
	is "$(several hit stored)" "hit=0 stored=101000" "after the deletion"
}

test_dump()
{
	local said

	sink_setup $LONG
	ks config set max-open 200000
	pour 100000
	wait_until 10 seen 100000
	said=$(in_ns "$R" nl_dump flow-get)
	has "$said" "objects 100000 distinct 100000 parts * interrupted 0" dump
	is "$(ks flow show | wc -l)" 100000 "lines of flow show"
	is "$(ksj 'map(select(.sport == 10007)) | length' flow show tm t2)" 2 \
		"flows of one port"
}

all_left()
{
	[ "$(ksj '[.[].leaving // 0] | add' tm show)" = 0 ]
}

told_of_down()
{
	[ "$(jq -r 'select(.event == "change" and .state == "down") |
		"\(.name) \(.moved) \(.forgotten)"' "$CASE_DIR/config" |
		paste -sd ,)" = "$1" ]
}

# The command waits for none of them, and listeners learn when they are gone
test_leaving()
{
	sink_setup $LONG
	ks config set max-open 200000
	pour 100000
	wait_until 10 seen 100000
	listen config monitor config
	is "$(ks tm down t1 reselect)" "moved 0 forgotten 0 leaving 50000" \
		"what the command says"
	wait_until 30 all_left
	is "$(tm_stat t1 flows) $(tm_stat t2 flows)" "0 100000" "moved"
	wait_until 5 told_of_down "t1 0 0,t1 50000 0"
	ks tm up t1
	# Both at once, one of them back before it is its turn
	kb <<-END
	tm down t1 forget
	tm down t2 forget
	END
	wait_until 30 all_left
	is "$(flows_now)" 0 "forgotten"
	wait_until 5 told_of_down \
		"t1 0 0,t1 50000 0,t1 0 0,t2 0 0,t2 0 100000"
}

# Beside more tables than are made at once flows stay until all pools know of it
test_leaving_held()
{
	local i

	sink_setup $LONG
	pour 100
	wait_until 5 seen 100
	listen config monitor config
	for i in {1..20}; do
		echo "pool add q$i sched maglev tm t1 tm t2"
	done | kb
	is "$(ks tm down t1 reselect)" "moved 0 forgotten 0 leaving 50" \
		"what the command says"
	wait_until 10 all_left
	is "$(tm_stat t1 flows) $(tm_stat t2 flows)" "0 100" "moved"
	wait_until 5 told_of_down "t1 0 0,t1 50 0"
	is "$(ksj '[.[].member[] | select(.share > 0)] | length' pool show)" 20 \
		"members that tables name"
}

case_add "growth: a million flows, 128 bytes each" test_growth
case_add "full: older half-open flows make room" test_evict_open
case_add "full: idle flows make room, young ones never" test_evict_idle
case_add "expiry: a hundred thousand at once" test_expiry
case_add "delete: by filter" test_delete
case_add "dump: complete, each once" test_dump
case_add "down: flows leave in the background" test_leaving
case_add "down: flows stay until their pools know of it" test_leaving_held

cases_run "$@"
