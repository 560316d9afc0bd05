#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Flows that come and go on two processors: which cache lines both write for them,
# counted by a plugin of the emulator; what a packet takes in instructions on one
# processor and on both at once, what they spin for each other included, and a known
# flow's while the other processor has flows come and go; and what a packet takes by
# the clock, on one and on both, beside plain forwarding.
#
#   part_churn.sh [FLOWS [ROUNDS]]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"
. "$here/tool.sh"
. "$here/lines.sh"

result()
{
	printf '{"part":"churn","case":"%s","metric":"%s","value":%s,"unit":"%s"}\n' "$@"
}

# guest DIR MODE PLUGIN-OPTIONS ARG...
guest()
{
	dir=$bench_top/build/bench/churn-$1
	mkdir -p "$dir"
	rm -f "$dir"/{shared,objects,kallsyms}
	BENCH_OPTIONS=(-s 2 -t 1800)
	KSTEER_PLUGIN=${2:+$bench_top/build/bench/shared.so,out=$dir/shared$2} \
		BENCH_ACCEL=tcg bench_guest "churn-$1" churn.sh \
		"$BENCH_INJECTOR" "$1" "${@:3}" >"$dir/results" || exit 1
	cat "$dir/results"
	[ -z "$2" ] || lines_runs "$dir/shared" "$dir/output" >"$dir/runs" || {
		bench_say "the plugin saw other runs than the guest"
		exit 1
	}
}

# Both have so many packets, and of two writers the lesser is counted: twice that
# is what they have done
kinds()
{
	local address moves packets insns name

	while read -r address moves packets insns; do
		# shellcheck disable=SC2086
		name=$(lines_name "$dir" "$address" $insns)
		echo "${name%%: *}|${name#*: }|$moves|$packets"
	done < <(lines_of "$dir/shared" "$1" "$2") | awk -F '|' '
		{
			n = split($2, word, " ")
			for (i = 1; i <= n; i++)
				if (!index(" " who[$1] " ", " " word[i] " "))
					who[$1] = who[$1] (who[$1] ? " " : "") word[i]
			moves[$1] += 2 * $3 / $4
		}
		END {
			for (k in moves)
				printf "%.2f|%s|%s\n", moves[k], k, who[k]
		}' | sort -t '|' -rn
}

lines()
{
	local number label stores whose who n

	guest lines ,insns=0 "$1"
	while read -r number label; do
		n=0
		while IFS='|' read -r stores whose who; do
			result "$label" "stores a packet to $whose ($who)" \
				"$stores" stores
			[[ $whose = kmem_cache* ]] || ((n++))
		done < <(kinds "$number" line)
		result "$label" "kinds of lines that two processors write" $n lines
		result "$label" "moves of other lines, a packet" \
			"$(lines_rare "$dir/shared" "$number")" moves
		while IFS='|' read -r stores whose who; do
			result "$label" "reads a packet of $whose, written by another ($who)" \
				"$stores" loads
		done < <(kinds "$number" read)
		[[ $label != "rr, new UDP" || $n != 0 ]] || {
			bench_say "the plugin saw nothing"
			exit 1
		}
	done <"$dir/runs"
}

# works FILE NUMBER: "PROCESSOR MEDIAN MEAN BEYOND"
works()
{
	awk -v number="$2" '
		$1 == "run" { n++ }
		n == number && $1 == "work" { print $2, $4, $5, $6 / $3 }' "$1"
}

work()
{
	local number label cpu median mean beyond

	guest work ,insns=1 "$1"
	while read -r number label; do
		while read -r cpu median mean beyond; do
			result "$label, processor $cpu" median "$median" instructions
			result "$label, processor $cpu" mean "$mean" instructions
			result "$label, processor $cpu" "share that is not in it" \
				"$beyond" ratio
		done < <(works "$dir/shared" "$number")
	done <"$dir/runs" | tee "$dir/work"
	jq -rs 'map(select(.metric == "mean") |
		{(.case): .value}) | add | . as $m | keys[] |
		select(startswith("alone: ")) | ltrimstr("alone: ") |
		sub(", processor 0$"; "") |
		select($m["both: \(.), processor 0"]) |
		"\($m["alone: \(.), processor 0"]) \($m["both: \(.), processor 0"]) \($m["both: \(.), processor 1"]) \(.)"' \
		"$dir/work" | while read -r mean cpu beyond label; do
		result "$label 2" "work to that of one processor" \
			"$(awk "BEGIN { printf \"%.3f\", $mean / $cpu + $mean / $beyond }")" \
			ratio
	done
}

flows=${1:-10000} rounds=${2:-9}
bench_build
bench_plugin shared
lines "$flows"
work "$flows"
guest rate "" "$flows" "$rounds"
