#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What ksteer believes of a TCP connection (C15 to C18, M2, L5), and what it
# does with a new SYN on an old key. Round robin shows each selection anew: the
# next one goes elsewhere.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_track.sh"

# --- opening -----------------------------------------------------------------

open_one()
{
	fresh
	client 1000 S
	state_is open "after the SYN"
	server 5000 SA ack=1001
	state_is open "after the answer"
	client 1001 A ack=5001
	state_is established "after the third"
	# Only the opener is seen
	fresh
	client 1000 S
	client 1001 A ack=5001
	state_is established "of a side that goes on where its SYN ended"
	fresh
	client 1000 S
	client 9001 A ack=5001
	state_is open "of a side that goes on elsewhere"
}

# The server answers what came with the SYN, and does not wait (RFC 7413)
fast_open_one()
{
	fresh
	client 1000 S data=50
	server 5000 SA ack=1051
	server 5001 PA ack=1051 data=100
	server 5101 PA ack=1051 data=100
	state_is open "before the opener has acknowledged"
	client 1051 A ack=5202
	state_is open "of a side that acknowledges what was not sent"
	client 1051 A ack=5101
	state_is established "of one that acknowledges some of it"
	client 1051 FA ack=5201
	server 5201 FA ack=1052
	client 1052 A ack=5202
	state_is closed "after its close"
}

case_open()
{
	begin rr tcp
	both open_one
	both fast_open_one
}

# --- closing -----------------------------------------------------------------

close_one()
{
	handshake
	counting
	client 1001 FA ack=5001
	state_is closing "after one FIN"
	server 5001 A ack=1002
	state_is closing "after its acknowledgement"
	server 5001 FA ack=1002
	state_is closing "after both FINs"
	client 1002 A ack=5002
	state_is closed "after both acknowledgements"
	counted closed 1 tcp_bad_fin 0
	# FINs that cross
	handshake
	client 1001 FA ack=5001
	server 5001 FA ack=1001
	server 5002 A ack=1002
	state_is closing "with one FIN unacknowledged"
	client 1002 A ack=5002
	state_is closed "after FINs that crossed"
}

bad_fin_one()
{
	local seq

	handshake
	counting
	# Far ahead of the window, and long behind
	for seq in 200000 2000000000 4294960000; do
		client $seq FA ack=5001
		state_is established "after a FIN at $seq"
	done
	server 900000000 FA ack=1001
	state_is established "after the other side's"
	counted tcp_bad_fin 4
	# It is forwarded all the same, and does not spoil what is known
	client 1001 FA ack=5001
	state_is closing "after a proper FIN"
}

case_close()
{
	begin rr tcp
	both close_one
}

case_bad_fin()
{
	begin rr tcp
	both bad_fin_one
}

# --- reset -------------------------------------------------------------------

reset_one()
{
	handshake
	counting
	client 1001 R
	state_is closed "after the client's RST"
	handshake
	server 5001 RA ack=1001
	state_is closed "after the server's RST"
	# A refusal: the first that the server says
	fresh
	client 1000 S
	server 0 RA ack=1001
	state_is closed "after a refusal"
	counted reset 3 tcp_bad_rst 0
}

bad_reset_one()
{
	local seq

	handshake
	counting
	for seq in 0 100000 2000000000 4294960000; do
		client $seq R
		server $((seq + 7)) R
	done
	state_is established "after eight wild RSTs"
	counted tcp_bad_rst 8 reset 0
	# A refusal of another SYN; a blind guess while it is half open
	fresh
	client 1000 S
	server 0 RA ack=77
	client 1500 R
	state_is open "after two wild RSTs"
	counted tcp_bad_rst 2 reset 0
	# Where the answers are not seen, only the exact place is believed
	fresh
	client 1000 S
	client 1001 A ack=5001
	client 1002 R
	state_is established "after a RST one byte on"
	client 1001 R
	state_is closed "after an exact one"
	counted tcp_bad_rst 1 reset 1
}

case_reset()
{
	begin rr tcp
	both reset_one
}

case_bad_reset()
{
	begin rr tcp
	both bad_reset_one
}

# --- half-open budget --------------------------------------------------------

case_budget()
{
	local i first last

	begin rr tcp
	family "$1"
	ks config set max-open 16
	handshake
	first=$PORT
	counting
	for i in $(seq 20); do
		fresh
		client 1000 S
	done
	counted evict_open 4 stored 20
	PORT=$first
	state_is established "of the established"
	# The longest silent of eight makes room: never one of the seven youngest
	last=$((first + 20))
	for i in $(seq 0 6); do
		PORT=$((last - i))
		state_is open "of the youngest but $i"
	done
	is "$(ksj 'map(select(.state == "open")) | length' flow show)" 16 \
		"half-open flows"
}

# --- a SYN on an old key -----------------------------------------------------

syn_one()
{
	fresh
	client 1000 S
	same 1000
	same 1000
	handshake
	same 1000
	state_is established "after an old duplicate"
	client 1001 R
	again 1000
}

case_syn()
{
	begin rr tcp
	both syn_one
}

all_up()
{
	kb <<-END
		tm up t1
		tm up t2
		tm up t3
	END
}

drain_one()
{
	handshake
	ks tm drain "$AT"
	client 1001 PA ack=5001 data=10
	same 1000
	same 70000
	state_is established "of a connection whose traffic manager drains"
	client 1011 FA ack=5001
	same 70000
	server 5001 FA ack=1012
	# Both sides have closed
	again 70000
	all_up
	# Half open, and perhaps nobody there
	fresh
	client 1000 S
	ks tm drain "$AT"
	same 70000
	again 1000
	all_up
	# It has answered, so it lives
	fresh
	client 1000 S
	server 5000 SA ack=1001
	ks tm drain "$AT"
	same 1000
	client 1001 A ack=5001
	state_is established "of one that opens while it drains"
	all_up
}

case_drain()
{
	begin rr tcp
	both drain_one
}

# --- in the middle -----------------------------------------------------------

middle_one()
{
	local first

	ks vs set $V midstream hash
	fresh
	counting
	client 1000 A ack=5001
	first=$AT
	client 1010 PA ack=5001 data=5
	counted midstream_hash 1 stored 1
	# The choice is a function of the packet alone
	ks flow flush all
	client 1020 A ack=5001
	is "$AT" "$first" "choice after the entry was lost"
	ks vs set $V midstream pass
	fresh
	counting
	from_client proto=tcp sport=$PORT dport=80 seq=1000 flags=A ack=5001
	client 7 S
	absent "$TMS" sport=$PORT flags=A
	counted midstream_pass 1 stored 1
}

case_middle()
{
	begin rr tcp
	both middle_one
}

# --- ageing ------------------------------------------------------------------

case_ageing()
{
	begin rr tcp timeout tcp-open 1 timeout tcp-established 3600 \
		timeout tcp-closing 2 timeout tcp-closed 1
	family "$1"
	counting
	fresh
	client 1000 S
	expires 1
	handshake
	client 1001 FA ack=5001
	server 5001 FA ack=1001
	expires 2
	handshake
	client 1001 R
	expires 1
	counted expired 3
	handshake
	ks vs set $V timeout tcp-established 2
	expires 2
	counted expired 1
	# Packets keep it alive; a busy host may need seconds between two of them
	ks vs set $V timeout tcp-established 5
	handshake
	holds 7 keeps_alive
}

keeps_alive()
{
	client 1001 A ack=5001
	[ "$(state)" = established ]
}

udp_one()
{
	fresh
	udp
	state_is open "after one datagram"
	udp
	state_is established "after two"
	fresh
	udp
	from_tm "${AT#t}" proto=udp sport=80 dport=$PORT data=5
	arrives c dport=$PORT
	state_is established "after an answer"
	ks vs set $V timeout udp-established 1
	expires 1
	fresh
	udp
	ks vs set $V timeout udp-open 1
	expires 1
}

case_udp()
{
	begin rr udp
	both udp_one
}

case_add "SYN, its answer, established" case_open
case_add "FIN both ways" case_close
case_add "a FIN out of the window is not believed" case_bad_fin
case_add "RST" case_reset
case_add "a RST out of the window is not believed" case_bad_reset
case_add "the older half-open make room, IPv4" case_budget 4
case_add "the older half-open make room, IPv6" case_budget 6
case_add "a SYN on a closing key selects again, a repeated one does not" case_syn
case_add "a SYN on a draining key" case_drain
case_add "no SYN and no entry" case_middle
case_add "each state has its time, IPv4" case_ageing 4
case_add "each state has its time, IPv6" case_ageing 6
case_add "UDP" case_udp
wire_cases_run "$@"
