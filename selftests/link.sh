#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# By which VLANs the packets of a flow may come: an answer seen first,
# uplinks that change, more VLANs than a key may have, one source in many VRFs.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"

# The wire to the client also has these VLANs; servers are behind the second
vlans()
{
	local v

	for v; do
		ip -n "$R" link add link c name "c.$v" type vlan id "$v"
		defer ip -n "$R" link del "c.$v"
		ip -n "$R" -batch - <<-END
			link set dev c.$v up
			route add 10.9.$v.0/24 dev c.$v
		END
	done
}

# server_by VLAN: the routes to the server lead to a VLAN
server_by()
{
	family 4
	ip -n "$R" route replace $SRV/32 dev "c.$1"
	family 6
	ip -n "$R" -6 route replace $SRV/128 dev "c.$1"
}

from_server()
{
	send c src="$SRV" dst="$CL" "$@"
}

# The module is loaded again, or the entry has expired: a server speaks first
answer_first_one()
{
	local home

	counting
	from_server proto=udp sport=80 dport=70 data=9 vlan=20
	arrives "$TMS" sport=80
	home=$AT
	from_client proto=udp sport=70 dport=80 data=10 vlan=10
	arrives "$TMS" sport=70
	is "$AT" "$home" "where the client's packet went"
	from_server proto=udp sport=80 dport=70 data=11 vlan=20
	arrives "$TMS" sport=80
	is "$AT" "$home" "where the next answer went"
	from_client proto=udp sport=70 dport=80 data=12 vlan=10
	arrives "$TMS" sport=70
	is "$AT" "$home" "where the client's next packet went"
	counted stored 1 miss 1 hit 2 hit_reply 1
	is "$(ksj '.[] | "\(.vlan) \(.packets) \(.reply_packets)"' flow show \
		proto udp sport 70 vs $V)" "10 2 2" "one flow, by the client's VLAN"
}

case_answer_first()
{
	need_module 8021q
	begin rr udp symmetric on
	vlans 10 20
	ip -n "$R" -batch - <<-END
		route replace 198.18.0.0/16 dev c.10
		route replace 2001:db8:c::/48 dev c.10
	END
	defer ip -n "$R" route replace 2001:db8:c::/48 via fd00::2
	defer ip -n "$R" route replace 198.18.0.0/16 via 10.0.0.2
	server_by 20
	both answer_first_one
}

# A connection whose uplink changes, in both directions
uplinks_one()
{
	local home

	counting
	from_client proto=tcp sport=70 dport=80 seq=100 flags=S vlan=10
	arrives "$TMS" sport=70
	home=$AT
	from_server proto=tcp sport=80 dport=70 seq=500 ack=101 flags=SA vlan=20
	arrives "$TMS" sport=80
	is "$AT" "$home" "where the answer went"
	from_client proto=tcp sport=70 dport=80 seq=101 ack=501 flags=A vlan=30
	arrives "$TMS" sport=70
	is "$AT" "$home" "where the client's packet by another VLAN went"
	is "$(flow_field state proto tcp sport 70 vs $V)" established "state"
	from_server proto=tcp sport=80 dport=70 seq=501 ack=101 flags=A data=9 \
		vlan=40
	arrives "$TMS" sport=80
	is "$AT" "$home" "where the answer by another VLAN went"
	from_client proto=tcp sport=70 dport=80 seq=101 ack=510 flags=A
	arrives "$TMS" sport=70
	is "$AT" "$home" "where the client's untagged packet went"
	counted stored 1 miss 1 hit 2 hit_reply 2
	is "$(flow_field vlan proto tcp sport 70 vs $V)" 10 "the VLAN shown"
}

case_uplinks()
{
	need_module 8021q
	begin rr tcp symmetric on any-vlan on
	vlans 10 20 30 40
	server_by 20
	both uplinks_one
	# As a choice of the server, told and taken back
	is "$(ksj '.[0].flags | join(",")' vs show v4)" "symmetric,any-vlan" \
		"flags"
	ks vs set v4 any-vlan off
	is "$(ksj '.[0].flags | join(",")' vs show v4)" symmetric "flags"
}

# More VLANs than a key may have, and all of them one flow
many_one()
{
	local v home

	counting
	from_client proto=udp sport=70 dport=80 data=9
	arrives "$TMS" sport=70
	home=$AT
	for v in 11 12 13 14 15 16 17 18 19 20; do
		from_client proto=udp sport=70 dport=80 data=9 vlan=$v
		arrives "$TMS" sport=70
		is "$AT" "$home" "where the packet by VLAN $v went"
	done
	counted stored 1 miss 1 hit 10 vlan_crowd 0
}

case_many()
{
	need_module 8021q
	begin rr udp any-vlan on
	vlans 11 12 13 14 15 16 17 18 19 20
	both many_one
}

# One source in more VRFs than a key may have: each remembers where it goes
vrfs_one()
{
	local v
	local -A home

	counting
	for v in 11 12 13 14 15 16 17 18 19 20; do
		from_client proto=udp sport=$v dport=80 data=9 vlan=$v
		arrives "$TMS" sport=$v
		home[$v]=$AT
	done
	counted stored 20 select 10 vlan_crowd 0
	for v in 20 19 18 17 16 15 14 13 12 11; do
		from_client proto=udp sport=1$v dport=80 data=9 vlan=$v
		arrives "$TMS" sport=1$v
		is "$AT" "${home[$v]}" "where the source in VRF $v keeps to"
	done
	counted stored 10 persist 10 vlan_crowd 0
}

case_vrfs()
{
	local v

	need_module 8021q
	need_module vrf
	begin rr udp persist 60
	vlans 11 12 13 14 15 16 17 18 19 20
	for v in 11 12 13 14 15 16 17 18 19 20; do
		ip -n "$R" link add v$v type vrf table $((100 + v))
		defer ip -n "$R" link del v$v
		ip -n "$R" link set v$v up
		ip -n "$R" link set c.$v master v$v
	done
	both vrfs_one
}

# Who stands where the clients are answers before the server does
forged_one()
{
	local home

	counting
	from_client proto=udp sport=71 dport=80 data=9 vlan=10
	arrives "$TMS" sport=71
	home=$AT
	from_server proto=udp sport=80 dport=71 data=10 vlan=30
	arrives "$TMS" sport=80
	from_server proto=udp sport=80 dport=71 data=11 vlan=20
	arrives "$TMS" sport=80
	is "$AT" "$home" "where the true answer went"
	from_server proto=udp sport=80 dport=71 data=12 vlan=20
	arrives "$TMS" sport=80
	is "$AT" "$home" "where the next one went"
	counted stored 1 miss 1 hit_reply 3 bad_answer 1
}

case_forged()
{
	need_module 8021q
	begin rr udp symmetric on
	vlans 10 20 30
	server_by 20
	both forged_one
}

case_add "an answer that is seen first" case_answer_first
case_add "uplinks that change" case_uplinks
case_add "more VLANs than a key may have" case_many
case_add "one source in more VRFs than a key may have" case_vrfs
case_add "a forged answer does not teach its link" case_forged
wire_cases_run "$@"
