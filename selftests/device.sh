#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What leads to a traffic manager: devices of every kind, routes, neighbours,
# and what becomes of flows when they change or go. To the wires of lib_wire.sh
# a case adds one from R to T1, whose ends are called dv and dt whatever they
# are made of:
#
#	R dv 10.30.0.1, fd00:30::1 --- dt 10.30.0.2, fd00:30::2 T1

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_ways.sh"

# --- kinds of devices --------------------------------------------------------

# tunnel TYPE [WORD...]: over the wire to t1
tunnel()
{
	local type=$1 from=10.20.1.1 to=10.20.1.2

	shift
	[[ $type == ip6* ]] && from=fd00:20:1::1 to=fd00:20:1::2
	ip -n "$R" link add name dv type "$type" local $from remote $to "$@"
	ip -n "$T1" link add name dt type "$type" local $to remote $from "$@"
}

kind_vlan()
{
	pair lower lower
	ip -n "$R" link add link lower name dv type vlan id 7
	ip -n "$T1" link add link lower name dt type vlan id 7
}

kind_bond()
{
	wires_add "$R" lower "$T1" dt
	ip -n "$R" link add name dv type bond mode active-backup miimon 100
	ip -n "$R" link set dev lower master dv
}

kind_bridge()
{
	pair lower dt
	ip -n "$R" link add name dv type bridge
	ip -n "$R" link set dev lower master dv
}

kind_macvlan()
{
	pair lower dt
	ip -n "$R" link add link lower name dv type macvlan mode bridge
}

kind_vrf()
{
	wires_add "$R" dv "$T1" dt
	ip -n "$R" link add name red type vrf table 77
	defer ip -n "$R" link del red
	ip -n "$R" link set dev red up
	ip -n "$R" link set dev dv master red
}

kind_vxlan()
{
	tunnel vxlan id 7 dstport 4789
}

kind_gre()
{
	tunnel gre
}

kind_ip6gre()
{
	tunnel ip6gre
}

kind_ip6tnl()
{
	tunnel ip6tnl mode any
}

kind_ipip()
{
	tunnel ipip
}

kind_sit()
{
	tunnel sit
}

no_fallback_tunnels()
{
	local name=net.core.fb_tunnels_only_for_init_net

	defer sysctl -qw $name="$(sysctl -n $name)"
	sysctl -qw $name=2
}

# Both directions of the device's life, with flows that go on by t2
life()
{
	local f

	for f in $FAMS; do
		family "$f"
		is "$(answered 6)" "t1=3 t2=3" "answers by $KIND, family $f"
	done
	ip -n "$R" link set dev dv down
	wait_until 10 oper_has dev-down
	for f in $FAMS; do
		family "$f"
		is "$(answered 4)" "t2=4" "answers without $KIND, family $f"
	done
	number_again
	wait_until 15 oper_is ""
	for f in $FAMS; do
		family "$f"
		is "$(answered 4)" "t1=2 t2=2" "answers after $KIND is back"
	done
}

# IPv6 addresses went with the device
number_again()
{
	ip -n "$R" -batch - <<-END
		link set dev dv up
		addr replace fd00:30::1/64 dev dv nodad
	END
}

# The device goes in the middle of traffic; nothing may hold it
removal()
{
	local NOW begin flood

	family "${FAMS%% *}"
	ask -N "$C" -n 300 -t 300 udp "$SRV" 80 >"$CASE_DIR/flood" &
	flood=$!
	wait_until 10 test -s "$CASE_DIR/flood"
	now_us
	begin=$NOW
	ip -n "$R" link del dv
	now_us
	truth "$NOW - begin < 8000000" "the device went in time"
	wait $flood || :
	wait_until 10 oper_has no-device
	# A port that comes again would find its flow
	ks flow flush all
	is "$(answered 4)" "t2=4" "answers after the device went"
}

case_kind()
{
	KIND=$1
	FAMS=${2:-4 6}
	shift
	no_fallback_tunnels
	[ "$KIND" != bond ] || modprobe -q bonding max_bonds=0 || :
	need_module "${MODULE[$KIND]}"
	dv_begin
	defer remove_ends
	"kind_$KIND"
	case $KIND in
	ipip | sit | gre | ip6gre | ip6tnl) dv_up dev dv ;;
	*) dv_up via 10.30.0.2 via fd00:30::2 dev dv ;;
	esac
	life
	removal
}

# By device alone t1 was to lose its next hops, which `tm set` keeps
case_point()
{
	KIND=$1
	FAMS=${2:-4 6}
	no_fallback_tunnels
	[ "$KIND" != bond ] || modprobe -q bonding max_bonds=0 || :
	need_module "${MODULE[$KIND]}"
	dv_begin
	defer remove_ends
	"kind_$KIND"
	number_ends
	kb <<-END
		pool leave p tm t1
		tm del t1
		tm add t1 dev dv
		pool join p tm t1
	END
	wait_until 10 oper_is ""
	life
	removal
}

declare -A MODULE=([veth]=veth [vlan]=8021q [bond]=bonding [bridge]=bridge
	[macvlan]=macvlan [vrf]=vrf [vxlan]=vxlan [gre]=ip_gre [ip6gre]=ip6_gre
	[ip6tnl]=ip6_tunnel [ipip]=ipip [sit]=sit)

# --- the client's side in a VRF ----------------------------------------------

case_client_vrf()
{
	red_up
	ip -n "$C" route add 10.9.9.9/32 via 10.31.0.1
	ip -n "$C" route add fd00:9::9/128 via fd00:31::1
	ip -n "$R" route add 10.31.0.2/32 dev x
	ip -n "$R" route add fd00:31::2/128 dev x
	begin rr udp in red
	both is_shared "t1=2 t2=2 t3=2"
	# Who comes by another VRF is not meant
	ip -n "$C" route del 10.9.9.9/32
	ip -n "$C" -6 route del fd00:9::9/128
	counting
	from_client proto=udp sport=5 dport=80 data=9
	family 4
	from_client proto=udp sport=5 dport=80 data=9
	wait_until 5 missed 2
	counted stored 0 no_vs 2
}

missed()
{
	[ $(($(kcount no_vs) - $(counter "$COUNTERS" no_vs))) = "$1" ]
}

# --- neighbours --------------------------------------------------------------

case_next_mac()
{
	local f

	dv_begin
	defer remove_ends
	kind_veth
	dv_up via 10.30.0.2 via fd00:30::2 dev dv
	both is_shared "t1=3 t2=3"
	ip -n "$T1" link set dev dt address 02:00:00:00:00:77
	forget_neighbours
	both is_shared "t1=3 t2=3"
}

case_silent()
{
	need_module sch_ingress cls_matchall act_gact
	dv_begin
	defer remove_ends
	kind_veth
	dv_up via 10.30.0.2 via fd00:30::2 dev dv
	both is_shared "t1=3 t2=3"
	silence
	wait_until 30 oper_has neigh-failed
	wait_until 60 avoids_both
	truth "$(ksj '.[0].neigh_failures' tm show t1) > 0" "failures counted"
	in_ns "$T1" tc qdisc del dev dt ingress
	wait_until 30 oper_is ""
	both is_shared "t1=3 t2=3"
}

avoids_both()
{
	family 4
	avoids || return 1
	family 6
	avoids
}

avoids()
{
	local answers

	answers=$(answered 2)
	note "IPv${V#v}: $answers"
	[ "$answers" = t2=2 ]
}

# --- what an operator changes ------------------------------------------------

# hand_on: what the traffic manager gives back once it has inspected it
hand_on()
{
	counting
	send t1 src="$CL" dst="$SRV" proto=udp sport=5 dport=80 data=30 ttl=50
}

has_grown()
{
	[ "$(kcount "$1")" -gt "$(counter "$COUNTERS" "$1")" ]
}

at_once_one()
{
	ip -n "$R" route add "$SRV" via "$(tm_addr 2)"
	defer ip -n "$R" route del "$SRV"
	send c src="$CL" dst="$SRV" proto=udp sport=5 dport=80 data=30
	arrives t1 sport=5
	hand_on
	arrives t2 sport=5
	counted from_tm 1
	ks tm set t1 via 10.99.0.1 via fd00:99::1
	is "$(oper t1)" no-route "what is seen of it at once"
	# Who had been its next hop is anybody now
	hand_on
	wait_until 5 has_grown no_route
	counted from_tm 0 no_route 1
	ks tm set t1 via 10.20.1.2 via fd00:20:1::2
	is "$(oper t1)" "" "what is seen of it at once"
	hand_on
	arrives t2 sport=5
	counted from_tm 1
}

# Neither a second nor a packet has to pass until a change holds
case_at_once()
{
	begin rr udp
	alone via 10.20.1.2 via fd00:20:1::2
	ks tm add away via 10.99.0.1 via fd00:99::1
	defer ks tm del away
	is "$(oper away)" no-route "what is seen of a new one at once"
	both at_once_one
}

# --- one arm -----------------------------------------------------------------

# Clients, distributor and traffic managers on one LAN; T3 is the switch
lan_up()
{
	local i=0 ns

	ip -n "$T3" link add name lan type bridge
	defer ip -n "$T3" link del lan
	ip -n "$T3" link set dev lan up
	for ns in "$R" "$C" "$T1" "$T2"; do
		i=$((i + 1))
		wires_add "$T3" lan$i "$ns" arm
		defer ip -n "$ns" link del arm
		ip -n "$T3" link set dev lan$i master lan up
		ip -n "$ns" -batch - <<-END
			link set dev arm address 02:00:00:00:07:0$i up
			addr add 10.50.0.$i/24 dev arm
			addr add fd00:50::$i/64 dev arm nodad
		END
	done
}

arm_one()
{
	local hop=10.50.0.4 client=10.50.0.2

	[ $V = v6 ] && hop=fd00:50::4 client=fd00:50::2
	ip -n "$R" route add "$SRV" via $hop dev arm
	defer ip -n "$R" route del "$SRV"
	counting
	send ac src=$client dst="$SRV" proto=udp sport=5 dport=80 data=30
	arrives at1 sport=5
	has "$WIRE" "* smac=02:00:00:00:07:01 *" "who sends it on"
	# The traffic manager hands on what it has inspected
	send at1 src=$client dst="$SRV" proto=udp sport=5 dport=80 data=30 ttl=50
	arrives at2 sport=5
	has "$WIRE" "* ttl=49 *" "hops"
	absent at1 sport=5 ttl=48
	counted stored 1 from_tm 1 hit 0
}

case_one_arm()
{
	begin rr udp
	lan_up
	wire on ac "$C" arm 02:00:00:00:07:01
	wire on at1 "$T1" arm 02:00:00:00:07:01
	wire on at2 "$T2" arm
	alone via 10.50.0.3 via fd00:50::3 dev arm
	wait_until 10 oper_is ""
	in_ns "$R" sh -c "ping -qc1 -W5 10.50.0.3; ping -qc1 -W5 fd00:50::3" >/dev/null
	both arm_one
}

for kind in veth vlan bond bridge macvlan vrf vxlan; do
	case_add "a traffic manager behind $kind" case_kind $kind
done
for kind in gre ip6gre ip6tnl; do
	case_add "a traffic manager behind $kind" case_point $kind
done
case_add "a traffic manager behind ipip" case_point ipip 4
case_add "a traffic manager behind sit" case_point sit 6
case_add "the clients' side in a VRF" case_client_vrf
case_add "the next hop changes its MAC address" case_next_mac
case_add "the next hop falls silent" case_silent
case_add "a change of the next hop holds at once" case_at_once
case_add "clients and traffic managers on one LAN" case_one_arm
WIRE_ALSO=servers
wire_cases_run "$@"
