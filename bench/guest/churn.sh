#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# churn.sh INJECTOR {lines|work} FLOWS | churn.sh INJECTOR rate FLOWS ROUNDS: flows that
# come and go on two processors, each with flows of its own.
#
# lines: for the plugin that sees who uses which line (plugin/shared.c): new flows by
# rr and by Maglev, TCP connections from the first packet to the last, flows that each
# take the place of another; and known flows on one processor while the other has such.
# work: for the same, which counts instructions: one processor, then both. rate: how
# long a packet takes by the clock, on one and on both, beside plain forwarding.
#
# Prints "run LABEL" for each run of the injector, in the plugin's order. LABEL is "-"
# for runs that only prepare.

. "$(dirname "$0")/tables.sh"
. "$(dirname "$0")/both.sh"

MODE=$1 FLOWS=$2 ROUNDS=${3-}
PART=churn
PLAIN=10.8.0.1
FIRST_KNOWN=900000
KNOWN=1000
SENT=(1 1)
NEXT=0
TURNED="dev=t0 lladdr=02:00:00:01:00:01 reply=1"

label()
{
	[ "$MODE" = rate ] || echo "run $*"
}

# some FIRST WORDS CPU: FLOWS of them, each processor's own
some()
{
	echo "dst=$VIP n=$FLOWS flows=$FLOWS first=$(($1 + $3 * FLOWS)) $2"
}

# fresh LABEL CPUS [WORDS]: flows that nobody has had
fresh()
{
	on_all "$2" some $NEXT "${3-}"
	((NEXT += $2 * FLOWS))
	label "$1"
}

# step LABEL WORDS: the next packet of flows that some have begun
step()
{
	on_all 2 some "$FIRST" "$2"
	label "$1"
}

# From the first packet to the last. Of the two ends the last packet each sends is not
# acknowledged; a reset ends what is left.
connections()
{
	FIRST=$NEXT
	fresh "$1, SYN" 2 kind=syn
	step "$1, SYN and ACK" "kind=synack $TURNED"
	step "$1, ACK" kind=ack
	step "$1, data" kind=data
	step "$1, FIN" "kind=fin round=1"
	step "$1, FIN of the other" "kind=fin $TURNED"
	step "$1, RST" "kind=rst round=1 payload=19"
}

expect_flows()
{
	[ "$(ksteer_flows)" = "$1" ] || die "$(ksteer_flows) flows, not $1"
}

number_of()
{
	ksteer -j stats show "$1" | jq '.[0].value'
}

# Newcomers that found no room count as what they are, and may be few: two processors
# may have had the same victim in mind
room()
{
	local missed total=$NEXT

	missed=$(number_of table_full)
	result "new for another, all runs" "found no room" "$missed" flows
	((missed * 100 < total)) || die "$missed of $total found no room"
}

# Each newcomer finds the store full
full()
{
	local flows

	flows=$(ksteer_flows)
	ksteer config set max-flows "$flows" max-open "$flows"
}

# known CPU: data of KNOWN connections, $SENT times sent before on each
known()
{
	echo "dst=$VIP kind=data n=$((2 * FLOWS)) flows=$KNOWN first=$((FIRST_KNOWN + $1 * KNOWN)) round=${SENT[$1]}"
}

# knew CPU...: these have sent known() once more
knew()
{
	local cpu

	for cpu; do
		((SENT[cpu] += 2 * FLOWS / KNOWN))
	done
}

plain()
{
	echo "dst=$PLAIN n=$FLOWS first=$(($1 * FLOWS))"
}

# mixed CPU: the first has known flows, the second has others come and go
mixed()
{
	if [ "$1" = 0 ]; then
		known 0
	else
		some $NEXT "" "$1"
	fi
}

# Connections that both ends have vouched for: newcomers do not push them out
keep_known()
{
	local kind cpu

	for cpu in 0 1; do
		for kind in kind=syn "kind=synack $TURNED" kind=ack kind=data; do
			pour $KNOWN "first=$((FIRST_KNOWN + cpu * KNOWN))" "$kind"
			label -
		done
	done
}

# mix LABEL: new flows on the second processor
mix()
{
	on_all 2 mixed
	knew 0
	((NEXT += 2 * FLOWS))
	label "$1"
}

lines()
{
	local sched

	on_all 2 plain
	label "plain"
	for sched in rr maglev; do
		ksteer pool set p sched $sched
		fresh "$sched, new UDP" 2
		connections "$sched"
	done
	expect_flows $((4 * FLOWS * 2 + 2 * KNOWN))
	mix "known beside new"
	full
	fresh "maglev, new UDP for another" 2
	ksteer pool set p sched rr
	fresh "rr, new UDP for another" 2
	mix "known beside new for others"
	room
	objects
	cat /proc/kallsyms >"$KSTEER_OUT/kallsyms"
}

work()
{
	local sched

	on_all 1 known
	knew 0
	label "alone: known"
	on_all 2 known
	knew 0 1
	label "both: known"
	for sched in rr maglev; do
		ksteer pool set p sched $sched
		fresh "alone: $sched, new UDP" 1
		fresh "both: $sched, new UDP" 2
	done
	mix "known beside new"
	full
	for sched in maglev rr; do
		ksteer pool set p sched $sched
		fresh "alone: $sched, new UDP for another" 1
		fresh "both: $sched, new UDP for another" 2
	done
	mix "known beside new for others"
	room
}

# pace CPUS: packets a million ticks by their median, of all together. The host takes
# processors away in the middle of a packet now and then, which the mean would show.
pace()
{
	local cpu

	for ((cpu = 0; cpu < $1; cpu++)); do
		RESULT=$(cat "$DIR/result.$cpu")
		part p50
		echo
	done | awk 'NF { pace += 1000000 / $1 } END { printf "%.3f", pace }'
}

# one_round: each beside plain forwarding
one_round()
{
	local cpus

	for cpus in 1 2; do
		on_all $cpus plain
		RATE[$cpus]=$(pace $cpus)
	done
	{ a_flow "${RATE[2]}" "${RATE[1]}"; echo; } >>"$DIR/plain"
	for cpus in 1 2; do
		fresh - $cpus
		RATE[$cpus]=$(pace $cpus)
	done
	{ a_flow "${RATE[2]}" "${RATE[1]}"; echo; } >>"$DIR/churn"
	{ a_flow "$(tail -1 "$DIR/churn")" "$(tail -1 "$DIR/plain")"; echo; } >>"$DIR/both"
}

rate()
{
	local i sched
	declare -A RATE

	[ "$(nproc --all)" = 2 ] || die "$(nproc --all) processors"
	fresh - 2
	full
	for sched in rr maglev; do
		ksteer pool set p sched $sched
		rm -f "$DIR"/{plain,churn,both}
		for ((i = 0; i < ROUNDS; i++)); do
			one_round
		done
		result "plain beside $sched 2" "pace to that of one processor" \
			"$(median "$DIR/plain")" ratio
		result "$sched, new UDP for another 2" \
			"pace to that of one processor" \
			"$(median "$DIR/churn")" ratio
		result "$sched, new UDP for another 2" "the same to that of plain" \
			"$(median "$DIR/both")" ratio
	done
	room
}

# Whoever changes processors in the middle of a run confuses the plugin
taskset -cp 0 $$ >"$DIR/said"
wires 3
ip route add 10.8.0.0/16 via 10.20.0.1
serve_ksteer 3
ksteer vs set v timeout tcp-open 12h timeout tcp-established 12h \
	timeout tcp-closing 12h timeout tcp-closed 12h
keep_known
$MODE
ksteer flow flush all >"$DIR/said"
unwire
