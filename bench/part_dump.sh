#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Dumps of 100,000 and 1,000,000 flows, beside /proc/net/ip_vs_conn and
# conntrack -L: instructions a flow.
#
#   part_dump.sh [FLOWS...]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"
. "$here/tool.sh"

[ $# -gt 0 ] || set -- 100000 1000000
bench_build
bench_tool rawdump
BENCH_OPTIONS=(-m 5120 -t 3000)
for flows; do
	bench_guest "dump-$flows" dump.sh "$BENCH_INJECTOR" "$flows" 10 || exit 1
done
