#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The rules of the house that no compiler knows: who may include whom, how
# long a file and a function may grow, what stands where. Prints FILE: RULE for
# each breach, and fails if there was one.
#
#   check_layers.sh [TREE]

set -uo pipefail

cd "${1:-$(dirname "$0")/..}" || exit 1
found=$(mktemp)
trap 'rm -f "$found"' EXIT

# breach RULE: each line of input, "FILE..." or "FILE:LINE...", breaks the rule
breach()
{
	sed "s|\$|: $1|" >>"$found"
}

# sources PATTERN...: files of the tree, those that are generated left out
sources()
{
	git ls-files -co --exclude-standard -- "$@" |
		grep -vE '^include/uapi/|_gen\.[ch]$|^build/' |
		while read -r file; do
			[ -f "$file" ] && echo "$file"
		done
}

# includes FILE...: FILE:LINE:NAME of each header that is included; <> or ""
# around the name
includes()
{
	[ $# -eq 0 ] && return
	grep -HnE '^[[:space:]]*#[[:space:]]*include' "$@" |
		sed -E 's/#[[:space:]]*include[[:space:]]*//; s/[[:space:]]//g' |
		sed -E 's|/\*.*||'
}

list()
{
	mapfile -t files < <(sources "$@")
}

# The packet's way knows nothing of the control path; main.c and net.c start
# and stop both.
list 'kmod/*.[ch]'
mapfile -t path < <(printf '%s\n' "${files[@]}" |
	grep -vE '^kmod/(netlink|compat)/|^kmod/(main|net)\.c$')
includes "${path[@]}" |
	grep -E '<linux/(netlink|genetlink)\.h>|<net/(netlink|genetlink)\.h>|"netlink' |
	breach "the packet's way includes the control path"

# A selection mechanism knows its contract and pure code, no more
list 'kmod/sched/*.c'
includes "${files[@]}" | grep -vE ':(<(linux|ksteer|asm)/|<net/ipv6\.h>|"sched/sched\.h")' |
	breach "a mechanism includes more than sched.h and pure code"

# Nobody includes what one file alone is for; a suite may test what is static
list '*.c' '*.h'
includes "${files[@]}" | grep -E '\.c[">]$' | grep -v '^tests/kunit/' |
	breach "includes a .c file"

# Pure code knows neither side
list 'include/ksteer/*'
includes "${files[@]}" |
	grep -vE ':<(linux/(bitops|bits|errno|in6|math|stddef|string|types)\.h|ksteer/.*|asm/.*|(std|string|stdint|errno|endian|arpa|stdlib).*)>$' |
	breach "pure code includes more than types and pure code"

# Userspace sees of the kernel side the UAPI and pure code alone
list 'userspace/*.[ch]' 'selftests/*.[ch]'
includes "${files[@]}" | grep -E 'kmod/' | breach "userspace includes kmod"
list 'userspace/lib/*'
includes "${files[@]}" | grep -E ':.*[<"/]cli/' | breach "the library includes the CLI"
list 'userspace/cli/*'
includes "${files[@]}" | grep -E ':"cmd_' | breach "includes another command"
list 'kmod/*.[ch]'
includes "${files[@]}" | grep -E 'userspace/' | breach "kmod includes userspace"

# Kernel versions are the business of compat/
list 'kmod/*.[ch]' 'include/*.h'
for file in "${files[@]}"; do
	case $file in
	kmod/compat/*) ;;
	*) grep -HnE 'LINUX_VERSION_CODE|KERNEL_VERSION|RHEL_' "$file" ;;
	esac
done | cut -d : -f 1,2 | breach "asks for the kernel's version outside compat/"

# Room: a file, a header, a function
list '*.c' '*.sh' '*.py' '*.awk'
for file in "${files[@]}"; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 600 ] || echo "$file has $lines lines"
done | breach "600 at most"
list '*.h'
for file in "${files[@]}"; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 200 ] || echo "$file has $lines lines"
done | breach "200 at most in a header"
list '*.[ch]'
awk '
	FNR == 1 { start = 0 }
	/^\{/ { start = FNR }
	/^\}/ && start {
		if (FNR - start - 1 > 60)
			print FILENAME ":" start " has " FNR - start - 1 " lines"
		start = 0
	}' "${files[@]}" /dev/null | breach "60 at most in a function"

# Nobody waits for time to pass where a condition can be waited for
list 'selftests/*'
grep -HnE '\b(u|nano)?sleep\b' "${files[@]}" /dev/null |
	cut -d : -f 1,2 | breach "sleeps"

# All is built, and all tests run
objects=$(sed -nE 's/^ksteer-y [:+]?= //p' Kbuild | tr ' ' '\n')
list 'kmod/*.c'
for file in "${files[@]}"; do
	grep -qx "${file%.c}.o" <<<"$objects" || echo "$file"
done | breach "not in Kbuild"
list 'selftests/*.sh'
progs=$(make -s --no-print-directory -C selftests list list-debug | tr ' ' '\n')
for file in "${files[@]}"; do
	[ "$(dirname "$file")" = selftests ] || continue
	prog=${file#selftests/}
	case $prog in
	lib*.sh | run_tests.sh | demo*.sh) continue ;;
	esac
	# a part of a test, which sources it
	grep -qE "^[[:space:]]*(\.|source) .*\b$prog" selftests/*.sh && continue
	grep -qx "$prog" <<<"$progs" || echo "$file"
done | breach "not in TEST_PROGS"
for prog in $progs; do
	[ -x "selftests/$prog" ] || echo "selftests/$prog"
done | breach "not executable"

# A licence, and nothing left for later
list '*.c' '*.h' '*.sh' '*.awk' '*.py' '*.yaml' '*Makefile' Kbuild dkms.conf \
	.ci/run
for file in "${files[@]}"; do
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: ' || echo "$file"
done | breach "has no SPDX line"
grep -HnE '\b(TO''DO|FIX''ME|XX''X)\b' "${files[@]}" /dev/null |
	cut -d : -f 1,2 | breach "left for later"

sort -u "$found"
[ ! -s "$found" ]
