#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# bulk.sh INJECTOR FLOWS ONES: what it costs to store flows from outside: FLOWS of
# a file by `ksteer flow load` and by `conntrack --load-file`, and ONES by a `conntrack
# -I` each. All are counted in the tables afterwards.

. "$(dirname "$0")/tables.sh"

PART=bulk
FLOWS=$1 ONES=$2

# once CASE FLOWS COMMAND...
once()
{
	local case=$1 flows=$2

	shift 2
	cost "$@"
	result "$case" total $COST instructions
	result "$case" "a flow" "$(a_flow $COST "$flows")" instructions
}

load_ksteer()
{
	ksteer flow load "$DIR/ksteer" >"$DIR/said"
}

load_conntrack()
{
	conntrack --load-file "$DIR/conntrack" >"$DIR/said" 2>&1
}

# Programs that have run before are in the page cache
insert_ones()
{
	local i

	for ((i = 0; i < ONES; i++)); do
		conntrack -I -s "10.127.$((i / 200)).$((i % 200))" -d $VIP \
			-p tcp --sport 1024 --dport 80 --state ESTABLISHED \
			-u SEEN_REPLY,ASSURED -t 43200
	done >"$DIR/said" 2>&1
}

add_ones()
{
	local i

	for ((i = 0; i < ONES; i++)); do
		ksteer flow add "10.127.$((i / 200)).$((i % 200))" 1024 $VIP 80 \
			tcp tm t1 vs v
	done >"$DIR/said"
}

measure_ksteer()
{
	serve_ksteer 3
	flow_lines 0 100 >"$DIR/ksteer"
	load_ksteer
	flow_lines 1000 "$FLOWS" >"$DIR/ksteer"
	once "ksteer flow load" "$FLOWS" load_ksteer
	[ "$(ksteer_flows)" = $((FLOWS + 100)) ] || die "$(cat "$DIR/said")"
	once "ksteer flow add" "$ONES" add_ones
	[ "$(ksteer_flows)" = $((FLOWS + 100 + ONES)) ] ||
		die "$(cat "$DIR/said")"
	ksteer flow flush all >"$DIR/said"
}

measure_conntrack()
{
	serve_conntrack "$FLOWS"
	conntrack_lines 0 100 >"$DIR/conntrack"
	load_conntrack
	conntrack_lines 1000 "$FLOWS" >"$DIR/conntrack"
	once "conntrack --load-file" "$FLOWS" load_conntrack
	[ "$(conntrack -C)" = $((FLOWS + 100)) ] || die "$(tail -1 "$DIR/said")"
	once "conntrack -I" "$ONES" insert_ones
	[ "$(conntrack -C)" = $((FLOWS + 100 + ONES)) ] ||
		die "$(tail -1 "$DIR/said")"
	conntrack -F >"$DIR/said" 2>&1
}

wires 3
measure_ksteer
measure_conntrack
unwire
