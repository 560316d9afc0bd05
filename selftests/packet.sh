#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Single packets: what may change on the way and what may not, and packets that
# are odd, bad or broken.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"

# A packet of the server's still finds its way
works()
{
	SERIAL=$((${SERIAL:-20000} + 1))
	from_client proto=tcp sport="$SERIAL" dport=80 flags=S seq=1
	arrives "$TMS" sport="$SERIAL"
	sent_whole
}

# --- unchanged but for one hop -----------------------------------------------

hop_tcp()
{
	from_client proto=tcp sport=1000 dport=80 seq=7 flags=S win=777 \
		ttl="$1" topt=020405b4010303070402 tos=184
	arrives "$TMS" sport=1000
	sent_whole $(($1 - 1))
	has "$WIRE" "* l4sum=ok *" "TCP checksum"
	from_client proto=tcp sport=1000 dport=80 seq=8 ack=9 flags=PA \
		ttl="$1" id=4711 df data=1000 tos=3
	arrives "$AT" sport=1000 flags=PA
	sent_whole $(($1 - 1))
	has "$WIRE" "* l4sum=ok *" "TCP checksum"
}

hop_one()
{
	hop_tcp 64
	hop_tcp 255
	hop_tcp 2
	from_client proto=udp sport=1001 dport=80 data=77
	arrives "$TMS" sport=1001
	sent_whole
	from_client proto=132 hex=03ea00500000000100000000
	arrives "$TMS" proto=132
	sent_whole
}

case_hop()
{
	begin rr any "$@"
	both hop_one
	absent c src="$SRV"
}

answer_one()
{
	from_client proto=tcp sport=1000 dport=80 seq=7 flags=S
	arrives "$TMS"
	from_tm "${AT#t}" proto=tcp sport=80 dport=1000 seq=9 ack=8 flags=SA ttl=44
	arrives c sport=80
	sent_whole 43
}

case_answer()
{
	begin rr tcp "$@"
	both answer_one
}

# --- TTL ---------------------------------------------------------------------

expiry_one()
{
	local reply="type=11 code=0" hops=1

	[ "$V" = v6 ] && reply="type=3 code=0"
	counting
	# A known flow and a new one alike
	for hops in 1 0; do
		from_client proto=tcp sport=1000 dport=80 flags=S seq=1 ttl=$hops
		# shellcheck disable=SC2086
		arrives c dst="$CL" $reply
		is "$(word src)" "$([ "$V" = v4 ] && echo 10.0.0.1 || echo fd00::1)" \
			"who tells"
		has "$WIRE" "* l4sum=ok *" "checksum of the error"
	done
	counted ttl 2
	works
	absent "$TMS" sport=1000
}

case_expiry()
{
	begin rr tcp "$@"
	both expiry_one
}

# --- what is counted ---------------------------------------------------------

# carried OBJECT...: what is counted for the first object shown
carried()
{
	ksj '.[0] | .stats // . |
		"\(.packets) \(.bytes) \(.reply_packets) \(.reply_bytes)"' "$@"
}

# For the flow, its server and its traffic manager
all_carried()
{
	carried flow show proto tcp sport 1 vs $V
	carried -s vs show $V
	carried -s tm show t1
}

idle()
{
	flow_field idle proto tcp sport 1 vs $V
}

rests()
{
	[ "$(idle)" -ge 2000 ]
}

not_carried_one()
{
	local heads=40 late=11 big=3 was

	[ "$V" = v6 ] && heads=60 late=3 big=2
	was=$(carried -s tm show t1)
	counting
	# The first packet of a flow
	from_client proto=tcp sport=1 dport=80 seq=1 flags=S ttl=1
	arrives c dst="$CL" type=$late
	counted stored 1 ttl 1
	is "$(all_carried)" "0 0 0 0"$'\n'"0 0 0 0"$'\n'"$was" "nothing"
	from_client proto=tcp sport=1 dport=80 seq=1 flags=S
	arrives t1 sport=1
	sent_whole
	is "$(carried flow show proto tcp sport 1 vs $V)" "1 $heads 0 0" "a SYN"
	# And of one that is known.  It goes on all the same
	was=$(all_carried)
	wait_until 10 rests
	from_client proto=tcp sport=1 dport=80 seq=2 ack=1 flags=A ttl=1
	arrives c dst="$CL" type=$late
	truth "$(idle) < 2000" "the flow has been seen"
	from_client proto=tcp sport=1 dport=80 seq=2 ack=1 flags=A df \
		data=$((1301 - heads))
	arrives c dst="$CL" type=$big info=1300
	counted ttl 1 too_big 1
	is "$(all_carried)" "$was" "what was dropped"
	from_client proto=tcp sport=1 dport=80 seq=2 ack=1 flags=A data=60
	arrives t1 seq=2
	sent_whole
	is "$(carried flow show proto tcp sport 1 vs $V)" \
		"2 $((2 * heads + 60)) 0 0" "what was sent"
	is "$(carried -s vs show $V)" "2 $((2 * heads + 60)) 0 0" "of the server"
}

case_not_carried()
{
	begin ordered tcp "$@"
	narrow
	both not_carried_one
}

# --- IPv4 options ------------------------------------------------------------

options_good()
{
	local opt

	# record route (empty, full), timestamp, router alert, security, no-op
	for opt in 07070400000000 07070800000000 440c05000000000000000000 \
		94040000 820b0000000000000000000000 01010101; do
		from_client proto=tcp sport=1000 dport=80 flags=S ipopt=$opt
		arrives "$TMS" sport=1000
		sent_whole
	done
}

options_bad()
{
	local opt

	counting
	# too short, longer than the header, cut off, loose and strict source route
	for opt in 0700 07010400 072704000000 010101c8 \
		83070414010101 89070414010101 8303040000; do
		from_client proto=tcp sport=1001 dport=80 flags=S ipopt=$opt
	done
	works
	absent "$TMS" sport=1001
	counted bad_options 7
}

case_options()
{
	begin rr tcp "$@"
	family 4
	options_good
	options_bad
}

# --- what has no key is left alone -------------------------------------------

# broken WORD...: it reaches nobody, and does no harm
broken()
{
	from_client sport=1666 dport=80 "$@"
	works
	absent "$TMS" sport=1666
}

broken_transport()
{
	local how

	counting
	for how in tcp\ l4cut={0,3,19} tcp\ doff={0,4,15} udp\ l4cut={0,3} \
		sctp\ l4cut=2; do
		# shellcheck disable=SC2086
		broken proto=$how
	done
	counted malformed 9
}

broken_v4()
{
	local how

	counting
	# The kernel itself throws these away, before the hook
	for how in ver=6 ihl=4 ihl=0 badsum iplen=19 iplen=0 iplen=1000 cut=12; do
		broken proto=tcp $how
	done
	counted malformed 0
	# The header swallows the transport
	broken proto=tcp ihl=10
	counted malformed 1
}

broken_v6()
{
	local how

	counting
	for how in ver=4 cut=39 iplen=1000 ext=0:ff0104; do
		broken proto=tcp $how
	done
	counted malformed 0
	# The last two have a header that says it is longer than the packet
	for how in iplen=0 iplen=19 ext=60:ff0104 "ext=43:ff000000000000 l4cut=0"; do
		# shellcheck disable=SC2086
		broken proto=tcp $how
	done
	counted malformed 4
}

case_broken()
{
	begin rr any
	both broken_transport
	family 4
	broken_v4
	family 6
	broken_v6
}

# --- IPv6 extension headers --------------------------------------------------

# chain LIST: a TCP segment behind these headers is known by its ports
chain()
{
	from_client proto=tcp sport=1000 dport=80 flags=S ext="$1"
	arrives "$AT" sport=1000
	sent_whole
}

# strange LIST: it has no ports that anybody can see, so no virtual server
strange()
{
	from_client proto=tcp sport=1000 dport=80 flags=S ext="$1"
	works
	absent "$TMS" sport=1000
}

case_extensions()
{
	begin rr tcp
	family 6
	counting
	from_client proto=tcp sport=1000 dport=80 flags=S
	arrives "$TMS"
	chain 0:000104
	chain 60:000104
	chain 0:000104/60:000104
	chain 43:00000000000000
	chain 0:000104/60:000104/43:00040000000000/60:000104
	counted stored 1
	strange 139:0000
	strange 50:0000
	strange 59:
	strange 253:00
	counted no_vs 3 malformed 1 stored 4
}

# --- jumbo, quoted errors ----------------------------------------------------

case_jumbo()
{
	begin rr tcp
	family 6
	# Jumbo payload option on a packet that is none
	counting
	from_client proto=tcp sport=1000 dport=80 flags=S ext=0:00c204000100ff
	works
	absent "$TMS" sport=1000
}

# --- protocols without ports -------------------------------------------------

portless_one()
{
	local proto

	for proto in 47 50 89 253; do
		from_client proto=$proto data=60
		arrives "$TMS" proto=$proto
		sent_whole
		from_client proto=$proto data=61
		arrives "$AT" proto=$proto
		sent_whole
	done
	from_client proto=icmp type="$1" info=77 data=56
	arrives "$TMS" type="$1"
	sent_whole
}

case_portless()
{
	begin rr any
	family 4
	portless_one 8
	family 6
	portless_one 128
}

# --- not for the distributor -------------------------------------------------

# What a switch floods, or a stranger puts into a broadcast, is nobody's flow
case_not_for_us()
{
	begin rr tcp
	wire on loud "$C" c
	wire on wrong "$C" c 02:00:00:00:00:99
	for f in 4 6; do
		family $f
		counting
		send loud src="$CL" dst="$SRV" proto=tcp sport=1001 dport=80 flags=S
		send wrong src="$CL" dst="$SRV" proto=tcp sport=1002 dport=80 flags=S
		works
		counted stored 1 select 1
		absent "$TMS" sport=1001
		absent "$TMS" sport=1002
	done
}

# A wildcard takes no multicast, no loopback, no link-local
odd_one()
{
	counting
	send c src="$CL" dst="$1" proto=udp sport=1001 dport=80 data=9
	send c src="$2" dst="$SRV" proto=udp sport=1001 dport=80 data=9
	works
	absent "$TMS" sport=1001
	counted stored 1
}

case_odd_addresses()
{
	begin rr tcp
	ks vs add w addr any proto udp pool p
	defer ks vs del w
	family 4
	odd_one 224.0.0.9 127.0.0.1
	odd_one 255.255.255.255 0.0.0.0
	odd_one 10.0.0.1 224.0.0.9
	family 6
	odd_one ff02::9 ::1
	odd_one fe80::9 ff02::9
	odd_one fd00::1 ::
}

case_add "but for one hop the packet is what it was" case_hop
case_add "but for one hop, past the hooks" case_hop "direct on"
case_add "an answer that is routed on, too" case_answer
case_add "an answer that is steered, too" case_answer "symmetric on"
case_add "who runs out of hops is told" case_expiry
case_add "who runs out of hops is told, past the hooks" case_expiry "direct on"
case_add "what is dropped on the way counts for nobody" case_not_carried
case_add "what is dropped on the way counts for nobody, past the hooks" case_not_carried "direct on"
case_add "IPv4 options" case_options
case_add "IPv4 options, past the hooks" case_options "direct on"
case_add "broken headers" case_broken
case_add "IPv6 extension headers" case_extensions
case_add "jumbograms" case_jumbo
case_add "protocols without ports" case_portless
case_add "frames for someone else" case_not_for_us
case_add "addresses that no flow has" case_odd_addresses
wire_cases_run "$@"
