# SPDX-License-Identifier: GPL-2.0-only
#
# Reads KTAP; prints a sentence for each thing that is not as planned, then
# "count PASSED FAILED SKIPPED".
#
# Two forms: one program's own results, or those of many, where the lines of
# each stand behind "# " and a result for the program follows them. Of the
# latter only the inner results count, unless there are none. With many=1, one
# program's results may follow another's.

function start(level)
{
	planned[level] = -1
	seen[level] = 0
}

# A result: its number is the next of its level
function result(level, line,    good, number)
{
	good = line !~ /^not /
	sub(/^not /, "", line)
	sub(/^ok /, "", line)
	number = line + 0
	seen[level]++
	total++
	if (number != seen[level])
		print "result " number " where " seen[level] " was due: " line
	if (line ~ /# SKIP/)
		return "skip"
	return good ? "pass" : "fail"
}

function plan(level, line)
{
	if (many && level == 0 && planned[0] >= 0 && planned[0] == seen[0])
		start(0)
	if (planned[level] >= 0)
		print "a second plan: " line
	sub(/^1\.\./, "", line)
	planned[level] = line + 0
}

# All that was planned is there
function check(level, name)
{
	if (planned[level] < 0)
		print "no plan: " name
	else if (planned[level] != seen[level])
		print "planned " planned[level] ", got " seen[level] ": " name
}

# The end of one program among many
function close_program(outer, line)
{
	sub(/^(not )?ok [0-9]+ /, "", line)
	if (outer != "skip" || seen[1])
		check(1, line)
	if (outer == "fail" && !failed_inside)
		print "all its results passed, and yet it failed: " line
	if (outer != "fail" && failed_inside)
		print "it passed with failed results: " line
	start(1)
	inside = failed_inside = 0
}

BEGIN {
	start(0)
	start(1)
}

{ sub(/\r$/, "") }

/^Bail out!/ || /^# Bail out!/ { print "bailed out: " $0 }
/^1\.\.[0-9]+/ { plan(0, $0) }
/^# 1\.\.[0-9]+/ { plan(1, substr($0, 3)); inside = 1 }

/^# (not )?ok [0-9]+/ {
	inner = result(1, substr($0, 3))
	count[inner]++
	inside = 1
	if (inner == "fail")
		failed_inside = 1
}

/^(not )?ok [0-9]+/ {
	outer = result(0, $0)
	if (!seen[1])
		count[outer]++
	if (inside)
		close_program(outer, $0)
}

END {
	if (inside)
		print "cut off within a program"
	check(0, "the whole")
	if (!total)
		print "no results at all"
	print "count", count["pass"] + 0, count["fail"] + 0, count["skip"] + 0
}
