#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The table of counters in Documentation/counters.rst comes out of kmod/base/stats.h.
#
#   counters.sh		write it
#   counters.sh --check	say whether it is as it should be

set -euo pipefail

cd "$(dirname "$0")/.."
doc=Documentation/counters.rst
source=kmod/base/stats.h

# Lines "name<TAB>meaning", in order
counters()
{
	sed -nE 's/^[[:space:]]*C\([A-Z0-9_]+, ([a-z0-9_]+), "([^"]*)"\).*/\1\t\2/p' \
		$source
}

# Each counter that stats.h defines is one line here, or the format is new
complete()
{
	[ "$(counters | wc -l)" -gt 0 ] &&
		[ "$(counters | wc -l)" -eq "$(grep -cE '^[[:space:]]+C\(' $source)" ]
}

table()
{
	local name text rule='================  ========================================================================'

	echo "$rule"
	printf '%-16s  %s\n' Counter Meaning
	echo "$rule"
	counters | while IFS=$'\t' read -r name text; do
		printf '%-16s  %s\n' "$name" "$text"
	done
	echo "$rule"
}

# The document with a new table between its two marks
page()
{
	sed '/^\.\. counters begin/q' $doc
	echo
	table
	echo
	sed -n '/^\.\. counters end/,$p' $doc
}

if ! complete; then
	echo "counters.sh: cannot read the counters of $source" >&2
	exit 1
fi
new=$(page)
if [ "${1-}" = --check ]; then
	diff -u --label "$doc" --label "$doc, as $source has it" \
		$doc - <<<"$new"
else
	printf '%s\n' "$new" >$doc
fi
