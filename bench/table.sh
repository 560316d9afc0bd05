#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Results as tables for the terminal.
#
#   table.sh FILE [PART...]		results.json as bench.sh leaves it
#
# Instructions are medians (p50), each with its ratio to plain forwarding of the
# same kind of packet; in other parts each case is a line.

set -uo pipefail

# instructions FILE: a line for each configuration, state and number of flows
instructions()
{
	jq -r '.results[] | select(.part == "instructions" and .metric == "p50") |
		[(.case | split(" "))[], .value] | @tsv' "$1" |
		awk -F '\t' '
		function cell(kind,	v, base) {
			if (!((row, kind) in value))
				return sprintf("%15s", "-")
			v = value[row, kind]
			base = value["plain known 1", kind]
			if (base == "")
				return sprintf("%8d %6s", v, "")
			return sprintf("%8d %6.3f", v, v / base)
		}
		function block(title, names,	n, i, k, kinds, line, some) {
			n = split(names, kinds, " ")
			line = sprintf("%-16s %-6s %8s", title, "state", "flows")
			for (k = 1; k <= n; k++)
				line = line sprintf(" %15s", kinds[k])
			title = line
			for (i = 1; i <= rows; i++) {
				row = order[i]
				split(row, word, " ")
				line = sprintf("%-16s %-6s %8d", word[1],
					       word[2], word[3])
				some = 0
				for (k = 1; k <= n; k++) {
					if ((row, kinds[k]) in value)
						some = 1
					line = line " " cell(kinds[k])
				}
				if (some && title)
					print title
				if (some) {
					print line
					title = ""
				}
			}
			if (!title)
				print ""
		}
		{
			row = $1 " " $3 " " $4
			if (!(row in seen)) {
				seen[row] = 1
				order[++rows] = row
			}
			value[row, $2] = $5
		}
		END {
			if (!rows)
				exit
			print "Instructions a packet (p50), and ratio to plain forwarding\n"
			block("configuration", "udp4 tcp4 udp6 tcp6")
			block("configuration", "icmp4 frag4 icmp6 frag6")
		}'
}

# plain PART FILE: a line for each case and metric
plain()
{
	jq -r --arg part "$1" '.results[] | select(.part == $part) |
		[.case, .metric, .value, .unit] | @tsv' "$2" |
		awk -F '\t' -v part="$1" '
		NR == 1 {
			print part "\n"
		}
		{
			printf "%-44s %-20s %14s %s\n", $1, $2, $3, $4
		}
		END {
			if (NR)
				print ""
		}'
}

file=$1
shift
[ $# -gt 0 ] || mapfile -t parts < <(jq -r '[.results[].part] | unique[]' "$file")
[ $# -eq 0 ] || parts=("$@")
for part in "${parts[@]}"; do
	case $part in
	instructions) instructions "$file" ;;
	*) plain "$part" "$file" ;;
	esac
done
