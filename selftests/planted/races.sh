#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# In a guest with KCSAN and two processors: packets of known and of new flows
# on both at once, beside commands that change what they meet and dumps that
# read it; and a canary that must be found in the same time. kcsan.sh reads the
# kernel's log.
#
#   races.sh MODULE SECONDS

. "$(dirname "$0")/../lib.sh"

DST4=10.9.0.1 DST6=fd00:9::1
KO=$1
SPAN=$2

# kcsan on|off
kcsan()
{
	echo "$1" >/sys/kernel/debug/kcsan
}

races_setup()
{
	need_module dummy
	ns_add C R
	wires_add "$C" c0 "$R" r0
	ip -n "$C" link set c0 up
	ip -n "$R" -batch - <<-END
	addr add 10.1.0.1/16 dev r0
	addr add fd00:1::1/64 dev r0 nodad
	link set r0 up
	link add s1 type dummy
	link add s2 type dummy
	link set s1 up
	link set s2 up
	END
	nets forward "$R"
	kb <<-END
	tm add t1 dev s1
	tm add t2 dev s2
	pool add p sched rr tm t1 tm t2
	vs add v4 addr $DST4 pool p timeout udp-open 2s
	vs add v6 addr $DST6 pool p timeout udp-open 2s
	END
	MAC=$(in_ns "$R" cat /sys/class/net/r0/address)
}

# pour CPU SRC DST FIRST [OPTION]
pour()
{
	bg "$C" taskset -c "$1" flood "${@:5}" -l -f "$4" c0 "$MAC" \
		"$2" "$3" 2000
	POURS+=("$BG")
}

# One round of what an operator and his scripts do
meddle()
{
	kb <<-END
	tm add t3 dev s2
	pool join p tm t3
	tm set t2 weight 2
	tm drain t1
	tm up t1
	pool leave p tm t3
	tm del t3
	tm set t2 weight 1
	END
	ks flow show >"$CASE_DIR/flows"
	ks -s tm show >"$CASE_DIR/tms"
	ks stats show >"$CASE_DIR/stats"
	ks flow flush vs v6
}

canary_sang()
{
	dmesg | grep -q 'BUG: KCSAN: data-race in ksteer_race_'
}

case_races()
{
	local begin=$SECONDS

	races_setup
	POURS=()
	kcsan on
	defer kcsan off
	insmod "$KO" bug=race
	defer rmmod ksteer_planted
	pour 0 10.1.0.10 "$DST4" 10000
	pour 1 10.1.0.10 "$DST4" 10000
	pour 0 fd00:1::10 "$DST6" 10000
	pour 1 10.1.0.10 "$DST4" 30000 -S
	while [ $((SECONDS - begin)) -lt "$SPAN" ]; do
		meddle
	done
	still_run "${POURS[@]}"
	wait_until 60 canary_sang
	kcsan off
	truth "$(tm_stat t1 packets) + $(tm_stat t2 packets) > 1000" \
		"packets steered"
}

case_add "both processors, commands and a canary" case_races

cases_run
