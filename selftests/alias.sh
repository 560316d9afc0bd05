#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Further keys of a flow: their packets are the flow's, and they go with it.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_track.sh"

# push WORD...: the flow of $PORT, at t2; its other key has the next thousand
push()
{
	OTHER=$((PORT + 1000))
	ks flow add "$CL" "$PORT" "$SRV" 80 "$PROTO" tm t2 vs "$V" \
		alias "$CL" "$OTHER" "$SRV" 80 "$PROTO" "$@"
}

# from PORT: a packet of the client's, to where the flow goes
from()
{
	from_client proto="$PROTO" sport="$1" dport=80 data=4
	arrives t2 sport="$1"
}

entries()
{
	ksj .flows config show
}

field()
{
	ksj "map($1) | join(\",\")" flow show
}

steered_one()
{
	PROTO=udp
	fresh
	push
	is "$(entries)" 2 "entries"
	is "$(field .sport)" "$PORT" "flows that are shown"
	is "$(field '.alias[0].sport')" "$OTHER" "its other key"
	has "$(ks flow show)" "* alias udp *:$OTHER -> *" "in words"
	counting
	from "$OTHER"
	from "$PORT"
	from "$OTHER"
	counted hit 3 miss 0 stored 0
	is "$(field .packets)" 3 "packets of both"
	from_tm 2 proto=udp sport=80 dport="$OTHER" data=4
	arrives c dport="$OTHER"
	is "$(field .reply_packets)" 1 "answers"
	is "$(field .state)" established "by an answer to the other key"
	# By either key it is found, changed and removed
	is "$(ksj '.[0].sport' flow get "$CL" "$OTHER" "$SRV" 80 udp)" "$PORT" \
		"by its other key"
	ks flow set "$CL" "$OTHER" "$SRV" 80 udp tm t3
	from_client proto=udp sport="$OTHER" dport=80 data=4
	arrives t3 sport="$OTHER"
	ks flow del "$CL" "$OTHER" "$SRV" 80 udp
	is "$(entries)" 0 "entries that are left"
	counting
	from_client proto=udp sport="$OTHER" dport=80 data=4
	arrives "$TMS" sport="$OTHER"
	counted miss 1 stored 1
	ks flow flush all
}

case_steered()
{
	begin rr udp
	both steered_one
}

# A connection whose segments come by either key
tcp_one()
{
	PROTO=tcp
	fresh
	push
	from_client proto=tcp sport="$OTHER" dport=80 seq=1000 flags=A ack=5000
	arrives t2 sport="$OTHER"
	from_tm 2 proto=tcp sport=80 dport="$OTHER" seq=5000 flags=PA ack=1000 \
		data=4
	arrives c dport="$OTHER"
	counting
	from_client proto=tcp sport="$PORT" dport=80 seq=70000 flags=R
	arrives t2 sport="$PORT"
	counted tcp_bad_rst 1
	from_client proto=tcp sport="$OTHER" dport=80 seq=1000 flags=A ack=5004
	arrives t2 sport="$OTHER"
	from_client proto=tcp sport="$PORT" dport=80 seq=1000 flags=R
	arrives t2 sport="$PORT"
	is "$(field .state)" closed "by a RST in its place"
	# A SYN by the other key is selected anew, and both keys are free
	from_client proto=tcp sport="$OTHER" dport=80 seq=900000 flags=S
	arrives "$TMS" sport="$OTHER" flags=S
	counted reselect 1 select 1
	is "$(field .sport)" "$OTHER" "the flow that follows"
	is "$(entries)" 1 "entries"
	ks flow flush all
}

case_tcp()
{
	begin rr tcp
	both tcp_one
}

# What is refused leaves nothing behind
refused_one()
{
	PROTO=udp
	fresh
	from_client proto=udp sport=$((PORT + 1000)) dport=80 data=4
	arrives "$TMS" sport=$((PORT + 1000))
	refused push
	is "$(field .sport)" "$((PORT + 1000))" "the flow that was there"
	refused push alias "$CL" 1 "$SRV" 80 udp
	is "$(entries)" 1 "entries"
	ks flow flush all
	refused push alias "$SRV" 80 "$CL" "$PORT" udp
	is "$(entries)" 0 "entries of a key that is the flow's own"
}

case_refused()
{
	begin rr udp
	both refused_one
}

gone()
{
	[ "$(entries)" = 0 ]
}

# It goes with its flow, however that ends
ends_one()
{
	PROTO=udp
	fresh
	push lifetime 500ms
	wait_until 10 gone
	push owner 5 alias "$CL" 1 "$SRV" 80 udp alias "$CL" 2 "$SRV" 80 udp
	is "$(entries)" 4 "entries of one flow"
	is "$(ks flow flush owner 5)" "deleted 1" "flows"
	is "$(entries)" 0 "entries"
	ks vs set "$V" timeout udp-open 1s timeout udp-established 1s
	push
	is "$(entries)" 2 "entries"
	wait_until 20 gone
	# While packets come by the other key it does not expire
	push
	keeps()
	{
		from "$OTHER"
		[ "$(entries)" = 2 ]
	}
	holds 4 keeps
	ks vs del "$V"
	wait_until 20 gone
}

case_ends()
{
	begin rr udp
	both ends_one
}

# Ten thousand, in a table that grows meanwhile, and its end with all of them
case_many()
{
	local i

	begin rr udp
	family 4
	for ((i = 0; i < 10000; i++)); do
		echo "$CL $i $SRV 80 udp tm t1 vs v4 alias $CL $((i + 20000)) $SRV 80 udp"
	done >"$CASE_DIR/flows"
	is "$(ks flow load "$CASE_DIR/flows")" "stored 10000" "flows"
	is "$(entries)" 20000 "entries"
	is "$(ksj length flow show)" 10000 "flows that are shown"
	is "$(ksj '.[0].stats.flows' vs show v4)" 10000 "flows that count"
	ks tm down t1 forget
	wait_until 20 gone
}

case_add "packets of another key are the flow's" case_steered
case_add "a connection by two keys" case_tcp
case_add "a key that is taken" case_refused
case_add "it goes with its flow" case_ends
case_add "many" case_many
wire_cases_run "$@"
