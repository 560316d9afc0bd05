# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# In the guest: many virtual servers beside one for port 80 of $VIP, that take none of
# its packets. Sourced after router.sh.
#
#	servers_KIND COUNT	a line each for `ksteer restore`, for a pool p: ports
#				of $VIP; prefixes; ranges of ports that overlap;
#				vlans; six, all combinations of what a server may
#				name; all of these, COUNT of each; device and
#				station, managers of another pool where the
#				clients are; or one, none

REST="pool p noarp on unserved route"

servers_ports()
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo "vs add po$i addr $VIP port $((20000 + i)) proto udp $REST"
	done
}

# A prefix of each length between /20 and /30, none in another; of IPv6 the same
# behind /32
servers_prefixes()
{
	local i n

	for ((i = 0; i < $1; i++)); do
		if [ "$FAM" = 4 ]; then
			n=$((16 * i))
			echo "vs add pr$i addr $((20 + n / 65536)).$((n / 256 % 256)).$((n % 256)).0/$((20 + i % 11)) port 80 proto udp $REST"
		else
			printf 'vs add pr%d addr 2a%02x:%x::/%d port 80 proto udp %s\n' \
				"$i" $((i / 65536)) $((i % 65536)) $((32 + i % 33)) "$REST"
		fi
	done
}

servers_ranges()
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo "vs add ra$i addr $VIP port $((1000 + i))-$((31000 + 2 * i)) proto udp $REST"
	done
}

servers_vlans()
{
	local i

	for ((i = 1; i <= $1 && i <= 4000; i++)); do
		echo "vs add vl$i addr $VIP port 80 proto udp vlan $i $REST"
	done
}

# All that a server may name beside address and port, or not: a packet has to be looked
# for in each of these six
servers_six()
{
	local i n=$(($1 / 6))

	for ((i = 0; i < n; i++)); do
		echo "vs add sa$i addr $VIP port $((10000 + i)) proto udp $REST"
		echo "vs add sb$i addr $VIP port $((10000 + i)) $REST"
		echo "vs add sc$i addr $VIP port $((10000 + i)) proto udp vlan 5 $REST"
		echo "vs add sd$i addr $VIP port $((10000 + i)) vlan 5 $REST"
		echo "vs add se$i addr $VIP port $((10000 + i)) proto udp in t3 $REST"
		echo "vs add sf$i addr $VIP port $((10000 + i)) in t3 $REST"
	done
}

# senders N WORDS: managers where the clients are, in pools of no server, as many in
# each as it takes
senders()
{
	local i from=10.0.0.2 q

	[ "$FAM" = 4 ] || from=fd00::2
	for ((i = 0; i < $1; i++)); do
		q=q$((i / 4096))
		[ $((i % 4096)) != 0 ] || echo "pool add $q"
		echo "tm add se$i via $from dev c0 $2"
		echo "pool join $q tm se$i"
	done
}

# Whatever comes by the device comes from all of them
servers_device()
{
	senders "$1" "source device"
}

# They are one machine
servers_station()
{
	senders "$1" "source station"
}

servers_one()
{
	:
}

servers_all()
{
	servers_ports "$1"
	servers_prefixes "$1"
	servers_ranges "$1"
	servers_vlans "$1"
	servers_six "$1"
}
