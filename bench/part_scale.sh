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
. "$here/lines.sh"

result()
{
	printf '{"part":"scale","case":"%s","metric":"%s","value":%s,"unit":"%s"}\n' "$@"
}

# shared_lines CASE: those of one run, said and counted
shared_lines()
{
	local number moves packets line insns n=0

	number=$(sed -n "s/ $1\$//p" "$dir/runs")
	while read -r line moves packets insns; do
		# shellcheck disable=SC2086
		bench_say "$1: a line moves for $moves of $packets packets, $(lines_name "$dir" "$line" $insns)"
		((n++))
	done < <(lines_of "$dir/shared" "$number" line)
	result "$1" "cache lines that two processors write" $n lines
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
	lines_runs "$dir/shared" "$dir/output" >"$dir/runs" &&
		[ "$(grep -c "^run 2 " "$dir/shared")" = 3 ] || {
		bench_say "the plugin saw other runs than the guest"
		exit 1
	}
	shared_lines "plain, flows of their own"
	plain=$SHARED
	shared_lines "ksteer known, flows of their own"
	own=$SHARED
	shared_lines "ksteer known, the same flow"
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
