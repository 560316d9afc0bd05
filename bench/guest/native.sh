#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# In the guest, User-Mode Linux: the native time of a packet. Each way to steer
# has a namespace of its own, with all its flows, and they take turns.
#
#   native.sh BITS ROUNDS FLOWS...
#
# BITS: IPVS has 2^BITS buckets. FLOWS ascend. Prints, for each round,
#
#	time WAY FLOWS P50
#
# P50 in ticks of the processor's clock.

set -uo pipefail

. "$(dirname "$0")/router.sh"
. "$(dirname "$0")/peers.sh"
. "$(dirname "$0")/ways.sh"

FEW=20000
WAYS=(plain ksteer ipvs)

# inside WAY COMMAND...: within the namespace of WAY
inside()
{
	local way=$1

	shift
	nsenter --net="/run/netns/$way" "$0" --inside "$BITS" "$way" "$@" ||
		die "$way: no $*"
}

do_up()
{
	router_up
	"${WAY}_up"
}

# The flows that are not there yet; known is one that has sent twice
do_fill()
{
	send n=$((2 * ($2 - $1))) flows=$(($2 - $1)) first="$1"
}

do_round()
{
	local flows=$1 round=$2 devs=all

	[ "$flows" = 1 ] && devs=one
	[ "$WAY" = plain ] && devs=t1
	measure "$WAY $flows" "$devs" n=$FEW flows="$flows" random=1 \
		seed="$((round + 1))" >/dev/null
	echo "time $WAY $flows $(part p50)"
}

outside()
{
	local rounds=$1 had=0 flows way round

	shift
	modprobe ksteer_inject || die "no injector"
	for way in "${WAYS[@]}"; do
		ip netns add "$way"
		inside "$way" up
	done
	for flows; do
		for way in ksteer ipvs; do
			inside "$way" fill "$had" "$flows"
		done
		had=$flows
		for ((round = 0; round < rounds; round++)); do
			for way in "${WAYS[@]}"; do
				inside "$way" round "$flows" $round
			done
		done
	done
}

family 4
if [ "$1" = --inside ]; then
	BITS=$2 WAY=$3 COMMAND=$4
	shift 4
	exec {INJECT}<>/sys/kernel/debug/ksteer_inject/run
	"do_$COMMAND" "$@"
else
	BITS=$1
	shift
	outside "$@"
fi
