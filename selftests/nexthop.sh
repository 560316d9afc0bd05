#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who is a next hop and who is not, and whose an address is: routes that lead to
# another machine or by a gateway, that go and come back between two packets,
# managers that are no source, the router's own addresses and its neighbours in a
# VRF.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_ways.sh"

# --- routes, gateways --------------------------------------------------------

# The next hop is one and the same address, of two machines
routed_one()
{
	local hop=10.40.0.1 host=32 i

	[ $V = v6 ] && hop=fd00:40::1 host=128
	for i in 2 3; do
		ip -n "$(tm_ns $i)" addr add $hop/$host dev t nodad
		defer ip -n "$(tm_ns $i)" addr del $hop/$host dev t
	done
	ip -n "$R" route add $hop/$host dev t2
	defer ip -n "$R" route del $hop/$host
	ks tm set t1 via $hop
	wait_until 10 oper_is ""
	is "$(answered 3)" "t2=3" "answers while the route leads to t2"
	ip -n "$R" route replace $hop/$host dev t3
	is "$(answered 3)" "t3=3" "answers once it leads to t3"
	ip -n "$R" route replace unreachable $hop/$host
	wait_until 10 oper_is no-route
	counting
	is "$(answered 2)" "-=2" "answers without a route"
	# Of none that is usable any is tried
	counted no_route 2
	ip -n "$R" route del unreachable $hop/$host
	ip -n "$R" route add $hop/$host via "$(tm_addr 2)"
	is "$(answered 2)" "-=2" "answers by a gateway, which is no next hop"
	counted no_route 2
	ip -n "$R" route replace $hop/$host dev t2
	wait_until 10 oper_is ""
	is "$(answered 3)" "t2=3" "answers once the route is back"
}

case_routed()
{
	family "$1"
	begin rr udp
	alone via "$(tm_addr 1)"
	routed_one
}

# An ip that waits for orders: to start one would take longer than a packet may be
# kept from a route that is there
orders_start()
{
	mkfifo "$CASE_DIR/orders" "$CASE_DIR/done"
	exec {ORDERS}<>"$CASE_DIR/orders" {DONE}<>"$CASE_DIR/done"
	stdbuf -oL ip -n "$R" -batch - <&"$ORDERS" >&"$DONE" 2>&1 &
	defer kill $!
}

# order LINE: it has been done
order()
{
	local line

	printf '%s\n' "$1" "rule show pref 0" >&"$ORDERS"
	read -r -t 10 line <&"$DONE" || fail "$1: no answer"
	has "$line" "0:*" "$1"
}

# No more than that: the digests of from_client() take two processes
at_once()
{
	wire tx c src="$CL" dst="$SRV" proto=udp sport=7 dport=80 data=9
}

back_one()
{
	local hop=10.40.0.1 host=32 i

	[ $V = v6 ] && hop=fd00:40::1 host=128
	ip -n "$R" neigh replace $hop lladdr "$(fixed_mac 2 2)" dev t2
	defer ip -n "$R" neigh del $hop dev t2
	order "route add $hop/$host dev t2"
	defer ip -n "$R" route del $hop/$host
	ks tm set t1 via $hop
	from_client proto=udp sport=7 dport=80 data=9
	arrives t2 sport=7
	counting
	for ((i = 0; i < 20; i++)); do
		order "route del $hop/$host dev t2"
		at_once
		order "route add $hop/$host dev t2"
		at_once
	done
	arrives t2 sport=7
	# Of each two packets one has found no route, not the one that came at once
	counted hit 40 no_route 20
}

case_back()
{
	begin rr udp
	alone via 10.20.1.2 via fd00:20:1::2
	orders_start
	both back_one
}

# all_but_one WHAT: what would be t1's is answered by the others
all_but_one()
{
	local f

	for f in 4 6; do
		family $f
		# Who of them, depends on whether a set was rebuilt meanwhile
		has "$(answered 6)" "t2=[1-5] t3=[1-5]" "$1, IPv$f"
	done
}

# The clients are behind the default gateway, and only by it can t1 be reached
case_gateway()
{
	begin rr udp
	ip -n "$R" route add default via 10.0.0.2
	defer ip -n "$R" route del default
	ip -n "$R" -6 route add default via fd00::2
	defer ip -n "$R" -6 route del default
	kb <<-END
		pool leave p tm t1
		tm del t1
		tm add t1 via 10.20.1.2 via fd00:20:1::2
		pool join p tm t1
	END
	both is_shared "t1=2 t2=2 t3=2"
	# A mistyped next hop, with a device and without
	ks tm set t1 via 10.99.0.1 via fd00:99::1
	is "$(oper t1)" no-route "what is seen of it at once"
	all_but_one "a next hop behind the gateway"
	ks tm set t1 dev c
	is "$(oper t1)" no-route "what is seen of it by the gateway's device"
	all_but_one "a next hop behind the gateway's device"
	kb <<-END
		pool leave p tm t1
		tm del t1
		tm add t1 via 10.20.1.2 via fd00:20:1::2
		pool join p tm t1
	END
	both is_shared "t1=2 t2=2 t3=2"
	# Its own link goes down, so that its next hop is anybody's
	ip -n "$R" link set dev t1 down
	defer wire_manager_again 1
	wait_until 10 oper_is no-route
	all_but_one "its link is down"
}

# wire_manager_again I: up once more, with the addresses that went
wire_manager_again()
{
	ip -n "$R" -batch - <<-END
		link set dev t$1 up
		addr replace fd00:20:$1::1/64 dev t$1 nodad
		neigh replace 10.20.$1.2 lladdr $(fixed_mac 2 "$1") dev t$1
		neigh replace fd00:20:$1::2 lladdr $(fixed_mac 2 "$1") dev t$1
	END
}

# is_source 0|1: t1 is the gateway itself; is what comes from there its own?
is_source()
{
	counting
	from_client proto=udp sport=7 dport=80 data=9
	wait_until 5 one_more
	counted from_tm "$1" stored "$((1 - $1))"
	ks flow flush all
}

one_more()
{
	(($(kcount from_tm) + $(kcount stored) >
	  $(counter "$COUNTERS" from_tm) + $(counter "$COUNTERS" stored)))
}

no_source_one()
{
	is_source 1
	ks tm down t1
	is_source 0
	ks tm up t1
	is_source 1
	ks pool leave p tm t1
	is_source 0
	ks pool join p tm t1
	is_source 1
}

# Who is down or in no pool is not recognised
case_no_source()
{
	begin rr udp
	ks tm set t1 via 10.0.0.2 via fd00::2 dev c
	both no_source_one
}

other_away()
{
	ks pool del q
	ks tm del other
}

# The same, where the gateway is a traffic manager of another pool, too
case_no_source_other()
{
	begin rr udp
	kb <<-END
		tm set t1 via 10.0.0.2 via fd00::2 dev c source $1
		tm add other via 10.0.0.2 via fd00::2 dev c source $1
		pool add q tm other
	END
	defer other_away
	both no_source_one
}

# --- addresses and neighbours in a VRF ---------------------------------------

pinged()
{
	in_ns "$C" ping -qc1 -W5 "$1" >/dev/null
}

# The router's own addresses are not for who serves all, in a VRF neither
case_vrf_own()
{
	local addr

	red_up
	begin rr any
	kb <<-END
		vs del v4
		vs del v6
		vs add v4 addr any proto icmp pool p
		vs add v6 addr any proto icmpv6 pool p
	END
	for addr in 10.0.0.1 fd00::1 10.31.0.1 fd00:31::1; do
		counting
		pinged $addr || fail "no answer from $addr"
		truth "$(($(kcount local) - $(counter "$COUNTERS" local))) > 0" \
			"$addr is local"
	done
	# What is beyond it is not, whatever the routes of the VRF say
	ip -n "$C" route add 10.77.0.1 via 10.31.0.1
	defer ip -n "$C" route del 10.77.0.1
	counting
	pinged 10.77.0.1 || :
	counted select 1 local 0
}

# A server of a VRF is a neighbour there, and there alone
case_vrf_neighbour()
{
	local group="ff02::1:ff00:99"

	red_up
	begin rr udp in red
	kb <<-END
		vs del v4
		vs del v6
		vs add v4 addr 10.31.0.99 port 80 proto udp pool p in red
		vs add v6 addr fd00:31::99 port 80 proto udp pool p in red
	END
	has "$(ip -n "$R" maddr show dev x)" "*$group*" "groups of x"
	[[ $(ip -n "$R" maddr show dev c) != *"$group"* ]] ||
		fail "c is in the group, too"
	for SRV in 10.31.0.99 fd00:31::99; do
		ask -N "$C" -t 3000 udp $SRV 80 >/dev/null || :
		has "$(ip -n "$C" neigh show $SRV dev x)" "*lladdr*" "neighbour"
	done
	ip -n "$R" link set dev x nomaster
	wait_until 10 has_left x $group
	ip -n "$R" link set dev x master red
	wait_until 10 has_joined x $group
}

has_joined()
{
	[[ $(ip -n "$R" maddr show dev "$1") == *"$2"* ]]
}

has_left()
{
	! has_joined "$@"
}

# What is damaged asks for nothing
case_damaged_question()
{
	local word target=fd000009000000000000000000000009

	begin rr udp
	family 6
	for word in badl4=1 tos=0; do
		counting
		send c src=fd00::2 dst="$SRV" proto=icmp type=135 ttl=255 \
			hex=$target $word
		from_client proto=udp sport=9 dport=80 data=9
		arrives $TMS sport=9
		counted arp_answered "$([ "$word" = badl4=1 ] && echo 0 || echo 1)"
	done
}

case_add "the route to the next hop changes, IPv4" case_routed 4
case_add "the route to the next hop changes, IPv6" case_routed 6
case_add "a route comes back between two packets" case_back
case_add "a next hop behind the clients' gateway" case_gateway
case_add "a manager that is down or in no pool is no source" case_no_source
for source in station device; do
	case_add "the same beside one of another pool, by $source" case_no_source_other $source
done
case_add "the router's own addresses in a VRF" case_vrf_own
case_add "a server of a VRF has neighbours there" case_vrf_neighbour
case_add "a damaged neighbour solicitation" case_damaged_question
WIRE_ALSO=servers
wire_cases_run "$@"
