#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Generate from the netlink specification what is generated: the header that
# userspace sees, and the kernel's policies and operations.
#
#   gen.sh		write them
#   gen.sh --check	say, and fail, where the tree differs from what it would
#			write

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
source=${KSTEER_KERNELS:-$top/build/kernels}/source
spec=Documentation/netlink/specs/ksteer.yaml

# generate FILE MODE KIND
generate()
{
	# it looks for the top of a kernel tree, for ever where there is none
	timeout 120 python3 "$source/tools/net/ynl/ynl-gen-c.py" \
		--spec "$work/$spec" --mode "$2" "--$3" -o "$work/$1"
}

if [ ! -e "$source/.complete" ]; then
	echo "gen.sh: no kernel sources: scripts/deps.sh fetches them" >&2
	exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/Documentation/netlink/specs" \
	"$work/include/uapi/linux" "$work/kmod/netlink"
touch "$work/MAINTAINERS"
cp "$source"/Documentation/netlink/*.yaml "$work/Documentation/netlink/"
cp "$top/$spec" "$work/$spec"

generate include/uapi/linux/ksteer.h uapi header
generate kmod/netlink/nl_gen.h kernel header
generate kmod/netlink/nl_gen.c kernel source

failed=0
for file in include/uapi/linux/ksteer.h kmod/netlink/nl_gen.{h,c}; do
	if [ "${1-}" != --check ]; then
		cp "$work/$file" "$top/$file"
	elif ! diff -u --label "$file" --label "$file, generated anew" \
		"$top/$file" "$work/$file"; then
		failed=1
	fi
done
exit $failed
