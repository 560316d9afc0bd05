#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Measure. Each part is a program bench/part_NAME.sh that prints results, a JSON
# object a line, says on stderr how it goes, and returns 0 only if all was
# measured and proven.
#
#   bench.sh [-k KERNEL] [-o FILE] [PART...]
#
#   -k KERNEL	for the parts that boot one of Debian's: 6.1 or 6.12 (6.1)
#   -o FILE	results (bench/results.json)
#   PART	instructions, cache, ...: without any, all there are
#
# Results of parts that are not measured now stay in FILE as they were, with the
# kernel and the commit that they were measured on. Ends with a table and with
# plots, in plots/ beside FILE, and returns 1 if a part failed.

set -uo pipefail

start=$PWD
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.." || exit 1

usage()
{
	sed -n '/^#   bench\.sh/,/^$/s/^#   \{0,1\}//p' "$0" | sed '/^Results/,$d'
	exit 2
}

machine()
{
	local cpu

	cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
	echo "$cpu, $(nproc) processors, $(qemu-system-x86_64 --version | head -n 1)"
}

commit()
{
	git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown
}

# Those there are
parts()
{
	local file

	for file in "$here"/part_*.sh; do
		file=${file##*/part_}
		echo "${file%.sh}"
	done
}

# run_part NAME: its results take the place of those it had
run_part()
{
	local part=$1 program=$here/part_$1.sh rc

	[ -x "$program" ] || {
		echo "bench.sh: no part $part" >&2
		return 1
	}
	echo "# part $part" >&2
	KVER=$kernel "$program" >"$tmp/new"
	rc=$?
	if [ $rc -ne 0 ]; then
		echo "# part $part failed: $rc" >&2
		return 1
	fi
	jq -s --slurpfile old "$results" --arg part "$part" \
		--arg kernel "$release" --arg commit "$(commit)" \
		--arg machine "$(machine)" '
		. as $new | $old[0] |
		.kernel = $kernel | .machine = $machine | .commit = $commit |
		.results = ([.results[] | select(.part != $part)] +
			[$new[] | {kernel: $kernel} + . + {commit: $commit}])' \
		"$tmp/new" >"$tmp/all" &&
		jq -e '.results | length > 0' "$tmp/all" >/dev/null &&
		mv "$tmp/all" "$results"
}

kernel=6.1 results=$here/results.json
while getopts k:o:h opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	o) results=$(cd "$start" && realpath -m "$OPTARG") ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
release=$(basename "$(realpath "${KSTEER_KERNELS:-build/kernels}/$kernel")")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

[ $# -gt 0 ] || mapfile -t wanted < <(parts)
[ $# -eq 0 ] || wanted=("$@")
jq -e '.results | type == "array"' "$results" >/dev/null 2>&1 ||
	echo '{"results":[]}' >"$results"
failed=()
for part in "${wanted[@]}"; do
	run_part "$part" || failed+=("$part")
done
"$here/table.sh" "$results" "${wanted[@]}"
"$here/plot.sh" "$results" "${results%/*}/plots" || failed+=(plots)
[ ${#failed[@]} -eq 0 ] || {
	echo "not measured: ${failed[*]}"
	exit 1
}
