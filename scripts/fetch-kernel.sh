#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetch Debian's newest kernel of a series, with the headers that modules are
# built against, without installing either: nothing lands in /boot, no
# initramfs is made, no running system is touched.
#
#   fetch-kernel.sh SERIES...	e.g. 6.1 6.12
#
# Leaves, under $KSTEER_KERNELS (default: build/kernels of this tree)
#   KVER/boot/vmlinuz-KVER	the kernel
#   KVER/lib/modules/KVER	its modules, with modules.dep
#   KVER/build			what `make -C` wants for a module
#   SERIES			link to KVER
# and prints KVER of each series.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cache=${KSTEER_KERNELS:-$top/build/kernels}
arch=$(dpkg --print-architecture)

say()
{
	echo "fetch-kernel: $*" >&2
}

# The newest kernel of the series that the package index knows
newest()
{
	local series=${1//./\\.}

	apt-cache pkgnames "linux-image-$1." |
		sed -nE "s/^linux-image-($series\\.[0-9+a-z.]+(-[0-9]+)?-$arch)$/\\1/p" |
		sort -V | tail -n 1
}

# Unpack a package into the current directory
unpack()
{
	apt-get -o APT::Sandbox::User=root download -qq "$1" >&2
	dpkg -x "$1"_*.deb .
	rm -f "$1"_*.deb
}

# The headers proper are unpacked, because from 6.12 on Debian's package asks
# for the image to be installed; what they need besides does not.
needs()
{
	apt-cache depends "linux-headers-$1" |
		sed -nE 's/^ *Depends: (linux-headers-.*-common|linux-kbuild-.*)/\1/p'
}

install_needs()
{
	local -a packages

	mapfile -t packages < <(needs "$1")
	dpkg -s "${packages[@]}" >/dev/null 2>&1 ||
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			-o Dpkg::Use-Pty=0 --no-install-recommends \
			"${packages[@]}" >&2
}

unpack_headers()
{
	local kver=$1 headers=usr/src/linux-headers-$1 kbuild

	kbuild=$(needs "$kver" | grep kbuild)
	unpack "linux-headers-$kver"
	ln -sfn "/usr/lib/$kbuild/scripts" "$headers/scripts"
	ln -sfn "/usr/lib/$kbuild/tools" "$headers/tools"
	ln -sfn "$headers" build
}

fetch()
{
	local series=$1 kver tmp

	kver=$(newest "$series")
	if [ -z "$kver" ] && [ -e "$cache/$series/.complete" ]; then
		kver=$(readlink "$cache/$series")
		say "no package index, keeping $kver"
	fi
	if [ -z "$kver" ]; then
		say "no kernel of series $series is known: apt-get update?"
		return 1
	fi

	install_needs "$kver"
	if [ ! -e "$cache/$kver/.complete" ]; then
		say "fetching $kver"
		tmp=$(mktemp -d "$cache/.fetch.XXXXXX")
		(
			cd "$tmp"
			unpack_headers "$kver"
			unpack "linux-image-$kver"
			depmod -b "$tmp" "$kver"
			touch .complete
		) || {
			rm -rf "$tmp"
			return 1
		}
		rm -rf "${cache:?}/$kver"
		mv "$tmp" "$cache/$kver"
	fi
	ln -sfn "$kver" "$cache/$series"
	echo "$kver"
}

if [ $# -eq 0 ]; then
	echo "usage: ${0##*/} SERIES..." >&2
	exit 2
fi
mkdir -p "$cache"
for series; do
	fetch "$series"
done
