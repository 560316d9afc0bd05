#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a packet of a known flow touches: loads, stores, lines, and the misses of
# a simulated cache, with one flow and with 100,000 in random order; ksteer, IPVS
# with 2^12 buckets, which is Debian's default, and 2^20, nftables' flowtable. Counted by a plugin of the emulator (plugin/packet.c).
#
#   part_cache.sh [ksteer|ipvs-12|ipvs-20|flowtable]...
#
# KVER is the kernel, 6.1 unless said otherwise. Results on stdout, a JSON
# object a line; on stderr, which functions miss. Returns 0 if all was measured
# and proven.

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
. "$here/vm.sh"

# runs OUTPUT FILE: the plugin's runs with their labels, "WAY FLOWS SUMS..."
runs()
{
	awk '
		NR == FNR && $1 == "run" { sub(/^run /, ""); label[++labels] = $0 }
		NR != FNR && $1 == "run" && label[++n] != "-" {
			sub(/^run /, "")
			print label[n], n, $0
		}
		END { exit !n || n != labels }' "$1" "$2"
}

# row CASE METRIC VALUE PACKETS UNIT
row()
{
	awk -v name="$1" -v metric="$2" -v value="$3" -v packets="$4" -v unit="$5" \
		'BEGIN {
			printf "{\"part\":\"cache\",\"case\":\"%s\",", name
			printf "\"metric\":\"%s\",\"value\":%.2f,", metric, value / packets
			printf "\"unit\":\"%s\"}\n", unit
		}'
}

# results WAY FLOWS N PACKETS SUMS...: as the plugin orders them
results()
{
	local name=$1 n=$4

	[ "${name%-*}" = ipvs ] && name=ipvs-rr-${name#*-}

	case $2 in
	one) name+=" udp4 known 1" ;;
	many) name+=" udp4 known 100000" ;;
	esac
	shift 4
	row "$name" instructions "$1" "$n" instructions
	row "$name" loads "$2" "$n" loads
	row "$name" stores "$3" "$n" stores
	row "$name" "data lines" "$4" "$n" lines
	row "$name" "code lines" "$5" "$n" lines
	row "$name" "L1 data misses" "$6" "$n" misses
	row "$name" "L1 code misses" "$7" "$n" misses
	row "$name" "L2 misses" $(($8 + $9)) "$n" misses
	row "$name" "L2 data misses" "$8" "$n" misses
}

# Who misses: the functions that do so at least once in a hundred packets
culprits()
{
	local dir=$1 name=$2 number=$3

	bench_say "$name: L2 misses of data by function"
	"$here/plugin/functions.sh" "$dir/kallsyms" "$dir/packet" "$number" |
		awk '$2 >= 0.01 { print $2, $4, $5 }' | sort -rn >&2
}

way()
{
	local name=$1 dir=$bench_top/build/bench/cache-$1 rest

	rm -f "$dir/packet" "$dir/kallsyms"
	mkdir -p "$dir"
	KSTEER_PLUGIN=$bench_top/build/bench/packet.so,out=$dir/packet \
		bench_guest "cache-$name" cache.sh "$BENCH_INJECTOR" "$name" ||
		return 1
	runs "$dir/output" "$dir/packet" >"$dir/runs" || {
		bench_say "$name: the plugin saw other runs than the guest"
		return 1
	}
	while read -r -a rest; do
		results "${rest[@]}"
		[ "${rest[1]}" = many ] &&
			culprits "$dir" "$name" "${rest[2]}"
	done <"$dir/runs"
}

bench_build
make -s -C "$here/plugin" >&2 || exit 1
[ $# -gt 0 ] || set -- ksteer ipvs-12 ipvs-20 flowtable
for name; do
	way "$name" || exit 1
done
