# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
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

# --- netfilter ---------------------------------------------------------------

# Tables for all that comes; a rule where no forwarded packet goes calls for
# connection tracking alone
conntrack_up()
{
	# The first namespace alone may say so
	nsenter --net=/proc/1/ns/net modprobe nf_conntrack hashsize=262144 ||
		die "no conntrack"
	[ "$(cat /sys/module/nf_conntrack/parameters/hashsize)" = 262144 ] ||
		die "conntrack has a smaller table"
	nsenter --net=/proc/1/ns/net \
		sysctl -qw net.netfilter.nf_conntrack_max=2000000 &&
		sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3600 \
		net.netfilter.nf_conntrack_udp_timeout_stream=3600 ||
		die "conntrack is not set up"
}

tracked()
{
	local n

	n=$(sysctl -n net.netfilter.nf_conntrack_count)
	((n >= 2 * MANY && n < 2 * MANY + 100)) ||
		die "$CONFIG: $n connections are tracked, not 2 * $MANY"
}

run_conntrack()
{
	local SPREAD=t1

	conntrack_up
	nft -f - <<-END || die "no ct"
	table inet x {
		chain o {
			type filter hook output priority 0
			ct state invalid drop
		}
	}
	END
	ANSWERS=("t1 $VIP")
	stateful_udp
	stateful_tcp
	tracked
}

# By address and port, as fits the family
hashed()
{
	echo "jhash $IP saddr . th sport mod 3 seed 0x12345678"
}

# dnat [OBJECTS [CHAIN]]: to three addresses, and what else the table has
dnat()
{
	conntrack_up
	nft -f - <<-END || die "no DNAT"
	table $IP x {
		${1-}
		${2-}
		chain p {
			type nat hook prerouting priority dstnat
			$IP daddr $VIP dnat to $(hashed) map { 0 : ${VIA[0]}, 1 : ${VIA[1]}, 2 : ${VIA[2]} }
		}
	}
	END
	ANSWERS=("t1 ${VIA[0]}" "t2 ${VIA[1]}" "t3 ${VIA[2]}")
	stateful_udp
	stateful_tcp
}

run_dnat()
{
	dnat
	tracked
}

# Packets that came through FORWARD, which the fast path does not
forwarded()
{
	nft -j list counter "$IP" x forwarded |
		jq '.nftables[].counter.packets // empty'
}

# The second packet enters a flow, the third is the first to be quick
run_flowtable()
{
	SETTLE=2 SLOW=forwarded
	dnat "counter forwarded { }
		flowtable f {
			hook ingress priority 0
			devices = { c0, t1, t2, t3 }
		}" "chain f {
			type filter hook forward priority 0
			counter name forwarded
			meta l4proto { tcp, udp } flow add @f
		}"
	tracked
}

run_mark()
{
	local i version=-4

	[ "$FAM" = 6 ] && version=-6
	for i in 1 2 3; do
		ip $version route add default via "${VIA[i - 1]}" table 10$i &&
			ip $version rule add fwmark $i lookup 10$i ||
			die "no rules"
	done
	nft -f - <<-END || die "no mark"
	table $IP x {
		chain p {
			type filter hook prerouting priority mangle
			$IP daddr $VIP meta mark set $(hashed) offset 1
		}
	}
	END
	stateless all
}

run_ingress()
{
	nft -f - <<-END || die "no fwd"
	table netdev x {
		chain g1 {
			fwd $IP to ${VIA[0]} device t1
		}
		chain g2 {
			fwd $IP to ${VIA[1]} device t2
		}
		chain g3 {
			fwd $IP to ${VIA[2]} device t3
		}
		chain p {
			type filter hook ingress device c0 priority 0
			$IP daddr $VIP $(hashed) vmap { 0 : jump g1, 1 : jump g2, 2 : jump g3 }
		}
	}
	END
	stateless all
}
