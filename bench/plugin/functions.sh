#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What each function has cost a packet, in one run of the plugin.
#
#   functions.sh KALLSYMS FILE N
#
# KALLSYMS is /proc/kallsyms of the guest, FILE what the plugin wrote, N the
# number of the run in it, from 1. Prints, the most expensive first,
#
#	INSTRUCTIONS DATA_MISSES CODE_MISSES FUNCTION [MODULE]

set -euo pipefail
export LC_ALL=C

kallsyms=$1 file=$2 number=$3

# Addresses of equal length sort as words: a function, then what is in it
functions()
{
	{
		awk '$2 ~ /^[tTwW]$/ { print $1, 0, $3, $4 }' "$kallsyms"
		awk -v number="$number" '
			$1 == "run" && ++runs == number { packets = $2 }
			$1 == "at" && runs == number {
				print $2, 1, $3 / packets, $4 / packets, $5 / packets
			}' "$file"
	} | sort -k 1,1 -k 2,2n
}

functions | awk '
	$2 == 0 { name = $3 " " $4; next }
	{ insns[name] += $3; data[name] += $4; code[name] += $5 }
	END {
		for (name in insns)
			printf "%.2f %.3f %.3f %s\n", insns[name], data[name],
				code[name], name
	}' | sort -rn
