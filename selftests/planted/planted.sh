#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The test of the detectors: each bug of ksteer_planted.ko must be found by the
# one that is for it, and turn the verdict red for that reason.
#
#   planted.sh [-k KERNEL] [-o DIR] [BUG...]	6.12-debug, build/planted/vm, all
#
# All bugs in one boot, which goes on after each: none of the early ones takes
# a detector from those that follow. The log of each is then judged as if it
# were the only trouble of a sound run. A second boot with one bug must end
# there, as all other runs on a debug kernel do, and a third at the task that
# hangs, as the runs on all kernels do.
#
# Closes with "N passed, M failed, K skipped".

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kernels=${KSTEER_KERNELS:-$top/build/kernels}
vm=$here/../vm
passed=0 failed=0

kernel=6.12-debug out=$top/build/planted/vm
while getopts k:o: opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	o) out=$OPTARG ;;
	*) exit 2 ;;
	esac
done
release=$(basename "$(realpath "$kernels/$kernel")")
ko=$top/build/planted/$release/ksteer_planted.ko
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A warning switches nothing off, an inversion switches lockdep off, and KASAN
# what depends on it: in this order. The reasons are those of the detectors.
bugs=(leak warning shift rcu atomic processor refcount list timer
	inversion use-after-free out-of-bounds)
declare -A reasons=(
	[warning]='WARNING: .* plant_warning'
	[shift]='UBSAN: shift-out-of-bounds in .*planted\.c'
	[rcu]='WARNING: suspicious RCU usage'
	[atomic]='BUG: sleeping function called from invalid context'
	[processor]='BUG: using smp_processor_id() in preemptible'
	[refcount]='refcount_t: addition on 0; use-after-free'
	[list]='list_del corruption'
	[timer]='ODEBUG: free active .* timer_list'
	[inversion]='WARNING: possible circular locking dependency'
	[use-after-free]='BUG: KASAN: slab-use-after-free in plant_use_after_free'
	[out-of-bounds]='BUG: KASAN: slab-out-of-bounds in plant_out_of_bounds'
)

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

# sound: a run without a fault, of this kernel
sound()
{
	rm -rf "$work/run"
	mkdir "$work/run"
	cp "$out/host" "$work/run/"
	echo 'end rc=0' >"$work/run/end"
	sed -e '/^taint=/s/=.*/=0/' -e '/^debug_locks=/s/=.*/=1/' \
		-e '/^kmemleak=/s/=.*/=0/' "$out/state" >"$work/run/state"
	echo '[    9.0] reboot: Power down' >"$work/run/console"
	echo '<5>[    0.0] Linux version' >"$work/run/dmesg"
}

# log_of BUG: what the kernel said of it
log_of()
{
	sed -n "/planted: begin $1\$/,/planted: end $1\$/p" "$out/dmesg"
}

# judge NAME REASON DIR: that run must be red, for that reason
judge()
{
	local said

	if said=$("$vm/verdict.sh" raw "$3"); then
		fail "$1: nobody noticed" "$said"
	elif ! grep -q -- "$2" <<<"$said"; then
		fail "$1: found for another reason" "$said"
	else
		pass "$1"
	fi
}

# Without a bug, the run that the others differ from is green
judge_sound()
{
	local said

	sound
	if said=$("$vm/verdict.sh" raw "$work/run"); then
		pass "no bug"
	else
		fail "no bug" "$said"
	fi
}

boot()
{
	"$vm/run.sh" -r -k "$kernel" -o "$out" -t 300 "$@" >"$work/said" 2>&1
}

plant_all()
{
	local bug

	boot -a 'panic_on_warn=0 kasan_multi_shot' \
		./planted/plant.sh "$ko" "${bugs[@]}"
	if ! grep -q '^end rc=0$' "$out/end"; then
		fail "planting" "$(cat "$work/said")"
		return
	fi
	judge_sound
	for bug in "${bugs[@]}"; do
		[ -n "${reasons[$bug]-}" ] || continue
		sound
		log_of "$bug" >>"$work/run/dmesg"
		judge "$bug" "${reasons[$bug]}" "$work/run"
	done
	[[ " ${bugs[*]} " == *' leak '* ]] && judge_leak
	[[ " ${bugs[*]} " == *' inversion '* ]] &&
		judge "lockdep went off" 'lockdep went off: 0' "$out"
	[[ " ${bugs[*]} " == *' warning '* ]] &&
		judge taint 'the kernel is tainted: [1-9]' "$out"
}

# Found at the end, not in the log of the moment
judge_leak()
{
	judge leak 'memory that leaked, objects: [1-9]' "$out"
	judge "leak, of what" 'unreferenced object .* (size 96)' "$out"
}

# The first bug ends the run, where nothing else is asked for
plant_one()
{
	boot ./planted/plant.sh "$ko" use-after-free warning
	judge "panic" 'Kernel panic' "$out"
	judge "panic: of KASAN" 'KASAN: slab-use-after-free' "$out"
	judge "panic: the run has no end" 'no end marker' "$out"
}

# What waits for ever ends the run, too, and not by the run's time limit
plant_hang()
{
	boot ./planted/plant.sh "$ko" hang
	judge "hang" 'Kernel panic .*hung_task' "$out"
	judge "hang: of whom" 'INFO: task insmod:.* blocked for more than' \
		"$out"
	judge "hang: the run has no end" 'no end marker' "$out"
}

shift $((OPTIND - 1))
[ $# -eq 0 ] || bugs=("$@")
make -s -C "$top" planted KVER="$release" >&2 || exit 1
plant_all
plant_one
plant_hang
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
