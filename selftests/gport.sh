#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hashes that are the same for both directions, so that nothing needs to be
# stored: the greater port, the address that is not in a set; and the ports that
# a traffic manager takes to get its answers back. Stateful firewalls tell
# whether both directions meet: they stop half a connection.

. "$(dirname "$0")/lib.sh"

# sandwich_made N SERVER-WORDS POOL-WORDS...
sandwich_made()
{
	local n=$1 words=$2 f

	shift 2
	topo "$n" sandwich
	tm_firewall
	tms_add -2
	{
		echo "pool add p $*"
		for f in $FAMILIES; do
			echo "vs add v$f addr ${SIP[$f]} pool p store none $words"
		done
	} | kb
	serve_one "$S" server tcp:80 udp:53 raw:253
	tms_met
}

forwarders()
{
	local ns count=0

	for ns in "${T[@]}"; do
		in_ns "$ns" nft list ruleset | grep -q 'packets 0 bytes' ||
			count=$((count + 1))
	done
	echo "$count"
}

no_state()
{
	is "$(number_of flows "$(ks -j config show)")" 0 "flows stored"
	is "$(kcount stored) $(kcount hit) $(kcount hit_reply)" "0 0 0" \
		"stored, found"
}

test_gport()
{
	local f

	sandwich_made 3 "symmetric on" sched gport seed 5 tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		is "$(asks -n 20 -m 2 tcp "${SIP[$f]}" 80 | names)" server=40 \
			"TCP, IPv$f"
		is "$(asks -n 20 udp "${SIP[$f]}" 53 | names)" server=20 \
			"UDP, IPv$f"
		is "$(asks -n 12 -S -s "${CANY[$f,1]}" -p 53 udp "${SIP[$f]}" 53 |
			names)" server=12 "equal ports, IPv$f"
		is "$(asks -n 12 -S -s "${CANY[$f,1]}" raw:253 "${SIP[$f]}" |
			names)" server=12 "no ports, IPv$f"
	done
	is "$(forwarders)" 3 "traffic managers in use"
	no_state
}

# Neither direction is known as question or answer: one wildcard takes both
test_gport_blind()
{
	local f

	sandwich_made 3 "" sched gport seed 5 tm t1 tm t2 tm t3
	kb <<-END
		vs del v4
		vs del v6
		vs add all pool p store none
	END
	for f in $FAMILIES; do
		is "$(asks -n 20 -m 2 tcp "${SIP[$f]}" 80 | names)" server=40 \
			"TCP, IPv$f"
		is "$(asks -n 12 -S -s "${CANY[$f,1]}" -p 53 udp "${SIP[$f]}" 53 |
			names)" server=12 "equal ports, IPv$f"
		is "$(asks -n 12 -S -s "${CANY[$f,1]}" raw:253 "${SIP[$f]}" |
			names)" server=12 "no ports, IPv$f"
	done
	is "$(forwarders)" 3 "traffic managers in use"
	no_state
	# A hash of the five-tuple as it comes does not do
	ks pool set p sched maglev
	has "$(asks -n 20 -t 300 udp "${SIP[4]}" 53 | names)" "* -=*" \
		"by a hash of one direction"
}

# By the opener's port alone, which spreads one client
test_gport_share()
{
	local f n said

	topo 3
	tms_add
	kb <<-END
		pool add p sched gport seed 5 tm t1 tm t2 tm t3
		vs add v4 addr ${VIP[4]} pool p store none
		vs add v6 addr ${VIP[6]} pool p store none
	END
	serve udp:53
	for f in $FAMILIES; do
		said=$(asks -n 150 -p 40000 -P udp "${VIP[$f]}" 53)
		for n in t1 t2 t3; do
			between "$(count_of "$n" "$(names <<<"$said")")" 25 75 \
				"share of $n, IPv$f"
		done
		is "$(asks -n 150 -p 40000 -P udp "${VIP[$f]}" 53 | order)" \
			"$(order <<<"$said")" "the same again, IPv$f"
	done
}

# Two distributors that know nothing of each other, only the seed
test_gport_two()
{
	local f n

	topo 3 sandwich two
	tm_firewall
	tms_add
	kb <<-END
		pool add p sched gport seed 5 tm t1 tm t2 tm t3
		vs add v4 addr ${SIP[4]} pool p store none
		vs add v6 addr ${SIP[6]} pool p store none
	END
	tms_met
	# The second adds in another order, and sees answers only
	{
		for n in 3 1 2; do
			echo "tm add t$n via ${TMIP2[4,$n]} via" \
				"${TMIP2[6,$n]} dev sv$n"
		done
		echo "pool add p sched gport seed 5 tm t2 tm t3 tm t1"
		for f in $FAMILIES; do
			echo "vs add v$f addr ${SIP[$f]} pool p store none" \
				"symmetric on"
		done
	} | ksteer -n "$R2" -batch -
	serve_one "$S" server tcp:80 udp:53
	wait_until 10 second_has_met
	for f in $FAMILIES; do
		is "$(asks -n 20 tcp "${SIP[$f]}" 80 | names)" server=20 \
			"TCP, IPv$f"
		is "$(asks -n 20 udp "${SIP[$f]}" 53 | names)" server=20 \
			"UDP, IPv$f"
		is "$(asks -n 6 -S -s "${CANY[$f,1]}" -p 53 udp "${SIP[$f]}" 53 |
			names)" server=6 "equal ports, IPv$f"
	done
	is "$(forwarders)" 3 "traffic managers in use"
	no_state
	ksteer -n "$R2" pool set p seed 6
	has "$(asks -n 12 -t 300 udp "${SIP[4]}" 53 | names)" "* -=*" \
		"with two seeds"
}

second_has_met()
{
	local known n f

	known=$(ip -n "$R2" neigh show nud reachable nud stale nud delay)
	for n in 1 2 3; do
		for f in $FAMILIES; do
			[[ $known == *"${TMIP2[$f,$n]} dev "* ]] || return 1
		done
	done
}

# The address outside the set decides (B14): here the server's, then the client's
test_hash_set()
{
	local f said

	topo 3
	tms_add
	kb <<-END
		pool add p sched hash-set seed 5 set 10.101.0.0/16 set fd10::/16 tm t1 tm t2 tm t3
		vs add v4 addr ${VNET[4]} pool p store none
		vs add v6 addr ${VNET[6]} pool p store none
	END
	serve udp:53
	for f in $FAMILIES; do
		said=$(asks -n 24 -D -s "${CANY[$f,1]}" udp "${VIP[$f]}" 53 |
			order)
		has "$(tr ' ' '\n' <<<"$said" | names)" "t1=* t2=* t3=*" \
			"many servers, IPv$f"
		is "$(asks -n 24 -D -S -s "${CANY[$f,1]}" udp "${VIP[$f]}" 53 |
			order)" "$said" "whoever asks, IPv$f"
		ks pool set p set "${VNET[$f]}"
		said=$(asks -n 24 -S -s "${CANY[$f,1]}" udp "${VIP[$f]}" 53 |
			order)
		has "$(tr ' ' '\n' <<<"$said" | names)" "t1=* t2=* t3=*" \
			"many clients, IPv$f"
		is "$(asks -n 24 -D -S -s "${CANY[$f,1]}" udp "${VIP[$f]}" 53 |
			order)" "$said" "whomever they ask, IPv$f"
		ks pool set p set 10.101.0.0/16 set fd10::/16
	done
}

test_hash_set_both()
{
	local f

	sandwich_made 3 "symmetric on" sched hash-set seed 5 \
		set 10.101.0.0/16 set fd10::/16 tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		ks vs add "many$f" addr "${SNET[$f]}" pool p store none
	done
	ks vs add back pool p store none
	for f in $FAMILIES; do
		is "$(asks -n 18 -D -S -s "${CANY[$f,1]}" udp "${SANY[$f]}" 53 |
			names)" server=18 "both directions, IPv$f"
	done
	is "$(forwarders)" 3 "traffic managers in use"
	no_state
}

# nat_rules TM: translate to the one address of all, as `tm ports` says
nat_rules()
{
	local tm=$1 f

	echo "table inet nat {"
	echo "chain out {"
	echo "type nat hook postrouting priority 100"
	for f in $FAMILIES; do
		ks tm ports "$tm" pool p server "${SIP[$f]}" 80 \
			source "${shared[$f]}" max 5 format nft
	done
	echo "}"
	echo "}"
}

# All traffic managers translate to one address; each has ports that its own
# answers come back to (B15)
test_ports()
{
	local f n
	declare -A shared=([4]=10.9.7.7 [6]=fd09::7:7)

	sandwich_made 3 "symmetric on" sched gport seed 5 tm t1 tm t2 tm t3
	for n in 1 2 3; do
		nat_rules "t$n" >"$CASE_DIR/nat"
		in_ns "${T[n]}" nft -f "$CASE_DIR/nat"
	done
	for f in $FAMILIES; do
		is "$(asks -n 24 -m 2 tcp "${SIP[$f]}" 80 >"$CASE_DIR/answers"
			names <"$CASE_DIR/answers")" server=48 "answers, IPv$f"
		is "$(cut -d ' ' -f 2 <"$CASE_DIR/answers" | sort -u)" \
			"${shared[$f]}" "whom the server saw, IPv$f"
	done
	is "$(forwarders)" 3 "traffic managers in use"
	no_state
	# By ports of no choice answers go astray
	for n in 1 2 3; do
		in_ns "${T[n]}" nft "flush table inet nat; add rule inet nat out" \
			"ip daddr ${SIP[4]} snat ip to ${shared[4]}"
	done
	has "$(asks -n 12 -t 500 tcp "${SIP[4]}" 80 | names)" "*-=*" \
		"by any port"
}

case_add "B13: gport: both directions meet without state" test_gport
case_add "B13: gport: directions need not be known" test_gport_blind
case_add "B13: gport: ports of one client spread" test_gport_share
case_add "B13: gport: two distributors agree by the seed" test_gport_two
case_add "B14: hash of the address outside a set" test_hash_set
case_add "B14: hash-set: both directions meet without state" test_hash_set_both
case_add "B15: ports whose answers come back" test_ports
cases_run "$@"
