#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Flows that are being decided: their packets wait, in order and within bounds, and go
# on with the answer or are dropped.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_track.sh"

# push WORD...: the flow of $PORT, with nobody to go to
push()
{
	ks flow add "$CL" "$PORT" "$SRV" 80 udp vs "$V" pending "$@"
}

answer_is()
{
	ks flow set "$CL" "$PORT" "$SRV" 80 udp "$@"
}

# from SIZE: a packet of the client's, told by its length
from()
{
	from_client proto=udp sport="$PORT" dport=80 data="$1"
	LEN[$1]=$(word len)
}

# comes TAP SIZE: the next that comes there is this one
comes()
{
	arrives "$1" sport="$PORT"
	is "$(word len)" "${LEN[$2]}" "length of the next packet"
}

field()
{
	ksj ".[0].$1" flow show src "$CL" sport "$PORT"
}

# waiting N: so many packets have been kept since counting
waiting()
{
	[ $(($(kcount pending) - $(counter "$COUNTERS" pending))) = "$1" ]
}

dropped()
{
	[ $(($(kcount pending_drop) - $(counter "$COUNTERS" pending_drop))) = "$1" ]
}

answered_one()
{
	local size

	fresh
	push
	between "$(field lifetime)" 1 3000 "time to decide"
	# However long the rest of this takes
	answer_is lifetime 1h
	is "$(field pending)" on "what is shown"
	is "$(field tm)" null "its traffic manager"
	has "$(ks flow show)" "* pending vs $V *" "in words"
	counting
	for size in 11 12 13 14; do
		from $size
	done
	wait_until 10 waiting 4
	absent "$TMS" sport="$PORT"
	answer_is tm t2
	for size in 11 12 13 14; do
		comes t2 $size
	done
	counted pending 4 pending_drop 0 miss 0 moved 1 forward 4
	is "$(field tm)" t2 "its traffic manager"
	is "$(field pending)" null "what is shown"
	is "$(field lifetime)" null "its lifetime"
	is "$(field packets)" 4 "packets"
	# What comes later finds it as any other
	from 15
	comes t2 15
	counted pending 0 hit 1
	ks flow flush all
}

case_answered()
{
	begin rr udp
	both answered_one
}

# Nobody answers, or the flow goes: what waits is dropped, and counted
unanswered_one()
{
	fresh
	push lifetime 500ms
	counting
	from 11
	from 12
	wait_until 10 dropped 2
	counted pending 2 lifetime 1
	absent "$TMS" sport="$PORT"
	is "$(ksj length flow show)" 0 "flows that are left"
	fresh
	push lifetime 1h
	from 11
	wait_until 10 waiting 1
	ks flow flush all
	counted pending 1 pending_drop 1
	# The next is the first of another flow
	from 12
	comes "$TMS" 12
	ks flow flush all
}

case_unanswered()
{
	begin rr udp
	both unanswered_one
}

bounded_one()
{
	local i

	fresh
	push lifetime 1h
	counting
	for ((i = 1; i <= 20; i++)); do
		from "$i"
	done
	wait_until 10 dropped 4
	counted pending 16 pending_drop 4
	answer_is tm t1
	for ((i = 1; i <= 16; i++)); do
		comes t1 "$i"
	done
	counted forward 16
	ks flow flush all
}

case_bounded()
{
	begin rr udp
	both bounded_one
}

# Of many flows, what the namespace lets wait
case_all_bounded()
{
	local i

	begin rr udp
	family 4
	counting
	for ((i = 0; i < 80; i++)); do
		echo "$CL $((4000 + i)) $SRV 80 udp vs v4 pending lifetime 1h"
	done >"$CASE_DIR/flows"
	ks flow load "$CASE_DIR/flows"
	for ((PORT = 4000; PORT < 4080; PORT++)); do
		for ((i = 0; i < 13; i++)); do
			wire tx c src="$CL" dst="$SRV" proto=udp sport="$PORT" \
				dport=80 data=10
		done
	done
	wait_until 10 dropped 16
	counted pending 1024
	ks vs del v4
	wait_until 10 dropped 1024
	# Nothing of it is left to fill the bound
	ks vs add v4 addr 10.9.9.9 port 80 proto udp pool p
	counting
	fresh
	push lifetime 1h
	from 11
	wait_until 10 waiting 1
	answer_is tm t1
	comes t1 11
}

# by_device NS: a packet of the flow of $PORT comes there by a device of its own
by_device()
{
	ip -n "$1" link add gone type veth peer name gone netns "$C"
	ip -n "$1" link set gone up
	ip -n "$1" addr add 10.77.0.1/24 dev gone
	ip -n "$C" link set gone up
	ip -n "$C" addr add 10.77.0.2/24 dev gone
	ip -n "$C" route add 10.9.9.9/32 via 10.77.0.1
	echo hello | in_ns "$C" socat -u - "UDP4:10.9.9.9:80,bind=10.77.0.2:$PORT"
}

case_device()
{
	need socat
	begin rr udp
	family 4
	fresh
	CL=10.77.0.2
	push lifetime 1m
	counting
	defer ip -n "$C" link del gone
	by_device "$R"
	wait_until 10 waiting 1
	# It holds nothing of the device
	ip -n "$R" link del gone
	answer_is tm t1
	counted pending 1 pending_drop 1 forward 0
}

elsewhere_waits()
{
	[ "$(number_of value "$(ksteer -n "$1" -j stats show pending)")" = 1 ]
}

# A server goes, and a namespace, while packets wait
case_namespace()
{
	local ns

	need socat
	begin rr udp
	family 4
	fresh
	push lifetime 1m
	counting
	from 11
	wait_until 10 waiting 1
	ks vs del v4
	wait_until 10 dropped 1
	ns_add ns
	ksteer -n "$ns" -batch - <<-END
		tm add t via 10.77.0.3
		pool add p tm t
		vs add v addr 10.9.9.9 port 80 proto udp pool p
		flow add 10.77.0.2 $PORT 10.9.9.9 80 udp vs v pending lifetime 1h owner 1
	END
	by_device "$ns"
	wait_until 10 elsewhere_waits "$ns"
}

# By its other key, too; and what the router itself sends does not wait
alias_one()
{
	fresh
	push lifetime 1h alias "$CL" $((PORT + 1000)) "$SRV" 80 udp
	counting
	from 11
	from_client proto=udp sport=$((PORT + 1000)) dport=80 data=12
	wait_until 10 waiting 2
	answer_is tm t3 lifetime 1h
	comes t3 11
	arrives t3 sport=$((PORT + 1000))
	between "$(field lifetime)" 3500000 3600000 "what the answer says"
	ks flow flush all
}

case_alias()
{
	begin rr udp
	both alias_one
}

case_add "an answer lets them go on in order" case_answered
case_add "without an answer they are dropped" case_unanswered
case_add "few wait for one flow" case_bounded
case_add "few wait in a namespace" case_all_bounded
case_add "a device goes" case_device
case_add "a namespace goes" case_namespace
case_add "another key of the flow" case_alias
wire_cases_run "$@"
