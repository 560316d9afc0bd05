#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Packets that are nearly right, and those that are not, by the thousand: into
# virtual servers of every kind, from the client's side and from a traffic
# manager's. One in four is in order, and whoever stands at the ends sees that it
# arrives, once, where it belongs and as it was sent. Counters must add up, no
# packet stays in memory, and what is in order works afterwards.
# KSTEER_FUZZ says how many, KSTEER_FUZZ_SEED which.

. "$(dirname "$0")/lib.sh"

COUNT=${KSTEER_FUZZ:-30000}
SEED=${KSTEER_FUZZ_SEED:-$((RANDOM << 15 | RANDOM))}
MOST_FLOWS=5000

configure()
{
	local f

	tms_add
	{
		echo "config set max-flows $MOST_FLOWS max-open $MOST_FLOWS"
		for f in rr lc maglev gport hash-src; do
			echo "pool add p-$f sched $f tm t1 tm t2 tm t3"
		done
		for f in $FAMILIES; do
			echo "vs add web$f addr ${VIP[$f]} port 80 proto tcp pool p-maglev persist 60"
			echo "vs add dns$f addr ${VIP[$f]} port 53 proto udp pool p-rr direct"
			echo "vs add sym$f addr ${VIP[$f]} port 443 pool p-gport symmetric"
			echo "vs add tpl$f addr ${VIP[$f]} port 5000 pool p-lc template src,dst,sport,dport,vlan,proto template dst,dport,proto"
			echo "vs add none$f addr ${VIP[$f]} port 8080 pool p-hash-src store none"
			echo "vs add any$f addr ${VIP[$f]} pool p-rr max-flows 1000 midstream pass"
		done
	} | kb
}

mac_of()
{
	in_ns "$R" cat "/sys/class/net/$1/address"
}

# fuzz NS DEV MAC WORD...: packets of this seed
fuzz()
{
	local ns=$1 dev=$2 mac=$3

	shift 3
	fuzz_packet -N "$ns" -s "$SEED" -p "${TMIP[4,1]},${TMIP[6,1]}" \
		"${OPTION[@]}" "$dev" "$mac" "${CANY[4,1]}" "${CANY[6,1]}" \
		"${VIP[4]}" "${VIP[6]}" $((COUNT / 2)) "$@"
}

sender()
{
	local OPTION=("${@:4}")

	fuzz "$1" "$2" "$3"
}

# --- who stands at the ends --------------------------------------------------

# The ends themselves have nothing to say about proper packets
hush()
{
	local ns

	for ns in "$C" "${T[@]}"; do
		in_ns "$ns" nft -f - <<-END
			table inet hush {
				chain hush {
					type filter hook prerouting priority raw
					ip saddr ${CANY[4,1]%.0.0}.128.0/17 drop
					ip daddr ${CANY[4,1]%.0.0}.128.0/17 drop
					ip6 saddr ${CANY[6,1]}8000/113 drop
					ip6 daddr ${CANY[6,1]}8000/113 drop
				}
			}
		END
	done
}

# Their neighbours are known for good, so that none is waited for
neighbours_stay()
{
	ip -n "$R" neigh show nud all |
		awk '/ lladdr / {
			print "neigh replace", $1, "dev", $3, "lladdr", $5,
			      "nud permanent"
		}' >"$CASE_DIR/neighbours"
	ip -n "$R" -batch "$CASE_DIR/neighbours"
}

watch_begin()
{
	local OPTION=(-w) line i
	local -a at=("$C,c0,$(mac_of cl1)")

	for i in "${!T[@]}"; do
		at+=("${T[i]},t0,$(mac_of "tm$i")")
	done
	coproc WATCH { fuzz "$R" - "$(mac_of cl1)" "${at[@]}"; }
	exec {WATCHED}<&"${WATCH[0]}" {SENT}>&"${WATCH[1]}"
	eval "exec ${WATCH[0]}<&- ${WATCH[1]}>&-"
	read -r -t 60 line <&"$WATCHED"
	is "$line" ready "the watch"
}

# What it has seen is added to the counters, as seen_NAME
watch_end()
{
	local line name value rc=0

	exec {SENT}>&-
	line=$(cat <&"$WATCHED")
	note "$line"
	wait "$WATCH_PID" || rc=$?
	while read -r name value; do
		N[seen_$name]=$value
	done < <(tail -n 1 <<<"$line" | xargs -n 2)
	is "$rc" 0 "packets in order that came to a bad end: ${line##*$'\n'}"
}

# --- what is left behind -----------------------------------------------------

SKBS=/sys/kernel/slab/skbuff_head_cache

# skbs_kept: packets in memory; each processor keeps a few for the next
skbs_kept()
{
	echo 1 >$SKBS/shrink
	sed 's/ .*//' $SKBS/objects
}

# No longer than a second are pieces waited for
pieces_go_soon()
{
	local ns

	for ns in "$C" "$R" "${T[@]}"; do
		in_ns "$ns" sysctl -qw net.ipv4.ipfrag_time=1 \
			net.ipv6.ip6frag_time=1
	done
}

skbs_gone()
{
	(($(skbs_kept) <= KEPT + 150 * $(nproc)))
}

# Detectors of leaks keep what is free; and they know better
count_skbs()
{
	KEPT=
	[ ! -e /sys/kernel/debug/kmemleak ] || return 0
	grep -q '^skbuff_head_cache' /proc/slabinfo || return 0
	KEPT=$(skbs_kept)
}

# Packets that the machine has had no room for; nobody has dropped those
backlog_drops()
{
	local sum=0 drops rest

	while read -r _ drops rest; do
		sum=$((sum + 16#$drops))
	done </proc/net/softnet_stat
	echo "$sum"
}

# What counters said, by name
declare -A N

counters_read()
{
	local name value

	while read -r name value; do
		N[$name]=$value
	done < <(ksj '.[] | "\(.name) \(.value)"' stats show)
}

# total NAME...: their sum, in $TOTAL
total()
{
	local name

	TOTAL=0
	for name; do
		[ -n "${N[$name]:-}" ] || fail "no counter $name"
		TOTAL=$((TOTAL + N[$name]))
	done
}

# A packet without an entry has one outcome. Those of traffic managers are met
# with and without one, so that their number is but a bound.
check_misses()
{
	total no_vs local to_tm midstream_hash midstream_pass select \
		hit_partial persist vs_limit no_tm
	between "${N[miss]}" "$TOTAL" $((TOTAL + N[from_tm])) "misses"
	is "${N[routed]}" 0 "packets that follow the routing table"
}

# A packet with a destination leaves, or is dropped for a reason; answers and
# ICMP errors may be let go instead
check_steered()
{
	local out

	total forward direct too_big ttl no_route no_neigh no_headroom \
		bad_options tm_down
	out=$TOTAL
	total hit select hit_partial persist midstream_hash
	between "$out" "$TOTAL" $((TOTAL + N[hit_reply] + N[hit_icmp])) \
		"packets with a destination"
}

check_counters()
{
	local name

	counters_read
	for name in "${!N[@]}"; do
		[ "${N[$name]}" = 0 ] || note "$name ${N[$name]}"
	done
	check_misses
	check_steered
	total hit hit_reply hit_icmp miss malformed from_tm
	between "$TOTAL" $((COUNT / 4)) $((COUNT * 2)) "packets seen"
	# What would be proven by packets that all end at the same place?
	for name in hit hit_icmp miss malformed from_tm select persist \
		hit_partial stored not_stored midstream_hash midstream_pass \
		forward direct ttl; do
		truth "${N[$name]} > 0" "packets that came to '$name'"
	done
}

# asked PROTO PORT: a valid question of each family is answered
asked()
{
	local f

	for f in $FAMILIES; do
		has "$(asks -n 3 -S -s "${CANY[$f,1]}" "$1" "${VIP[$f]}" "$2" |
			names)" "t[123]=*" "$1 $2, IPv$f"
	done
}

# Proper packets that must be dropped are among those that were
check_seen()
{
	local name

	truth "N[ttl] >= N[seen_expired]" "too old"
	truth "N[bad_options] >= N[seen_options]" "options that nobody grants"
	for name in managers routed expired options told; do
		truth "N[seen_$name] > 0" "proper packets: $name"
	done
}

test_packets()
{
	local stored lost

	echo "# seed $SEED: KSTEER_FUZZ_SEED=$SEED repeats it" >/dev/kmsg
	note "seed $SEED, $COUNT packets"
	topo 3
	configure
	serve udp:53 tcp:80
	asked udp 53
	tms_met
	neighbours_stay
	hush
	pieces_go_soon
	count_skbs
	lost=$(backlog_drops)
	watch_begin
	sender "$C" c0 "$(mac_of cl1)" -o
	sender "$C" c0 "$(mac_of cl1)" &
	sender "${T[1]}" t0 "$(mac_of tm1)" -r
	wait $!
	is "$(backlog_drops)" "$lost" "packets that found the machine too slow"
	watch_end
	check_counters
	check_seen
	[ -z "$KEPT" ] || wait_until 10 skbs_gone
	stored=$(ksj .flows config show)
	between "$stored" 1 "$MOST_FLOWS" "flows stored"
	ks flow flush all
	is "$(ksj .flows config show)" 0 "flows that are left of none"
	asked udp 53
	asked tcp 80
}

case_add "packets of all kinds" test_packets

cases_run "$@"
