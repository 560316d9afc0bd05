#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two distributors with one configuration on a client's network: who of them
# answers for the virtual addresses, and how the client learns that it is another
# now. A switch S joins them:
#
#	C lan 10.50.0.2 ---.
#	R lan 10.50.0.3 ---+--- S		fd00:50::2, ::3, ::4 likewise
#	X lan 10.50.0.4 ---'

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

VIPS="10.50.0.99 fd00:50::99"

lan_add()
{
	local i=1 ns

	ns_add S C R X
	ip -n "$S" link add name br type bridge
	ip -n "$S" link set dev br up
	for ns in "$C" "$R" "$X"; do
		i=$((i + 1))
		wires_add "$ns" lan "$S" "port$i"
		ip -n "$S" link set dev "port$i" master br up
		ip -n "$ns" -batch - <<-END
			link set dev lan address 02:00:00:00:50:0$i up
			addr add 10.50.0.$i/24 dev lan
			addr add fd00:50::$i/64 dev lan nodad
			link add name away type dummy
			link set dev away up
			addr add 10.60.0.$i/24 dev away
			addr add fd00:60::$i/64 dev away
		END
	done
}

# distributor NS on|off: the same servers for each; the tunnel leads nowhere
distributor()
{
	ksteer -n "$1" -batch - <<-END
		config set standby $2
		tm add t1 via 10.60.0.77 via fd00:60::77 dev away
		pool add p tm t1
		vs add v4 addr 10.50.0.99 proto udp pool p
		vs add v6 addr fd00:50::99 proto udp pool p
	END
}

# is_at I: the client has it that the addresses are at machine I
is_at()
{
	local vip known

	for vip in $VIPS; do
		known=$(ip -n "$C" neigh show "$vip" dev lan)
		note "$known"
		[[ $known == *"lladdr 02:00:00:00:50:0$1"* ]] || return 1
	done
}

asked()
{
	local vip

	for vip in $VIPS; do
		ask -N "$C" -t 500 udp "$vip" 80 >/dev/null || :
	done
}

asked_and_at()
{
	asked
	is_at "$1"
}

count_at()
{
	number_of value "$(ksteer -n "$1" -j stats show "$2")"
}

test_takeover()
{
	local before

	lan_add
	distributor "$R" off
	distributor "$X" on
	wait_until 10 asked_and_at 3
	# Who stands by answers nobody, though it has the same addresses
	ip -n "$C" neigh flush dev lan
	wait_until 10 asked_and_at 3
	is "$(count_at "$X" arp_answered) $(count_at "$X" announced)" "0 0" \
		"answers and announcements in standby"
	# The client is told; it does not ask
	ks config set standby on
	before=$(count_at "$X" arp_answered)
	ksteer -n "$X" config set standby off
	wait_until 10 is_at 4
	is "$(count_at "$X" arp_answered)" "$before" "questions"
	truth "$(count_at "$X" announced) >= 2" "announced"
	# and back
	ksteer -n "$X" config set standby on
	ks config set standby off
	wait_until 10 is_at 3
	has "$(ks save)" "*standby off*" "what is saved"
	has "$(ksteer -n "$X" save)" "*standby on*" "what is saved"
}

# Packets that still come are steered
test_standby_steers()
{
	lan_add
	distributor "$R" off
	wait_until 10 asked_and_at 3
	ks config set standby on
	ks flow flush all
	asked
	is "$(ksj length flow show)" 2 "flows in standby"
}

stays_at()
{
	[ "$(kcount announced)" = "$1" ]
}

announced_more()
{
	[ "$(kcount announced)" -gt "$1" ]
}

# A few times, by the devices whose subnets have the address, and no others
test_announcements()
{
	lan_add
	ip -n "$C" neigh replace 10.50.0.99 lladdr 02:00:00:00:50:04 dev lan \
		nud reachable
	ip -n "$C" neigh replace fd00:50::99 lladdr 02:00:00:00:50:04 dev lan \
		nud reachable
	distributor "$R" off
	wait_until 10 is_at 3
	wait_until 10 stays_at 6
	# A second server of an address says no more than one; noarp nothing
	kb <<-END
		vs add n4 addr 10.50.0.98 proto udp pool p noarp on
		vs add far addr 10.99.0.1 proto udp pool p
		vs add net addr 10.50.0.0/24 proto udp pool p
	END
	holds 3 stays_at 6
	ks vs set n4 noarp off
	wait_until 10 stays_at 9
	# A device that comes up may be another cable
	ip -n "$R" link set dev lan down
	ip -n "$R" link set dev lan up
	wait_until 10 announced_more 9
}

# Of a row of servers, an address is announced once packets meet it
test_row()
{
	local vip row

	lan_add
	for vip in $VIPS; do
		ip -n "$C" neigh replace "$vip" lladdr 02:00:00:00:50:03 dev lan \
			nud permanent
	done
	kb <<-END
		tm add t1 via 10.60.0.77 via fd00:60::77 dev away
		pool add p tm t1
	END
	exec {row}> >(ks restore -)
	for vip in $VIPS; do
		echo "vs add at-$vip addr $vip proto udp pool p" >&"$row"
	done
	wait_until 10 announced_more 0
	asked
	is "$(ksj length flow show)" 2 "flows of who has been called"
	exec {row}>&-
}

carrier_is()
{
	in_ns "$R" grep -qx "$2" "/sys/class/net/$1/carrier"
}

# wan_add: another cable of R, and servers there
wan_add()
{
	wires_add "$R" wan "$X" wan
	ip -n "$X" link set dev wan up
	ip -n "$R" -batch - <<-END
		link set dev wan up
		addr add 10.70.0.3/24 dev wan
		addr add fd00:70::3/64 dev wan nodad
	END
	wait_until 10 carrier_is wan 1
	kb <<-END
		vs add w4 addr 10.70.0.99 proto udp pool p
		vs add w6 addr fd00:70::99 proto udp pool p
	END
}

# A cable that comes back, or a device, has those addresses announced that may be
# looked for there, and no others
test_replugged()
{
	lan_add
	distributor "$R" off
	wan_add
	wait_until 10 stays_at 12
	ip -n "$S" link set dev port3 down
	wait_until 10 carrier_is lan 0
	holds 2 stays_at 12
	ip -n "$C" neigh replace 10.50.0.99 lladdr 02:00:00:00:50:04 dev lan \
		nud reachable
	ip -n "$C" neigh replace fd00:50::99 lladdr 02:00:00:00:50:04 dev lan \
		nud reachable
	ip -n "$S" link set dev port3 up
	wait_until 10 is_at 3
	wait_until 10 stays_at 18
	holds 3 stays_at 18
	# IPv6 addresses go with a device that goes down
	ip -n "$R" link set dev wan down
	ip -n "$R" link set dev wan up
	wait_until 10 stays_at 21
	holds 3 stays_at 21
	# Its neighbours know the old one
	ip -n "$R" link set dev lan address 02:00:00:00:50:33
	wait_until 10 stays_at 27
	# What changes nothing for them
	ip -n "$R" link set dev lan alias port
	ip -n "$R" link set dev lan promisc on
	holds 3 stays_at 27
}

# Thousands of servers are not a burst of thousands of packets
test_many_announcements()
{
	local early

	lan_add
	ks config set standby on
	{
		echo "tm add t1 via 10.60.0.77 via fd00:60::77 dev away"
		echo "pool add p tm t1"
		awk 'BEGIN {
			for (i = 0; i < 1500; i++)
				printf "vs add v%d addr 10.50.0.%d port %d proto udp pool p\n",
					i, 100 + i % 100, 1 + i
		}'
	} | kb
	ks config set standby off
	early=$(kcount announced)
	truth "early <= 300" "announced at once: $early"
	wait_until 60 announced_more 1499
}

case_add "an address moves to another distributor" test_takeover
case_add "in standby packets are steered all the same" test_standby_steers
case_add "what is announced, and by which device" test_announcements
case_add "a row of servers is announced when it is met" test_row
case_add "a cable that comes back is told of its addresses" test_replugged
case_add "thousands of addresses at a bounded rate" test_many_announcements

cases_run "$@"
