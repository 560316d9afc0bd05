#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Install what building and testing takes on a fresh Debian 12, and fetch the
# kernels to test on. Quick when all is there.
#
#   deps.sh SERIES...		e.g. 6.1 6.12

set -euo pipefail

here=$(dirname "$0")
top=$(cd "$here/.." && pwd)
cache=${KSTEER_KERNELS:-$top/build/kernels}
source=linux-source-6.12

packages=(
	# to build
	make bc bison flex libelf-dev gcc gcc-12 libc6-dev pkg-config kmod pahole
	libnl-3-dev libnl-genl-3-dev libjansson-dev bash-completion
	# to check
	sparse cppcheck clang-format-14 shellcheck libcmocka-dev
	clang-14 libclang-rt-14-dev perl python3 python3-yaml python3-jsonschema
	man-db mandoc "$source"
	# to boot
	qemu-system-x86 busybox-static cpio xz-utils
	# to draw
	gnuplot-nox fonts-dejavu-core
	# at the ends of the tests
	iproute2 iputils-ping iputils-arping procps ethtool nftables
	conntrack ipvsadm haproxy nginx curl wrk iperf3 tcpdump socat
	python3-scapy netcat-openbsd util-linux jq gojq
)

# Debian starts what it installs; a server of the tests is nobody's server
keep_quiet()
{
	local policy=/usr/sbin/policy-rc.d

	[ -e $policy ] && return
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod 755 $policy
	trap 'rm -f /usr/sbin/policy-rc.d' EXIT
}

installed()
{
	local state

	state=$(dpkg-query -W -f '${db:Status-Abbrev}\n' "$@" 2>/dev/null) &&
		! grep -qv '^ii' <<<"$state"
}

# An index of packages, of today
index_fresh()
{
	[ -n "$(find "$cache/.updated" -mmin -720 2>/dev/null)" ] &&
		compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null
}

update_index()
{
	mkdir -p "$cache"
	if apt-get update -qq; then
		touch "$cache/.updated"
	else
		echo "deps.sh: going on with the index that is there" >&2
	fi
}

as_root()
{
	if [ "$(id -u)" -ne 0 ]; then
		echo "deps.sh: must be root" >&2
		exit 1
	fi
}

as_root
index_fresh || update_index
if ! installed "${packages[@]}"; then
	keep_quiet
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends -o Dpkg::Use-Pty=0 \
		"${packages[@]}"
fi
"$here/fetch-kernel.sh" "$@"
"$here/fetch-source.sh" "/usr/src/$source.tar.xz" "$cache/source"
