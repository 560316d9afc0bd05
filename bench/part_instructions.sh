#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a packet costs in instructions: ksteer, and its peers beside it, on a
# stock kernel under an emulator whose clock ticks once an instruction. One
# machine for each configuration.
#
#   part_instructions.sh [CONFIGURATION...]
#
# KVER is the kernel, 6.1 unless said otherwise. Results on stdout, a JSON
# object a line; returns 0 if all was measured and proven.

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
. "$here/vm.sh"

all=(plain ecmp ipvs-rr-12 ipvs-rr-20 ipvs-mh-12 ipvs-mh-20 conntrack dnat
	flowtable mark ingress ksteer ksteer-million ksteer-select)

bench_build
[ $# -gt 0 ] || set -- "${all[@]}"
for config; do
	bench_guest "$config" instructions.sh "$BENCH_INJECTOR" full "$config" ||
		exit 1
done
