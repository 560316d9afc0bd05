#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Births and deaths under traffic: of the module, of namespaces, of devices, of
# traffic managers, pools and virtual servers.

. "$(dirname "$0")/lib.sh"
. "$SELFTESTS/lib_sink.sh"

test_rmmod()
{
	local round

	sink_setup
	torrent
	for round in 1 2 3; do
		wait_until 20 flows_are 2000
		wait_until 20 sunk_beyond 100
		rmmod ksteer
		grep -q '^ksteer ' /proc/modules && fail "still loaded, round $round"
		grep -q '^ksteer' /proc/slabinfo && fail "caches stay, round $round"
		still_pours
		modprobe ksteer
		is "$(ks save | wc -l)" 1 "lines of save after a reload"
		sink_config "$R"
	done
	wait_until 20 flows_are 2000
	still_pours
}

test_module()
{
	local file=${KSTEER_KO:-ksteer}

	is "$(modinfo -F license "$file")" GPL "license"
	isnt "$(modinfo -F description "$file")" "" "description"
	isnt "$(modinfo -F version "$file")" "" "version"
	is "$(modinfo -F version "$file")" "$(ksteer -V | sed 's/.* //')" \
		"versions of module and program"
	has "$(modinfo -F depends "$file")" "*nf_defrag_ipv6*" "depends"
	file=$(modinfo -n ksteer)
	insmod "$file" && fail "loaded twice"
	ksteer tm show
}

test_namespace_dies()
{
	need_slab
	sink_setup
	flood -N "$C" -f 20000 c0 "$MAC" 10.1.0.10 "$DST4" 20000
	torrent
	wait_until 20 flows_are 22000
	truth "$(flow_objects) >= 22000" "flows in memory"
	ip netns del "$R"
	# With the namespace went the wire's end, and the wire
	wait_until 30 torrent_ends
	wait_until 30 no_flow_objects
}

test_many_namespaces()
{
	local names i

	need_slab
	mapfile -t names < <(printf "$CASE_TAG.%s\n" {1..40})
	printf 'netns add %s\n' "${names[@]}" | ip -batch -
	case_ns+=("${names[@]}")
	# A route of IPv6 keeps its device, and a device its namespace
	for i in "${names[@]}"; do
		ip -n "$i" -batch - <<-END
		link add d0 up type dummy
		addr add 10.0.0.1/24 dev d0
		addr add fd00:1::1/64 dev d0 nodad
		END
		ksteer -n "$i" -batch - <<-END
		tm add a via 10.0.0.2 via fd00:1::2 dev d0
		pool add p sched maglev table-size 251 tm a
		vs add v addr $DST4 pool p persist 60
		flow add 10.0.0.1 1 $DST4 80 tcp tm a vs v
		flow add 10.0.0.1 2 $DST4 80 udp tm a vs v
		END
	done
	truth "$(flow_objects) == 80" "flows in memory"
	printf 'netns del %s\n' "${names[@]}" | ip -batch -
	wait_until 30 no_flow_objects
}

test_two_namespaces()
{
	local mac

	sink_setup
	ns_add D X
	sink_wires "$D" "$X"
	sink_config "$X"
	ksteer -n "$X" vs set v4 forward route
	mac=$(in_ns "$X" cat /sys/class/net/r0/address)
	torrent
	flood -N "$D" c0 "$mac" 10.1.0.10 "$DST4" 500
	wait_until 20 flows_are 2000
	is "$(ksteer -n "$X" -j stats show miss | jq '.[0].value')" 500 "seen there"
	is "$(ksteer -n "$X" -j stats show routed | jq '.[0].value')" 500 \
		"routed there"
	is "$(ksteer -n "$X" -j vs show v4 | jq '.[0].stats.flows')" 500 \
		"flows there"
	is "$(kcount routed)" 0 "routed here"
	ip netns del "$X"
	wait_until 10 sunk_beyond "$(sunk)"
	still_pours
	flows_are 2000
}

tm_says()
{
	# shellcheck disable=SC2053
	[[ "$(ksj '.[0].oper | join(",")' tm show "$1")" == $2 ]]
}

test_device_dies()
{
	local before

	sink_setup
	torrent
	wait_until 20 flows_are 2000
	before=$(tm_stat t2 flows_total)
	ip -n "$R" link del s1
	wait_until 10 tm_says t1 'no-device'
	is "$(ksj '.[0].dev' tm show t1)" s1 "the device that it had"
	# What t1 had cannot go there any more, and has no connection to lose
	wait_until 20 tm_stat_is t1 flows 0
	truth "$(kcount moved) >= 1000" "datagrams that go on by t2"
	before=$(tm_stat t2 flows_total)
	flood -N "$C" -f 30000 c0 "$MAC" 10.1.0.10 "$DST4" 100
	wait_until 10 tm_stat_is t2 flows_total $((before + 100))
	ks tm down t1
	is "$(tm_stat t1 flows)" 0 "flows of t1"
	ip -n "$R" link add s1 type dummy
	ip -n "$R" link set s1 up
	ks tm up t1
	wait_until 10 tm_says t1 ""
	flood -N "$C" -f 31000 c0 "$MAC" 10.1.0.10 "$DST4" 100
	wait_until 10 tm_stat_is t1 flows 50
	# The device by which all comes, then
	ip -n "$R" link del r0
	wait_until 10 torrent_ends
	is "$(ksj length vs show)" 2 "virtual servers"
}

# A name is what is kept: whoever has it is the device
test_device_comes_again()
{
	sink_setup
	ks vs set v4 events none
	kb <<-END
	vs add in addr $DST4 port 81 pool p in r0
	END
	ip -n "$R" link set s1 down
	ip -n "$R" link set s1 name other
	ip -n "$R" link set other up
	wait_until 10 tm_says t1 no-device
	ip -n "$R" link set other down
	ip -n "$R" link set other name s1
	ip -n "$R" link set s1 up
	wait_until 10 tm_says t1 ""
	# What is saved can be restored, also where the device is not there
	ip -n "$R" link del s1
	wait_until 10 tm_says t1 no-device
	ip -n "$R" link set r0 down
	ip -n "$R" link set r0 name gone
	ks save >"$CASE_DIR/save"
	has "$(<"$CASE_DIR/save")" "*tm add t1 dev s1 *" "what is saved"
	has "$(<"$CASE_DIR/save")" "*vs add in * in r0 *" "what is saved"
	kb <<-END
	vs del v4
	vs del v6
	vs del in
	pool del p
	tm del t1
	tm del t2
	END
	ks restore "$CASE_DIR/save"
	is "$(ks save)" "$(<"$CASE_DIR/save")" "saved and restored"
	is "$(ksj '.[0].oper | join(",")' tm show t1)" no-device "t1"
	SAID=$(ks tm add t3 dev s9 2>&1) && fail "a device that is not there"
	has "$SAID" "*not a device*" "a name mistyped"
	ip -n "$R" link add name s1 type dummy
	ip -n "$R" link set s1 up
	wait_until 10 tm_says t1 ""
	ip -n "$R" link set gone name r0
	ip -n "$R" link set r0 up
	ks flow flush all
	wait_until 10 in_r0
}

# A server knows its device by the name, too
in_r0()
{
	ip -n "$R" neigh replace 10.1.0.10 lladdr 02:00:00:00:00:10 dev r0
	[ "$(ksj .vs explain 10.1.0.10 1 $DST4 81 udp dev r0)" = in ]
}

tm_stat_is()
{
	[ "$(tm_stat "$1" "$2")" = "$3" ]
}

churn()
{
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			print "tm add x via 10.1.0.200 via fd00:1::200"
			print "pool join p tm x"
			print "pool add q sched maglev tm x tm t1 table-size 251"
			print "vs add z addr 10.9.0.0/16 pool q persist 10"
			print "vs add z6 addr fd00:9::/64 proto tcp pool q"
			print "tm drain x"
			print "vs set z pool p noarp on"
			print "pool leave p tm x"
			print "pool set q sched wrr tm t2"
			print "tm set t1 weight", i % 7 + 1
			print "tm down x"
			print "vs del z"
			print "vs del z6"
			print "pool del q"
			print "tm del x"
		}
	}'
}

test_churn()
{
	local before generation

	sink_setup
	torrent
	wait_until 20 flows_are 2000
	before=$(who_has)
	is "$(wc -l <<<"$before")" 2000 "flows"
	generation=$(ksj .generation config show)
	churn 40 | kb
	is "$(ksj .generation config show)" $((generation + 600)) "changes"
	is "$(who_has)" "$before" "flows and their managers"
	is "$(ksj 'map(select(.name | IN("no_tm", "tm_down", "no_route",
		"no_neigh", "vs_limit", "expired", "moved", "evict_open")) |
		.value) | add' stats show)" 0 "packets dropped, flows moved"
	is "$(kcount stored)" 2000 "flows stored"
	still_pours
}

# tallies: entries that the traffic managers and the virtual servers have
tallies()
{
	echo "$(ksj '[.[].stats.flows] | add' tm show)" \
		"$(ksj '[.[].stats.flows] | add' vs show)"
}

tallies_are()
{
	[ "$(tallies)" = "$1 $1" ]
}

# Each round another object has the number of one that was removed a moment before,
# and the packets of its flows go on
test_again()
{
	local round

	sink_setup
	torrent
	for round in 1 2 3 4 5 6; do
		wait_until 20 flows_are 2000
		kb <<-END
		vs del v4
		vs del v6
		vs add a addr $DST6 pool p timeout udp-open 1h
		vs add b addr $DST4 pool p timeout udp-open 1h
		vs del a
		vs del b
		pool set p tm t1
		tm del t2
		tm add t2 dev s2
		pool set p tm t2
		tm del t1
		tm add t1 dev s1
		pool set p tm t1 tm t2
		vs add v6 addr $DST6 pool p timeout udp-open 1h
		vs add v4 addr $DST4 pool p timeout udp-open 1h
		END
		wait_until 20 flows_are 2000
		wait_until 20 tallies_are 2000
		is "$(ksj 'map(.vs) | unique | join(" ")' flow show)" "v4 v6" \
			"servers of the flows, round $round"
	done
	still_pours
	kb <<-END
	vs del v4
	vs del v6
	END
	wait_until 20 flows_are 0
	is "$(ksj '[.[].stats.flows] | add' tm show)" 0 "flows of managers"
}

# down_takes: milliseconds until a device with a thousand neighbours is down
down_takes()
{
	local NOW begin

	awk 'BEGIN {
		for (i = 1; i <= 1000; i++)
			printf "neigh replace 10.7.%d.%d dev d lladdr 02:00:00:00:00:01 nud permanent\n",
				i / 250, i % 250 + 2
	}' | ip -n "$R" -batch -
	now_us
	begin=$NOW
	ip -n "$R" link set dev d down
	now_us
	echo $(((NOW - begin) / 1000))
	ip -n "$R" link set dev d up
}

# Others wait for the lock of all neighbours meanwhile: managers that the
# neighbours do not concern may not count
test_many_managers()
{
	local control taken

	ns_add R
	ip -n "$R" -batch - <<-END
	link add name d up type dummy
	addr add 10.7.0.1/16 dev d
	link add name e up type dummy
	addr add 10.8.0.1/16 dev e
	END
	down_takes >/dev/null
	control=$(down_takes)
	awk 'BEGIN {
		for (i = 1; i <= 2000; i++)
			printf "tm add t%d via 10.8.%d.%d reply-via 10.8.%d.%d\n",
				i, i / 250, i % 250 + 2, i / 250, i % 250 + 2
	}' | kb
	taken=$(down_takes)
	note "without managers: $control ms, with 2000: $taken ms"
	truth "$taken < 4 * $control + 1000" "time to take a device down: $taken, $control ms without managers"
}

case_add "module: what it says of itself, not twice" test_module
case_add "module: removed and loaded under traffic" test_rmmod
case_add "namespace: dies under traffic, with its flows" test_namespace_dies
case_add "namespace: forty at once" test_many_namespaces
case_add "namespace: two, each with its own" test_two_namespaces
case_add "device: dies under traffic and comes again" test_device_dies
case_add "device: goes with its neighbours while there are many managers" \
	test_many_managers
case_add "device: known by its name, gone and come again" \
	test_device_comes_again
case_add "objects removed and made again under their flows" test_again
case_add "churn of objects leaves the flows of others alone" test_churn

cases_run "$@"
