# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# A conversation by hand, and what ksteer holds its flow to be. Sourced after
# lib_wire.sh.
#
#	fresh			another port, at no traffic manager yet
#	client SEQ FLAGS [WORD...], server SEQ FLAGS [WORD...]
#				a segment of either side, and it arrives
#	handshake		a fresh connection
#	udp			a datagram of the client's
#	state, state_is STATE TEXT...
#	again SEQ, same SEQ	a SYN that is selected anew; that stays
#	expires SECONDS		the flow goes, and not before its time

# A conversation: the client's numbers begin at 1000, the server's at 5000
PORT=3000

state()
{
	local flow

	flow=$(ks -j flow show src "$CL" sport "$PORT" dport 80)
	[[ $flow =~ \"state\":\"([a-z]+)\" ]] || { echo gone; return; }
	echo "${BASH_REMATCH[1]}"
}

state_is()
{
	is "$(state)" "$1" "state $2"
}

gone()
{
	[ "$(state)" = gone ]
}

# client SEQ FLAGS [WORD...]: a segment of the client's; it arrives at $AT, or
# anywhere if that is empty
client()
{
	local seq=$1 flags=$2

	shift 2
	from_client proto=tcp sport="$PORT" dport=80 seq="$seq" flags="$flags" "$@"
	arrives "${AT:-$TMS}" sport="$PORT" seq="$seq" flags="$flags"
}

server()
{
	local seq=$1 flags=$2 at=$AT

	shift 2
	from_tm "${AT#t}" proto=tcp sport=80 dport="$PORT" seq="$seq" \
		flags="$flags" "$@"
	arrives c dport="$PORT" seq="$seq" flags="$flags"
	AT=$at
}

fresh()
{
	PORT=$((PORT + 1))
	AT=
}

handshake()
{
	fresh
	client 1000 S
	server 5000 SA ack=1001
	client 1001 A ack=5001
}

# again SEQ: a SYN that is selected anew, so it goes elsewhere, at once
again()
{
	local before=$AT

	counting
	AT=
	client "$1" S
	isnt "$AT" "$before" "traffic manager of the new connection"
	counted reselect 1 select 1
	state_is open "of the new connection"
}

# same SEQ: a SYN that stays where it was
same()
{
	counting
	client "$1" S
	counted reselect 0 select 0
}

# expires SECONDS: the flow goes, and not before it has been silent for so long
expires()
{
	local NOW

	wait_until $(($1 + 15)) gone
	now_us
	truth "$NOW - SENT > ($1 * 1000000 - 100000)" "too early"
}

udp()
{
	from_client proto=udp sport="$PORT" dport=80 data=4
	arrives "${AT:-$TMS}" sport="$PORT"
}

stays_established()
{
	[ "$(state)" = established ]
}
