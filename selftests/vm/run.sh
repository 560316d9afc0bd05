#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot a kernel, Debian's or one that finds bugs, in QEMU on the host's own
# root, read-only under a layer of memory, run COMMAND there, and judge.
#
#   run.sh [-k KERNEL] [-s CPUS] [-m MB] [-a ARGS] [-t SECONDS] [-o DIR] [-r]
#	   COMMAND [ARG...]
#
#   -k KERNEL	6.1, 6.12, 6.12-debug, 6.12-kcsan or a full release as
#		`make KVER=` takes (6.12)
#   -s CPUS	processors (2)
#   -m MB	memory (2048, or 3072 with KASAN)
#   -a ARGS	more words for the kernel's command line
#   -t SECONDS	for all of it (1200); a slow kernel gets a multiple of it
#   -o DIR	where the files go (build/vm/KVER)
#   -r		COMMAND does not speak KTAP: judge all the rest
#
# In the guest, the working directory is selftests/, $KSTEER_KO is the module
# (`modprobe ksteer` finds it, too), the CLI stands in PATH and $KSTEER_OUT is
# DIR, which outlives the guest. KVM is used where a kernel has been seen to
# boot with it; KSTEER_ACCEL=kvm or tcg says which instead, and icount asks for
# emulation in which a nanosecond is an instruction (one processor). KSTEER_KO
# names another module than build/KVER/ksteer.ko; "none" means no module at all.
# KSTEER_SLOW is by how much longer everything may take (1; 4 with KASAN);
# KSTEER_PLUGIN what QEMU gets as -plugin, in emulation.
#
# A kernel that finds bugs panics at the first that it can (-a panic_on_warn=0
# lets it live), and the verdict asks what its detectors have to say.

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kernels=${KSTEER_KERNELS:-$top/build/kernels}

usage()
{
	sed -n '/^#   run\.sh/,/^$/s/^#   \{0,1\}//p' "$0" | sed '/^In the guest/,$d'
	exit 2
}

die()
{
	echo "run.sh: $*" >&2
	exit 2
}

# initramfs KVER ROOT IMAGE: busybox, init and the modules it needs, in order
initramfs()
{
	local kver=$1 root=$2 image=$3 dir module path file

	dir=$(mktemp -d)
	mkdir -p "$dir"/{bin,dev,proc,sys,mods,lower,rw,new}
	cp "$(command -v busybox)" "$dir/bin/busybox"
	cp "$here/init" "$dir/init"
	chmod 755 "$dir/init"
	: >"$dir/mods/order"
	for module in virtio_pci virtio_console 9pnet_virtio 9p overlay; do
		modprobe -d "$root" -S "$kver" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
	while read -r path; do
		file=${path##*/}
		if [ "$file" = "${file%.xz}" ]; then
			cp "$path" "$dir/mods/"
		else
			file=${file%.xz}
			xz -dc "$path" >"$dir/mods/$file"
		fi
		echo "$file" >>"$dir/mods/order"
	done
	(cd "$dir" && find . | cpio -o -H newc --quiet) | gzip -1 >"$image"
	rm -rf "$dir"
}

# The kernel's modules with ours among them, for the guest's /lib/modules/KVER
modules()
{
	local kver=$1 root=$2 base=$3 tree

	tree=$base/lib/modules/$kver
	rm -rf "$base"
	mkdir -p "$tree/updates"
	ln -s "$root/lib/modules/$kver/kernel" "$tree/kernel"
	cp "$root/lib/modules/$kver"/modules.{order,builtin,builtin.modinfo} \
		"$tree/"
	if [ -n "$ko" ]; then
		cp "$ko" "$tree/updates/ksteer.ko"
	fi
	depmod -b "$base" "$kver"
	ln -sfn "${base##*/}/lib/modules/$kver" "$out/modules"
}

configured()
{
	grep -qsxF "$1=y" "$root/boot/config-$kver"
}

# detectors: whom the verdict wants to hear
detectors()
{
	configured CONFIG_PROVE_LOCKING && echo lockdep
	configured CONFIG_DEBUG_KMEMLEAK && echo kmemleak
	configured CONFIG_KASAN && echo kasan
	configured CONFIG_KCSAN && echo kcsan
}

# boot ACCEL SECONDS: become the guest, until it goes down
boot()
{
	local accel=$1 cpu words=''
	local -a clock=()

	case $accel in
	kvm) cpu=host ;;
	tcg)
		# Emulated, rep movsb and rep stosb go byte by byte, and the
		# kernel clears and copies pages with them: a third of all
		cpu=max,la57=off,erms=off,fsrm=off accel='tcg,thread=multi'
		# Translated code serves the next process at the same address;
		# on a busy host the first tick may be late
		words='norandmaps no_timer_check'
		;;
	icount)
		# Each round of a string instruction would count as one
		cpu=max,la57=off,erms=off,fsrm=off
		accel='tcg,thread=single'
		clock=(-icount "shift=0" -rtc "base=2026-01-01,clock=vm")
		words='norandmaps nokaslr nowatchdog clearcpuid=112'
		;;
	*) die "KSTEER_ACCEL is kvm, tcg or icount" ;;
	esac
	[ -n "${KSTEER_PLUGIN:-}" ] && clock+=(-plugin "$KSTEER_PLUGIN")
	exec timeout --foreground -k 10 "$2" \
		qemu-system-x86_64 -accel "$accel" "${clock[@]}" \
		-cpu "$cpu" -M q35 \
		-smp "$smp" -m "$mem" -nodefaults -display none -no-reboot \
		-nic none -device virtio-rng-pci \
		-kernel "$root/boot/vmlinuz-$kver" -initrd "$out/initrd" \
		-chardev "file,id=console,path=$out/console" \
		-serial chardev:console \
		-device virtio-serial-pci \
		-chardev "file,id=output,path=$out/output" \
		-device virtserialport,chardev=output,name=ksteer.output \
		-chardev "file,id=end,path=$out/end" \
		-device virtserialport,chardev=end,name=ksteer.end \
		-fsdev "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap" \
		-device virtio-9p-pci,fsdev=host,mount_tag=host \
		-fsdev "local,id=out,path=$out,security_model=none,multidevs=remap" \
		-device virtio-9p-pci,fsdev=out,mount_tag=out \
		-append "console=ttyS0 loglevel=5 oops=panic panic=-1 panic_on_warn=$panic mitigations=off tsc=reliable audit=0 apparmor=0 log_buf_len=16M slab_nomerge guest.out=$out guest.init=$here/guest.sh $words $append" \
		</dev/null 2>"$out/qemu.err"
}

# Whether KVM boots a kernel here: many virtual machines have the device only
kvm_usable()
{
	local id note=$kernels/.kvm answer=tcg

	[ -w /dev/kvm ] || return 1
	id=$(cat /proc/sys/kernel/random/boot_id)
	if ! grep -qs "^$id " "$note"; then
		echo true >"$out/command"
		(boot kvm 30)
		grep -qs '^end rc=0$' "$out/end" && answer=kvm
		rm -f "$out"/{console,output,end,state,state.err,dmesg}
		echo "$id $answer" >"$note"
	fi
	grep -q "^$id kvm\$" "$note"
}

kernel=6.12 smp=2 mem='' append='' limit=1200 out='' form=ktap
while getopts k:s:m:a:t:o:rh opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	s) smp=$OPTARG ;;
	m) mem=$OPTARG ;;
	a) append=$OPTARG ;;
	t) limit=$OPTARG ;;
	o) out=$OPTARG ;;
	r) form=raw ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage

[ "${KSTEER_ACCEL:-}" = icount ] && smp=1
[ -e "$kernels/$kernel/.complete" ] ||
	die "no kernel $kernel: scripts/fetch-kernel.sh fetches it"
root=$(realpath "$kernels/$kernel")
kver=${root##*/}
ko=${KSTEER_KO:-$top/build/$kver/ksteer.ko}
if [ "$ko" = none ]; then
	ko=''
elif [ ! -e "$ko" ]; then
	die "no module $ko: make module KVER=$kver"
fi

debug=$(detectors | tr '\n' ' ')
panic=0 slow=1
[ -z "$debug" ] || panic=1
case $debug in
*kasan*) slow=4 mem=${mem:-3072} ;;
esac
slow=${KSTEER_SLOW:-$slow}
mem=${mem:-2048}

out=${out:-$top/build/vm/$kver}
mkdir -p "$out"
out=$(realpath "$out")
exec {lock}>"$out/.lock"
flock -n "$lock" || die "$out is in use by another run; give -o DIR"
rm -rf "${out:?}"/{console,output,end,state,state.err,dmesg,kmemleak,symbols,modules,initrd}
initramfs "$kver" "$root" "$out/initrd"
modules "$kver" "$root" "$out/root"

{
	echo "KSTEER_TOP=$(printf %q "$top")"
	echo "KSTEER_OUT=$(printf %q "$out")"
	echo "KSTEER_KO=${ko:+/lib/modules/$kver/updates/ksteer.ko}"
	echo "PATH=$(printf %q "$top/userspace/build"):\$PATH"
	echo "KSTEER_SLOW=$slow"
	echo "export KSTEER_TOP KSTEER_OUT KSTEER_KO KSTEER_SLOW PATH"
} >"$out/environment"

accel=${KSTEER_ACCEL:-}
if [ -z "$accel" ]; then
	accel=tcg
	kvm_usable && accel=kvm
fi

printf '%q ' "$@" >"$out/command"
printf 'release=%s\ncpus=%s\ndebug=%s\n' "$kver" "$smp" "$debug" >"$out/host"
: >"$out/output"
boot "$accel" $((limit * slow)) &
qemu=$!
trap 'kill "$qemu" 2>/dev/null' EXIT
trap 'exit 130' INT TERM
tail -n +1 -s 0.5 -f --pid="$qemu" "$out/output" &
tail=$!
wait "$qemu"
echo "qemu=$?" >>"$out/host"
wait "$tail"
trap - EXIT
"$here/verdict.sh" "$form" "$out"
