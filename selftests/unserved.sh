#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Ports and protocols of an address that the distributor answers for, but that
# no virtual server takes: refused as by a host, and never sent back to the
# router that they came from.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_ways.sh"

QUEUE=6

# upstream: C is the router that R's default route names, and sends all of the
# address to R
upstream()
{
	in_ns "$C" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	defer in_ns "$C" sysctl -qw net.ipv4.ip_forward=0 \
		net.ipv6.conf.all.forwarding=0
	# A router follows no advertisement, but keeps what it was given
	ip -n "$C" route replace default via 10.0.0.1
	ip -n "$C" route replace default via fd00::1
	# Its clients are not for R to be asked for
	ip -n "$C" route add blackhole 198.18.0.0/16
	defer ip -n "$C" route del blackhole 198.18.0.0/16
	ip -n "$C" -6 route add blackhole 2001:db8:c::/48
	defer ip -n "$C" -6 route del blackhole 2001:db8:c::/48
	by_default via 10.0.0.2 via fd00::2
}

# by_default WORD WORD WORD WORD: R's default routes, IPv4 and IPv6
by_default()
{
	ip -n "$R" route add default "$1" "$2"
	defer ip -n "$R" route del default
	ip -n "$R" -6 route add default "$3" "$4"
	defer ip -n "$R" -6 route del default
}

# Nothing has come back to where it came from
no_round()
{
	absent c dst="$SRV"
	absent "$TMS" dst="$SRV"
}

rst()
{
	arrives c src="$SRV" dst="$CL" proto=6 "$@"
}

unreachable()
{
	if [ "$V" = v4 ]; then
		arrives c src="$SRV" dst="$CL" type=3 code=3 l4sum=ok "$@"
	else
		arrives c src="$SRV" dst="$CL" type=1 code=4 l4sum=ok "$@"
	fi
}

has_counted()
{
	[ $(($(kcount "$1") - $(counter "$COUNTERS" "$1"))) -ge "$2" ]
}

ping_it()
{
	local request=8 reply=0

	[ "$V" = v4 ] || request=128 reply=129
	from_client proto=icmp type=$request code=0 info=77 data=99
	arrives c src="$SRV" dst="$CL" type=$reply code=0 info=77 l4sum=ok \
		data="$DATA"
}

refused_one()
{
	counting
	from_client proto=tcp sport=11 dport=81 flags=S seq=1000
	rst sport=81 dport=11 flags=RA ack=1001
	from_client proto=udp sport=12 dport=80 data=9
	unreachable
	ping_it
	counted no_vs 3 unserved 2 refused_reset 1 refused_icmp 1 \
		echo_answered 1
	# What gets no answer does not go round either
	from_client proto=tcp sport=13 dport=81 flags=R seq=1000
	from_client proto=udp sport=14 dport=81 data=2992 id=9 \
		slices=0:1000,1000:1000,2000
	wait_until 5 has_counted unserved 4
	counted unserved 4 refused_reset 0 refused_icmp 0
	no_round
	# What is served goes where it should
	from_client proto=tcp sport=15 dport=80 flags=S seq=1000
	arrives "$TMS" sport=15
	counted unserved 0 stored 1
}

case_loop()
{
	upstream
	begin rr tcp
	both refused_one
}

# As a host answers: what may be cut up bears a number, and what is damaged is
# not answered
echo_one()
{
	local id type=8

	[ "$V" = v4 ] || type=128
	ping_it
	id=$(word id || :)
	ping_it
	[ "$V" = v6 ] || isnt "$(word id || :)" "$id" "the number of an answer"
	wire clear
	counting
	from_client proto=icmp type=$type code=0 info=78 data=99 badl4
	wait_until 5 has_counted unserved 1
	counted unserved 1 echo_answered 0 refused_icmp 0
	absent c src="$SRV"
}

case_echo()
{
	begin rr tcp
	both echo_one
}

# Without a route there is nowhere to send it, with or without forwarding
case_nowhere()
{
	begin rr tcp
	both refused_one
	in_ns "$R" sysctl -qw net.ipv4.ip_forward=0 \
		net.ipv6.conf.all.forwarding=0
	defer in_ns "$R" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	begin rr tcp
	both refused_one
}

# A segment of no connection, where those are left alone
midstream_one()
{
	counting
	from_client proto=tcp sport=21 dport=80 flags=A seq=1 ack=77
	rst sport=80 dport=21 flags=R seq=77
	counted midstream_pass 1 unserved 1 refused_reset 1
	no_round
}

case_midstream()
{
	upstream
	begin rr tcp midstream pass
	both midstream_one
}

policies_one()
{
	counting
	ks vs set $V reject icmp
	from_client proto=tcp sport=31 dport=81 flags=S seq=1000
	unreachable
	ks vs set $V reject drop
	from_client proto=tcp sport=32 dport=81 flags=S seq=1000
	wait_until 5 has_counted unserved 2
	counted unserved 2 refused_reset 0 refused_icmp 1
	no_round
}

case_policies()
{
	upstream
	begin rr tcp
	both policies_one
}

# rounds WORD...: how often it comes back; until the TTL ends
rounds()
{
	counting
	from_client proto=tcp sport=41 dport=81 flags=S seq=1 ttl=9
	arrives c dst="$SRV" sport=41 ttl=2
	counted unserved 0 refused_reset 0
	wire clear
}

# As the routes have it, where the operator wants that
case_route()
{
	upstream
	begin rr tcp unserved route
	both rounds
	begin rr tcp noarp on
	both rounds
	# One server of the address is enough
	begin rr tcp
	kb <<-END
		vs add w4 addr 10.9.9.9 port 443 proto tcp pool p unserved route
		vs add w6 addr fd00:9::9 port 443 proto tcp pool p unserved route
	END
	both rounds
	ks vs del w4
	ks vs del w6
	both refused_one
}

elsewhere_one()
{
	counting
	from_client proto=tcp sport=51 dport=81 flags=S seq=1
	arrives t3 dst="$SRV" sport=51
	sent_whole
	counted unserved 0 refused_reset 0
	wire clear
}

# A route that leads on is followed, and one to just this address in any case
case_elsewhere()
{
	begin rr tcp
	by_default via 10.20.3.2 via fd00:20:3::2
	both elsewhere_one
}

own_one()
{
	ip -n "$R" route add "$SRV" via "$1"
	defer ip -n "$R" route del "$SRV"
	rounds
}

case_own_route()
{
	upstream
	begin rr tcp
	family 4
	own_one 10.0.0.2
	family 6
	own_one fd00::2
}

has_noted()
{
	[[ $(ip -n "$R" -6 route show cache) == *"$SRV"* ]]
}

# What somebody tells of the path there is a route to just that, but no operator's
case_noted_route()
{
	upstream
	begin rr tcp
	family 6
	defer ip -n "$R" -6 route flush cache
	send c src=fd00::2 dst=fd00::1 proto=icmp type=2 code=0 info=1300 \
		q.src=fd00::1 q.dst="$SRV" q.proto=icmp q.type=128 q.data=1400 \
		qlen=1000
	wait_until 5 has_noted
	counting
	from_client proto=tcp sport=91 dport=81 flags=S seq=1
	rst dport=91
	counted unserved 1 refused_reset 1
	no_round
}

# --- the operator's rules come first ------------------------------------------

rules()
{
	in_ns "$R" nft -f -
	defer in_ns "$R" nft delete table inet case
}

forward_one()
{
	counting
	from_client proto=tcp sport=61 dport=81 flags=S seq=1
	from_client proto=tcp sport=62 dport=82 flags=S seq=1
	rst dport=62
	absent c dport=61
	counted unserved 1 refused_reset 1
	no_round
}

case_forward()
{
	upstream
	begin rr tcp
	rules <<-END
		table inet case {
			chain onward {
				type filter hook forward priority 0;
				tcp dport 81 ct state new drop
			}
		}
	END
	both forward_one
}

dnat_one()
{
	counting
	from_client proto=tcp sport=71 dport=81 flags=S seq=1
	arrives t3 dst="$(tm_addr 3)" sport=71
	from_client proto=tcp sport=72 dport=82 flags=S seq=1
	rst dport=72
	counted unserved 1
}

case_dnat()
{
	need_module nft_nat
	upstream
	begin rr tcp
	rules <<-END
		table inet case {
			chain in {
				type nat hook prerouting priority -100;
				ip daddr 10.9.9.9 tcp dport 81 dnat ip to 10.20.3.2
				ip6 daddr fd00:9::9 tcp dport 81 dnat ip6 to fd00:20:3::2
			}
		}
	END
	both dnat_one
}

# asked PORT: of the client's kernel, in red; what it hears is in $SAID
asked()
{
	SAID=$(ask -N "$C" -t "${2:-5000}" tcp "$SRV" "$1") || :
}

vrf_one()
{
	counting
	asked 81 500
	asked 82
	is "$SAID" "- Connection refused" "what the client hears"
	counted unserved 1 refused_reset 1
	asked 83 500
	arrives t3 dst="$SRV" dport=83
	counted unserved 0
}

# Rules for a VRF see what comes by it only after those for its device
case_vrf()
{
	red_up
	red_to_server
	begin rr tcp
	rules <<-END
		table inet case {
			chain in {
				type filter hook prerouting priority -300;
				iifname red tcp dport 81 drop
				iifname red tcp dport 83 meta mark set 7
			}
			chain onward {
				type filter hook forward priority 0;
				iifname red tcp dport 84 drop
			}
		}
	END
	for IP in -4 -6; do
		ip -n "$R" $IP rule add pref 500 fwmark 7 table 78
		defer ip -n "$R" $IP rule del pref 500
	done
	ip -n "$R" route add default via 10.20.3.2 table 78
	defer ip -n "$R" route flush table 78
	ip -n "$R" -6 route add default via fd00:20:3::2 table 78
	defer ip -n "$R" -6 route flush table 78
	both vrf_one
	# The same where the routes lead back, and FORWARD has the last word
	ip -n "$R" route add default via 10.31.0.2 table 77
	ip -n "$R" -6 route add default via fd00:31::2 table 77
	both vrf_one
	for SRV in 10.9.9.9 fd00:9::9; do
		counting
		asked 84 500
		counted unserved 0
	done
}

queue_listens()
{
	in_ns "$R" grep -q "^ *$QUEUE " /proc/net/netfilter/nfnetlink_queue
}

# From queues behind ksteer, in either hook
case_queue()
{
	need_module nft_queue nfnetlink_queue
	upstream
	begin rr tcp
	rules <<-END
		table inet case {
			chain in {
				type filter hook prerouting priority -150;
				queue num $QUEUE
			}
			chain onward {
				type filter hook forward priority 0;
				queue num $QUEUE
			}
		}
	END
	queue -N "$R" $QUEUE &
	defer kill $!
	wait_until 5 queue_listens
	both refused_one
}

# --- the router has the address, too ------------------------------------------

local_one()
{
	ip -n "$R" addr add "$SRV/$HOST" dev c
	defer ip -n "$R" addr del "$SRV/$HOST" dev c
	counting
	from_client proto=tcp sport=81 dport=81 flags=S seq=1
	rst sport=81 dport=81 flags=RA ack=2
	counted unserved 0 refused_reset 0
}

case_local()
{
	upstream
	begin rr tcp
	both local_one
}

case_add "refused, instead of going round" case_loop
case_add "refused, where no route leads" case_nowhere
case_add "segments of no connection do not go round" case_midstream
case_add "refused as the server says" case_policies
case_add "an echo request, as by a host" case_echo
case_add "routed, where the server says so" case_route
case_add "routed, where another way leads" case_elsewhere
case_add "routed, where just the address has a route" case_own_route
case_add "what is noted of the path is no route of the operator" case_noted_route
case_add "a drop in FORWARD" case_forward
case_add "the rules of a VRF" case_vrf
case_add "translated to another address" case_dnat
case_add "packets out of queues behind ksteer" case_queue
case_add "the router's own address" case_local
wire_cases_run "$@"
