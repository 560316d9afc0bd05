#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Judge a run from the files that it left: a pure function of them.
#
#   verdict.sh {ktap|raw} DIR
#
# Green takes all of these: the guest wrote its end marker, and the command
# returned 0; each planned KTAP result is there, and none failed (ktap); the
# kernel's log is whole, without a warning or a trace; the module unloaded; and
# no process, namespace, device or slab was left behind. Says what is wrong,
# and closes with "N passed, M failed, K skipped". Each thing wrong counts as
# failed. Returns 1 when anything failed.

set -uo pipefail

form=$1
dir=$2
passed=0 failed=0 skipped=0

wrong()
{
	echo "# verdict: $*"
	failed=$((failed + 1))
}

judge_end()
{
	local end qemu

	qemu=$(sed -n 's/^qemu=//p' "$dir/host" 2>/dev/null)
	case $qemu in
	0) ;;
	124 | 137) wrong "the guest ran out of time" ;;
	*) wrong "the guest's emulator returned ${qemu:-nothing}" ;;
	esac

	end=$(cat "$dir/end" 2>/dev/null)
	case $end in
	'end rc=0') ;;
	'end rc='*)
		# a failed case says so already
		if [ "$failed_cases" -eq 0 ]; then
			wrong "the command returned ${end#end rc=}"
		fi
		;;
	*) wrong "no end marker" ;;
	esac
}

# What must never be in a kernel's log
trouble='WARNING:|\bBUG\b|\bOops\b|Call Trace:|cut here|Kernel panic'
trouble+='|general protection fault|stack segment|double fault|Bad page'
trouble+='|rcu:? .*(stall|detected|starved)|soft lockup|hard LOCKUP'
trouble+='|INFO: task .* blocked|unregister_netdevice: waiting'
trouble+='|refcount_t:|still has objects|Objects remaining|UBSAN:|KASAN:|KCSAN:'
trouble+='|possible .*(deadlock|recursive|circular)|suspicious RCU usage'
trouble+='|sleeping function called|scheduling while atomic|ksteer-init:'
trouble+='|page allocation failure|Out of memory:'
trouble+='|kmemleak: [0-9]+ new suspected|leak detector disabled|ODEBUG:'
trouble+='|list_(add|del)(_valid)? corruption|ref_tracker:|INFO: trying to register'
trouble+='|turning off the locking correctness validator'

# What a kernel says of itself whatever is loaded: nf_tables of 6.12 does not tell
# lockdep of the mutex that it walks its lists under (Linux 6.13 does). Such a
# report is no trouble, if it is whole and ksteer is not in it; what else stands
# between its lines is.
# but_known: the log without such reports
but_known()
{
	awk '
	function flush(known,	i) {
		for (i = 1; i <= n; i++)
			if (!known || line[i] !~ /suspicious RCU|Call Trace:/)
				print line[i]
		n = 0
	}
	/WARNING: suspicious RCU usage/ { flush(0); within = 1; own = ours = 0 }
	!within { print; next }
	{ line[++n] = $0 }
	/net\/netfilter\/nf(t|_tables)_[a-z_]+\.c:[0-9]+ RCU-list traversed/ { own = 1 }
	/ksteer/ { ours = 1 }
	/<\/TASK>/ { flush(own && !ours); within = 0 }
	END { flush(0) }'
}

# What cannot be read is trouble, too. A console says any byte
logs_but_known()
{
	local log

	for log in "$dir/dmesg" "$dir/console"; do
		[ ! -e "$log" ] || tr -d '\0' <"$log" | but_known ||
			echo "BUG in the verdict: cannot read $log"
	done
}

judge_log()
{
	local LC_ALL=C found

	grep -q 'Linux version' "$dir/dmesg" 2>/dev/null ||
		wrong "the kernel's log is not whole"
	found=$(logs_but_known | grep -aE "$trouble" | sed 's/^<[0-9]*>//' |
		head -n 20)
	if [ -n "$found" ]; then
		wrong "the kernel complained:"
		printf '%s\n' "$found" | sed 's/^/#	/'
	fi
}

# judge_state KEY WANTED SENTENCE
judge_state()
{
	local line

	if ! line=$(grep -m 1 "^$1=" "$dir/state" 2>/dev/null); then
		wrong "nobody looked after: $3"
	elif [ "${line#*=}" != "$2" ]; then
		wrong "$3: ${line#*=}"
	fi
}

judge_left_behind()
{
	judge_state release "$(sed -n 's/^release=//p' "$dir/host" 2>&1)" \
		"another kernel than asked for"
	judge_state cpus "$(sed -n 's/^cpus=//p' "$dir/host" 2>&1)" \
		"another number of processors than asked for"
	judge_state rmmod 0 "the module did not unload, rmmod returned"
	judge_state module 0 "the module is still there, times"
	judge_state slabs '' "slab caches left behind"
	judge_state processes '' "processes left behind"
	judge_state netns '' "named namespaces left behind"
	judge_state namespaces 0 "namespaces that something holds on to"
	judge_state devices '' "network devices left behind"
}

# What a kernel that finds bugs has not put into its log
judge_detectors()
{
	local debug

	debug=$(sed -n 's/^debug=//p' "$dir/host" 2>/dev/null)
	[ -n "$debug" ] || return
	judge_state taint 0 "the kernel is tainted"
	case " $debug " in
	*' lockdep '*) judge_state debug_locks 1 "lockdep went off" ;;
	esac
	case " $debug " in
	*' kmemleak '*) judge_state kmemleak 0 "memory that leaked, objects" ;;
	esac
	[ ! -s "$dir/kmemleak" ] || head -n 60 "$dir/kmemleak" | sed 's/^/#	/'
}

# Results count, and the plan of each test program binds it. A program run by
# run_tests.sh has its lines behind "# ", and a result of its own beyond.
judge_ktap()
{
	local line

	failed_cases=0
	[ "$form" = ktap ] || return
	while read -r line; do
		case $line in
		'count '*)
			read -r _ passed failed_cases skipped <<<"$line"
			failed=$((failed + failed_cases))
			;;
		*) wrong "$line" ;;
		esac
	done < <(awk -f "${0%/*}/ktap.awk" "$dir/output" 2>&1)
}

judge_ktap
judge_end
judge_log
judge_left_behind
judge_detectors
if [ "$form" = raw ] && [ "$failed" -eq 0 ]; then
	passed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
