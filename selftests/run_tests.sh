#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run test programs one after the other, those of the Makefile where none is
# named; "up" stands for those that one processor will do for, "smp" for the
# others. Speaks KTAP as the kernel's own runner does: each line of a program
# behind "# ", then a result for the program. A program that runs longer than
# the timeout in `settings`, times KSTEER_SLOW, is killed, with all that it
# started. KSTEER_EACH names a command to run after each program, with its name;
# it fails the program if it fails.

set -uo pipefail

cd "$(dirname "$0")" || exit 1
timeout=$(($(sed -n 's/^timeout=//p' settings) * ${KSTEER_SLOW:-1}))

case $#:${1-} in
0:) list=list ;;
1:up | 1:smp) list=list-$1 ;;
*) list='' ;;
esac
if [ -n "$list" ]; then
	read -ra progs < <(make -s --no-print-directory $list)
	set -- "${progs[@]}"
fi
if [ $# -eq 0 ]; then
	echo "Bail out! no test programs"
	exit 1
fi

echo "TAP version 13"
echo "1..$#"
failed=0
n=0
for prog; do
	n=$((n + 1))
	prog=${prog##*/}
	begin=$SECONDS
	echo "# selftests: ksteer: $prog"
	timeout -k 10 "$timeout" "./$prog" </dev/null 2>&1 |
		sed -u 's/^/# /'
	rc=${PIPESTATUS[0]}
	[ -z "${KSTEER_EACH:-}" ] || $KSTEER_EACH "$prog" || rc=99
	line="ok $n selftests: ksteer: $prog"
	took="$((SECONDS - begin)) s"
	case $rc in
	0) echo "$line # $took" ;;
	4) echo "$line # SKIP" ;;
	124 | 137)
		echo "not $line # TIMEOUT $timeout seconds"
		failed=1
		;;
	*)
		echo "not $line # exit=$rc, $took"
		failed=1
		;;
	esac
done
exit $failed
