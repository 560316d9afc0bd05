#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# dump.sh INJECTOR FLOWS LIMIT: what it costs to show FLOWS flows, by the command
# line programs and by netlink alone. Each answer is counted. What takes more than
# LIMIT seconds of the guest is given up, and it is said how far it came.

. "$(dirname "$0")/tables.sh"

PART=dump
FLOWS=$1 LIMIT=$2

# shown CASE: what was measured
shown()
{
	result "$1 $FLOWS" total $COST instructions
	result "$1 $FLOWS" "a flow" "$(a_flow $COST "$FLOWS")" instructions
}

# into COMMAND...: its output in a file in memory
into()
{
	"$@" >"$DIR/out" 2>"$DIR/said"
}

raw()
{
	rawdump "$1" >"$DIR/raw"
}

measure_raw()
{
	cost raw "$1"
	[[ $(cat "$DIR/raw") == "objects $FLOWS bytes "* ]] ||
		die "$1: $(cat "$DIR/raw")"
	shown "$2"
}

count_lines()
{
	[ "$(grep -c '80' "$DIR/out")" = "$FLOWS" ] ||
		die "$1: $(wc -l <"$DIR/out") lines for $FLOWS"
}

# The table may still grow, which shows flows twice: a walk that shows none says so
settled()
{
	into ksteer flow show src 192.0.2.1 || die "$(<"$DIR/said")"
	[ ! -s "$DIR/said" ]
}

measure_ksteer()
{
	serve_ksteer 3
	ksteer tm show >"$DIR/said"
	pour "$FLOWS"
	until settled; do :; done
	cost into ksteer flow show
	count_lines ksteer
	shown "ksteer flow show"
	if ((FLOWS <= 100000)); then
		cost into ksteer -j flow show
		[ "$(jq length "$DIR/out")" = "$FLOWS" ] || die "ksteer -j"
		shown "ksteer -j flow show"
	fi
	rm "$DIR/out"
	measure_raw ksteer "ksteer netlink"
	ksteer flow flush all >"$DIR/said"
	rmmod ksteer
}

# Packets are tracked as soon as a rule asks about it
track()
{
	sysctl -qw net.netfilter.nf_conntrack_udp_timeout=43200
	ip route add $VIP via 10.20.0.1
	nft add table ip track
	nft add chain ip track in "{ type filter hook prerouting priority 0; }"
	nft add rule ip track in ct state invalid drop
}

measure_conntrack()
{
	serve_conntrack "$FLOWS"
	track
	conntrack -C >"$DIR/said"
	pour "$FLOWS"
	cost into conntrack -L
	count_lines conntrack
	shown "conntrack -L"
	rm "$DIR/out"
	measure_raw conntrack "conntrack netlink"
	conntrack -F >"$DIR/said" 2>&1
}

# /proc/net/ip_vs_conn begins at the first bucket again with each read
read_ipvs()
{
	timeout "$LIMIT" cat /proc/net/ip_vs_conn >"$DIR/out" || IPVS_CUT=1
}

measure_ipvs()
{
	local lines

	nft flush ruleset
	ip route del $VIP
	serve_ipvs 3 rr 12
	pour "$FLOWS"
	IPVS_CUT=''
	cost read_ipvs
	lines=$(grep -c '^UDP' "$DIR/out")
	if [ -n "$IPVS_CUT" ]; then
		result "/proc/net/ip_vs_conn $FLOWS" "shown in $LIMIT s" "$lines" flows
	elif [ "$lines" = "$FLOWS" ]; then
		shown "/proc/net/ip_vs_conn"
	else
		die "ipvs: $lines"
	fi
	rm "$DIR/out"
}

wires 3
measure_ksteer
measure_conntrack
measure_ipvs
unwire
