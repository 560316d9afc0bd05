#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build User-Mode Linux from Debian's linux-source and print the directory that
# has it: linux (the program), build (to make modules against) and modules.
#
#   build.sh
#
# It is kept in $KSTEER_DEBUG_CACHE (default: build/uml of this tree), by the
# version of the source, the compiler and what is in this directory. The first
# build takes about eight minutes of one processor and 1 GB.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cache=${KSTEER_DEBUG_CACHE:-$top/build/uml}
package=linux-source-6.12
tarball=/usr/src/$package.tar.xz

say()
{
	echo "uml: $*" >&2
}

# What is neither compiled nor read by Kconfig, in order not to unpack it
unpack()
{
	local skip=() tree

	for tree in arch/{alpha,arc,arm,arm64,csky,hexagon,loongarch,m68k} \
		arch/{microblaze,mips,nios2,openrisc,parisc,powerpc,riscv} \
		arch/{s390,sh,sparc,xtensa} Documentation sound drivers/gpu \
		drivers/media drivers/net/ethernet drivers/net/wireless; do
		skip+=("--exclude=*/$tree/*."{[chS],rst,dts,dtsi,txt,yaml})
	done
	mkdir "$1"
	tar -C "$1" -xf "$tarball" --strip-components=1 "${skip[@]}"
}

# The area for the registers of the host's processor is sized for AVX-512; where
# the processor has AMX, the host refuses to restore less than 11008 bytes, and
# UML panics. How large it is in truth, the host says by itself.
enlarge_registers()
{
	local file=$1/arch/x86/um/user-offsets.c

	sed -i 's/DEFINE_LONGS(HOST_FP_SIZE, 2696)/DEFINE_LONGS(HOST_FP_SIZE, 12288)/' \
		"$file"
	grep -q 'HOST_FP_SIZE, 12288' "$file"
}

# Which symbols of the fragment did not become what it says
lost_symbols()
{
	grep '^CONFIG_' "$here/config" | sort >"$1/wanted"
	sort "$1/.config" | comm -23 "$1/wanted" -
}

configure()
{
	local build=$1/build lost

	make -s -C "$1/source" ARCH=um O="$build" \
		KCONFIG_ALLCONFIG="$here/config" allnoconfig
	lost=$(lost_symbols "$build")
	if [ -n "$lost" ]; then
		say "not in the configuration:" "$lost"
		return 1
	fi
}

build()
{
	local dir=$1

	unpack "$dir/source"
	enlarge_registers "$dir/source"
	configure "$dir"
	make -s -C "$dir/source" ARCH=um O="$dir/build" -j "$(nproc)" \
		linux modules
	make -s -C "$dir/source" ARCH=um O="$dir/build" \
		INSTALL_MOD_PATH="$dir/modules" modules_install
}

key()
{
	{
		dpkg-query -W -f '${Version}\n' "$package"
		gcc --version | head -n 1
		cat "$here/config" "$here/build.sh"
	} | sha256sum | cut -c 1-16
}

# Not in an `if`: `set -e` would count for nothing inside
failed()
{
	say "failed"
	tail -n 20 "$cache/uml.log" >&2
}

mkdir -p "$cache"
dir=$cache/uml-$(key)
exec {lock}>"$cache/.lock"
flock "$lock"
if [ ! -e "$dir/.complete" ]; then
	# Not in a temporary place: the build tree names its own path
	rm -rf "$dir"
	mkdir "$dir"
	say "building, see $cache/uml.log"
	trap failed EXIT
	build "$dir" >"$cache/uml.log" 2>&1
	trap - EXIT
	ln -s build/linux "$dir/linux"
	touch "$dir/.complete"
fi
echo "$dir"
