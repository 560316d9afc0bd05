#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a packet costs in instructions: ksteer, and its peers beside it, on a
# stock kernel under an emulator whose clock ticks once an instruction. Each
# configuration has namespaces of its own, named ones a machine of their own.
#
#   part_instructions.sh [CONFIGURATION...]
#
# KVER is the kernel, 6.1 unless said otherwise. Results on stdout, a JSON
# object a line; returns 0 if all was measured and proven.

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
. "$here/vm.sh"

# Each a machine; IPVS has one table size for all of it
machines=(
	"plain ecmp mark ingress conntrack dnat flowtable"
	"ipvs-rr-12 ipvs-mh-12"
	"ipvs-rr-20 ipvs-mh-20"
	"ksteer ksteer-select"
	"ksteer-million"
)

bench_build
[ $# -eq 0 ] || machines=("$*")
rc=0
for machine in "${machines[@]}"; do
	read -r -a configurations <<<"$machine"
	bench_guest "${configurations[0]}" instructions.sh "$BENCH_INJECTOR" \
		full "${configurations[@]}" || rc=1
done
exit $rc
