#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Bulk insert over netlink, beside conntrack's: instructions a flow, those of
# the program that reads the file included.
#
#   part_bulk.sh [FLOWS [ONES]]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"

bench_build
bench_guest bulk bulk.sh "$BENCH_INJECTOR" "${1:-100000}" "${2:-100}"
