#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Unpack the few parts of the kernel's sources that checking takes: its coding
# style, the netlink generator and the selftests' framework.
#
#   fetch-source.sh TARBALL DIR

set -euo pipefail

tarball=$1
dir=$2

if [ "$dir/.complete" -nt "$tarball" ]; then
	exit 0
fi
rm -rf "$dir"
mkdir -p "$dir"
tar -C "$dir" -xf "$tarball" --strip-components=1 --wildcards \
	'*/.clang-format' \
	'*/COPYING' \
	'*/Documentation/netlink/*.yaml' \
	'*/MAINTAINERS' \
	'*/include/uapi/linux/genetlink.h' \
	'*/scripts/checkpatch.pl' \
	'*/scripts/const_structs.checkpatch' \
	'*/scripts/kernel-doc' \
	'*/scripts/spdxcheck.py' \
	'*/scripts/spelling.txt' \
	'*/tools/net/ynl/*' \
	'*/tools/testing/selftests/*.h' \
	'*/tools/testing/selftests/*.mk' \
	'*/tools/testing/selftests/*.sh' \
	'*/tools/testing/selftests/kselftest/*'
touch "$dir/.complete"
