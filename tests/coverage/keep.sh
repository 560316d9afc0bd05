#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest: keep what ran in the module since the last time as
# $KSTEER_OUT/gcda/NAME, and begin to count anew. The kernel adds up what a
# module counted before it was unloaded, so it may come and go in between.
#
#   keep.sh NAME

set -euo pipefail

counters=/sys/kernel/debug/gcov
into=$KSTEER_OUT/gcda/$1

rm -rf "$into"
mkdir -p "$into"
cd $counters
find . -name '*.gcda' | while read -r file; do
	# the objects have the paths of the build's tree, which ends at kmod/
	[[ $file =~ .*/(kmod/.*)$ ]] || continue
	mkdir -p "$into/$(dirname "${BASH_REMATCH[1]}")"
	cat "$file" >"$into/${BASH_REMATCH[1]}"
done
[ -e "$into/kmod/packet/hook.gcda" ] || {
	echo "# keep.sh: the module counts nothing"
	exit 1
}
echo 1 >$counters/reset
