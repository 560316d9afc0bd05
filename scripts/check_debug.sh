#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The long check, on kernels that find bugs: the detectors against planted
# bugs, the whole of the selftests, faults, stress, fuzzing, unit tests in the
# kernel, coverage, data races. Takes hours under emulation. The kernels are
# built at the first time. Each step's whole output is in build/check-debug/.
# Closes with "N passed, M failed, K skipped"; returns 1 when anything failed
# or was skipped.
#
#   check_debug.sh [STEP...]	all steps, or those of the names

set -uo pipefail

cd "$(dirname "$0")/.." || exit 1
wanted=" $* "
unknown=$wanted
logs=build/check-debug
. scripts/steps.sh

# part NAME FILE COMMAND...: a group, if it is wanted; without its file, one
# that is skipped, so that nothing is green for want of a test
part()
{
	local name=$1 file=$2

	shift 2
	case $wanted in
	'  ') ;;
	*" $name "*) unknown=${unknown/" $name "/" "} ;;
	*) return ;;
	esac
	if [ -e "$file" ]; then
		group "$name" "$@"
	else
		tally "$name" 0 0 1 0
	fi
}

# in_vm NAME PROCESSORS SECONDS COMMAND...: a test program on the debug kernel,
# of which the seconds get their multiple
in_vm()
{
	local name=$1 processors=$2 seconds=$3 file

	shift 3
	for file; do
		[[ $file == ./* ]] && break
	done
	part "$name" "selftests/$file" selftests/vm/run.sh -k 6.12-debug \
		-s "$processors" -t "$seconds" -o "build/vm/debug-$name" "$@"
}

long='env KSTEER_STRESS=long'
million='env KSTEER_FUZZ=1000000'

step deps make -s deps || finish
step kernels scripts/debug_kernel.sh debug kcsan gcov || finish
step build make -s -j "$(nproc)" module KVER=6.12-debug || finish
step build-userspace make -s -j "$(nproc)" userspace || finish
step build-tests make -s tests || finish

part verdict selftests/vm/verdict_test.sh selftests/vm/verdict_test.sh -n
part planted selftests/planted/planted.sh selftests/planted/planted.sh
# As check.sh does it: on one processor what one will do for
in_vm selftests-up 1 3600 ./run_tests.sh up
in_vm selftests-smp 2 3600 ./run_tests.sh smp
part kcsan selftests/planted/kcsan.sh selftests/planted/kcsan.sh
part kunit scripts/kunit.sh scripts/kunit.sh
part coverage scripts/coverage.sh scripts/coverage.sh
in_vm faults 1 1800 ./faults.sh
# shellcheck disable=SC2086 # words
in_vm stress 2 3600 $long ./stress.sh
# shellcheck disable=SC2086 # words
in_vm fuzz-packet 2 1800 $million ./fuzz_packet.sh
# shellcheck disable=SC2086 # words
in_vm fuzz-netlink 1 1800 $million ./fuzz_netlink.sh
part fuzz scripts/fuzz.sh scripts/fuzz.sh 600

for name in $unknown; do
	echo "no such step: $name" >"$logs/$name"
	tally "$name" 0 1 0 0
done
finish
