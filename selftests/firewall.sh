#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ksteer among nftables and connection tracking on the same router.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"

# rules: a table of the case's own; from input
rules()
{
	in_ns "$R" nft -f -
	defer in_ns "$R" nft delete table inet case
}

# packets NAME: of a named counter
packets()
{
	in_ns "$R" nft -j list counter inet case "$1" |
		jq '.nftables[] | .counter? // empty | .packets'
}

syn()
{
	PORT=$((${PORT:-4000} + 1))
	from_client proto=tcp sport=$PORT dport=80 flags=S seq=1000
}

# through: a connection is opened, by both directions
through()
{
	syn
	arrives "$TMS" sport=$PORT
	sent_whole
	from_tm "${AT#t}" proto=tcp sport=80 dport=$PORT flags=SA seq=1 ack=1001
	arrives c dport=$PORT
}

# --- hooks -------------------------------------------------------------------

hooks_table()
{
	rules <<-END
		table inet case {
			counter forward { }
			counter postrouting { }
			counter untracked { }
			counter invalid { }
			counter tracked { }
			chain onward {
				type filter hook forward priority 0;
				tcp dport 80 oifname "t*" iifname "c" counter name forward
				ct state untracked counter name untracked
				ct state invalid counter name invalid
				ct state new,established counter name tracked
			}
			chain post {
				type filter hook postrouting priority 0;
				tcp dport 80 oifname "t*" counter name postrouting
			}
		}
	END
}

hooks_one()
{
	through
	through
}

case_hooks()
{
	begin rr tcp
	hooks_table
	both hooks_one
	is "$(packets forward)" 4 "packets in FORWARD"
	is "$(packets postrouting)" 4 "packets in POSTROUTING"
	# To the traffic manager and back, conntrack has nothing to do with it
	is "$(packets untracked)" 8 "packets that are untracked"
	is "$(packets invalid)" 0 "packets that are invalid"
	is "$(packets tracked)" 0 "packets that are tracked"
}

case_direct()
{
	begin rr tcp direct on
	hooks_table
	both hooks_one
	is "$(packets forward)" 0 "packets in FORWARD"
	is "$(packets postrouting)" 0 "packets in POSTROUTING"
	# Answers are routed on, as ever
	is "$(packets untracked)" 4 "answers that are untracked"
	# Switched off again, in the middle of a flow
	family 4
	ks vs set v4 direct off
	from_client proto=tcp sport=$PORT dport=80 flags=S seq=1000
	syn
	arrives "$TMS" sport=$PORT
	truth "$(packets forward) > 0" "packets in FORWARD after direct off"
}

# interactive: of the packets that leave, those that queues would prefer
interactive()
{
	in_ns "$R" nft -j list counter netdev leave interactive |
		jq '.nftables[] | .counter? // empty | .packets'
}

# What leaves has the priority of its TOS, unless the router is told to let be
case_priority()
{
	begin rr tcp "$@"
	family 4
	in_ns "$R" nft -f - <<-END
		table netdev leave {
			counter interactive { }
			chain out {
				type filter hook egress devices = { t1, t2, t3 } priority 0;
				meta priority 0:6 counter name interactive
			}
		}
	END
	defer in_ns "$R" nft delete table netdev leave
	from_client proto=tcp sport=11 dport=80 flags=S tos=16
	arrives "$TMS" sport=11
	is "$(interactive)" 1 "packets with the priority of their TOS"
	in_ns "$R" sysctl -qw net.ipv4.ip_forward_update_priority=0
	defer in_ns "$R" sysctl -qw net.ipv4.ip_forward_update_priority=1
	from_client proto=tcp sport=12 dport=80 flags=S tos=16
	arrives "$TMS" sport=12
	is "$(interactive)" 1 "packets with a priority that none should have"
}

# A zone that raw gives a packet is conntrack's, which is not asked
case_template()
{
	begin rr tcp "$@"
	hooks_table
	in_ns "$R" nft -f - <<-END
		table inet zones {
			chain raw {
				type filter hook prerouting priority -300;
				meta l4proto tcp ct zone set 7
			}
		}
	END
	defer in_ns "$R" nft delete table inet zones
	both hooks_one
	is "$(packets tracked)" 0 "packets that are new or established"
	is "$(packets untracked)" 8 "packets that are untracked"
}

socket_counts()
{
	[ "$(kcount socket)" -gt "$1" ]
}

# What BPF at tc gives to a socket of the router stays there
steals_one()
{
	local pin=$CASE_DIR/bpf/$V

	steal -N "$R" "$pin" "$1" &
	defer kill $!
	wait_until 5 test -e "$pin"
	tc -n "$R" filter add dev c ingress bpf direct-action \
		object-pinned "$pin"
	counting
	from_client proto=udp sport=71 dport=80 data=9
	wait_until 5 socket_counts "$(counter "$COUNTERS" socket)"
	counted socket 1 miss 0
	tc -n "$R" filter del dev c ingress
	from_client proto=udp sport=72 dport=80 data=9
	arrives "$TMS" sport=72
	absent "$TMS" sport=71
	counted socket 0 miss 1
}

case_socket()
{
	begin rr any
	mkdir "$CASE_DIR/bpf"
	mount -t bpf bpf "$CASE_DIR/bpf"
	defer umount "$CASE_DIR/bpf"
	tc -n "$R" qdisc add dev c clsact
	defer tc -n "$R" qdisc del dev c clsact
	family 4
	steals_one 10.0.0.1
	family 6
	steals_one fd00::1
}

# --- what a firewall does ----------------------------------------------------

case_invalid_drop()
{
	begin rr tcp "$@"
	rules <<-END
		table inet case {
			chain onward {
				type filter hook forward priority 0; policy drop;
				ct state invalid drop
				ct state untracked accept
				ct state established,related accept
			}
		}
	END
	both through
}

forward_drop_one()
{
	counting
	syn
	from_client proto=tcp sport=9 dport=80 flags=S tos=8
	arrives "$TMS" sport=9
	absent "$TMS" sport=$PORT
	counted stored 2
}

# A rule in FORWARD stops what is steered, but not past the hooks
case_forward_drop()
{
	begin rr tcp
	rules <<-END
		table inet case {
			chain onward {
				type filter hook forward priority 0;
				tcp sport 4000-4999 drop
			}
		}
	END
	both forward_drop_one
	kb <<-END
		vs set v4 direct on
		vs set v6 direct on
	END
	both through
}

raw_drop_one()
{
	counting
	syn
	from_client proto=tcp sport=9 dport=80 flags=S
	arrives "$TMS" sport=9
	absent "$TMS" sport=$PORT
	counted miss 1 hit 0 stored 1
}

# raw comes before ksteer: it sees nothing of what is dropped there
case_raw_drop()
{
	begin rr tcp "$@"
	rules <<-END
		table inet case {
			chain raw {
				type filter hook prerouting priority -300;
				tcp sport 4000-4999 drop
			}
		}
	END
	both raw_drop_one
}

# --- from a queue -----------------------------------------------------------

QUEUE=5

queue_listens()
{
	in_ns "$R" grep -q "^ *$QUEUE " /proc/net/netfilter/nfnetlink_queue
}

queue_ends()
{
	kill "$1"
	wait "$1"
}

# What one of the clients sends and gets stops in a queue ahead of ksteer
queue_up()
{
	need_module nft_queue nfnetlink_queue
	rules <<-END
		table inet case {
			counter queued { }
			chain raw {
				type filter hook prerouting priority -300;
				ip saddr 198.18.0.9 counter name queued queue num $QUEUE
				ip daddr 198.18.0.9 counter name queued queue num $QUEUE
				ip6 saddr 2001:db8:c::9 counter name queued queue num $QUEUE
				ip6 daddr 2001:db8:c::9 counter name queued queue num $QUEUE
			}
		}
	END
	queue -N "$R" $QUEUE &
	defer queue_ends $!
	wait_until 5 queue_listens
}

# A connection, a datagram, one in three fragments: seven packets
queue_talk()
{
	through
	from_client proto=tcp sport=$PORT dport=80 flags=A seq=1001 ack=2
	arrives "$TMS" sport=$PORT
	sent_whole
	from_client proto=udp sport=$PORT dport=80 data=9
	arrives "$TMS" sport=$PORT
	sent_whole
	from_client proto=udp sport=$((PORT + 1000)) dport=80 data=2992 \
		id=$PORT slices=0:1000,1000:1000,2000
	arrives "$TMS" src="$CL" off=0 mf=1
	arrives "$TMS" src="$CL" mf=0
}

# Its packets go on in a process, those of others in a softirq: both ways into
# the same locks
queue_one()
{
	local other=198.18.0.8

	[ "$V" = v4 ] || other=2001:db8:c::8
	counting
	CL=$other queue_talk
	counted stored 3 hit 1 hit_reply 1 fragment 2
	is "$(packets queued)" "$1" "packets in the queue, of others"
	queue_talk
	counted stored 3 hit 1 hit_reply 1 fragment 2
	is "$(packets queued)" $(($1 + 7)) "packets in the queue"
}

case_queue()
{
	begin wrr any "$@"
	queue_up
	family 4
	queue_one 0
	family 6
	queue_one 7
}

# --- other traffic on the router ---------------------------------------------

# other I WORD...: from the client to traffic manager I, of no virtual server
other()
{
	local i=$1

	shift
	send c src="$CL" dst="$(tm_addr "$i")" proto=udp sport=7 dport=7 "$@"
	arrives "t$i" dport=7
}

tracked_one()
{
	counting
	other 1 data=9
	# The traffic manager's kernel answers: nobody is at that port
	arrives c dst="$CL"
	through
	counted stored 1
	has "$(in_ns "$R" conntrack -L -f "$1" 2>/dev/null)" "*dport=7 *" \
		"what conntrack knows of other traffic"
	has "$(in_ns "$R" conntrack -L -f "$1" 2>/dev/null | grep -c 'dport=80 ')" \
		0 "what conntrack knows of steered traffic"
}

case_tracked()
{
	need conntrack
	begin rr tcp "$@"
	hooks_table
	family 4
	tracked_one ipv4
	family 6
	tracked_one ipv6
	is "$(packets invalid)" 0 "packets that are invalid"
}

# A flowtable on the same devices takes over other flows, and those alone
case_flowtable()
{
	need_module nft_flow_offload nf_flow_table
	begin rr tcp
	family 4
	rules <<-END
		table inet case {
			counter seen { }
			flowtable ft {
				hook ingress priority 0; devices = { c, t1, t2, t3 };
			}
			chain onward {
				type filter hook forward priority 0;
				udp dport 7 counter name seen
				meta l4proto { tcp, udp } flow add @ft
			}
		}
	END
	wire sink seven "$T1" 10.20.1.2 7
	for _ in 1 2; do
		send c src="$CL" dst=10.20.1.2 proto=udp sport=7 dport=7 data=9
		arrives seven len=9
		send t1 src=10.20.1.2 dst="$CL" proto=udp sport=7 dport=7 data=9
		arrives c sport=7
	done
	for _ in 1 2 3 4 5; do
		send c src="$CL" dst=10.20.1.2 proto=udp sport=7 dport=7 data=9
		arrives seven len=9
	done
	between "$(packets seen)" 1 3 "packets before the flowtable took over"
	counting
	both through
	both through
	counted stored 4 hit_reply 4
	truth "$(packets seen) < 4" "the flowtable still works"
}

# --- no virtual server, strict filters ---------------------------------------

# Without the virtual server the packet goes where the route says
case_removed()
{
	local f

	begin rr tcp
	for f in 4 6; do
		family $f
		ip -n "$R" route replace "$SRV" via "$(tm_addr 3)"
		defer ip -n "$R" route del "$SRV"
		ks vs del $V
		counting
		for _ in 1 2 3; do
			syn
			arrives "$TMS" sport=$PORT
			is "$AT" t3 "where the route goes"
			sent_whole
		done
		counted stored 0 select 0
	done
}

case_rp_filter()
{
	begin rr tcp "$@"
	family 4
	in_ns "$R" sysctl -qw net.ipv4.conf.all.rp_filter=1
	defer in_ns "$R" sysctl -qw net.ipv4.conf.all.rp_filter=0
	ip -n "$R" route replace "$SRV" dev t1
	defer ip -n "$R" route del "$SRV"
	AT=
	# Answers come by the device that the route to their source names
	until [ "$AT" = t1 ]; do
		syn
		arrives "$TMS" sport=$PORT
	done
	from_tm 1 proto=tcp sport=80 dport=$PORT flags=SA seq=1 ack=1001
	arrives c dport=$PORT
}

case_add "FORWARD and POSTROUTING see what is steered, conntrack does not" case_hooks
case_add "past the hooks neither sees it" case_direct
case_add "a zone given in raw" case_template
case_add "a zone given in raw, both ways steered" case_template "symmetric on"
case_add "packets that BPF gives to a socket of the router" case_socket
case_add "the priority of what leaves" case_priority
case_add "the priority of what leaves, past the hooks" case_priority "direct on"
case_add "a rule against invalid packets does no harm" case_invalid_drop
case_add "a rule against invalid packets does no harm, both ways steered" \
	case_invalid_drop "symmetric on"
case_add "a drop in FORWARD" case_forward_drop
case_add "a drop in raw" case_raw_drop
case_add "a drop in raw, past the hooks" case_raw_drop "direct on"
case_add "packets out of a queue ahead of ksteer" case_queue
case_add "packets out of a queue ahead of ksteer, past the hooks" case_queue \
	"direct on"
case_add "other traffic is tracked" case_tracked
case_add "a flowtable for other traffic" case_flowtable
case_add "a virtual server removed is as if never there" case_removed
case_add "strict reverse path filter" case_rp_filter
wire_cases_run "$@"
