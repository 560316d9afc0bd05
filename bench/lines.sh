# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# What the plugin that sees shared lines (plugin/shared.c) has written, in words.
# Sourced after vm.sh. A line that moves for no more than one packet in RARE is rare.
#
#	lines_runs FILE LABELS		"NUMBER LABEL" of the runs that count
#	lines_of FILE NUMBER WHAT	"ADDRESS MOVES PACKETS INSTRUCTION..." of those of
#					this run that are not rare; WHAT is line or read
#	lines_rare FILE NUMBER		moves a packet of those that are
#	lines_name DIR ADDRESS INSTRUCTION...	whose line it is, and who writes it; DIR
#					has kallsyms and objects of the guest

RARE=20

lines_runs()
{
	awk '
		NR == FNR && /^run / { sub(/^run /, ""); label[++labels] = $0 }
		NR != FNR && $1 == "run" {
			if (label[++n] != "-")
				print n, label[n]
		}
		END { exit !n || n != labels }' "$2" "$1"
}

lines_of()
{
	awk -v number="$2" -v what="$3" -v rare="$RARE" '
		$1 == "run" { packets = $3; n++ }
		n != number || $1 != what || $3 * rare <= packets { next }
		{
			insns = ""
			for (i = what == "read" ? 5 : 4; i <= NF; i++)
				insns = insns " " $i
			print $2, $3, packets insns
		}' "$1"
}

lines_rare()
{
	awk -v number="$2" -v rare="$RARE" '
		$1 == "run" { n++ }
		n != number { next }
		$1 == "run" { packets = $3 }
		$1 == "line" && $3 * rare <= packets { moves += $3 }
		END { printf "%.3f\n", moves / packets }' "$1"
}

# symbol_at DIR ADDRESS [CLASS]
symbol_at()
{
	LC_ALL=C sort "$1/kallsyms" | awk -v at="$2" -v class="${3:-[a-zA-Z]}" '
		$2 ~ class { if ($1 > at) exit; name = $3 }
		END { print name }'
}

# whose_line DIR ADDRESS: the cache that the object is of, and where in it; or the
# kernel's variable
whose_line()
{
	local what

	what=$(awk -v at="$2" '
		$1 == at && $2 ~ /^slab/ { print $3 "+" $8; exit }' "$1/objects")
	echo "${what:-$(symbol_at "$1" "$2")}"
}

# A lock is one of many in an array, whatever line that is
lines_name()
{
	local dir=$1 address=$2 insn whose who

	shift 2
	whose=$(whose_line "$dir" "$address")
	who=$(for insn; do
		symbol_at "$dir" "$insn" '[tTwW]'
	done | LC_ALL=C sort -u | paste -sd ' ')
	case $who in
	*ksteer_*) ;;
	*_raw_spin_lock_bh*) whose="${whose%+*}, locks" ;;
	esac
	echo "$whose: $who"
}
