#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The native time of a packet, with all that memory costs: the kernel's own code
# under User-Mode Linux, which is a process of this machine. Plain forwarding,
# ksteer and IPVS (with 2^12 buckets, which is Debian's default, and 2^20) take
# turns for ten rounds, with 1 to 1,000,000 known UDP flows in random order.
#
#   part_native.sh [FLOWS...]
#
# Results on stdout, a JSON object a line, in ticks of the clock: medians over the rounds of the median
# packet, and their ratios, which are what to go by: to plain forwarding with as
# many flows, to IPVS, and to one flow. Returns 0 if all was measured.

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
. "$here/vm.sh"

rounds=${ROUNDS:-10}
native=$bench_top/build/native

# The module and the injector, and a place where modprobe finds all
build()
{
	local uml modules release

	uml=$("$here/uml/build.sh") || return 1
	make -s -C "$bench_top" module ARCH=um KVER=native \
		KDIR="$uml/build" &&
		make -s -C "$here/inject" ARCH=um KDIR="$uml/build" \
			OUT="$native/inject" &&
		make -s -C "$bench_top" userspace || return 1
	modules=$native/modules/lib/modules
	rm -rf "$native/modules"
	mkdir -p "$modules"
	cp -rs "$uml/modules/lib/modules/." "$modules/"
	release=$(ls "$modules")
	rm -f "$modules/$release/build"
	ln -s "$native/ksteer.ko" "$native/inject/ksteer_inject.ko" \
		"$modules/$release/kernel/"
	depmod -b "$native/modules" "$release"
}

uml_release()
{
	echo "$(ls "$native/modules/lib/modules")-um"
}

# Of one machine: medians of the rounds, and what follows from them
summary()
{
	sort -k 2,2 -k 3,3n -k 4,4n | awk -v bits="$1" -v rounds="$rounds" -v kernel="$(uml_release)" '
		function row(way, flows, metric, value, unit, name) {
			name = way == "ipvs" ? "ipvs-rr-" bits : way
			if (way != "ipvs" && bits != 12)
				name = name " beside ipvs-rr-" bits
			printf "{\"part\":\"native\",\"kernel\":\"%s\",\"case\":\"%s udp4 known %d\",", kernel, name, flows
			printf "\"metric\":\"%s\",\"value\":%s,\"unit\":\"%s\"}\n", metric, value, unit
		}
		function ratio(way, flows, metric, below) {
			row(way, flows, metric, sprintf("%.3f", p50[way, flows] / below), "ratio")
		}
		$1 == "time" {
			if (!(($2, $3) in n))
				cases[++m] = $2 " " $3
			tick[$2, $3, ++n[$2, $3]] = $4
		}
		END {
			for (i = 1; i <= m; i++) {
				split(cases[i], c, " ")
				if (n[c[1], c[2]] != rounds)
					exit 1
				half = int(rounds / 2)
				p50[c[1], c[2]] = (tick[c[1], c[2], half] + tick[c[1], c[2], half + 1]) / 2
			}
			for (i = 1; i <= m; i++) {
				split(cases[i], c, " ")
				row(c[1], c[2], "p50", sprintf("%.0f", p50[c[1], c[2]]), "ticks")
				row(c[1], c[2], "min", sprintf("%.0f", tick[c[1], c[2], 1]), "ticks")
				ratio(c[1], c[2], "to plain", p50["plain", c[2]])
				ratio(c[1], c[2], "to one flow", p50[c[1], 1])
				if (c[1] == "ksteer")
					ratio(c[1], c[2], "to ipvs", p50["ipvs", c[2]])
			}
		}'
}

build >&2 || exit 1
[ $# -gt 0 ] || set -- 1 1000 100000 1000000
for bits in 12 20; do
	bench_say "native, IPVS with 2^$bits buckets"
	"$here/uml/uml.sh" -m 3072 -t 3000 -o "$bench_top/build/bench/native-$bits" \
		"$native/modules" "$here/guest/native.sh" "$bits" "$rounds" "$@" \
		>"$native/times" || exit 1
	summary "$bits" <"$native/times" || exit 1
done
