# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# In the guest: what the kernel's workers do behind a command, by the function that a
# work item calls. The kernel's tracer tells when a worker begins, ends, and is not on
# the processor; what interrupts do meanwhile counts with it. Sourced after tables.sh.
#
#	background_begin	from now on
#	background_settle FUNCTION	until it has run and runs no more
#	background_end		to now; fills ${WORK[FUNCTION]}, instructions (in
#				thousands of them: the tracer tells microseconds)
#	behind CASE COMMAND...	what a command takes, and what is done behind it for so
#				many seconds of the guest as $REST says; prints results

TRACE=/sys/kernel/tracing
REST=2
BACKGROUND=(workqueue/workqueue_execute_start workqueue/workqueue_execute_end
	sched/sched_switch)
declare -A WORK

background_events()
{
	local event

	for event in "${BACKGROUND[@]}"; do
		echo "$1" >"$TRACE/events/$event/enable"
	done
}

background_begin()
{
	mountpoint -q "$TRACE" || mount -t tracefs tracefs "$TRACE"
	[ -n "${TICK-}" ] || exec {TICK}<> <(:)
	echo 65536 >"$TRACE/buffer_size_kb"
	echo >"$TRACE/trace"
	background_events 1
	echo 1 >"$TRACE/tracing_on"
}

# background_ran FUNCTION: how often it has begun, and ended
background_ran()
{
	awk -v name="$1" '
		$0 !~ "function " name "( |$)" { next }
		/workqueue_execute_start:/ { begun++ }
		/workqueue_execute_end:/ { ended++ }
		END { print begun + 0, ended + 0 }' "$TRACE/trace"
}

background_rest()
{
	! read -r -t "$1" -u "$TICK"
}

background_settle()
{
	local begun ended before=

	until [[ -n $before && $before != 0* && ${before% *} = "${before#* }" ]] &&
		read -r begun ended < <(background_ran "$1") &&
		[ "$begun $ended" = "$before" ]; do
		read -r begun ended < <(background_ran "$1")
		before="$begun $ended"
		background_rest 0.5
	done
}

# A line of the tracer: TASK-PID [CPU] FLAGS SECONDS: EVENT: WORDS
background_sum()
{
	awk '
	function word(name,	at) {
		at = index($0, name "=")
		return substr($0, at + length(name) + 1) + 0
	}
	function called(	i) {
		for (i = 1; i < NF; i++)
			if ($i == "function")
				return $(i + 1)
	}
	function seconds(	i) {
		for (i = 1; i <= NF; i++)
			if ($i ~ /^[0-9]+\.[0-9]+:$/)
				return $i + 0
	}
	function pid(	i) {
		match($0, /-[0-9]+ +\[/)
		return substr($0, RSTART + 1) + 0
	}
	/^#/ { next }
	/LOST/ { lost = 1 }
	/workqueue_execute_start:/ {
		p = pid()
		doing[p] = called()
		since[p] = seconds()
	}
	/workqueue_execute_end:/ {
		p = pid()
		if (p in doing) {
			took[doing[p]] += seconds() - since[p]
			delete doing[p]
		}
	}
	/sched_switch:/ {
		p = word("prev_pid")
		if (p in doing)
			took[doing[p]] += seconds() - since[p]
		p = word("next_pid")
		if (p in doing)
			since[p] = seconds()
	}
	END {
		for (name in took)
			printf "%s %.0f\n", name, took[name] * 1000000000
		exit lost
	}' "$TRACE/trace"
}

background_end()
{
	local name took

	echo 0 >"$TRACE/tracing_on"
	background_events 0
	background_sum >"$DIR/background" || die "the tracer has lost events"
	WORK=()
	while read -r name took; do
		WORK[$name]=$took
	done <"$DIR/background"
}

# behind_result CASE: what was done for the command. Expiry and the look after the ways
# go on all the time.
behind_result()
{
	local name

	for name in "${!WORK[@]}"; do
		case $name in
		ksteer_gc_work | ksteer_tm_refresh_work | ksteer_announce_work) ;;
		ksteer_* | rht_deferred_worker)
			result "$1" "$name" "${WORK[$name]}" instructions ;;
		esac
	done
}

behind()
{
	local name=$1

	shift
	background_begin
	cost "$@"
	if [ -n "${SETTLE-}" ]; then
		background_settle "$SETTLE"
	else
		background_rest "$REST"
	fi
	background_end
	result "$name" command "$COST" instructions
	behind_result "$name"
	echo "# $name: $COST, $(paste -sd , "$DIR/background")" >&2
}
