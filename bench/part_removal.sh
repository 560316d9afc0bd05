#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# What it costs to remove a thousand virtual servers, and to take a traffic manager
# down, beside many flows and a tenth of them: instructions of the command, and of the
# work behind it.
#
#   part_removal.sh [FLOWS [SERVERS]]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"

flows=${1:-1000000} servers=${2:-1000}
bench_build
# shellcheck disable=SC2034
BENCH_OPTIONS=(-m $((1536 + flows / 1000)) -t 6000)
for n in $((flows / 10)) "$flows"; do
	bench_guest "removal-$n" removal.sh "$BENCH_INJECTOR" "$n" "$servers" ||
		exit 1
done
