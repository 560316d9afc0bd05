#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# SCTP is tracked by its own chunks, and by the tags that its packets bear.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_track.sh"

# --- SCTP --------------------------------------------------------------------

# chunks of the associations below; the client names tag 1111, the server 2222
INIT=0100001400001111000100000005000500000001
INIT_ACK=0200001400002222000100000005000500000001
COOKIE_ECHO=0a00000801020304
COOKIE_ACK=0b000004
DATA=0003001400000001000000000000000041414141
INIT_ACK2=0200001400003333000100000005000500000001
ABORT=06000004
ABORT_T=06010004
SHUTDOWN=0700000800000001
SHUTDOWN_ACK=08000004
COMPLETE=0e000004

# asks TAG CHUNKS, answers TAG CHUNKS: packets of either side
asks_sctp()
{
	from_client proto=sctp sport="$PORT" dport=80 vtag="0x$1" hex="$2"
	arrives "${AT:-$TMS}" proto=132 crc="$CRC"
}

answers_sctp()
{
	local at=$AT

	from_tm "${AT#t}" proto=sctp sport=80 dport="$PORT" vtag="0x$1" hex="$2"
	arrives c proto=132 crc="$CRC"
	AT=$at
}

associate()
{
	fresh
	asks_sctp 0 $INIT
	answers_sctp 1111 $INIT_ACK
	asks_sctp 2222 $COOKIE_ECHO
	answers_sctp 1111 $COOKIE_ACK
	state_is established "after the cookie"
}

sctp_open_one()
{
	fresh
	asks_sctp 0 $INIT
	state_is open "after INIT"
	counting
	# Neither data, nor an answer to another INIT, nor a wrong tag
	asks_sctp 2222 $DATA
	answers_sctp 3333 $INIT_ACK
	answers_sctp 1111 $INIT_ACK
	asks_sctp 2223 $COOKIE_ECHO
	state_is open "before the cookie"
	asks_sctp 2222 $COOKIE_ECHO
	state_is established "after the cookie"
	counted sctp_bad_tag 3
	# The answers go past
	fresh
	asks_sctp 0 $INIT
	asks_sctp 2222 $COOKIE_ECHO
	state_is established "of a side that goes on with a cookie"
	# Half way through
	fresh
	asks_sctp 2222 $DATA
	state_is open "after data without INIT"
	asks_sctp 2222 $DATA
	state_is established "after more of them"
}

sctp_close_one()
{
	associate
	counting
	asks_sctp 2223 $ABORT
	answers_sctp 1112 $ABORT
	asks_sctp 2222 $ABORT_T
	state_is established "after an ABORT with a wrong tag"
	asks_sctp 0 $INIT
	state_is established "after another INIT"
	counted sctp_bad_tag 3 reset 0
	asks_sctp 2222 $ABORT
	state_is closed "after an ABORT"
	associate
	asks_sctp 1111 $ABORT_T
	state_is closed "after one with the tag reflected"
	local before=$AT
	AT=
	counting
	asks_sctp 0 $INIT
	isnt "$AT" "$before" "traffic manager of the new association"
	counted reselect 1
	associate
	asks_sctp 2222 $SHUTDOWN
	state_is closing "after SHUTDOWN"
	answers_sctp 1111 $SHUTDOWN_ACK
	asks_sctp 2222 $DATA
	state_is closing "after more data"
	asks_sctp 2222 $COMPLETE
	state_is closed "after SHUTDOWN COMPLETE"
}

# An INIT that is repeated is answered with another tag, and the opener takes the
# answer that it gets first
sctp_two_answers_one()
{
	local tag

	for tag in 2222 3333; do
		fresh
		asks_sctp 0 $INIT
		asks_sctp 0 $INIT
		answers_sctp 1111 $INIT_ACK
		answers_sctp 1111 $INIT_ACK2
		asks_sctp $tag $COOKIE_ECHO
		state_is established "after the cookie of tag $tag"
	done
	asks_sctp 2222 $ABORT
	state_is established "after an ABORT with the tag that was not taken"
	# Whoever has forged the INIT knows its tag; but he is not where the server is
	fresh
	asks_sctp 0 $INIT
	answers_sctp 1111 $INIT_ACK
	counting
	send c src="$SRV" dst="$CL" proto=sctp sport=80 dport="$PORT" \
		vtag=0x1111 hex=$INIT_ACK2
	asks_sctp 3333 $COOKIE_ECHO
	state_is open "after a cookie for a forged answer"
	counted bad_answer 1 sctp_bad_tag 1
}

sctp_pushed_one()
{
	fresh
	ks flow add "$CL" "$PORT" "$SRV" 80 sctp tm t1 vs "$V"
	asks_sctp 5555 $DATA
	asks_sctp 5555 $ABORT
	asks_sctp 5555 $SHUTDOWN
	state_is established "of one that somebody has stored"
}

case_sctp()
{
	begin rr sctp
	both "$1"
}

case_sctp_ageing()
{
	begin rr sctp timeout other 3600 timeout sctp-open 1 \
		timeout sctp-established 3600 timeout sctp-closing 1 \
		timeout sctp-closed 1
	family "$1"
	fresh
	asks_sctp 0 $INIT
	expires 1
	associate
	asks_sctp 2222 $SHUTDOWN
	expires 1
	associate
	asks_sctp 2222 $ABORT
	expires 1
	associate
	holds 4 stays_established
	ks vs set $V timeout sctp-established 1
	expires 1
}

case_add "SCTP opens by its chunks" case_sctp sctp_open_one
case_add "SCTP closes by its chunks" case_sctp sctp_close_one
case_add "an INIT is answered twice" case_sctp sctp_two_answers_one
case_add "an association that was stored by hand" case_sctp sctp_pushed_one
case_add "SCTP has its own times, IPv4" case_sctp_ageing 4
case_add "SCTP has its own times, IPv6" case_sctp_ageing 6
wire_cases_run "$@"
