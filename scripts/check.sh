#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All that must pass before a change lands. Each step's whole output is in
# build/check/. Closes with "N passed, M failed, K skipped"; returns 1 when
# anything failed or was skipped.
#
#   check.sh SERIES...		kernels, e.g. 6.1 6.12

set -uo pipefail

cd "$(dirname "$0")/.." || exit 1
logs=build/check
. scripts/steps.sh

# What a build leaves behind is ignored; all else belongs in the tree
# shellcheck disable=SC2317 # called by step
untracked()
{
	local files

	files=$(git ls-files -o --exclude-standard)
	[ -z "$files" ] || {
		echo "neither committed nor ignored: $files"
		return 1
	}
}

# What is installed is what is uninstalled
# shellcheck disable=SC2317 # called by step
installable()
{
	local root=$PWD/$logs/root files

	make -s install DESTDIR="$root" KVER="$1" || return 1
	files=$(find "$root" ! -type d | wc -l)
	[ -s "$root/lib/modules/$(readlink "${KSTEER_KERNELS:-build/kernels}/$1")/updates/ksteer.ko" ] &&
		[ -x "$root/usr/local/sbin/ksteer" ] &&
		make -s uninstall DESTDIR="$root" KVER="$1" || return 1
	echo "installed $files files"
	find "$root" ! -type d
	[ -z "$(find "$root" ! -type d)" ]
}

step deps make -s deps || finish

for series; do
	step "build-$series" make -s -j "$(nproc)" module KVER="$series"
done
step build-userspace make -s -j "$(nproc)" userspace
step build-tests make -s tests
step tree untracked
step install installable "${!#}"
step generated make -s gencheck
# Most of this keeps one processor busy: two rows of them, side by side. What builds
# in the same place is in one row: the checks, the guard and the units; the test of
# the checks has a copy of the tree.
# shellcheck disable=SC2317 # called in the background
checks()
{
	run_group static scripts/static.sh "$@"
	run_group bench-guard bench/guard.sh
	run_group units scripts/tap.sh make -s units
	run_group fuzz scripts/fuzz.sh 5
}

checks "$@" &
run_group static-test scripts/static_test.sh
run_group verdict selftests/vm/verdict_test.sh
run_group kunit scripts/kunit.sh -k "${!#}"
wait
for name in static static-test units fuzz verdict kunit bench-guard; do
	count_group "$name"
done

# A machine for each kernel at once. Under emulation, a machine of one processor
# is several times as fast as one of two, which wait for each other.
# One that hangs must not cost the others their result.
# machines KIND PROCESSORS SECONDS
machines()
{
	local series

	for series in $serieses; do
		run_group "$1-$series" selftests/vm/run.sh -t "$3" -s "$2" \
			-k "$series" ./run_tests.sh "$1" &
	done
	wait
	for series in $serieses; do
		count_group "$1-$series"
	done
}

serieses=$*
machines up 1 3600
machines smp 2 900

finish
