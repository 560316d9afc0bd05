# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# Packets made by hand. Sourced after lib.sh by tests that look at single
# packets:
#
#	C --- c --- R --- t1 --- T1
#	             \--- t3 --- T3
#
# The kernels at the ends take no part: the server's address is nobody's, and
# clients are addresses behind C that C does not have. One process, wiretap,
# sends and sees on all wires; its words are explained in wire/main.c. All
# cases of a program share the namespaces, but not what ksteer knows.
#
#	wire_cases_run "$@"	make it all, run the cases, take it away
#				$WIRE_ALSO, if set, is called once all stands
#	begin SCHED PROTO [WORD...]	first in a case: ksteer as new, traffic
#				managers t1 to t3, pool p, virtual servers v4 and
#				v6 with the WORDs at $SRV, port 80 if it has ports
#	alone WORD...		t1 is the pool's only traffic manager, made anew with
#				these words
#	narrow			ways to the traffic managers take 1300 bytes
#	both COMMAND...		for each family
#	family 4|6		set $SRV, $CL, $V, $IP (of this family)
#	tm_addr I, tm_ns I	address, namespace of traffic manager I
#	wire WORD...		speak to wiretap; its answer is in $WIRE
#	send TAP WORD...	tx from TAP; digests in $CRC and $DATA, the time
#				before it in $SENT
#	from_client WORD...	send as $CL to $SRV
#	from_tm I WORD...	send as $SRV to $CL, out of TI
#	arrives TAPS WORD...	the packet comes; it is in $WIRE, where in $AT
#	word KEY		value of KEY in $WIRE
#	absent TAPS WORD...	nothing like it has come; after an arrives
#	sent_whole [TTL]	$WIRE is what was sent, one hop on
#	counting		remember the counters
#	counted NAME N...	they have grown by N since

TMS=t1,t2,t3
WAIT_MS=5000

wire()
{
	local line

	WIRE=
	echo "$*" >&"$WIRE_TO"
	while IFS= read -r -t 30 line <&"$WIRE_FROM"; do
		[ "$line" = . ] && return 0
		WIRE+=$line
	done
	fail "wiretap has gone: $*"
}

# The digests count, so a blank is put before and after
word()
{
	[[ " $WIRE " =~ \ $1=([^ ]*)\  ]] && echo "${BASH_REMATCH[1]}"
}

family()
{
	V=v$1
	if [ "$1" = 4 ]; then
		SRV=10.9.9.9 CL=198.18.0.9 IP=ip HOST=32
	else
		SRV=fd00:9::9 CL=2001:db8:c::9 IP=ip6 HOST=128
	fi
}

tm_addr()
{
	[ "$V" = v4 ] && echo "10.20.$1.2" || echo "fd00:20:$1::2"
}

# fixed_mac SIDE I: of R's end (1) or the other (2) of wire I; 0 is the client's
fixed_mac()
{
	printf '02:00:00:00:%02x:%02x' "$1" "$2"
}

# tm_ns I: the namespace of traffic manager I
tm_ns()
{
	local var=T$1

	echo "${!var}"
}

wire_client()
{
	echo "link add name c address $(fixed_mac 2 0) netns $C type veth" \
		"peer name c address $(fixed_mac 1 0) netns $R" | ip -batch -
	ip -n "$C" -batch - <<-END
		link set dev c up
		addr add 10.0.0.2/24 dev c
		addr add fd00::2/64 dev c nodad
		route add default via 10.0.0.1
		route add default via fd00::1
	END
	ip -n "$R" -batch - <<-END
		link set dev c up
		addr add 10.0.0.1/24 dev c
		addr add fd00::1/64 dev c nodad
		route add 198.18.0.0/16 via 10.0.0.2
		route add 2001:db8:c::/48 via fd00::2
		neigh replace 10.0.0.2 lladdr $(fixed_mac 2 0) dev c
		neigh replace fd00::2 lladdr $(fixed_mac 2 0) dev c
	END
}

wire_manager()
{
	local i=$1 ns=$2

	echo "link add name t address $(fixed_mac 2 "$i") netns $ns type veth" \
		"peer name t$i address $(fixed_mac 1 "$i") netns $R" | ip -batch -
	ip -n "$ns" -batch - <<-END
		link set dev t up
		addr add 10.20.$i.2/24 dev t
		addr add fd00:20:$i::2/64 dev t nodad
		route add default via 10.20.$i.1
		route add default via fd00:20:$i::1
	END
	# Known neighbours keep the first packets in order
	ip -n "$R" -batch - <<-END
		link set dev t$i up
		addr add 10.20.$i.1/24 dev t$i
		addr add fd00:20:$i::1/64 dev t$i nodad
		neigh replace 10.20.$i.2 lladdr $(fixed_mac 2 "$i") dev t$i
		neigh replace fd00:20:$i::2 lladdr $(fixed_mac 2 "$i") dev t$i
	END
}

# One process for all cases; a coprocess' own descriptors end at subshells
wire_start()
{
	coproc WIRETAP { exec wiretap; }
	exec {WIRE_FROM}<&"${WIRETAP[0]}" {WIRE_TO}>&"${WIRETAP[1]}"
}

wire_up()
{
	local i

	ns_add C R T1 T2 T3
	in_ns "$R" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	wire_client
	for i in 1 2 3; do
		wire_manager $i "$(tm_ns $i)"
	done
	wire_start
	wire on c "$C" c "$(fixed_mac 1 0)"
	for i in 1 2 3; do
		wire on t$i "$(tm_ns $i)" t "$(fixed_mac 1 $i)"
	done
}

wire_down()
{
	kill "$WIRETAP_PID"
	wait
	case_cleanup
	rm -rf "$WIRE_DIR"
}

wire_cases_run()
{
	local rc

	cases_check
	WIRE_DIR=$(mktemp -d)
	CASE_DIR=$WIRE_DIR CASE_TAG=w$$
	case_ns=() case_defers=()
	wire_up
	${WIRE_ALSO:-:}
	# Not behind `||`, which would switch errexit off in all cases
	(cases_run "$@")
	rc=$?
	wire_down
	exit $rc
}

begin()
{
	local sched=$1 proto=$2 port="port 80"

	shift 2
	case $proto in
	icmp | any) port= ;;
	esac
	wire clear
	ksteer -n "$R" -force -batch - >/dev/null 2>&1 <<-END || :
		vs del v4
		vs del v6
		pool del p
		tm del t1
		tm del t2
		tm del t3
		flow flush all
	END
	kb <<-END
		config set max-open 65536 young 60
		tm add t1 via 10.20.1.2 via fd00:20:1::2 dev t1
		tm add t2 via 10.20.2.2 via fd00:20:2::2 dev t2
		tm add t3 via 10.20.3.2 via fd00:20:3::2 dev t3
		pool add p sched $sched tm t1 tm t2 tm t3
		vs add v4 addr 10.9.9.9 $port proto $proto pool p $*
		vs add v6 addr fd00:9::9 $port proto ${proto/%icmp/icmpv6} pool p $*
	END
}

alone()
{
	kb <<-END
		pool leave p tm t1 tm t2 tm t3
		tm del t1
		tm add t1 $*
		pool join p tm t1
	END
}

# The ways to the traffic managers take no more than 1300 bytes
narrow()
{
	local i

	for i in 1 2 3; do
		ip -n "$R" -batch - <<-END
			route replace 10.20.$i.2/32 dev t$i mtu 1300
			route replace fd00:20:$i::2/128 dev t$i mtu 1300
		END
		defer ip -n "$R" route del 10.20.$i.2/32 dev t$i
		defer ip -n "$R" -6 route del fd00:20:$i::2/128 dev t$i
	done
}

both()
{
	local f

	for f in 4 6; do
		family $f
		"$@"
	done
}

send()
{
	local NOW

	now_us
	SENT=$NOW
	wire tx "$@"
	CRC=$(word crc)
	DATA=$(word data)
}

from_client()
{
	send c src="$CL" dst="$SRV" "$@"
}

from_tm()
{
	local i=$1

	shift
	send "t$i" src="$SRV" dst="$CL" "$@"
}

arrives()
{
	local taps=$1

	shift
	wire rx "$taps" "$WAIT_MS" "$@"
	[ "$WIRE" != none ] || fail "nothing like '$*' at $taps"
	AT=${WIRE%% *}
}

absent()
{
	local taps=$1

	shift
	wire count "$taps" "$@"
	is "$WIRE" 0 "packets like '$*' at $taps"
}

sent_whole()
{
	has "$WIRE" "* ttl=${1:-63} *" "one hop"
	has "$WIRE" "* crc=$CRC *" "the rest of the packet"
	[ "$V" = v6 ] || has "$WIRE" "* sum=ok *" "header checksum"
}

counter()
{
	[[ $1 =~ \"name\":\"$2\",\"value\":([0-9]+) ]] || fail "no counter $2"
	echo "${BASH_REMATCH[1]}"
}

counting()
{
	COUNTERS=$(ks -j stats show)
}

counted()
{
	local now

	now=$(ks -j stats show)
	while [ $# -gt 0 ]; do
		is $(($(counter "$now" "$1") - $(counter "$COUNTERS" "$1"))) \
			"$2" "counter $1"
		shift 2
	done
	COUNTERS=$now
}
