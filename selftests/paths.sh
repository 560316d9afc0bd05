#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The ways that packets take: both directions by one traffic manager, traffic
# managers with two interfaces, by the routing table, past traffic managers,
# and whether the distributor is a host for the virtual address.

. "$(dirname "$0")/lib.sh"

# forwarded NS FAMILY: packets that a machine has forwarded
forwarded()
{
	if [ "$2" = 4 ]; then
		in_ns "$1" awk '/^Ip:/ { if (n++) print $i; else
			for (i = 1; $i != "ForwDatagrams"; i++); }' \
			/proc/net/snmp
	else
		in_ns "$1" awk '$1 == "Ip6OutForwDatagrams" { print $2 }' \
			/proc/net/snmp6
	fi
}

all_forwarded()
{
	local ns said=''

	for ns in "${T[@]}"; do
		said+=" $(forwarded "$ns" "$1")"
	done
	echo "${said# }"
}

# Stateful firewalls between clients and a server: they pass whole connections
# alone, so every answer must take the way of its question (A7)
test_symmetric()
{
	local f n

	topo 3 sandwich "$@"
	tm_firewall
	tms_add -2
	kb <<-END
		pool add p sched rr tm t1 tm t2 tm t3
		vs add v4 addr ${SIP[4]} pool p symmetric on
		vs add v6 addr ${SIP[6]} pool p symmetric on
	END
	serve_one "$S" server tcp:80 udp:53
	tms_met
	for f in $FAMILIES; do
		is "$(asks -n 6 -m 3 tcp "${SIP[$f]}" 80 | names)" server=18 \
			"TCP, IPv$f"
		is "$(asks -n 6 -m 3 udp "${SIP[$f]}" 53 | names)" server=18 \
			"UDP, IPv$f"
		# 2 connections each: 2 * 3 datagrams each way, 2 * some segments
		for n in $(all_forwarded "$f"); do
			between "$n" 32 60 "packets by a traffic manager, IPv$f"
		done
		is "$(flow_field tm proto udp dst "${SIP[$f]}" | sort | uniq -c |
			xargs)" "2 t1 2 t2 2 t3" "flows, IPv$f"
		is "$(flow_field reply_packets proto udp dst "${SIP[$f]}" |
			sort -u)" 3 "answers of each flow, IPv$f"
	done
	# The distributor itself may ask the server: those answers are its own
	for f in $FAMILIES; do
		is "$(ask -N "$R" -m 2 tcp "${SIP[$f]}" 80 | names)" server=2 \
			"the distributor itself, IPv$f"
	done
	is "$(kcount hit_reply)" "$(ksj '[.[].stats.reply_packets] | add' -s \
		vs show)" "answers counted"
}

# Without it answers take the routing table, and such a firewall is in the way
test_asymmetric()
{
	local f

	topo 2 sandwich
	tm_firewall
	tms_add -2
	kb <<-END
		pool add p sched rr tm t1 tm t2
		vs add v4 addr ${SIP[4]} pool p
		vs add v6 addr ${SIP[6]} pool p
	END
	serve_one "$S" server tcp:80 udp:53
	tms_met
	for f in $FAMILIES; do
		is "$(asks -n 2 udp "${SIP[$f]}" 53 | names)" server=2 \
			"UDP, IPv$f"
		is "$(all_forwarded "$f")" "1 1" "one direction each, IPv$f"
		is "$(asks -t 300 -m 2 tcp "${SIP[$f]}" 80 | order)" - \
			"TCP, half seen by a firewall, IPv$f"
		ks vs set "v$f" symmetric on
		is "$(asks -m 2 tcp "${SIP[$f]}" 80 | order)" "server server" \
			"TCP with symmetric, IPv$f"
	done
}

# What no virtual server takes goes between client and server directly (F6)
test_bypass()
{
	local f

	topo 2 sandwich
	tms_add -2
	kb <<-END
		pool add p sched rr tm t1 tm t2
		vs add v4 addr ${SIP[4]} port 80 proto tcp pool p symmetric on
		vs add v6 addr ${SIP[6]} port 80 proto tcp pool p symmetric on
	END
	serve_one "$S" server tcp:80-81
	serve_one "$C" client tcp:80
	tms_met
	for f in $FAMILIES; do
		is "$(asks -n 4 tcp "${SIP[$f]}" 81 | names)" server=4 \
			"past the traffic managers, IPv$f"
		is "$(ask -N "$S" -n 2 tcp "${CIP[$f,1]}" 80 | names)" client=2 \
			"from the server's side, IPv$f"
		is "$(all_forwarded "$f")" "0 0" "nothing by them, IPv$f"
		is "$(asks -n 4 tcp "${SIP[$f]}" 80 | names)" server=4 \
			"by the traffic managers, IPv$f"
		isnt "$(all_forwarded "$f")" "0 0" "that by them, IPv$f"
	done
}

# Answers go to another interface of the traffic manager, or to the same (F11)
test_reply_way()
{
	local f before
	declare -A net=([4]=10.4.0.0/24 [6]=fd04::/64)
	declare -A one=([4]=10.2.1.1 [6]=fd02:1::1) two=([4]=10.5.1.1 [6]=fd05:1::1)

	topo 1 sandwich
	tms_add
	kb <<-END
		pool add p tm t1
		vs add v4 addr ${SIP[4]} proto udp pool p symmetric on
		vs add v6 addr ${SIP[6]} proto udp pool p symmetric on
	END
	serve_one "$S" server udp:53
	tms_met
	for f in $FAMILIES; do
		ip -n "$T1" route replace "${net[$f]}" via "${one[$f]}"
		before=$(received "$T1" t1)
		is "$(asks -m 4 udp "${SIP[$f]}" 53 | names)" server=4 \
			"answers by the same interface, IPv$f"
		between $(($(received "$T1" t1) - before)) 0 3 "by t1, IPv$f"
		ip -n "$T1" route replace "${net[$f]}" via "${two[$f]}"
		ks tm set t1 reply-via "${TMIP2[$f,1]}" reply-dev sv1
		wait_until 5 way_is_known "${TMIP2[$f,1]}"
		before=$(received "$T1" t1)
		is "$(asks -m 4 udp "${SIP[$f]}" 53 | names)" server=4 \
			"answers by the other interface, IPv$f"
		between $(($(received "$T1" t1) - before)) 4 8 "by t1, IPv$f"
	done
}

way_is_known()
{
	[[ $(ip -n "$R" neigh show "$1") == *lladdr* ]]
}

# received NS DEV: packets that a device has received
received()
{
	in_ns "$1" cat "/sys/class/net/$2/statistics/rx_packets"
}

# closed NS: all connections of a machine have ended
closed()
{
	in_ns "$1" awk '$4 != "st" && $4 != "0A" && $4 != "06" { exit 1 }' \
		/proc/net/tcp /proc/net/tcp6
}

# The next hop is as told, on whatever link the routes say (H9)
test_next_hops()
{
	local f i
	declare -A far=([4]=10.99.0.1/32 [6]=fd99::1/128)

	topo 2
	for f in $FAMILIES; do
		for i in 1 2; do
			ip -n "${T[i]}" addr add "${far[$f]}" dev t0 \
				nodad
		done
		ip -n "$R" route add "${far[$f]}" dev tm2
	done
	kb <<-END
		tm add t1 via ${TMIP[4,1]} via ${TMIP[6,1]}
		tm add t2 via ${far[4]%/*} via ${far[6]%/*}
		pool add p sched rr tm t1 tm t2
		vs add v4 addr ${VIP[4]} proto tcp pool p
		vs add v6 addr ${VIP[6]} proto tcp pool p
	END
	serve tcp:80
	for f in $FAMILIES; do
		is "$(asks -n 4 tcp "${VIP[$f]}" 80 | names)" "t1=2 t2=2" \
			"by two devices, IPv$f"
		# What has not ended yet would never end
		wait_until 10 closed "${T[2]}"
		# The route moves, and the packets with it
		ip -n "$R" route replace "${far[$f]}" dev tm1
		is "$(asks -n 4 tcp "${VIP[$f]}" 80 | names)" "t1=4" \
			"after a change of route, IPv$f"
	done
}

# By the routing table, tracked and counted all the same (J13)
test_forward_route()
{
	local f

	topo 2
	tms_add
	kb <<-END
		pool add p tm t2
		vs add v4 addr ${VIP[4]} proto udp pool p
		vs add v6 addr ${VIP[6]} proto udp pool p
	END
	serve udp:53
	for f in $FAMILIES; do
		ip -n "$R" route add "${VIP[$f]}" via "${TMIP[$f,1]}"
		is "$(asks -p 40000 udp "${VIP[$f]}" 53 | order)" t2 \
			"as the pool says, IPv$f"
		ks vs set "v$f" forward route
		is "$(asks -m 3 -p 40001 udp "${VIP[$f]}" 53 | order)" \
			"t1 t1 t1" "as the routes say, IPv$f"
		is "$(ksj '.[0] | "\(.tm) \(.packets) \(.reply_packets) \(.state)"' \
			flow show dst "${VIP[$f]}" sport 40001)" \
			"null 3 3 established" "the routed flow, IPv$f"
		ks vs set "v$f" forward nexthop
		is "$(asks -p 40002 udp "${VIP[$f]}" 53 | order)" t2 \
			"as the pool says again, IPv$f"
	done
	truth "$(kcount routed) > 0" "counted"
}

# A virtual address on the clients' own network (J17)
test_noarp()
{
	local f
	declare -A vip=([4]=10.1.1.99 [6]=fd01:1::99)
	declare -A router=([4]=10.1.1.1 [6]=fd01:1::1)

	topo 1
	tms_add
	ks pool add p tm t1
	serve tcp:80
	for f in $FAMILIES; do
		ip -n "$T1" route add local "${vip[$f]}" dev lo
		ks vs add "v$f" addr "${vip[$f]}" port 80 proto tcp pool p
		is "$(asks tcp "${vip[$f]}" 80 | order)" t1 "as a host, IPv$f"
		ks vs set "v$f" noarp on
		ip -n "$C" neigh flush dev c0
		isnt "$(asks -t 8000 tcp "${vip[$f]}" 80 | order)" t1 \
			"not as a host, IPv$f"
		wait_until 5 neighbour_failed "${vip[$f]}"
		ip -n "$C" route add "${vip[$f]}" via "${router[$f]}"
		is "$(asks tcp "${vip[$f]}" 80 | order)" t1 "as a route, IPv$f"
		ip -n "$C" route del "${vip[$f]}"
		ks vs set "v$f" noarp off
		ip -n "$C" neigh flush dev c0
		is "$(asks tcp "${vip[$f]}" 80 | order)" t1 \
			"as a host again, IPv$f"
		ks vs del "v$f"
	done
	truth "$(kcount arp_answered) >= 4" "questions answered"
}

neighbour_failed()
{
	[[ $(ip -n "$C" neigh show "$1") == *FAILED* ]]
}

# checks FILTER ACCEPT: how the router looks at sources
checks()
{
	in_ns "$R" sysctl -qw net.ipv4.conf.all.rp_filter="$1" \
		net.ipv4.conf.all.accept_local="$2"
}

# It is within a second that a changed filter is heeded
answers_come()
{
	[ "$(asks -t 700 "$1" "${VIP[$2]}" 80 | order)" = t1 ]
}

answers_each()
{
	local f proto

	for f in $FAMILIES; do
		for proto in tcp udp; do
			wait_until 8 answers_come $proto "$f" ||
				fail "no answers by $proto, IPv$f: $*"
		done
	done
}

# Answers pass whatever the router's checks of sources say, and so they do if it
# has the address itself, as keepalived has it
test_source_checks()
{
	local filter accept

	topo 1
	tms_add
	ks pool add p tm t1
	serve tcp:80 udp:80
	vs_pair t 80 tcp pool p
	vs_pair u 80 udp pool p
	tms_met
	for filter in 0 1 2; do
		checks $filter 0
		answers_each "filter $filter"
	done
	ip -n "$R" addr add "${VIP[4]}/32" dev cl1
	ip -n "$R" addr add "${VIP[6]}/128" dev cl1 nodad
	for filter in 0 1 2; do
		for accept in 0 1; do
			checks $filter $accept
			answers_each "own address, filter $filter accept $accept"
		done
	done
	truth "$(kcount reply_sent) > 0" "answers past the checks"
}

# Who else wants the address hears that it is taken (J17)
test_address_taken()
{
	topo 1
	tms_add
	kb <<-END
		pool add p tm t1
		vs add v4 addr 10.1.1.99 port 80 proto tcp pool p
		vs add v6 addr fd01:1::99 port 80 proto tcp pool p
	END
	in_ns "$C" sysctl -qw net.ipv6.conf.c0.accept_dad=1
	ip -n "$C" addr add fd01:1::98/64 dev c0
	ip -n "$C" addr add fd01:1::99/64 dev c0
	wait_until 10 address_is fd01:1::98 "-tentative"
	wait_until 10 address_is fd01:1::99 dadfailed
	need arping
	! in_ns "$C" arping -q -D -c 1 -w 5 -I c0 10.1.1.99 ||
		fail "the IPv4 address seems to be free"
	in_ns "$C" arping -q -D -c 1 -w 1 -I c0 10.1.1.98 ||
		fail "another IPv4 address seems to be taken"
}

# What a rule for ARP drops is not answered either
test_arp_dropped()
{
	topo 1
	tms_add
	need arping
	kb <<-END
		pool add p tm t1
		vs add v4 addr 10.1.1.99 port 80 proto tcp pool p
	END
	in_ns "$R" nft -f - <<-END
		table arp case {
			chain in {
				type filter hook input priority 0;
				arp daddr ip 10.1.1.99 counter drop
			}
		}
	END
	# What is announced without being asked would be taken for an answer
	wait_until 15 announced_thrice
	in_ns "$C" arping -q -D -c 1 -w 1 -I c0 10.1.1.99 ||
		fail "answered against the rule"
	is "$(kcount arp_answered)" 0 "questions answered against the rule"
	in_ns "$R" nft delete table arp case
	! in_ns "$C" arping -q -D -c 1 -w 5 -I c0 10.1.1.99 ||
		fail "the address seems to be free"
}

announced_thrice()
{
	[ "$(kcount announced)" -ge 3 ]
}

address_is()
{
	[ -n "$(ip -n "$C" addr show dev c0 to "$1" "$2")" ]
}

case_add "A7 F5: firewalls on links of their own see both ways" test_symmetric
case_add "A7 F5: firewalls on shared links see both ways" test_symmetric shared
case_add "A7 A15: without symmetric answers are routed" test_asymmetric
case_add "F6: other packets go past the traffic managers" test_bypass
case_add "F11: answers by another interface" test_reply_way
case_add "H9: next hops on the links that the routes name" test_next_hops
case_add "H9 J13: by next hop or by the routing table" test_forward_route
case_add "J17: the address as a host, or as a route" test_noarp
case_add "answers, by every check of sources" test_source_checks
case_add "J17: the address is taken" test_address_taken
case_add "J17: rules for ARP come first" test_arp_dropped
cases_run "$@"
