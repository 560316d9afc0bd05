#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Plots of bench/results.json, as SVG and PNG, in bench/plots/.
#
#   plot.sh [RESULTS [DIR]]
#
# A plot whose results are not there is left out, and said to be.

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
results=${1:-$here/results.json}
plots=${2:-$here/plots}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# rows PART METRIC: "CASE<tab>VALUE" of each result
rows()
{
	jq -r --arg part "$1" --arg metric "$2" \
		'.results[] | select(.part == $part and .metric == $metric) |
		"\(.case)\t\(.value)"' "$results"
}

# pick ROWS-FILE <<END: "LABEL<tab>CASE" lines; "LABEL<tab>VALUE<tab>COLOUR" of
# those that are there, the last one first: gnuplot draws upwards
pick()
{
	awk -F '\t' '
		NR == FNR { value[$1] = $2; next }
		$2 in value {
			print $1 "\t" value[$2] "\t" \
				($2 ~ /ksteer/ ? 1 : $2 ~ /plain|ideal/ ? 2 : 3)
		}' "$1" - | tac
}

# What all have in common. Colours: ksteer, the floor, the others
style()
{
	cat <<-'END'
	set encoding utf8
	set style fill solid 1.0 noborder
	set boxwidth 0.68
	set border 1 lc rgb '#888888'
	set tics nomirror textcolor rgb '#222222'
	set grid x lc rgb '#dddddd' lt 1 lw 1
	set key off
	set palette maxcolors 3
	set palette defined (1 '#0b6fa4', 2 '#888888', 3 '#d08a2e')
	set cbrange [1:3]
	unset colorbox
	set rmargin 10
	END
}

# terminals NAME HEIGHT: the same drawing twice
terminals()
{
	cat <<-END
	set terminal svg size 860,$2 font 'DejaVu Sans,13' background '#ffffff'
	set output '$plots/$1.svg'
	load '$work/draw'
	set terminal pngcairo size 860,$2 font 'DejaVu Sans,10' background '#ffffff'
	set output '$plots/$1.png'
	load '$work/draw'
	END
}

draw()
{
	local name=$1 height=$2

	{
		style
		terminals "$name" "$height"
	} | gnuplot 2>"$work/said" || {
		cat "$work/said" >&2
		exit 1
	}
	echo "$plots/$name.svg $plots/$name.png"
}

# bars NAME TITLE AXIS FORMAT [SETTING]: horizontal bars with their values, of
# $work/data
bars()
{
	local name=$1 n setting=${5:-}

	n=$(wc -l <"$work/data")
	if [ "$n" -lt 2 ]; then
		echo "plot.sh: no results for $name" >&2
		return
	fi
	cat >"$work/draw" <<-END
	set title "$2" font ',15' offset 0,0.3
	set xlabel "$3"
	set yrange [-0.6:$n - 0.4]
	set xrange [0:*]
	set xtics autofreq
	$setting
	set datafile separator tab
	plot '$work/data' using (\$2/2):0:(\$2/2):(0.36):3:ytic(1) \
		with boxxyerror lc palette, \
		'' using 2:0:(sprintf(" $4", \$2)) with labels left
	END
	draw "$name" $((110 + 34 * n))
}

plot_known()
{
	rows instructions p50 >"$work/rows"
	pick "$work/rows" >"$work/data" <<-'END'
	ksteer, direct	ksteer-direct udp4 known 100000
	nftables flowtable	flowtable udp4 known 100000
	ksteer	ksteer udp4 known 100000
	nftables ingress, stateless	ingress udp4 known 100000
	plain forwarding	plain udp4 known 100000
	ECMP by L4 hash	ecmp udp4 known 100000
	IPVS mh	ipvs-mh-12 udp4 known 100000
	IPVS rr	ipvs-rr-12 udp4 known 100000
	conntrack alone	conntrack udp4 known 100000
	nftables DNAT	dnat udp4 known 100000
	nftables jhash + mark + rule	mark udp4 known 100000
	END
	bars known "A packet of a known flow, 100,000 flows, UDP over IPv4" \
		"instructions a packet (median)" %.0f
}

plot_new()
{
	rows instructions p50 >"$work/rows"
	pick "$work/rows" >"$work/data" <<-'END'
	ksteer	ksteer udp4 new 100000
	plain forwarding	plain udp4 known 100000
	IPVS mh	ipvs-mh-12 udp4 new 100000
	IPVS rr	ipvs-rr-12 udp4 new 100000
	conntrack alone	conntrack udp4 new 100000
	nftables DNAT	dnat udp4 new 100000
	nftables flowtable	flowtable udp4 new 100000
	END
	bars new "The first packet of a flow, UDP over IPv4" \
		"instructions a packet (median)" %.0f
}

plot_cache()
{
	rows cache "L2 misses" >"$work/rows"
	pick "$work/rows" >"$work/data" <<-'END'
	ksteer	ksteer udp4 known 100000
	nftables flowtable	flowtable udp4 known 100000
	IPVS rr, 2^{20} buckets	ipvs-rr-20 udp4 known 100000
	IPVS rr, 2^{12} buckets	ipvs-rr-12 udp4 known 100000
	END
	bars cache "Memory: 100,000 flows in random order" \
		"simulated L2 misses a packet" %.1f
}

plot_native()
{
	rows native p50 >"$work/rows"
	pick "$work/rows" >"$work/data" <<-'END'
	1 flow: ksteer	ksteer udp4 known 1
	1 flow: plain forwarding	plain udp4 known 1
	1 flow: IPVS rr	ipvs-rr-12 udp4 known 1
	100,000: ksteer	ksteer udp4 known 100000
	100,000: plain forwarding	plain udp4 known 100000
	100,000: IPVS rr, 2^{20} buckets	ipvs-rr-20 udp4 known 100000
	100,000: IPVS rr, 2^{12} buckets	ipvs-rr-12 udp4 known 100000
	1,000,000: ksteer	ksteer udp4 known 1000000
	1,000,000: plain forwarding	plain udp4 known 1000000
	1,000,000: IPVS rr, 2^{20} buckets	ipvs-rr-20 udp4 known 1000000
	END
	bars native "Time of a packet on a real processor, flows in random order" \
		"ticks of its clock a packet (median)" %.0f
}

plot_dump()
{
	rows dump "a flow" >"$work/rows"
	pick "$work/rows" >"$work/data" <<-'END'
	ksteer netlink alone	ksteer netlink 100000
	conntrack netlink alone	conntrack netlink 100000
	ksteer flow show	ksteer flow show 100000
	/proc/net/ip\\_vs\\_conn	/proc/net/ip_vs_conn 100000
	conntrack -L	conntrack -L 100000
	ksteer -j flow show	ksteer -j flow show 100000
	END
	bars dump "Showing 100,000 flows" "instructions a flow" %.0f
}

plot_bulk()
{
	rows bulk "a flow" >"$work/rows"
	pick "$work/rows" >"$work/data" <<-'END'
	ksteer flow load	ksteer flow load
	conntrack --load-file	conntrack --load-file
	END
	bars bulk "Storing the flows of a file" "instructions a flow" %.0f
}

plot_moved()
{
	rows balance "moved when one leaves: others" >"$work/rows"
	pick "$work/rows" >"$work/data" <<-'END'
	ksteer maglev, of 3	ksteer maglev 3
	IPVS mh, of 3	ipvs mh 3
	ksteer maglev, of 10	ksteer maglev 10
	IPVS mh, of 10	ipvs mh 10
	ksteer maglev, of 100	ksteer maglev 100
	IPVS mh, of 100	ipvs mh 100
	END
	bars moved "One traffic manager leaves, and nothing is remembered" \
		"flows of the others that move, percent (ideal: 0)" %.2f
}

plot_share()
{
	rows balance "greatest deviation of a share" >"$work/rows"
	pick "$work/rows" >"$work/data" <<-'END'
	a die, 3	ideal 3
	ksteer maglev, 3	ksteer maglev 3
	IPVS mh, 3	ipvs mh 3
	a die, 10	ideal 10
	ksteer maglev, 10	ksteer maglev 10
	IPVS mh, 10	ipvs mh 10
	a die, 100	ideal 100
	ksteer maglev, 100	ksteer maglev 100
	IPVS mh, 100	ipvs mh 100
	END
	bars share "How uneven the flows are spread" \
		"greatest deviation from an equal share, percent" %.2f
}

plot_scale()
{
	rows scale "throughput to that of one processor" >"$work/rows"
	pick "$work/rows" >"$work/data" <<-'END'
	plain forwarding, 2 processors	plain 2
	ksteer, 2 processors	ksteer known 2
	plain forwarding, 4 processors	plain 4
	ksteer, 4 processors	ksteer known 4
	END
	bars scale "Known flows on several processors" \
		"throughput, that of one processor = 1" %.2f
}

if [ ! -e "$results" ]; then
	echo "plot.sh: no $results: make bench" >&2
	exit 1
fi
mkdir -p "$plots"
for plot in known new cache native dump bulk moved share scale; do
	"plot_$plot"
done
