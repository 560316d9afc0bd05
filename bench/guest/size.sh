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
# no other server. Packets are "new" of a flow, "port" to an address that is served
# at other ports, "other" to one that is not served.

set -uo pipefail

. "$(dirname "$0")/router.sh"

PART=size
FEW=2000

net4() { echo "$((20 + $1 / 65536)).$(($1 / 256 % 256)).$(($1 % 256)).0"; }
net6() { printf '2a%02x:%x::\n' $(($1 / 65536)) $(($1 % 65536)); }

# The virtual servers of a kind, a line each
servers_ports()
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo "vs add po$i addr $VIP port $((20000 + i)) proto udp $REST"
	done
}

# A prefix of each length between /20 and /30, none in another; of IPv6 the same
# behind /32
servers_prefixes()
{
	local i

	for ((i = 0; i < $1; i++)); do
		if [ "$FAM" = 4 ]; then
			echo "vs add pr$i addr $(net4 $((16 * i)))/$((20 + i % 11)) port 80 proto udp $REST"
		else
			echo "vs add pr$i addr $(net6 $i)/$((32 + i % 33)) port 80 proto udp $REST"
		fi
	done
}

servers_ranges()
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo "vs add ra$i addr $VIP port $((1000 + i))-$((31000 + 2 * i)) proto udp $REST"
	done
}

servers_vlans()
{
	local i

	for ((i = 1; i <= $1 && i <= 4000; i++)); do
		echo "vs add vl$i addr $VIP port 80 proto udp vlan $i $REST"
	done
}

servers_one()
{
	:
}

servers_all()
{
	servers_ports $(($1 / 4))
	servers_prefixes $(($1 / 4))
	servers_ranges $(($1 / 4))
	servers_vlans $(($1 / 4))
}

size_up()
{
	local i

	REST="pool p noarp on unserved route"
	{
		for i in 0 1 2; do
			echo "tm add tm$i via ${VIA[i]}"
		done
		echo "pool add p tm tm0 tm tm1 tm tm2"
		echo "vs add v addr $VIP port 80 proto udp $REST"
		"servers_$1" "$2"
	} | ksteer -batch - || die "ksteer is not configured"
}

# Within the namespace
inside()
{
	local DST

	family "$2"
	router_up
	size_up "$1" "$SERVERS"
	measure "$1 new$FAM $SERVERS" all n=$FEW flows=$FEW
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
	for kind; do
		for fam in 4 6; do
			ip netns add R
			nsenter --net=/run/netns/R "$0" "$INJECTOR" \
				"$SERVERS" --inside "$kind" $fam || rc=1
			ip netns del R
		done
	done
	rmmod ksteer ksteer_inject
	return $rc
}

INJECTOR=$1 SERVERS=$2
shift 2
[ $# -gt 0 ] || set -- one ports prefixes ranges vlans all
if [ "$1" = --inside ]; then
	inside "$2" "$3"
else
	outside "$@"
fi
