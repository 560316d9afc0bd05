#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# PID 1 of the guest once it stands on the host's root. Runs the command that
# run.sh left in the output directory, then looks at what is left of it, and
# leaves for verdict.sh:
#
#   output	what the command printed (a port of its own)
#   state	KEY=VALUE: what was found afterwards
#   dmesg	the kernel's log
#   end		"end rc=N", written last (a port of its own)

out=$1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=dumb LC_ALL=C.UTF-8

# port NAME: the device of a virtio port; there is no udev to name it
port()
{
	local name

	for name in /sys/class/virtio-ports/*/name; do
		if [ "$(cat "$name")" = "$1" ]; then
			name=${name%/name}
			echo "/dev/${name##*/}"
			return
		fi
	done
	echo "no port $1" >/dev/kmsg
}

set_up()
{
	ln -s /proc/self/fd /dev/fd
	ln -s /proc/self/fd/0 /dev/stdin
	ln -s /proc/self/fd/1 /dev/stdout
	ln -s /proc/self/fd/2 /dev/stderr
	mkdir -p /dev/pts /dev/shm
	mount -t devpts devpts /dev/pts
	mount -t tmpfs tmpfs /dev/shm
	mount -t tmpfs tmpfs /run
	mkdir -p /run/netns /run/lock
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/tracing
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	mkdir -p "/lib/modules/$(uname -r)"
	mount --bind "$out/modules" "/lib/modules/$(uname -r)"
	ip link set lo up
	# The run is lost by then, and whoever waits for what hangs would wait on
	if [ -e /proc/sys/kernel/hung_task_panic ]; then
		echo 1 >/proc/sys/kernel/hung_task_panic
	fi
}

# What tests start again and again, and its libraries: each start would ask the
# host about them, so the layer in memory gets a copy. One that is not there is
# not missed.
copy_programs()
{
	local progs

	mapfile -t progs < <(type -P bash sh ip tc nft ksteer gojq sed gawk mawk \
		grep sort uniq cut tr cat head tail wc paste seq xargs mktemp \
		rm mkdir timeout sysctl curl python3 2>/dev/null)
	{
		printf '%s\n' "${progs[@]}"
		ldd "${progs[@]}" 2>/dev/null | grep -o '/[^ :]*'
	} | xargs realpath -q | sort -u | xargs touch -c
}

# How many network namespaces the kernel keeps. It frees those that went when
# the next one goes, all that went together at a time, so that the last is
# always there once there was any: warm_up, until it is the only one.
warm_up()
{
	ip netns add warm-up
	ip netns del warm-up
}

namespaces()
{
	local slab=/sys/kernel/slab/net_namespace

	echo 1 >$slab/shrink
	sed 's/ .*//' $slab/objects
}

devices()
{
	local dev

	# With a slash: bonding keeps a file there
	for dev in /sys/class/net/*/; do
		dev=${dev%/}
		printf '%s ' "${dev##*/}"
	done
}

# Programs that are neither the kernel's nor this one
processes()
{
	local dir argv

	for dir in /proc/[0-9]*; do
		case ${dir#/proc/} in
		"$$" | "$BASHPID") continue ;;
		esac
		mapfile -d '' -t argv 2>/dev/null <"$dir/cmdline" || continue
		[ "${#argv[@]}" -gt 0 ] && printf '%s; ' "${argv[*]}"
	done
}

# wait_until SECONDS COMMAND...: poll, for what the kernel does in its own time
wait_until()
{
	local deadline=$((SECONDS + $1 * KSTEER_SLOW)) tick

	shift
	exec {tick}<> <(:)
	until "$@"; do
		[ $SECONDS -lt $deadline ] || break
		read -r -t 0.2 -u "$tick"
	done
	exec {tick}<&-
}

module_gone()
{
	! grep -q '^ksteer ' /proc/modules
}

slabs_gone()
{
	! grep -q '^ksteer' /proc/slabinfo
}

one_namespace()
{
	[ "$(namespaces)" = 1 ]
}

# Somebody may allocate between shrinking and counting: one good look will do
namespaces_gone()
{
	namespaces_now=$(namespaces)
	[ "$namespaces_now" -le "$namespaces_before" ] && return
	warm_up
	return 1
}

devices_gone()
{
	[ "$(devices)" = "$devices_before" ]
}

processes_gone()
{
	[ -z "$(processes)" ]
}

# What the command left behind, each after some time to go away
look_after()
{
	local rmmod=0 netns

	wait_until 5 processes_gone
	netns=$(ip netns list | tr '\n' ' ')
	echo "processes=$(processes)"
	echo "netns=$netns"
	wait_until 30 namespaces_gone
	echo "namespaces=$((namespaces_now - namespaces_before))"
	devices_gone
	echo "devices=$(comm -13 <(tr ' ' '\n' <<<"$devices_before" | sort) \
		<(devices | tr ' ' '\n' | sort) | tr '\n' ' ')"
	if ! module_gone; then
		symbols
		rmmod ksteer || rmmod=$?
	fi
	wait_until 10 slabs_gone
	echo "rmmod=$rmmod"
	echo "module=$(grep -c '^ksteer ' /proc/modules)"
	echo "slabs=$(grep '^ksteer' /proc/slabinfo | cut -d ' ' -f 1 | tr '\n' ' ')"
	echo "release=$(uname -r)"
	echo "cpus=$(nproc)"
	detectors
}

locks_debugged()
{
	awk '$1 == "debug_locks:" { print $2 }' /proc/lockdep_stats
}

# Where the module's functions were: kmemleak cannot name them afterwards
symbols()
{
	[ ! -e /sys/kernel/debug/kmemleak ] ||
		grep '\[ksteer\]$' /proc/kallsyms | sort >"$out/symbols"
}

# leaks FILE: how many. The module is gone; what it kept must be known to be
# lost. kmemleak passes over what is younger than five seconds, and believes
# its eyes the second time only.
leaks()
{
	local scanner=/sys/kernel/debug/kmemleak begin=$SECONDS tick

	exec {tick}<> <(:)
	while [ $((SECONDS - begin)) -le 6 ]; do
		read -r -t 1 -u "$tick"
	done
	exec {tick}<&-
	echo scan >$scanner && echo scan >$scanner || return
	cat $scanner >"$1"
	grep -c '^unreferenced object' "$1"
}

# What the detectors have found that they may not have said. To be expected is
# the taint of a module from out of the tree (4096) and of unit tests (262144).
detectors()
{
	[ ! -e /proc/lockdep_stats ] || echo "debug_locks=$(locks_debugged)"
	[ ! -e /sys/kernel/debug/kmemleak ] ||
		echo "kmemleak=$(leaks "$out/kmemleak")"
	echo "taint=$(($(cat /proc/sys/kernel/tainted) & ~(4096 | 262144)))"
}

set_up
# shellcheck disable=SC1091
. "$out/environment"
copy_programs
devices_before=$(devices)
warm_up
wait_until 10 one_namespace
namespaces_before=$(namespaces)

(
	cd "$KSTEER_TOP/selftests" || exit 126
	exec setsid bash "$out/command"
) </dev/null >"$(port ksteer.output)" 2>&1
rc=$?

look_after >"$out/state" 2>"$out/state.err"
dmesg --raw >"$out/dmesg"
sync
echo "end rc=$rc" >"$(port ksteer.end)"
exec busybox poweroff -f
