#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Equal addresses in two VRFs, a traffic manager in another VRF than its clients,
# and how an operator names the flows of a VRF.

. "$(dirname "$0")/lib.sh"

# vrf_add NAME TABLE DEV...: the router's devices go into a VRF, and its addresses
# and routes with them
vrf_add()
{
	local name=$1 table=$2 k=$2

	shift 2
	ip -n "$R" link add "$name" type vrf table "$table"
	ip -n "$R" link set "$name" up
	k=${1#cl}
	for dev; do
		ip -n "$R" link set "$dev" master "$name"
	done
	ip -n "$R" -batch - <<-END
		addr replace fd01:$k::1/64 dev cl$k nodad
		route add 10.101.0.0/16 via 10.1.$k.2 table $table
		route add fd10:1::/64 via fd01:$k::2 table $table
	END
	[ $# = 1 ] || ip -n "$R" addr replace "fd02:$k::1/64" dev "tm$k" nodad
}

# Who has the clients' addresses in the other VRF
same_clients()
{
	ip -n "$C2" -batch - <<-END
		route add local 10.101.0.0/16 dev lo
		route add local fd10:1::/64 dev lo
	END
}

# ask_in CLIENT FAMILY WORD...: from the same address and port in either VRF
ask_in()
{
	local ns=$1 f=$2

	shift 2
	ask -N "$ns" -s "${CANY[$f,1]}" -p 40000 "$@"
}

# Equal addresses and ports in two VRFs: flows, less specific keys, persistence
test_vrfs()
{
	local f word said

	need_module vrf
	topo 2 clients=2
	same_clients
	vrf_add red 71 cl1 tm1
	vrf_add blue 72 cl2 tm2
	tms_add
	for f in 4 6; do
		cat <<-END
			pool add one$f sched rr tm t1
			pool add two$f sched rr tm t2
			vs add red$f addr ${VIP[$f]} in red pool one$f $*
			vs add blue$f addr ${VIP[$f]} in blue pool two$f $*
		END
	done | kb
	serve udp:53 tcp:80
	for f in $FAMILIES; do
		# A second time each, or it would be selection alone
		for _ in 1 2; do
			is "$(ask_in "$C1" "$f" udp "${VIP[$f]}" 53 | order)" t1 \
				"UDP in red, IPv$f"
			is "$(ask_in "$C2" "$f" udp "${VIP[$f]}" 53 | order)" t2 \
				"UDP in blue, IPv$f"
		done
		is "$(ask_in "$C1" "$f" -m 3 tcp "${VIP[$f]}" 80 | order)" \
			"t1 t1 t1" "TCP in red, IPv$f"
		is "$(ask_in "$C2" "$f" -m 3 tcp "${VIP[$f]}" 80 | order)" \
			"t2 t2 t2" "TCP in blue, IPv$f"
		is "$(ksj '.[] | select(.state != "template") |
			"\(.vrf) \(.tm) \(.packets) \(.reply_packets)"' flow show \
			proto udp dst "${VIP[$f]}" | sort | xargs)" \
			"blue t2 2 2 red t1 2 2" "flows, IPv$f"
		is "$(ksj '[.[] | select(.state != "template")] | length' \
			flow show vrf blue dst "${VIP[$f]}")" 2 "flows in blue"
	done
	has "$(ks flow show vrf red proto udp)" "* vrf red tm t1 *" "shown"
}

# Less specific keys alone decide
test_vrf_partial()
{
	test_vrfs "$@"
	for f in $FAMILIES; do
		is "$(ksj '.[] | select(.state == "template") | "\(.vrf) \(.tm)"' \
			flow show src "${CANY[$f,1]}" | sort -u | xargs)" \
			"blue t2 red t1" "less specific keys, IPv$f"
	done
}

# The traffic manager is in no VRF, the client in one: routes leak both ways
test_vrf_leak()
{
	local f said

	need_module vrf
	topo 1
	vrf_add red 71 cl1
	ip -n "$R" -batch - <<-END
		route add 10.101.0.0/16 via 10.1.1.2 dev cl1 onlink
		route add fd10:1::/64 via fd01:1::2 dev cl1 onlink
	END
	tms_add
	ks pool add p tm t1
	for f in 4 6; do
		ks vs add v$f addr "${VIP[$f]}" in red pool p
	done
	serve udp:53 tcp:80
	tms_met
	for f in $FAMILIES; do
		is "$(ask_in "$C1" "$f" -m 3 udp "${VIP[$f]}" 53 | order)" \
			"t1 t1 t1" "UDP, IPv$f"
		is "$(ask_in "$C1" "$f" -m 3 tcp "${VIP[$f]}" 80 | order)" \
			"t1 t1 t1" "TCP, IPv$f"
		is "$(ksj '.[] | "\(.vrf) \(.packets) \(.reply_packets) \(.state)"' \
			flow show proto udp dst "${VIP[$f]}")" \
			"red 3 3 established" "one flow, IPv$f"
	done
	is "$(kcount stored)" 4 "flows"
}

# The virtual address is the router's own in a VRF, and the server names no device:
# answers are sent past the check that drops what has a source of one's own
test_vrf_own_address()
{
	local proto

	need_module vrf
	topo 1
	vrf_add red 71 cl1 tm1
	ip -n "$R" addr add "${VIP[4]}/32" dev cl1
	tms_add
	ks pool add p tm t1
	vs_pair t 80 tcp pool p
	vs_pair u 80 udp pool p
	serve tcp:80 udp:80
	tms_met
	for proto in tcp udp; do
		is "$(ask_in "$C1" 4 -m 3 $proto "${VIP[4]}" 80 | order)" \
			"t1 t1 t1" "answers by $proto"
	done
	truth "$(kcount reply_sent) > 0" "answers past the checks"
}

# What an operator says of flows in a VRF
test_vrf_words()
{
	need_module vrf
	topo 1
	vrf_add red 71 cl1
	tms_add
	kb <<-END
		pool add p tm t1
		vs add v addr ${VIP[4]} pool p
		flow add 10.101.0.0 40000 ${VIP[4]} 53 udp vrf red tm t1 vs v
		flow add 10.101.0.0 40000 ${VIP[4]} 53 udp vlan 5 vrf red tm t1 vs v
		flow add 10.101.0.0 40000 ${VIP[4]} 53 udp tm t1 vs v
	END
	is "$(ksj '.[] | "\(.vlan) \(.vrf)"' flow show | sort | xargs)" \
		"0 null 0 red 5 red" "flows"
	is "$(ksj 'length' flow show vrf red)" 2 "by VRF"
	is "$(ksj 'length' flow show vrf red vlan 5)" 1 "by VRF and VLAN"
	is "$(ksj '"\(.decided_by)"' explain 10.101.0.0 40000 "${VIP[4]}" 53 udp \
		dev cl1)" store "explained by the device's VRF"
	refused ks flow show vrf green
	has "$SAID" "*No VRF of this name*" "another VRF"
	refused ks flow add 10.101.0.0 40001 "${VIP[4]}" 53 udp vrf cl1 tm t1 vs v
	has "$SAID" "*No VRF of this name*" "a device that is none"
	# It may go and come again: its table is what counts
	ip -n "$R" link del red
	is "$(ksj 'length' flow show vrf table:71)" 2 "without the device"
	has "$(ks flow show vlan 5)" "* vrf table:71 *" "shown without it"
	ip -n "$R" link add again type vrf table 71
	is "$(ksj 'length' flow show vrf again)" 2 "under another name"
	has "$(ks flow show vlan 5)" "* vrf again *" "shown by that"
	ks flow flush vrf again
	is "$(ksj 'length' flow show)" 1 "what is left"
}

case_add "the VRF belongs to the key" test_vrfs
case_add "the VRF belongs to less specific keys" test_vrf_partial \
	template src,dst,sport,dport,vlan,proto template src
case_add "the VRF belongs to persistence" test_vrf_partial persist 60
case_add "a traffic manager in another VRF than the client" test_vrf_leak
case_add "an address that the router has in a VRF" test_vrf_own_address
case_add "flows of a VRF, as an operator names them" test_vrf_words
cases_run "$@"
