#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run a command that prints TAP, that of many programs one after the other;
# pass it on, and close with "N passed, M failed, K skipped". Each program's
# plan binds it, and a failure of the command counts.
#
#   tap.sh COMMAND...

set -uo pipefail

awk=$(cd "$(dirname "$0")" && pwd)/../selftests/vm/ktap.awk
output=$(mktemp)
trap 'rm -f "$output"' EXIT

"$@" 2>&1 | tee "$output"
rc=${PIPESTATUS[0]}

passed=0 failed=0 skipped=0 wrong=0
while read -r line; do
	case $line in
	'count '*) read -r _ passed failed skipped <<<"$line" ;;
	*)
		echo "# $line"
		wrong=$((wrong + 1))
		;;
	esac
done < <(awk -v many=1 -f "$awk" "$output" 2>&1)
if [ "$rc" -ne 0 ] && [ "$failed" -eq 0 ]; then
	echo "# the command returned $rc"
	wrong=$((wrong + 1))
fi
failed=$((failed + wrong))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
