#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Known flows on one, two and four processors, beside plain forwarding: what
# gets through; and whether two processors that work for flows of their own
# write any cache line both (counted by a plugin of the emulator). With fewer
# cores than four the ratio for four says only that nothing breaks down.
#
#   part_scale.sh [PACKETS [ROUNDS]]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"
. "$here/tool.sh"

# A line counts as shared if it moves for more than one packet of this many
RARE=20

result()
{
	printf '{"part":"scale","case":"%s","metric":"%s","value":%s,"unit":"%s"}\n' "$@"
}

# Runs of the injector that only make the flows
BEFORE=8

# runs FILE: "NUMBER STORES PACKETS ADDRESS INSTRUCTION" of each line that moves
# often, and "NUMBER 0 PACKETS" for each run
runs()
{
	awk -v rare=$RARE -v n=-$BEFORE '
		$1 == "run" {
			n++
			packets = $3
			print n, 0, packets, $2
		}
		$1 == "line" && $3 * rare > packets {
			print n, $3, packets, $2, $4
		}' "$1"
}

# function_at KALLSYMS ADDRESS
function_at()
{
	sort "$1" | awk -v at="$2" '
		$2 ~ /[tT]/ { if ($1 > at) exit; name = $3 " " $4 }
		END { print name }'
}

# shared_lines NUMBER CASE: those of one run, said and counted
shared_lines()
{
	local stores packets line insn cpus=0 n=0

	while read -r _ stores packets line insn; do
		if [ "$stores" = 0 ]; then
			cpus=$line
			continue
		fi
		bench_say "$2: line $line moves for $stores of $packets packets, written by $(function_at "$dir/kallsyms" "$insn")"
		((n++))
	done < <(runs "$dir/shared" | grep "^$1 ")
	[ "$cpus" = 2 ] || {
		bench_say "$2: $cpus processors were seen"
		exit 1
	}
	result "$2" "cache lines that two processors write" $n lines
	SHARED=$n
}

measure_lines()
{
	dir=$bench_top/build/bench/scale-lines
	mkdir -p "$dir"
	BENCH_OPTIONS=(-s 2 -t 1800)
	KSTEER_PLUGIN="$bench_top/build/bench/shared.so,out=$dir/shared" \
		BENCH_ACCEL=tcg bench_guest scale-lines scale.sh \
		"$BENCH_INJECTOR" lines "${1:-20000}" || exit 1
	shared_lines 1 "plain, flows of their own"
	plain=$SHARED
	shared_lines 2 "ksteer known, flows of their own"
	own=$SHARED
	shared_lines 3 "ksteer known, the same flow"
	# What sees nothing there sees nothing here
	if [ "$plain$own" != 00 ] || [ "$SHARED" = 0 ]; then
		bench_say "known flows share cache lines, or nothing was seen"
		exit 1
	fi
}

bench_build
bench_plugin shared
measure_lines "${1:-}"
BENCH_OPTIONS=(-s 4 -t 1800)
BENCH_ACCEL=tcg bench_guest scale scale.sh "$BENCH_INJECTOR" rate \
	"${1:-100000}" "${2:-9}"
