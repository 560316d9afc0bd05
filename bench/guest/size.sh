#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# In the guest: what a new flow costs, and a packet that nobody wants, beside so
# many virtual servers of a kind.
#
#   size.sh INJECTOR SERVERS [KIND...]
#
# A case is named KIND PACKET SERVERS, e.g. "ports new4 10000"; of kind "one" there is
# no other server. Packets are "new" of a flow, "known" of one, "port" to an address
# that is served at other ports, "other" to one that is not served.

set -uo pipefail

. "$(dirname "$0")/router.sh"
. "$(dirname "$0")/kinds.sh"

PART=size
FEW=2000
TRACE=/sys/kernel/tracing

size_up()
{
	local i

	{
		for i in 0 1 2; do
			echo "tm add tm$i via ${VIA[i]}"
		done
		echo "pool add p tm tm0 tm tm1 tm tm2"
		echo "vs add v addr $VIP port 80 proto udp $REST"
		"servers_$1" "$2"
	} | ksteer restore - || die "ksteer is not configured"
}

# What the arrangement of the servers takes beside them: it is told when another takes
# its place
size_memory()
{
	local servers bytes=

	servers=$(ksteer save | grep -c '^vs add')
	echo >"$TRACE/trace"
	ksteer vs set v symmetric on || die "the server is not changed"
	while [ -z "$bytes" ]; do
		read -r -t 0.1 -u "$TICK"
		bytes=$(sed -n 's/.* bytes=//p' "$TRACE/trace" | tail -n 1)
	done
	ksteer vs set v symmetric off || die "the server is not changed"
	printf '{"part":"%s","case":"%s","metric":"bytes a server","value":%s,"unit":"bytes"}\n' \
		"$PART" "$1" $((bytes / servers))
	echo "# $1: $bytes bytes of $servers servers" >&2
}

# Within the namespace
inside()
{
	local DST

	family "$2"
	exec {TICK}<> <(:)
	router_up
	size_up "$1" "$SERVERS"
	case $1 in
	one | device | station) ;;
	*) size_memory "$1 memory$FAM $SERVERS" ;;
	esac
	measure "$1 new$FAM $SERVERS" all n=$FEW flows=$FEW
	send n=$FEW flows=$FEW
	measure "$1 known$FAM $SERVERS" all n=$FEW flows=$FEW
	measure "$1 port$FAM $SERVERS" t1 n=$FEW dport=79
	DST=$VIP VIP=$OTHER
	measure "$1 other$FAM $SERVERS" t1 n=$FEW
	VIP=$DST
}

outside()
{
	local kind fam rc=0

	modprobe dummy && insmod "$INJECTOR" || die "no injector"
	modprobe ksteer || die "no module ksteer"
	mount -t tracefs tracefs "$TRACE" 2>/dev/null
	# The size stands in front of what it is freed by
	echo "p:ksteer_size ksteer_table_free_rcu bytes=-8(%di):u64" \
		>"$TRACE/kprobe_events" &&
		echo 1 >"$TRACE/events/kprobes/ksteer_size/enable" ||
		die "no probe of the arrangement's size"
	for kind; do
		for fam in 4 6; do
			ip netns add R
			nsenter --net=/run/netns/R "$0" "$INJECTOR" \
				"$SERVERS" --inside "$kind" $fam || rc=1
			ip netns del R
		done
	done
	echo 0 >"$TRACE/events/kprobes/ksteer_size/enable"
	echo >"$TRACE/kprobe_events"
	rmmod ksteer ksteer_inject
	return $rc
}

INJECTOR=$1 SERVERS=$2
shift 2
[ $# -gt 0 ] || set -- one ports prefixes ranges vlans six all device station
if [ "$1" = --inside ]; then
	inside "$2" "$3"
else
	outside "$@"
fi
