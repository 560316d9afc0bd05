#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an operator meets now and then and no other test does: tracing, next
# hops that come and go in odd ways, commands at an odd moment. Each case says
# what it reaches.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_sink.sh"

# --- tracing -----------------------------------------------------------------

TRACING=/sys/kernel/tracing

# An instance of one's own: nobody else's tracing is disturbed
trace_on()
{
	[ -d $TRACING/events/ksteer ] || skip "no tracefs at $TRACING"
	TRACE=$TRACING/instances/$CASE_TAG
	mkdir "$TRACE"
	defer rmdir "$TRACE"
	defer trace_off
	echo 1 >"$TRACE/events/ksteer/enable"
}

trace_off()
{
	echo 0 >"$TRACE/events/ksteer/enable"
}

# traced EVENT WORD...: there is such a line
traced()
{
	local event=$1

	shift
	grep -E "ksteer_$event: .*$*" "$TRACE/trace" >/dev/null ||
		fail "no $event like '$*' in: $(grep ksteer_ "$TRACE/trace")"
}

# An address and port as the kernel prints them
sockaddr()
{
	[ "$V" = v4 ] && echo "$1:$2" || echo "\\[$1\\]:$2"
}

trace_one()
{
	local src dst

	src=$(sockaddr "$CL" 1000)
	dst=$(sockaddr "$SRV" 80)
	from_client proto=udp sport=1000 dport=80
	arrives "$TMS" sport=1000
	traced miss "src=$src dst=$dst proto=17 vs=[1-9]"
	traced select "src=$src dst=$dst proto=17 vs=[1-9][0-9]* tm=[1-9]"
	from_client proto=udp sport=1000 dport=80
	arrives "$AT" sport=1000
	traced hit "src=$src dst=$dst .* tm=[1-9][0-9]* detail=0"
	from_tm "${AT#t}" proto=udp sport=80 dport=1000
	arrives c sport=80
	traced hit "src=$dst dst=$src .* detail=1"
	from_client proto=udp sport=1000 dport=80 ttl=1
	arrives c dst="$CL"
	traced drop "ifindex=[1-9][0-9]* reason=ttl"
	: >"$TRACE/trace"
}

case_trace()
{
	begin rr udp
	trace_on
	both trace_one
}

# --- next hops of the other family -------------------------------------------

# only_by ADDR WORD...: one traffic manager, x, by a next hop, and nobody else
only_by()
{
	local addr=$1

	shift
	bare
	kb <<-END
		tm add x via $addr
		pool add q tm x
		vs add only addr $SRV port 80 proto udp pool q $*
	END
}

# bare: no object is left
bare()
{
	ksteer -n "$R" -force -batch - >/dev/null 2>&1 <<-END || :
		vs del v4
		vs del v6
		vs del only
		vs del other
		pool del p
		pool del q
		pool del r
		tm del t1
		tm del t2
		tm del t3
		tm del x
	END
}

oper_is()
{
	[ "$(ksj '.[0].oper | join(",")' tm show x)" = "$1" ]
}

has_failed()
{
	[ "$(ksj '.[0].neigh_failures' tm show x)" -gt 0 ]
}

# $1: the address of t1's machine
own_box()
{
	kb <<-END
		tm add x via $1 dev t1
		pool add q tm x
		pool add r tm t2
		vs add only addr $SRV port 81 proto udp pool q
		vs add other addr $SRV port 82 proto udp pool r
	END
	counting
	send t1 src="$CL" dst="$SRV" proto=udp sport=2000 dport=81
	wait_until 5 grown from_tm 1
	# To the server of another machine it is a client
	counting
	send t1 src="$CL" dst="$SRV" proto=udp sport=2000 dport=82
	arrives t2 sport=2000
	counted from_tm 0
	kb <<-END
		vs del only
		vs del other
		pool del q
		pool del r
		tm del x
	END
}

# Two traffic managers are one machine, and each is known by it
case_one_box()
{
	begin rr udp
	defer bare
	family 4
	own_box 10.20.1.2
	family 6
	own_box fd00:20:1::2
}

# An IPv4 route by way of an IPv6 neighbour (RFC 5549), as BGP makes them
case_inet6_hop()
{
	wire clear
	family 4
	defer bare
	ip -n "$R" route add 10.66.0.1 via inet6 fd00:20:1::2 dev t1
	defer ip -n "$R" route del 10.66.0.1
	# Past the hooks only a next hop of the packet's family can be asked for
	only_by 10.66.0.1 direct on
	counting
	from_client proto=udp sport=1000 dport=80
	arrives t1 sport=1000
	sent_whole
	counted forward 1 direct 0
	# It is known by its station, as others are
	from_tm 1 proto=udp sport=80 dport=1000
	arrives c sport=80
	send t1 src="$CL" dst="$SRV" proto=udp sport=2000 dport=80
	wait_until 5 grown from_tm 1
	# It falls silent, and comes again
	ip -n "$R" neigh replace fd00:20:1::2 dev t1 nud failed
	defer ip -n "$R" neigh replace fd00:20:1::2 \
		lladdr "$(fixed_mac 2 1)" dev t1
	wait_until 5 has_failed
	wait_until 5 oper_is ""
}

# grown NAME N: the counter has grown by so much, or more
grown()
{
	local now

	now=$(ks -j stats show)
	(($(counter "$now" "$1") - $(counter "$COUNTERS" "$1") >= $2))
}

# --- next hops that are none -------------------------------------------------

# no_way ADDR: a route to it does not lead to another machine
no_way()
{
	only_by "$1"
	${2:-:} "$1"
	wait_until 5 oper_is no-route
	counting
	from_client proto=udp sport=1000 dport=80
	wait_until 5 grown no_route 1
}

# A next hop that is taken for one's own later
taken()
{
	wait_until 5 oper_is ""
	ip -n "$R" addr add "$1/$HOST" dev t1 nodad
	defer ip -n "$R" addr del "$1/$HOST" dev t1
}

case_no_way()
{
	wire clear
	defer bare
	family 4
	no_way 10.20.1.255
	no_way 10.20.1.77 taken
	family 6
	no_way fd00:20:1::
	no_way fd00:20:1::77 taken
}

# --- no room for neighbours --------------------------------------------------

# thresh FAMILY N: most neighbours, of all namespaces together
thresh()
{
	sysctl -qw "net.$1.neigh.default.gc_thresh3=$2"
}

# Some room is made as long as there is old stuff to throw away
crowded()
{
	ip -n "$R" neigh del "$HOP" dev t1 2>/dev/null
	from_client proto=udp sport=1000 dport=80
	grown no_neigh 1
}

crowd_one()
{
	local ip=ipv4 was

	HOP=10.20.1.77
	[ "$V" = v4 ] || ip=ipv6 HOP=fd00:20:1::77
	was=$(sysctl -n net.$ip.neigh.default.gc_thresh3)
	defer thresh $ip "$was"
	thresh $ip 0
	only_by $HOP direct on
	counting
	wait_until 30 crowded
	thresh $ip "$was"
}

case_neighbours()
{
	wire clear
	defer bare
	both crowd_one
}

# --- too many VLANs ----------------------------------------------------------

# vlan_wires N: VLANs 1 to N on the client's wire
vlan_wires()
{
	local v

	for ((v = 1; v <= $1; v++)); do
		echo "link add c0.$v link c0 up type vlan id $v"
	done | ip -n "$C" -batch -
	for ((v = 1; v <= $1; v++)); do
		echo "link add r0.$v link r0 up type vlan id $v"
	done | ip -n "$R" -batch -
}

# One and the same five-tuple, by one VLAN more than the store takes
case_vlans()
{
	local v dst

	need_module 8021q
	sink_setup
	vlan_wires 9
	for dst in $DST4 $DST6; do
		for ((v = 1; v <= 9; v++)); do
			in_ns "$C" flood c0.$v "$MAC" \
				"$([ $dst = $DST4 ] && echo 10.1.0.10 || echo fd00:1::10)" \
				$dst 1
		done
	done
	wait_until 5 sunk_beyond 17
	counting
	is "$(counter "$COUNTERS" stored) $(counter "$COUNTERS" vlan_crowd)" \
		"16 2" "stored, and steered without an entry"
	is "$(counter "$COUNTERS" select)" 18 "selections"
	refused ks flow add 10.1.0.10 10000 $DST4 80 udp vlan 99 vs v4 tm t1
	has "$SAID" "*Eight VLANs have a flow of this key*" "a pushed flow, too"
}

# --- flows whose traffic manager is not in the pool any more -----------------

leaver_one()
{
	local by

	from_client proto=udp sport=1000 dport=80
	arrives "$TMS" sport=1000
	by=$AT
	ks pool leave p tm "$by"
	# It keeps what it has, until it is deleted itself
	from_client proto=udp sport=1000 dport=80 data=8
	arrives "$by" sport=1000
	is "$(ks -j flow show tm "$by" | jq length)" 1 "flows of $by"
	ks tm del "$by"
	is "$(ks -j flow show | jq length)" 0 "flows without $by"
	from_client proto=udp sport=1000 dport=80 data=16
	arrives "$TMS" sport=1000
	isnt "$AT" "$by" "who has it now"
	ks flow flush all
}

case_leaver()
{
	begin rr udp
	both leaver_one
}

# --- hashing: what is in the seed's and the packet's reach -------------------

# of_vlan DST SRC VLAN: the traffic managers of five flows, each once
of_vlan()
{
	in_ns "$C" flood "c0.$3" "$MAC" "$2" "$1" 5
	ksj 'map(.tm) | unique | join(",")' flow show vlan "$3" dst "$1"
}

# Each VLAN has one traffic manager, whatever else its packets say; names of
# more than eight letters enter the hash in several steps
case_hash_vlan()
{
	local v all=()

	need_module 8021q
	sink_setup
	vlan_wires 8
	kb <<-END
		vs del v4
		vs del v6
		tm add left-hand-side dev s1
		tm add right-hand-side dev s2
		pool add h sched maglev hash vlan seed 7 tm left-hand-side tm right-hand-side
		vs add v4 addr $DST4 pool h
		vs add v6 addr $DST6 pool h
	END
	for ((v = 1; v <= 8; v++)); do
		all+=("$(of_vlan $DST4 10.1.0.10 $v)")
		is "$(of_vlan $DST6 fd00:1::10 $v)" "${all[-1]}" \
			"VLAN $v in the other family"
	done
	is "$(printf '%s\n' "${all[@]}" | sort -u | paste -sd ' ')" \
		"left-hand-side right-hand-side" "traffic managers of eight VLANs"
}

# --- what explain says of the store's odd entries ----------------------------

# explained WHAT EXPECTED WORD...
explained()
{
	local what=$1 expected=$2

	shift 2
	is "$(ksj ".$what" explain "$@")" "$expected" "$what of: $*"
}

explain_one()
{
	local syn="$CL 1000 $SRV 80 tcp state open" was

	from_client proto=tcp sport=1000 dport=80 flags=S seq=1
	arrives "$TMS" sport=1000
	was=$AT
	explained reason "the flow is stored" "$CL" 1000 "$SRV" 80 tcp
	explained tm "$was" "$CL" 1000 "$SRV" 80 tcp
	# A new SYN is selected again if the flow's manager takes no new ones
	ks tm set "$was" state drain
	explained reason "the pool's selection mechanism" $syn
	has "$(ksj .tm explain $syn)" "t[123]" "to another"
	isnt "$(ksj .tm explain $syn)" "$was" "to another"
	ks tm set "$was" state up
	# and if the flow is over
	from_client proto=tcp sport=1000 dport=80 flags=R seq=2
	arrives "$was" sport=1000 flags=R
	is "$(flow_field state src "$CL")" closed "the flow after a RST"
	explained reason "the pool's selection mechanism" $syn
	# An answer without an entry is matched by its source
	ks vs set "$V" symmetric on
	explained reason "the pool's selection mechanism" \
		"$SRV" 80 "$CL" 2000 tcp state open
	ks flow flush all
}

case_explain()
{
	begin rr tcp
	both explain_one
}

# The VLAN of a device is known without asking
case_explain_vlan()
{
	local dst

	need_module 8021q
	sink_setup
	vlan_wires 2
	in_ns "$C" flood c0.2 "$MAC" 10.1.0.10 $DST4 1
	explained reason "the flow is stored" 10.1.0.10 10000 $DST4 80 udp dev r0.2
	explained reason "the pool's selection mechanism" \
		10.1.0.10 10000 $DST4 80 udp dev r0.1
	ks vs set v4 forward route
	ks flow flush all
	in_ns "$C" flood c0.2 "$MAC" 10.1.0.10 $DST4 1
	explained reason "the flow is stored and follows the routing table" \
		10.1.0.10 10000 $DST4 80 udp dev r0.2
}

# --- filters that the command line does not have -----------------------------

# Flows by where they come from and by their key's fields
case_filters()
{
	local said

	sink_setup
	in_ns "$C" flood c0 "$MAC" 10.1.0.10 $DST4 3
	ks flow add 10.1.0.99 1 $DST4 80 udp tm t1 vs v4
	is "$(ksj length flow show)" 4 "flows"
	said=$(in_ns "$R" nl_probe 2>&1 <<-END
		flow-del filter{ origin=1 fields=42 } => OK
	END
	) || fail "$said"
	is "$(ksj length flow show)" 4 "flows, none has those fields"
	said=$(in_ns "$R" nl_probe 2>&1 <<-END
		flow-del filter{ origin=1 fields=63 } => OK
	END
	) || fail "$said"
	is "$(ksj length flow show)" 3 "flows that were selected"
}

case_add "tracepoints tell of packets" case_trace
case_add "an IPv4 next hop behind an IPv6 neighbour" case_inet6_hop
case_add "two traffic managers in one machine" case_one_box
case_add "next hops that are this machine, or nobody" case_no_way
case_add "no room for one more neighbour" case_neighbours
case_add "more VLANs than a key may have" case_vlans

case_add "a traffic manager is deleted under its flows" case_leaver
case_add "VLANs and long names in a hash" case_hash_vlan
case_add "explain: entries that give way" case_explain
case_add "explain: devices of VLANs, flows that are routed" case_explain_vlan
case_add "filters by origin and by fields" case_filters

wire_cases_run "$@"
