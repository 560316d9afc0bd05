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
. "$(dirname "$0")/kinds.sh"

MANY=100000

# --- what is sent ------------------------------------------------------------

# answer WORD...: from all that may answer. $ANSWERS has the devices and addresses
# that answers come from, if they come this way: of several, one per flow fits,
# and what comes from the others is as if it had not been.
answer()
{
	local from

	for from in "${ANSWERS[@]}"; do
		inject "dev=${from% *} dst=${from#* } lladdr=02:00:00:01:00:01" \
			"$@"
	done
}

# Connections as they are: SYN, its answer, ACK
connect()
{
	send "kind=syn $*"
	answer "kind=synack $*"
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

# Datagrams until a flow is what it will be: $SETTLE after the first
settle()
{
	local i

	for ((i = 0; i < SETTLE; i++)); do
		send "$@"
	done
}

stateful_udp()
{
	local many="flows=$MANY first=1000"

	send n=3
	if [ ${#ANSWERS[@]} = 1 ]; then
		answer kind=udp reply=1
		send n=1
	fi
	measure "$CONFIG udp$FAM known 1" one n=$FEW
	measure "$CONFIG udp$FAM new $MANY" "$SPREAD" n=$MANY "$many"
	settle "n=$MANY $many"
	measure "$CONFIG udp$FAM known $MANY" "$SPREAD" n=$FEW "$many" random=1
}

stateful_tcp()
{
	local many="flows=$MANY first=1000"

	connect n=1
	send kind=data n=3
	measure "$CONFIG tcp$FAM known 1" one kind=data round=3 n=$FEW
	measure "$CONFIG tcp$FAM new $MANY" "$SPREAD" kind=syn n=$MANY "$many"
	answer "kind=synack n=$MANY $many"
	send "kind=ack n=$MANY $many"
	measure "$CONFIG tcp$FAM known $MANY" "$SPREAD" kind=data n=$FEW "$many" random=1
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

# What was opened is there, and established. With a flow of each protocol from
# before; datagrams of the first were answered.
all_known()
{
	local flows

	flows=$(ksteer -s -j tm show | jq '[.. | .flows? | numbers] | add')
	((flows == 2 * MANY + 2)) || die "$CONFIG: $flows flows are stored"
	[ -z "$(ksteer flow show state open)" ] ||
		die "$CONFIG: some flows are half open"
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

# The ways to all traffic managers are gone, and their flows are not
lost()
{
	local CONFIG=ksteer-lost i

	for i in 1 2 3; do
		ip link set t$i down || die "not down: t$i"
	done
	measure "$CONFIG udp$FAM known 1" none n=$FEW
}

run_ksteer()
{
	ANSWERS=("t1 $VIP") SETTLE=1
	ksteer_up
	stateful_udp
	stateful_tcp
	all_known
	odd
	DST=$VIP VIP=$OTHER
	measure "$CONFIG udp$FAM other 1" t1 n=$FEW
	measure "$CONFIG tcp$FAM other 1" t1 kind=data n=$FEW
	VIP=$DST
	direct
	lost
}

# One million: the store has grown, nothing else differs. The same order twice:
# those that are measured have been established.
run_ksteer_million()
{
	CONFIG=ksteer
	ksteer_up
	measure "$CONFIG udp$FAM new 1000000" all n=1000000 flows=1000000
	send n=$MANY flows=1000000 random=1
	measure "$CONFIG udp$FAM known 1000000" all n=$MANY flows=1000000 \
		random=1
}

# select_one MECHANISM DEVS WORD...: a new flow each, five a client
select_one()
{
	local CONFIG=ksteer-$1 devs=$2

	shift 2
	ksteer pool set p sched "${CONFIG#ksteer-}" "$@" ||
		die "no mechanism $CONFIG"
	ksteer flow flush all >/dev/null || die "no flush"
	measure "$CONFIG udp$FAM new $FEW" "$devs" n=$FEW flows=$FEW ports=5
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
	ksteer flow flush all >/dev/null
	measure "$CONFIG udp$FAM known $FEW" all n=$FEW flows=$FEW ports=5
}

# kind_of_servers KIND: beside so many of it
kind_of_servers()
{
	local DST

	ksteer_up
	"servers_$1" 1000 | ksteer restore - || die "no servers: $1"
	measure "$CONFIG udp$FAM new $FEW" all n=$FEW flows=$FEW
	DST=$VIP VIP=$OTHER
	measure "$CONFIG udp$FAM other 1" t1 n=$FEW
	VIP=$DST
}

run_ksteer_ports() { kind_of_servers ports; }
run_ksteer_prefixes() { kind_of_servers prefixes; }
run_ksteer_ranges() { kind_of_servers ranges; }
run_ksteer_vlans() { kind_of_servers vlans; }
run_ksteer_six() { kind_of_servers six; }

# --- all of it ---------------------------------------------------------------

# Within the namespace
inside()
{
	CONFIG=$1
	family "$2"
	ANSWERS=() SETTLE=0 SPREAD=all SLOW=
	router_up
	"run_${CONFIG//-/_}"
}

namespaces()
{
	echo 1 >/sys/kernel/slab/net_namespace/shrink
	sed 's/ .*//' /sys/kernel/slab/net_namespace/objects
}

# The kernel takes a namespace apart, hooks and all, in its own time, and frees
# it when another goes: until then it may cost the next one something
calm()
{
	local tries

	for ((tries = 0; tries < 100; tries++)); do
		ip netns add calm
		ip netns del calm
		[ "$(namespaces)" -gt "$NAMESPACES" ] || return
		read -r -t 0.1 -u "$TICK"
	done
	die "a namespace does not go"
}

# configuration NAME FAMILY: in a namespace that goes with it
configuration()
{
	local rc

	ip netns add R
	nsenter --net=/run/netns/R "$0" "$INJECTOR" "$SIZE" --inside "$1" "$2"
	rc=$?
	ip netns del R
	calm
	[ $rc = 0 ] || echo "# $1, IPv$2: not measured" >&2
	return $rc
}

outside()
{
	local config fam rc=0

	modprobe dummy && insmod "$INJECTOR" || die "no injector"
	exec {TICK}<> <(:)
	# One that went stays until the next goes
	NAMESPACES=$(($(namespaces) + 1))
	for config; do
		for fam in 4 6; do
			configuration "$config" $fam || rc=1
		done
	done
	rmmod ksteer_inject
	return $rc
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
