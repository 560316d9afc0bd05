#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What somebody can do who knows the four numbers of a connection and nothing
# else; and how long what is half closed, or half known, is remembered.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_track.sh"

# --- a stranger --------------------------------------------------------------

# What whoever knows the four numbers may send: any v, and half round from it
blind_four()
{
	local v=$1 w=$(((${1} + 2147483648) % 4294967296))

	client "$v" A ack=77
	client "$w" A ack=77
	client "$v" R
	client "$w" R
}

blind_one()
{
	local v

	# The answers go past us
	fresh
	client 1000 S
	client 1001 A ack=5001
	counting
	for v in 305419896 1000000 4000000000 70000; do
		blind_four "$v"
	done
	state_is established "after four blind segments, four times"
	counted tcp_bad_rst 8 tcp_outside 8 reset 0
	client 1001 FA ack=5001
	state_is closing "after a genuine FIN"
	# The answers come by: numbers of the other side, told by its peer
	handshake
	counting
	for v in 305419896 3000000000; do
		client 1001 A ack="$v"
		client 1001 A ack=$(((v + 2147483648) % 4294967296))
		server "$v" R
		server $(((v + 2147483648) % 4294967296)) R
	done
	state_is established "after blind segments both ways"
	counted tcp_bad_rst 4 tcp_outside 4 reset 0
	client 1001 FA ack=5001
	server 5001 FA ack=1002
	client 1002 A ack=5002
	state_is closed "after a genuine close"
}

case_blind()
{
	begin rr tcp
	both blind_one
}

# attack COUNT [OPTION...]: so many segments by somebody who knows the four
# numbers, each way; a few at a time, since all that arrives is kept
attack()
{
	local count=$1 i

	shift
	for ((i = 0; i < count; i += 2000)); do
		fuzz_packet -N "$C" -s "$SEED" -f "$i" -b "$PORT" "$@" \
			c "$(fixed_mac 1 0)" 198.18.0.9 2001:db8:c::9 \
			10.9.9.9 fd00:9::9 2000
		wire clear
	done
}

# One connection of each family under one number; $SEEN: the answers come by
attacked()
{
	local f
	local -A at

	PORT=$((PORT + 1))
	for f in 4 6; do
		family "$f"
		AT=
		client 1000 S
		[ -z "$SEEN" ] || server 5000 SA ack=1001
		client 1001 A ack=5001
		[ -z "${1:-}" ] || client 1001 FA ack=5001
		at[$f]=$AT
	done
	counting
	attack "${KSTEER_FUZZ:-20000}"
	attack "${KSTEER_FUZZ:-20000}" -r
	counted reset 0 closed 0 reselect 0 revived 0
	for f in 4 6; do
		family "$f"
		AT=${at[$f]}
		state_is "${1:-established}" "after the attack, IPv$f"
		client 1001 PA ack=5001 data=10
		state_is established "after the next genuine segment, IPv$f"
		client 1011 FA ack=5001
		state_is closing "after the genuine FIN, IPv$f"
		client 1012 R
		state_is closed "after the genuine RST, IPv$f"
	done
}

# The seed repeats a run
case_attack()
{
	SEED=${KSTEER_FUZZ_SEED:-$((RANDOM << 15 | RANDOM))}
	note "seed $SEED"
	begin rr tcp
	SEEN=$1
	attacked
	attacked closing
}

# forged WORD...: as if the server answered, from where the clients are
forged()
{
	send c src="$SRV" dst="$CL" sport=80 dport="$PORT" "$@"
	# Another that surely comes, so this one has been looked at
	client 1000 S
}

forged_one()
{
	fresh
	client 1000 S
	counting
	forged proto=tcp seq=7000 ack=1001 flags=SA
	forged proto=tcp seq=0 ack=1001 flags=RA
	counted bad_answer 2 reset 0
	state_is open "after answers from elsewhere"
	server 5000 SA ack=1001
	client 1001 A ack=7001
	state_is open "of an opener that acknowledges those"
	client 1001 A ack=5001
	state_is established "of one that acknowledges the answer"
	counted bad_answer 0
}

# He forges the SYN too, so he knows what an answer must acknowledge; the server
# answers it, and he once more by a number of his own
forged_again_one()
{
	fresh
	client 1000 S
	server 5000 SA ack=1001
	counting
	forged proto=tcp seq=7000 ack=1001 flags=SA
	counted bad_answer 1
	client 1001 A ack=7001
	# One that he chooses as the number of another SYN
	client 9000 S
	client 1001 A ack=9001
	state_is open "of a SYN that he has answered himself"
	client 1001 A ack=5001
	state_is established "of one who has seen the answer"
}

forged_udp()
{
	fresh
	udp
	counting
	send c src="$SRV" dst="$CL" proto=udp sport=80 dport=$PORT data=9
	wait_until 5 stray_counted
	state_is open "after an answer from elsewhere"
	from_tm "${AT#t}" proto=udp sport=80 dport=$PORT data=5
	arrives c dport=$PORT
	state_is established "after an answer"
}

stray_counted()
{
	[ "$(ksj '.[].value' stats show bad_answer)" -gt \
		"$(counter "$COUNTERS" bad_answer)" ]
}

case_forged()
{
	begin rr tcp
	both forged_one
	both forged_again_one
	begin rr udp
	both forged_udp
}

# Whoever has sent the answer first knows what it must be answered with
forged_pair_one()
{
	fresh
	counting
	send c src="$SRV" dst="$CL" proto=tcp sport=80 dport="$PORT" seq=7000 \
		ack=1001 flags=A data=5
	wait_until 5 stray_counted
	client 1001 A ack=7005
	state_is open "of both sides, forged by one"
	send c src="$SRV" dst="$CL" proto=tcp sport=80 dport="$PORT" seq=7005 \
		ack=1001 flags=A data=5
	client 1002 A ack=7005
	counted bad_answer 2
	is "$(ksj .open config show)" "$(ksj .flows config show)" \
		"flows that nobody vouches for"
}

case_forged_pair()
{
	begin rr tcp symmetric on
	both forged_pair_one
}

# The address lies where the default route leads: by where the clients are
case_forged_uplink()
{
	ip -n "$R" route add default via 10.0.0.2
	defer ip -n "$R" route del default
	ip -n "$R" -6 route add default via fd00::2
	defer ip -n "$R" -6 route del default
	case_forged
	case_forged_pair
}

# With a bad checksum nothing opens or ends; it is forwarded all the same
checksum_one()
{
	handshake
	counting
	client 1001 FA ack=5001 badl4
	client 1001 R badl4
	server 5001 RA ack=1001 badl4
	state_is established "after bad checksums"
	counted tcp_bad_checksum 3 reset 0 closed 0
	client 1001 R
	state_is closed "after a good one"
	client 9000 S badl4
	state_is closed "after a SYN with a bad one"
	counted tcp_bad_checksum 1 reselect 0
}

case_checksum()
{
	begin rr tcp
	both checksum_one
}

# Who goes on after its RST has not sent it
revive_one()
{
	handshake
	counting
	client 1001 R
	state_is closed "after an exact RST"
	server 5001 PA ack=1001 data=10
	state_is closed "after data that were under way"
	client 500000000 PA ack=5001 data=10
	state_is closed "after data from elsewhere"
	client 1001 PA ack=5011 data=10
	state_is established "after data of the side that has reset"
	counted reset 1 revived 1
	client 1011 FA ack=5011
	state_is closing "after its FIN"
	client 1011 PA ack=5011 data=10
	state_is established "after data beyond that FIN"
}

case_revive()
{
	begin rr tcp
	both revive_one
}

# A half-closed connection is not any SYN's to take away: the download goes on
syn_closing_one()
{
	handshake
	client 1001 FA ack=5001
	same 70000
	server 5001 PA ack=1002 data=10
	state_is closing "after a SYN amid a download"
	counting
	server 70000 S
	counted reselect 0
	server 5011 FA ack=1002
	# Both sides have closed: only a new number
	same 900
	same 1001
	again 70000
	# Where answers are never seen, nobody knows whether that side has closed
	fresh
	client 1000 S
	client 1001 A ack=5001
	client 1001 FA ack=5001
	same 70000
	client 1002 A ack=9001
	state_is closing "where answers are not seen"
}

case_syn_closing()
{
	begin rr tcp
	both syn_closing_one
}

has_counted()
{
	[ "$(kcount "$1")" -gt "$(counter "$COUNTERS" "$1")" ]
}

# What one side alone has established counts for no limit
limit_one()
{
	local i

	ks vs set "$V" max-flows 2
	for i in 1 2 3; do
		fresh
		client 1000 S
		client 1001 A ack=5001
		state_is established "of what may be forged"
	done
	handshake
	counting
	handshake
	state_is established "of the second that is answered"
	counted vs_limit 0
	PORT=$((PORT + 1))
	from_client proto=tcp sport="$PORT" dport=80 seq=1000 flags=S
	wait_until 5 has_counted vs_limit
	# One that goes on for a while is vouched for by that
	ks vs set "$V" max-flows 0
	fresh
	client 1000 S
	client 1001 A ack=5001
	i=$(ksj '.[0].stats.established' vs show "$V")
	is "$i" 2 "flows that count"
	wait_until 30 goes_on_and_counts
}

goes_on_and_counts()
{
	client 1001 A ack=5001
	[ "$(ksj '.[0].stats.established' vs show "$V")" = 3 ]
}

limit_udp_one()
{
	local i

	for i in 1 2 3; do
		fresh
		udp
		udp
	done
	is "$(ksj '.[0].stats.established' vs show "$V")" 0 "without an answer"
	from_tm "${AT#t}" proto=udp sport=80 dport=$PORT data=5
	arrives c dport=$PORT
	is "$(ksj '.[0].stats.established' vs show "$V")" 1 "with one"
}

case_limit()
{
	begin rr tcp
	both limit_one
	begin rr udp
	both limit_udp_one
}

# A traffic manager that is offered no more keeps what it has, whoever sends a
# SYN: a connection, one that opens, a download
left_one()
{
	local tm seen=$1 before=$2 after=$3

	fresh
	client 1000 S
	tm=$AT
	# shellcheck disable=SC2086
	ks ${before/TM/$tm}
	counting
	client 305419896 S
	client 305419896 S
	[ -z "$seen" ] || server 5000 SA ack=1001
	client 1001 A ack=5001
	state_is established "as $before"
	client 3000000000 S
	client 70000 S
	client 1001 PA ack=5001 data=10
	[ -z "$seen" ] || client 1011 FA ack=5001
	client 3000000000 S
	client 70000 S
	[ -z "$seen" ] || server 5001 PA ack=1012 data=10
	counted reselect 0 select 0 moved 0
	is "$AT" "$tm" "traffic manager, as $before"
	# shellcheck disable=SC2086
	ks ${after/TM/$tm}
}

left()
{
	left_one "$1" "tm drain TM" "tm up TM"
	left_one "$1" "tm set TM weight 0" "tm set TM weight 1"
	left_one "$1" "pool leave p tm TM" "pool join p tm TM"
}

case_left()
{
	begin rr tcp
	both left ''
	both left yes
}

# --- half closed, half known ---------------------------------------------------

# Half a close is no close: it lasts as long as the other side may go on
half_close()
{
	handshake
	"$@"
	holds 5 still_closing
}

still_closing()
{
	[ "$(state)" = closing ]
}

case_half_close()
{
	begin rr tcp timeout tcp-closing 1 timeout tcp-established 3600 \
		timeout tcp-half-closed 2 timeout tcp-closed 1
	family "$1"
	half_close client 1001 FA ack=5001
	server 5001 PA ack=1002 data=100
	half_close server 5001 FA ack=1001
	client 1001 PA ack=5002 data=100
	# Of the answers nothing is seen: that has a time of its own
	fresh
	client 1000 S
	client 1001 A ack=5001
	client 1001 FA ack=5001
	expires 2
}

is_silent()
{
	[ "$(ksj '.[0].idle' flow show src "$CL" sport "$PORT" dport 80)" -gt 1100 ]
}

# A port that is used again: where the answers go past nobody sees the server
# close, and a client that has waited has
used_again_one()
{
	fresh
	client 1000 S
	client 1001 A ack=5001
	client 1001 FA ack=5001
	same 70000
	state_is closing "of a download, perhaps"
	wait_until 10 is_silent
	same 900
	wait_until 10 is_silent
	again 70000
	client 70001 A ack=9001
	state_is established "of the new connection"
	client 70001 FA ack=9001
	state_is closing "after its FIN"
	# Where they come by, the server would have been seen to close
	handshake
	client 1001 FA ack=5001
	wait_until 10 is_silent
	same 70000
	state_is closing "of a download that pauses"
}

case_used_again()
{
	begin rr tcp timeout tcp-closed 1
	both used_again_one
}

# Nobody has seen the SYN, and one side alone speaks: not for long
case_midstream()
{
	local NOW begin

	begin rr tcp timeout tcp-established 3600 timeout tcp-midstream 2
	family "$1"
	fresh
	client 1000 A ack=5001
	client 1000 A ack=5001
	state_is established "after two segments"
	expires 2
	# An answer vouches for it
	ks vs set $V timeout tcp-midstream 600
	fresh
	client 1000 PA ack=5001 data=10
	client 1010 A ack=5001
	between "$(time_left)" 1 600 "seconds left to what one side vouches for"
	server 5001 A ack=1010
	between "$(time_left)" 601 3600 "seconds left once it is answered"
	# And so does age
	fresh
	client 1000 A ack=5001
	now_us
	begin=$NOW
	wait_until 30 vouched_by_age
	now_us
	truth "$NOW - begin > 8000000" "too early"
}

# Seconds
time_left()
{
	ksj '.[0].expires / 1000 | floor' flow show src "$CL" sport "$PORT" dport 80
}

vouched_by_age()
{
	client 1000 A ack=5001
	[ "$(time_left)" -gt 600 ]
}

# The kernel sends its first probe after 7200 seconds, and nine more, 75 apart
case_defaults()
{
	local vs

	begin rr tcp
	vs=$(ks -j vs show v4)
	truth "$(ksj '.[].timeouts.tcp_established' vs show v4) > 7200 + 9 * 75" \
		"the time of an established connection: $vs"
	truth "$(ksj '.[].timeouts.udp_established' vs show v4) >= 300" \
		"the time of UDP: $vs"
	truth "$(ksj '.[].timeouts.tcp_half_closed' vs show v4) >= 240" \
		"the time of half a connection: $vs"
}

case_add "a SYN on a half-closed key follows it" case_syn_closing
case_add "a SYN at a traffic manager that is left" case_left
case_add "a port that is used again, answers unseen" case_used_again
case_add "four blind segments close nothing" case_blind
case_add "thousands of blind segments, answers unseen" case_attack ''
case_add "thousands of blind segments, both sides" case_attack yes
case_add "answers that come by where the clients are" case_forged
case_add "both sides forged, of a symmetric server" case_forged_pair
case_add "the same, where the uplink leads to the address" case_forged_uplink
case_add "what is forged counts for no limit" case_limit
case_add "bad checksums open and end nothing" case_checksum
case_add "who goes on lives again" case_revive
case_add "half a close, IPv4" case_half_close 4
case_add "half a close, IPv6" case_half_close 6
case_add "nobody has seen the SYN, IPv4" case_midstream 4
case_add "nobody has seen the SYN, IPv6" case_midstream 6
case_add "a time that outlives keepalive" case_defaults
wire_cases_run "$@"
