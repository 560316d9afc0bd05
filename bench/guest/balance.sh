#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# balance.sh INJECTOR FLOWS MEMBERS...: who gets how many of FLOWS flows of real
# packets, and which of them another traffic manager gets after one of them has
# left, or one more has come, and nothing is remembered: by ksteer's maglev, by
# IPVS's mh, and by a die. And ksteer's table itself, slot by slot: that of the
# kernel must have the shares of the one that the same code makes here.

. "$(dirname "$0")/tables.sh"

PART=balance
FLOWS=$1
SEED=1
shift

# $CASE METRIC VALUE, in percent
percent()
{
	result "$CASE" "$1" "$(printf %.4f "$2")" percent
}

# --- who got what ------------------------------------------------------------

# map_ksteer FILE: "address:port traffic-manager", sorted
map_ksteer()
{
	pour "$FLOWS"
	ksteer flow show | awk '{ print $2, $6 }' | sort >"$1"
	ksteer flow flush all >"$DIR/said"
}

# The connections go with the module
map_ipvs()
{
	local file=$1 member

	shift
	serve_ipvs 0 mh
	{
		for member; do
			echo "-a -u $VIP:80 -r 10.20.0.$member -g -w 1"
		done
	} | ipvsadm -R
	pour "$FLOWS"
	awk '$1 == "UDP" { print $2 ":" $3, $6 }' /proc/net/ip_vs_conn |
		sort >"$file"
	ipvsadm -C
	ip addr del $VIP/32 dev lo
	modprobe -r ip_vs_mh ip_vs
}

complete()
{
	[ "$(sort -u -k 1,1 "$1" | wc -l)" = "$FLOWS" ] ||
		die "$CASE: $(wc -l <"$1") entries for $FLOWS flows"
}

# uneven MAP MEMBERS: how far the share of any is from an equal one
uneven()
{
	complete "$1"
	percent "greatest deviation of a share" "$(awk -v members="$2" '
		{ n[$2]++; all++ }
		END {
			equal = all / members
			for (m in n) {
				seen++
				by = n[m] > equal ? n[m] - equal : equal - n[m]
				if (by > worst)
					worst = by
			}
			print seen == members ? 100 * worst / equal : 100
		}' "$1")"
}

# moved MAP LATER WHO: flows that changed hands, WHO's and others'
moved()
{
	join "$1" "$2" | awk -v who="$3" '
		$2 != $3 { if ($2 == who || $3 == who) own++; else others++ }
		END { print 100 * own / NR, 100 * others / NR }'
}

# judge MEMBERS LEAVER NEWCOMER: of the maps base, leave and join
judge()
{
	local own others

	complete "$DIR/leave"
	complete "$DIR/join"
	uneven "$DIR/base" "$1"
	read -r own others < <(moved "$DIR/base" "$DIR/leave" "$2")
	percent "moved when one leaves: its own" "$own"
	percent "moved when one leaves: others" "$others"
	read -r own others < <(moved "$DIR/base" "$DIR/join" "$3")
	percent "moved when one joins: to it" "$own"
	percent "moved when one joins: others" "$others"
}

# --- ksteer ------------------------------------------------------------------

members()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		[ "$i" = "${2-}" ] || printf ' tm t%d' "$i"
	done
}

# The kernel's table and the one of the same code outside have the same shares
table()
{
	local n=$1 slots

	slots=$(ksteer -j pool show p | jq '[.[0].member[].share] | add')
	shares $SEED "$slots" "$n" >"$DIR/table"
	ksteer -j pool show p |
		jq -r '.[0].member[] | "share \(.tm) \(.share)"' >"$DIR/kernel"
	grep '^share' "$DIR/table" | cmp - "$DIR/kernel" >&2 ||
		die "$CASE: the kernel's table is another"
	percent "greatest deviation of a share of the table" "$(
		awk -v equal="$(awk "BEGIN { print $slots / $n }")" '
		$1 == "share" {
			by = $3 > equal ? $3 - equal : equal - $3
			if (by > worst)
				worst = by
		}
		END { print 100 * worst / equal }' "$DIR/table")"
	percent "slots of others that move when one leaves, at most" "$(
		awk -v slots="$slots" '$1 == "leave" && $3 > worst { worst = $3 }
		END { print 100 * worst / slots }' "$DIR/table")"
	percent "slots of others that move when one joins" "$(
		awk -v slots="$slots" '$1 == "join" { print 100 * $2 / slots }' \
		"$DIR/table")"
}

# What is remembered stays where it is
remembered()
{
	local others

	pour "$FLOWS"
	ksteer tm set "t$1" state down
	pour "$FLOWS"
	ksteer flow show | awk '{ print $2, $6 }' | sort >"$DIR/later"
	complete "$DIR/later"
	read -r _ others < <(moved "$DIR/base" "$DIR/later" "t$1")
	percent "moved when one fails, of what is remembered: others" "$others"
	ksteer tm set "t$1" state up
	ksteer flow flush all >"$DIR/said"
}

measure_ksteer()
{
	local n=$1 leaver=$2

	CASE="ksteer maglev $n"
	# shellcheck disable=SC2046
	ksteer pool set p sched maglev seed $SEED $(members "$n")
	table "$n"
	map_ksteer "$DIR/base"
	remembered "$leaver"
	# shellcheck disable=SC2046
	ksteer pool set p $(members "$n" "$leaver")
	map_ksteer "$DIR/leave"
	# shellcheck disable=SC2046
	ksteer pool set p $(members $((n + 1)))
	map_ksteer "$DIR/join"
	judge "$n" "t$leaver" "t$((n + 1))"
}

# --- the others --------------------------------------------------------------

hex()
{
	printf '0A1400%02X' "$1"
}

measure_ipvs()
{
	local n=$1 leaver=$2 all

	CASE="ipvs mh $n"
	mapfile -t all < <(seq "$n")
	map_ipvs "$DIR/base" "${all[@]}"
	mapfile -t all < <(seq "$n" | grep -vx "$leaver")
	map_ipvs "$DIR/leave" "${all[@]}"
	mapfile -t all < <(seq $((n + 1)))
	map_ipvs "$DIR/join" "${all[@]}"
	judge "$n" "$(hex "$leaver")" "$(hex $((n + 1)))"
}

# What no table can improve on: each flow to any with equal chance, and only
# those move that must. What its shares differ by is by the number of flows.
measure_ideal()
{
	local n=$1 leaver=$2

	CASE="ideal $n"
	awk -v n="$n" -v flows="$FLOWS" -v leaver="$leaver" -v dir="$DIR" '
		function die(n) { return 1 + int(rand() * n) }
		BEGIN {
			srand(1)
			for (i = 1; i <= flows; i++) {
				to = die(n)
				key = sprintf("%08d", i)
				print key, to >(dir "/base")
				later = to == leaver ? n + 2 : to
				print key, later >(dir "/leave")
				later = die(n + 1) == 1 ? n + 1 : to
				print key, later >(dir "/join")
			}
		}'
	judge "$n" "$leaver" $((n + 1))
}

wires 128
serve_ksteer 128 16000000 maglev
for n; do
	measure_ksteer "$n" $((n / 2 + 1))
done
rmmod ksteer
for n; do
	measure_ipvs "$n" $((n / 2 + 1))
	measure_ideal "$n" $((n / 2 + 1))
done
unwire
