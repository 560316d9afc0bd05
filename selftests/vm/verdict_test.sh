#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The test of the verdict: each part of it is broken once and must turn red,
# for the reason that it was broken for; what is sound must stay green.
# First with files made up here, then with a virtual machine that misbehaves.
#
#   verdict_test.sh [-n]	-n: without the virtual machine
#
# Closes with "N passed, M failed, K skipped".

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

pass()
{
	echo "ok $((passed + failed + 1)) - $1"
	passed=$((passed + 1))
}

fail()
{
	echo "not ok $((passed + failed + 1)) - $1"
	[ -z "${2-}" ] || printf '%s\n' "$2" | sed 's/^/#	/'
	failed=$((failed + 1))
}

# A sound run, which each case then spoils
sound()
{
	rm -rf "$work/run"
	mkdir "$work/run"
	cd "$work/run" || exit 1
	cat >output <<-'END'
	TAP version 13
	1..2
	# selftests: ksteer: a.sh
	# TAP version 13
	# 1..3
	# ok 1 one
	# ok 2 two # SKIP no such thing here
	# ok 3 three
	ok 1 selftests: ksteer: a.sh
	# selftests: ksteer: b.sh
	# TAP version 13
	# ok 1 late plan
	# 1..1
	ok 2 selftests: ksteer: b.sh
	END
	echo 'end rc=0' >end
	printf '%s\n' 'release=6.12.1' 'cpus=2' 'qemu=0' >host
	printf '%s\n' 'release=6.12.1' 'cpus=2' 'rmmod=0' 'module=0' 'slabs=' \
		'processes=' 'netns=' 'namespaces=0' 'devices=' >state
	printf '%s\n' '<5>[    0.0] Linux version 6.12.1' \
		'<6>[    1.0] all is well' >dmesg
	echo '[    9.0] reboot: Power down' >console
}

# red NAME REASON [FORM]: the run in the current directory must be judged
# failed, for this reason
red()
{
	local said

	if said=$("$here/verdict.sh" "${3:-ktap}" "$work/run"); then
		fail "$1" "$said"
	elif ! grep -q -- "$2" <<<"$said"; then
		fail "$1, for another reason" "$said"
	elif ! tail -n 1 <<<"$said" |
		grep -qxE '[0-9]+ passed, [1-9][0-9]* failed, [0-9]+ skipped'
	then
		fail "$1, but counted no failure" "$said"
	else
		pass "$1"
	fi
}

# green NAME COUNTS [FORM]
green()
{
	local said

	if said=$("$here/verdict.sh" "${3:-ktap}" "$work/run") &&
		[ "$said" = "$2" ]; then
		pass "$1"
	else
		fail "$1" "$said"
	fi
}

sound
green "a sound run is green" "3 passed, 0 failed, 1 skipped"
sound
echo hello >output
green "a command that speaks no KTAP" "1 passed, 0 failed, 0 skipped" raw
sound
printf '%s\n' 'TAP version 13' '1..2' 'ok 1 a' '# a remark' 'ok 2 b' >output
green "one program's own results" "2 passed, 0 failed, 0 skipped"
sound
printf '%s\n' '1..1' '# 1..0 # SKIP no hardware' 'ok 1 a.sh # SKIP' >output
green "a program that skips all" "0 passed, 0 failed, 1 skipped"

# the end
sound
rm end
red "no end marker" "no end marker"
sound
: >end
red "an empty end marker" "no end marker"
sound
echo 'end rc=1' >end
red "the command failed" "the command returned 1"
sound
echo 'end rc=1' >end
red "the command failed, raw" "the command returned 1" raw
sound
sed -i 's/qemu=0/qemu=124/' host
red "out of time" "ran out of time"
sound
sed -i 's/qemu=0/qemu=1/' host
red "the emulator failed" "emulator returned 1"
sound
rm host
red "nothing from the host" "emulator returned nothing"

# the plan
sound
sed -i 's/^# ok 3 three/# not ok 3 three/; s/^ok 1 self/not &/' output
red "a failed case" ", 1 failed,"
sound
sed -i 's/^# ok 3 three/# not ok 3 three/' output
red "a program that hides a failed case" "passed with failed results"
sound
sed -i 's/^ok 1 self/not &/' output
red "a program that fails with no failed case" "and yet it failed"
sound
sed -i '/^# ok 3 three/d' output
red "a case is missing" "planned 3, got 2"
sound
sed -i 's/^# ok 3 three/&\n# ok 4 four/' output
red "a case too many" "planned 3, got 4"
sound
sed -i 's/^# ok 2 two/# ok 1 two/' output
red "a number twice" "result 1 where 2 was due"
sound
sed -i '/^# 1\.\.3/d' output
red "a program without a plan" "no plan"
sound
sed -i 's/^# 1\.\.3/&\n&/' output
red "a program with two plans" "a second plan"
sound
sed -i '/b\.sh/d; /late plan/d; /^# 1\.\.1/d' output
red "a program is missing" "planned 2, got 1"
sound
sed -i '/^1\.\.2/d' output
red "no plan for the whole" "no plan: the whole"
sound
sed -i '$d' output
red "cut off within a program" "cut off"
sound
: >output
red "no output" "no results at all"
sound
echo 'Bail out! no disk' >>output
red "bailed out" "bailed out"

# the log
for line in 'WARNING: CPU: 0 PID: 1 at net/core/dev.c:1 x+0x1/0x2' \
	'BUG: kernel NULL pointer dereference, address: 0000000000000000' \
	'Oops: 0000 [#1] PREEMPT SMP PTI' ' Call Trace:' \
	'kernel BUG at mm/slub.c:1!' '------------[ cut here ]------------' \
	'Kernel panic - not syncing: Fatal exception in interrupt' \
	'general protection fault, probably for non-canonical address 0x1' \
	'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:' \
	'rcu: INFO: rcu_preempt self-detected stall on CPU' \
	'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [ksoftirqd/1:19]' \
	'INFO: task ip:77 blocked for more than 120 seconds.' \
	'unregister_netdevice: waiting for veth0 to become free. Usage count = 2' \
	'refcount_t: underflow; use-after-free.' \
	'kmem_cache_destroy ksteer_flow: Slab cache still has objects' \
	'BUG ksteer_flow (Tainted: G O): Objects remaining on shutdown' \
	'UBSAN: array-index-out-of-bounds in x.c:1:2'
do
	sound
	echo "<4>[    5.0] $line" >>dmesg
	red "in the log: ${line:0:44}" "the kernel complained"
	sound
	echo "[    5.0] $line" >>console
	red "on the console: ${line:0:40}" "the kernel complained"
done
sound
: >dmesg
red "an empty log" "log is not whole"
sound
rm dmesg
red "no log" "log is not whole"

# what is left behind
for spoiled in 'release=6.1.0' 'cpus=1' 'rmmod=1' 'module=1' \
	'slabs=ksteer_flow' 'processes=haproxy; ' 'netns=router' \
	'namespaces=1' 'devices=veth0'
do
	sound
	sed -i "s/^${spoiled%%=*}=.*/$spoiled/" state
	red "left behind: $spoiled" "${spoiled#*=}\$"
	sound
	sed -i "/^${spoiled%%=*}=/d" state
	red "nobody looked: ${spoiled%%=*}" "nobody looked after"
done
sound
rm state
red "nobody looked after anything" "nobody looked after"

# a kernel that finds bugs
sound_debug()
{
	sound
	echo 'debug=lockdep kmemleak kasan ' >>host
	printf '%s\n' debug_locks=1 kmemleak=0 taint=0 >>state
}

sound_debug
green "a debug kernel that found nothing" "3 passed, 0 failed, 1 skipped"
for spoiled in debug_locks=0 kmemleak=3 kmemleak= taint=512; do
	sound_debug
	sed -i "s/^${spoiled%%=*}=.*/$spoiled/" state
	red "debug kernel: $spoiled" "${spoiled#*=}\$"
	sound_debug
	sed -i "/^${spoiled%%=*}=/d" state
	red "nobody asked: $spoiled" "nobody looked after"
done
for line in 'kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug)' \
	'kmemleak: Kernel memory leak detector disabled' \
	'ODEBUG: free active (active state 0) object: 00000000 timer_list' \
	'list_del corruption, ffff8880->next is LIST_POISON1 (dead000000000100)' \
	'BUG: KASAN: slab-use-after-free in x+0x1/0x2 [ksteer]' \
	'BUG: sleeping function called from invalid context at mm/slab.h:1' \
	'WARNING: suspicious RCU usage' \
	'WARNING: possible circular locking dependency detected' \
	'turning off the locking correctness validator.' \
	'INFO: trying to register non-static key.' \
	'ref_tracker: net notrefcnt@ffff8880 has 1/1 users at'
do
	sound_debug
	echo "<3>[    5.0] $line" >>dmesg
	red "in the log: ${line:0:44}" "the kernel complained"
done

# What hides in a console that says any byte
sound_debug
printf 'a\0b\n\377\n[    5.0] BUG: \377 in x\n' >>console
red "in the console: bytes that are no text" "the kernel complained"
sound_debug
rm console
mkdir console
red "a console that cannot be read" "cannot read"

# The one report that a kernel may make of itself, and what makes it another
nf_report()
{
	printf '<4>[    5.0] %s\n' ============================= \
		'WARNING: suspicious RCU usage' '6.12.1-debug #1 Tainted: G O' \
		"${1:-net/netfilter/nft_set_bitmap.c:102} RCU-list traversed in non-reader section!!" \
		'1 lock held by nft/1014:' 'Call Trace:' ' <TASK>' \
		" ${2:-nft_bitmap_walk+0x1/0x2 [nf_tables]}" "${3:- </TASK>}"
}

sound_debug
nf_report >>dmesg
nf_report net/netfilter/nf_tables_api.c:8444 >>dmesg
nf_report | sed 's/^<4>//' >>console
green "nf_tables walks its lists" "3 passed, 0 failed, 1 skipped"
for args in 'kmod/object/pool.c:102' "'' 'ksteer_hook+0x1/0x2 [ksteer]'" \
	"'' '' 'cut off'" "'' 'BUG: x'" "'' '' ' </TASK>
<4>[    5.0] WARNING: suspicious RCU usage'"
do
	sound_debug
	eval "nf_report $args" >>dmesg
	red "nf_tables' report, but: ${args//$'\n'*/...}" "the kernel complained"
done

# A machine that misbehaves in each of the ways that take one
vm()
{
	"$here/run.sh" -s 1 -o "$work/vm" -t 180 "$@"
}

# vm_red NAME REASON WORDS-OF-run.sh...
vm_red()
{
	local name=$1 reason=$2 said

	shift 2
	if said=$(vm "$@" 2>&1); then
		fail "$name" "$said"
	elif ! grep -qE -- "$reason" <<<"$said"; then
		fail "$name, for another reason" "$said"
	else
		pass "$name"
	fi
}

if [ "${1-}" != -n ]; then
	if said=$(vm -r true 2>&1); then
		pass "vm: a command that does nothing is green"
	else
		fail "vm: a command that does nothing is green" "$said"
	fi
	vm_red "vm: a command that fails" 'the command returned 3' \
		-r bash -c 'exit 3'
	vm_red "vm: a machine that dies" 'Kernel panic' \
		-r bash -c 'echo c >/proc/sysrq-trigger'
	vm_red "vm: a machine that goes down at once" 'no end marker' \
		-r busybox poweroff -f
	vm_red "vm: a machine that hangs" 'ran out of time' \
		-t 30 -r bash -c 'cat <> <(:)'
	vm_red "vm: a module that does not unload" 'rmmod returned: 1$' \
		-r bash -c 'modprobe ksteer && mount --bind /bin/false /bin/kmod'
	vm_red "vm: all kinds of things left behind" \
		'processes left behind: .*busybox' -r bash -c '
		ip link add left type dummy
		ip netns add left
		ip netns exec left busybox nc -l -p 1 &
		until ip netns pids left | grep -q .; do :; done'
	# the same run, judged once more
	for reason in 'devices left behind: left' \
		'namespaces left behind: left' 'something holds on to: 1'
	do
		if grep -q "$reason" < <("$here/verdict.sh" raw "$work/vm"); then
			pass "vm: $reason"
		else
			fail "vm: $reason"
		fi
	done
fi

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
