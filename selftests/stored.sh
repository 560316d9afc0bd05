#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Connections that were not seen to open but stored: by hand, when nobody knows
# their numbers, and by whoever hands them over and tells them.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_track.sh"

# Of a flow that somebody has stored nobody knows the numbers: who comes first may
# be anybody, so he ends nothing
pushed_one()
{
	fresh
	ks flow add "$CL" "$PORT" "$SRV" 80 tcp tm t1 vs "$V"
	counting
	client 70000 A ack=90000
	client 70000 R
	client 70000 FA ack=90000
	client 70001 R
	state_is established "after what a stranger sends first"
	counted reset 0 tcp_bad_rst 2 tcp_bad_fin 1
	# The server goes on, and so does its client: they agree
	server 5001 PA ack=1001 data=10
	client 1001 A ack=5011
	server 5011 PA ack=1001 data=10
	client 70000 R
	client 1001 FA ack=5021
	state_is closing "after a FIN of one whose numbers are known"
	server 5021 FA ack=1002
	client 1002 A ack=5022
	state_is closed "after a genuine close"
	# One side alone proves nothing
	fresh
	ks flow add "$CL" "$PORT" "$SRV" 80 tcp tm t1 vs "$V"
	client 1001 A ack=5001
	client 1001 A ack=5001
	client 1001 R
	state_is established "after a RST that nobody vouches for"
}

case_pushed()
{
	begin rr tcp
	both pushed_one
}

# as_words: the flow as `flow add` takes it, with all that is known
as_words()
{
	ksj '.[0] | "\(.src) \(.sport) \(.dst) \(.dport) tcp tm \(.tm) vs \(.vs)" +
		(.tcp | to_entries | map(" tcp \(.key | gsub("_"; "-")) " +
		(.value | if type == "array" then join(",") else tostring end)) |
		join(""))' flow show src "$CL" sport "$PORT" dport 80
}

# handed_over: forgotten here and stored again, as another distributor would
handed_over()
{
	local before words

	before=$(ksj '.[0].tcp' flow show src "$CL" sport "$PORT" dport 80)
	words=$(as_words)
	ks flow flush all
	ks flow load - <<<"$words"
	is "$(ksj '.[0].tcp' flow show src "$CL" sport "$PORT" dport 80)" \
		"$before" "what is known of $words"
}

# What is not established yet arrives so: nobody is believed for having been
# handed over, and none counts for a limit
young_one()
{
	local how

	fresh
	client 1000 A ack=5000
	handed_over
	state_is open "of one that began in the middle"
	is "$(ksj '.[0].stats.established' vs show "$V")" 0 \
		"a segment counts for no limit"
	client 1010 A ack=5010
	state_is established "of one that went on in the middle"
	handed_over
	state_is established "of one that only its sender has established"
	is "$(ksj '.[0].stats.established' vs show "$V")" 0 \
		"a sender counts for no limit"
	fresh
	client 1000 S
	server 5000 SA ack=1001
	handed_over
	state_is open "of one that was half open and answered"
	counting
	server 70000 R
	counted tcp_bad_rst 1
	client 1001 A ack=5001
	state_is established "of an answered one that goes on"
	is "$(ksj '.[0].stats.established' vs show "$V")" 1 \
		"the opener vouches"
	# Who has reset it is told: if that side goes on, it was not that side
	for how in client server; do
		handshake
		if [ "$how" = client ]; then client 1001 R; else server 5001 R; fi
		handed_over
		state_is closed "of one that the $how has reset"
	done
	client 1001 PA ack=5001 data=10
	state_is closed "its client goes on"
	server 5001 PA ack=1001 data=10
	state_is established "the server goes on, which had reset it"
}

handed_over_one()
{
	fresh
	client 1000 S
	handed_over
	state_is open "of one that was half open"
	server 5000 SA ack=1001
	client 1001 A ack=5001
	state_is established "of one that goes on"
	handed_over
	counting
	client 70000 A ack=90000
	client 70000 R
	counted tcp_bad_rst 1 tcp_outside 1
	client 1001 FA ack=5001
	state_is closing "of one that goes on to its end"
	handed_over
	state_is closing "of one that was closing"
	server 5001 FA ack=1002
	client 1002 A ack=5002
	state_is closed "of one that has ended"
	handed_over
	state_is closed "of one that had ended"
}

case_handed_over()
{
	begin rr tcp
	both handed_over_one
}

case_young()
{
	begin rr tcp
	both young_one
}

case_add "a flow that was stored by hand" case_pushed
case_add "a connection that is handed over" case_handed_over
case_add "one that was not established, or reset" case_young
wire_cases_run "$@"
