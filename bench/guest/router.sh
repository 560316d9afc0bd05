# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# In the guest: a router of dummy devices whose neighbours are all known, the
# injector, and results as JSON. Sourced; what runs here is in a network
# namespace of its own. $FAM is 4 or 6.
#
#	clients -- c0 [router] t1, t2, t3 -- three next hops
#
#	router_up		devices, addresses, routes
#	inject WORD...		see bench/inject/main.c; fills $RESULT
#	send WORD...		the same from a client, arriving by c0
#	measure CASE DEVS WORD...	send, prove, print results. DEVS is where
#				the packets must have left: t1, c0; "one" of the
#				three; "all", each getting its share; "none"
#	$SLOW			command that counts packets of a slow path, which
#				known flows must not take
#	$each			packets that leave for each that is sent (1)

PART=${PART:-instructions}
SRC4=10.1.0.1 VIP4=10.9.9.9 OTHER4=10.9.9.10
SRC6=fd00:1::1 VIP6=fd00:9::9 OTHER6=fd00:9::a
SLOW='' each=1

die()
{
	echo "# $*" >&2
	exit 1
}

router_addresses()
{
	local i

	echo "addr add 10.0.0.1/24 dev c0"
	echo "addr add fd00::1/64 dev c0 nodad"
	echo "neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev c0 nud permanent"
	echo "neigh add fd00::2 lladdr 02:00:00:00:00:02 dev c0 nud permanent"
	echo "route add 10.1.0.0/16 via 10.0.0.2"
	echo "route add fd00:1::/64 via fd00::2"
	for i in 1 2 3; do
		echo "addr add 10.20.$i.1/24 dev t$i"
		echo "addr add fd00:20:$i::1/64 dev t$i nodad"
		echo "neigh add 10.20.$i.2 lladdr 02:00:00:01:00:0$i dev t$i nud permanent"
		echo "neigh add fd00:20:$i::2 lladdr 02:00:00:01:00:0$i dev t$i nud permanent"
	done
}

# Nothing but what is injected: no solicitations, no reports
router_settings()
{
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0 \
		net.ipv4.conf.all.send_redirects=0 \
		net.ipv6.conf.default.router_solicitations=0 \
		net.ipv6.conf.default.accept_dad=0
}

router_up()
{
	local dev

	router_settings
	{
		echo "link set lo up"
		for dev in c0 t1 t2 t3; do
			echo "link add $dev type dummy"
			echo "link set $dev arp on addrgenmode none"
			echo "link set $dev up"
		done
		router_addresses
		echo "route add 10.9.9.0/24 via 10.20.1.2"
		echo "route add fd00:9::/64 via fd00:20:1::2"
	} | ip -batch - || die "no router"
	exec {INJECT}<>/sys/kernel/debug/ksteer_inject/run ||
		die "no injector"
}

# What the family's names stand for
family()
{
	local name ref

	FAM=$1
	for name in SRC VIP OTHER; do
		ref=$name$FAM
		printf -v "$name" '%s' "${!ref}"
	done
	if [ "$FAM" = 4 ]; then
		IP=ip HOST=32 VIA=(10.20.1.2 10.20.2.2 10.20.3.2)
	else
		IP=ip6 HOST=128 VIA=(fd00:20:1::2 fd00:20:2::2 fd00:20:3::2)
	fi
}

inject()
{
	echo "src=$SRC dst=$VIP $*" >&"$INJECT" || die "not injected: $*"
	read -r RESULT <&"$INJECT" || die "no result: $*"
}

send()
{
	inject "dev=c0 $*"
}

# sent DEV: packets that it has sent
sent()
{
	local line

	while read -r -a line; do
		if [ "${line[0]}" = "$1:" ]; then
			echo "${line[10]}"
			return
		fi
	done </proc/net/dev
}

# part NAME: a number out of $RESULT
part()
{
	[[ " $RESULT " =~ \ $1=([0-9.]+)\  ]] || die "no $1 in: $RESULT"
	echo "${BASH_REMATCH[1]}"
}

# The network's own reports may add a few packets, nothing may be missing
near()
{
	(($1 >= $2 && $1 <= $2 + 16))
}

# prove CASE DEVS PACKETS [COUNT DEV]...: they left by these devices
prove()
{
	local name=$1 devs=$2 n=$3 dev delta=() i good=0 sum=0 busy=0

	shift 3
	while [ $# -gt 0 ]; do
		delta+=($(($(sent "$2") - $1)))
		shift 2
	done
	for i in 1 2 3; do
		((sum += delta[i]))
		((delta[i] > 16)) && ((busy++))
	done
	dev=$n
	case $devs in
	none) near "${delta[0]}" 0 && near "$sum" 0 && good=1 ;;
	c0) near "${delta[0]}" "$n" && near "$sum" 0 && good=1 ;;
	t1) near "${delta[1]}" "$n" && near "$sum" "$n" && good=1 ;;
	one) near "$sum" "$n" && [ "$busy" = 1 ] && good=1 ;;
	all)
		near "$sum" "$n" && good=1
		for i in 1 2 3; do
			((delta[i] * 5 > dev)) || good=0
		done
		;;
	esac
	[ $good = 1 ] || die "$name: $n packets to leave by $devs, left" \
		"by c0 t1 t2 t3: ${delta[*]}"
}

report()
{
	local metric

	for metric in min p50 p90 p99 mean; do
		printf '{"part":"%s","case":"%s","metric":"%s","value":%s,"unit":"instructions"}\n' \
			"$PART" "$1" "$metric" "$(part $metric)"
	done
}

# Where $SLOW counts packets that took a slow path, known flows do not
quick()
{
	local more

	[ -n "$SLOW" ] || return
	more=$(($($SLOW) - $2))
	[[ $1 != *" known "* ]] || near $more 0 ||
		die "$1: $more packets took the slow path"
	[[ $1 != *" new "* ]] || ((more > 1000)) ||
		die "$1: the slow path counts nothing"
}

# What the kernel draws once it is first needed, it goes on asking for until a
# worker has had its turn: let one packet go ahead of known flows
measure()
{
	local name=$1 devs=$2 before slow

	shift 2
	[[ $name != *" known "* ]] || send "$@" n=1
	before=("$(sent c0)" c0 "$(sent t1)" t1 "$(sent t2)" t2
		"$(sent t3)" t3)
	slow=$(${SLOW:-true})
	send "$@"
	quick "$name" "$slow"
	prove "$name" "$devs" $(($(part n) * each)) "${before[@]}"
	report "$name"
	echo "# $name: $RESULT" >&2
}
