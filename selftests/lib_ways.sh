# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# Ways to traffic managers that a case makes, changes and takes away. Sourced
# after lib_wire.sh; to its wires a case may add one from R to T1:
#
#	R dv 10.30.0.1, fd00:30::1 --- dt 10.30.0.2, fd00:30::2 T1
#
# and another from C to R, whose end x is in the VRF red there.

servers()
{
	local i

	for i in 1 2 3; do
		ip -n "$(tm_ns $i)" -batch - <<-END
			addr replace 10.9.9.9/32 dev lo
			addr replace fd00:9::9/128 dev lo nodad
		END
		answer -N "$(tm_ns $i)" t$i udp:80
	done
}

# answered N: by whom, of N questions: "t1=2 t2=2"
answered()
{
	ask -N "$C" -n "$1" -t 3000 udp "$SRV" 80 | names
}

oper()
{
	ksj '.[0].oper | join(",")' tm show "$1"
}

oper_is()
{
	[ "$(oper t1)" = "$1" ]
}

# pair R-END T-END: a plain wire
pair()
{
	wires_add "$R" "$1" "$T1" "$2"
	ip -n "$R" link set dev "$1" up
	ip -n "$T1" link set dev "$2" up
}

kind_veth()
{
	wires_add "$R" dv "$T1" dt
}

number_ends()
{
	ip -n "$R" -batch - <<-END
		link set dev dv up
		addr add 10.30.0.1/24 dev dv
		addr add fd00:30::1/64 dev dv nodad
	END
	ip -n "$T1" -batch - <<-END
		link set dev dt up
		addr add 10.30.0.2/24 dev dt
		addr add fd00:30::2/64 dev dt nodad
	END
}

# dv_begin [PROTO]: t1 is behind dv, the pool is t1 and t2
dv_begin()
{
	begin rr "${1:-udp}"
	ks pool leave p tm t3
}

# dv_up WORD...: t1 is reached by these words
dv_up()
{
	number_ends
	ks tm set t1 "$@"
	wait_until 10 oper_is ""
}

remove_ends()
{
	ip -n "$R" link del dv 2>/dev/null
	ip -n "$R" link del lower 2>/dev/null
	ip -n "$T1" link del dt 2>/dev/null
}

oper_has()
{
	[[ $(oper t1) == *$1* ]]
}

# red_up: x, to the client, in VRF red
red_up()
{
	need_module vrf
	ip -n "$R" link add name red type vrf table 77
	defer ip -n "$R" link del red
	wires_add "$C" x "$R" x
	defer ip -n "$C" link del x
	ip -n "$R" -batch - <<-END
		link set dev red up
		link set dev x master red
		link set dev x up
		addr add 10.31.0.1/24 dev x
		addr add fd00:31::1/64 dev x nodad
		route replace unreachable default table 77 metric 4278198272
	END
	ip -n "$C" -batch - <<-END
		link set dev x up
		addr add 10.31.0.2/24 dev x
		addr add fd00:31::2/64 dev x nodad
	END
}

# red_to_server: the client reaches the servers' address by x
red_to_server()
{
	ip -n "$C" route add 10.9.9.9/32 via 10.31.0.1
	ip -n "$C" route add fd00:9::9/128 via fd00:31::1
}

is_shared()
{
	is "$(answered 6)" "$1" "answers"
}

# To flush would go on while new entries come
forget_neighbours()
{
	local hop

	for hop in 10.30.0.2 fd00:30::2; do
		ip -n "$R" neigh del $hop dev dv || :
	done
}

silence()
{
	in_ns "$T1" tc qdisc add dev dt ingress
	in_ns "$T1" tc filter add dev dt ingress matchall action drop
	forget_neighbours
}
