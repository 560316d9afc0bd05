#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the KUnit suites, run them, and count. A kernel without KUnit does: the suites
# bring what they use of it along.
#
#   kunit.sh [-g] [-k KERNEL] [-o DIR] [SUITE...]
#
#   -g		with gcov: what ran is left in DIR/vm/gcda/kunit
#   -k KERNEL	as for selftests/vm/run.sh (6.12-debug)
#   -o DIR	where the files go (build/kunit/KVER)
#   SUITE	only these, e.g. ksteer_tcp
#
# Closes with "N passed, M failed, K skipped". Each row of a table of cases is
# one result; a suite that did not report is one that failed. The results as
# the kernel wrote them are in DIR.

set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
kernels=${KSTEER_KERNELS:-$top/build/kernels}

# shellcheck source-path=SCRIPTDIR
. "$top/tests/coverage/gcov.sh"

die()
{
	echo "kunit.sh: $*" >&2
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}

# For a kernel without KUnit, which would find them in a section of the module
list_suites()
{
	local names

	names=$(sed -n 's/^kunit_test_suite(\(.*\));$/stock_\1/p' \
		tests/kunit/*_test.c)
	# shellcheck disable=SC2086 # words
	printf 'extern struct kunit_suite *%s;\n' $names
	echo "static struct kunit_suite **const stock_suites[] = {"
	# shellcheck disable=SC2086 # words
	printf '\t&%s,\n' $names
	echo "};"
}

# A tree of links, as the Makefile's, where the suites' Kbuild is the one on top
tree()
{
	mkdir -p "$1"
	find "$1" -xtype l -delete
	cp -rsf "$top/include" "$top/kmod" "$top/tests" "$1/"
	ln -sfn "$top/Kbuild" "$1/Kbuild.ksteer"
	ln -sfn "$top/tests/kunit/Kbuild" "$1/Kbuild"
	list_suites >"$1/tests/kunit/stock_suites.h"
}

build()
{
	tree "$1"
	make -s -j "$(nproc)" -C "$kernels/$kver/build" M="$1" W=1 \
		KCFLAGS=-Werror "${gcov[@]}" modules >"$out/build" 2>&1 || {
		tail -n 30 "$out/build"
		return 1
	}
	[ -e "$1/ksteer_kunit.ko" ]
}

suites()
{
	sed -nE 's/^\t\.name = "(ksteer_[a-z_]+)",$/\1/p' tests/kunit/*_test.c
}

kernel=6.12-debug out='' gcov=() each=''
while getopts gk:o: opt; do
	case $opt in
	g)
		gcov=("${GCOV[@]}")
		each="$top/tests/coverage/keep.sh"
		;;
	k) kernel=$OPTARG ;;
	o) out=$OPTARG ;;
	*) die "usage: kunit.sh [-g] [-k KERNEL] [-o DIR] [SUITE...]" ;;
	esac
done
shift $((OPTIND - 1))

[ -e "$kernels/$kernel/.complete" ] || die "no kernel $kernel in $kernels"
kver=$(basename "$(realpath "$kernels/$kernel")")
out=$(realpath -m "${out:-$top/build/kunit/$kver}")
mkdir -p "$out/vm"
rm -f "$out"/vm/*.results
build "$out/module" || die "the suites do not build"

mapfile -t wanted < <(suites)
[ $# -eq 0 ] || wanted=("$@")
# KUnit takes one pattern; of several suites it runs all. Who loads them sleeps
# through each case, which KUnit ends by itself after 300 seconds.
words='kunit.enable=1 sysctl.kernel.hung_task_timeout_secs=600'
one=
if [ ${#wanted[@]} -eq 1 ]; then
	one=${wanted[0]}
	words+=" kunit.filter_glob=$one"
fi
KSTEER_KO=none selftests/vm/run.sh -k "$kernel" -s 2 -o "$out/vm" -r \
	-a "$words" \
	env KSTEER_EACH="$each" KSTEER_SUITE="$one" "$top/tests/kunit/guest.sh" "$out/module/ksteer_kunit.ko" \
	"${wanted[@]}" >"$out/run" 2>&1
rc=$?
grep -E '^(verdict|# verdict)' "$out/run"
cat "$out/vm"/*.results >"$out/results" 2>/dev/null
awk -v want="${wanted[*]}" -v rc=$rc -f tests/kunit/count.awk "$out/results"
