# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# A router that asks for what it serves, and who counts that. Sourced by local.sh
# after lib.sh.

# begin N TOPO -- WORD...: servers v4 and v6 at port 80, with the WORDs, and a
# route of the router's, which leads to the client and so nowhere
begin()
{
	local topo=()

	while [ "$1" != -- ]; do
		topo+=("$1")
		shift
	done
	shift
	topo "${topo[@]}"
	tms_add
	ks pool add p sched rr tm t1 tm t2
	serve tcp:80 udp:80
	ip -n "$R" route add default via 10.1.1.2
	ip -n "$R" route add default via fd01:1::2
	vs_pair v 80 any pool p "$@"
	tms_met
	reset_counts
}

# What is counted from here on
reset_counts()
{
	COUNTED=$(ks -j stats show)
}

# counted NAME N...: they have grown by N since begin or reset_counts
counted()
{
	local was

	while [ $# -gt 0 ]; do
		was=$(jq -r ".[] | select(.name == \"$1\") | .value" \
			<<<"$COUNTED")
		is "$(($(kcount "$1") - was))" "$2" "counter $1"
		shift 2
	done
}

# here WORD...: the router asks
here()
{
	ask -N "$R" "$@"
}

# off [WHAT]: whoever asks from the router gets no answer, and nobody has looked
off()
{
	local f

	reset_counts
	for f in $FAMILIES; do
		is "$(here -t 300 tcp "${VIP[$f]}" 80 | order)" - "TCP, IPv$f"
		is "$(here -t 300 udp "${VIP[$f]}" 80 | order)" - "UDP, IPv$f"
	done
	counted miss 0 hit 0 local_sent 0
}

TRACING=/sys/kernel/tracing

# probe_on NAME: count the calls of our functions in OUTPUT
probe_on()
{
	[ -e "$TRACING/kprobe_events" ] || skip "no kprobe events at $TRACING"
	PROBE=$1
	echo "p:ksteer/$1 ksteer:ksteer_local_last" >>"$TRACING/kprobe_events"
	defer probe_off
	echo 1 >"$TRACING/events/ksteer/$1/enable"
}

probe_off()
{
	echo 0 >"$TRACING/events/ksteer/$PROBE/enable"
	echo "-:ksteer/$PROBE" >>"$TRACING/kprobe_events"
}

# calls: so many since
calls()
{
	awk -v name="$PROBE" '$1 == name { print $2 }' "$TRACING"/kprobe_profile
}

# is_called yes|no WHAT: does a packet of the router's, to nobody, meet a hook?
is_called()
{
	local before want=$1

	shift
	before=$(calls)
	here -t 50 udp "${TMIP[4,1]}" 81 || :
	if [ "$want" = yes ]; then
		truth "$(calls) > $before" "a hook $*"
	else
		is "$(calls)" "$before" "no hook $*"
	fi
}
