# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Steps of a long check and their results, for the scripts that source this
# from the top of the tree: each step's whole output is in $logs, which is made
# anew. `finish` closes with "N passed, M failed, K skipped", and fails when
# anything failed or was skipped.
#
#	logs=build/check
#	. scripts/steps.sh
#	step NAME COMMAND...	one result
#	group NAME COMMAND...	many; the last line of what it says counts them
#	finish

rm -rf "${logs:?}"
mkdir -p "$logs"
passed=0 failed=0 skipped=0

# failures FILE: each failed result, behind why it failed and the last of what it
# had to say
failures()
{
	awk '
	/^#? *not ok/ {
		if (why != "")
			print why
		for (i = n > 15 ? n - 15 : 0; i < n; i++)
			print said[i]
		print
	}
	/^#? *(not )?ok/ { why = ""; n = 0; next }
	/^# (verdict: |\t)/ { print; next }
	/^(# )?# failed: / { why = $0; next }
	/^(# )?# / { said[n++] = $0 }
	' "$1" | tail -n 200
}

# tally NAME PASSED FAILED SKIPPED SECONDS
tally()
{
	passed=$((passed + $2))
	failed=$((failed + $3))
	skipped=$((skipped + $4))
	if [ "$3" -gt 0 ]; then
		echo "not ok - $1: $2 passed, $3 failed, $4 skipped ($5 s)"
		failures "$logs/$1" | sed 's/^/    /'
		echo "    all of it: $logs/$1"
	else
		echo "ok - $1: $2 passed, $4 skipped ($5 s)"
	fi
}

# step NAME COMMAND...: one result
step()
{
	local name=$1 begin=$SECONDS

	shift
	if "$@" >"$logs/$name" 2>&1; then
		tally "$name" 1 0 0 $((SECONDS - begin))
		return 0
	fi
	tally "$name" 0 1 0 $((SECONDS - begin))
	tail -n 20 "$logs/$name" | sed 's/^/    /'
	return 1
}

# run_group NAME COMMAND...: leaves its output, status and seconds in $logs
run_group()
{
	local name=$1 begin=$SECONDS rc

	shift
	"$@" >"$logs/$name" 2>&1
	rc=$?
	echo "$rc $((SECONDS - begin))" >"$logs/$name.rc"
}

# count_group NAME: many results; the last line of the output counts them
count_group()
{
	local name=$1 rc seconds p f s

	read -r rc seconds <"$logs/$name.rc"
	read -r p f s < <(tail -n 1 "$logs/$name" | sed -nE \
		's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p')
	if [ -z "${s-}" ] || [ $((p + f + s)) -eq 0 ]; then
		p=0 f=1 s=0
		echo "# verdict: no results" >>"$logs/$name"
	elif [ "$rc" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
		echo "# verdict: returned $rc" >>"$logs/$name"
	fi
	tally "$name" "$p" "$f" "$s" "$seconds"
}

group()
{
	run_group "$@"
	count_group "$1"
}

finish()
{
	echo "$passed passed, $failed failed, $skipped skipped" |
		tee "$logs/counts"
	[ $((failed + skipped)) -eq 0 ]
	exit
}
