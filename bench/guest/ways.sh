# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# In the guest: ways to steer, IPv4, each one configured like the others. After
# router.sh and peers.sh. Sourced.
#
#	WAY_up		plain, ksteer, ipvs (with 2^$BITS buckets), flowtable
#	flowtable_slow	packets that the flowtable left to the slow path

plain_up()
{
	:
}

ksteer_up()
{
	local i proto

	modprobe ksteer || die "no module ksteer"
	{
		for i in 0 1 2; do
			echo "tm add tm$i via ${VIA[i]}"
		done
		echo "pool add p sched rr tm tm0 tm tm1 tm tm2"
		for proto in udp tcp; do
			echo "vs add $proto addr $VIP port 80 proto $proto pool p timeout $proto-open 1h timeout $proto-established 1h"
		done
	} | ksteer -batch - || die "ksteer is not configured"
}

ipvs_up()
{
	modprobe ip_vs "conn_tab_bits=$BITS" || die "no IPVS"
	ip addr add "$VIP/$HOST" dev lo
	ipvs_service u rr
}

flowtable_up()
{
	nft -f - <<-END || die "no flowtable"
	table ip bench {
		flowtable fast {
			hook ingress priority 0
			devices = { c0, t1, t2, t3 }
		}
		chain slow {
			type filter hook forward priority 0
			counter flow add @fast
		}
		chain choose {
			type nat hook prerouting priority dstnat
			ip daddr $VIP dnat to jhash ip saddr . udp sport mod 3 seed 0x12345678 map { 0 : ${VIA[0]}, 1 : ${VIA[1]}, 2 : ${VIA[2]} }
		}
	}
	END
}

flowtable_slow()
{
	nft -j list chain ip bench slow |
		jq '[.. | .counter? // empty | .packets] | add'
}
