#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the sender of a packet learns that nobody takes: at once, as from a host,
# and never more than one small packet for one.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_ways.sh"

# ends SCHED PROTO [WORD...]: as begin, but no traffic manager takes anything
ends()
{
	begin "$@"
	kb <<-END
		tm down t1
		tm down t2
		tm down t3
	END
}

# unreachable WORD...: the client gets ICMP's port unreachable for its packet
unreachable()
{
	if [ "$V" = v4 ]; then
		arrives c src="$SRV" dst="$CL" type=3 code=3 l4sum=ok "$@"
	else
		arrives c src="$SRV" dst="$CL" type=1 code=4 l4sum=ok "$@"
	fi
}

# silent COUNTER...: what was sent before has been dropped, and not answered
silent()
{
	local name

	for name; do
		wait_until 5 has_counted "$name" 1
	done
	counted refused_reset 0 refused_icmp 0
	wire count c src="$SRV"
	is "$WIRE" 0 "answers"
}

has_counted()
{
	[ $(($(kcount "$1") - $(counter "$COUNTERS" "$1"))) -ge "$2" ]
}

# rst WORD...: the client gets a reset; the device would do its checksum
rst()
{
	arrives c src="$SRV" dst="$CL" sport=80 "$@"
	[ "$V" = v6 ] || has "$WIRE" "* sum=ok *" "header checksum"
}

# --- no traffic manager -------------------------------------------------------

reset_one()
{
	counting
	from_client proto=tcp sport=11 dport=80 flags=S seq=1000
	rst dport=11 flags=RA seq=0 ack=1001
	from_client proto=tcp sport=12 dport=80 flags=A seq=5000 ack=77 data=9
	rst dport=12 flags=R seq=77
	from_client proto=tcp sport=13 dport=80 flags=FA seq=5000 ack=78
	rst dport=13 flags=R seq=78
	counted no_tm 3 refused_reset 3 refused_icmp 0
	# Neither a reset is answered nor what is broken
	from_client proto=tcp sport=14 dport=80 flags=R seq=1
	from_client proto=tcp sport=15 dport=80 flags=S seq=1 badl4
	from_client proto=tcp sport=16 dport=80 flags=S seq=1
	rst dport=16
	absent c dport=14
	absent c dport=15
	counted no_tm 3 refused_reset 1 stored 0
	absent "$TMS" proto=6
}

case_reset()
{
	ends "${2:-rr}" tcp "${1:-}"
	both reset_one
}

udp_one()
{
	counting
	from_client proto=udp sport=21 dport=80 data=300
	unreachable
	truth "$(word quoted) >= 200" "bytes of the packet that it quotes"
	counted no_tm 1 refused_icmp 1
	# In fragments: one answer, when it is whole
	CL=${CL%9}8
	from_client proto=udp sport=22 dport=80 data=2992 id=9 \
		slices=0:1000,1000:1000,2000
	unreachable
	counted no_tm 1 refused_icmp 1
}

case_udp()
{
	ends rr any
	both udp_one
}

icmp_one()
{
	counting
	from_client proto=tcp sport=31 dport=80 flags=S seq=1000
	unreachable
	from_client proto=tcp sport=32 dport=80 flags=R seq=1000
	wait_until 5 has_counted no_tm 2
	counted no_tm 2 refused_icmp 1 refused_reset 0
	absent c proto=6
}

case_icmp()
{
	ends rr tcp reject icmp
	both icmp_one
}

# An echo request has an answer, an error or an echo reply none
ping_one()
{
	local request=8 reply=0 error=11

	[ "$V" = v4 ] || request=128 reply=129 error=3
	counting
	from_client proto=icmp type=$request code=0 info=5 data=9
	unreachable
	counted no_tm 1 refused_icmp 1
	wire clear
	from_client proto=icmp type=$reply code=0 info=5 data=9
	silent no_tm
	from_client proto=icmp type=$error code=0 q.src="$SRV" q.dst="$CL" \
		q.sport=80 q.dport=6 q.proto=udp q.data=9
	silent no_tm
}

case_ping()
{
	ends rr any
	both ping_one
}

drop_one()
{
	counting
	from_client proto=tcp sport=41 dport=80 flags=S seq=1000
	silent no_tm
	from_client proto=udp sport=41 dport=80 data=9
	silent no_tm
}

case_drop()
{
	ends rr any reject drop
	both drop_one
	kb <<-END
		vs set v4 reject reset
		vs set v6 reject reset
	END
	both reset_one
}

limit_one()
{
	begin rr tcp max-flows 1
	family "$1"
	from_client proto=tcp sport=51 dport=80 flags=S seq=1
	arrives "$TMS" sport=51
	from_tm "${AT#t}" proto=tcp sport=80 dport=51 flags=SA seq=1 ack=2
	arrives c dport=51
	from_client proto=tcp sport=51 dport=80 flags=A seq=2 ack=2
	arrives "$TMS" sport=51 flags=A
	counting
	from_client proto=tcp sport=52 dport=80 flags=S seq=1
	rst dport=52 flags=RA ack=2
	counted vs_limit 1 refused_reset 1
}

case_limit()
{
	limit_one 4
	limit_one 6
}

# The server's side is not told that its client has gone: perhaps it has not
answer_one()
{
	counting
	send c src="$SRV" dst="$CL" proto=tcp sport=80 dport=61 flags=A seq=1 ack=1
	wait_until 5 has_counted no_tm 1
	counted no_tm 1 refused_reset 0
	absent "c,$TMS" proto=6
}

case_answer()
{
	ends rr tcp symmetric on
	both answer_one
}

# --- to whom there is no answer -----------------------------------------------

# Sources that are not one other machine's; arrival is asked first for martians
case_sources()
{
	local source

	ends rr any
	family 4
	for source in 10.0.0.255 10.0.0.1 255.255.255.255 224.0.0.9 127.0.0.1; do
		counting
		CL=$source from_client proto=udp sport=71 dport=80 data=9
		CL=$source from_client proto=tcp sport=71 dport=80 flags=S
		from_client proto=tcp sport=72 dport=80 flags=S
		rst dport=72
		counted refused_reset 1 refused_icmp 0
	done
	family 6
	for source in fd00::1 ff02::9 ::1 ::; do
		counting
		CL=$source from_client proto=udp sport=71 dport=80 data=9
		CL=$source from_client proto=tcp sport=71 dport=80 flags=S
		from_client proto=tcp sport=72 dport=80 flags=S
		rst dport=72
		counted refused_reset 1 refused_icmp 0
	done
}

# The kernel's limits hold: one a second for each receiver, six at once
rate_one()
{
	local i

	counting
	CL=${CL%9}7
	for ((i = 0; i < 40; i++)); do
		from_client proto=udp sport=$((100 + i)) dport=80 data=9
	done
	wait_until 5 has_counted no_tm 40
	between $(($(kcount refused_icmp) - $(counter "$COUNTERS" \
		refused_icmp))) 1 20 "ICMP errors for 40 packets"
}

case_rate()
{
	ends rr any
	both rate_one
}

# --- among other parts of the router ------------------------------------------

# Conntrack has seen nothing that a reset could belong to
case_output()
{
	ends rr tcp
	in_ns "$R" nft -f - <<-END
		table inet case {
			chain out {
				type filter hook output priority 0;
				ct state invalid drop
			}
		}
	END
	defer in_ns "$R" nft delete table inet case
	both reset_one
}

# What comes by a VRF is answered there
vrf_one()
{
	local dst=$1 said

	counting
	said=$(in_ns "$C" ask -t 5000 tcp "$dst" 80) || :
	is "$said" "- Connection refused" "what the client hears"
	counted refused_reset 1
}

case_vrf()
{
	red_up
	red_to_server
	ends rr tcp
	vrf_one 10.9.9.9
	vrf_one fd00:9::9
}

# --- what people notice -------------------------------------------------------

# in_time PROTO SECONDS: a client's kernel knows
in_time()
{
	local said NOW begin

	now_us
	begin=$NOW
	said=$(in_ns "$C" ask -t 20000 "$1" "$SRV" 80) || :
	now_us
	is "$said" "- Connection refused" "what the client hears"
	note "$1 to $SRV: $((NOW - begin)) us"
	truth "$NOW - begin < $2 * 1000000 * KSTEER_SLOW" "us until then"
}

case_people()
{
	ends rr any
	both in_time tcp 1
	both in_time udp 1
	kb <<-END
		vs set v4 reject icmp
		vs set v6 reject icmp
	END
	# Without a wire between, the error may come while connect() goes on, and
	# only that of the second SYN is heeded
	both in_time tcp 3
}

case_add "a segment is reset" case_reset
case_add "a segment is reset, past the hooks" case_reset "direct on"
case_add "a segment is reset, without a store" case_reset "store none" maglev
case_add "a datagram is answered by ICMP, also one in fragments" case_udp
case_add "a segment is answered by ICMP where that is asked for" case_icmp
case_add "an echo request is answered, an error is not" case_ping
case_add "nothing is answered where that is asked for" case_drop
case_add "a server that has its most flows" case_limit
case_add "an answer that nobody takes" case_answer
case_add "sources that are not one other machine's" case_sources
case_add "ICMP errors are limited" case_rate
case_add "a rule against invalid packets does no harm" case_output
case_add "a client in a VRF" case_vrf
case_add "a client knows at once" case_people
wire_cases_run "$@"
