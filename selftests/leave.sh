#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Flows that leave a traffic manager by themselves: one that nobody reaches any
# more, one that drains; and who is known to be the manager.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_ways.sh"

# tm_of PROTO: who has the flow of this protocol
tm_of()
{
	ksj '.[0].tm' flow show proto "$1" dst "$SRV"
}

tm_of_is()
{
	[ "$(tm_of "$1")" = "$2" ]
}

# begun: by t1, a flow of datagrams and a connection
begun()
{
	ks tm set t2 weight 0
	is "$(ask -N "$C" -p 4000 udp "$SRV" 80 | names)" "t1=1" "before"
	ks flow add "$CL" 5000 "$SRV" 80 tcp tm t1 vs "$V"
	ks tm set t2 weight 1
}

# A sender that never pauses; what it lost meanwhile is lost
moved_to_t2()
{
	ask -N "$C" -p 4000 -t 500 udp "$SRV" 80 >/dev/null || :
	tm_of_is udp t2
}

connection_goes_on()
{
	from_client proto=tcp sport=5000 dport=80 flags=A seq=1 ack=1
}

connection_to()
{
	connection_goes_on
	tm_of_is tcp "$1"
}

failed_one()
{
	wait_until 10 moved_to_t2
	is "$(ask -N "$C" -p 4000 -m 4 udp "$SRV" 80 | names)" "t2=4" \
		"datagrams, IPv${V#v}"
	connection_goes_on
	is "$(tm_of tcp)" t1 "who keeps the connection, IPv${V#v}"
	truth "$(kcount moved) > $(counter "$COUNTERS" moved)" "counted"
}

reselected_one()
{
	wait_until 10 connection_to t2
}

# A manager that answers no question any more, and a sender that never pauses
case_failed()
{
	need_module sch_ingress cls_matchall act_gact
	dv_begin any
	defer remove_ends
	kind_veth
	dv_up via 10.30.0.2 via fd00:30::2 dev dv
	both begun
	counting
	silence
	wait_until 30 oper_has neigh-failed
	both failed_one
	ks tm set t1 on-fail reselect fail-timeout 1s
	both reselected_one
	has "$(ks save)" "*on-fail reselect fail-timeout 1s*" "what is saved"
}

# Whose device is gone, who shall forget
case_failed_forget()
{
	dv_begin any
	defer remove_ends
	kind_veth
	dv_up via 10.30.0.2 via fd00:30::2 dev dv
	ks tm set t1 on-fail forget
	both begun
	ip -n "$R" link del dv
	wait_until 10 oper_is no-device
	both reselected_one
	ks flow flush all
	ks tm set t1 on-fail keep
}

drained_one()
{
	is "$(ask -N "$C" -p 4000 -m 2 udp "$SRV" 80 | names)" "t1=2" \
		"a drain alone, IPv${V#v}"
}

left_one()
{
	is "$(ask -N "$C" -p 4000 -m 4 udp "$SRV" 80 | names)" "t2=4" \
		"datagrams that are to leave, IPv${V#v}"
	connection_goes_on
	is "$(tm_of tcp)" t1 "who keeps the connection, IPv${V#v}"
}

case_drain_datagrams()
{
	begin rr any
	ks pool leave p tm t3
	both begun
	ks tm drain t1
	both drained_one
	ks tm set t1 on-drain datagrams
	both left_one
}

# comes_back N: what t1 gives back is routed on, N times of one
comes_back()
{
	counting
	send t1 src="$CL" dst="$SRV" proto=udp sport=5 dport=80 data=30 ttl=50
	wait_until 5 "seen_once"
	counted from_tm "$1" hit $((1 - $1))
}

seen_once()
{
	(($(kcount from_tm) + $(kcount hit) >
	  $(counter "$COUNTERS" from_tm) + $(counter "$COUNTERS" hit)))
}

# It answers by an address that is not the one it sends from
virtual_one()
{
	ip -n "$R" neigh replace "$(tm_addr 1)" lladdr 00:00:5e:00:01:07 dev t1
	defer ip -n "$R" neigh replace "$(tm_addr 1)" lladdr "$(fixed_mac 2 1)" \
		dev t1
	send c src="$CL" dst="$SRV" proto=udp sport=5 dport=80 data=30
	wait_until 5 tm_of_is udp t1
	comes_back 0
	ks tm set t1 station 02:00:00:00:77:77,"$(fixed_mac 2 1)"
	comes_back 1
	# and what it begins is known, too
	counting
	send t1 src="$CL" dst="$SRV" proto=udp sport=6 dport=80 data=30
	wait_until 5 seen_once
	counted from_tm 1 stored 0
	ks tm set t1 station none
	comes_back 0
	ks tm set t1 source device
	comes_back 1
	counting
	send t1 src="$CL" dst="$SRV" proto=udp sport=6 dport=80 data=30
	wait_until 5 seen_once
	counted from_tm 1 stored 0
	ks tm set t1 source station
	ks flow flush all
}

case_virtual_mac()
{
	begin rr udp
	ks pool leave p tm t2 tm t3
	both virtual_one
	refused ks tm set t1 station 01:00:5e:00:00:01
	has "$SAID" "*not one machine's*" "a group's address"
}

case_add "a sender that never pauses leaves whom nobody reaches" case_failed
case_add "flows of a way that failed are forgotten" case_failed_forget
case_add "a sender that never pauses leaves who drains" case_drain_datagrams
case_add "a traffic manager behind a virtual MAC" case_virtual_mac
WIRE_ALSO=servers
wire_cases_run "$@"
