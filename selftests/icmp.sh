#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ICMP errors follow the flow that they speak of, and what does not fit is told
# to its sender.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"

# error_of PORT WORD...: somebody on the way speaks of the server's packet
error_of()
{
	local from=198.18.7.7 port=$1

	shift
	[ "$V" = v6 ] && from=2001:db8:c:7::7
	send c src=$from dst="$SRV" proto=icmp q.src="$SRV" q.dst="$CL" \
		q.sport=80 q.dport="$port" q.data=600 "$@"
}

# Of each type: its number and code
errors()
{
	[ "$V" = v4 ] && echo 3/4 3/3 3/1 11/0 12/0 4/0 || echo 2/0 1/4 3/0 4/1
}

# Of the quoted packet: the IP header and eight bytes, or all
quotes()
{
	[ "$V" = v4 ] && echo 28 24 628 || echo 48 44 648
}

follow_one()
{
	local proto=$1 port type qlen

	declare -A home
	for port in 1 2 3; do
		from_client proto="$proto" sport=$port dport=80 seq=1 flags=S
		arrives "$TMS" sport=$port
		home[$port]=$AT
	done
	isnt "${home[1]}" "${home[2]}" "traffic managers of two flows"
	counting
	for type in $(errors); do
		for port in 1 2 3; do
			error_of $port q.proto="$proto" type="${type%/*}" \
				code="${type#*/}" info=1400 qlen=48
			arrives "$TMS" type="${type%/*}" code="${type#*/}"
			is "$AT" "${home[$port]}" "where an error of type $type went"
			sent_whole
			has "$WIRE" "* l4sum=ok *" "checksum of the error"
		done
	done
	for qlen in $(quotes); do
		error_of 2 q.proto="$proto" qlen="$qlen" \
			type="${type%/*}" code="${type#*/}"
		arrives "${home[2]}" type="${type%/*}"
	done
	is "$(flow_field state proto "$proto" sport 2 vs $V)" open "state after errors"
	counted stored 0 malformed 0 reset 0 closed 0
}

case_follow()
{
	begin rr any
	both follow_one "$1"
}

# Errors of nobody's flow are chosen for, if that is the policy, and not stored
unknown_one()
{
	local type

	type=$(errors)
	type=${type%% *}
	counting
	error_of 77 q.proto=tcp type="${type%/*}" code="${type#*/}"
	arrives "$TMS" type="${type%/*}"
	ks vs set $V midstream pass
	wire clear
	error_of 78 q.proto=tcp type="${type%/*}" code="${type#*/}"
	from_client proto=tcp sport=79 dport=80 flags=S
	arrives "$TMS" sport=79
	absent "$TMS" type="${type%/*}"
	counted stored 1
}

case_unknown()
{
	begin rr tcp
	both unknown_one
}

# odd WORD...: a quotation that cannot be read is left alone
odd()
{
	local type

	type=$(errors)
	type=${type%% *}
	error_of 1 q.proto=tcp type="${type%/*}" code="${type#*/}" "$@"
	PORT=$((PORT + 1))
	from_client proto=tcp sport=$PORT dport=80 flags=S
	arrives "$TMS" sport=$PORT
	absent "$TMS" type="${type%/*}"
	ODD=$((ODD + 1))
}

odd_one()
{
	local head=20

	[ "$V" = v6 ] && head=40
	PORT=1000 ODD=0
	from_client proto=tcp sport=1 dport=80 flags=S
	arrives "$TMS" sport=1
	counting
	odd qlen=0
	odd qlen=1
	odd qlen=$((head - 1))
	odd qlen=$head
	odd qlen=$((head + 3))
	odd q.ver=7
	if [ "$V" = v4 ]; then
		odd q.ihl=4
		odd q.ihl=15 qlen=48
		odd q.off=800
	else
		odd q.ext=60:ff0104
		odd q.ext=44:000321000000 qlen=56
	fi
	counted malformed $ODD
	# An error that quotes an error speaks of no flow of this server
	odd q.proto=icmp q.type=3 q.q.src="$CL" q.q.dst="$SRV"
	counted malformed 0 icmp_stray 0
	# The server has not sent that, so it cannot have gone wrong
	odd q.src="$CL" q.dst="$SRV" q.dport=8080
	counted malformed 0 icmp_stray 1
}

case_odd()
{
	begin rr tcp
	both odd_one
}

# --- whence an error comes, and for whom it is -------------------------------

# The client's packets and the errors come by different VLANs, either way round
vlan_add()
{
	ip -n "$R" link add link c name c.10 type vlan id 10
	defer ip -n "$R" link del c.10
	ip -n "$R" link set dev c.10 up
}

# Eight bytes of the transport header, or all of the packet
by_vlan_one()
{
	local port qlen there back

	for port in 1 2 3 4; do
		there='' back=vlan=10
		((port < 3)) || there=vlan=10 back=''
		# shellcheck disable=SC2086
		from_client proto=tcp sport=$port dport=80 seq=1 flags=S $there
		arrives "$TMS" sport=$port
		home[port]=$AT
	done
	counting
	for qlen in $(quotes); do
		for port in 1 2 3 4; do
			back=vlan=10
			((port < 3)) || back=''
			# shellcheck disable=SC2086
			error_of $port q.proto=tcp type="${type%/*}" \
				code="${type#*/}" info=1400 qlen=$qlen $back
			arrives "$TMS" type="${type%/*}"
			is "$AT" "${home[port]}" "where the error of $port went"
		done
	done
	counted hit_icmp 12 stored 0 miss 0 malformed 0
	# They are no answers: the flow learns no VLAN from them
	from_tm "${home[1]#t}" proto=tcp sport=80 dport=1 seq=5 ack=2 flags=SA
	arrives c dport=1
	counted hit_reply 1 miss 0
}

case_by_vlan()
{
	local home type

	begin rr tcp
	vlan_add
	family 4
	type=3/4
	by_vlan_one
	family 6
	type=2/0
	by_vlan_one
}

# An error for X that quotes what somebody else has sent is not for that flow's
# traffic manager; whoever X is, routing has it
forged_one()
{
	local type

	type=$(errors)
	type=${type%% *}
	from_client proto=tcp sport=1 dport=80 seq=1 flags=S
	arrives "$TMS" sport=1
	ip -n "$R" route replace "$OTHER" via "$(tm_addr 1)" dev t1
	defer ip -n "$R" route del "$OTHER"
	ip -n "$R" route replace "$LIKE" via "$(tm_addr 1)" dev t1
	defer ip -n "$R" route del "$LIKE"
	counting
	for to in "$OTHER" "$LIKE"; do
		for port in 1 2 3; do
			send c src=$FORGER dst="$to" proto=icmp q.src="$SRV" \
				q.dst="$CL" q.proto=tcp q.sport=80 q.dport=$port \
				q.data=600 type="${type%/*}" code="${type#*/}" \
				info=1000
			arrives "$TMS" type="${type%/*}"
			is "$AT" t1 "where the routes lead"
		done
	done
	counted hit_icmp 0 miss 0 malformed 0
}

case_forged()
{
	local port to OTHER LIKE FORGER

	begin rr tcp
	# One whose address is served, and one that shares its last word
	family 4
	OTHER=10.9.9.10 LIKE=198.18.0.10 FORGER=198.18.7.7
	ks vs add otherv4 addr $OTHER proto tcp pool p
	defer ks vs del otherv4
	forged_one
	family 6
	OTHER=fd00:9::a LIKE=2001:db8:e::9 FORGER=2001:db8:c:7::7
	ks vs add otherv6 addr $OTHER proto tcp pool p
	defer ks vs del otherv6
	forged_one
}

# A server's answer meets a router, which tells the client of the client's packet:
# by the flow's traffic manager, whatever bit of the bitmap his address has
to_client_one()
{
	local type i from=10.20.7.7

	[ "$V" = v4 ] || from=fd00:20:7::7
	type=$(errors)
	type=${type%% *}
	for i in 1 2 3; do
		from_client proto=tcp sport=$i dport=80 seq=1 flags=S
		arrives "$TMS" sport=$i
		home[i]=$AT
	done
	counting
	for i in 1 2 3; do
		send "t$((${home[i]#t} % 3 + 1))" src=$from dst="$CL" proto=icmp \
			q.src="$CL" q.dst="$SRV" q.proto=tcp q.sport=$i \
			q.dport=80 q.data=600 type="${type%/*}" \
			code="${type#*/}" info=1000
		arrives "$1" type="${type%/*}"
		[ "$1" = c ] || is "$AT" "${home[i]}" "where the error of $i went"
	done
	counted hit_icmp 3 miss 0
}

case_to_client()
{
	local home

	# shellcheck disable=SC2086
	begin rr tcp ${2:-}
	both to_client_one "$1"
}

answer_sent()
{
	from_tm "${1#t}" proto=tcp sport=80 dport=1 flags=SA seq=9 ack=2
	[ "$(kcount reply_sent)" -gt "$(counter "$COUNTERS" reply_sent)" ]
}

# The router has the server's address, so answers from there are sent past its
# checks; what another router tells has another source, which they let pass
case_own_address()
{
	local home

	family 4
	begin rr tcp
	ip -n "$R" addr add "$SRV/32" dev c
	defer ip -n "$R" addr del "$SRV/32" dev c
	from_client proto=tcp sport=1 dport=80 seq=1 flags=S
	arrives "$TMS" sport=1
	home=$AT
	counting
	wait_until 5 answer_sent "$home"
	counting
	send "$home" src=10.20.7.7 dst="$CL" proto=icmp q.src="$CL" \
		q.dst="$SRV" q.proto=tcp q.sport=1 q.dport=80 q.data=600 \
		type=3 code=4 info=1000
	arrives c type=3
	counted hit_icmp 1 reply_sent 0
}

# --- too big -----------------------------------------------------------------

too_big_one()
{
	local reply="type=3 code=4" size heads=40

	[ "$V" = v6 ] && reply="type=2 code=0" heads=60
	from_client proto=tcp sport=1 dport=80 seq=1 flags=S
	arrives "$TMS" sport=1
	counting
	for size in 1301 1400 1500; do
		from_client proto=tcp sport=1 dport=80 seq=2 flags=A df \
			data=$((size - heads))
		# shellcheck disable=SC2086
		arrives c dst="$CL" $reply info=1300
		has "$WIRE" "* l4sum=ok *" "checksum of the error"
		absent "$TMS" seq=2
	done
	from_client proto=tcp sport=1 dport=80 seq=3 flags=A df \
		data=$((1300 - heads))
	arrives "$TMS" seq=3 len=1300
	sent_whole
	counted too_big 3
}

# Anybody may tell the router that the way to a next hop is narrow, by a quotation
# of its own echo request.  A rule in INPUT is against that
case_told_next_hop()
{
	begin rr tcp
	family 6
	ks pool leave p tm t2
	ks pool leave p tm t3
	in_ns "$R" nft -f - <<-END
		table inet case {
			chain own {
				type filter hook input priority 0;
				icmpv6 type packet-too-big counter drop
			}
		}
	END
	defer in_ns "$R" nft delete table inet case
	send c src=2001:db8:c:7::7 dst=fd00:20:1::1 proto=icmp type=2 code=0 \
		info=1280 q.src=fd00:20:1::1 q.dst=fd00:20:1::2 q.proto=icmp \
		q.type=128 q.data=1400 qlen=1000
	# The way looks its route up anew
	ks tm set t1 via fd00:20:1::3
	ks tm set t1 via fd00:20:1::2
	from_client proto=tcp sport=1 dport=80 seq=1 flags=S
	arrives t1 sport=1
	counting
	from_client proto=tcp sport=1 dport=80 seq=2 flags=A data=1400
	arrives t1 seq=2
	sent_whole
	counted too_big 0
}

case_too_big()
{
	begin rr tcp "$@"
	narrow
	both too_big_one
}

case_cut_up()
{
	begin rr udp "$@"
	narrow
	family 4
	counting
	from_client proto=udp sport=1 dport=80 data=1400 id=9
	arrives "$TMS" off=0 mf=1
	between "$(word len)" 1000 1300 "the first fragment's length"
	has "$WIRE" "* ttl=63 *" "one hop"
	arrives "$AT" mf=0
	counted too_big 0 stored 1
}

# --- real senders ------------------------------------------------------------

real_servers()
{
	local i

	for i in 1 2 3; do
		ip -n "$(tm_ns $i)" -batch - <<-END
			addr replace 10.9.9.9/32 dev lo
			addr replace fd00:9::9/128 dev lo nodad
		END
		defer ip -n "$(tm_ns $i)" addr del 10.9.9.9/32 dev lo
		defer ip -n "$(tm_ns $i)" addr del fd00:9::9/128 dev lo
		bg "$(tm_ns $i)" iperf3 -s -p 80 >/dev/null 2>&1
		defer kill $BG
		wait_until 20 listens "$(tm_ns $i)"
	done
}

listens()
{
	[ -n "$(in_ns "$1" ss -Hltn sport = 80)" ]
}

# got: bytes and packets that the traffic managers have had so far
got()
{
	local i sum=0 file=/sys/class/net/t/statistics/$1

	for i in 1 2 3; do
		sum=$((sum + $(in_ns "$(tm_ns $i)" cat $file)))
	done
	echo $sum
}

# load WORD...: 2 MB to the server, or from it. Whoever sends ends when the last
# byte is on its way, so less may have arrived
load()
{
	local before

	PACKETS=$(got rx_packets)
	before=$(got rx_bytes)
	in_ns "$C" iperf3 -c "$SRV" -p 80 -n 2M --connect-timeout 9000 "$@" >&2
	PACKETS=$(($(got rx_packets) - PACKETS))
	BYTES=$(($(got rx_bytes) - before))
	[ $# -gt 0 ] || truth "$BYTES > 400000" "bytes that arrived"
}

offloads()
{
	in_ns "$C" ethtool -K c tso "$1" gso "$1" gro "$1" 2>/dev/null
	in_ns "$R" ethtool -K c tso "$1" gso "$1" gro "$1" 2>/dev/null
}

# The sender learns the size, and all arrives
discover_one()
{
	ip -n "$C" route flush cache
	ip -n "$C" -6 route flush cache
	counting
	load
	isnt "$(kcount too_big)" "$(counter "$COUNTERS" too_big)" "too_big"
	has "$(ip -n "$C" route get "$SRV")" "*mtu 1300*" "what the sender knows"
	load -R
}

case_discover()
{
	need iperf3 ethtool
	begin hash-src tcp "$@"
	real_servers
	narrow
	both discover_one
	offloads off
	defer offloads on
	both discover_one
}

gso_one()
{
	load
	truth "$PACKETS * 3000 < $BYTES" "packets are larger than the wire"
	offloads off
	load
	truth "$PACKETS * 1515 > $BYTES" "packets are as large as the wire"
	offloads on
}

# What a sender hands over in one piece is not cut up on the way
case_gso()
{
	need iperf3 ethtool
	begin hash-src tcp "$@"
	real_servers
	defer offloads on
	both gso_one
}

# lro NS DEV
lro()
{
	in_ns "$1" ethtool -k "$2" | sed -n 's/^large-receive-offload: //p'
}

# bond NAME: of the devices without hardware one that shows LRO, if R does not
# forward
bond()
{
	ip -n "$R" link add "$1" type bond
	defer ip -n "$R" link del "$1"
}

# A device of R that is made upon one of C
lro_below()
{
	ip -n "$C" link add below up type bond
	defer ip -n "$C" link del below
	ip -n "$C" link add link below name above netns "$R" type macvlan
	has "$(lro "$C" below)" "on*" "LRO below a device that is down"
	ip -n "$R" link set above up
	has "$(lro "$C" below)" "off*" "LRO below a device that is up"
}

# What a device has merged for good cannot be sent on
case_lro()
{
	need ethtool
	modprobe -q bonding max_bonds=0 || :
	need_module bonding
	begin rr udp
	ks vs del v4
	ks vs del v6
	in_ns "$R" sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
	defer in_ns "$R" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	bond before
	has "$(lro "$R" before)" "on*" "LRO without a virtual server"
	ks vs add v4 addr 10.9.9.9 proto udp port 80 pool p
	has "$(lro "$R" before)" "off*" "LRO with a virtual server"
	bond after
	has "$(lro "$R" after)" "off*" "LRO of a device that came later"
	lro_below
}

case_add "an error follows its flow: TCP" case_follow tcp
case_add "an error follows its flow: UDP" case_follow udp
case_add "an error of an unknown flow" case_unknown
case_add "odd quotations" case_odd
case_add "an error comes by another VLAN than its flow" case_by_vlan
case_add "an error for another than whom it concerns" case_forged
case_add "an error for the client" case_to_client c
case_add "an error for the client of a symmetric server" case_to_client t1,t2,t3 "symmetric on"
case_add "an error, and the router's own address" case_own_address
case_add "who sends too much is told the size" case_too_big
case_add "who sends too much is told the size, past the hooks" case_too_big "direct on"
case_add "what is told of the path to a next hop" case_told_next_hop
case_add "what may be cut up is" case_cut_up
case_add "what may be cut up is, past the hooks" case_cut_up "direct on"
case_add "a sender discovers the path's MTU" case_discover
case_add "a sender discovers the path's MTU, past the hooks" case_discover "direct on"
case_add "large segments stay whole" case_gso
case_add "large segments stay whole, past the hooks" case_gso "direct on"
case_add "what receives merges nothing for good" case_lro
wire_cases_run "$@"
