#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ksteer at work, for people to watch: `make demo`. Every figure that is shown
# was counted, and every promise is looked after: if one is not kept, this ends
# with a word on it and status 1.

set -uo pipefail

cd "$(dirname "$0")" || exit 1
# shellcheck source=selftests/demo_net.sh
. ./demo_net.sh
trap net_down EXIT
trap 'exit 130' INT TERM

downloads=18
promises=0

act()
{
	printf '\n=== %s   [%s s]\n\n' "$1" "$SECONDS"
}

say()
{
	printf '%s\n' "$@"
}

# shown MACHINE COMMAND...: as an operator would type it there
shown()
{
	local machine=$1 word

	shift
	printf '\n%s$' "$machine"
	for word; do
		case $word in
		*[[:space:]]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	echo
	on "$machine" "$@"
}

# must MACHINE COMMAND...: the same, and it has to succeed
must()
{
	shown "$@" || broken "\`${*:2}\` returned $?"
}

broken()
{
	printf '\n!!! NOT AS PROMISED: %s\n' "$*"
	exit 1
}

# promise TEXT CONDITION...: of [ ]
promise()
{
	local text=$1

	shift
	[ "$@" ] || broken "$text ($*)"
	promises=$((promises + 1))
	printf '  -> %s\n' "$text"
}

# figure MACHINE-READABLE...: of ksteer on the router; the last word is for jq
figure()
{
	on router ksteer -j "${@:1:$#-1}" | jq -r "${!#}"
}

flows_of()
{
	figure flow show tm "$1" state established length
}

# ask N URL: N new connections, each line the traffic manager that answered
ask()
{
	local i urls=()

	for ((i = 0; i < $1; i++)); do
		urls+=(-o /dev/null "$2")
	done
	on client curl -g -s -m 60 -H 'Connection: close' \
		-w '%{http_code} %header{x-tm}\n' "${urls[@]}" |
		sed -n 's/^200 //p'
}

tally()
{
	sort | uniq -c | awk '{ printf "%s%s %s", sep, $2, $1; sep = ", " }'
}

count()
{
	grep -c "^$1\$"
}

configure()
{
	act "1. A router becomes a distributor"
	say "One client, this router, three HAProxy traffic managers, two nginx" \
	    "servers. The managers share the address $address; the router tells" \
	    "the client that it is here, and sends each connection to one of them."
	must router modprobe ksteer
	must router ksteer tm add tm1 via 10.1.1.2 via 2001:db8:1:1::2 weight 2
	must router ksteer tm add tm2 via 10.1.2.2 via 2001:db8:1:2::2
	must router ksteer tm add tm3 via 10.1.3.2 via 2001:db8:1:3::2
	must router ksteer pool add web sched wrr tm tm1 tm tm2 tm tm3
	must router ksteer vs add www addr "$address" port 80 proto tcp pool web
	must router ksteer vs add www6 addr "$address6" port 80 proto tcp pool web
	must router ksteer vs show
}

# share TM: percent of all flows so far, to a tenth
share()
{
	figure -s tm show "([.[].stats.flows_total] | add) as \$all | .[] |
		select(.name == \"$1\") | 1000 * .stats.flows_total / \$all |
		round / 10"
}

# near VALUE WANTED: within two percent of all
near()
{
	awk -v a="$1" -v b="$2" 'BEGIN { print (a - b < 2 && b - a < 2) }'
}

drive()
{
	act "2. Load: a new connection for each request"
	must client wrk -t 1 -c 12 -d 6s -H 'Connection: close' \
		"http://$address/who" | tee "$work/wrk"
	requests=$(sed -n 's/^ *\([0-9]*\) requests in.*/\1/p' "$work/wrk")
	promise "$requests requests, no error" "${requests:-0}" -gt 50 -a \
		"$(grep -cE 'Socket errors|Non-2xx' "$work/wrk")" -eq 0
	must router ksteer -s tm show
	s1=$(share tm1) s2=$(share tm2) s3=$(share tm3)
	promise "shares by weight 2:1:1: $s1, $s2, $s3 percent" \
		"$(near "$s1" 50)$(near "$s2" 25)$(near "$s3" 25)" = 111
}

six()
{
	act "3. The same in IPv6"
	must client curl -s -g -i "http://[$address6]/who"
	ask 8 "http://[$address6]/who" >"$work/six"
	six=$(wc -l <"$work/six")
	promise "$six of 8 answered: $(tally <"$work/six")" "$six" -eq 8
	must router ksteer flow show vs www6 | head -n 6
	promise "nine flows in all" \
		"$(figure -s vs show www6 '.[0].stats.flows_total')" -eq 9
}

# The last part is not read before the gate opens, however slow the machine
download()
{
	local to=$work/got.$1

	on client curl -s --keepalive-time 3 --limit-rate 100k \
		-D "$to.head" "http://$address/file" |
		{
			head -c $((size - 800000))
			flock -s "$work/gate" true
			cat
		} | sha256sum >"$to.sum"
} 2>"$work/log"

started()
{
	[ "$(grep -il '^x-tm' "$work"/got.*.head | wc -l)" -eq $downloads ]
}

begin_downloads()
{
	local i next

	act "4. $downloads downloads under way: the flow table"
	exec {gate}>"$work/gate"
	flock -x "$gate"
	for ((i = 0; i < downloads; i++)); do
		download "$i" {gate}>&- &
	done
	wait_for 120 started
	must router ksteer flow show state established
	promise "each of them is in the table" \
		"$(figure flow show state established length)" -ge $downloads
	say "" "Where would another one go? Nothing is sent to find out:"
	must router ksteer explain 10.0.0.2 40000 "$address" 80 tcp
	next=$(figure explain 10.0.0.2 40000 "$address" 80 tcp '.tm')
	promise "the next connection goes to $next indeed" \
		"$(ask 1 "http://$address/who")" = "$next"
}

drain()
{
	local before after

	act "5. Maintenance: tm2 drains"
	before=$(flows_of tm2)
	must router ksteer tm drain tm2
	ask 20 "http://$address/who" >"$work/drained"
	must router ksteer tm show
	after=$(flows_of tm2)
	promise "20 new connections: $(tally <"$work/drained"); none to tm2" \
		"$(wc -l <"$work/drained")" -eq 20 -a \
		"$(count tm2 <"$work/drained")" -eq 0
	promise "tm2 keeps its $after downloads" "$after" -eq "$before" -a \
		"$after" -gt 0
}

manager_is_seen_dead()
{
	figure tm show tm3 '.[0].oper[]' | grep -qx dev-down
}

murder()
{
	act "6. Disaster: tm3 loses its power"
	victims=$(grep -il '^x-tm: tm3' "$work"/got.*.head | wc -l)
	say "$victims downloads go through it. The distributor sees it go:"
	power_off tm3
	wait_for 60 manager_is_seen_dead
	must router ksteer tm show tm3
	ask 20 "http://$address/who" >"$work/orphaned"
	promise "20 new connections: $(tally <"$work/orphaned"); none failed" \
		"$(count tm1 <"$work/orphaned")" -eq 20
	say "" "Its flows are taken from it, so that their clients learn of it:"
	must router ksteer tm down tm3 forget
	promise "no flow is left to tm3" \
		"$(figure flow show tm tm3 length)" -eq 0
	must router ksteer tm up tm2
	ask 20 "http://$address/who" >"$work/recovered"
	promise "20 new connections: $(tally <"$work/recovered"); tm2 is back" \
		"$(wc -l <"$work/recovered")" -eq 20 -a \
		"$(count tm2 <"$work/recovered")" -gt 0
}

# The downloads of a traffic manager that are, or are not, what was sent
judged()
{
	local sum i

	sum=$(sha256sum <"$work/www/file")
	for ((i = 0; i < downloads; i++)); do
		printf '%s ' "$(sed -n 's/\r$//; s/^x-tm: //Ip' "$work/got.$i.head")"
		if [ "$sum" = "$(cat "$work/got.$i.sum")" ]; then
			echo whole
		else
			echo broken
		fi
	done
}

downloads_done()
{
	[ "$(cat "$work"/got.*.sum | wc -l)" -eq $downloads ]
}

reckon()
{
	act "7. What became of the $downloads downloads"
	flock -u "$gate"
	wait_for 180 downloads_done
	judged >"$work/judged"
	sort "$work/judged" | uniq -c
	whole=$(grep -c whole "$work/judged")
	lost=$(grep -c broken "$work/judged")
	promise "$whole whole by checksum, $lost broken, all of them through tm3" \
		"$lost" -eq "$victims" -a "$lost" -gt 0 -a \
		"$(grep -c 'tm3 broken' "$work/judged")" -eq "$lost"
	say "" "What the distributor has counted:"
	must router ksteer stats show | awk '$2 != 0'
}

summary()
{
	local asked

	asked=$(cat "$work/drained" "$work/orphaned" "$work/recovered" | wc -l)
	printf '\nksteer %s on Linux %s: %s requests shared %s/%s/%s %%, ' \
		"$(ksteer -V | awk '{ print $NF }')" "$(uname -r)" "$requests" \
		"$s1" "$s2" "$s3"
	printf '%s of 8 over IPv6, %s of 60 during drain and failure; ' \
		"$six" "$asked"
	printf '%s downloads: %s whole, %s broken, those of the dead manager; ' \
		"$downloads" "$whole" "$lost"
	printf '%s promises kept, %s s.\n' "$promises" "$SECONDS"
}

say "Seven machines, each a network namespace, joined by virtual cables:" "" \
    "  client ---- router ---- tm1 ---- lan ---- web1" \
    "                 |------- tm2 -----| \`---- web2" \
    "                 \`------- tm3 -----'"
net_up
configure
drive
six
begin_downloads
drain
murder
reckon
summary
net_down
