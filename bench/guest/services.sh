#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# In the guest: what IPVS takes for a new connection, a known one, and packets of no
# service, beside so many services of a kind.
#
#   services.sh INJECTOR SERVICES [KIND...]
#
# A case is named ipvs-KIND PACKET SERVICES, e.g. "ipvs-ports new4 10000"; of kind
# "one" there are two services, those that are looked at. Packets are "new" of a
# connection of the service that was added first, "last" of the one that was added
# last, "known" of connections of the first; "port" to another port of its address,
# which the router drops behind IPVS, and "other" to an address that is not served.

set -uo pipefail

. "$(dirname "$0")/router.sh"

PART=size
FEW=2000
BITS=20

# service ADDRESS PORT: with three servers, for `ipvsadm -R`
service()
{
	local at=$1:$2 hop

	[ "$FAM" = 4 ] || at="[$1]:$2"
	echo "-A -u $at -s rr"
	for hop in "${VIA[@]}"; do
		[ "$FAM" = 4 ] || hop="[$hop]"
		echo "-a -u $at -r $hop:80 -g -w 1"
	done
}

services_one()
{
	:
}

services_ports()
{
	local i

	for ((i = 0; i < $1; i++)); do
		service "$VIP" $((20000 + i))
	done
}

# One after the other: they fill the 256 buckets evenly
services_addresses()
{
	local i addr

	for ((i = 0; i < $1; i++)); do
		if [ "$FAM" = 4 ]; then
			addr=20.0.$((i / 256)).$((i % 256))
		else
			printf -v addr '2a00:1::%x' "$i"
		fi
		service "$addr" 80
	done
}

# What IPVS is to see has to be addressed to the router; what it leaves is dropped
# behind it, so that nothing else answers
services_up()
{
	local listed

	ip addr add "$VIP/$HOST" dev lo || die "no address"
	nft -f - <<-END || die "nothing drops behind IPVS"
	table inet x {
		chain i {
			type filter hook input priority 200
			$IP daddr $VIP drop
		}
	}
	END
	{
		service "$VIP" 80
		"services_$1" "$2"
		service "$VIP" 81
	} | ipvsadm -R || die "no services"
	listed=$(ipvsadm -Sn | grep -c '^-A')
	[ "$1" = one ] && set -- one 0
	[ "$listed" = $(($2 + 2)) ] || die "$1: $listed services"
}

# Within the namespace
inside()
{
	local DST kind=$1

	family "$2"
	router_up
	services_up "$kind" "$SERVICES"
	kind=ipvs-$kind
	measure "$kind new$FAM $SERVICES" all n=$FEW flows=$FEW
	send n=$FEW flows=$FEW
	measure "$kind known$FAM $SERVICES" all n=$FEW flows=$FEW
	measure "$kind last$FAM $SERVICES" all n=$FEW flows=$FEW dport=81
	measure "$kind port$FAM $SERVICES" none n=$FEW dport=79
	DST=$VIP VIP=$OTHER
	measure "$kind other$FAM $SERVICES" t1 n=$FEW
	VIP=$DST
	ipvsadm -C
}

outside()
{
	local kind fam rc=0

	modprobe dummy && insmod "$INJECTOR" || die "no injector"
	modprobe ip_vs "conn_tab_bits=$BITS" && modprobe ip_vs_rr ||
		die "no IPVS"
	for kind; do
		for fam in 4 6; do
			ip netns add R
			nsenter --net=/run/netns/R "$0" "$INJECTOR" \
				"$SERVICES" --inside "$kind" $fam || rc=1
			ip netns del R
		done
	done
	rmmod ksteer_inject
	return $rc
}

INJECTOR=$1 SERVICES=$2
shift 2
[ $# -gt 0 ] || set -- one ports addresses
if [ "$1" = --inside ]; then
	inside "$2" "$3"
else
	outside "$@"
fi
