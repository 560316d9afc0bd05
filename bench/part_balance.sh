#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# How evenly flows are spread over 3, 10 and 100 traffic managers, and how many
# move when one leaves or joins, beside IPVS's mh and the ideal.
#
#   part_balance.sh [FLOWS [MEMBERS...]]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"
. "$here/tool.sh"

flows=${1:-50000}
[ $# -gt 1 ] || set -- "$flows" 3 10 100
bench_build
bench_tool shares
BENCH_ACCEL=tcg bench_guest balance balance.sh "$BENCH_INJECTOR" "$@"
