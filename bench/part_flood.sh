#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# A store for a hundred thousand flows, and ten times as many that nobody vouches for, as
# fast as one processor makes them: what a packet costs that must make room, and
# the longest that one takes.
#
#   part_flood.sh [FLOWS [STEP]]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"

flows=${1:-100000} step=${2:-10000}
bench_build
BENCH_OPTIONS=(-m "$((1024 + flows / 2000))" -t 3000)
bench_guest flood store.sh "$BENCH_INJECTOR" flood "$flows" "$step"
