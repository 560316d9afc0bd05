# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What the scripts share that fill a connection table in a guest: devices, one
# service by ksteer, IPVS or connection tracking, flows, what a command costs.
# Sourced; the first argument of each is the injector's file.

set -euo pipefail

PATH=$KSTEER_TOP/build/bench/bin:$PATH
INJECTOR=$1
shift
VIP=10.9.0.1
FLOW_SRC=10.64.1.0
DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT

# Not in a pipe: the script must end
die()
{
	echo "failed: $*" >&2
	exit 1
}

# result CASE METRIC VALUE UNIT
result()
{
	[[ $3 =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "$1, $2: '$3' is no number"
	jq -cn --arg part "$PART" --arg case "$1" --arg metric "$2" \
		--argjson value "$3" --arg unit "$4" \
		'{part: $part, case: $case, metric: $metric, value: $value,
		unit: $unit}'
}

# cost COMMAND...: the processor's time that it takes, in $COST (ns). Counting
# instructions, the emulator lets a nanosecond pass with each; while the guest
# waits for its host, time passes too, but nobody uses it.
cost()
{
	local TIMEFORMAT='%3U %3S'

	{ time "$@" 2>&3; } 3>&2 2>"$DIR/time"
	COST=$(awk '{ printf "%.0f", 1000000000 * ($1 + $2) }' "$DIR/time")
}

# a_flow TOTAL FLOWS: with two decimals
a_flow()
{
	awk -v total="$1" -v flows="$2" 'BEGIN { printf "%.2f", total / flows }'
}

# A client's device whose packets the router takes, and one that swallows what
# is sent, with N traffic managers behind it
wires()
{
	local n=$1 i

	modprobe dummy
	insmod "$INJECTOR"
	sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0
	{
		echo "link add c0 type dummy"
		echo "link add t0 type dummy"
		echo "link set c0 up"
		echo "link set t0 up"
		echo "addr add 10.0.0.1/24 dev c0"
		echo "neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev c0 nud permanent"
		echo "route add 10.64.0.0/10 via 10.0.0.2"
		echo "addr add 10.20.255.254/16 dev t0"
		for ((i = 1; i <= n; i++)); do
			echo "neigh add 10.20.0.$i lladdr 02:00:00:01:00:01 dev t0 nud permanent"
		done
	} | ip -batch -
	# Before the injector is unloaded the descriptor must go
	exec {INJECT}<>/sys/kernel/debug/ksteer_inject/run
}

unwire()
{
	exec {INJECT}>&-
	rmmod ksteer_inject
	ip link del c0
	ip link del t0
}

# inject WORD...: what came of it is in $RESULT
inject()
{
	echo "dev=c0 src=$FLOW_SRC dst=$VIP $*" >&"$INJECT" ||
		die "not injected: $*"
	read -r RESULT <&"$INJECT" || die "no result: $*"
}

# part NAME: a number out of $RESULT
part()
{
	[[ " $RESULT " =~ \ $1=([0-9.]+)\  ]] || die "no $1 in: $RESULT"
	echo "${BASH_REMATCH[1]}"
}

# pour COUNT [WORD...]: one packet of each of so many flows of UDP
pour()
{
	inject "n=$1" "flows=$1" "${@:2}"
	[ "$(part drops)" = 0 ] || die "dropped: $RESULT"
}

LONG="timeout udp-open 12h timeout udp-established 12h"

# One service by ksteer, with the traffic managers t1 to tN
serve_ksteer()
{
	local n=$1 i

	modprobe ksteer
	{
		echo "config set max-flows ${2:-16000000} max-open ${2:-16000000} young 12h"
		for ((i = 1; i <= n; i++)); do
			echo "tm add t$i via 10.20.0.$i"
		done
		printf 'pool add p sched %s' "${3:-rr}"
		for ((i = 1; i <= n; i++)); do
			printf ' tm t%d' "$i"
		done
		echo
		# shellcheck disable=SC2086
		echo "vs add v addr $VIP pool p" $LONG
	} | ksteer -batch -
}

# flow_lines FIRST COUNT: lines for `ksteer flow load`, for flows of TCP
flow_lines()
{
	awk -v first="$1" -v count="$2" -v vip=$VIP 'BEGIN {
		for (i = first; i < first + count; i++)
			printf "10.%d.%d.%d %d %s 80 tcp tm t%d vs v\n",
				64 + i / 16777216, i / 65536 % 256,
				i / 256 % 256, 1024 + i % 50000, vip, 1 + i % 3
	}'
}

# The same for `conntrack --load-file`
conntrack_lines()
{
	awk -v first="$1" -v count="$2" -v vip=$VIP 'BEGIN {
		for (i = first; i < first + count; i++)
			printf "-I -s 10.%d.%d.%d -d %s -p tcp --sport %d --dport 80 --state ESTABLISHED -u SEEN_REPLY,ASSURED -t 43200\n",
				64 + i / 16777216, i / 65536 % 256,
				i / 256 % 256, vip, 1024 + i % 50000
	}'
}

serve_conntrack()
{
	modprobe -a nf_conntrack nf_conntrack_netlink
	sysctl -qw net.netfilter.nf_conntrack_max=16000000
	# As many buckets as entries, so that its table is not what is measured
	echo "$1" >/sys/module/nf_conntrack/parameters/hashsize
}

# serve_ipvs N SCHEDULER [BITS]: direct routing to the same
serve_ipvs()
{
	local n=$1 i

	modprobe ip_vs conn_tab_bits="${3:-12}"
	modprobe "ip_vs_$2"
	ip addr add $VIP/32 dev lo
	{
		printf -- '-A -u %s:80 -s %s%s\n' $VIP "$2" \
			"$([ "$2" = mh ] && echo " -b mh-port,mh-fallback")"
		for ((i = 1; i <= n; i++)); do
			echo "-a -u $VIP:80 -r 10.20.0.$i -g -w 1"
		done
	} | ipvsadm -R
}

ksteer_flows()
{
	ksteer -j config show | jq .flows
}
