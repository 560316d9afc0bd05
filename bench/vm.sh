# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Programs of bench/guest/ in virtual machines whose clock counts instructions.
# Sourced.
#
#	bench_build		module, injector, userspace for $KVER (6.1), quiet;
#				fills $BENCH_RELEASE, $BENCH_INJECTOR
#	bench_guest NAME PROGRAM [ARG...]	run it; its JSON on stdout, all else
#				that it says on stderr. Files in build/bench/NAME
#	$BENCH_OPTIONS		for selftests/vm/run.sh

bench_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bench_kernels=${KSTEER_KERNELS:-$bench_top/build/kernels}
KVER=${KVER:-6.1}
BENCH_OPTIONS=(-m 2560 -t 3000)

bench_say()
{
	echo "# $*" >&2
}

bench_build()
{
	BENCH_RELEASE=$(basename "$(realpath "$bench_kernels/$KVER")")
	BENCH_INJECTOR=$bench_top/build/$BENCH_RELEASE/inject/ksteer_inject.ko
	{
		make -s -C "$bench_top" module KVER="$KVER" &&
			make -s -C "$bench_top" userspace &&
			make -s -C "$bench_top/bench/inject" \
				KDIR="$bench_kernels/$BENCH_RELEASE/build" \
				OUT="${BENCH_INJECTOR%/*}"
	} >&2 || {
		bench_say "not built"
		exit 1
	}
}

bench_guest()
{
	local name=$1 program=$2 dir=$bench_top/build/bench/$1 begin=$SECONDS rc

	shift 2
	mkdir -p "$dir"
	KSTEER_ACCEL=${BENCH_ACCEL:-icount} "$bench_top/selftests/vm/run.sh" \
		-r -k "$KVER" -o "$dir" "${BENCH_OPTIONS[@]}" \
		"$bench_top/bench/guest/$program" "$@" >"$dir/log" 2>&1
	rc=$?
	grep '^{' "$dir/output"
	grep -v '^{' "$dir/log" >&2
	bench_say "$name: returned $rc after $((SECONDS - begin)) s"
	return $rc
}
