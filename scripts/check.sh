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
rm -rf "$logs"
mkdir -p "$logs"
passed=0 failed=0 skipped=0

# tally NAME PASSED FAILED SKIPPED SECONDS
tally()
{
	passed=$((passed + $2))
	failed=$((failed + $3))
	skipped=$((skipped + $4))
	if [ "$3" -gt 0 ]; then
		echo "not ok - $1: $2 passed, $3 failed, $4 skipped ($5 s)"
		grep -E '^#? *not ok|^# (verdict: |	)' "$logs/$1" | tail -n 40 |
			sed 's/^/    /'
		echo "    all of it: $logs/$1"
	else
		echo "ok - $1: $2 passed, $4 skipped ($5 s)"
	fi
}

# step NAME COMMAND...: one result
step()
{
	local name=$1 begin=$SECONDS

	shift
	if "$@" >"$logs/$name" 2>&1; then
		tally "$name" 1 0 0 $((SECONDS - begin))
		return 0
	fi
	tally "$name" 0 1 0 $((SECONDS - begin))
	tail -n 20 "$logs/$name" | sed 's/^/    /'
	return 1
}

# run_group NAME COMMAND...: leaves its output, status and seconds in $logs
run_group()
{
	local name=$1 begin=$SECONDS rc

	shift
	"$@" >"$logs/$name" 2>&1
	rc=$?
	echo "$rc $((SECONDS - begin))" >"$logs/$name.rc"
}

# count_group NAME: many results; the last line of the output counts them
count_group()
{
	local name=$1 rc seconds p f s

	read -r rc seconds <"$logs/$name.rc"
	read -r p f s < <(tail -n 1 "$logs/$name" | sed -nE \
		's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p')
	if [ -z "${s-}" ] || [ $((p + f + s)) -eq 0 ]; then
		p=0 f=1 s=0
		echo "# verdict: no results" >>"$logs/$name"
	elif [ "$rc" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
		echo "# verdict: returned $rc" >>"$logs/$name"
	fi
	tally "$name" "$p" "$f" "$s" "$seconds"
}

group()
{
	run_group "$@"
	count_group "$1"
}

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

finish()
{
	echo "$passed passed, $failed failed, $skipped skipped" |
		tee "$logs/counts"
	[ $((failed + skipped)) -eq 0 ]
	exit
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
group static scripts/static.sh "$@"
group static-test scripts/static_test.sh
group units scripts/tap.sh make -s units
group verdict selftests/vm/verdict_test.sh

# The machines run at once: what they wait for is rarely the same
for series; do
	run_group "vm-$series" \
		selftests/vm/run.sh -t 3600 -k "$series" ./run_tests.sh &
done
wait
for series; do
	count_group "vm-$series"
done

finish
