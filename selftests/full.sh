#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# What a stranger gains who forges packets until the store is full: nothing that
# others lose.  Floods of ten times the table and more, with connections that run
# and connections that open meanwhile; newcomers that find no room; limits.

. "$(dirname "$0")/lib.sh"

TABLE=4096
RUNNING=${KSTEER_FULL:-100}

# full_setup [WORD...]: two traffic managers in turn, TCP and UDP; WORDs for topo
full_setup()
{
	topo 2 "$@"
	tms_add
	kb <<-END
	pool add p sched rr tm t1 tm t2
	config set max-flows $TABLE
	END
	vs_pair web 80 tcp pool p
	vs_pair dns 80-81 udp pool p
	serve tcp:80 udp:80-81
	tms_met
	MAC=$(in_ns "$R" cat /sys/class/net/cl1/address)
	declare -gA FORGED=([4]=10.200.0.1 [6]=fd66::1)
}

# --- newcomers that find no room ----------------------------------------------

# Flows that an operator has stored, and that are young: nobody makes room
fill()
{
	awk -v count="$TABLE" -v dst="${VIP[4]}" 'BEGIN {
		for (i = 0; i < count; i++)
			printf "10.77.0.1 %d %s 80 udp tm t1 vs dns4\n", 1000 + i, dst
	}' | ks flow load -
	is "$(ksj .flows config show)" "$TABLE" "flows in the full table"
}

# one_each TIMES: sockets that asked so often and were answered, how many of them
# by one manager, and answers. Sockets ask one after the other, and a port may come
# again once its connection is forgotten.
one_each()
{
	awk -v times="$1" '
		$1 == "-" { next }
		$3 != port || asked == times {
			sockets++
			one++
			port = $3
			tm = $1
			asked = 0
			strays = 0
		}
		$1 != tm && !strays++ { one-- }
		{ asked++; n++ }
		END { print sockets + 0, one + 0, n + 0 }'
}

test_unstored()
{
	local f said

	full_setup
	fill
	for f in $FAMILIES; do
		said=$(asks -n 20 -m 3 tcp "${VIP[$f]}" 80) ||
			fail "no answer to some: $(grep -c '^-' <<<"$said")"
		is "$(one_each 3 <<<"$said")" "20 20 60" "TCP, IPv$f"
		has "$(names <<<"$said")" "t1=* t2=*" "both serve"
		said=$(asks -n 20 -m 4 udp "${VIP[$f]}" 80)
		is "$(one_each 4 <<<"$said")" "20 20 80" "UDP, IPv$f"
	done
	is "$(ksj .flows config show)" "$TABLE" "flows"
	truth "$(kcount table_full) >= 80" "flows that found no room"
	is "$(ksj length flow show vs dns4)" "$TABLE" "young ones stay"
}

# --- limits -------------------------------------------------------------------

# forge FAMILY COUNT [OPTION...]
forge()
{
	local f=$1 count=$2

	shift 2
	flood -N "$C" "$@" c0 "$MAC" "${FORGED[$f]}" "${VIP[$f]}" "$count"
}

stored_are()
{
	[ "$(ksj .flows config show)" = "$1" ]
}

test_limits()
{
	local f said

	full_setup
	for f in $FAMILIES; do
		ks vs set "web$f" max-flows 8
	done
	ks tm set t1 max-flows 8
	ks tm set t2 max-flows 8
	for f in $FAMILIES; do
		ks flow flush all
		forge "$f" 200 -S
		wait_until 5 stored_are 200
		is "$(ksj ".[0].stats | \"\(.flows) \(.established)\"" \
			vs show "web$f")" "200 0" "forged, IPv$f"
		said=$(asks -n 8 -H tcp "${VIP[$f]}" 80) ||
			fail "shut out by forged SYNs, IPv$f: $said"
		is "$(ksj ".[0].stats.established" vs show "web$f")" 8 \
			"established, IPv$f"
		said=$(asks -t 700 tcp "${VIP[$f]}" 80) || :
		has "$said" "- *" "one more than may be, IPv$f"
	done
	truth "$(kcount vs_limit) > 0" "the limit holds"
	is "$(kcount no_tm)" 0 "the managers' limit"
}

# --- what is no flow ----------------------------------------------------------

closed_all()
{
	[ "$(ksj '[.[].stats.flows] | add' tm show)" = 0 ]
}

# Sources that are remembered are no connections
test_lc()
{
	local said

	full_setup
	ks pool set p sched lc
	ks vs set web4 persist 1h timeout tcp-closed 1s timeout tcp-closing 1s
	ks tm set t2 weight 0
	said=$(asks -n 10 -S -s "${CANY[4,1]}" tcp "${VIP[4]}" 80)
	is "$(names <<<"$said")" "t1=10" "while t2 has no weight"
	ks tm set t2 weight 1
	wait_until 20 closed_all
	is "$(ksj .flows config show)" 10 "sources that are remembered"
	said=$(asks -n 10 -H -S -s 10.101.9.1 tcp "${VIP[4]}" 80)
	is "$(names <<<"$said")" "t1=5 t2=5" "of newcomers"
	is "$(tm_stat t1 flows) $(tm_stat t2 flows)" "5 5" "flows"
}

# --- floods -------------------------------------------------------------------

# Connections that stay, and ask again for each line
hold()
{
	coproc TALK { exec ask -N "$C" -n "$RUNNING" -T tcp "$1" 80; }
	hear "$CASE_DIR/first"
}

# hear FILE [WHEN]: the answers of all
hear()
{
	local i line

	for ((i = 0; i < RUNNING; i++)); do
		read -r -t 60 line <&"${TALK[0]}" ||
			fail "answer $i does not come, ${2-at first}"
		[[ $line != -* ]] ||
			fail "no answer $i, ${2-at first}: $line"
		echo "$line"
	done >"$1"
}

talk()
{
	echo >&"${TALK[1]}"
	hear "$CASE_DIR/again" "$1"
	cmp -s "$CASE_DIR/again" "$CASE_DIR/first" || fail "others answer $1"
}

# All that run have gone on for long enough to be believed
vouched()
{
	talk "before the flood"
	[ "$(ksj .open config show)" = 0 ]
}

# forger FAMILY KIND
forger()
{
	local f=$1 count=$((10 * TABLE))

	case $2 in
	syn) set -- -S ;;
	ack) set -- -A -r 2 ;;
	sources) set -- -S -a ;;
	udp) set -- -r 2 ;;
	mixed)
		forger "$f" syn
		forger "$f" ack
		forger "$f" udp
		return
		;;
	esac
	bg "$C" flood -l "$@" c0 "$MAC" "${FORGED[$f]}" "${VIP[$f]}" "$count"
	FORGERS+=("$BG")
}

# counted_beyond COUNT: so many entries were stored
counted_beyond()
{
	[ "$(kcount stored)" -gt "$1" ]
}

# Forgers and those who answer them fill the machine's own queue, which drops what
# comes then, whoever sent it: that would be its limit that is tested
deepen_queue()
{
	local key=net.core.netdev_max_backlog

	defer sysctl -q "$key=$(sysctl -n $key)"
	sysctl -q $key=20000
}

# test_flood FAMILY KIND [WORD...]
test_flood()
{
	local f=$1 kind=$2 said before FORGERS=()

	shift 2
	full_setup "$@"
	deepen_queue
	[ "$kind" != sources ] || ks vs set "web$f" persist 1h
	hold "${VIP[$f]}"
	wait_until 60 vouched
	before=$(kcount stored)
	forger "$f" "$kind"
	wait_until 60 counted_beyond $((before + TABLE))
	# Queues overflow: a SYN that is lost comes again after 1, 3, 7, 15 seconds
	said=$(asks -n "$RUNNING" -m 3 -t 40000 tcp "${VIP[$f]}" 80) ||
		fail "$(grep '^-' <<<"$said" | sort | uniq -c) in the flood"
	is "$(one_each 3 <<<"$said")" "$RUNNING $RUNNING $((3 * RUNNING))" \
		"new connections"
	talk "in the flood"
	wait_until 120 counted_beyond $((before + 10 * TABLE))
	still_run "${FORGERS[@]}"
	# Datagrams are lost where queues overflow; of these, none to another
	said=$(asks -n 20 -m 3 -t 500 udp "${VIP[$f]}" 81) || :
	is "$(one_each 3 <<<"$said" | awk '{ print $1 == $2 }')" 1 \
		"datagrams in the flood"
	talk "in the flood, again"
	kill "${FORGERS[@]}"
	is "$(ksj 'map(select(.state == "established")) | length > 0' \
		flow show vs "web$f")" true "flows are kept"
	between "$(ksj .flows config show)" 1 "$TABLE" "flows"
	truth "$(kcount table_full) == 0" "some found no room"
	talk "after the flood"
}

rested()
{
	[ "$(ksj 'map(select(.idle < 2000)) | length' flow show vs web4)" = 0 ]
}

# Half of the store are connections that rest for longer than young ones do
test_resting()
{
	local FORGERS=() before RUNNING=100

	full_setup
	deepen_queue
	hold "${VIP[4]}"
	wait_until 60 vouched
	ks config set max-flows $((2 * RUNNING)) max-open $((2 * RUNNING)) \
		young 1
	wait_until 20 rested
	before=$(kcount stored)
	forger 4 syn
	wait_until 60 counted_beyond $((before + 2 * TABLE))
	still_run "${FORGERS[@]}"
	kill "${FORGERS[@]}"
	is "$(kcount evict_idle)" 0 "connections that were given up"
	truth "$(kcount evict_open) > $TABLE" "who made room"
	talk "after the flood"
}

case_add "full: a newcomer without room meets one manager" test_unstored
case_add "limits: forged SYNs shut nobody out" test_limits
case_add "least connections: what is remembered is no flow" test_lc
for f in 4 6; do
	for kind in syn ack udp mixed; do
		case_add "flood: $kind, IPv$f" test_flood $f $kind
		case_add "flood: $kind, answers go past, IPv$f" test_flood $f $kind direct
	done
done

case_add "flood: connections that rest" test_resting
case_add "flood: syn, sources that are remembered" test_flood 4 sources

cases_run "$@"
