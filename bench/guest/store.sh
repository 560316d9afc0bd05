#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# store.sh INJECTOR {all|stall|flood} FLOWS STEP: the store filled to FLOWS flows,
# each by a packet of its own, STEP at a time.
#
# all: memory, how fast, the longest that a packet takes while the table grows;
# then they expire, and other flows are looked at meanwhile. stall: that longest
# only, by a clock that counts instructions. flood: by that clock, what a packet
# costs that finds the store full, ten times as many as it holds, as fast as one
# processor makes them: each makes room for itself.

. "$(dirname "$0")/tables.sh"

MODE=$1 FLOWS=$2 STEP=$3
PART=store
[ "$MODE" != flood ] || PART=flood
KEEP=10.63.0.1

now_us()
{
	NOW=${EPOCHREALTIME//[!0-9]/}
}

# Ticks of the processor's clock a microsecond, as the kernel has found
ticks()
{
	TICKS=$(dmesg | sed -n 's/.*tsc: Detected \([0-9]*\)\.[0-9]* MHz.*/\1/p' |
		head -1)
	[ -n "$TICKS" ] || die "the kernel does not tell the clock's speed"
}

kilobytes()
{
	awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo
}

slab_bytes()
{
	awk '$1 == "ksteer_flow" { print $15 * $6 * 4096 }' /proc/slabinfo
}

# Free memory that the kernel holds back for itself counts as used otherwise
memory()
{
	echo 3 >/proc/sys/vm/drop_caches
	kilobytes MemFree
}

fill()
{
	local first=0 worst=0 slowest=0 begin took

	while ((first < FLOWS)); do
		now_us
		begin=$NOW
		pour "$STEP" "first=$first"
		now_us
		took=$((NOW - begin))
		((took <= slowest)) || slowest=$took
		((first += STEP))
		(($(part max) <= worst)) || worst=$(part max)
		echo "# $first flows: $RESULT" >&2
		[ $first != "$STEP" ] || FIRST_P50=$(part p50)
		LAST_P50=$(part p50)
	done
	WORST=$worst SLOWEST=$slowest
}

measure_fill()
{
	local before after begin

	before=$(memory)
	now_us
	begin=$NOW
	fill
	now_us
	result "insert $FLOWS" rate $((FLOWS * 1000000 / (NOW - begin))) flows/s
	[ "$(ksteer_flows)" = "$FLOWS" ] || die "$(ksteer_flows) flows"
	result "insert $FLOWS" "slowest $STEP" \
		$((STEP * 1000000 / SLOWEST)) flows/s
	result "insert $FLOWS" "longest packet" $((WORST / TICKS)) us
	result "insert $FLOWS" "median at the end to median at the start" \
		"$(a_flow "$LAST_P50" "$FIRST_P50")" ratio
	result "memory $FLOWS" "a flow, slab" \
		"$(a_flow "$(slab_bytes)" "$FLOWS")" bytes
	after=$(memory)
	result "memory $FLOWS" "a flow, all" \
		"$(a_flow $(((before - after) * 1024)) "$FLOWS")" bytes
}

measure_known()
{
	inject n=100000 "flows=$FLOWS" random=1
	[ "$(number_of miss)" = "$FLOWS" ] || die "known flows were not known"
	result "known $FLOWS" "median to a new one's" \
		"$(a_flow "$(part p50)" "$LAST_P50")" ratio
}

number_of()
{
	ksteer -j stats show "$1" | jq '.[0].value'
}

# Some are looked at as long as others expire. A worker rests nineteen times as
# long as it works: a minute of it is enough.
measure_expiry()
{
	local begin left=$FLOWS worst=0 looks=0

	FLOW_SRC=$KEEP
	ksteer vs set v timeout udp-established 1s timeout udp-open 1s
	now_us
	begin=$NOW
	until ((left <= 1000 || NOW > begin + 60000000)); do
		inject n=100 flows=100
		((looks += 100))
		(($(part max) <= worst)) || worst=$(part max)
		left=$(ksteer_flows)
		now_us
	done
	((left < FLOWS)) || die "flows do not expire"
	result "expiry $FLOWS" rate \
		$(((FLOWS - left) * 1000000 / (NOW - begin))) flows/s
	result "expiry $FLOWS" "longest packet of $looks" $((worst / TICKS)) us
}

# Deleting is what expiry does, without its rests
measure_flush()
{
	pour "$STEP"
	cost ksteer flow flush all >"$DIR/said"
	result "delete $STEP" "a flow" "$(a_flow $COST "$STEP")" ns
}

measure_all()
{
	ticks
	measure_fill
	measure_known
	measure_expiry
	ksteer vs set v $LONG
	ksteer flow flush all >"$DIR/said"
	measure_flush
}

measure_stall()
{
	fill
	[ "$(ksteer_flows)" = "$FLOWS" ] || die "$(ksteer_flows) flows"
	result "insert $FLOWS" "median" "$LAST_P50" instructions
	result "insert $FLOWS" "longest packet while the table grows" \
		"$WORST" instructions
	ksteer flow flush all >"$DIR/said"
}

# Half of the store is for what nobody vouches for
measure_flood()
{
	local first=0 worst=0 most=0 fresh='' flows

	ksteer config set max-flows "$FLOWS" max-open $((FLOWS / 2))
	while ((first < 10 * FLOWS)); do
		pour "$STEP" "first=$first"
		((first += STEP))
		flows=$(ksteer_flows)
		((flows <= most)) || most=$flows
		((first > FLOWS / 2)) || fresh=$(part mean)
		((first <= FLOWS)) || (($(part max) <= worst)) ||
			worst=$(part max)
		echo "# $first flows, $flows stored: $RESULT" >&2
	done
	[ -n "$fresh" ] || die "the first step is too large"
	((most <= FLOWS)) || die "$most flows in a store for $FLOWS"
	[ "$(number_of table_full)" = 0 ] || die "some found no room"
	result "flood $FLOWS" "most flows to the store's" \
		"$(a_flow "$most" "$FLOWS")" ratio
	result "flood $FLOWS" "mean, room for all" "$fresh" instructions
	result "flood $FLOWS" "mean, each makes room" "$(part mean)" instructions
	result "flood $FLOWS" "99 of 100, each makes room" "$(part p99)" instructions
	result "flood $FLOWS" "longest packet, each makes room" "$worst" \
		instructions
}

wires 3
serve_ksteer 3
"measure_$MODE"
unwire
