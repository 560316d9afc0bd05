#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the kernels that find bugs, from Debian's linux-source-6.12:
#
#   debug_kernel.sh debug	KASAN, UBSAN, lockdep, RCU, kmemleak, faults, ...
#   debug_kernel.sh kcsan	data races
#   debug_kernel.sh gcov	nothing, but counts what runs
#
# The parts of their configuration are in scripts/debug. A kernel is built once
# for its source, configuration and compiler, which takes a quarter of an hour
# and 3 GB for the while of it, and kept in $KSTEER_DEBUG_CACHE (default:
# build/debug-kernel of this tree). An interrupted build goes on where it was.
#
# Leaves, under $KSTEER_KERNELS (default: build/kernels), what fetch-kernel.sh
# leaves there of Debian's kernels, as 6.12-debug and so on; prints the release
# of each.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
kernels=${KSTEER_KERNELS:-$top/build/kernels}
cache=${KSTEER_DEBUG_CACHE:-$top/build/debug-kernel}
series=6.12
tarball=/usr/src/linux-source-$series.tar.xz

say()
{
	echo "debug_kernel: $*" >&2
}

# fragments NAME: the parts of a configuration
fragments()
{
	local part parts

	case $1 in
	debug) parts='base net debug' ;;
	kcsan) parts='base kcsan' ;;
	gcov) parts='base net gcov' ;;
	*)
		say "no configuration $1"
		return 1
		;;
	esac
	for part in $parts; do
		cat "$top/scripts/debug/$part.config"
	done
	echo "CONFIG_LOCALVERSION=\"-$1\""
}

# key NAME: what a kernel was made of
key()
{
	{
		dpkg-query -W -f '${Version}\n' "linux-source-$series" ||
			sha256sum "$tarball"
		gcc -dumpfullversion
		fragments "$1"
	} | sha256sum | cut -c 1-16
}

unpack()
{
	if [ ! -e "$cache/source/.unpacked" ]; then
		say "unpacking $tarball"
		rm -rf "$cache/source"
		mkdir "$cache/source"
		tar -C "$cache/source" -xf "$tarball" --strip-components=1
		touch "$cache/source/.unpacked"
	fi
}

# landed FRAGMENTS CONFIG: Kconfig drops in silence what depends on something
landed()
{
	local lost

	lost=$(grep -E '^(# )?CONFIG_' "$1" | grep -vxFf "$2") || return 0
	say "the kernel does not take:"
	printf '%s\n' "$lost" >&2
	return 1
}

# configure NAME BUILD
configure()
{
	fragments "$1" >"$2/fragments"
	if [ ! -e "$2/.config" ]; then
		make -s -C "$cache/source" O="$2" \
			KCONFIG_ALLCONFIG="$2/fragments" allnoconfig >&2
	fi
	landed "$2/fragments" "$2/.config"
}

# pack BUILD ENTRY RELEASE: the entry, which does not need the sources
pack()
{
	local build=$1 entry=$2 release=$3

	mkdir -p "$entry/boot"
	cp "$build/arch/x86/boot/bzImage" "$entry/boot/vmlinuz-$release"
	cp "$build/.config" "$entry/boot/config-$release"
	make -s -C "$cache/source" O="$build" INSTALL_MOD_PATH="$entry" \
		modules_install >&2
	rm -f "$entry/lib/modules/$release"/{build,source}
	# shellcheck disable=SC2016 # for make
	make -s -C "$cache/source" O="$build" run-command \
		KBUILD_RUN_COMMAND='$(srctree)/scripts/package/install-extmod-build '"$entry/build" >&2
	touch "$entry/.complete"
}

# build NAME KEY
build()
{
	local name=$1 build=$cache/$2.build entry release

	unpack
	mkdir -p "$build"
	configure "$name" "$build"
	release=$(make -s -C "$cache/source" O="$build" kernelrelease)
	say "building $release, see $build.log"
	make -s -C "$cache/source" O="$build" -j "$(nproc)" bzImage modules \
		>"$build.log" 2>&1 || {
		tail -n 20 "$build.log" >&2
		return 1
	}
	entry=$cache/$2.part/$release
	rm -rf "$cache/$2.part"
	pack "$build" "$entry" "$release"
	mv "$cache/$2.part" "$cache/$2"
	rm -rf "$build" "$build.log"
}

# provide NAME: build it if it is not there, and link it
provide()
{
	local key entry release

	key=$(key "$1")
	if ! compgen -G "$cache/$key/*/.complete" >/dev/null; then
		rm -rf "${cache:?}/$key"
		build "$1" "$key"
	fi
	entry=$(compgen -G "$cache/$key/*/.complete")
	entry=$(realpath "${entry%/.complete}")
	release=${entry##*/}
	ln -sfn "$entry" "$kernels/$release"
	ln -sfn "$release" "$kernels/$series-$1"
	echo "$release"
}

if [ $# -eq 0 ]; then
	echo "usage: ${0##*/} debug|kcsan|gcov..." >&2
	exit 2
fi
mkdir -p "$cache" "$kernels"
cache=$(realpath "$cache")
exec {lock}>"$cache/.lock"
flock "$lock"
for name; do
	provide "$name"
done
rm -rf "$cache/source"
