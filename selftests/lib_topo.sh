# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# Topologies; sourced by lib.sh.
#
#	topo N [direct] [shared] [sandwich] [two] [clients=K]
#
# makes clients C1..CK (C is C1), the distributor R and traffic managers, whose
# namespaces are ${T[1]}..${T[N]}:
#
#	C1 c0 ------ cl1 R tm1 ------ t0 T1	10.1.1.0/24	10.2.1.0/24
#	C2 c0 ------ cl2   tm2 ------ t0 T2	10.1.2.0/24	10.2.2.0/24
#
# The router has .1, the other end .2; IPv6 is fd01:K::/64 and fd02:N::/64
# likewise, and so below. Every traffic manager also has all of 10.9.0.0/16 and
# fd09::/64, where the virtual addresses are taken from (${VIP[4]} and ${VIP[6]}
# on lo, for protocols that ask for real addresses), client K all of
# 10.(100+K).0.0/16 and fd10:K::/64 to ask from; the distributor has no route
# to the virtual addresses.
#
#	direct		T's answers go straight to the client by a second link,
#			d0 at T and d1.. at C1 (10.3.N.0/24, fd03:N::/64), not
#			by the distributor
#	shared		the traffic managers are on one link of the distributor,
#			the bridge tms: 10.2.0.1, they have 10.2.0.(10+N); their
#			second links are on the bridge svs, 10.5.0.1
#	sandwich	the traffic managers forward to a second link with the
#			distributor, t1 to sv1.. (10.5.N.0/24, fd05:N::/64);
#			a server S behind it, s0 to srv (10.4.0.0/24, fd04::/64),
#			also has all of 10.40.0.0/16 and fd40::/64; one
#			distributor has both roles
#	two		with sandwich: the second links and the server are those
#			of a second distributor, R2, that has no other way back
#
# Addresses by family 4 and 6: ${VIP[4]}, ${CIP[4,k]}, ${CANY[4,k]} (first of
# the client's many), ${TMIP[4,n]}, ${TMIP2[4,n]} (second link), ${SIP[4]},
# ${SANY[4]} (first of the server's many), ${VNET[4]}, ${SNET[4]} (prefix of the
# virtual addresses, of the server's many).
#
#	tms_add [-2] [WORD...]	add traffic managers t1..tN to ksteer, with both
#				next hops and the device; with -2 also those of
#				the second link, as ways of the answers; WORDs
#				go to each
#	tm_words N		these words, without name
#	tm_words2 N		for the second link, as reply-via and reply-dev
#	tms_met			wait until R knows the stations of all next hops, so
#				that it recognises what comes from them
#	tm_firewall		make the traffic managers stateful firewalls: what
#				goes out by t1 opens, else only answers pass, so
#				half a connection is stopped
#	serve SPEC...		start `answer` on all, as t1..tN (see answer.c)
#	serve_one NS NAME SPEC...
#	asks WORD...		`ask` in C (see ask.c)
#	names			of answers (input), the names, sorted and counted:
#				"t1=3 t2=3"
#	order			of answers (input), the names as they come: "t1 t2 t1"
#	count_of NAME "t1=3 t2=3"	one of them

declare -A VIP=([4]=10.9.0.9 [6]=fd09::9)
declare -A VNET=([4]=10.9.0.0/16 [6]=fd09::/64)
declare -A SIP=([4]=10.4.0.2 [6]=fd04::2)
declare -A SANY=([4]=10.40.0.0 [6]=fd40::)
declare -A SNET=([4]=10.40.0.0/16 [6]=fd40::/64)
declare -A CIP CANY TMIP TMIP2
FAMILIES="4 6"
T=()

# lan DEV NET4 NET6 HOST: lines that give a device addresses and turn it up
lan()
{
	echo "link set $1 up"
	echo "addr add $2.$4/24 dev $1"
	echo "addr add $3::$4/64 dev $1"
}

# way TO4 TO6 VIA4 VIA6
way()
{
	echo "route add $1 via $3"
	echo "route add $2 via $4"
}

# own NET4 NET6: all of a prefix belongs to the machine
own()
{
	echo "route add local $1 dev lo"
	echo "route add local $2 dev lo"
}

topo_client()
{
	local k=$1

	CIP[4,$k]=10.1.$k.2 CIP[6,$k]=fd01:$k::2
	CANY[4,$k]=10.$((100 + k)).0.0 CANY[6,$k]=fd10:$k::
	{
		lan c0 "10.1.$k" "fd01:$k" 2
		own "10.$((100 + k)).0.0/16" "fd10:$k::/64"
		way default default "10.1.$k.1" "fd01:$k::1"
	} >>"$CASE_DIR/topo.C$k"
	{
		lan "cl$k" "10.1.$k" "fd01:$k" 1
		way "10.$((100 + k)).0.0/16" "fd10:$k::/64" "10.1.$k.2" \
			"fd01:$k::2"
	} >>"$CASE_DIR/topo.R"
	topo_wires+=("C$k" c0 R "cl$k")
}

topo_direct()
{
	local n=$1

	lan d0 "10.3.$n" "fd03:$n" 2 >>"$CASE_DIR/topo.T$n"
	way default default "10.3.$n.1" "fd03:$n::1" >>"$CASE_DIR/topo.T$n"
	lan "d$n" "10.3.$n" "fd03:$n" 1 >>"$CASE_DIR/topo.C1"
	topo_wires+=("T$n" d0 C1 "d$n")
}

topo_second()
{
	local n=$1 four=10.5.$1 six=fd05:$1 host=2 port=sv$1

	if [[ $topo_words == *" shared "* ]]; then
		four=10.5.0 six=fd05 host=$((10 + n))
		echo "link set $port master svs up" >>"$CASE_DIR/topo.$topo_back"
	else
		lan "$port" "$four" "$six" 1 >>"$CASE_DIR/topo.$topo_back"
	fi
	TMIP2[4,$n]=$four.$host TMIP2[6,$n]=$six::$host
	{
		lan t1 "$four" "$six" "$host"
		way 10.4.0.0/24 fd04::/64 "$four.1" "$six::1"
		way "${SNET[4]}" "${SNET[6]}" "$four.1" "$six::1"
	} >>"$CASE_DIR/topo.T$n"
	topo_wires+=("T$n" t1 "$topo_back" "$port")
}

topo_tm_alone()
{
	local n=$1

	TMIP[4,$n]=10.2.$n.2 TMIP[6,$n]=fd02:$n::2
	lan t0 "10.2.$n" "fd02:$n" 2 >>"$CASE_DIR/topo.T$n"
	lan "tm$n" "10.2.$n" "fd02:$n" 1 >>"$CASE_DIR/topo.R"
	[[ $topo_words == *" direct "* ]] ||
		way default default "10.2.$n.1" "fd02:$n::1" >>"$CASE_DIR/topo.T$n"
}

topo_tm_shared()
{
	local n=$1

	TMIP[4,$n]=10.2.0.$((10 + n)) TMIP[6,$n]=fd02::$((10 + n))
	lan t0 10.2.0 fd02 $((10 + n)) >>"$CASE_DIR/topo.T$n"
	echo "link set tm$n master tms up" >>"$CASE_DIR/topo.R"
	[[ $topo_words == *" direct "* ]] ||
		way default default 10.2.0.1 fd02::1 >>"$CASE_DIR/topo.T$n"
}

topo_tm()
{
	local n=$1

	{
		own "${VNET[4]}" "${VNET[6]}"
		echo "addr add ${VIP[4]} dev lo"
		echo "addr add ${VIP[6]} dev lo"
	} >>"$CASE_DIR/topo.T$n"
	if [[ $topo_words == *" shared "* ]]; then
		topo_tm_shared "$n"
	else
		topo_tm_alone "$n"
	fi
	topo_wires+=("T$n" t0 R "tm$n")
	if [[ $topo_words == *" direct "* ]]; then
		topo_direct "$n"
	fi
	if [[ $topo_words == *" sandwich "* ]]; then
		topo_second "$n"
	fi
}

topo_server()
{
	{
		lan s0 10.4.0 fd04 2
		own "${SNET[4]}" "${SNET[6]}"
		way default default 10.4.0.1 fd04::1
	} >>"$CASE_DIR/topo.S"
	{
		lan srv 10.4.0 fd04 1
		way "${SNET[4]}" "${SNET[6]}" 10.4.0.2 fd04::2
	} >>"$CASE_DIR/topo.$topo_back"
	topo_wires+=(S s0 "$topo_back" srv)
}

topo_apply()
{
	local var i wires=()

	for ((i = 0; i < ${#topo_wires[@]}; i += 2)); do
		var=${topo_wires[i]}
		wires+=("${!var}" "${topo_wires[i + 1]}")
	done
	wires_add "${wires[@]}"
	for var in "${topo_ns[@]}"; do
		ip -n "${!var}" -batch "$CASE_DIR/topo.$var"
	done
}

topo_bridge()
{
	{
		echo "link add $1 type bridge"
		lan "$1" "$2" "$3" 1
	} >>"$CASE_DIR/topo.$4"
}

# What is common to the traffic managers, and what stands behind them
topo_middle()
{
	local i

	if [[ $topo_words == *" two "* ]]; then
		topo_ns+=(R2)
		topo_back=R2
	fi
	if [[ $topo_words == *" shared "* ]]; then
		TM_DEV=tms TM_DEV2=svs
		topo_bridge tms 10.2.0 fd02 R
	fi
	if [[ $topo_words == *" sandwich "* ]]; then
		topo_ns+=(S)
		topo_server
		if [ "$TM_DEV2" ]; then
			topo_bridge svs 10.5.0 fd05 "$topo_back"
		fi
	fi
	for ((i = 1; i <= $1; i++)); do
		topo_ns+=("T$i")
		topo_tm $i
	done
}

topo_names()
{
	local i var

	C=$C1
	T=()
	for ((i = 1; i <= $1; i++)); do
		var=T$i
		T[i]=${!var}
	done
}

topo()
{
	local count=$1 clients=1 word i
	local topo_words topo_wires=() topo_ns=() topo_back=R

	shift
	topo_words=" $* "
	TM_DEV='' TM_DEV2=''
	for word; do
		[[ $word == clients=* ]] && clients=${word#clients=}
	done
	topo_ns+=(R)
	for ((i = 1; i <= clients; i++)); do
		topo_ns+=("C$i")
		topo_client $i
	done
	topo_middle "$count"
	ns_add "${topo_ns[@]}"
	topo_apply
	topo_names "$count"
	nets forward "$R" "${!topo_back}"
	if [[ $topo_words == *" sandwich "* ]]; then
		nets forward "${T[@]}"
	fi
}

tm_words()
{
	echo "via ${TMIP[4,$1]} via ${TMIP[6,$1]} dev ${TM_DEV:-tm$1}"
}

tm_words2()
{
	echo "reply-via ${TMIP2[4,$1]} reply-via ${TMIP2[6,$1]}" \
		"reply-dev ${TM_DEV2:-sv$1}"
}

tms_have_met()
{
	local known n f

	known=$(ip -n "$R" neigh show nud reachable nud stale nud delay \
		nud probe)
	for n in "${!T[@]}"; do
		for f in $FAMILIES; do
			[[ $known == *"${TMIP[$f,$n]} dev "* ]] || return 1
			[[ ! $TM_SECOND || $known == *"${TMIP2[$f,$n]} dev "* ]] ||
				return 1
		done
	done
}

tms_met()
{
	wait_until 10 tms_have_met
}

tm_firewall()
{
	local ns

	for ns in "${T[@]}"; do
		in_ns "$ns" nft -f - <<-END
			table inet firewall {
				chain forward {
					type filter hook forward priority 0
					policy drop
					ct state established counter accept
					ct state new oifname "t1" accept
					ip6 nexthdr icmpv6 accept
				}
			}
		END
	done
}

tms_add()
{
	local n second=

	TM_SECOND=
	if [ "${1:-}" = -2 ]; then
		second=tm_words2 TM_SECOND=1
		shift
	fi
	for n in "${!T[@]}"; do
		echo "tm add t$n $(tm_words "$n") $(${second:-:} "$n") $*"
	done | kb
}

serve_one()
{
	local ns=$1

	shift
	answer -N "$ns" "$@"
}

serve()
{
	local n

	for n in "${!T[@]}"; do
		serve_one "${T[n]}" "t$n" "$@"
	done
}

asks()
{
	ask -N "$C" "$@"
}

names()
{
	local -A count=()
	local name rest said=''

	while read -r name rest; do
		count[$name]=$((${count[$name]:-0} + 1))
	done
	for name in client server router t{1..16} -; do
		[ -z "${count[$name]:-}" ] || said+=" $name=${count[$name]}"
		unset "count[$name]"
	done
	for name in "${!count[@]}"; do
		said+=" $name=${count[$name]}"
	done
	echo "${said# }"
}

# order <ANSWERS: the names, one after the other
order()
{
	local name rest said=''

	while read -r name rest; do
		said+=" $name"
	done
	echo "${said# }"
}

count_of()
{
	local word

	for word in $2; do
		[[ $word == "$1="* ]] && echo "${word#*=}" && return
	done
	echo 0
}

# vs_pair NAME PORT PROTO WORD...: a server for the virtual address, per family
vs_pair()
{
	local f name=$1 port=$2 proto=$3

	shift 3
	for f in $FAMILIES; do
		echo "vs add $name$f addr ${VIP[$f]} port $port proto $proto $*"
	done | kb
}

# echos NS FAMILY: echo requests that a machine has received
echos()
{
	if [ "$2" = 4 ]; then
		in_ns "$1" awk '/^Icmp:/ { if (n++) print $i; else
			for (i = 1; $i != "InEchos"; i++); }' /proc/net/snmp
	else
		in_ns "$1" awk '$1 == "Icmp6InEchos" { print $2 }' \
			/proc/net/snmp6
	fi
}
