#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Is what Documentation/capabilities.md says there? Each file that it names
# under "Where", each test under "Shown by"; a row that is implemented has a
# test, no row stands twice. Prints what is wrong, and fails if anything is.

set -uo pipefail

cd "$(dirname "$0")/.." || exit 1
doc=Documentation/capabilities.md
found=$(mktemp)
trap 'rm -f "$found"' EXIT

wrong()
{
	echo "$doc: $*" >>"$found"
}

# test_exists FILE NAME: a case of a selftest, or a unit test
test_exists()
{
	if [ -e "selftests/$1" ]; then
		grep -qF "case_add \"$2\"" "selftests/$1"
	else
		grep -qE "cmocka_unit_test[a-z_]*\($2\b" "userspace/test/$1" 2>/dev/null
	fi
}

check_where()
{
	local id=$1 file

	while read -r file; do
		[ -e "$file" ] || wrong "$id: no $file"
	done < <(grep -oE '[a-z_/]+\.[ch]' <<<"$2")
}

check_tests()
{
	local id=$1 test n=0

	while read -r test; do
		n=$((n + 1))
		test_exists "${test%%: *}" "${test#*: }" ||
			wrong "$id: no test $test"
	done < <(tr '`' '\n' <<<"$2" | grep ': ')
	[ $n -gt 0 ] || wrong "$id: no test"
}

rows=0
while IFS='|' read -r _ id _ where tests _; do
	id=${id// /}
	[[ $id =~ ^[A-Z][0-9]+$ ]] || continue
	rows=$((rows + 1))
	[ "$where" = ' not yet ' ] && continue
	check_where "$id" "$where"
	check_tests "$id" "$tests"
done <$doc
[ $rows -gt 0 ] || wrong "no rows"
while read -r id; do
	wrong "$id: twice"
done < <(grep -oE '^\| [A-Z][0-9]+ ' $doc | sort | uniq -d)

cat "$found"
[ ! -s "$found" ]
