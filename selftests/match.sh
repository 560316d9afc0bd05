#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The most specific virtual server takes a packet, also where an address has many, and
# where prefixes hold one another, and where many are added in a row. Who takes the
# same packets as another is refused.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_wire.sh"

SPORT=5000

# took DST PROTO DPORT SERVER: a packet goes to this server's traffic manager, and is
# its flow; without one, it goes nowhere
took()
{
	local dst=$1 proto=$2 dport=$3 server=$4 word

	SPORT=$((SPORT + 1))
	word="proto=$proto dst=$dst sport=$SPORT dport=$dport data=4"
	[ "$proto" = udp ] || word+=" flags=S"
	# shellcheck disable=SC2086 # words
	from_client $word
	arrives "$TMS" sport="$SPORT"
	is "$(ksj '.[0].vs' flow show src "$CL" sport "$SPORT")" "$server" \
		"server of $proto $dst $dport"
}

# left DST DPORT: no server wants it, and it cost no look at the store
left()
{
	SPORT=$((SPORT + 1))
	counting
	from_client proto=udp dst="$1" sport="$SPORT" dport="$2" data=4
	from_client proto=udp sport="$SPORT" dport=1000 data=4
	arrives "$TMS" sport="$SPORT" dport=1000
	counted miss 1
}

# Thirty ports, ranges that overlap, a server for all ports, one for all protocols
many_one()
{
	local i

	kb <<-END
		$(for ((i = 0; i < 30; i++)); do
			echo "vs add p$i addr $SRV port $((1000 + i)) proto udp pool p"
		done)
		vs add wide addr $SRV port 1-2000 proto udp pool p
		vs add wider addr $SRV port 900-65535 proto udp pool p
		vs add narrow addr $SRV port 1020-1050 pool p
		vs add udp addr $SRV proto udp pool p
		vs add any addr $SRV pool p
		vs add vlan addr $SRV port 1000 proto udp vlan 5 pool p
		vs add device addr $SRV port 1001 proto udp in c pool p
	END
	took "$SRV" udp 1000 p0
	took "$SRV" udp 1029 p29
	took "$SRV" udp 1001 device
	took "$SRV" udp 1030 narrow
	took "$SRV" tcp 1030 narrow
	took "$SRV" udp 1051 wide
	took "$SRV" udp 2000 wide
	took "$SRV" udp 2001 wider
	took "$SRV" udp 65535 wider
	took "$SRV" tcp 1000 any
	is "$(ksj .vs explain "$CL" 1 "$SRV" 1000 udp vlan 5)" vlan \
		"server of a packet from VLAN 5"
	is "$(ksj .vs explain "$CL" 1 "$SRV" 1002 udp vlan 5)" p2 \
		"server of another"
	# As they go, the next takes what was theirs
	ks vs del p29
	took "$SRV" udp 1029 narrow
	ks vs del narrow
	took "$SRV" udp 1029 wide
	took "$SRV" tcp 1029 any
	ks vs del wide
	took "$SRV" udp 1029 wider
	ks vs del wider
	took "$SRV" udp 1029 udp
	ks vs del device
	took "$SRV" udp 1001 p1
	kb <<-END
		$(for ((i = 0; i < 29; i++)); do echo "vs del p$i"; done)
		vs del vlan
	END
	took "$SRV" udp 1000 udp
	ks vs del udp
	took "$SRV" udp 1000 any
	ks vs del any
}

case_many()
{
	begin rr udp
	ks vs del v4
	ks vs del v6
	both many_one
}

# A device that goes and comes again, also among many
device_one()
{
	local i

	ip -n "$R" link add late0 type dummy
	kb <<-END
		$(for ((i = 0; i < 10; i++)); do
			echo "vs add p$i addr $SRV port $((1000 + i)) proto udp pool p"
		done)
		vs add late addr $SRV port 1000 proto udp in late0 pool p
	END
	for i in 1 2; do
		wait_until 10 follows late "$SRV" late0
		is "$(ksj .vs explain "$CL" 1 "$SRV" 1000 udp dev c)" p0 \
			"by another device"
		ip -n "$R" link del late0
		took "$SRV" udp 1000 p0
		ip -n "$R" link add late0 type dummy
	done
	ip -n "$R" link del late0
	kb <<-END
		$(for ((i = 0; i < 10; i++)); do echo "vs del p$i"; done)
		vs del late
	END
}

# follows SERVER DST DEVICE
follows()
{
	[ "$(ksj .vs explain "$CL" 1 "$2" 1000 udp dev "$3")" = "$1" ]
}

case_device()
{
	begin rr udp
	ks vs del v4
	ks vs del v6
	both device_one
}

# Prefixes within prefixes, beside a host; what lies between them is a stranger's
prefixes_one()
{
	local in near out mid

	if [ "$V" = v4 ]; then
		in=10.9.9 near=10.9.8.1 out=10.8.1.1 mid=10.9.9.22
		set -- "$in.0/24" "$in.16/28" "$in.20/31"
	else
		in=fd00:9: near=fd00:9:1::1 out=fd00:a::1 mid=fd00:9::16
		set -- fd00:9::/64 fd00:9::10/124 fd00:9::14/127
	fi
	kb <<-END
		vs add outer addr $1 proto udp pool p noarp on
		vs add inner addr $2 proto udp pool p noarp on
		vs add port addr $3 port 1000 proto udp pool p noarp on
		vs add host addr $SRV port 1000 proto udp pool p
	END
	took "$SRV" udp 1000 host
	took "$SRV" udp 1001 outer
	if [ "$V" = v4 ]; then
		took "$in.15" udp 1000 outer
		took "$in.16" udp 1000 inner
		took "$in.20" udp 1000 port
		took "$in.21" udp 1000 port
		took "$in.21" udp 1001 inner
		took "$in.22" udp 1000 inner
		took "$in.31" udp 1000 inner
		took "$in.32" udp 1000 outer
		took "$in.255" udp 1000 outer
	else
		took "$in:f" udp 1000 outer
		took "$in:10" udp 1000 inner
		took "$in:14" udp 1000 port
		took "$in:15" udp 1000 port
		took "$in:15" udp 1001 inner
		took "$in:16" udp 1000 inner
		took "$in:1f" udp 1000 inner
		took "$in:20" udp 1000 outer
		took "${in}:ffff:ffff:ffff:ffff" udp 1000 outer
	fi
	left "$near" 1000
	left "$out" 1000
	ks vs add all addr any pool p proto udp
	took "$near" udp 1000 all
	took "$SRV" udp 1000 host
	kb <<-END
		vs del all
		vs del inner
	END
	took "$mid" udp 1000 outer
	kb <<-END
		vs del outer
		vs del port
		vs del host
	END
}

case_prefixes()
{
	begin rr udp
	ks vs del v4
	ks vs del v6
	both prefixes_one
}

# A row of servers is met by packets once it has ended; or, should that be long in
# coming, within a second
row_one()
{
	local i

	for ((i = 0; i < 30; i++)); do
		echo "vs add p$i addr $SRV port $((1000 + i)) proto udp pool p"
	done >"$PROGRAM_DIR/row"
	ks restore "$PROGRAM_DIR/row"
	took "$SRV" udp 1000 p0
	took "$SRV" udp 1029 p29
	ks restore "$PROGRAM_DIR/row"
	took "$SRV" udp 1029 p29
	exec {ROW}> >(ks restore -)
	echo "vs add late addr $SRV port 2000 proto udp pool p" >&"$ROW"
	wait_until 5 meets 2000 late
	echo "vs add later addr $SRV port 2001 proto udp pool p" >&"$ROW"
	exec {ROW}>&-
	wait_until 5 meets 2001 later
	kb <<-END
		$(for ((i = 0; i < 30; i++)); do echo "vs del p$i"; done)
		vs del late
		vs del later
	END
}

# meets DPORT SERVER: a packet goes there.  To ask for its flow ends no row.
meets()
{
	SPORT=$((SPORT + 1))
	from_client proto=udp sport="$SPORT" dport="$1" data=4
	[ "$(ksj '.[0].vs' flow show src "$CL" sport "$SPORT")" = "$2" ]
}

case_row()
{
	begin rr udp
	ks vs del v4
	ks vs del v6
	both row_one
}

# Who differs in anything may be there, too; who differs in nothing may not, by whatever
# name, until the other has gone
twins_one()
{
	local i match=(
		"addr $SRV port 80 proto udp vlan 5 in c"
		"addr $SRV port 81 proto udp vlan 5 in c"
		"addr $SRV port 80-81 proto udp vlan 5 in c"
		"addr $SRV proto udp vlan 5 in c"
		"addr $SRV port 80 proto tcp vlan 5 in c"
		"addr $SRV port 80 vlan 5 in c"
		"addr $SRV port 80 proto udp vlan 6 in c"
		"addr $SRV port 80 proto udp vlan 0 in c"
		"addr $SRV port 80 proto udp in c"
		"addr $SRV port 80 proto udp vlan 5 in t1"
		"addr $SRV port 80 proto udp vlan 5"
		"addr $NET port 80 proto udp vlan 5 in c"
		"port 80 proto udp vlan 5 in c"
	)

	# shellcheck disable=SC2086 # words
	for ((i = 0; i < ${#match[@]}; i++)); do
		ks vs add "a$i" ${match[i]} pool p
	done
	# shellcheck disable=SC2086 # words
	for ((i = 0; i < ${#match[@]}; i++)); do
		refused ks vs add "b$i" ${match[i]} pool p
		has "$SAID" "*takes the same packets*" "the twin of a$i"
		refused ks vs add "a$i" addr 10.3.3.3 pool p
		has "$SAID" "*of this name exists*" "another a$i"
		ks vs del "a$i"
		ks vs add "b$i" ${match[i]} pool p
	done
	is "$(ksj 'map(.name) | join(" ")' vs show)" \
		"$(for ((i = 0; i < ${#match[@]}; i++)); do echo "b$i"; done |
			paste -sd ' ')" "in order"
	for ((i = 0; i < ${#match[@]}; i++)); do
		ks vs del "b$i"
	done
}

case_twins()
{
	begin rr udp
	ks vs del v4
	ks vs del v6
	NET=10.9.0.0/16
	family 4
	twins_one
	NET=fd00::/16
	family 6
	twins_one
}

case_add "many servers of an address" case_many
case_add "servers that take the same" case_twins
case_add "a row of servers" case_row
case_add "many servers, and a device that comes and goes" case_device
case_add "prefixes within prefixes" case_prefixes
wire_cases_run "$@"
