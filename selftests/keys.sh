#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is in a connection key, less specific keys, and which virtual server a
# packet meets: with real packets, in both families.

. "$(dirname "$0")/lib.sh"

# Client and router have two VLANs, and routes by them when asked
vlans_add()
{
	local v

	for v in 10 20; do
		ip -n "$C" -batch - <<-END
			link add c0.$v link c0 type vlan id $v
			link set c0.$v up
			addr add 10.11.$v.2/24 dev c0.$v
			addr add fd11:$v::2/64 dev c0.$v
		END
		ip -n "$R" -batch - <<-END
			link add cl1.$v link cl1 type vlan id $v
			link set cl1.$v up
			addr add 10.11.$v.1/24 dev cl1.$v
			addr add fd11:$v::1/64 dev cl1.$v
		END
	done
}

# ask_by VLAN FAMILY WORD...: ask for virtual addresses by a VLAN, 0 for none
ask_by()
{
	local vlan=$1 f=$2 dev=c0.$1

	declare -A via=([4]=10.11.$vlan.1 [6]=fd11:$vlan::1)
	shift 2
	[ "$vlan" = 0 ] && dev=c0 via=([4]=10.1.1.1 [6]=fd01:1::1)
	ip -n "$C" route replace "${VNET[$f]}" via "${via[$f]}" dev "$dev"
	asks -s "${CANY[$f,1]}" -p 40000 "$@"
}

# One and the same five-tuple by three VLANs is three flows (A2)
test_vlan_key()
{
	local f vlan

	topo 3
	vlans_add
	tms_add
	kb <<-END
		pool add p sched rr tm t1 tm t2 tm t3
		vs add v4 addr ${VIP[4]} port 53 proto udp pool p
		vs add v6 addr ${VIP[6]} port 53 proto udp pool p
	END
	serve udp:53
	for f in $FAMILIES; do
		# A second time each, or it would be selection alone
		for _ in 1 2; do
			for vlan in 0 10 20; do
				ask_by "$vlan" "$f" udp "${VIP[$f]}" 53
			done
		done >"$CASE_DIR/answers"
		is "$(order <"$CASE_DIR/answers")" "t1 t2 t3 t1 t2 t3" \
			"who answers by VLAN, IPv$f"
		is "$(ksj '.[] | "\(.vlan) \(.tm) \(.packets)"' \
			flow show dst "${VIP[$f]}" | sort | xargs)" \
			"0 t1 2 10 t2 2 20 t3 2" "flows, IPv$f"
	done
	is "$(kcount select)" 6 "selections"
}

test_vlan_match()
{
	local f

	topo 3
	vlans_add
	tms_add
	for f in 4 6; do
		cat <<-END
			pool add one$f tm t1
			pool add two$f tm t2
			pool add three$f tm t3
			vs add tagged$f addr ${VIP[$f]} proto udp vlan 10 pool one$f
			vs add untagged$f addr ${VIP[$f]} proto udp vlan 0 pool two$f
			vs add rest$f addr ${VIP[$f]} proto udp pool three$f
		END
	done | kb
	serve udp:53
	for f in $FAMILIES; do
		is "$(ask_by 10 "$f" udp "${VIP[$f]}" 53 | order)" t1 "VLAN 10"
		is "$(ask_by 0 "$f" udp "${VIP[$f]}" 53 | order)" t2 "untagged"
		is "$(ask_by 20 "$f" udp "${VIP[$f]}" 53 | order)" t3 "VLAN 20"
	done
}

test_device_match()
{
	local f

	topo 2 clients=2
	tms_add
	for f in 4 6; do
		cat <<-END
			pool add one$f tm t1
			pool add two$f tm t2
			vs add any$f addr ${VIP[$f]} port 53 proto udp pool one$f
			vs add dev$f addr ${VIP[$f]} port 53 proto udp in cl2 pool two$f
		END
	done | kb
	serve udp:53
	for f in $FAMILIES; do
		is "$(ask -N "$C1" udp "${VIP[$f]}" 53 | order)" t1 "by cl1"
		is "$(ask -N "$C2" udp "${VIP[$f]}" 53 | order)" t2 "by cl2"
	done
}

# fields_case F FIELDS SAME DIFFERENT: with these fields in the key, questions
# that differ by the options SAME alone keep together; by DIFFERENT, they do not
fields_case()
{
	local f=$1 fields=$2 same=$3 different=$4 base

	base="-n 6 -s ${CANY[$f,1]} -p 33000"
	ks vs add v addr "${VNET[$f]}" proto udp pool p template "$fields"
	# shellcheck disable=SC2086
	is "$(asks $base $same udp "${VIP[$f]}" 1000 | names)" "t1=6" \
		"key of $fields, IPv$f, steps $same"
	is "$(flow_field 'fields | join(",")' state template)" "$fields" \
		"fields that are stored"
	ks vs del v
	ks pool set p sched rr
	ks vs add v addr "${VNET[$f]}" proto udp pool p template "$fields"
	# shellcheck disable=SC2086
	is "$(asks $base $different udp "${VIP[$f]}" 1000 | names)" \
		"t1=2 t2=2 t3=2" "key of $fields, IPv$f, steps $different"
	ks vs del v
	kb <<-END
		pool del p
		pool add p sched rr tm t1 tm t2 tm t3
	END
}

test_fields()
{
	local f=$1

	topo 3
	tms_add
	ks pool add p sched rr tm t1 tm t2 tm t3
	serve udp:1000-1005
	fields_case "$f" src "-P -D -Q" "-S"
	fields_case "$f" dst "-S -P -Q" "-D"
	fields_case "$f" src,dst,proto "-P -Q" "-S"
	fields_case "$f" dst,dport,vlan "-S -P" "-Q"
	fields_case "$f" sport "-S -D -Q" "-P"
}

# The most specific key that is stored leads, then the next (A5)
test_cascade()
{
	local f src dst full=src,dst,sport,dport,vlan,proto

	topo 3
	tms_add
	ks pool add p sched rr tm t1 tm t2 tm t3
	serve udp:1000
	for f in $FAMILIES; do
		src=${CANY[$f,1]} dst=${VIP[$f]%9}
		ks vs add v addr "${VNET[$f]}" proto udp pool p \
			template "$full" template src,dst
		# t1: the full key, source and destination
		is "$(asks -s "$src" -p 40000 udp "${dst}1" 1000 | order)" t1 \
			"first, IPv$f"
		ks vs set v template "$full" template src,dst template src
		# t2: the full key, source and destination, source
		is "$(asks -s "$src" -p 40001 udp "${dst}2" 1000 | order)" t2 \
			"second, IPv$f"
		is "$(asks -s "$src" -p 40002 udp "${dst}1" 1000 | order)" t1 \
			"by source and destination, IPv$f"
		is "$(asks -s "$src" -p 40002 udp "${dst}3" 1000 | order)" t2 \
			"by source, IPv$f"
		is "$(asks -s "$src" -p 40000 udp "${dst}1" 1000 | order)" t1 \
			"by the full key, IPv$f"
		is "$(ksj '"\(.decided_by) \(.tm) \(.key.fields | join(","))"' \
			explain "$src" 40009 "${dst}1" 1000 udp)" \
			"template t1 src,dst" "explained, IPv$f"
		is "$(ksj '"\(.decided_by) \(.tm) \(.key.fields | join(","))"' \
			explain "$src" 40009 "${dst}4" 1000 udp)" \
			"template t2 src" "explained again, IPv$f"
		is "$(ksj '"\(.decided_by) \(.tm)"' explain "${src%0}9" \
			40009 "${dst}1" 1000 udp)" "scheduler t3" \
			"another source, IPv$f"
		kb <<-END
			vs del v
			pool del p
			pool add p sched rr tm t1 tm t2 tm t3
		END
	done
	is "$(kcount hit_partial)" 4 "decided by less specific keys"
}

# link_back N: the traffic manager has its link, addresses and routes again
link_back()
{
	ip -n "${T[$1]}" -batch - <<-END
		link set t0 up
		addr replace fd02:$1::2/64 dev t0
		route replace default via 10.2.$1.1
		route replace default via fd02:$1::1
	END
	wait_until 20 tm_oper_is "t$1" ""
}

tm_oper_is()
{
	[ "$(ksj '.[0].oper | join(",")' tm show "$1")" = "$2" ]
}

# out_of_use WHY N: traffic manager N is to have no new flow, for this reason
out_of_use()
{
	case $1 in
	weight)	ks tm set "t$2" weight 0 ;;
	drain)	ks tm drain "t$2" >/dev/null ;;
	leave)	ks pool leave p tm "t$2" ;;
	full)	ks tm set "t$2" max-flows 1 ;;
	pool)	ks pool leave q tm "t$2"
		ks vs set v pool q ;;
	link)	ip -n "${T[$2]}" link set t0 down
		wait_until 10 tm_oper_is "t$2" dev-down ;;
	esac
}

use_again()
{
	case $1 in
	weight)	ks tm set "t$2" weight 1 ;;
	drain)	ks tm up "t$2" ;;
	leave)	ks pool join p tm "t$2" ;;
	full)	ks tm set "t$2" max-flows 0 ;;
	pool)	ks vs set v pool p
		ks pool join q tm "t$2" ;;
	link)	link_back "$2" ;;
	esac
}

# What decides by key asks what the mechanism asks, for each reason; the key
# follows what is selected instead, and flows that are stored stay
test_out_of_use()
{
	local f=$1 n=0 why first src said reasons="weight drain leave full link"

	shift
	# Templates have an entry for each pool, see test_pools_apart
	[ "$1" = persist ] && reasons+=" pool"
	topo 3
	tms_add
	kb <<-END
		pool add p sched rr tm t1 tm t2 tm t3
		pool add q sched rr tm t1 tm t2 tm t3
		vs add v addr ${VIP[$f]} port 53 proto udp pool p $*
	END
	serve udp:53
	for why in $reasons; do
		src=${CANY[$f,1]%0}$((n += 1))
		first=$(asks -s "$src" -p 40000 udp "${VIP[$f]}" 53 | order)
		is "$(asks -n 4 -s "$src" udp "${VIP[$f]}" 53 | names)" \
			"$first=4" "the key leads, $why"
		out_of_use "$why" "${first#t}"
		has "$(ksj '.reason' explain "$src" 39999 "${VIP[$f]}" 53 udp)" \
			"*takes no new flow*" "explained, $why"
		said=$(asks -n 4 -s "$src" udp "${VIP[$f]}" 53 | names)
		has "$said" "t?=4" "new flows keep together, $why"
		isnt "$said" "$first=4" "new flows, $why"
		[ "$why" = link ] ||
			is "$(asks -s "$src" -p 40000 udp "${VIP[$f]}" 53 |
				order)" "$first" "the flow that is stored, $why"
		use_again "$why" "${first#t}"
		is "$(asks -n 2 -s "$src" udp "${VIP[$f]}" 53 | names)" \
			"${said%4}2" "the key has followed, $why"
	done
	# The server's own limit is asked before its keys are
	first=$(kcount vs_limit)
	ks vs set v max-flows 1
	is "$(asks -t 200 -s "$src" udp "${VIP[$f]}" 53 | order)" - \
		"a server that is full"
	is "$(kcount vs_limit)" $((first + 1)) "counted"
}

# What opens nothing follows the source's key too, not a hash
test_midstream_key()
{
	local f first n

	topo 3
	tms_add
	serve udp:53
	ks pool add p sched rr tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		ks vs add "v$f" addr "${VNET[$f]}" pool p persist 60
		first=$(asks -s "${CANY[$f,1]}" udp "${VIP[$f]}" 53 | order)
		for n in 1 2 3 4 5 6 7 8; do
			is "$(ksj '"\(.decided_by) \(.tm)"' explain \
				"${CANY[$f,1]}" $((n + 1000)) "${VIP[$f]}" 80 \
				tcp state established)" "template $first" \
				"a packet from the middle, IPv$f"
		done
		# Its traffic manager keeps what it has
		ks tm drain "$first" >/dev/null
		is "$(ksj '.tm' explain "${CANY[$f,1]}" 2000 "${VIP[$f]}" 80 \
			tcp state established)" "$first" "while it drains, IPv$f"
		ks tm up "$first"
		ks vs del "v$f"
	done
}

# Servers of one pool share the entries of a template, other pools have their own:
# whom a source met first must not keep another from it
test_pools_apart()
{
	local f src first said

	topo 4
	tms_add
	serve udp:53 udp:54 udp:55
	kb <<-END
		pool add p sched rr tm t1 tm t2
		pool add q sched rr tm t3 tm t4
	END
	for f in $FAMILIES; do
		kb <<-END
			vs add a$f addr ${VIP[$f]} port 53 proto udp pool p template src,dst,sport,dport,vlan,proto template src
			vs add b$f addr ${VIP[$f]} port 54 proto udp pool q template src,dst,sport,dport,vlan,proto template src
			vs add c$f addr ${VIP[$f]} port 55 proto udp pool p template src,dst,sport,dport,vlan,proto template src
		END
		src=${CANY[$f,1]%0}7
		first=$(asks -s "$src" udp "${VIP[$f]}" 53 | order)
		said=$(asks -n 4 -s "$src" udp "${VIP[$f]}" 54 | names)
		has "$said" "t[34]=4" "the other pool's key, IPv$f"
		is "$(asks -n 4 -s "$src" udp "${VIP[$f]}" 53 | names)" \
			"$first=4" "the first one's, IPv$f"
		is "$(asks -n 4 -s "$src" udp "${VIP[$f]}" 55 | names)" \
			"$first=4" "another server of its pool, IPv$f"
		is "$(ksj '.[].tm' flow show state template src "$src" | sort |
			xargs)" "$first ${said%=4}" "entries, IPv$f"
	done
}

# Two ports of one service are two servers: a group lets them meet
test_persist_group()
{
	local f n src first meet

	topo 3
	tms_add
	serve udp:53 udp:54
	kb <<-END
		pool add p sched rr tm t1 tm t2 tm t3
		pool add q sched rr tm t3 tm t2
	END
	for f in $FAMILIES; do
		kb <<-END
			vs add a$f addr ${VIP[$f]} port 53 proto udp pool p persist 60 persist-group shop
			vs add b$f addr ${VIP[$f]} port 54 proto udp pool p persist 60 persist-group shop
		END
		for n in 1 2 3 4 5 6 7 8 9 10; do
			src=${CANY[$f,1]%0}$n
			first=$(asks -s "$src" udp "${VIP[$f]}" 53 | order)
			is "$(asks -s "$src" udp "${VIP[$f]}" 54 | order)" \
				"$first" "the other port, source $n, IPv$f"
		done
		# Each asks its own pool: t1 is none of q's
		ks vs set "b$f" pool q
		meet=
		for n in 1 2 3 4 5 6; do
			src=${CANY[$f,1]%0}$n
			first=$(asks -s "$src" udp "${VIP[$f]}" 53 | order)
			meet+="$first=$(asks -s "$src" udp "${VIP[$f]}" 54 |
				order) "
		done
		is "$(tr ' ' '\n' <<<"$meet" | grep -v '^t1=' | sort -u | xargs)" \
			"t2=t2 t3=t3" "pools that share two, IPv$f"
		is "$(tr ' ' '\n' <<<"$meet" | grep -c '=t1')" 0 \
			"no pool but its own, IPv$f"
		# Out of the group each goes by itself
		kb <<-END
			vs set b$f pool p persist-group none
			flow flush all
			tm set t1 weight 1
		END
		src=${CANY[$f,1]%0}99
		first=$(asks -s "$src" udp "${VIP[$f]}" 53 | order)
		isnt "$(asks -s "$src" udp "${VIP[$f]}" 54 | order)" "$first" \
			"without a group, IPv$f"
		kb <<-END
			vs del a$f
			vs del b$f
		END
	done
}

# A wildcard serves what no other server matches (J15, J16)
test_wildcards()
{
	local f n dst

	topo 5
	tms_add
	for n in 1 2 3 4 5; do
		echo "pool add p$n tm t$n"
	done | kb
	serve tcp:80-83 udp:80
	for f in $FAMILIES; do
		dst=${VIP[$f]%9}
		# The least specific first: order of making must not count
		kb <<-END
			vs add all pool p5
			vs add anyaddr port 80 proto tcp pool p4
			vs add net addr ${VNET[$f]} port 80-82 proto tcp pool p3
			vs add anyport addr ${VIP[$f]} proto tcp pool p2
			vs add web addr ${VIP[$f]} port 80 proto tcp pool p1
		END
		is "$(asks tcp "${VIP[$f]}" 80 | order)" t1 "the server itself"
		is "$(asks -n 3 -Q tcp "${VIP[$f]}" 81 | names)" t2=3 \
			"its other ports, IPv$f"
		is "$(asks -n 3 -Q tcp "${dst}7" 80 | names)" t3=3 \
			"addresses of the prefix, IPv$f"
		is "$(asks udp "${VIP[$f]}" 80 | order)" t5 \
			"another protocol, IPv$f"
		is "$(asks tcp "${dst}7" 83 | order)" t5 "another port, IPv$f"
		ks vs del net
		is "$(asks tcp "${dst}8" 80 | order)" t4 \
			"any other address, IPv$f"
		is "$(asks tcp "${dst}8" 81 | order)" t5 \
			"any other address and port, IPv$f"
		ks vs del web
		is "$(asks tcp "${VIP[$f]}" 80 | order)" t2 \
			"once the server is gone, IPv$f"
		ks vs del anyport
		is "$(asks tcp "${VIP[$f]}" 80 | order)" t4 \
			"once its wildcard port is gone, IPv$f"
		ks vs del anyaddr
		is "$(asks tcp "${VIP[$f]}" 80 | order)" t5 \
			"once the wildcard address is gone, IPv$f"
		ks vs del all
		is "$(asks -t 200 tcp "${VIP[$f]}" 80 | order)" - \
			"once all are gone, IPv$f"
	done
}

# Longest prefix first, then the narrower range of ports
test_precedence()
{
	local f dst
	declare -A wide=([4]=10.9.0.0/24 [6]=fd09::/112)
	declare -A narrow=([4]=10.9.0.128/25 [6]=fd09::80/121)
	declare -A inside=([4]=10.9.0.200 [6]=fd09::c8)

	topo 4
	tms_add
	serve udp:53 udp:60
	for f in $FAMILIES; do
		kb <<-END
			pool add p1 tm t1
			pool add p2 tm t2
			pool add p3 tm t3
			pool add p4 tm t4
			vs add wide53 addr ${wide[$f]} port 53 proto udp pool p1
			vs add narrow addr ${narrow[$f]} proto udp pool p2
			vs add some addr ${narrow[$f]} port 50-60 proto udp pool p3
			vs add host addr ${VIP[$f]} port 50-60 pool p4
		END
		dst=${VIP[$f]%9}
		is "$(asks udp "${dst}3" 53 | order)" t1 "wide prefix, IPv$f"
		is "$(asks udp "${inside[$f]}" 53 | order)" t3 \
			"narrow prefix, range of ports, IPv$f"
		is "$(asks udp "${VIP[$f]}" 60 | order)" t4 \
			"host, end of the range, IPv$f"
		ks vs del some
		is "$(asks udp "${inside[$f]}" 60 | order)" t2 \
			"narrow prefix, any port, IPv$f"
		kb <<-END
			vs del wide53
			vs del narrow
			vs del host
			pool del p1
			pool del p2
			pool del p3
			pool del p4
		END
	done
}

case_add "A2: the VLAN belongs to the key" test_vlan_key
case_add "A2: servers by VLAN" test_vlan_match
case_add "A2: servers by device" test_device_match
case_add "A3: keys of other fields, IPv4" test_fields 4
case_add "A3: keys of other fields, IPv6" test_fields 6
case_add "A5: full key, then less and less specific ones" test_cascade
for family in $FAMILIES; do
	case_add "A5: templates ask what the mechanism asks, IPv$family" \
		test_out_of_use "$family" \
		template src,dst,sport,dport,vlan,proto template src
	case_add "B16: persistence asks what the mechanism asks, IPv$family" \
		test_out_of_use "$family" persist 60
done
case_add "A5: pools have keys of their own" test_pools_apart
case_add "B16: a group of servers shares its sources" test_persist_group
case_add "B16: what opens nothing follows its source" test_midstream_key
case_add "J15 J16: wildcard address and port" test_wildcards
case_add "K1: the more specific server leads" test_precedence
cases_run "$@"
