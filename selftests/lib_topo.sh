# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# Topologies; sourced by lib.sh.
#
#	topo N [direct] [shared] [sandwich] [clients=K]
#
# makes clients C1..CK (C is C1), the distributor R and traffic managers, whose
# namespaces are ${T[1]}..${T[N]}:
#
#	C1 c0 ------ cl1 R tm1 ------ t0 T1	10.1.1.0/24	10.2.1.0/24
#	C2 c0 ------ cl2   tm2 ------ t0 T2	10.1.2.0/24	10.2.2.0/24
#
# The router has .1, the other end .2; IPv6 is fd01:K::/64 and fd02:N::/64
# likewise, and so below. Every traffic manager also has all of 10.9.0.0/16 and
# fd09::/64, where the virtual addresses are taken from, client K all of
# 10.(100+K).0.0/16 and fd10:K::/64 to ask from; the distributor has no route
# to the virtual addresses.
#
#	direct		T's answers go straight to the client by a second link,
#			d0 at T and d1.. at C1 (10.3.N.0/24, fd03:N::/64), not
#			by the distributor
#	shared		the traffic managers are on one link of the distributor,
#			the bridge tms: 10.2.0.1, they have 10.2.0.(10+N)
#	sandwich	the traffic managers forward to a second link with the
#			distributor, t1 to sv1.. (10.5.N.0/24, fd05:N::/64);
#			a server S behind it, s0 to srv (10.4.0.0/24, fd04::/64),
#			has all of 10.4.0.0/16 and fd04::/64; one distributor
#			has both roles
#
# Addresses by family 4 and 6: ${VIP[4]}, ${CIP[4,k]}, ${CANY[4,k]} (first of
# the client's many), ${TMIP[4,n]}, ${TMIP2[4,n]} (second link), ${SIP[4]},
# ${VNET[4]} (prefix of the virtual addresses), ${FULL[4]} (32, 128).
#
#	tms_add [WORD...]	add traffic managers t1..tN to ksteer, with both
#				next hops and the device; WORDs go to each
#	tm_words N		these words, without name
#	serve SPEC...		start `answer` on all, as t1..tN (see answer.c)
#	serve_one NS NAME SPEC...
#	asks WORD...		`ask` in C (see ask.c)
#	names			of answers (input), the names, sorted and counted:
#				"t1=3 t2=3"
#	count_of NAME "t1=3 t2=3"	one of them

declare -A VIP=([4]=10.9.0.9 [6]=fd09::9)
declare -A VNET=([4]=10.9.0.0/16 [6]=fd09::/64)
declare -A FULL=([4]=32 [6]=128)
declare -A SIP=([4]=10.4.0.2 [6]=fd04::2)
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

# topo_lines NS: collect what `ip -batch` shall do in a namespace
topo_lines()
{
	cat >>"$CASE_DIR/topo.$1"
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
	} | topo_lines "C$k"
	{
		lan "cl$k" "10.1.$k" "fd01:$k" 1
		way "10.$((100 + k)).0.0/16" "fd10:$k::/64" "10.1.$k.2" \
			"fd01:$k::2"
	} | topo_lines R
	topo_wires+=("C$k" c0 R "cl$k")
}

topo_direct()
{
	local n=$1

	lan d0 "10.3.$n" "fd03:$n" 2 | topo_lines "T$n"
	way default default "10.3.$n.1" "fd03:$n::1" | topo_lines "T$n"
	lan "d$n" "10.3.$n" "fd03:$n" 1 | topo_lines C1
	topo_wires+=("T$n" d0 C1 "d$n")
}

topo_second()
{
	local n=$1

	TMIP2[4,$n]=10.5.$n.2 TMIP2[6,$n]=fd05:$n::2
	{
		lan t1 "10.5.$n" "fd05:$n" 2
		way 10.4.0.0/16 fd04::/64 "10.5.$n.1" "fd05:$n::1"
	} | topo_lines "T$n"
	lan "sv$n" "10.5.$n" "fd05:$n" 1 | topo_lines R
	topo_wires+=("T$n" t1 R "sv$n")
}

topo_tm_alone()
{
	local n=$1

	TMIP[4,$n]=10.2.$n.2 TMIP[6,$n]=fd02:$n::2
	lan t0 "10.2.$n" "fd02:$n" 2 | topo_lines "T$n"
	lan "tm$n" "10.2.$n" "fd02:$n" 1 | topo_lines R
	[[ $topo_words == *" direct "* ]] ||
		way default default "10.2.$n.1" "fd02:$n::1" | topo_lines "T$n"
}

topo_tm_shared()
{
	local n=$1

	TMIP[4,$n]=10.2.0.$((10 + n)) TMIP[6,$n]=fd02::$((10 + n))
	lan t0 10.2.0 fd02 $((10 + n)) | topo_lines "T$n"
	echo "link set tm$n master tms up" | topo_lines R
	[[ $topo_words == *" direct "* ]] ||
		way default default 10.2.0.1 fd02::1 | topo_lines "T$n"
}

topo_tm()
{
	local n=$1

	own "${VNET[4]}" "${VNET[6]}" | topo_lines "T$n"
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
		own 10.4.0.0/16 fd04::/64
		way default default 10.4.0.1 fd04::1
	} | topo_lines S
	{
		lan srv 10.4.0 fd04 1
		echo "route add 10.4.0.0/16 via 10.4.0.2"
	} | topo_lines R
	topo_wires+=(S s0 R srv)
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

topo_forwards()
{
	local ns

	for ns; do
		in_ns "$ns" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
	done
}

topo()
{
	local count=$1 clients=1 word i topo_words topo_wires=() topo_ns=()

	shift
	topo_words=" $* "
	for word; do
		[[ $word == clients=* ]] && clients=${word#clients=}
	done
	for ((i = 1; i <= clients; i++)); do
		topo_ns+=("C$i")
		topo_client $i
	done
	topo_ns+=(R)
	if [[ $topo_words == *" shared "* ]]; then
		{
			echo "link add tms type bridge"
			lan tms 10.2.0 fd02 1
		} | topo_lines R
	fi
	for ((i = 1; i <= count; i++)); do
		topo_ns+=("T$i")
		topo_tm $i
	done
	if [[ $topo_words == *" sandwich "* ]]; then
		topo_ns+=(S)
		topo_server
	fi
	ns_add "${topo_ns[@]}"
	topo_apply
	C=$C1
	T=()
	for ((i = 1; i <= count; i++)); do
		word=T$i
		T[i]=${!word}
	done
	topo_forwards "$R"
	if [[ $topo_words == *" sandwich "* ]]; then
		topo_forwards "${T[@]}"
	fi
	TM_DEV=
	if [[ $topo_words == *" shared "* ]]; then
		TM_DEV=tms
	fi
}

tm_words()
{
	echo "via ${TMIP[4,$1]} via ${TMIP[6,$1]} dev ${TM_DEV:-tm$1}"
}

tms_add()
{
	local n

	for n in "${!T[@]}"; do
		echo "tm add t$n $(tm_words "$n") $*"
	done | kb
}

serve_one()
{
	local ns=$1

	shift
	in_ns "$ns" answer "$@"
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
	in_ns "$C" ask "$@"
}

names()
{
	awk '{ n[$1]++ } END { for (i in n) print i "=" n[i] }' | sort |
		paste -sd ' '
}

count_of()
{
	local word

	for word in $2; do
		[[ $word == "$1="* ]] && echo "${word#*=}" && return
	done
	echo 0
}
