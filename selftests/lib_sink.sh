# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# A distributor whose traffic managers swallow what they get; for whom packets
# count, not answers.

DST4=10.9.0.1 DST6=fd00:9::1

# sink_wires CLIENT ROUTER: a client c0 whose packets the distributor takes, and
# devices s1 and s2 that swallow what they get
sink_wires()
{
	need_module dummy
	wires_add "$1" c0 "$2" r0
	ip -n "$1" link set c0 up
	ip -n "$2" -batch - <<-END
	addr add 10.1.0.1/16 dev r0
	addr add fd00:1::1/64 dev r0 nodad
	link set r0 up
	link add s1 type dummy
	link add s2 type dummy
	link set s1 up
	link set s2 up
	END
}

# sink_config NS [WORD...]: the WORDs go to each virtual server
sink_config()
{
	local ns=$1

	shift
	[ $# -gt 0 ] || set -- timeout udp-open 1h
	ksteer -n "$ns" -batch - <<-END
	tm add t1 dev s1
	tm add t2 dev s2
	pool add p sched rr tm t1 tm t2
	vs add v4 addr $DST4 pool p $*
	vs add v6 addr $DST6 pool p $*
	END
}

# sink_setup [WORD...]
sink_setup()
{
	ns_add C R
	sink_wires "$C" "$R"
	sink_config "$R" "$@"
	MAC=$(in_ns "$R" cat /sys/class/net/r0/address)
}

# torrent: packets of 1000 flows of each family, without end
torrent()
{
	bg "$C" flood -lq c0 "$MAC" 10.1.0.10 "$DST4" 1000
	TORRENT4=$BG
	bg "$C" flood -lq c0 "$MAC" fd00:1::10 $DST6 1000
	TORRENT6=$BG
}

still_pours()
{
	still_run "$TORRENT4" "$TORRENT6"
}

# sunk [DEV...]: packets that the traffic managers at these devices got, or both
sunk()
{
	[ $# -gt 0 ] || set -- s1 s2
	set -- "${@/#//sys/class/net/}"
	in_ns "$R" cat "${@/%//statistics/tx_packets}" |
		awk '{ n += $1 } END { print n }'
}

# sunk_beyond COUNT [DEV...]
sunk_beyond()
{
	[ "$(sunk "${@:2}")" -gt "$1" ]
}

flows_now()
{
	ksj .flows config show
}

flows_are()
{
	[ "$(flows_now)" = "$1" ]
}

# flow_objects: flows in memory, those on their way out too
flow_objects()
{
	echo 1 >/sys/kernel/slab/ksteer_flow/shrink
	sed 's/ .*//' /sys/kernel/slab/ksteer_flow/objects
}

no_flow_objects()
{
	[ "$(flow_objects)" = 0 ]
}

need_slab()
{
	grep -q '^ksteer_flow' /proc/slabinfo ||
		skip "the allocator merges caches: boot with slab_nomerge"
}

torrent_ends()
{
	! kill -0 "$TORRENT4" 2>/dev/null && ! kill -0 "$TORRENT6" 2>/dev/null
}

# Flows and their traffic managers, in a fixed order
who_has()
{
	ksj 'map("\(.src) \(.sport) \(.tm)") | sort | .[]' flow show
}

# who_has_still BEFORE NOW WHAT...: not a single flow has moved
who_has_still()
{
	local before=$1 now=$2

	shift 2
	[ "$now" = "$before" ] || fail "$*: as lines, $(diff -U0 \
		<(echo "$before") <(echo "$now") | grep -c '^[-+][^-+]') differ"
}
