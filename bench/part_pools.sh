#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# What it costs to change a traffic manager that is a member of a thousand pools, and
# one that is in none of them: instructions of the command, and of the work behind it.
# Most of it are lookup tables. These are also made by a program of the same code,
# counted in the guest and timed on the real processor: what an instruction of it
# takes.
#
#   part_pools.sh [POOLS [MECHANISM...]]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"
. "$here/tool.sh"

pools=${1:-1000}
shift
[ $# -gt 0 ] || set -- maglev rr
bench_build
bench_tool fill
# shellcheck disable=SC2034
BENCH_OPTIONS=(-m 3072 -t 6000)
bench_guest pools pools.sh "$BENCH_INJECTOR" "$pools" "$@" || exit 1
# The quickest: what else the host does makes the others slower
native=$(for _ in 1 2 3 4 5; do
	"$bench_top/build/bench/bin/fill" "$pools"
done | sort -n | head -n 1)
[[ $native =~ ^[0-9]+$ ]] || exit 1
counted=$(jq -s 'map(select(.metric == "program"))[0].value' \
	< <(grep '^{' "$bench_top/build/bench/pools/output"))
result()
{
	printf '{"part":"pools","case":"tables alone, %s","metric":"%s","value":%s,"unit":"ns"}\n' \
		"$pools" "$@"
}
result "on the real processor" "$native"
result "an instruction of it there" \
	"$(awk "BEGIN { printf \"%.3f\", $native / $counted }")"
