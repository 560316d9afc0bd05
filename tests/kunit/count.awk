# SPDX-License-Identifier: GPL-2.0-only
#
# Count the results of KUnit suites, one after the other as debugfs has them.
# A line that follows deeper ones sums them up and is not counted itself.
#
#   awk -v want="SUITE..." -v rc=N -f count.awk RESULTS

function result(depth, line)
{
	if (deepest <= depth) {
		if (line ~ /# SKIP/)
			skipped++
		else if (line ~ /^not/)
			failed++
		else
			passed++
	} else if (line ~ /^not/ && failed == before) {
		# more than its cases: what came before or after them
		failed++
	}
	deepest = depth
	before = failed
	if (depth == 0) {
		split(line, word, / +/)
		seen[word[line ~ /^not/ ? 4 : 3]] = 1
		deepest = 0
	}
}

{
	match($0, /^ */)
	depth = RLENGTH / 4
	line = substr($0, RLENGTH + 1)
}

line ~ /^(not )?ok [0-9]+/ { result(depth, line) }

line ~ /^not ok/ || line ~ /^# .*(EXPECT|ASSERT|Expected)/ || said {
	print "# " $0
}

END {
	n = split(want, suite, " ")
	for (i = 1; i <= n; i++)
		if (!(suite[i] in seen)) {
			print "# no result of " suite[i]
			failed++
		}
	if (rc && !failed) {
		print "# the machine's verdict is " rc
		failed++
	}
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed || !passed
}
