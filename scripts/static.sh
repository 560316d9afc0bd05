#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All that can be found wrong without running anything. Each check is one
# result; any finding fails it.
#
#   static.sh [-o CHECK] SERIES...
#
#   -o CHECK	only those whose names begin so: sparse, cppcheck, ...
#   SERIES	kernels for sparse, e.g. 6.1 6.12
#
# Closes with "N passed, M failed, K skipped".

set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
source=${KSTEER_KERNELS:-$top/build/kernels}/source
passed=0 failed=0 only=

while getopts o: opt; do
	case $opt in
	o) only=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))

if [ ! -e "$source/.complete" ]; then
	echo "static.sh: no kernel sources: scripts/deps.sh fetches them" >&2
	exit 1
fi

# check NAME COMMAND...: silent when sound, else all that it says
check()
{
	local name=$1 said rc

	[[ $name == "$only"* ]] || return
	shift
	said=$("$@" 2>&1)
	rc=$?
	if [ $rc -eq 0 ] && [ -z "$said" ]; then
		passed=$((passed + 1))
		echo "ok $((passed + failed)) - $name"
	else
		failed=$((failed + 1))
		echo "not ok $((passed + failed)) - $name"
		printf '%s\n' "${said:-returned $rc}" | sed 's/^/#	/'
	fi
}

# sources PATTERN...: files of the tree, those that are generated left out
sources()
{
	git ls-files -co --exclude-standard -- "$@" |
		grep -vE '^include/uapi/|_gen\.[ch]$' |
		while read -r file; do
			[ -f "$file" ] && echo "$file"
		done
}

# checkpatch_on TYPES FILE...: TYPES are not looked for. Not from within the
# tree, where it would leave a file of its own.
checkpatch_on()
{
	local types=$1

	shift
	(cd "$source" && perl scripts/checkpatch.pl --root=. --no-tree \
		--strict --terse --show-types --no-summary --ignore "$types" \
		--file "${@/#/$top/}") | sed "s|^$top/||"
}

# clang-format breaks a line after an open bracket where nothing else fits.
# The member of a lock is described in the kernel-doc of its struct. Macros
# that walk a list, or hold a list, name an argument more than once.
everywhere=OPEN_ENDED_LINE,UNCOMMENTED_DEFINITION,MACRO_ARG_REUSE

# the place that is for what nothing else may do
compat=$everywhere,LINUX_VERSION_CODE,CONSTANT_COMPARISON,MACRO_ARG_UNUSED

# lists of macros have no parentheses to put around; tracepoints are laid out
# as in the kernel
macros=$everywhere,COMPLEX_MACRO,MACRO_ARG_UNUSED,PARENTHESIS_ALIGNMENT

# shared with userspace, which has no __aligned
pure=$everywhere,PREFER_DEFINED_ATTRIBUTE_MACRO

# nor the rest of the kernel's words: __printf, ARRAY_SIZE, BIT, strscpy, u8;
# cmocka has a CMUnitTest; what the linker provides is declared where it is used
user=$pure,ARRAY_SIZE,BIT_MACRO,STRCPY,PREFER_KERNEL_TYPES,CAMELCASE
user+=,AVOID_EXTERNS

lint_style()
{
	local -a files

	mapfile -t files < <(sources 'kmod/compat/*.h')
	checkpatch_on "$compat" "${files[@]}"
	checkpatch_on "$macros" kmod/base/stats.h kmod/packet/trace.h
	mapfile -t files < <(sources 'kmod/*.[ch]' |
		grep -vE '^kmod/(compat/|base/stats\.h$|packet/trace\.h$)')
	checkpatch_on "$everywhere" "${files[@]}"
	mapfile -t files < <(sources 'bench/inject/*.[ch]')
	checkpatch_on "$everywhere" "${files[@]}"
	mapfile -t files < <(sources 'tests/kunit/*.[ch]')
	checkpatch_on "$everywhere" "${files[@]}"
	mapfile -t files < <(sources 'include/*.h')
	checkpatch_on "$pure" "${files[@]}"
	mapfile -t files < <(sources 'userspace/*.[ch]' 'selftests/*.[ch]' \
		'fuzz/*.[ch]' 'bench/plugin/*.[ch]')
	checkpatch_on "$user" "${files[@]}"
}

lint_format()
{
	local -a files

	mapfile -t files < <(sources '*.c' '*.h')
	clang-format-14 --style="file:$source/.clang-format" --dry-run \
		-Werror "${files[@]}"
}

lint_kernel_doc()
{
	local -a files

	mapfile -t files < <(sources 'kmod/*.[ch]' 'include/*.h' \
		'userspace/lib/*.[ch]' 'tests/kunit/*.[ch]')
	perl "$source/scripts/kernel-doc" -none -Werror -Wreturn -Wshort-desc \
		-Wcontents-before-sections "${files[@]}"
}

# sparse SERIES: from the build's output, because sparse also speaks of what
# the kernel's own headers do
lint_sparse()
{
	local said

	said=$(make -s sparse KVER="$1" 2>&1) || {
		printf '%s\n' "$said"
		return 1
	}
	grep -E '(warning|error):' <<<"$said"
	return 0
}

# lint_calls SERIES: between the wings, by the objects that sparse has had built
lint_calls()
{
	local kernel

	kernel=$(basename "$(readlink "${source%/*}/$1")")
	scripts/check_wings.py "build/$kernel"
}

lint_cppcheck_kernel()
{
	local -a files

	# it cannot read TRACE_EVENT()
	mapfile -t files < <(sources 'kmod/*.c' | grep -v '^kmod/packet/trace\.c$')
	cppcheck --quiet --inline-suppr --error-exitcode=1 --std=c11 \
		--enable=warning,performance,portability \
		--suppress='*:kmod/packet/trace.h' \
		--suppress=arithOperationsOnVoidPointer \
		-D__KERNEL__ --include=scripts/cppcheck.h -Iinclude -Iinclude/uapi -Ikmod "${files[@]}"
}

lint_cppcheck_user()
{
	local -a files

	# ctuuninitvar takes each argument that is an answer for unset
	mapfile -t files < <(sources 'userspace/*.c' 'selftests/*.c' 'fuzz/*.c' \
		'bench/plugin/*.c')
	cppcheck --quiet --inline-suppr --error-exitcode=1 --std=c11 \
		--enable=warning,performance,portability \
		--suppress=ctuuninitvar --suppress=unknownMacro \
		--suppress=arithOperationsOnVoidPointer \
		-D_GNU_SOURCE -Iinclude -Iinclude/uapi -Iuserspace/lib \
		-Iuserspace/cli "${files[@]}"
}

lint_shell()
{
	local -a files

	mapfile -t files < <(sources '*.sh' .ci/run)
	shellcheck --severity=warning --external-sources \
		--source-path=SCRIPTDIR --format=gcc "${files[@]}"
	shellcheck --format=gcc --shell=dash selftests/vm/init
	shellcheck --format=gcc --shell=bash userspace/completion/ksteer
}

lint_man()
{
	mandoc -T lint -W warning userspace/man/*.8
}

lint_versions()
{
	local version

	version=$(sed -n 's/^VERSION := //p' Makefile)
	grep -qx "PACKAGE_VERSION=\"$version\"" dkms.conf ||
		echo "dkms.conf: not version $version"
	grep -q "^KSTEER_VERSION ?= $version\$" userspace/Makefile ||
		echo "userspace/Makefile: not version $version"
}

check "checkpatch" lint_style
check "clang-format" lint_format
check "kernel-doc" lint_kernel_doc
for series; do
	check "sparse, $series" lint_sparse "$series"
	check "calls, $series" lint_calls "$series"
done
check "cppcheck, module" lint_cppcheck_kernel
check "cppcheck, userspace" lint_cppcheck_user
check "shellcheck" lint_shell
check "man pages" lint_man
check "versions" lint_versions
check "layers" scripts/check_layers.sh
check "wings" scripts/check_wings.py
check "counters.rst" scripts/counters.sh --check
check "testing.rst" scripts/testlist.sh --check
check "capabilities.md" scripts/capabilities.sh

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
