#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fuzz what runs in userspace: each target of fuzz/ for some seconds, from the
# corpus that is committed. A finding is left in build/fuzz/TARGET.found/.
#
#   fuzz.sh [SECONDS [TARGET...]]	5 seconds each, all targets
#   fuzz.sh --keep [SECONDS [TARGET...]]	and add to the corpora what was
#					new, as little of it as will do
#
# Closes with "N passed, M failed, K skipped".

set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
out=$top/build/fuzz
keep=0 passed=0 failed=0

if [ "${1-}" = --keep ]; then
	keep=1
	shift
fi
seconds=${1:-5}
[ $# -gt 0 ] && shift

# fuzz TARGET: its own output is in TARGET.log
fuzz()
{
	local target=$1

	rm -rf "$out/$target.new" "$out/$target.found"
	mkdir -p "$out/$target.new" "$out/$target.found" "fuzz/corpus/$target"
	nice "$out/$target" -max_total_time="$seconds" -timeout=20 \
		-max_len=2048 -rss_limit_mb=1500 -use_value_profile=1 \
		-print_final_stats=1 -artifact_prefix="$out/$target.found/" \
		"$out/$target.new" "fuzz/corpus/$target" >"$out/$target.log" 2>&1
}

# What of old and new inputs it takes to reach all that was reached
merge()
{
	local target=$1

	rm -rf "$out/$target.least"
	mkdir "$out/$target.least"
	"$out/$target" -merge=1 -max_len=512 "$out/$target.least" \
		"fuzz/corpus/$target" "$out/$target.new" \
		>"$out/$target.merge" 2>&1 || return 1
	rm -rf "fuzz/corpus/$target"
	mv "$out/$target.least" "fuzz/corpus/$target"
}

executed()
{
	sed -n 's/^stat::number_of_executed_units: *//p' "$out/$1.log"
}

report()
{
	local target=$1 rc=$2 runs

	runs=$(executed "$target")
	# A target that has run nothing has found nothing
	if [ "$rc" = 0 ] && [ "${runs:-0}" -gt 100 ]; then
		passed=$((passed + 1))
		echo "ok $((passed + failed)) - $target: $runs inputs"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $((passed + failed)) - $target: ${runs:-0} inputs, exit $rc"
	grep -vE '^(#|INFO|stat::)' "$out/$target.log" | head -n 40 |
		sed 's/^/#	/'
	find "$out/$target.found" -type f | sed 's/^/#	again: /'
}

if ! nice make -s -j "$(nproc)" -C fuzz; then
	echo "not ok 1 - build"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi
[ $# -gt 0 ] || read -r -a targets < <(make -s --no-print-directory -C fuzz list)
for target in "${@:-${targets[@]}}"; do
	fuzz "$target"
	report "$target" $?
	if [ $keep = 1 ] && ! merge "$target"; then
		failed=$((failed + 1))
		echo "not ok $((passed + failed)) - $target: merge"
	fi
done

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
