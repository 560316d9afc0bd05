#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# removal.sh INJECTOR FLOWS SERVERS: what it costs to remove so many virtual servers
# beside so many flows of others, the command and the work behind it: those that have
# no flow, one by one and in a batch, and those that have a hundred each; and what it
# costs to take a traffic manager down that has a third of all flows.

. "$(dirname "$0")/tables.sh"
. "$(dirname "$0")/background.sh"

PART=removal
FLOWS=$1 SERVERS=$2
EACH=100
OTHER=10.9.0.2
SETTLE=ksteer_removal_work

add_servers()
{
	local i

	for ((i = 1; i <= SERVERS; i++)); do
		# shellcheck disable=SC2086
		echo "vs add s$i addr $OTHER port $i pool p" $LONG
	done | ksteer restore -
}

deletions()
{
	local i

	for ((i = 1; i <= SERVERS; i++)); do
		echo "vs del s$i"
	done >"$DIR/deletions"
}

expect_flows()
{
	[ "$(ksteer_flows)" = "$1" ] || die "$(ksteer_flows) flows, not $1"
}

expect_servers()
{
	[ "$(ksteer -j vs show | jq length)" = "$1" ] || die "not $1 servers"
}

remove_all()
{
	ksteer -batch "$DIR/deletions"
}

remove_idle()
{
	add_servers
	expect_servers $((SERVERS + 1))
	behind "$FLOWS flows, remove $SERVERS servers without" remove_all
	expect_servers 1
	expect_flows "$FLOWS"
}

remove_one()
{
	add_servers
	behind "$FLOWS flows, remove 1 of $SERVERS servers, without" \
		ksteer vs del s1
	sed -i 1d "$DIR/deletions"
	remove_all
	deletions
	expect_servers 1
}

remove_busy()
{
	local i

	add_servers
	for ((i = 1; i <= SERVERS; i++)); do
		inject "n=$EACH" "flows=$EACH" "dst=$OTHER" "dport=$i"
	done
	expect_flows $((FLOWS + SERVERS * EACH))
	behind "$FLOWS flows, remove $SERVERS servers with $EACH each" remove_all
	expect_servers 1
	expect_flows "$FLOWS"
}

# The flows of one are given to the two others, or forgotten
down()
{
	local flows

	flows=$(ksteer -s -j tm show t1 | jq '[.. | .flows? | numbers] | add')
	((flows * 4 > FLOWS && flows * 2 < FLOWS)) || die "t1 has $flows flows"
	SETTLE='' behind "$FLOWS flows, down, a third moves" \
		ksteer tm down t1 reselect
	expect_flows "$FLOWS"
	flows=$(ksteer -s -j tm show t2 | jq '[.. | .flows? | numbers] | add')
	SETTLE='' behind "$FLOWS flows, down, half is forgotten" \
		ksteer tm down t2 forget
	expect_flows $((FLOWS - flows))
}

fill()
{
	local first

	for ((first = 0; first < FLOWS; first += 50000)); do
		pour 50000 "first=$first"
	done
	expect_flows "$FLOWS"
}

wires 3
serve_ksteer 3
fill
deletions
remove_one
remove_idle
remove_busy
down
ksteer flow flush all >"$DIR/said"
unwire
