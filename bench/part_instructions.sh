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

# machine CONFIGURATION...: its results go where they are put together
machine()
{
	bench_guest "$1" instructions.sh "$BENCH_INJECTOR" full "$@" \
		>"$tmp/$1" || touch "$tmp/failed"
}

bench_build
[ $# -eq 0 ] || machines=("$*")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# What the host does besides is no part of what is counted
for line in "${machines[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
		wait -n
	done
	read -r -a configurations <<<"$line"
	machine "${configurations[@]}" &
done
wait
for line in "${machines[@]}"; do
	cat "$tmp/${line%% *}"
done
[ ! -e "$tmp/failed" ]
