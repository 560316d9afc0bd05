#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# In the guest: what configurations cost, a packet.
#
#   instructions.sh INJECTOR SIZE CONFIGURATION...
#
# INJECTOR is the module's file. SIZE is full, or short: fewer packets and
# cases. Each configuration has, for each family, a namespace of its own. A case
# is named CONFIGURATION KIND STATE FLOWS, e.g. "ksteer udp4 known 100000".

set -uo pipefail

. "$(dirname "$0")/router.sh"
. "$(dirname "$0")/peers.sh"

MANY=100000

# --- what is sent ------------------------------------------------------------

# Connections as they are: SYN, its answer, ACK. $ANSWERS is the device that
# answers arrive by, if they come this way.
connect()
{
	send "kind=syn $*"
	if [ -n "$ANSWERS" ]; then
		inject "dev=$ANSWERS kind=synack lladdr=02:00:00:01:00:01 $*"
	fi
	send "kind=ack $*"
}

# Nothing is remembered: only the number of flows can matter
stateless()
{
	local spread=$1

	measure "$CONFIG udp$FAM known 1" one n=$FEW
	measure "$CONFIG udp$FAM known $MANY" "$spread" n=$FEW flows=$MANY \
		random=1
	measure "$CONFIG tcp$FAM known 1" one kind=data n=$FEW
	measure "$CONFIG tcp$FAM known $MANY" "$spread" kind=data n=$FEW \
		flows=$MANY random=1
}

odd()
{
	measure "$CONFIG icmp$FAM known 1" one kind=icmp n=$FEW
	each=2 measure "$CONFIG frag$FAM known 1" one kind=frag payload=900 \
		n=$FEW
}

stateful_udp()
{
	send n=3
	if [ -n "$ANSWERS" ]; then
		inject "dev=$ANSWERS kind=udp reply=1 lladdr=02:00:00:01:00:01"
		send n=1
	fi
	measure "$CONFIG udp$FAM known 1" one n=$FEW
	measure "$CONFIG udp$FAM new $MANY" all n=$MANY flows=$MANY first=1000
	settle n=$MANY flows=$MANY first=1000
	measure "$CONFIG udp$FAM known $MANY" all n=$FEW flows=$MANY \
		first=1000 random=1
}

# What a mechanism does when it first meets a known flow again
settle()
{
	local i

	for ((i = 0; i < SETTLE; i++)); do
		send "$@"
	done
}

stateful_tcp()
{
	local many="n=$MANY flows=$MANY first=1000"

	connect n=1
	send kind=data n=3
	measure "$CONFIG tcp$FAM known 1" one kind=data round=3 n=$FEW
	measure "$CONFIG tcp$FAM new $MANY" all kind=syn $many
	if [ -n "$ANSWERS" ]; then
		inject "dev=$ANSWERS kind=synack lladdr=02:00:00:01:00:01 $many"
	fi
	send "kind=ack $many"
	settle kind=data "$many"
	measure "$CONFIG tcp$FAM known $MANY" all kind=data round=$SETTLE \
		n=$FEW flows=$MANY first=1000 random=1
}

# --- ksteer ------------------------------------------------------------------

ksteer_up()
{
	local proto

	modprobe ksteer || die "no module ksteer"
	{
		echo "config set max-flows 3000000 max-open 3000000"
		for i in 0 1 2; do
			echo "tm add tm$i via ${VIA[i]}"
		done
		echo "pool add p sched maglev tm tm0 tm tm1 tm tm2"
		for proto in udp tcp; do
			echo "vs add $proto addr $VIP port 80 proto $proto pool p timeout $proto-open 1h timeout $proto-established 1h"
		done
	} | ksteer -batch - || die "ksteer is not configured"
}

# flows STATE COUNT: so many of them are there
flows()
{
	local n

	n=$(ksteer -j flow show state "$1" | jq length)
	[ "$n" = "$2" ] || die "$CONFIG: $n flows are $1, not $2"
}

direct()
{
	local CONFIG=ksteer-direct vs

	for vs in udp tcp; do
		ksteer vs set $vs direct on || die "no direct"
	done
	measure "$CONFIG udp$FAM known 1" one n=$FEW
	measure "$CONFIG tcp$FAM known 1" one kind=data round=100000 n=$FEW
	[ "$SIZE" = short ] ||
		measure "$CONFIG udp$FAM known $MANY" all n=$FEW flows=$MANY \
			first=1000 random=1
	for vs in udp tcp; do
		ksteer vs set $vs direct off || die "no direct"
	done
}

run_ksteer()
{
	ANSWERS=t1
	ksteer_up
	stateful_udp
	stateful_tcp
	[ "$SIZE" = short ] || flows established $((2 * MANY + 2))
	odd
	DST=$VIP VIP=$OTHER
	measure "$CONFIG udp$FAM other 1" t1 n=$FEW
	measure "$CONFIG tcp$FAM other 1" t1 kind=data n=$FEW
	VIP=$DST
	direct
}

# One million: the store has grown, nothing else differs
run_ksteer_million()
{
	CONFIG=ksteer
	ksteer_up
	measure "$CONFIG udp$FAM new 1000000" all n=1000000 flows=1000000
	send n=1000000 flows=1000000
	measure "$CONFIG udp$FAM known 1000000" all n=$MANY flows=1000000 \
		random=1
}

# select_one MECHANISM DEVS WORD...: a new flow each, 200 clients
select_one()
{
	local CONFIG=ksteer-$1 devs=$2

	shift 2
	ksteer pool set p sched "${CONFIG#ksteer-}" "$@" ||
		die "no mechanism $CONFIG"
	ksteer flow flush all || die "no flush"
	measure "$CONFIG udp$FAM new $FEW" "$devs" n=$FEW flows=$FEW ports=50
}

run_ksteer_select()
{
	local mech

	ksteer_up
	for mech in rr wrr lc hash-src maglev gport; do
		select_one $mech all
	done
	select_one hash-dst one
	select_one hash-set all set "$VIP/$HOST"
	select_one ordered t1
	CONFIG=ksteer-stateless
	ksteer pool set p sched maglev || die "no maglev"
	ksteer vs set udp store none || die "no store none"
	ksteer flow flush all
	measure "$CONFIG udp$FAM known $FEW" all n=$FEW flows=$FEW ports=50
}

# --- all of it ---------------------------------------------------------------

# Within the namespace
inside()
{
	CONFIG=$1
	family "$2"
	ANSWERS='' SETTLE=1
	router_up
	"run_${CONFIG//-/_}"
}

outside()
{
	local config fam

	modprobe dummy || die "no dummy"
	insmod "$INJECTOR" || die "no injector"
	for config; do
		for fam in 4 6; do
			ip netns add R
			nsenter --net=/run/netns/R "$0" "$INJECTOR" "$SIZE" \
				--inside "$config" $fam ||
				die "$config, IPv$fam: not measured"
			ip netns del R
		done
	done
	rmmod ksteer_inject
}

INJECTOR=$1 SIZE=$2
shift 2
FEW=10000
if [ "$SIZE" = short ]; then
	FEW=1000 MANY=2000
fi
if [ "$1" = --inside ]; then
	inside "$2" "$3"
else
	outside "$@"
fi
