# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the test programs share: results in KTAP, cases, namespaces, waiting,
# reading what ksteer says. Topologies are in lib_topo.sh, sourced from here.
#
# A test program sources this, adds its cases and runs them:
#
#	. "$(dirname "$0")/lib.sh"
#	case_add "a name" function [ARG...]	name unique in the program
#	cases_run "$@"				plan, cases, exit; with arguments
#						only cases whose name fits a glob
#
# A case is a function, run in a subshell of its own under `set -eE`: a command
# that fails fails the case, but in `if`, `||` and `!`. (`local x=$(...)` hides
# a failure: declare first.) In a case:
#
#	fail WORD...		end the case as failed
#	skip WORD...		end it as skipped; a failure if KSTEER_SKIP_IS_FAIL=1
#	need PROGRAM...		skip unless all are installed
#	need_module NAME...	skip unless the kernel has them
#	note WORD...		said only if the case fails
#	defer COMMAND...	run at the end of the case, the last one first
#	ns_add VAR...		make namespaces, put their unique names into VAR
#	in_ns NS COMMAND...	run there (`ask -N NS`, `answer -N NS` are quicker)
#	bg NS COMMAND...	same, in the background; its pid in $BG
#	still_run PID...	fails if one of them has ended
#	wires_add NS DEV NS DEV ...	veth pairs, in one go
#	wait_until SECONDS COMMAND...	poll; fails at the deadline, which is
#					KSTEER_SLOW times as far
#	holds SECONDS COMMAND...	poll; fails if it ever fails until then
#	is ACTUAL EXPECTED WHAT...	assert equal
#	isnt ACTUAL OTHER WHAT...	assert different
#	between VALUE LOW HIGH WHAT...	assert a number
#	truth "ARITHMETIC" WHAT...	assert (( ARITHMETIC ))
#	has STRING GLOB WHAT...		assert [[ STRING == GLOB ]]
#	refused COMMAND...	assert exit code 1; what was said is in $SAID
#
# Namespaces of the case, and all processes in them, end with it. $R is the
# distributor's; these speak to ksteer there:
#
#	ks WORD...		ksteer -n $R WORD...
#	ksj FILTER WORD...	its JSON through jq -r FILTER
#	kb <<END		a batch of commands
#	kcount NAME		value of an event counter
#	tm_stat TM FIELD	e.g. packets, bytes, flows, flows_total
#	number_of NAME JSON	a number out of what `ks -j` said
#	flow_field FIELD WORD...	fields of `flow show WORD...`, one a line

set -u

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$SELFTESTS:$SELFTESTS/../userspace/build:$PATH
KSFT_SKIP=4
KSTEER_SLOW=${KSTEER_SLOW:-1}

case_names=()
case_calls=()

# A descriptor that never has anything to read: something to wait on
exec {TICK}<> <(:)

tick()
{
	read -r -t 0.05 -u "$TICK" || :
}

# now_us: microseconds, in $NOW
now_us()
{
	NOW=${EPOCHREALTIME//[!0-9]/}
}

wait_until()
{
	local NOW deadline

	now_us
	deadline=$((NOW + $1 * 1000000 * KSTEER_SLOW))
	shift
	until "$@"; do
		now_us
		if ((NOW > deadline)); then
			echo "waited in vain for: $*"
			return 1
		fi
		tick
	done
}

holds()
{
	local NOW deadline

	now_us
	deadline=$((NOW + $1 * 1000000))
	shift
	while "$@"; do
		now_us
		((NOW > deadline)) && return 0
		tick
	done
	echo "did not hold: $*"
	return 1
}

# --- results -----------------------------------------------------------------

skip_all()
{
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	[ "${KSTEER_SKIP_IS_FAIL:-0}" = 1 ] && exit 1
	exit $KSFT_SKIP
}

case_add()
{
	local known

	for known in "${case_names[@]}"; do
		if [ "$known" = "$1" ]; then
			echo "Bail out! two cases are named: $1"
			exit 1
		fi
	done
	case_names+=("$1")
	shift
	case_calls+=("${*@Q}")
}

fail()
{
	echo "$*" >"$CASE_DIR/fail"
	exit 1
}

skip()
{
	echo "$*" >"$CASE_DIR/skip"
	exit $KSFT_SKIP
}

note()
{
	echo "$*" >&2
}

need()
{
	local prog

	for prog; do
		command -v "$prog" >/dev/null || skip "no program $prog"
	done
}

need_module()
{
	local name

	for name; do
		modprobe -q "$name" || skip "the kernel has no module $name"
	done
}

defer()
{
	case_defers+=("${*@Q}")
}

# The end of a case, however it came about
case_cleanup()
{
	local i

	trap - ERR EXIT
	set +eE
	for ((i = ${#case_defers[@]} - 1; i >= 0; i--)); do
		eval "${case_defers[i]}"
	done
	[ ${#case_ns[@]} = 0 ] && return
	nets kill "${case_ns[@]}"
	wait 2>/dev/null
	printf 'netns del %s\n' "${case_ns[@]}" | ip -batch - 2>/dev/null
}

case_body()
{
	set -eE
	case_defers=()
	case_ns=()
	trap case_cleanup EXIT
	trap 'echo "line $LINENO, in ${FUNCNAME[0]:-}: $BASH_COMMAND: exit $?" >&2' ERR
	eval "$1"
}

# What a failed case has said
case_log()
{
	[ -s "$CASE_DIR/fail" ] && sed 's/^/# failed: /' "$CASE_DIR/fail"
	tail -n 60 "$CASE_DIR/log" | sed 's/^/# /'
}

case_judge()
{
	local rc=$1 line=$2

	if [ "$rc" = 0 ]; then
		echo "ok $line"
	elif [ "$rc" = $KSFT_SKIP ] && [ -e "$CASE_DIR/skip" ] &&
	     [ "${KSTEER_SKIP_IS_FAIL:-0}" != 1 ]; then
		echo "ok $line # SKIP $(cat "$CASE_DIR/skip")"
	else
		[ -e "$CASE_DIR/skip" ] && sed 's/^/# skipped: /' "$CASE_DIR/skip"
		case_log
		echo "not ok $line"
		return 1
	fi
}

case_run()
{
	local number=$1 name=$2 call=$3 rc begin=$EPOCHREALTIME

	CASE_DIR=$PROGRAM_DIR/$number
	mkdir "$CASE_DIR"
	CASE_TAG=k$$.$number
	( case_body "$call" ) >"$CASE_DIR/log" 2>&1 </dev/null
	rc=$?
	case_judge $rc "$number $name"
	rc=$?
	[ "${KSTEER_TIMES:-0}" = 1 ] &&
		awk "BEGIN { printf \"# %.1f s\n\", $EPOCHREALTIME - $begin }"
	[ $rc = 0 ] || cases_failed=1
}

# case_wanted NAME GLOB...: is it asked for?
case_wanted()
{
	local name=$1 glob

	shift
	[ $# = 0 ] && return 0
	for glob; do
		# shellcheck disable=SC2053
		[[ $name == $glob ]] && return 0
	done
	return 1
}

cases_check()
{
	[ "$(id -u)" = 0 ] || skip_all "not root"
	grep -q '^ksteer ' /proc/modules || modprobe -q ksteer ||
		insmod "${KSTEER_KO:-none}" 2>/dev/null ||
		skip_all "no module ksteer"
	command -v ksteer >/dev/null || skip_all "no program ksteer"
	command -v answer ask nets >/dev/null || skip_all "make tests has not run"
}

cases_run()
{
	local i wanted=()

	cases_check
	for i in "${!case_names[@]}"; do
		case_wanted "${case_names[i]}" "$@" && wanted+=("$i")
	done
	PROGRAM_DIR=$(mktemp -d)
	trap 'rm -rf "$PROGRAM_DIR"' EXIT
	echo "TAP version 13"
	echo "1..${#wanted[@]}"
	cases_failed=0
	# Not before "||" or in "if": `set -e` would count for nothing inside
	for i in "${!wanted[@]}"; do
		case_run $((i + 1)) "${case_names[wanted[i]]}" \
			"${case_calls[wanted[i]]}"
	done
	exit $cases_failed
}

# --- assertions --------------------------------------------------------------

is()
{
	local actual=$1 expected=$2

	shift 2
	[ "$actual" = "$expected" ] || fail "$*: '$actual', not '$expected'"
}

isnt()
{
	local actual=$1 other=$2

	shift 2
	[ "$actual" != "$other" ] || fail "$*: still '$actual'"
}

between()
{
	local value=$1 low=$2 high=$3

	shift 3
	[[ $value =~ ^-?[0-9]+$ ]] || fail "$*: '$value' is no number"
	((value >= low && value <= high)) ||
		fail "$*: $value is not between $low and $high"
}

truth()
{
	local what=$1

	shift
	((what)) || fail "$*: not so: $what"
}

has()
{
	local string=$1 glob=$2

	shift 2
	# shellcheck disable=SC2053
	[[ $string == $glob ]] || fail "$*: '$string' is not like '$glob'"
}

refused()
{
	local rc=0

	SAID=$("$@" 2>&1) || rc=$?
	[ $rc = 1 ] || fail "not refused (exit $rc): $*: $SAID"
}

# --- namespaces --------------------------------------------------------------

ns_add()
{
	local var names=()

	for var; do
		printf -v "$var" '%s.%s' "$CASE_TAG" "$var"
		case_ns+=("${!var}")
		names+=("${!var}")
	done
	printf 'netns add %s\n' "${names[@]}" | ip -batch -
	nets ready "${names[@]}"
}

in_ns()
{
	local ns=$1

	shift
	ip netns exec "$ns" "$@"
}

bg()
{
	local ns=$1

	shift
	ip netns exec "$ns" "$@" </dev/null &
	# shellcheck disable=SC2034
	BG=$!
}

# `kill` is content with one
still_run()
{
	local pid

	for pid; do
		kill -0 "$pid" || fail "process $pid has ended"
	done
}

wires_add()
{
	while [ $# -gt 0 ]; do
		echo "link add $2 netns $1 type veth peer name $4 netns $3"
		shift 4
	done | ip -batch -
}

# --- ksteer ------------------------------------------------------------------

ks()
{
	ksteer -n "$R" "$@"
}

# jq reads its own library anew at each start; gojq has it built in
if command -v gojq >/dev/null; then
	jq()
	{
		gojq "$@"
	}
fi

ksj()
{
	local filter=$1

	shift
	ksteer -n "$R" -j "$@" | jq -r "$filter"
}

kb()
{
	ksteer -n "$R" -batch -
}

# listen FILE WORD...: `ksteer monitor` into a file, once it really listens
listen()
{
	local file=$CASE_DIR/$1

	shift
	bg "$R" ksteer -j "$@" >"$file"
	LISTENER=$BG
	wait_until 10 listens
}

# Its socket is a member of a multicast group
listens()
{
	local fd inode

	for fd in /proc/"$LISTENER"/fd/*; do
		inode=$(readlink "$fd")
		[[ $inode == socket:* ]] || continue
		inode=${inode//[!0-9]/}
		awk -v i="$inode" '$10 == i && $4 != "00000000" { found = 1 }
			END { exit !found }' /proc/"$LISTENER"/net/netlink &&
			return 0
	done
	return 1
}

# number_of NAME JSON: the first number of that name
number_of()
{
	[[ $2 =~ \"$1\":\ *([0-9]+) ]] || fail "no $1 in: $2"
	echo "${BASH_REMATCH[1]}"
}

kcount()
{
	number_of value "$(ks -j stats show "$1")"
}

tm_stat()
{
	number_of "$2" "$(ks -s -j tm show "$1")"
}

flow_field()
{
	local field=$1

	shift
	ksj ".[].$field" flow show "$@"
}

# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_topo.sh"
