#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# What `ksteer explain` foretells of a packet, and what then becomes of it; and the
# kinds of servers that it was looked for among.

. "$(dirname "$0")/lib.sh"

declare -A OWN=([4]=10.1.0.1 [6]=fd00:1::1)
declare -A PEER=([4]=10.1.0.10 [6]=fd00:1::10)
declare -A NEXT=([4]=10.1.0.99 [6]=fd00:1::99)
declare -A AT=([4]=10.9.0. [6]=fd00:9::)

# Client c0, distributor r0, traffic managers that swallow what they get
explain_setup()
{
	ns_add C R
	need_module dummy
	wires_add "$C" c0 "$R" r0
	ip -n "$C" link set c0 up
	ip -n "$R" -batch - <<-END
	addr add ${OWN[4]}/24 dev r0
	addr add ${OWN[6]}/64 dev r0 nodad
	link set r0 up
	link add s1 type dummy
	link add s2 type dummy
	link set s1 up
	link set s2 up
	END
	MAC=$(in_ns "$R" cat /sys/class/net/r0/address)
	kb <<-END
	tm add t1 dev s1
	tm add t2 dev s2
	tm add gone dev s1 state down
	tm add near via ${NEXT[4]} via ${NEXT[6]}
	pool add p sched rr tm t1 tm t2
	pool add m sched maglev tm t1 tm t2 table-size 251
	pool add none tm gone
	END
	GOT=$(got)
}

# got: packets of t1 and of t2
got()
{
	in_ns "$R" cat /sys/class/net/s{1,2}/statistics/tx_packets |
		paste -sd ' '
}

count_is()
{
	[ "$(kcount "$1")" = "$2" ]
}

# word_of KEY JSON: its value, in $WORD; "-" if there is none
word_of()
{
	WORD=-
	[[ $2 =~ \"$1\":\ *\"([^\"]*)\" ]] || return 0
	WORD=${BASH_REMATCH[1]}
}

# foretold VERDICT BY COUNTER [OPTION...] -- SRC SPORT DST DPORT PROTO [WORD...]
#
# Asks, then sends the packet; the verdict, the count, and the traffic manager
# that got it have to be those foretold. OPTIONs are flood's.
foretold()
{
	local verdict=$1 by=$2 counter=$3 options=() said tm count before after

	read -r -a before <<<"$GOT"

	shift 3
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	said=$(ks -j explain "$@")
	word_of tm "$said"
	tm=$WORD
	word_of verdict "$said"
	is "$WORD" "$verdict" "verdict of explain $*"
	word_of decided_by "$said"
	is "$WORD" "$by" "what decides in explain $*"
	count=$(kcount "$counter")
	flood -N "$C" "${options[@]}" -f "$2" -p "$4" c0 "$MAC" "$1" "$3" 1
	wait_until 5 count_is "$counter" $((count + 1)) ||
		fail "the packet was not counted as $counter: $*"
	GOT=$(got)
	read -r -a after <<<"$GOT"
	is "$((after[0] - before[0])) $((after[1] - before[1]))" \
		"$(case "$verdict $tm" in
		"steer t1") echo 1 0 ;;
		"steer t2") echo 0 1 ;;
		*) echo 0 0 ;;
		esac)" "packets of t1 and t2, foretold $verdict $tm: $*"
	TOLD=$tm
}

test_scheduler()
{
	local i src=${PEER[$1]} dst=${AT[$1]}

	explain_setup
	kb <<-END
	vs add turns addr ${dst}1 pool p
	vs add table addr ${dst}2 pool m
	vs add dead addr ${dst}3 pool none
	vs add few addr ${dst}4 pool p max-flows 1
	vs add way addr ${dst}5 forward route
	vs add here addr ${dst}6 pool p in r0
	END
	for i in 1 2; do
		foretold steer scheduler select -- "$src" "$i" "${dst}1" 80 udp
		foretold steer scheduler select -S -- "$src" "$i" "${dst}2" 80 tcp
	done
	foretold drop scheduler no_tm -- "$src" 1 "${dst}3" 80 udp
	foretold steer scheduler select -- "$src" 1 "${dst}4" 80 udp
	# Neither half open nor unanswered is it one of the most flows
	foretold steer store hit -- "$src" 1 "${dst}4" 80 udp
	foretold steer scheduler select -- "$src" 3 "${dst}4" 80 udp
	ks flow add "$src" 9 "${dst}4" 80 udp tm t1 vs few
	foretold drop scheduler vs_limit -- "$src" 2 "${dst}4" 80 udp
	foretold route nothing routed -- "$src" 1 "${dst}5" 80 udp
	foretold steer scheduler select -- "$src" 1 "${dst}6" 80 udp dev r0
	is "$(ksj .verdict explain "$src" 2 "${dst}6" 80 udp dev s1)" pass \
		"by another device"
}

test_store()
{
	local src=${PEER[$1]} dst=${AT[$1]} tm other

	explain_setup
	ks vs add v addr "${dst}1" pool p
	foretold steer scheduler select -- "$src" 1 "${dst}1" 80 udp
	tm=$TOLD
	foretold steer store hit -- "$src" 1 "${dst}1" 80 udp
	is "$TOLD" "$tm" "the same traffic manager"
	foretold route store hit_reply -- "${dst}1" 80 "$src" 1 udp
	ks vs set v symmetric on
	is "$(ksj '"\(.verdict) \(.tm)"' explain "${dst}1" 80 "$src" 1 udp)" \
		"steer $tm" "its answer, symmetric"
	is "$(ksj '.key | "\(.src) \(.sport) \(.dst) \(.dport)"' explain \
		"${dst}1" 80 "$src" 1 udp)" "$src 1 ${dst}1 80" "its key"
	ks tm down "$tm" forget
	foretold steer scheduler select -- "$src" 1 "${dst}1" 80 udp
	isnt "$TOLD" "$tm" "another, now that it is down"
	# Who drains keeps what nobody else can take
	ks tm set "$TOLD" on-drain datagrams
	ks tm drain "$TOLD"
	other=$tm tm=$TOLD
	foretold steer store hit -- "$src" 1 "${dst}1" 80 udp
	is "$TOLD" "$tm" "the one that drains"
	ks tm up "$other"
	foretold steer scheduler hit -- "$src" 1 "${dst}1" 80 udp
	is "$TOLD" "$other" "one that can take it"
}

test_partial()
{
	local i src=${PEER[$1]} dst=${AT[$1]} tm

	explain_setup
	kb <<-END
	vs add tpl addr ${dst}1 pool p template src,dst,sport,dport,vlan,proto template dst,dport,proto
	vs add keep addr ${dst}2 pool p persist 60
	END
	foretold steer scheduler select -- "$src" 1 "${dst}1" 80 udp
	tm=$TOLD
	for i in 2 3; do
		foretold steer template hit_partial -- "$src" $i "${dst}1" 80 udp
		is "$TOLD" "$tm" "the template's traffic manager"
	done
	is "$(ksj '.key.fields | join(",")' explain "$src" 4 "${dst}1" 80 udp)" \
		"dst,dport,proto" "fields of the key that decides"
	foretold steer store hit -- "$src" 2 "${dst}1" 80 udp
	foretold steer scheduler select -- "$src" 1 "${dst}2" 80 udp
	tm=$TOLD
	for i in 2 3; do
		foretold steer template persist -- "$src" $i "${dst}2" 80 udp
		is "$TOLD" "$tm" "the source's traffic manager"
	done
}

test_midstream()
{
	local i src=${PEER[$1]} dst=${AT[$1]}

	explain_setup
	kb <<-END
	vs add hash addr ${dst}1 pool p
	vs add pass addr ${dst}2 pool p midstream pass
	END
	for i in 1 2; do
		foretold steer midstream midstream_hash -A -- "$src" $i \
			"${dst}1" 80 tcp state established
	done
	foretold pass nothing midstream_pass -A -- "$src" 1 "${dst}2" 80 tcp \
		state established
	foretold steer scheduler select -S -- "$src" 1 "${dst}2" 80 tcp
}

test_pass()
{
	local f=$1 src=${PEER[$1]} dst=${AT[$1]} said

	explain_setup
	ks vs add wide pool p
	foretold pass nothing local -- "$src" 1 "${OWN[$f]}" 80 udp
	foretold pass nothing to_tm -- "$src" 1 "${NEXT[$f]}" 80 udp
	foretold steer scheduler select -- "$src" 1 "${dst}1" 80 udp
	ks vs del wide
	ks vs add v addr "${dst}1" port 80 proto tcp pool p
	foretold pass nothing no_vs -- "$src" 1 "${dst}1" 80 udp
	foretold pass nothing no_vs -S -- "$src" 1 "${dst}1" 81 tcp
	said=$(ks explain "$src" 1 "${dst}1" 81 tcp)
	has "$said" "verdict *pass*reason *no virtual server takes it*" "in words"
}

# kinds WORD...: the kinds of servers that were looked at, in order: "ADDR/LEN NAMES
# SERVERS RESULT VS"
kinds()
{
	ksj '[.kind[]? | "\(.addr // "any")/\(.prefixlen // 0) \((.names // ["each"]) |
		join("+")) \(.servers) \(.result) \(.vs // "-")\(if .answer then
		" answer" else "" end)"] | join("; ")' explain "$@"
}

test_kinds()
{
	local i src=${PEER[$1]} dst=${AT[$1]}1 net len host

	explain_setup
	if [ "$1" = 4 ]; then
		net=10.9.0.0 len=24 host=32
	else
		net=fd00:9:: len=64 host=128
	fi
	is "$(kinds "$src" 1 "$dst" 80 udp)" "" "without a server"
	kb <<-END
		vs add host addr $dst port 80 proto udp pool p
		vs add net addr $net/$len proto tcp pool p
		vs add all pool p
	END
	host="$dst/$host" net="$net/$len"
	is "$(kinds "$src" 1 "$dst" 80 udp)" "$host each 1 won host" "the host"
	is "$(kinds "$src" 1 "$dst" 80 tcp)" \
		"$host each 1 missed -; $net each 1 won net" "the prefix around it"
	is "$(kinds "$src" 1 "$dst" 81 udp)" \
		"$host each 1 missed -; $net each 1 missed -; any/0 each 1 won all" \
		"any address"
	has "$(ks explain "$src" 1 "$dst" 80 tcp)" \
		"*kind *$host one by one: 1 servers, missed*$net one by one: 1 servers, won net" \
		"in words"
	kb <<-END
		vs del net
		vs del all
		vs del host
		$(for i in 0 1 2 3 4 5 6 7 8; do
			echo "vs add p$i addr $dst port $((1000 + i)) proto udp pool p"
		done)
		vs add plain addr $dst pool p
		vs add vlan addr $dst port 1000 proto udp vlan 5 pool p
		vs add dev addr $dst port 1001 proto udp in r0 pool p
		vs set p0 symmetric on
	END
	is "$(kinds "$src" 1 "$dst" 1000 udp)" \
		"$host  1 lost plain; $host proto 9 won p0; $host proto+vlan 0 missed -; $host proto+device 0 missed -" \
		"many: by the port"
	is "$(kinds "$src" 1 "$dst" 1000 udp vlan 5)" \
		"$host  1 lost plain; $host proto 9 lost p0; $host proto+vlan 1 won vlan; $host proto+device 0 missed -" \
		"many: by the VLAN"
	is "$(kinds "$src" 1 "$dst" 1001 udp dev r0)" \
		"$host  1 lost plain; $host proto 9 lost p1; $host proto+vlan 0 missed -; $host proto+device 1 won dev" \
		"many: by the device"
	is "$(kinds "$src" 1 "$dst" 2000 udp)" \
		"$host  1 won plain; $host proto 9 missed -; $host proto+vlan 0 missed -; $host proto+device 0 missed -" \
		"many: the least specific"
	is "$(kinds "$dst" 1000 "$src" 1 udp)" \
		"$host  1 missed - answer; $host proto 11 won p0 answer" "an answer"
	has "$(ks explain "$src" 1 "$dst" 1000 udp)" \
		"*kind *$host none: 1 servers, lost plain*$host proto: 9 servers, won p0*" \
		"many, in words"
	ks flow add "$src" 1 "$dst" 1000 udp tm t1 vs p0
	is "$(kinds "$src" 1 "$dst" 1000 udp)" "" "an entry decides"
}

for family in $FAMILIES; do
	case_add "explain: selection, limits, routes, IPv$family" \
		test_scheduler "$family"
	case_add "explain: the store, IPv$family" test_store "$family"
	case_add "explain: templates and persistence, IPv$family" \
		test_partial "$family"
	case_add "explain: TCP from the middle, IPv$family" \
		test_midstream "$family"
	case_add "explain: what is left alone, IPv$family" test_pass "$family"
	case_add "explain: kinds of servers, IPv$family" test_kinds "$family"
done

cases_run "$@"
