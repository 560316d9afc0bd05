#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a distributor does with a packet: key, store, selection, what is known
# already, what comes from traffic managers, what is not its business. All of
# it with real packets, in both families.

. "$(dirname "$0")/lib.sh"

# What the answers say and what the store says agree, and nothing was rewritten
check_flows()
{
	local dst=$1 answers=$2 filter

	filter='.[] | "\(.tm) \(.src) \(.sport) \(.dst) \(.dport)"'
	is "$(ksj "$filter" flow show dst "$dst" | sort)" \
		"$(sort <<<"$answers")" "the store and the answers"
}

test_protocol()
{
	local proto=$1 port=$2 module=${3:-} f answers a b c d

	[ -z "$module" ] || need_module "$module"
	topo 2
	tms_add
	ks pool add p sched rr tm t1 tm t2
	serve "$proto${port:+:$port}"
	vs_pair v "${port:-any}" "${proto#raw:}" pool p
	for f in $FAMILIES; do
		answers=$(asks -n 4 -S -s "${CANY[$f,1]}" "$proto" \
			"${VIP[$f]}" "$port")
		# An SCTP socket has many addresses and says any
		[ "$proto" != sctp ] || answers=$(while read -r a b c d; do
			echo "$a $b $c ${VIP[$f]} ${d#* }"
		done <<<"$answers")
		is "$(names <<<"$answers")" "t1=2 t2=2" "shares, IPv$f"
		has "$answers" "t? ${CANY[$f,1]} *" "client's address, IPv$f"
		check_flows "${VIP[$f]}" "$answers"
	done
	is "$(kcount select)" 8 "selections"
	is "$(kcount malformed)" 0 "packets without key"
}

test_icmp_echo()
{
	local f proto

	topo 2
	tms_add
	kb <<-END
		pool add p sched rr tm t1 tm t2
		vs add v4 addr ${VIP[4]} proto icmp pool p
		vs add v6 addr ${VIP[6]} proto icmpv6 pool p
	END
	for f in $FAMILIES; do
		proto=icmp
		[ "$f" = 6 ] && proto=icmpv6
		in_ns "$C" ping -q -c 3 -i 0.1 -W 3 "${VIP[$f]}"
		is "$(echos "${T[1]}" "$f") $(echos "${T[2]}" "$f")" "3 0" \
			"echo requests of one flow, IPv$f"
		in_ns "$C" ping -q -c 2 -i 0.1 -W 3 -I c0 "${VIP[$f]}"
		is "$(echos "${T[1]}" "$f") $(echos "${T[2]}" "$f")" "5 0" \
			"echo requests by the same addresses, IPv$f"
		is "$(ksj '.[0] | "\(.tm) \(.packets) \(.reply_packets)"' \
			flow get "${CIP[$f,1]}" 0 "${VIP[$f]}" 0 "$proto")" \
			"t1 5 5" "the flow, IPv$f"
		ks pool set p sched rr
		ks tm drain t1
		ks flow flush all
		in_ns "$C" ping -q -c 1 -W 3 "${VIP[$f]}"
		is "$(echos "${T[1]}" "$f") $(echos "${T[2]}" "$f")" "5 1" \
			"echo requests of a new flow, IPv$f"
		ks tm up t1
	done
}

test_store()
{
	local f first again

	topo 3
	tms_add
	ks pool add p sched rr tm t1 tm t2 tm t3
	serve udp:53
	vs_pair v 53 udp pool p
	for f in $FAMILIES; do
		first=$(asks -n 7 -p 40000 -P udp "${VIP[$f]}" 53)
		has "$(order <<<"$first")" "t? t? t? t? t? t? t?" "answers, IPv$f"
		has "$(names <<<"$first")" "t1=? t2=? t3=?" "in use, IPv$f"
		# Were they selected again, rr would turn them by one
		again=$(asks -n 7 -p 40000 -P udp "${VIP[$f]}" 53)
		is "$again" "$first" "second round, IPv$f"
		is "$(flow_field origin dst "${VIP[$f]}" | sort | uniq -c |
			xargs)" "7 selected" "origins, IPv$f"
	done
	is "$(kcount select) $(kcount stored) $(kcount hit)" "14 14 14" \
		"selected, stored, found"
	is "$(number_of flows "$(ks -j config show)")" 14 "entries"
}

test_store_rules()
{
	local f

	topo 2
	tms_add
	ks pool add p sched ordered tm t1 tm t2
	serve udp:53
	vs_pair v 53 udp pool p
	for f in $FAMILIES; do
		# What the operator has stored leads, whatever would be selected
		ks flow add "${CIP[$f,1]}" 40001 "${VIP[$f]}" 53 udp tm t2 vs "v$f"
		is "$(asks -n 2 -p 40000 -P udp "${VIP[$f]}" 53 | order)" "t1 t2" "selected and stored, IPv$f"
		ks flow del "${CIP[$f,1]}" 40001 "${VIP[$f]}" 53 udp
		is "$(asks -p 40001 udp "${VIP[$f]}" 53 | names)" "t1=1" \
			"after deletion, IPv$f"
		# S0 L143: the store comes before the selection
		ks pool leave p tm t1
		is "$(asks -n 2 -p 40001 -P udp "${VIP[$f]}" 53 | order)" "t1 t2" "out of the pool, IPv$f"
		ks pool leave p tm t2
		ks pool join p tm t1 tm t2
	done
}

test_from_tm()
{
	local f count

	topo 2
	tms_add
	kb <<-END
		pool add p sched ordered tm t2 tm t1
		vs add all pool p
	END
	serve_one "$C" client tcp:8080 udp:8080
	serve tcp:8080 udp:8080
	tms_met
	for f in $FAMILIES; do
		count=$(kcount from_tm)
		is "$(ask -N "${T[1]}" -n 3 tcp "${CIP[$f,1]}" 8080 | names)" \
			"client=3" "TCP from a traffic manager, IPv$f"
		is "$(ask -N "${T[1]}" -n 3 udp "${CIP[$f,1]}" 8080 | names)" \
			"client=3" "UDP from a traffic manager, IPv$f"
		count=$(($(kcount from_tm) - count))
		between "$count" 12 40 "counted, IPv$f"
		# A client's packet to the same place is steered
		is "$(asks -s "${CANY[$f,1]}" udp "${VIP[$f]}" 8080 | names)" \
			"t2=1" "from a client, IPv$f"
	done
}

test_addressees()
{
	local f

	topo 2 clients=2
	tms_add
	kb <<-END
		pool add p sched ordered tm t1 tm t2
		vs add all port 80 proto tcp in cl1 pool p
	END
	serve tcp:80 tcp:81
	serve_one "$R" router tcp:80
	serve_one "$C2" server tcp:80 tcp:81
	for f in $FAMILIES; do
		is "$(asks -n 3 tcp "${VIP[$f]}" 80 | names)" "t1=3" \
			"to be distributed, IPv$f"
		is "$(asks -n 3 tcp "${TMIP[$f,2]}" 80 | names)" "t2=3" \
			"to a traffic manager, IPv$f"
		is "$(asks -n 3 tcp "${CIP[$f,1]%2}1" 80 | names)" "router=3" \
			"to the distributor, IPv$f"
		is "$(asks -n 3 tcp "${CIP[$f,2]}" 81 | names)" "server=3" \
			"to a server by another port, IPv$f"
		is "$(asks -n 3 -t 300 tcp "${CIP[$f,2]}" 80 | names)" "-=3" "to a server that t1 is not, IPv$f"
	done
	truth "$(kcount to_tm) >= 6" "counted: to traffic managers"
	truth "$(kcount local) >= 6" "counted: to the distributor"
	truth "$(kcount no_vs) >= 6" "counted: of no virtual server"
	ks vs del all
	vs_pair v 80 tcp pool p
	for f in $FAMILIES; do
		is "$(asks -n 2 tcp "${CIP[$f,2]}" 80 | names)" "server=2" \
			"relayed to a server, IPv$f"
	done
}

# traffic OBJECT...: what is counted for the first object shown
traffic()
{
	ksj '.[0] | .stats // . |
		"\(.packets) \(.bytes) \(.reply_packets) \(.reply_bytes)"' "$@"
}

test_statistics()
{
	local f bytes n=0
	declare -A head=([4]=28 [6]=48)

	topo 2
	serve udp:53
	for f in $FAMILIES; do
		n=$((n + 1))
		tms_add
		ks pool add p sched ordered tm t1 tm t2
		ks vs add v addr "${VIP[$f]}" port 53 proto udp pool p
		bytes=$(asks -m 5 -p 40000 udp "${VIP[$f]}" 53 | wc -c)
		bytes="5 $((5 * (head[$f] + 2))) 5 $((5 * head[$f] + bytes))"
		is "$(traffic flow show)" "$bytes" "of the flow, IPv$f"
		is "$(traffic -s vs show v)" "$bytes" "of the server, IPv$f"
		is "$(traffic -s tm show t1)" "$bytes" \
			"of the traffic manager, IPv$f"
		is "$(tm_stat t1 flows_total) $(tm_stat t1 flows)" "1 1" "flows"
		is "$(tm_stat t2 packets)" 0 "of the idle one"
		# Return packets are known without another decision
		is "$(kcount miss) $(kcount hit) $(kcount hit_reply)" \
			"$n $((4 * n)) $((5 * n))" "decisions, IPv$f"
		kb <<-END
			vs del v
			pool del p
			tm del t1
			tm del t2
		END
	done
}

# What the operator does does not hold up packets, and the other way round
test_asynchronous()
{
	local i asker

	topo 2
	tms_add
	ks pool add p sched wrr tm t1 tm t2
	serve udp:53
	vs_pair v 53 udp pool p
	asks -n 400 -p 40000 -P -t 5000 udp "${VIP[4]}" 53 \
		>"$CASE_DIR/answers" &
	asker=$!
	for i in {1..60}; do
		echo "tm set t1 weight $i"
		echo "flow show"
		echo "pool set p sched rr"
		echo "vs set v4 max-flows 1000"
		echo "pool set p sched wrr"
	done | kb >/dev/null
	wait "$asker"
	is "$(grep -c '^t[12] ' "$CASE_DIR/answers")" 400 "answers"
	is "$(ksj '.[0].weight' tm show t1)" 60 "the last setting"
}

test_udp_states()
{
	local f

	topo 1
	tms_add
	ks pool add p tm t1
	serve udp:53
	vs_pair v 53-54 udp pool p timeout udp-open 8 timeout udp-established 50
	for f in $FAMILIES; do
		asks -p 40000 udp "${VIP[$f]}" 53
		asks -p 40001 -t 1 udp "${VIP[$f]}" 54 || :
		is "$(flow_field state dst "${VIP[$f]}" dport 53)" established \
			"answered, IPv$f"
		is "$(flow_field state dst "${VIP[$f]}" dport 54)" open \
			"not answered, IPv$f"
		between "$(flow_field expires dst "${VIP[$f]}" dport 53)" 40000 \
			50000 "time left to the answered one, IPv$f"
		between "$(flow_field expires dst "${VIP[$f]}" dport 54)" 0 \
			8000 "time left to the other, IPv$f"
	done
	wait_until 20 no_open_flow
	is "$(number_of flows "$(ks -j config show)")" 2 "flows that stay"
	is "$(kcount expired)" 2 "flows that expired"
}

no_open_flow()
{
	[ -z "$(flow_field state state open)" ]
}

test_udp_events()
{
	local f log=$CASE_DIR/events

	topo 1
	tms_add
	ks pool add p tm t1
	serve udp:53
	vs_pair v 53 udp pool p events new,established,delete
	# Append: the file is cut to nothing meanwhile
	ks -j monitor flow >>"$log" &
	wait_until 5 listening
	for f in $FAMILIES; do
		: >"$log"
		asks -m 2 -p 40000 udp "${VIP[$f]}" 53
		ks flow del "${CIP[$f,1]}" 40000 "${VIP[$f]}" 53 udp
		wait_until 5 events_are "$log" "new established delete"
		is "$(jq -r .src "$log" 2>/dev/null | sort -u | tail -n 1)" \
			"${CIP[$f,1]}" "whose events, IPv$f"
	done
}

# Somebody in the distributor's namespace listens to a multicast group
listening()
{
	in_ns "$R" awk '$2 == 16 && $4 != "00000000" { found = 1 }
		END { exit !found }' /proc/net/netlink
}

events_are()
{
	[ "$(jq -r .event "$1" 2>/dev/null | xargs)" = "$2" ]
}

# A virtual server is an address, a port and a protocol; all else passes by
test_server_match()
{
	local f

	topo 1
	tms_add
	ks pool add p tm t1
	serve tcp:80 udp:80 tcp:81
	vs_pair v 80 tcp pool p
	for f in $FAMILIES; do
		is "$(asks tcp "${VIP[$f]}" 80 | names)" "t1=1" "match, IPv$f"
		is "$(asks -t 200 tcp "${VIP[$f]}" 81 | order)" - \
			"another port, IPv$f"
		is "$(asks -t 200 udp "${VIP[$f]}" 80 | order)" - \
			"another protocol, IPv$f"
		is "$(asks -t 200 -D tcp "${VIP[$f]%9}8" 80 | order)" - \
			"another address, IPv$f"
	done
	is "$(kcount select)" 2 "selections"
}

case_add "A1 A6 K2: tcp is keyed by ports, no data needed" test_protocol tcp 80
case_add "A1 A6: udp is keyed by ports" test_protocol udp 53
case_add "A1 A6: sctp is keyed by ports" test_protocol sctp 80 sctp
case_add "A6: another protocol is keyed by addresses" test_protocol raw:253 ""
case_add "A6: icmp echo is keyed by addresses" test_icmp_echo
case_add "A9 A11 A14: stored at selection, then found" test_store
case_add "A9 A14: the store leads, not the selection" test_store_rules
case_add "A15: what traffic managers send is routed on" test_from_tm
case_add "A16: to traffic managers, the distributor, servers" test_addressees
case_add "H4 H7 H14: statistics; answers need no decision" test_statistics
case_add "H12: commands and packets do not wait for each other" test_asynchronous
case_add "H15: udp flows open, get established, expire" test_udp_states
case_add "H8 H15: udp flows raise events" test_udp_events
case_add "K1: a server is address, port and protocol" test_server_match
cases_run "$@"
