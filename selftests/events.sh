#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# What listeners learn: of every object that is made, changed and deleted, and
# of flows as their virtual server says.

. "$(dirname "$0")/lib.sh"

# heard FILE FILTER: how many events
heard()
{
	jq -s "map(select($2)) | length" "$CASE_DIR/$1"
}

heard_are()
{
	[ "$(heard "$1" "$2")" = "$3" ]
}

# story FILE: "object event name" of each event, in order
story()
{
	jq -r '"\(.object) \(.event) \(.name // "-")"' "$CASE_DIR/$1"
}

config_story()
{
	cat <<-END
	tm new a
	tm change a
	tm change a
	pool new p
	pool change p
	pool change p
	pool change p
	vs new v
	vs change v
	config change -
	vs delete v
	pool delete p
	tm delete a
	END
}

# Only what was asked for; what is seen of a next hop comes by itself
told()
{
	story "$1" | grep -v '^tm change b'
}

told_all()
{
	[ "$(told config)" = "$(config_story)" ]
}

test_config()
{
	ns_add R
	ip -n "$R" link add d0 type dummy
	ip -n "$R" link set d0 up
	listen config monitor config
	listen flows monitor flow
	kb <<-END
	tm add a dev d0
	tm set a weight 5
	tm down a
	pool add p sched rr
	pool join p tm a
	pool set p sched lc
	pool leave p tm a
	vs add v addr 10.9.0.1 pool p
	vs set v noarp on
	config set young 33
	vs del v
	pool del p
	tm del a
	END
	wait_until 10 told_all || fail "told: $(told config | paste -sd ,)"
	is "$(jq -r 'select(.object == "tm" and .event == "change") |
		"\(.weight) \(.state) \(.moved) \(.forgotten)"' "$CASE_DIR/config" |
		paste -sd ,)" "5 up 0 0,5 down 0 0" "changes of a tm"
	is "$(jq -r 'select(.object == "config") | .young' "$CASE_DIR/config")" \
		33 "young"
	is "$(jq -r 'select(.object == "pool") | [.member[]?.tm] | join("+")' \
		"$CASE_DIR/config" | paste -sd ,)" ",a,a,," "members"
	# Refusals and questions are no events
	refused ks tm del zz
	refused ks pool add q tm zz
	ks tm show
	ks config set young 34
	wait_until 10 heard_are config true 14
	is "$(heard flows true)" 0 "flow events"
}

flow_setup()
{
	ns_add C R
	need_module dummy
	wires_add "$C" c0 "$R" r0
	ip -n "$C" link set c0 up
	ip -n "$R" -batch - <<-END
	addr add 10.1.0.1/24 dev r0
	addr add fd00:1::1/64 dev r0 nodad
	link set r0 up
	link add s1 type dummy
	link add s2 type dummy
	link set s1 up
	link set s2 up
	END
	MAC=$(in_ns "$R" cat /sys/class/net/r0/address)
	kb <<-END
	tm add t1 dev s1
	tm add t2 dev s2
	pool add p sched ordered tm t1 tm t2
	vs add all4 addr 10.9.0.1 pool p events new,established,move,delete
	vs add all6 addr fd00:9::1 pool p events new,established,move,delete
	vs add del4 addr 10.9.0.2 pool p events delete
	vs add est6 addr fd00:9::2 pool p events established,move
	vs add none4 addr 10.9.0.3 pool p
	END
}

# Each flow of each server lives a whole life
flow_lives()
{
	local i dst

	for i in 1 2; do
		for dst in 10.9.0.1 10.9.0.2 10.9.0.3; do
			flood -N "$C" c0 "$MAC" 10.1.0.10 $dst 3
		done
		for dst in fd00:9::1 fd00:9::2; do
			flood -N "$C" c0 "$MAC" fd00:1::10 $dst 3
		done
	done
	wait_until 5 flows_are_established
	is "$(ks tm down t1)" "moved 15 forgotten 0" "moved"
	is "$(ksj .count flow flush all)" 15 "deleted"
}

flows_are_established()
{
	[ "$(ksj length flow show state established)" = 15 ]
}

# tally FILE: "vs event=count ..." of flows
tally()
{
	jq -r '"\(.vs) \(.event)"' "$CASE_DIR/$1" | sort | uniq -c |
		awk '{ print $2, $3 "=" $1 }' | paste -sd ' '
}

test_flows()
{
	flow_setup
	listen flows monitor flow
	listen config monitor config
	listen words -t monitor all
	flow_lives
	wait_until 10 heard_are flows '.event == "delete"' 9
	is "$(tally flows)" "all4 delete=3 all4 established=3 all4 move=3 all4 new=3 all6 delete=3 all6 established=3 all6 move=3 all6 new=3 del4 delete=3 est6 established=3 est6 move=3" \
		"events by server"
	is "$(jq -r 'select(.vs == "all6" and .sport == 10001) |
		"\(.event) \(.tm) \(.state)"' "$CASE_DIR/flows" | paste -sd ,)" \
		"new t1 open,established t1 established,move t2 established,delete t2 established" \
		"the life of one"
	is "$(jq -s '[.[] | select(.vs == "all6" and .sport == 10001).serial] |
		unique | length' "$CASE_DIR/flows")" 1 "serials of its events"
	is "$(jq -s '[.[] | select(.event == "delete").serial] | unique | length' \
		"$CASE_DIR/flows")" 9 "serials of flows"
	is "$(jq -s 'map(.position) == [range(1; length + 1)]' \
		"$CASE_DIR/flows")" true "positions: from 1, none left out"
	is "$(heard config '.object == "flow"')" 0 "flows among configuration"
	wait_until 10 heard_are words '.object == "flow"' 33
	is "$(heard words '.timestamp == null')" 0 "events without a time"
	isnt "$(heard words '.object == "tm" and .event == "change"')" 0 \
		"configuration among all"
	# The mask may be changed, for flows that are there
	ks vs set del4 events none
	ks tm up t1
	flood -N "$C" c0 "$MAC" 10.1.0.10 10.9.0.2 3
	flood -N "$C" c0 "$MAC" 10.1.0.10 10.9.0.1 1
	wait_until 5 heard_are flows '.event == "new"' 7
	ks flow flush all
	wait_until 5 heard_are flows '.event == "delete"' 10
	is "$(heard flows '.vs == "del4"')" 3 "events of a server without"
}

# ask_at PORT: a connection by each family, from a port that says to which
ask_at()
{
	local f

	for f in $FAMILIES; do
		asks -p "$((10000 + $1))" tcp "${VIP[$f]}" "$1" || :
	done
}

# A connection that is refused has never been established
test_refused()
{
	local f

	topo 1
	tms_add
	ks pool add p sched rr tm t1
	for f in $FAMILIES; do
		echo "vs add v$f addr ${VIP[$f]} proto tcp pool p events new,established,delete"
	done | kb
	tms_met
	serve tcp:80
	listen flows monitor flow
	has "$(ask_at 81)" "- *refused*- *refused*" "nobody at port 81"
	has "$(ask_at 80)" "t1 *t1 *" "somebody at port 80"
	is "$(kcount reset)" 2 "connections that were refused"
	ks flow flush all
	wait_until 10 heard_are flows '.event == "delete"' 4
	is "$(jq -r '"\(.vs) \(.dport) \(.event)"' "$CASE_DIR/flows" | sort |
		paste -sd ,)" \
		"v4 80 delete,v4 80 established,v4 80 new,v4 81 delete,v4 81 new,v6 80 delete,v6 80 established,v6 80 new,v6 81 delete,v6 81 new" \
		"events of connections"
	is "$(jq -c 'select(.dport == 80 and .event == "delete").tcp |
		[.end, .ack, .win, .reply_end, .reply_ack, .reply_win | . > 0] | all' \
		"$CASE_DIR/flows" | paste -sd ,)" "true,true" \
		"sequence numbers and windows"
	is "$(jq -c 'select(.event == "new" and .tcp.flags != ["syn", "seen"])' \
		"$CASE_DIR/flows")" "" "flags of a SYN"
}

test_expiry()
{
	flow_setup
	ks vs set all4 timeout udp-open 1s
	listen flows monitor flow
	flood -N "$C" c0 "$MAC" 10.1.0.10 10.9.0.1 2
	wait_until 10 heard_are flows '.event == "delete"' 2
	is "$(tally flows)" "all4 delete=2 all4 new=2" "events of flows that expire"
}

# A drain that ends is told, with what it moved
test_drain()
{
	flow_setup
	flood -N "$C" c0 "$MAC" 10.1.0.10 10.9.0.1 4
	listen config monitor config
	ks tm drain t1 timeout 1s
	wait_until 10 heard_are config '.name == "t1" and .state == "down"' 1
	is "$(jq -r 'select(.state == "down") | "\(.event) \(.moved)"' \
		"$CASE_DIR/config")" "change 4" "the end of the drain"
}

case_add "events: all objects" test_config
case_add "events: flows, by the mask of their server" test_flows
case_add "events: a connection that is refused" test_refused
case_add "events: flows that expire" test_expiry
case_add "events: a drain ends" test_drain

cases_run "$@"
