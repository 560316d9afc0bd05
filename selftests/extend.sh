#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What some flows have beyond others: a lifetime, an owner; given when they are
# stored or later, and gone with them.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_track.sh"

# push WORD...: the flow of $PORT, stored by hand, at t1
push()
{
	ks flow add "$CL" "$PORT" "$SRV" 80 udp tm t1 vs "$V" "$@"
	SERIAL=$(field serial)
}

# alter WORD...: change it
alter()
{
	ks flow set "$CL" "$PORT" "$SRV" 80 udp "$@"
}

field()
{
	ksj ".[0].$1" flow show src "$CL" sport "$PORT" dport 80
}

# Packets keep it from being idle, and do not keep it: they make another
keeps_busy()
{
	udp
	[ "$(field serial)" = "$SERIAL" ]
}

# lives MILLISECONDS: from $SINCE on, and no longer
lives()
{
	local NOW

	while keeps_busy; do
		now_us
		truth "$NOW - $SINCE < ($1 + 3000) * 1000" "it lives too long"
	done
	now_us
	truth "$NOW - $SINCE >= $1 * 1000" "it does not live so long"
}

since()
{
	local NOW

	now_us
	SINCE=$NOW
}

lifetime_one()
{
	fresh
	AT=t1
	counting
	since
	push lifetime 1500ms
	between "$(field lifetime)" 1 1500 "milliseconds left"
	lives 1500
	# Its last packet has made another, which nothing bounds
	counted lifetime 1 expired 0
	is "$(field lifetime)" null "lifetime of the flow that follows"
	ks flow flush all
	is "$(kcount lifetime)" "$(counter "$COUNTERS" lifetime)" "no other"
}

case_lifetime()
{
	begin rr udp
	ks pool leave p tm t2 tm t3
	both lifetime_one
}

# It can be given later, be made longer, and be taken away
altered_one()
{
	fresh
	AT=t1
	counting
	push
	is "$(field lifetime)" null "lifetime of one without"
	alter lifetime 1h
	between "$(field lifetime)" 3500000 3600000 "given later"
	since
	alter lifetime 1s
	lives 1000
	counted lifetime 1
	fresh
	AT=t1
	push lifetime 1s
	alter lifetime 1h
	holds 2 keeps_busy
	alter lifetime 1s
	alter lifetime 0
	is "$(field lifetime)" null "taken away"
	holds 2 keeps_busy
	counted lifetime 0
}

case_altered()
{
	begin rr udp
	ks pool leave p tm t2 tm t3
	both altered_one
}

# Also a flow that a packet has made is another's to move, or to end
selected_one()
{
	local serial

	fresh
	AT=t1
	udp
	serial=$(field serial)
	alter tm t2 owner 4294967295 lifetime 1h
	is "$(ksj '.[0] | "\(.serial) \(.tm) \(.owner) \(.lifetime > 0)"' \
		flow show src "$CL" sport "$PORT")" \
		"$serial t2 4294967295 true" "what was changed"
	AT=t2
	udp
	alter owner 0
	is "$(field owner)" null "nobody's"
	refused ks flow set "$CL" 1 "$SRV" 80 udp owner 1
	has "$SAID" "*No flow of this key*" "without a flow"
}

case_selected()
{
	begin ordered udp
	both selected_one
}

owned()
{
	ksj 'map(.sport) | sort | join(",")' flow show owner "$1"
}

# A controller finds its own, and removes no others
owner_one()
{
	local port

	ks flow flush all
	for port in 1 2 3 4; do
		PORT=$port
		push owner $((port % 2 + 1))
	done
	PORT=5
	push
	is "$(owned 1)" 2,4 "of one"
	is "$(owned 2)" 1,3 "of the other"
	is "$(owned 0)" 5 "of nobody"
	is "$(owned 3)" "" "of one who has none"
	is "$(ks flow flush owner 1)" "deleted 2" "what is removed"
	is "$(ksj 'map(.sport) | sort | join(",")' flow show)" 1,3,5 "the rest"
	has "$(ks flow show owner 2)" "* owner 2*" "in words"
}

case_owner()
{
	begin rr udp
	both owner_one
}

# Listeners are told: of a flow that ends as of any other, with whose it was
listens()
{
	awk '$2 == 16 && $4 != "00000000" { found = 1 } END { exit !found }' \
		/proc/"$BG"/net/netlink
}

told()
{
	[ "$(jq -r '"\(.event) \(.owner) \(.lifetime > 0)"' "$CASE_DIR/told" |
		paste -sd ,)" = "new 9 true,delete 9 true" ]
}

case_told()
{
	begin rr udp events new,delete
	family 4
	fresh
	bg "$R" ksteer -j monitor flow >"$CASE_DIR/told"
	wait_until 10 listens
	push owner 9 lifetime 1s
	wait_until 10 told
}

# Ten thousand end at once, and nothing is left of them
none_left()
{
	[ "$(ksj .flows config show)" = 0 ]
}

case_many()
{
	local i

	begin rr udp
	family 4
	counting
	for ((i = 0; i < 10000; i++)); do
		echo "$CL $i $SRV 80 udp tm t1 vs $V lifetime 3s owner 1"
	done >"$CASE_DIR/flows"
	is "$(ks flow load "$CASE_DIR/flows")" "stored 10000" "flows"
	wait_until 20 none_left
	counted lifetime 10000
	# All or none: what was made for the rest of a group goes, too
	sed -i '5000s/vs/tcp flags seen vs/' "$CASE_DIR/flows"
	refused ks flow load "$CASE_DIR/flows"
	ks flow flush all
}

case_add "a lifetime ends a flow, whatever packets come" case_lifetime
case_add "a lifetime is given later, and taken away" case_altered
case_add "a flow that a packet has made is changed" case_selected
case_add "an owner finds its flows" case_owner
case_add "listeners are told whose it was" case_told
case_add "many end at once" case_many
wire_cases_run "$@"
