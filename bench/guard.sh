#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Has a packet become dearer? Measures plain forwarding and ksteer in one
# machine, in a short form, and compares ksteer's cost as a ratio to plain
# forwarding of the same kind of packet with what bench/baseline.json says.
# Instructions repeat, so two percent are a change of the code.
#
#   guard.sh [-k KERNEL] [-u] [-r FILE]
#
#   -k KERNEL	6.1 or 6.12 (6.12)
#   -u		write the ratios down as the new baseline of this kernel
#   -r FILE	judge results that are there already, a JSON object a line
#
# Each ratio is a result; what has become cheaper by more is said, too. Closes
# with "N passed, M failed, K skipped".

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
baseline=$here/baseline.json
tolerance=0.02

usage()
{
	sed -n '/^#   guard\.sh/,/^$/s/^#   \{0,1\}//p' "$0" | sed '/^Each/,$d'
	exit 2
}

# The ratios, CASE: RATIO
ratios()
{
	jq -s '[.[] | select(.metric == "p50")] |
		(map({key: .case, value: .value}) | from_entries) as $all |
		[.[] | select(.case | startswith("ksteer")) |
			(.case | split(" ")[1]) as $kind |
			{key: .case, value: (.value /
				$all["plain " + $kind + " known 1"])}] |
		from_entries' "$1"
}

# update FILE: the ratios of it are the kernel's from now on
update()
{
	local tmp

	[ -s "$baseline" ] || echo '{}' >"$baseline"
	tmp=$(jq --arg kernel "$kernel" --slurpfile new "$1" \
		'.[$kernel] = ($new[0] | map_values(. * 10000 | round / 10000))' \
		"$baseline") && printf '%s\n' "$tmp" >"$baseline"
}

# judge FILE: its ratios beside the baseline's, a result each. A case that the
# baseline does not know, or that is gone, fails.
judge()
{
	jq -r --arg kernel "$kernel" --argjson tolerance $tolerance \
		--slurpfile base "$baseline" '
		. as $now | ($base[0][$kernel] // {}) as $was |
		[($now + $was) | keys_unsorted[] | . as $case |
		($now[$case] // null) as $a | ($was[$case] // null) as $b |
		if $b == null then ["not ok", $case, "has no baseline"]
		elif $a == null then ["not ok", $case, "is not measured"]
		elif $a > $b * (1 + $tolerance) then ["not ok", $case,
			"\($a * 1000 | round / 1000) of plain forwarding, was \($b)"]
		elif $a < $b * (1 - $tolerance) then ["ok", $case,
			"\($a * 1000 | round / 1000), cheaper than \($b): guard.sh -u keeps it so"]
		else ["ok", $case, "\($a * 1000 | round / 1000)"] end] |
		to_entries[] | "\(.value[0]) \(.key + 1) - \(.value[1]): \(.value[2])"' \
		"$1"
}

measure()
{
	# shellcheck source-path=SCRIPTDIR
	. "$here/vm.sh"
	bench_build
	bench_guest "guard-$KVER" instructions.sh "$BENCH_INJECTOR" short \
		plain ksteer ksteer-ports ksteer-prefixes ksteer-ranges \
		ksteer-vlans ksteer-six
}

kernel=6.12 write=no given=''
while getopts k:r:uh opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	r) given=$OPTARG ;;
	u) write=yes ;;
	*) usage ;;
	esac
done
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if [ -n "$given" ]; then
	cp "$given" "$tmp/results" || exit 1
elif ! (KVER=$kernel measure) >"$tmp/results" 2>"$tmp/log"; then
	sed 's/^/# /' "$tmp/log"
	echo "not ok 1 - measured"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi
ratios "$tmp/results" >"$tmp/ratios" || exit 1
[ $write = no ] || update "$tmp/ratios"
judge "$tmp/ratios" | tee "$tmp/judged"
passed=$(grep -c '^ok ' "$tmp/judged")
failed=$(grep -c '^not ok ' "$tmp/judged")
[ $((passed + failed)) -gt 0 ] || failed=1
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
