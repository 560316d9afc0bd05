#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest: run the suites and leave what they say in $KSTEER_OUT.
#
#   guest.sh MODULE SUITE...
#
# KSTEER_EACH names a command to run at the end, with "kunit" as its argument;
# KSTEER_SUITE the only suite, on a kernel without KUnit.
#
# KUnit runs the suites while the module loads; that some failed is in their
# results alone.

set -uo pipefail

module=$1
shift

modprobe -a nf_defrag_ipv4 nf_defrag_ipv6 nf_conntrack nf_reject_ipv4 \
	nf_reject_ipv6 8021q 2>/dev/null
if [ ! -d /sys/kernel/debug/kunit ]; then
	insmod "$module" ${KSTEER_SUITE:+suite="$KSTEER_SUITE"} || exit 1
	dmesg | sed -n 's/^\[[^]]*\] ksteer_kunit: //p' >"$KSTEER_OUT/stock.results"
	set --
else
	insmod "$module" || exit 1
fi
for suite; do
	# not there either where the kernel's command line lacks kunit.enable=1
	cp "/sys/kernel/debug/kunit/$suite/results" \
		"$KSTEER_OUT/$suite.results" || exit 1
done
# nothing of the suites may be left
rmmod "$(basename "$module" .ko)"
rc=$?
[ -z "${KSTEER_EACH:-}" ] || $KSTEER_EACH kunit || rc=1
exit $rc
