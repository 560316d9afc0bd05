#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Ten million flows: memory, insert rate, longest stall while the table grows,
# what expiry takes. In emulation times say little, ratios and bytes a lot; the
# stall is counted in instructions, with a tenth of the flows.
#
#   part_store.sh [FLOWS [STEP]]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"

flows=${1:-10000000} step=${2:-500000}
bench_build
BENCH_OPTIONS=(-m "$((1024 + flows / 4000))" -t 3000)
bench_guest store-stall store.sh "$BENCH_INJECTOR" stall $((flows / 10)) \
	"$step" || exit 1
BENCH_ACCEL=tcg bench_guest store store.sh "$BENCH_INJECTOR" all "$flows" \
	"$step"
