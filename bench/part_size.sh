#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# What the number of virtual servers costs a packet: a new flow, a known one, and a
# packet that nobody wants, beside none, beside a thousand and ten thousand servers of
# one address, of prefixes, of overlapping port ranges, of VLANs, of all combinations
# of what a server may name, and of all of these; and what memory they take beside
# their objects.  What IPVS takes beside as many services.  What it costs to restore
# so many.  And what the number of members of a pool costs a new flow, by mechanism.
#
#   part_size.sh [SERVERS...]

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
KVER=${KVER:-6.12}
. "$here/vm.sh"

[ $# -gt 0 ] || set -- 10000
bench_build
BENCH_OPTIONS=(-m 3072 -t 6000)
for servers; do
	bench_guest "size-$servers" size.sh "$BENCH_INJECTOR" "$servers" || exit 1
	bench_guest "services-$servers" services.sh "$BENCH_INJECTOR" \
		"$servers" || exit 1
	bench_guest "restore-$servers" restore.sh "$BENCH_INJECTOR" \
		"$servers" || exit 1
done
bench_guest select select.sh "$BENCH_INJECTOR" 1000 || exit 1
