#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The list of test programs in Documentation/testing.rst comes out of the words
# that each of them begins with.
#
#   testlist.sh			write it
#   testlist.sh --check		say whether it is as it should be

set -euo pipefail

cd "$(dirname "$0")/.."
doc=Documentation/testing.rst

# words PROGRAM: the comment at its head
words()
{
	awk 'NR <= 2 || /^# shellcheck/ { next }
	     !/^#/ || (/^#$/ && said) { exit }
	     /^# / { sub(/^# /, "    "); print; said = 1 }' "selftests/$1"
}

list()
{
	local prog said

	for prog in $(make -s --no-print-directory -C selftests list list-debug |
		tr ' ' '\n' | sort); do
		said=$(words "$prog")
		if [ -z "$said" ]; then
			echo "testlist.sh: $prog says nothing of itself" >&2
			return 1
		fi
		printf "\`\`%s\`\`\n%s\n" "$prog" "$said"
	done
}

# The document with a new list between its two marks
page()
{
	sed '/^\.\. programs begin/q' $doc
	printf '\n%s\n\n' "$(list)"
	sed -n '/^\.\. programs end/,$p' $doc
}

new=$(page)
if [ "${1-}" = --check ]; then
	diff -u --label "$doc" --label "$doc, as the tests have it" \
		$doc - <<<"$new"
else
	printf '%s\n' "$new" >$doc
fi
