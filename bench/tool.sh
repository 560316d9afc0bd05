# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# For parts that bring a program of their own into the guest, or into the
# emulator. Sourced after vm.sh.
#
#	bench_tool NAME		bench/guest/NAME.c -> build/bench/bin/NAME
#	bench_plugin NAME	bench/plugin/NAME.c -> build/bench/NAME.so

bench_tool()
{
	local bin=$bench_top/build/bench/bin

	mkdir -p "$bin"
	"${CC:-cc}" -O2 -Wall -Wextra -Werror -I"$bench_top/include" \
		-I"$bench_top/include/uapi" -I"$bench_top/selftests" \
		-o "$bin/$1" "$bench_top/bench/guest/$1.c" && return
	bench_say "no $1"
	exit 1
}

bench_plugin()
{
	mkdir -p "$bench_top/build/bench"
	"${CC:-cc}" -O2 -Wall -Wextra -Wno-unused-parameter -Werror -fPIC \
		-fvisibility=hidden -shared -pthread \
		-o "$bench_top/build/bench/$1.so" \
		"$bench_top/bench/plugin/$1.c" && return
	bench_say "no $1.so"
	exit 1
}
