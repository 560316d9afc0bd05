#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fragments (E1, E2, E4): a flow is known by its ports, and only the first
# fragment has them. All of a datagram goes to one traffic manager or none.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"

# The traffic managers' own kernels put together what comes: "sink" s1 to s3
sinks()
{
	local i

	for i in 1 2 3; do
		ip -n "$(tm_ns $i)" -batch - <<-END
			addr replace 10.9.9.9/32 dev lo
			addr replace fd00:9::9/128 dev lo nodad
		END
		wire sink s4$i "$(tm_ns $i)" 10.9.9.9 80
		wire sink s6$i "$(tm_ns $i)" fd00:9::9 80
	done
	SINKS=s41,s42,s43,s61,s62,s63
}

# whole SLICES [WORD...]: a datagram of 3000 bytes arrives, once, at one place
whole()
{
	local slices=$1

	shift
	ID=$((${ID:-100} + 1))
	from_client proto=udp sport=$((2000 + ID)) dport=80 data=2992 id=$ID \
		slices="$slices" "$@"
	arrives "$SINKS" data="$DATA" len=2992
	absent "$SINKS" data="$DATA"
	WHERE=${AT: -1}
}

# lost SLICES [WORD...]: nothing of it arrives, not even a fragment
lost()
{
	local slices=$1

	shift
	wire clear
	ID=$((${ID:-100} + 1))
	counting
	from_client proto=udp sport=$((2000 + ID)) dport=80 data=2992 id=$ID \
		slices="$slices" "$@"
	from_client proto=udp sport=$((4000 + ID)) dport=80 data=5
	arrives "$TMS" sport=$((4000 + ID))
	absent "$TMS"
	counted miss 1 hit 0
}

order_one()
{
	# In order, reversed, mixed, in small pieces, one twice
	whole 0:1000,1000:1000,2000
	whole 2000,1000:1000,0:1000
	whole 1000:1000,2000,0:1000
	whole 0:8,8:8,16:984,1000:1000,2000
	whole 0:1000,0:1000,1000:1000,2000
	# Every fragment went the same way, and ksteer saw one packet each
	counting
	whole 0:1000,2000,1000:1000
	counted miss 1 hit 0 stored 1
	absent c src="$SRV"
}

case_order()
{
	begin rr udp "$@"
	both order_one
}

missing_one()
{
	lost 0:1000,1000:1000
	lost 1000:1000,2000
	lost 0:1000,2000
	lost 0:1000
	lost 2000
	# What overlaps is given up as a whole, RFC 5722 and CVE-2018-5391
	lost 0:1000,992:1008,2000
	lost 0:1000,1000:1000,1992
}

case_missing()
{
	begin rr udp "$@"
	both missing_one
}

# The same flow in fragments and in one piece: one traffic manager
flow_one()
{
	local first i

	whole 0:1000,1000:1000,2000
	first=$WHERE
	for i in 1 2 3 4; do
		from_client proto=udp sport=$((2000 + ID)) dport=80 data=$((99 + i))
		arrives "$SINKS" len=$((99 + i))
		is "${AT: -1}" "$first" "where the unfragmented one went"
		ID=$((ID - 1))
		whole 1000:1000,0:1000,2000
		is "$WHERE" "$first" "where the fragments went"
	done
}

case_flow()
{
	begin rr udp "$@"
	both flow_one
}

# Cut up by the sender at 1000, they leave no larger than they came
size_one()
{
	wire clear
	whole 0:1000,1000:1000,2000 df
	arrives "t$WHERE" off=0 mf=1
	between "$(word len)" 900 1048 "the first fragment's length"
	arrives "t$WHERE" mf=0
	between "$(word len)" 900 1048 "the last fragment's length"
}

case_size()
{
	begin rr udp "$@"
	both size_one
}

# Fragments of others are no concern of ours: one without the rest passes
stranger_one()
{
	# An address that shares its last word with a server's is looked at
	local other=198.18.0.77

	[ "$V" = v4 ] || other=2001:db8:c::77
	wire clear
	counting
	send c src=$other dst="$(tm_addr 1)" proto=udp sport=7 dport=9 data=992 \
		id=77 slices=0:496
	arrives t1 off=0 mf=1
	counted fragment 0 miss 0
	from_client proto=udp sport=7 dport=80 data=992 id=78 slices=0:496
	absent "$TMS" sport=7
	counted fragment 1 miss 0
}

case_stranger()
{
	begin rr udp
	both stranger_one
}

# as_came FROM TO WORD...: the fragments of a datagram go one by one, in any
# order, with some of them on another way: each arrives as it was sent
as_came()
{
	local from=$1 to=$2 slice at

	shift 2
	wire clear
	counting
	for slice in 2000 0:1000 1000:1000 0:1000; do
		ID=$((${ID:-100} + 1))
		send "$from" data=2992 id=$ID slices=$slice "$@"
		at=${slice%:*}
		arrives "$to" off=$at mf=$((at < 2000))
		is "$(word ttl)" 63 "hops of the fragment at $at"
	done
	absent "$TMS,c" ttl=63
}

# elsewhere: the router knows a way to $ELSE, which is nobody's
elsewhere()
{
	local v

	for v in 4 6; do
		family $v
		else_is
		ip -n "$R" route replace "$ELSE" via "$(tm_addr 1)" dev t1
		defer ip -n "$R" route del "$ELSE"
	done
}

else_is()
{
	ELSE=198.19.0.77
	[ "$V" = v4 ] || ELSE=2001:db8:e::77
}

# One server with a prefix must not hold up who has nothing to do with it
prefix_one()
{
	local net=10.9.0.0/16

	[ "$V" = v4 ] || net=fd00:9::/64
	else_is
	# shellcheck disable=SC2086,SC2048
	ks vs add "net$V" addr $net proto udp pool p $*
	defer ks vs del "net$V"
	as_came c t1 src="$CL" dst="$ELSE" proto=udp sport=7 dport=80
	counted fragment 0 miss 0
	# What the server's hosts are sent is put together, by whatever port
	whole 2000,0:1000,1000:1000
	ID=$((ID + 1))
	from_client proto=udp sport=7 dport=81 data=992 id=$ID slices=0:496
	absent "$TMS" sport=7
	counted fragment 3
	# Other protocols of these hosts are no concern of the server
	ip -n "$R" route replace "$SRV" via "$(tm_addr 1)" dev t1
	as_came c t1 src="$CL" dst="$SRV" proto=132 sport=7 dport=80
	counted fragment 0
	ip -n "$R" route del "$SRV"
}

# case_prefix ID WORD...: what another case has left incomplete has other IDs
case_prefix()
{
	ID=$1
	shift
	begin rr tcp
	elsewhere
	both prefix_one "$@"
}

# A server of any address, for one protocol: the other's fragments, and those
# that the router itself and the traffic managers are sent
wildcard_one()
{
	local me=10.0.0.1

	[ "$V" = v4 ] || me=fd00::1
	else_is
	as_came c t1 src="$CL" dst="$ELSE" proto=132 sport=7 dport=80
	counted fragment 0
	as_came c t1 src="$CL" dst="$(tm_addr 1)" proto=udp sport=7 dport=80
	ID=$((ID + 1))
	counting
	send c src="$CL" dst=$me proto=udp sport=7 dport=80 data=2992 id=$ID \
		slices=2000,0:1000,1000:1000
	arrives "r$V" data="$DATA" len=2992
	counted fragment 0
	whole 2000,0:1000,1000:1000
}

case_wildcard()
{
	begin rr tcp
	elsewhere
	wire sink rv4 "$R" 10.0.0.1 80
	wire sink rv6 "$R" fd00::1 80
	ks vs add all proto udp pool p
	defer ks vs del all
	both wildcard_one
}

# Answers that are only routed on are not held up, and counted all the same
answer_one()
{
	from_client proto=udp sport=70 dport=80 data=9
	arrives "$TMS" sport=70
	is "$(flow_field state proto udp sport 70 vs $V)" open "before the answer"
	counting
	as_came "$AT" c src="$SRV" dst="$CL" proto=udp sport=80 dport=70
	counted hit_reply 2 hit 0 miss 0 malformed 0 fragment 0
	is "$(flow_field reply_packets proto udp sport 70 vs $V)" 2 "answers"
	is "$(flow_field state proto udp sport 70 vs $V)" established \
		"after the answer"
}

case_answer()
{
	begin rr udp
	both answer_one
}

# The answers of a symmetric server are steered, so they are put together
symmetric_one()
{
	from_client proto=udp sport=70 dport=80 data=9
	arrives "$TMS" sport=70
	wire clear
	counting
	send c src="$SRV" dst="$CL" proto=udp sport=80 dport=70 data=2992 \
		id=9 slices=0:1000,2000
	send c src="$SRV" dst="$CL" proto=udp sport=80 dport=70 data=2992 \
		id=9 slices=1000:1000
	arrives "$AT" off=0 mf=1
	counted fragment 2 hit_reply 1 miss 0
}

case_symmetric()
{
	begin rr udp symmetric on
	both symmetric_one
}

# IPv6: headers before the fragment header and behind it
case_extensions()
{
	begin rr udp
	family 6
	whole 0:1000,1000:1000,2000 ext=0:000104
	whole 0:1000,1000:1000,2000 ext=60:000104
	whole 2000,1000:1000,0:1000 ext=0:000104/43:00000000000000
	# An atomic fragment is a whole datagram
	from_client proto=udp sport=1998 dport=80 data=555 slices=0
	arrives "$SINKS" len=555 data="$DATA"
}

# A router between client and distributor cuts up what the client sent whole
router_between()
{
	ip -n "$C" link set c mtu 1280
	defer ip -n "$C" link set c mtu 1500
	# C forwards for a client behind it
	in_ns "$C" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	defer in_ns "$C" sysctl -qw net.ipv4.ip_forward=0 \
		net.ipv6.conf.all.forwarding=0
}

case_router()
{
	local ns

	begin rr udp
	family 4
	router_between
	ip -n "$C" link add x type veth peer name y
	defer ip -n "$C" link del x
	ip -n "$C" -batch - <<-END
		addr add 198.18.0.1/24 dev x
		link set dev x up
		link set dev y up
	END
	wire on y "$C" y "$(in_ns "$C" cat /sys/class/net/x/address)"
	send y src="$CL" dst="$SRV" proto=udp sport=1997 dport=80 data=1400 id=9
	arrives "$SINKS" len=1400 data="$DATA"
	arrives "t${AT: -1}" off=0 mf=1
	between "$(word len)" 1000 1280 "the first fragment's length"
}

case_add "in order, reversed, mixed, doubled" case_order
case_add "in order, reversed, mixed, doubled, past the hooks" case_order "direct on"
case_add "nothing of an incomplete or overlapping datagram gets through" case_missing
case_add "a flow with fragments and without" case_flow
case_add "no fragment leaves larger than it came" case_size
case_add "no fragment leaves larger than it came, past the hooks" case_size "direct on"
case_add "IPv6 headers before and behind the fragment's" case_extensions
case_add "fragments of strangers pass as they came" case_stranger
case_add "fragments of strangers beside a prefix" case_prefix 200
case_add "fragments of strangers beside a prefix with symmetric" case_prefix 300 "symmetric on"
case_add "fragments of strangers beside any address" case_wildcard
case_add "fragments of answers that are routed on" case_answer
case_add "fragments of answers that are steered" case_symmetric
case_add "cut up by a router on the way" case_router
WIRE_ALSO=sinks
wire_cases_run "$@"
