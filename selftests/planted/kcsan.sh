#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Data races of ksteer: races.sh under KCSAN. The kernel has races of its own,
# which are counted and no more; one with ksteer on either side fails, and so
# does silence: the canary's race must be among the reports.
#
#   kcsan.sh [-t SECONDS] [-o DIR]	of traffic (120), build/planted/kcsan
#   kcsan.sh -j DMESG			judge the log of a run
#
# Closes with "N passed, M failed, K skipped".

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kernels=${KSTEER_KERNELS:-$top/build/kernels}
passed=0 failed=0

pass()
{
	echo "ok $((passed + failed + 1)) - $1"
	passed=$((passed + 1))
}

fail()
{
	echo "not ok $((passed + failed + 1)) - $1"
	failed=$((failed + 1))
}

# A report a line, its lines joined by "|". What an interrupt came upon, what let
# softirqs run and whose thread it was have no part in their race: stacks end
# there
reports()
{
	sed 's/^<[0-9]*>//; s/^\[[^]]*\] //' "$1" | awk '
		/^=+$/ && report != "" { print report; report = ""; next }
		/^BUG: KCSAN:/ { report = $0; below = 0; next }
		/^ (asm_|handle_softirqs\+)/ { below = 1 }
		/(read|write|unknown).* to 0x/ { below = 0 }
		/^Reported by / { below = 1 }
		report != "" && !below { report = report "|" $0 }'
}

# judge DMESG
judge()
{
	local all ours canaries others

	all=$(reports "$1")
	ours=$(grep -F '[ksteer]' <<<"$all")
	canaries=$(grep -cF 'BUG: KCSAN: data-race in ksteer_race_' <<<"$all")
	others=$(grep 'BUG: KCSAN' <<<"$all" | grep -vF '[ksteer]' |
		grep -cv 'in ksteer_race_')
	if [ "$canaries" -gt 0 ]; then
		pass "the canary raced, $canaries reports"
	else
		fail "the canary raced: KCSAN did not see it"
	fi
	if [ -z "$ours" ]; then
		pass "no race of ksteer ($others of the kernel alone)"
	else
		fail "races of ksteer: $(wc -l <<<"$ours")"
		tr '|' '\n' <<<"$ours" | head -n 200 | sed 's/^/#	/'
	fi
}

# The run itself; what the verdict says of the log is this program's business
run()
{
	local release

	release=$(basename "$(realpath "$kernels/6.12-kcsan")")
	make -s -C "$top" module planted KVER="$release" >&2 || return
	# What an earlier run left behind says nothing of this one
	rm -f "$out/end" "$out/dmesg"
	"$here/../vm/run.sh" -k 6.12-kcsan -o "$out" -a panic_on_warn=0 \
		-t $((span * 5 + 300)) ./planted/races.sh \
		"$top/build/planted/$release/ksteer_planted.ko" "$span" |
		grep -E '^(ok|not ok|#)' | sed 's/^/# /'
	if grep -q '^end rc=0$' "$out/end"; then
		pass "traffic and commands"
	else
		fail "traffic and commands"
	fi
}

span=120 out=$top/build/planted/kcsan log=''
while getopts t:o:j: opt; do
	case $opt in
	t) span=$OPTARG ;;
	o) out=$OPTARG ;;
	j) log=$OPTARG ;;
	*) exit 2 ;;
	esac
done
if [ -z "$log" ]; then
	run || exit 1
	log=$out/dmesg
fi
judge "$log"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
