#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which lines and branches of the module the tests run: build it with gcov, run
# them on a kernel for that, and judge.
#
#   coverage.sh [-k KERNEL] [-n] [PART...]
#
#   -k KERNEL	one that has gcov, as for selftests/vm/run.sh (6.12-gcov)
#   -n		run nothing, judge what is there
#   PART	"kunit" or programs of selftests/. What other parts have left
#		stays, as long as the sources are the same. Without any: all of
#		them, anew.
#
# Lines that no test runs must be in Documentation/coverage.rst, which has the
# reasons, and nine of ten must be run. Prints a table and leaves in
# build/coverage/:
#
#   table	lines and branches by file
#   uncovered	each line that did not run, with its reason
#   annotated/	the sources, with how often each line ran, and by whom
#   data/	one file a part
#
# Closes with "N passed, M failed, K skipped": results of the tests, then one a
# file, one for the list and one for the total.

set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
kernels=${KSTEER_KERNELS:-$top/build/kernels}
out=$top/build/coverage
passed=0 failed=0 skipped=0

# counting takes time
export KSTEER_SLOW=${KSTEER_SLOW:-2}

# shellcheck source-path=SCRIPTDIR
. "$top/tests/coverage/gcov.sh"

die()
{
	echo "coverage.sh: $*" >&2
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}

# Everything that runs the module, and can with one processor
all_parts()
{
	make -s --no-print-directory -C selftests list-up | tr ' ' '\n'
	printf '%s\n' life.sh stress.sh fuzz_packet.sh kunit
}

# What was counted in other sources says nothing of these
keep_or_forget()
{
	local sum

	sum=$(find Kbuild kmod include -type f -print0 | sort -z |
		xargs -0 sha256sum | sha256sum)
	if [ "$sum" != "$(cat "$out/sources" 2>/dev/null)" ]; then
		rm -rf "$out/data"
		echo "$sum" >"$out/sources"
	fi
}

# count FILE: add what the last line of FILE counts
count()
{
	local p f s

	read -r p f s < <(tail -n 1 "$1" | sed -nE \
		's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p')
	[ -n "${s-}" ] || p=0 f=1 s=0
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	grep -E '^(# )*(not ok|verdict:)' "$1"
}

# gather MODULE GCDA NAME: what ran, out of the counters and the notes that the
# compiler left with the objects
gather()
{
	local work

	work=$(mktemp -d)
	(cd "$1" && find kmod -name '*.gcno' -exec cp --parents {} "$work/" \;)
	cp -r "$2/kmod" "$work/"
	(cd "$work" && find kmod -name '*.gcda' -exec gcov -b -j -t {} +) |
		python3 tests/coverage/gather.py "$1" >"$out/data/$3.json"
	rm -rf "$work"
}

run_kunit()
{
	scripts/kunit.sh -g -k "$kernel" -o "$out/kunit" >"$out/kunit.log"
	count "$out/kunit.log"
	gather "$out/kunit/module" "$out/kunit/vm/gcda/kunit" kunit
}

run_programs()
{
	local dir

	make -s -j "$(nproc)" module KVER="$kernel" B="build/coverage/module" \
		"${GCOV[@]}" || die "the module does not build"
	make -s userspace tests || die "the tests do not build"
	rm -rf "$out/vm/gcda"
	KSTEER_KO=$out/module/ksteer.ko selftests/vm/run.sh -k "$kernel" -s 1 \
		-t 3600 -o "$out/vm" env KSTEER_EACH="$top/tests/coverage/keep.sh" \
		./run_tests.sh "$@" >"$out/programs.log" 2>&1
	count "$out/programs.log"
	for dir in "$out/vm/gcda"/*/; do
		[ -d "$dir" ] || continue
		gather "$out/module" "$dir" "$(basename "$dir")"
	done
}

kernel=6.12-gcov run=1
while getopts k:n opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	n) run=0 ;;
	*) die "usage: coverage.sh [-k KERNEL] [-n] [PART...]" ;;
	esac
done
shift $((OPTIND - 1))

mkdir -p "$out"
keep_or_forget
if [ $run = 1 ]; then
	[ -e "$kernels/$kernel/.complete" ] ||
		die "no kernel $kernel: scripts/debug_kernel.sh builds it"
	if [ $# -eq 0 ]; then
		rm -rf "$out/data"
		mapfile -t parts < <(all_parts)
		set -- "${parts[@]}"
	fi
	mkdir -p "$out/data"
	programs=()
	for part; do
		[ "$part" = kunit ] || programs+=("$part")
	done
	[ ${#programs[@]} -eq $# ] || run_kunit
	[ ${#programs[@]} -eq 0 ] || run_programs "${programs[@]}"
fi

python3 tests/coverage/judge.py "$out" Documentation/coverage.rst >"$out/judged"
rc=$?
sed '$d' "$out/judged"
count "$out/judged" >/dev/null
if [ $rc -ne 0 ] && [ $failed -eq 0 ]; then
	failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
