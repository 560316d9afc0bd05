#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest: plant bugs, one after the other, each between two lines of the
# kernel's log that name it. planted.sh reads them there.
#
#   plant.sh MODULE BUG...

set -u

ko=$1
shift
for bug; do
	# To be told of soon; others may have to wait for a grace period
	[ "$bug" != hang ] || echo 5 >/proc/sys/kernel/hung_task_timeout_secs
	echo "planted: begin $bug" >/dev/kmsg
	insmod "$ko" bug="$bug" || exit 1
	rmmod ksteer_planted || exit 1
	echo "planted: end $bug" >/dev/kmsg
done
