#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The selection mechanisms, by who answers: with real packets, in both families.
# Seeds are given, so hashes come out the same each time.

. "$(dirname "$0")/lib.sh"

# pool_made N WORD...: traffic managers, pool p, servers of all addresses
pool_made()
{
	local f

	topo "$1"
	shift
	tms_add
	{
		echo "pool add p $*"
		for f in $FAMILIES; do
			echo "vs add v$f addr ${VNET[$f]} proto udp pool p"
		done
	} | kb
	serve udp:53
}

# ask_new FAMILY WORD...: new flows; what was known is forgotten first
ask_new()
{
	local f=$1

	shift
	ks flow flush all >/dev/null
	asks "$@" udp "${VIP[$f]}" 53
}

# moved BEFORE AFTER: lines of answers in which the name differs
moved()
{
	local count=0 a b rest

	while read -r a rest <&3 && read -r b rest <&4; do
		[ "$a" = "$b" ] || count=$((count + 1))
	done 3<<<"$1" 4<<<"$2"
	echo "$count"
}

# moved_from NAME BEFORE AFTER: of these, those that were NAME's
moved_from()
{
	local count=0 a b rest

	while read -r a rest <&3 && read -r b rest <&4; do
		[ "$a" != "$b" ] && [ "$a" = "$1" ] && count=$((count + 1))
	done 3<<<"$2" 4<<<"$3"
	echo "$count"
}

test_rr()
{
	local f turns

	pool_made 3 sched rr tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		turns=$(ask_new "$f" -n 9 | order)
		is "${turns:0:8} ${turns:0:8} ${turns:0:8}" "$turns" \
			"turns, IPv$f"
		is "$(names < <(tr ' ' '\n' <<<"${turns:0:8}"))" \
			"t1=1 t2=1 t3=1" "a turn, IPv$f"
		ks tm drain t2
		is "$(ask_new "$f" -n 6 | names)" "t1=3 t3=3" \
			"without t2, IPv$f"
		ks tm up t2
		is "$(ask_new "$f" -n 6 | names)" "t1=2 t2=2 t3=2" \
			"with t2 again, IPv$f"
	done
}

test_wrr()
{
	local f

	pool_made 3 sched wrr tm t1 tm t2 tm t3
	kb <<-END
		tm set t1 weight 3
		tm set t2 weight 2
	END
	for f in $FAMILIES; do
		is "$(ask_new "$f" -n 12 | names)" "t1=6 t2=4 t3=2" \
			"weights 3 2 1, IPv$f"
		ks tm set t2 weight 0
		is "$(ask_new "$f" -n 8 | names)" "t1=6 t3=2" \
			"weights 3 0 1, IPv$f"
		ks tm set t2 weight 2
	done
}

# turns_kept WHAT WORD...: while t3 comes and goes with every new flow, t1 and t2
# share as they did: a set that is built anew does not begin with the first
turns_kept()
{
	local f i said what=$1

	shift
	for f in $FAMILIES; do
		ks flow flush all >/dev/null
		said=$(for i in 1 2 3 4 5 6; do
			ks tm drain t3 >&2
			asks udp "${VIP[$f]}" 53
			ks tm up t3 >&2
			asks udp "${VIP[$f]}" 53
		done | names)
		truth "$(count_of t1 "$said") - $(count_of t2 "$said") >= $1 &&
			$(count_of t1 "$said") - $(count_of t2 "$said") <= $2" \
			"$what, IPv$f: $said"
	done
}

test_turns()
{
	pool_made 3 sched rr tm t1 tm t2 tm t3
	turns_kept "rr" -1 1
	ks pool set p sched wrr
	turns_kept "wrr" -1 1
	ks pool set p sched lc
	turns_kept "lc" -1 1
	# Of 12 that are no more than nine for t1 and t2, three to one
	kb <<-END
		pool set p sched wrr
		tm set t1 weight 3
	END
	turns_kept "wrr 3 1 1" 3 6
}

# Others' changes are none of this pool's
test_turns_of_others()
{
	local f i

	pool_made 3 sched rr tm t1 tm t2
	ks pool add q tm t3
	for f in $FAMILIES; do
		is "$(for i in 1 2 3; do
			asks udp "${VIP[$f]}" 53
			ks tm set t3 weight $((i + 1)) >&2
			asks udp "${VIP[$f]}" 53
			ks pool set p sched rr >&2
		done | names)" "t1=3 t2=3" "shares, IPv$f"
	done
}

# Fewest connections in proportion to weight; that is known from its packets
test_lc()
{
	local f

	topo 3
	tms_add
	kb <<-END
		pool add p sched lc tm t1 tm t2 tm t3
		vs add v4 addr ${VIP[4]} port 80 proto tcp pool p midstream pass
		vs add v6 addr ${VIP[6]} port 80 proto tcp pool p midstream pass
	END
	serve tcp:80
	for f in $FAMILIES; do
		ks tm drain t3
		is "$(asks -H -n 6 tcp "${VIP[$f]}" 80 | names)" "t1=3 t2=3" \
			"of two, IPv$f"
		ks tm up t3
		is "$(asks -H -n 3 tcp "${VIP[$f]}" 80 | names)" "t3=3" \
			"who has none gets all, IPv$f"
		ks tm set t1 weight 3
		is "$(asks -H -n 6 tcp "${VIP[$f]}" 80 | names)" "t1=6" \
			"weights 3 1 1, IPv$f"
		is "$(asks -H -n 5 tcp "${VIP[$f]}" 80 | names)" \
			"t1=3 t2=1 t3=1" "in proportion, IPv$f"
		is "$(tm_stat t1 flows) $(tm_stat t2 flows) $(tm_stat t3 flows)" \
			"12 4 4" "connections, IPv$f"
		ks tm set t1 weight 1
		nets kill "$C"
		ks flow flush all
	done
}

# hash_case FAMILY VARIES KEEPS: questions that differ in VARIES spread, those
# that differ in KEEPS do not
hash_case()
{
	local f=$1 varies=$2 keeps=$3 first n

	first=$(ask_new "$f" -n 120 "$varies" -s "${CANY[$f,1]}" -p 40000)
	# Of 120 by thirds: 40, and five deviations
	for n in t1 t2 t3; do
		between "$(count_of "$n" "$(names <<<"$first")")" 15 65 \
			"share of $n, IPv$f"
	done
	is "$(moved "$first" "$(ask_new "$f" -n 120 "$varies" \
		-s "${CANY[$f,1]}" -p 40000)")" 0 "the same again, IPv$f"
	for keeps in $keeps; do
		is "$(ask_new "$f" -n 12 "$keeps" -s "${CANY[$f,1]}" -p 40000 |
			order | tr ' ' '\n' | sort -u | wc -l)" 1 \
			"where only $keeps counts, IPv$f"
	done
	hash_leaves "$f" "$first" -n 120 "$varies" -s "${CANY[$f,1]}" -p 40000
}

# A member that leaves hardly moves what the others have
hash_leaves()
{
	local f=$1 first=$2 after others

	shift 2
	ks pool leave p tm t3
	after=$(ask_new "$f" "$@")
	is "$(count_of t3 "$(names <<<"$after")")" 0 "t3 has left, IPv$f"
	others=$(($(moved "$first" "$after") -
		$(moved_from t3 "$first" "$after")))
	between "$others" 0 6 "flows of others that have moved, IPv$f"
	ks pool join p tm t3
	is "$(moved "$first" "$(ask_new "$f" "$@")")" 0 "t3 is back, IPv$f"
	# One that drains stays in its place meanwhile
	ks tm drain t3
	after=$(ask_new "$f" "$@")
	is "$(count_of t3 "$(names <<<"$after")")" 0 "t3 drains, IPv$f"
	others=$(($(moved "$first" "$after") -
		$(moved_from t3 "$first" "$after")))
	between "$others" 0 6 "flows that the drain has moved, IPv$f"
	ks tm up t3
}

test_hash_src()
{
	local f

	pool_made 3 sched hash-src seed 7 tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		hash_case "$f" -S "-P -D"
	done
}

test_hash_dst()
{
	local f

	pool_made 3 sched hash-dst seed 7 tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		hash_case "$f" -D "-S -P"
	done
}

test_maglev()
{
	local f

	pool_made 3 sched maglev seed 7 tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		hash_case "$f" -P ""
	done
}

test_maglev_fields()
{
	local f

	pool_made 3 sched maglev seed 7 hash src,dst tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		hash_case "$f" -S "-P"
	done
}

# Another seed is another order
test_hash_weights()
{
	local sched=$1 varies=$2 f first share

	pool_made 2 sched "$sched" seed 7 tm t1 tm t2
	ks tm set t1 weight 3
	for f in $FAMILIES; do
		first=$(ask_new "$f" -n 200 "$varies" -s "${CANY[$f,1]}" -p 40000)
		share=$(count_of t1 "$(names <<<"$first")")
		# Of 200 three quarters: 150, and five deviations
		between "$share" 120 180 "share by weights 3 1, IPv$f"
		ks pool set p seed 8
		between "$(moved "$first" "$(ask_new "$f" -n 200 "$varies" \
			-s "${CANY[$f,1]}" -p 40000)")" 20 150 \
			"moved by another seed, IPv$f"
		ks pool set p seed 7
	done
}

# First usable of the list; back to it when it can be used again
test_ordered()
{
	local f

	pool_made 3 sched ordered tm t2 tm t1 tm t3
	for f in $FAMILIES; do
		is "$(ask_new "$f" -n 4 | names)" "t2=4" "the first, IPv$f"
		ks tm drain t2
		is "$(ask_new "$f" -n 4 | names)" "t1=4" "the next, IPv$f"
		ks tm down t1
		is "$(ask_new "$f" -n 4 | names)" "t3=4" "the last, IPv$f"
		ks tm down t3
		is "$(ask_new "$f" -t 200 | order)" "-" "none, IPv$f"
		kb <<-END
			tm up t1
			tm up t2
			tm up t3
		END
		is "$(ask_new "$f" -n 4 | names)" "t2=4" "the first again, IPv$f"
		# A device that is down is as good as a state
		ip -n "$T2" link set t0 down
		wait_until 10 tm_oper_is t2 dev-down
		is "$(ask_new "$f" -n 4 | names)" "t1=4" "no link, IPv$f"
		ip -n "$T2" -batch - <<-END
			link set t0 up
			addr replace fd02:2::2/64 dev t0
			route replace default via 10.2.2.1
			route replace default via fd02:2::1
		END
		wait_until 20 tm_oper_is t2 ""
		is "$(ask_new "$f" -n 4 | names)" "t2=4" "link again, IPv$f"
	done
	between "$(kcount no_tm)" 2 20 "packets that nobody could take"
}

tm_oper_is()
{
	[ "$(ksj '.[0].oper | join(",")' tm show "$1")" = "$2" ]
}

# source_of FAMILY N: an address of the client's
source_of()
{
	[ "$1" = 4 ] && echo "10.101.$2" || echo "fd10:1::${2//./:}"
}

# Requests of one source keep to one traffic manager (B16)
test_persist()
{
	local f one

	pool_made 3 sched rr tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		ks vs set "v$f" persist 60
		one=$(ask_new "$f" -n 6 -s "$(source_of "$f" 1.1)" | names)
		has "$one" "t?=6" "one source, IPv$f"
		is "$(asks -n 6 -S -s "$(source_of "$f" 2.1)" udp \
			"${VIP[$f]}" 53 | names)" "t1=2 t2=2 t3=2" \
			"six sources, IPv$f"
		is "$(asks -n 2 -s "$(source_of "$f" 1.1)" udp "${VIP[$f]}" \
			53 | names)" "${one%6}2" "the first source, IPv$f"
	done
	is "$(kcount persist)" 14 "flows that followed their source"
}

test_persist_prefix()
{
	local f

	pool_made 3 sched rr tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		ks vs set "v$f" persist 60 persist-prefix 24 persist-prefix6 112
		has "$(ask_new "$f" -n 6 -S -s "$(source_of "$f" 1.1)" |
			names)" "t?=6" "six sources of one prefix, IPv$f"
		isnt "$(asks -s "$(source_of "$f" 2.1)" udp "${VIP[$f]}" 53 |
			order)" "$(asks -s "$(source_of "$f" 1.9)" udp \
			"${VIP[$f]}" 53 | order)" "two prefixes, IPv$f"
	done
}

# Persistence has a time of its own, apart from the flows
test_persist_timeout()
{
	local f before

	pool_made 2 sched rr tm t1 tm t2
	for f in $FAMILIES; do
		ks vs set "v$f" persist 3
		before=$(ask_new "$f" -s "${CANY[$f,1]}" -p 40000 | order)
		between "$(flow_field expires dst "${VIP[$f]}")" 20000 300000 \
			"time left to the flow, IPv$f"
		wait_until 15 no_template
		isnt "$(asks -s "${CANY[$f,1]}" -p 40001 udp "${VIP[$f]}" 53 |
			order)" "$before" "after its time, IPv$f"
		is "$(asks -s "${CANY[$f,1]}" -p 40000 udp "${VIP[$f]}" 53 |
			order)" "$before" "the flow itself, IPv$f"
	done
}

still()
{
	[ "$(asks -s "$1" -p 40000 udp "$2" 53 | order)" = "$3" ]
}

# A flow that goes on keeps its source where it is, however old its opening
test_persist_lives()
{
	local f first

	pool_made 3 sched rr tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		ks vs set "v$f" persist $((4 * KSTEER_SLOW))
		first=$(ask_new "$f" -s "${CANY[$f,1]}" -p 40000 | order)
		holds $((9 * KSTEER_SLOW)) still "${CANY[$f,1]}" "${VIP[$f]}" \
			"$first"
		is "$(asks -n 4 -s "${CANY[$f,1]}" udp "${VIP[$f]}" 53 | names)" \
			"$first=4" "new flows beside it, IPv$f"
	done
}

no_template()
{
	[ -z "$(flow_field state state template)" ]
}

# It gives way to a drain and to a failure, and does not come back after them
test_persist_leaves()
{
	local f first second third ask

	pool_made 3 sched rr tm t1 tm t2 tm t3
	for f in $FAMILIES; do
		ks vs set "v$f" persist 60
		ask="asks -s ${CANY[$f,1]} udp ${VIP[$f]} 53"
		first=$(ask_new "$f" -s "${CANY[$f,1]}" -p 30000 | order)
		ks tm drain "$first"
		second=$($ask | order)
		isnt "$second" "$first" "new flow while it drains, IPv$f"
		is "$(asks -s "${CANY[$f,1]}" -p 30000 udp "${VIP[$f]}" 53 |
			order)" "$first" "old flow while it drains, IPv$f"
		ks tm up "$first"
		is "$($ask | order)" "$second" "after the drain, IPv$f"
		ks tm down "$second"
		third=$($ask | order)
		isnt "$third" "$second" "new flow while it is down, IPv$f"
		ks tm up "$second"
		is "$($ask | order)" "$third" "after the failure, IPv$f"
	done
}

case_add "B1: round robin" test_rr
case_add "B3: static ratios" test_wrr
case_add "B1 B3: turns outlive a member that comes and goes" test_turns
case_add "B1: turns outlive what others do" test_turns_of_others
case_add "B2 H14: least connections, weighted" test_lc
case_add "B5: hash of the source" test_hash_src
case_add "B5: hash of the destination" test_hash_dst
case_add "B5: maglev over the five-tuple" test_maglev
case_add "B5: maglev over chosen fields" test_maglev_fields
case_add "B5: weights and seed of hash-src" test_hash_weights hash-src -S
case_add "B5: weights and seed of maglev" test_hash_weights maglev -P
case_add "B11: ordered list" test_ordered
case_add "B16: persistence of sources" test_persist
case_add "B16: persistence of prefixes" test_persist_prefix
case_add "B16: persistence has a time of its own" test_persist_timeout
case_add "B16: persistence lives while its flows do" test_persist_lives
case_add "B16: persistence does not outlive its manager" test_persist_leaves
cases_run "$@"
