#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# In the guest, under the plugin: runs of packets, and which is which.
#
#   cache.sh INJECTOR ksteer|ipvs-12|ipvs-20|flowtable	IPVS by its buckets
#   cache.sh INJECTOR profile
#
# Prints "run LABEL" for each run of the injector, in the plugin's order. LABEL
# is "-" for runs that only prepare. IPv4.

set -uo pipefail

. "$(dirname "$0")/router.sh"
. "$(dirname "$0")/peers.sh"
. "$(dirname "$0")/ways.sh"

MANY=100000
FEW=20000

prepare()
{
	send "$@"
	echo "run -"
}

# run LABEL DEVS WORD...: a run that counts, and proof of where it went
run()
{
	local label=$1

	measure "$@" >/dev/null
	echo "run $label"
}

# Known is a flow that has sent twice: ksteer takes it for established then, and
# the flowtable takes it over
flows()
{
	local way=$1 slow

	BITS=${way#*-}
	"${way%-*}_up"
	prepare n=3 first=500000
	run "$way one" one n=$FEW first=500000
	prepare n=$MANY flows=$MANY
	prepare n=$MANY flows=$MANY
	[ "$way" = flowtable ] && slow=$(flowtable_slow)
	run "$way many" all n=$FEW flows=$MANY random=1
	if [ "$way" = flowtable ] && [ "$(flowtable_slow)" != "$slow" ]; then
		die "not all packets took the fast path"
	fi
}

direct()
{
	ksteer vs set udp direct on || die "no direct"
	run "direct" one n=$FEW
}

profile()
{
	local vip

	run "plain" t1 n=$FEW
	ksteer_up
	prepare n=3
	run "udp" one n=$FEW
	run "icmp" one kind=icmp n=$FEW
	vip=$VIP VIP=$OTHER
	run "other" t1 n=$FEW
	VIP=$vip
	run "new" all n=$FEW flows=$FEW first=100
	prepare kind=syn n=1
	inject dev=t1 kind=synack lladdr=02:00:00:01:00:01 n=1
	echo "run -"
	prepare kind=ack n=1
	run "tcp" one kind=data n=$FEW
	direct
}

# Within the namespace
inside()
{
	family 4
	router_up
	case $1 in
	profile) profile ;;
	*) flows "$1" ;;
	esac
	cat /proc/kallsyms >"$KSTEER_OUT/kallsyms"
}

outside()
{
	modprobe dummy || die "no dummy"
	insmod "$INJECTOR" || die "no injector"
	if [ "$1" = flowtable ]; then
		modprobe nf_conntrack || die "no conntrack"
		echo $((4 * MANY)) >/proc/sys/net/netfilter/nf_conntrack_max
	fi
	ip netns add R
	nsenter --net=/run/netns/R "$0" "$INJECTOR" --inside "$1" ||
		die "$1: not measured"
	ip netns del R
	rmmod ksteer_inject
}

INJECTOR=$1
shift
if [ "$1" = --inside ]; then
	inside "$2"
else
	outside "$1"
fi
