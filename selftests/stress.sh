#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Much at once: the module loaded and unloaded, namespaces, objects and devices
# that come and go at random, a clock that jumps, a flood of SYNs, all of it
# under traffic. `KSTEER_STRESS=long` for minutes in place of seconds;
# `KSTEER_SEED=N` repeats a run's random choices. The clock is set back.

. "$(dirname "$0")/lib.sh"
. "$SELFTESTS/lib_sink.sh"

# What happens how often, and seconds of it; namespaces, and slots of the flooded
# table, fewer where they would take an hour
case ${KSTEER_STRESS:-short} in
short) RELOADS=8 BIRTHS=5 RANDOM_TIME=10 FLAP_TIME=5 TABLE=2000 ;;
long) RELOADS=200 BIRTHS=$((300 / KSTEER_SLOW)) RANDOM_TIME=600 FLAP_TIME=60
	TABLE=$((100000 / KSTEER_SLOW)) ;;
*) skip_all "KSTEER_STRESS is short or long" ;;
esac
SEED=${KSTEER_SEED:-$((SRANDOM % 1000000))}

# Past the log of a case, which shows only if it fails
exec {SAY}>&1

say()
{
	echo "# $*" >&"$SAY"
}

uptime_ms()
{
	local up

	read -r up _ </proc/uptime
	UPTIME=$((10#${up/./} * 10))
}

# for_seconds N COMMAND...: again and again, by a clock that nobody sets
for_seconds()
{
	local UPTIME end

	uptime_ms
	end=$((UPTIME + $1 * 1000))
	shift
	while uptime_ms && ((UPTIME < end)); do
		"$@"
	done
}

# Half a torrent
drizzle()
{
	bg "$C" flood -lq c0 "$MAC" 10.1.0.10 "$DST4" 1000
	DRIZZLE=$BG
}

# --- the module --------------------------------------------------------------

# The kernel patches the jumps to netfilter with the first and the last hook of a
# kind. An emulator may run what stood there a moment ago, a breakpoint, when a
# packet passes just then; so there is a hook of each kind all the time.
keep_hooks()
{
	local family hook

	ns_add K
	for family in inet arp; do
		for hook in prerouting input forward output postrouting; do
			[[ $family$hook == arp@(pre|for|post)* ]] && continue
			echo "add table $family keep"
			echo "add chain $family keep $hook" \
				"{ type filter hook $hook priority 0; }"
		done
	done | in_ns "$K" nft -f -
}

test_reload()
{
	local round file=$CASE_DIR/ksteer.ko

	# What debuggers need takes longer to read than the rest
	strip --strip-debug -o "$file" "${KSTEER_KO:-$(modinfo -n ksteer)}"
	keep_hooks
	sink_setup
	drizzle
	for ((round = 1; round <= RELOADS; round++)); do
		wait_until 60 some_flows
		rmmod ksteer
		grep -q '^ksteer' /proc/slabinfo && fail "caches stay, round $round"
		insmod "$file"
		sink_config "$R"
	done
	still_run "$DRIZZLE"
	wait_until 60 flows_are 1000
	is "$(kcount stored)" 1000 "flows stored since the last load"
	say "$RELOADS times unloaded and loaded under traffic"
}

some_flows()
{
	[ "$(flows_now)" -gt 0 ]
}

# --- namespaces --------------------------------------------------------------

# One more distributor and its client
birth()
{
	local n=$1 c=$CASE_TAG.c$1 r=$CASE_TAG.r$1 mac

	printf 'netns add %s\n' "$c" "$r" | ip -batch -
	case_ns+=("$c" "$r")
	sink_wires "$c" "$r"
	sink_config "$r"
	mac=$(in_ns "$r" cat /sys/class/net/r0/address)
	bg "$c" flood -lq c0 "$mac" 10.1.0.10 "$DST4" 100
	BORN_PID[n]=$BG
}

is_busy()
{
	local flows

	flows=$(ksteer -n "$CASE_TAG.r$1" -j config show | jq .flows)
	[ "$flows" = 100 ]
}

# A namespace dies with its packets on the way; the flood's wire goes with it
death()
{
	wait_until 60 is_busy "$1"
	ip netns del "$CASE_TAG.r$1"
	wait "${BORN_PID[$1]}" || :
	ip netns del "$CASE_TAG.c$1"
}

test_namespaces()
{
	local n before

	need_slab
	sink_setup
	drizzle
	wait_until 60 flows_are 1000
	before=$(who_has)
	BORN_PID=()
	for ((n = 1; n <= BIRTHS; n++)); do
		birth "$n"
		((n < 3)) || death $((n - 2))
		((n % 25)) || say "$n of $BIRTHS namespaces made"
	done
	death $((BIRTHS - 1))
	death "$BIRTHS"
	case_ns=("$C" "$R")
	who_has_still "$before" "$(who_has)" "flows of the namespace that stays"
	is "$(kcount stored)" 1000 "flows stored there"
	still_run "$DRIZZLE"
	wait_until 60 flow_objects_are 1000
	say "$BIRTHS namespaces made and removed under traffic"
}

flow_objects_are()
{
	[ "$(flow_objects)" = "$1" ]
}

# --- objects -----------------------------------------------------------------

# Fifty changes; refusals are expected, and nothing but refusals
change_at_random()
{
	local rc=0

	SEED=$((SEED + 1))
	awk -v seed="$SEED" -v count=50 -f "$SELFTESTS/stress.awk" |
		ksteer -n "$R" -force -batch - >/dev/null 2>"$CASE_DIR/refused" ||
		rc=$?
	[ "$rc" -le 1 ] || fail "exit code $rc: $(tail -n 3 "$CASE_DIR/refused")"
	CHANGES=$((CHANGES + 50))
}

# look WORD...: refused if something changes too often meanwhile, and only then
look()
{
	local said

	said=$(ks -j "$@" 2>&1 >/dev/null) && return
	[[ $said == *"does not stand still"* ]] ||
		echo "$*: $said" >>"$CASE_DIR/badly"
}

# look_flows: those of v4 are there all the time, so a dump has them all, however
# the table is resized meanwhile
look_flows()
{
	local said

	said=$(in_ns "$R" nl_dump flow-get 2>&1) || said+=" (exit $?)"
	if [[ ! $said =~ distinct\ ([0-9]+)\ .*\ interrupted\ [01]$ ]] ||
	   ((BASH_REMATCH[1] < 1000)); then
		echo "flows: $said" >>"$CASE_DIR/badly"
	fi
}

# Whoever looks at it all meanwhile
watch_all()
{
	local looks=0

	while [ -e "$CASE_DIR/go" ]; do
		look tm show
		look pool show
		look vs show
		look_flows
		looks=$((looks + 1))
		echo "$looks" >"$CASE_DIR/looks"
	done
}

# No sums differ: each flow is its manager's and its server's, two of each at least
accounts_settled()
{
	local kind name flows seen=0

	for kind in tm vs; do
		while read -r name flows; do
			[ "$(ksj length flow show "$kind" "$name")" = "$flows" ] ||
				return 1
			seen=$((seen + 1))
		done < <(ksj '.[] | "\(.name) \(.stats.flows)"' "$kind" show)
	done
	((seen >= 4))
}

delete_all()
{
	local kind name

	for kind in vs pool tm; do
		for name in $(ksj '.[].name' "$kind" show); do
			echo "$kind del $name"
		done
	done | kb
}

random_setup()
{
	local i

	sink_setup
	ip -n "$R" link add s3 type dummy
	ip -n "$R" link set s3 up
	drizzle
	wait_until 60 flows_are 1000
	BORN_PID=()
	for i in 0 1 2; do
		bg "$C" flood -l c0 "$MAC" 10.1.0.5"$i" 10.9.1."$i" 50
		BORN_PID+=("$BG")
	done
	: >"$CASE_DIR/go"
	: >"$CASE_DIR/badly"
	watch_all &
	WATCH=$!
	defer rm -f "$CASE_DIR/go"
}

who_has_v4()
{
	ksj 'map("\(.src) \(.sport) \(.tm)") | sort | .[]' flow show vs v4
}

test_random()
{
	local before CHANGES=0 first=$SEED

	say "KSTEER_SEED=$first repeats these changes"
	need_slab
	random_setup
	before=$(who_has_v4)
	for_seconds "$RANDOM_TIME" change_at_random
	still_run "$DRIZZLE" "${BORN_PID[@]}"
	rm "$CASE_DIR/go"
	wait "$WATCH"
	is "$(<"$CASE_DIR/badly")" "" "what was seen meanwhile"
	truth "$(<"$CASE_DIR/looks") > 1" "looks"
	who_has_still "$before" "$(who_has_v4)" "flows that no change was about"
	kill "${BORN_PID[@]}" "$DRIZZLE"
	wait "${BORN_PID[@]}" "$DRIZZLE" || :
	wait_until 60 accounts_settled
	ks save >"$CASE_DIR/save"
	delete_all
	is "$(flows_now)" 0 "flows without servers"
	wait_until 60 no_flow_objects
	ks restore "$CASE_DIR/save"
	is "$(ks save)" "$(<"$CASE_DIR/save")" "restored"
	say "$CHANGES changes at random, looked at $(<"$CASE_DIR/looks") times"
}

# --- devices and routes ------------------------------------------------------

# A third manager behind a route, and what may happen to the ways
flap_setup()
{
	sink_setup
	ip -n "$R" -batch - <<-END
	link add s3 type dummy
	link set s3 up
	addr add 10.3.0.1/24 dev s3
	neigh add 10.3.0.9 lladdr 02:00:00:00:00:09 dev s3 nud permanent
	route add 10.4.0.0/24 via 10.3.0.9
	END
	ks tm add t3 via 10.3.0.9
	ks pool join p tm t3
	# Datagrams would leave a way that fails, unless they are told to stay
	kb <<-END
		tm set t1 on-fail keep
		tm set t2 on-fail keep
		tm set t3 on-fail keep
	END
}

# Both halves of each: away, and back
flap()
{
	case $((RANDOM % 7)) in
	0) echo "link set s1 down"; echo "link set s1 up" ;;
	1) echo "link set s2 down"; echo "link set s2 up" ;;
	2) echo "route add 10.3.0.9/32 dev s2"; echo "route del 10.3.0.9/32" ;;
	3) echo "route add blackhole 10.3.0.9"; echo "route del blackhole 10.3.0.9" ;;
	4) echo "addr del 10.3.0.1/24 dev s3"; echo "addr add 10.3.0.1/24 dev s3" ;;
	5) echo "link set s3 mtu 1280"; echo "link set s3 mtu 1500" ;;
	6) echo "link del s2"; echo "link add s2 type dummy"; echo "link set s2 up" ;;
	esac
}

flap_some()
{
	local i

	for i in 1 2 3 4 5 6; do
		flap
	done | ip -n "$R" -batch -
	ip -n "$R" neigh replace 10.3.0.9 lladdr 02:00:00:00:00:09 dev s3 \
		nud permanent
	ks tm set t2 dev s2
	FLAPS=$((FLAPS + 6))
}

all_usable()
{
	[ "$(ksj '[.[] | select(.oper != [])] | length' tm show)" = 0 ]
}

test_flaps()
{
	local dev before FLAPS=0

	RANDOM=$SEED
	say "KSTEER_SEED=$SEED repeats these flaps"
	flap_setup
	torrent
	wait_until 60 flows_are 2000
	before=$(who_has)
	for_seconds "$FLAP_TIME" flap_some
	wait_until 30 all_usable
	who_has_still "$before" "$(who_has)" "flows whose ways came and went"
	is "$(kcount stored)" 2000 "flows stored, each once"
	for dev in s1 s2 s3; do
		wait_until 30 sunk_beyond "$(sunk "$dev")" "$dev"
	done
	still_pours
	say "$FLAPS devices and routes went and came back"
}

# --- the clock ---------------------------------------------------------------

# clock_back SECONDS UPTIME: it was so late then
clock_back()
{
	local UPTIME

	uptime_ms
	date -s "@$(($1 + (UPTIME - $2) / 1000))" >/dev/null
}

# jump SPAN: the clock is set, and what lasts is there still
jump()
{
	date -s "$1" >/dev/null
	holds 3 flows_are_at_least 1000
	is "$(kcount expired)" "$2" "expired before their time, after $1"
}

flows_are_at_least()
{
	[ "$(flows_now)" -ge "$1" ]
}

expired_are()
{
	[ "$(kcount expired)" = "$1" ]
}

# short_lived FIRST WHEN EXPIRED: a hundred flows that last for two seconds, and
# not for long beyond; so many flows have expired then
short_lived()
{
	local UPTIME begin

	uptime_ms
	begin=$UPTIME
	flood -N "$C" -f "$1" c0 "$MAC" fd00:1::10 "$DST6" 100
	date -s "$2" >/dev/null
	wait_until 30 expired_are "$3"
	uptime_ms
	between $((UPTIME - begin)) 2000 $((20000 * KSTEER_SLOW)) \
		"ms until they expired, after $2"
}

# A drain lasts as long as it should, whatever the clock says
drain_across()
{
	local UPTIME begin

	ks tm drain t2 timeout 3
	uptime_ms
	begin=$UPTIME
	date -s "$1" >/dev/null
	wait_until 30 is_down t2
	uptime_ms
	between $((UPTIME - begin)) 2900 $((20000 * KSTEER_SLOW)) \
		"ms until the drain's end, after $1"
	ks tm up t2
}

is_down()
{
	[ "$(ksj '.[0].state' tm show "$1")" = down ]
}

test_clock()
{
	local UPTIME

	uptime_ms
	defer clock_back "$EPOCHSECONDS" "$UPTIME"
	sink_setup
	ks vs set v6 timeout udp-open 2
	flood -N "$C" c0 "$MAC" 10.1.0.10 "$DST4" 1000
	wait_until 10 flows_are 1000
	jump "now + 5 years" 0
	jump "now - 9 years" 0
	short_lived 20000 "now + 3 years" 100
	short_lived 30000 "now - 3 years" 200
	drain_across "now + 1 day"
	drain_across "now - 1 day"
	is "$(kcount expired)" 200 "expired, all in all"
}

# --- a flood of SYNs ---------------------------------------------------------

# Work of all processors, in milliseconds
busy_ms()
{
	local user nice system irq softirq

	read -r _ user nice system _ _ irq softirq _ </proc/stat
	BUSY_MS=$(((user + nice + system + irq + softirq) * 1000 / HZ))
}

# cost WORDS...: ns of all processors for a packet that flood sends
cost()
{
	local BUSY_MS before

	busy_ms
	before=$BUSY_MS
	flood -N "$C" "$@"
	busy_ms
	NS=$(((BUSY_MS - before) * 1000000 / ${*: -1}))
}

# Real connections on port 80, answered by T1 and T2; a virtual server whose
# manager swallows SYNs, on another address, and whose flows outlast the flood;
# one table for both
flood_setup()
{
	need_module dummy
	topo 2
	ip -n "$R" link add sink type dummy
	ip -n "$R" link set sink up
	ip -n "$R" route add 10.8.0.0/24 dev sink
	tms_add
	kb <<-END
	tm add hole dev sink
	pool add web tm t1 tm t2
	pool add q tm hole
	vs add web addr ${VIP[4]} port 80 proto tcp pool web
	vs add hole addr 10.9.0.99 port 80 proto tcp pool q timeout tcp-open 3600
	config set max-flows $TABLE max-open $TABLE
	END
	serve tcp:80
	MAC=$(in_ns "$R" cat /sys/class/net/cl1/address)
	HZ=$(getconf CLK_TCK)
}

# Connections that stay, and ask again for each line
hold_connections()
{
	# shellcheck disable=SC2034
	coproc TALK { exec ask -N "$C" -n 100 -T tcp "${VIP[4]}" 80; }
	hear >"$CASE_DIR/first"
}

hear()
{
	local i line

	for ((i = 0; i < 100; i++)); do
		read -r -t 60 line <&"${TALK[0]}" || fail "answer $i does not come"
		[[ $line != -* ]] || fail "no answer: $line"
		echo "$line"
	done
}

talk_again()
{
	echo >&"${TALK[1]}"
	hear >"$CASE_DIR/again"
	is "$(<"$CASE_DIR/again")" "$(<"$CASE_DIR/first")" "who answers $1"
}

# books_read: flows stored, and flows that went or are there, in $STORED and $KNOWN
books_read()
{
	local said name

	said=$(ks -j stats show)
	STORED=$(flows_now) KNOWN=$STORED
	for name in evict_{open,onesided,closed,idle} expired; do
		[[ $said =~ \"name\":\"$name\",\"value\":([0-9]+) ]]
		KNOWN=$((KNOWN + BASH_REMATCH[1]))
	done
	[[ $said =~ \"name\":\"stored\",\"value\":([0-9]+) ]]
	STORED=${BASH_REMATCH[1]}
}

# books_balance N STORED KNOWN: so many flows were stored since then, and of each
# one that has gone it is known how
books_balance()
{
	local STORED KNOWN

	books_read
	((STORED - $2 == $1 && KNOWN - $3 == $1))
}

test_flood()
{
	local NS STORED KNOWN alone plain HZ i syns=$((10 * TABLE))

	flood_setup
	hold_connections
	cost -S c0 "$MAC" 10.200.0.1 10.8.0.1 "$syns"
	plain=$NS
	flood -N "$C" -S c0 "$MAC" 10.210.0.1 10.9.0.99 "$TABLE"
	talk_again "when the table is full"
	is "$(flows_now)" "$TABLE" "flows in the full table"
	books_read
	cost -S c0 "$MAC" 10.200.0.1 10.9.0.99 "$syns"
	alone=$NS
	wait_until 10 books_balance "$syns" "$STORED" "$KNOWN"
	talk_again "after the flood"
	bg "$C" flood -l -S c0 "$MAC" 10.220.0.1 10.9.0.99 "$syns"
	for i in 1 2 3; do
		talk_again "in the flood"
	done
	kill "$BG"
	is "$(ksj length flow show vs web state established)" 100 "kept"
	has "$(asks tcp "${VIP[4]}" 80)" "t[12] *" "a new connection afterwards"
	truth "$(kcount evict_open) >= syns" "half-open flows made room"
	say "$syns SYNs on a full table of $TABLE: $alone ns of CPU a packet," \
		"$plain ns if merely forwarded, sending included"
}

case_add "module: loaded and unloaded under traffic" test_reload
case_add "namespaces: made and removed under traffic" test_namespaces
case_add "objects: changed at random under traffic and dumps" test_random
case_add "devices and routes: flap under traffic" test_flaps
case_add "clock: jumps both ways" test_clock
case_add "flood of SYNs: ten times the table" test_flood

cases_run "$@"
