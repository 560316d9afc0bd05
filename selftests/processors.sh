#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One store for all processors and devices.

. "$(dirname "$0")/lib.sh"

# The same flow by two devices and all CPUs has one entry
test_one_store()
{
	local f cpu n key

	[ "$(nproc)" -gt 1 ] || skip "one processor"
	topo 3 clients=2
	tms_add
	ks pool add p sched rr tm t1 tm t2 tm t3
	serve udp:53
	vs_pair v 53 udp pool p
	ip -n "$C2" -batch - <<-END
		route add local 10.101.0.0/16 dev lo
		route add local fd10:1::/64 dev lo
	END
	for f in $FAMILIES; do
		n=0
		key="${CANY[$f,1]%0}7"
		[ "$f" = 6 ] && key="${CANY[$f,1]}7"
		for cpu in 0 1; do
			taskset -c "$cpu" ask -N "$C1" -s "$key" -p 40000 udp \
				"${VIP[$f]}" 53
			# Its answers go to the other client: nobody waits
			taskset -c "$cpu" ask -N "$C2" -t 1 -s "$key" -p 40000 \
				udp "${VIP[$f]}" 53 || :
			n=$((n + 2))
		done
		is "$(ksj '.[] | "\(.packets) \(.reply_packets)"' flow show \
			dst "${VIP[$f]}")" "$n $n" "the one flow, IPv$f"
	done
	is "$(kcount select)" 2 "selections"
}

case_add "A17: two devices and CPUs have one store" test_one_store

cases_run "$@"
