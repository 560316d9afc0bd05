# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# In the guest: the peers, and proof that each does what its name says. Sourced
# by instructions.sh. Each is configured to give new flows to three next hops,
# by address and port where it hashes.

run_plain()
{
	stateless t1
	odd
}

run_ecmp()
{
	local hop args=()

	sysctl -qw net.ipv4.fib_multipath_hash_policy=1 \
		net.ipv6.fib_multipath_hash_policy=1
	for hop in "${VIA[@]}"; do
		args+=(nexthop via "$hop")
	done
	ip route add "$VIP/$HOST" "${args[@]}" || die "no ECMP"
	stateless all
}

# ipvs_service PROTO SCHED [FLAGS]: three servers, direct routing
ipvs_service()
{
	local proto=$1 sched=$2 at=$VIP:80 hop

	shift 2
	[ "$FAM" = 6 ] && at="[$VIP]:80"
	ipvsadm -A "-$proto" "$at" -s "$sched" "$@" || die "no IPVS service"
	for hop in "${VIA[@]}"; do
		[ "$FAM" = 6 ] && hop="[$hop]"
		ipvsadm -a "-$proto" "$at" -r "$hop:80" -g -w 1 ||
			die "no IPVS server"
	done
}

# ipvs BITS SCHED [FLAGS]: in a table of 2^BITS buckets
ipvs()
{
	local bits=$1

	shift
	modprobe ip_vs "conn_tab_bits=$bits" || die "no IPVS"
	[ "$(cat /sys/module/ip_vs/parameters/conn_tab_bits)" = "$bits" ] ||
		die "IPVS has not 2^$bits buckets"
	ip addr add "$VIP/$HOST" dev lo
	ipvs_service u "$@"
	stateful_udp
	ipvsadm -C
	ipvs_service t "$@"
	stateful_tcp
}

run_ipvs_rr_12()
{
	ipvs 12 rr
}

run_ipvs_rr_20()
{
	ipvs 20 rr
}

run_ipvs_mh_12()
{
	ipvs 12 mh -b mh-port
}

run_ipvs_mh_20()
{
	ipvs 20 mh -b mh-port
}
