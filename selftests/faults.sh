#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Every allocation of the module fails once: while it is loaded, when namespaces
# are made, in each netlink command, for each kind of packet. Each time nothing
# leaks, nothing is half done, and the same again succeeds. For kernels that can
# inject faults and look for leaks, as the debug kernel.

. "$(dirname "$0")/lib.sh"
. "$SELFTESTS/lib_sink.sh"
. "$SELFTESTS/lib_wire.sh"
. "$SELFTESTS/lib_faults.sh"

[ -e /proc/self/fail-nth ] && [ -d $DEBUG/failslab ] ||
	skip_all "the kernel cannot inject faults"
echo clear >$LEAKS || skip_all "the kernel cannot look for leaks"

# Past the log of a case, which shows only if it fails
exec {SAY}>&1

# --- load and namespaces -----------------------------------------------------

not_loaded()
{
	! grep -q '^ksteer' /proc/modules /proc/slabinfo
}

loaded()
{
	grep -q '^ksteer .* Live' /proc/modules && ksteer config show
}

test_load()
{
	local range file=$CASE_DIR/ksteer.ko

	ns_add A B
	strip --strip-debug -o "$file" "${KSTEER_KO:-$(modinfo -n ksteer)}"
	# Whoever cannot make a cache puts a trace into the log, which must
	# have none
	range="$(text_of do_one_initcall) $(text_of __kmem_cache_create_args)"
	rmmod ksteer
	defer modprobe ksteer
	# shellcheck disable=SC2086
	faults_in $range
	each_fault "load" not_loaded loaded "rmmod ksteer" insmod "$file"
	no_leaks
}

no_namespace()
{
	! ip netns list | grep -q "^$CASE_TAG.x"
}

namespace()
{
	ksteer -n "$CASE_TAG.x" config show
}

test_namespace()
{
	faults_in_module
	each_fault "namespace" no_namespace namespace \
		"ip netns del $CASE_TAG.x" ip netns add "$CASE_TAG.x"
	no_leaks
}

# --- netlink -----------------------------------------------------------------

netlink_setup()
{
	need_slab
	sink_setup
	bg "$R" ksteer monitor >"$CASE_DIR/events"
	MONITOR=$BG
	wait_until 20 hears
	FAULTS=0 COMMANDS=0
	cli_start
	faults_in_module
}

hears()
{
	ks config set young 7
	grep -q . "$CASE_DIR/events"
}

netlink_end()
{
	still_run "$MONITOR"
	cli_must "flow flush all"
	wait_until 30 no_flow_objects
	echo "# $FAULTS faults: $COMMANDS netlink commands of $1" >&"$SAY"
	no_leaks
}

test_tm()
{
	netlink_setup
	each_fault_of "tm add x via 10.1.0.200 via fd00:1::200 dev s2 weight 3" \
		"tm del x"
	each_fault_of "tm set t2 weight 7 max-flows 50" \
		"tm set t2 weight 1 max-flows 0"
	each_fault_of "tm set t2 dev s1" "tm set t2 dev s2"
	each_fault_of "tm drain t2" "tm up t2"
	each_fault_of "tm down t2" "tm up t2"
	each_fault_of "tm show t1"
	no_fault_of "tm show"
	cli_must "tm add x dev s2"
	each_fault_of "tm del x" "tm add x dev s2"
	netlink_end "traffic managers"
}

test_pool()
{
	local sched

	netlink_setup
	for sched in wrr lc hash-src "maglev table-size 251" ordered gport \
			"hash-set set 10.0.0.0/8"; do
		each_fault_of "pool add q sched $sched tm t1 tm t2" "pool del q"
	done
	cli_must "tm add x dev s2"
	each_fault_of "pool set p sched wrr tm t2 tm x" \
		"pool set p sched rr tm t1 tm t2"
	each_fault_of "pool join p tm x" "pool leave p tm x"
	cli_must "pool join p tm x"
	each_fault_of "pool leave p tm x" "pool join p tm x"
	each_fault_of "pool show p"
	no_fault_of "pool show"
	cli_must "pool add q tm t1"
	each_fault_of "pool del q" "pool add q tm t1"
	netlink_end "pools"
}

test_vs()
{
	netlink_setup
	cli_must "pool add q sched wrr tm t1"
	each_fault_of "vs add z addr 10.9.0.9 port 80 proto tcp pool q persist 9" \
		"vs del z"
	each_fault_of "vs add z addr fd00:9::9 pool q template src,dst" "vs del z"
	each_fault_of "vs set v4 pool q symmetric on persist 10" \
		"vs set v4 pool p symmetric off persist 0"
	each_fault_of "vs set v6 noarp on" "vs set v6 noarp off"
	cli_must "vs set v6 noarp on"
	each_fault_of "vs set v6 noarp off" "vs set v6 noarp on"
	each_fault_of "vs show v4"
	no_fault_of "vs show"
	cli_must "vs add z addr fd00:9::9 pool q"
	each_fault_of "vs del z" "vs add z addr fd00:9::9 pool q"
	# The first one brings the hooks, the last one takes them
	cli_must "vs del z" "vs del v4" "vs del v6"
	each_fault_of "vs add z addr fd00:9::9 pool q" "vs del z"
	cli_must "vs add z addr fd00:9::9 pool q"
	each_fault_of "vs del z" "vs add z addr fd00:9::9 pool q"
	netlink_end "virtual servers"
}

flow_lines()
{
	local n

	for n in 1 2 3 4; do
		echo "10.1.0.7 $n $DST4 80 udp tm t1 vs v4"
	done
}

test_flow()
{
	local one="10.1.0.8 5 $DST4 80 tcp"

	netlink_setup
	cli_must "vs set v4 events new,move,delete timeout tcp-established 1h timeout udp-established 1h"
	flow_lines >"$CASE_DIR/flows"
	each_fault_of "flow add $one tm t2 vs v4" "flow del $one"
	each_fault_of "flow load $CASE_DIR/flows" "flow flush all"
	cli_must "flow add $one tm t2 vs v4"
	each_fault_of "flow get $one"
	each_fault_of "flow show"
	each_fault_of "flow show tm t2 proto tcp"
	each_fault_of "flow del $one" "flow add $one tm t2 vs v4"
	each_fault_of "flow flush vs v4" "flow add $one tm t2 vs v4"
	# Flows that move with it
	each_fault_of "tm down t2" "tm up t2" "flow flush all" \
		"flow add $one tm t2 vs v4"
	# The first flow of a manager that no pool of the server has
	cli_must "tm add x dev s2"
	each_fault_of "flow add 10.1.0.9 1 $DST4 80 udp tm x vs v4" "tm del x" \
		"tm add x dev s2"
	netlink_end "flows"
}

test_others()
{
	local config

	netlink_setup
	config=$(ks save | grep '^config set')
	each_fault_of "config set max-flows 5000 young 9" "$config"
	each_fault_of "config show"
	no_fault_of "stats show"
	each_fault_of "stats show hit"
	each_fault_of "explain 10.1.0.8 5 $DST4 80 tcp"
	each_fault_of save
	netlink_end "other kinds"
}

# --- packets -----------------------------------------------------------------

accounts_are_empty()
{
	wait_until 30 no_flow_objects
	is "$(ksj '[.[].stats.flows] | add' tm show)" 0 "$1: flows of managers"
	is "$(ksj '[.[].stats.flows] | add' vs show)" 0 "$1: flows of servers"
}

test_packets()
{
	FAULTS=0
	need_slab
	sink_setup
	wire_start
	wire on c "$C" c0 "$MAC"
	ID=0
	faults_in_module
	each_fault_of_packet "UDP" 2 1 udp 10.1.0.10 $DST4
	each_fault_of_packet "UDP, IPv6" 2 1 udp fd00:1::10 $DST6
	each_fault_of_packet "SYN" 2 1 syn 10.1.0.10 $DST4
	each_fault_of_packet "SYN, IPv6" 2 1 syn fd00:1::10 $DST6
	each_fault_of_packet "ICMP error" 1 0 error 10.1.0.10 $DST4
	each_fault_of_packet "ICMP error, IPv6" 1 0 error fd00:1::10 $DST6
	each_fault_of_packet "fragments" 3 1 fragments 10.1.0.10 $DST4
	each_fault_of_packet "fragments, IPv6" 4 1 fragments fd00:1::10 $DST6
	ks vs set v4 persist 100 events new,established,move,delete
	ks vs set v6 persist 100 events new,established,move,delete
	each_fault_of_packet "persistence" 3 1 udp 10.1.0.10 $DST4
	bg "$R" ksteer monitor >"$CASE_DIR/events"
	wait_until 20 hears
	each_fault_of_packet "persistence and events" 3 1 udp 10.1.0.10 $DST4
	each_fault_of_packet "the same, IPv6" 3 1 udp fd00:1::10 $DST6
	ip -n "$R" link set s1 mtu 100
	ip -n "$R" link set s2 mtu 100
	each_fault_of_packet "to be cut" 6 1 big 10.1.0.10 $DST4
	still_run "$BG"
	echo "# $FAULTS faults: packets of new flows" >&"$SAY"
	no_leaks
}

# Every third flow finds no memory, with traffic on all processors
test_traffic()
{
	local flows=3000 lost

	need_slab
	sink_setup
	faults_in_module
	echo 1 >/sys/kernel/slab/ksteer_flow/failslab
	echo Y >$DEBUG/failslab/cache-filter
	echo 3 >$DEBUG/failslab/interval
	echo -1 >$DEBUG/failslab/times
	echo 100 >$DEBUG/failslab/probability
	flood -N "$C" c0 "$MAC" 10.1.0.10 $DST4 $flows &
	flood -N "$C" c0 "$MAC" fd00:1::10 $DST6 $flows
	wait $!
	none_fails
	is "$(kcount miss)" $((2 * flows)) "packets seen"
	# Two processors may count as one
	lost=$(kcount no_memory)
	between "$lost" $((flows / 3)) $flows "flows without memory"
	is "$(kcount stored)" $((2 * flows - lost)) "flows stored"
	is "$(sunk)" $((2 * flows)) "packets forwarded"
	flood -N "$C" c0 "$MAC" 10.1.0.10 $DST4 $flows
	flood -N "$C" c0 "$MAC" fd00:1::10 $DST6 $flows
	is "$(kcount stored)" $((2 * flows)) "flows stored in the end"
	ks flow flush all >/dev/null
	accounts_are_empty "traffic"
	echo "# $lost faults: flows under traffic" >&"$SAY"
	no_leaks
}

case_add "load" test_load
case_add "namespace" test_namespace
case_add "netlink: traffic managers" test_tm
case_add "netlink: pools" test_pool
case_add "netlink: virtual servers" test_vs
case_add "netlink: flows" test_flow
case_add "netlink: settings, counters, explain" test_others
case_add "packets: each allocation of a new flow" test_packets
case_add "packets: every third flow" test_traffic

cases_run "$@"
