# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# Faults: where they are, and what they do to a program, to a command of ksteer
# or to a packet.

shopt -s extglob

DEBUG=/sys/kernel/debug
LEAKS=$DEBUG/kmemleak

# --- where and when ----------------------------------------------------------

# text_of NAME: where a function of the kernel begins and ends
text_of()
{
	awk -v name="$1" '$3 == name { from = $1 } { at[NR] = $1 } END {
		if (!from)
			exit 1
		for (i = 1; i <= NR; i++)
			if (at[i] > from && (!to || at[i] < to))
				to = at[i]
		print "0x" from, "0x" to }' /proc/kallsyms
}

# text_of_module: the same for all that the module has
text_of_module()
{
	awk '$4 == "[ksteer]" && tolower($2) == "t" {
		if (!from || $1 < from)
			from = $1
		if ($1 > to)
			to = $1
	} END { printf "0x%s 0x%sfff\n", from, substr(to, 1, length(to) - 3) }' \
		/proc/kallsyms
}

# inject NAME VALUE: for both allocators
inject()
{
	echo "$2" >$DEBUG/failslab/"$1"
	echo "$2" >$DEBUG/fail_page_alloc/"$1"
}

# faults_in FROM TO [FROM TO]: allocations that functions there make can fail,
# also those that may wait for memory, unless functions between the latter do
faults_in()
{
	inject probability 0
	inject verbose 0
	inject space 0
	inject interval 1
	inject task-filter N
	inject stacktrace-depth 32
	inject require-start "$1"
	inject require-end "$2"
	inject reject-start "${3:-0}"
	inject reject-end "${4:-0}"
	inject ignore-gfp-wait N
	echo N >$DEBUG/failslab/cache-filter
	echo N >$DEBUG/fail_page_alloc/ignore-gfp-highmem
	echo 0 >$DEBUG/fail_page_alloc/min-order
	defer inject probability 0
}

# But for what the debug kernel notes down of references: that it could not is
# one of the lines which its log must not have
faults_in_module()
{
	local range

	range="$(text_of_module) $(text_of ref_tracker_alloc || :)"
	# shellcheck disable=SC2086
	faults_in $range
}

# Objects count as leaked that are older than five seconds at two scans
no_leaks()
{
	local found

	holds 6 true
	echo scan >$LEAKS
	echo scan >$LEAKS
	found=$(cat $LEAKS)
	[ -z "$found" ] || fail "leaks: $found"
}

# --- programs ----------------------------------------------------------------

# each_fault NAME UNDONE DONE UNDO COMMAND...: UNDONE and DONE are functions
# that tell whether nothing, or all, of it is done; UNDO takes it back
each_fault()
{
	local name=$1 undone=$2 done=$3 undo=$4 n rc injected=0

	shift 4
	for ((n = 1; ; n++)); do
		rc=0
		nth $n "$@" || rc=$?
		case $rc in
		0) break ;;
		10) $done || fail "$name: fault $n left it half done" ;;
		11)
			$undone || fail "$name: fault $n left something"
			"$@"
			;;
		*) fail "$name: exit code $rc at fault $n" ;;
		esac
		injected=$((injected + 1))
		$done || fail "$name: not done after fault $n"
		$undo
	done
	$done || fail "$name: not done without a fault"
	$undo
	truth "injected > 0" "$name: no allocation"
	echo "# $injected faults: $name" >&"$SAY"
}

# --- commands of ksteer -------------------------------------------------------

# One process sends all commands; the faults are in what it asks for
cli_start()
{
	# shellcheck disable=SC2034
	coproc CLI { exec ksteer -n "$R" -force -batch - 2>&1; }
	FAIL_NTH=/proc/$CLI_PID/fail-nth
	cli config show
}

# cli LINE...: what is said to them in $SAID, without times; $FAILED if one did
cli()
{
	local line

	SAID='' FAILED=
	printf '%s\n' "$@" MARK >&"${CLI[1]}"
	while :; do
		read -r -t 60 line <&"${CLI[0]}" ||
			fail "the session ended: $SAID"
		[[ $line == *"command 'MARK'" ]] && break
		[[ $line == "Command failed "* ]] && FAILED=1
		line=${line// @(idle|expires) +([0-9.])s/}
		SAID+=$line$'\n'
	done
	# Others' packets are counted as well
	[[ $1 == stats* ]] && SAID=${SAID//[0-9 ]/}
	# "Try ..." and "Command failed ..." of the mark
	read -r -t 60 _ <&"${CLI[0]}"
	read -r -t 60 _ <&"${CLI[0]}"
}

cli_must()
{
	cli "$@"
	[ -z "$FAILED" ] || fail "refused: $*: $SAID"
}

# All that a command could leave half done, in $SNAP; changes counted in $NUMBER
snapshot()
{
	cli_must save "tm show" "pool show" "vs show" "flow show" "config show"
	NUMBER=${SAID##*generation}
	SNAP=${SAID%generation*}
	snapshot_groups
}

# Multicast groups that are joined, and how often
snapshot_groups()
{
	local dev group users

	while read -r _ dev group users _; do
		SNAP+="$dev $group $users"$'\n'
	done <"/proc/$CLI_PID/net/igmp6"
}

comes_to()
{
	snapshot
	[ "$SNAP" = "$1" ]
}

comes_soon_to()
{
	wait_until 10 comes_to "$1" ||
		fail "$2: $(diff <(echo "$1") <(echo "$SNAP"))"
}

is_still()
{
	comes_to "$1" || fail "$2: $(diff <(echo "$1") <(echo "$SNAP"))"
}

# one_fault N COMMAND: false if it has no Nth allocation
one_fault()
{
	local left

	echo "$1" >"$FAIL_NTH"
	cli "$2"
	read -r left <"$FAIL_NTH"
	echo 0 >"$FAIL_NTH"
	[ "$left" = 0 ]
}

# What came of a fault: nothing or all of the command, and then all of it
judge_fault()
{
	local what="fault $1 of '$2'" command=$2 before=$3 number=$4 after=$5 said=$6

	if [ "$FAILED" ]; then
		has "$SAID" "*Error:*[Mm]emory*" "$what: refusal"
		is_still "$before" "$what left it half done"
		is "$NUMBER" "$number" "$what: counted as a change"
		cli_must "$command"
	fi
	is "$SAID" "$said" "$what: answer"
	comes_soon_to "$after" "$what: effect"
}

# each_fault_of COMMAND UNDO...
each_fault_of()
{
	local command=$1 n before number after said injected=0

	shift
	snapshot
	before=$SNAP
	cli_must "$command"
	said=$SAID
	# What follows from it may take a moment
	wait_until 10 is_settled
	after=$SNAP
	for ((n = 1; ; n++)); do
		[ $# = 0 ] || cli_must "$@"
		comes_soon_to "$before" "undone: $command"
		number=$NUMBER
		one_fault $n "$command" || break
		injected=$((injected + 1))
		judge_fault $n "$command" "$before" "$number" "$after" "$said"
	done
	[ -z "$FAILED" ] || fail "failed by itself: $command: $SAID"
	is "$SAID" "$said" "$command: answer without a fault"
	[ $# = 0 ] || cli_must "$@"
	truth "injected > 0" "no allocation: $command"
	FAULTS=$((FAULTS + injected))
	COMMANDS=$((COMMANDS + 1))
}

# no_fault_of COMMAND: a dump into what netlink has, which allocates nothing
no_fault_of()
{
	cli_must "$1"
	one_fault 1 "$1" && fail "an allocation: $1"
	[ -z "$FAILED" ] || fail "failed by itself: $1: $SAID"
	COMMANDS=$((COMMANDS + 1))
}

is_settled()
{
	local last=$SNAP

	snapshot
	[ "$SNAP" = "$last" ]
}

# --- packets -----------------------------------------------------------------

# pour_one PORT KIND SRC DST: one packet of a new flow, or what makes one whole
pour_one()
{
	local port=$1 kind=$2 src=$3 dst=$4

	case $kind in
	udp) flood -N "$C" -f "$port" c0 "$MAC" "$src" "$dst" 1 ;;
	big) flood -N "$C" -b 128 -f "$port" c0 "$MAC" "$src" "$dst" 1 ;;
	syn) flood -N "$C" -S -f "$port" c0 "$MAC" "$src" "$dst" 1 ;;
	fragments)
		# Those of before may wait for the one that failed
		ID=$((ID + 1))
		wire tx c proto=udp src="$src" dst="$dst" sport="$port" \
			dport=80 data=992 id=$ID slices=0:496,496
		;;
	error)
		# shellcheck disable=SC2046 # words
		wire tx c proto=icmp src="$src" dst="$dst" \
			$(unreachable "$src") q.proto=udp q.src="$dst" \
			q.dst="$src" q.sport=80 q.dport="$port" q.data=600
		;;
	esac
}

unreachable()
{
	[[ $1 == *:* ]] && echo type=1 code=4 || echo type=3 code=1
}

# prepare KIND SRC DST: an error needs a flow that it speaks of; the route to
# the flow's manager is to be looked up anew
prepare()
{
	[ "$1" = error ] || return 0
	pour_one 20000 udp "$2" "$3"
	forget_routes
}

# The cached ones are no longer valid: those of IPv6 only if something below
# them in the tree changes
forget_routes()
{
	ip -n "$R" -batch - <<-END
	route add 10.250.0.0/16 dev s1
	route del 10.250.0.0/16
	route add fe80::250/128 dev s1
	route del fe80::250/128 dev s1
	END
}

left_faults()
{
	cat $DEBUG/failslab/times
}

# the_next_fails N: the Nth allocation from now on
the_next_fails()
{
	echo "$1" >$DEBUG/failslab/interval
	echo 1 >$DEBUG/failslab/times
	echo 100 >$DEBUG/failslab/probability
}

none_fails()
{
	echo 0 >$DEBUG/failslab/probability
}

# Packets are no process's, so fail-nth does not see them, and the interval
# counts from long ago: after one has failed the count is a multiple of it
# align N SRC DST
align()
{
	local n=$1 port

	[ "$n" -gt 1 ] || return 0
	the_next_fails "$n"
	for ((port = 40000; port < 40100; port++)); do
		pour_one $port udp "$2" "$3"
		[ "$(left_faults)" = 0 ] && break
	done
	none_fails
	is "$(left_faults)" 0 "faults left after a hundred packets"
	ks flow flush all >/dev/null
}

# after_fault NAME KIND SRC DST: the next packet of the flow makes good
after_fault()
{
	local name=$1 sunk

	shift
	truth "$(flows_of 20000) <= 1" "$name: flows"
	sunk=$(sunk)
	pour_one 20000 "$@"
	wait_until 5 sunk_beyond "$sunk" || fail "$name: not forwarded"
	is "$(flows_of 20000)" 1 "$name: flows stored"
	ks flow flush all >/dev/null
	accounts_are_empty "$name"
}

# fault_of_packet N KIND SRC DST: false if it has no Nth allocation; flows that
# had no memory are counted in $LACKED
fault_of_packet()
{
	local n=$1 left lacked

	shift
	align "$n" "${@:2}"
	prepare "$@"
	lacked=$(kcount no_memory)
	the_next_fails "$n"
	pour_one 20000 "$@"
	left=$(left_faults)
	none_fails
	LACKED=$((LACKED + $(kcount no_memory) - lacked))
	[ "$left" = 0 ]
}

# fault_found N LEAST KIND SRC DST: the refresh of each second may look a route up
# before the packet does, so it is tried again: an allocation that must be there
# more often
fault_found()
{
	local n=$1 tries=2

	[ "$n" -gt "$2" ] || tries=20
	shift 2
	until fault_of_packet "$n" "$@"; do
		[ $((tries -= 1)) -gt 0 ] || return 1
		ks flow flush all >/dev/null
	done
}

# each_fault_of_packet NAME LEAST LACKING KIND SRC DST: at least so many faults,
# and of these so many that leave the packet without a flow
each_fault_of_packet()
{
	local name=$1 least=$2 lacking=$3 pass n LACKED=0

	shift 3
	# If the first packet alone looks a route up, its second allocation is
	# the first one of the others, and none fails as it makes a flow
	for pass in 1 2 3; do
		for ((n = 1; ; n++)); do
			fault_found $n "$least" "$@" || break
			after_fault "$name after fault $n" "$@"
		done
		FAULTS=$((FAULTS + n - 1))
		((LACKED < lacking)) || break
	done
	echo "# $((n - 1)) faults, $LACKED without a flow: $name, pass $pass" \
		>&"$SAY"
	truth "n > least" "$name: allocations"
	truth "LACKED >= lacking" "$name: flows without memory"
	is "$(flows_of 20000)" 1 "$name: flows stored without a fault"
	ks flow flush all >/dev/null
	accounts_are_empty "$name"
}

flows_of()
{
	ksj length flow show sport "$1"
}
