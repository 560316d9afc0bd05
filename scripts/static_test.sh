#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The test of the checks: each rule is broken once, in a copy of the tree, and
# its check must turn red for it; the copy as it is must stay green.
#
# Closes with "N passed, M failed, K skipped".

set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
export KSTEER_KERNELS=${KSTEER_KERNELS:-$top/build/kernels}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# result GOOD NAME [SAID]
result()
{
	if [ "$1" = 1 ]; then
		passed=$((passed + 1))
		echo "ok $((passed + failed)) - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $((passed + failed)) - $2"
	printf '%s\n' "${3-}" | sed 's/^/#	/'
}

# A copy of what is in the tree, under a git of its own
copy()
{
	(cd "$top" && git ls-files -co --exclude-standard -z |
		xargs -0 -I '{}' sh -c 'test -e "{}" && printf "%s\0" "{}"' |
		tar -c --null -T -) | tar -x -C "$work"
	git -C "$work" init -q
	git -C "$work" add -A
}

restore()
{
	git -C "$work" checkout -q -- .
	git -C "$work" clean -fdq
}

# red REASON COMMAND...: what the copy has become must be found out
red()
{
	local reason=$1 said rc

	shift
	said=$(cd "$work" && "$@" 2>&1)
	rc=$?
	result "$((rc != 0 && $(grep -c -- "$reason" <<<"$said") > 0))" \
		"$reason" "$said"
	restore
}

# breach FILE TEXT REASON: TEXT at the end of FILE breaks a rule of the house
breach()
{
	printf '%s\n' "$2" >>"$work/$1"
	red "$1.*$3" scripts/check_layers.sh
}

# wings FILE TEXT REASON: a line more in a file, which check_wings.py has to find
wings()
{
	printf '%s\n' "$2" >>"$work/$1"
	red "$3" scripts/check_wings.py
}

# calls FROM TO REASON: objects of which one calls another, and whether
# check_wings.py finds that, for this reason, or nothing where it is empty; then that
# it finds when the other calls back, in a circle
calls()
{
	local objects=$work/objects name said rc

	mkdir -p "$objects"
	gcc -xc -c -o "$objects/none.o" - <<<'static int ksteer_none;'
	for name in $(cd "$work" && find kmod -name '*.c' -not -path '*compat*'); do
		mkdir -p "$objects/${name%/*}"
		cp "$objects/none.o" "$objects/${name%.c}.o"
	done
	gcc -xc -c -o "$objects/kmod/$1.o" - <<-'END'
		void ksteer_callee(void);
		void ksteer_caller(void);
		void ksteer_caller(void) { ksteer_callee(); }
	END
	gcc -xc -c -o "$objects/kmod/$2.o" - <<<'void ksteer_callee(void) {}'
	said=$(cd "$work" && scripts/check_wings.py objects)
	rc=$?
	if [ -n "$3" ]; then
		result "$((rc != 0 && $(grep -c "$3" <<<"$said") > 0))" \
			"$1 calls $2: $3" "$said"
		restore
		return
	fi
	result "$((rc == 0))" "$1 calls $2" "$said"
	gcc -xc -c -o "$objects/kmod/$2.o" - <<-'END'
		void ksteer_callee(void);
		void ksteer_caller(void);
		void ksteer_callee(void) { ksteer_caller(); }
	END
	said=$(cd "$work" && scripts/check_wings.py objects)
	rc=$?
	result "$((rc != 0 && $(grep -c 'in a circle' <<<"$said") > 0))" \
		"$1 calls $2 and back" "$said"
	restore
}

# finds CHECK REASON: the check of that name in $said is red for this reason
finds()
{
	local block

	block=$(awk -v head="- $1\$" '/^(not )?ok / { on = /^not / && $0 ~ head }
		on' <<<"$said")
	result "$(($(grep -c -- "$2" <<<"$block") > 0))" "static: $1 finds" \
		"$block"
}

lines()
{
	yes '/**/' | head -n "$1"
}

long_function()
{
	printf 'static void ksteer_long(void)\n{\n%s\n\t;\n}\n' "$(
		yes '	;' | head -n 60)"
}

copy
said=$(cd "$work" && scripts/check_layers.sh 2>&1)
result "$(($? == 0))" "the tree keeps the rules" "$said"

breach kmod/store/flow.c '#include "netlink/netlink.h"' 'control path'
breach kmod/store/store.c '#include <net/netlink.h>' 'control path'
breach kmod/sched/rr.c '#include "store/flow.h"' 'a mechanism'
breach kmod/packet/hook.c '#include "key/key.c"' 'a .c file'
wings kmod/store/flow.h '#include "packet/leave.h"' 'upward'
wings kmod/base/stats.h '#include "net.h"' 'upward'
wings kmod/key/key.h '#include "key/key_read.h"' 'in a circle'
calls key/link store/gc 'calls ksteer_callee() of kmod/store/gc, upward'
calls netlink/nl_tm control/tm ''
calls store/gc store/store ''
breach include/ksteer/key.h '#include <net/ip.h>' 'pure code'
breach userspace/lib/parse.c '#include "../../kmod/flow.h"' 'includes kmod'
breach userspace/lib/parse.c '#include "../cli/table.h"' 'the CLI'
breach userspace/cli/cmd_tm.c '#include "cmd_pool.h"' 'another command'
breach kmod/key/key.c '#include "../userspace/lib/model.h"' 'userspace'
breach kmod/key/key.c '#if LINUX_VERSION_CODE > 0' 'version outside'
breach kmod/key/key.c "$(lines 600)" '600 at most'
breach kmod/key/key.h "$(lines 200)" '200 at most'
breach kmod/key/key.c "$(long_function)" '60 at most'
breach selftests/lib.sh "sle""ep 1" 'sleeps'
breach kmod/left.c '// SPDX-License-Identifier: GPL-2.0-only' 'not in Kbuild'
breach selftests/left.sh '# SPDX-License-Identifier: GPL-2.0-only' \
	'not in TEST_PROGS'
breach kmod/left.h 'int ksteer_left;' 'SPDX'
breach kmod/key/key.c "/* FIX""ME */" 'left for later'

sed -i '0,/value: 31$/s//value: 30/' \
	"$work/Documentation/netlink/specs/ksteer.yaml"
red 'generated anew' scripts/gen.sh --check
sed -i 's/^#define KSTEER_GENL_VERSION.*/&0/' \
	"$work/include/uapi/linux/ksteer.h"
red 'generated anew' scripts/gen.sh --check

# static.sh: one breach for each tool, looked for at once
cat >>"$work/kmod/key/key.c" <<'END'

/**
 * ksteer_breach() - break rules
 * @nobody: not a parameter
 */
int ksteer_breach(int* p) {
	int a[2];
	a[2] = *p;
	return a[2];
}
END
echo 'cd nowhere' >>"$work/scripts/tap.sh"
echo '.Xx nothing' >>"$work/userspace/man/ksteer.8"
sed -i 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="0"/' "$work/dkms.conf"
said=$(cd "$work" && scripts/static.sh 2>&1)
finds 'checkpatch' 'kmod/key/key.c:.*OPEN_BRACE'
finds 'clang-format' 'kmod/key/key.c:.*clang-formatted'
finds 'kernel-doc' 'kmod/key/key.c:.*nobody'
finds 'cppcheck, module' 'kmod/key/key.c:.*out of bounds'
finds 'shellcheck' 'scripts/tap.sh:.*SC2164'
finds 'man pages' 'ksteer.8:.*Xx'
finds 'versions' 'dkms.conf: not version'
restore

printf '%s\n' '__be16 ksteer_breach(u16 p);' '__be16 ksteer_breach(u16 p)' \
	'{' '	return p;' '}' >>"$work/kmod/key/key.c"
said=$(cd "$work" && scripts/static.sh -o sparse 6.12 2>&1)
finds 'sparse, 6.12' 'kmod/key/key.c:.*incorrect type in return expression'

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
