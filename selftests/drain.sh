#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Traffic managers that leave and come back under running downloads, each of
# which is compared with what the server has: drain, down, up, limits, weights,
# changes of pools.

. "$(dirname "$0")/lib.sh"

SIZE=400000

# pace RATE: of each connection's answers
pace()
{
	local ns

	for ns in "${T[@]}"; do
		# Packet by packet: what is sent together has one place in time
		in_ns "$ns" ip link set dev t0 gso_max_segs 1
		in_ns "$ns" tc qdisc replace dev t0 root fq maxrate "$1"
	done
}

# nginx on every traffic manager: /file and /name
web_start()
{
	local n dir

	need nginx curl
	head -c "$SIZE" /dev/urandom >"$CASE_DIR/file"
	SUM=$(sha256sum <"$CASE_DIR/file")
	chmod 755 "$PROGRAM_DIR" "$CASE_DIR"
	chmod 644 "$CASE_DIR/file"
	for n in "${!T[@]}"; do
		dir=$CASE_DIR/nginx$n
		mkdir "$dir"
		cat >"$dir/conf" <<-END
		worker_processes 1;
		pid $dir/pid;
		error_log $dir/error;
		events { worker_connections 1024; }
		http {
			access_log off;
			sendfile on;
			keepalive_timeout 0;
			client_body_temp_path $dir/a; proxy_temp_path $dir/b;
			fastcgi_temp_path $dir/c; uwsgi_temp_path $dir/d;
			scgi_temp_path $dir/e;
			server {
				listen 80 backlog=1024;
				listen [::]:80 backlog=1024;
				add_header X-TM t$n;
				location /file { root $CASE_DIR; }
				location /name { return 200 "t$n\n"; }
			}
		}
		END
		in_ns "${T[n]}" nginx -c "$dir/conf" -e "$dir/error"
	done
}

# Three traffic managers; a server of each family over the pool p
web_topo()
{
	local f

	topo 3
	tms_add
	web_start
	pace $((32 / KSTEER_SLOW))kbit
	{
		echo "pool add p sched ${1:-rr} tm t1 tm t2 tm t3"
		for f in $FAMILIES; do
			echo "vs add web$f addr ${VIP[$f]} port 80 proto tcp" \
				"pool p timeout tcp-closed 1s"
		done
	} | kb
}

# downloads COUNT: so many of each family, in the background; at their pace they
# go on until `ended` lifts it. A line for each at its end in $CASE_DIR/result:
# exit code, traffic manager, file
downloads()
{
	in_ns "$C" curl -sS --no-buffer --parallel --parallel-immediate \
		--parallel-max 300 --max-time $((120 * KSTEER_SLOW)) -o "$CASE_DIR/got4_#1" \
		-w '%{exitcode} %header{x-tm} %{filename_effective}\n' \
		"http://${VIP[4]}/file?[1-$1]" \
		--next -sS --no-buffer --max-time $((120 * KSTEER_SLOW)) -o "$CASE_DIR/got6_#1" \
		-w '%{exitcode} %header{x-tm} %{filename_effective}\n' \
		"http://[${VIP[6]}]/file?[1-$1]" \
		>"$CASE_DIR/result" 2>"$CASE_DIR/curl" &
	CURL=$!
	wait_until 60 established $((2 * $1))
	# Only the answer's head says whose it is
	wait_until 60 begun $((2 * $1))
}

begun()
{
	[ "$(find "$CASE_DIR" -name 'got*' -size +0 | wc -l)" = "$1" ]
}

established()
{
	[ "$(ksj length flow show state established)" = "$1" ]
}

# ended COUNT: wait for the downloads; they are so many, and as they should be
# except those of the traffic manager $2, all of which broke
ended()
{
	local code tm file

	pace 1gbit
	wait_until 60 downloads_end
	# Of what broke, curl may tell twice
	sort -u -o "$CASE_DIR/result" "$CASE_DIR/result"
	cut -d ' ' -f 1,2 "$CASE_DIR/result" | sort | uniq -c
	is "$(wc -l <"$CASE_DIR/result")" "$1" "downloads that have ended"
	while read -r code tm file; do
		if [ "$tm" = "${2:-none}" ]; then
			isnt "$code" 0 "end of a download of $tm"
			continue
		fi
		is "$code" 0 "end of a download of $tm"
		[ "$(sha256sum <"$file")" = "$SUM" ] || fail "$file is damaged"
	done <"$CASE_DIR/result"
	[ $# = 1 ] || abort_unheard "$2"
}

# The server of a broken download does not hear of it, and its socket would hold
# on to the namespace, until it gives up after minutes
abort_unheard()
{
	in_ns "${T[${1#t}]}" ss -HK sport = :80 >/dev/null
}

downloads_end()
{
	! kill -0 "$CURL" 2>/dev/null
}

# of TM: downloads that it had
of()
{
	grep -c " $1 " "$CASE_DIR/result" || :
}

# newcomers COUNT: who answers so many new connections of each family
newcomers()
{
	in_ns "$C" curl -sS --max-time $((5 * KSTEER_SLOW)) \
		"http://${VIP[4]}/name?[1-$1]" "http://[${VIP[6]}]/name?[1-$1]" |
		names
}

tm_is()
{
	[ "$(ksj ".[0].$2" tm show "$1")" = "$3" ]
}

test_drain()
{
	local count=$1 total had

	web_topo
	downloads "$count"
	total=$(tm_stat t2 flows_total)
	had=$(tm_stat t2 flows)
	between "$had" $((count * 2 / 3)) $((count * 2 / 3 + 1)) "flows of t2"
	is "$(ks tm drain t2)" "moved 0 forgotten 0" "what drain says"
	is "$(newcomers 6)" "t1=6 t3=6" "new connections while t2 drains"
	is "$(tm_stat t2 flows_total)" "$total" "flows given to t2"
	is "$(ksj 'map(.oper | length) | add' tm show)" 0 "ways that fail"
	ended $((count * 2))
	is "$(of t2)" "$had" "downloads of t2, all of them whole"
	wait_until 20 tm_is t2 stats.flows 0
	is "$(ksj '.[0].state' tm show t2)" drain "state of t2"
	ks tm up t2
	is "$(newcomers 6)" "t1=4 t2=4 t3=4" "new connections after"
}

test_deadline()
{
	web_topo
	ks tm set t2 on-down forget
	downloads 6
	is "$(tm_stat t2 flows)" 4 "flows of t2"
	ks tm drain t2 timeout 4s
	between "$(ksj '.[0].drain_left' tm show t2)" 1 4000 "milliseconds left"
	is "$(tm_stat t2 flows)" 4 "flows before the deadline"
	wait_until 10 tm_is t2 state down
	is "$(tm_stat t2 flows)" 0 "flows after it"
	is "$(newcomers 4)" "t1=4 t3=4" "new connections after it"
	ended 12 t2
	is "$(of t2)" 4 "downloads that t2 had"
	ks tm set t2 state up
	is "$(ksj '.[0] | has("drain_left")' tm show t2)" false "deadline"
}

# test_down POLICY COUNT: of so many downloads of each family only those of the
# dead one break, and they are counted
test_down()
{
	local policy=$1 count=$2 had said

	web_topo
	downloads "$count"
	had=$(tm_stat t2 flows)
	between "$had" $((count * 2 / 3 - 1)) $((count * 2 / 3 + 1)) \
		"flows of t2"
	said=$(ks tm down t2 "$policy")
	if [ "$policy" = forget ]; then
		is "$said" "moved 0 forgotten $had" "what is reported"
	else
		is "$said" "moved $had forgotten 0" "what is reported"
		is "$(kcount moved)" "$had" "counter"
	fi
	is "$(tm_stat t2 flows)" 0 "flows of t2"
	is "$(newcomers 4)" "t1=4 t3=4" "new connections"
	ended $((count * 2)) t2
	is "$(of t2)" "$had" "downloads that broke"
	ks tm up t2
	is "$(newcomers 6)" "t1=4 t2=4 t3=4" "new connections when it is up"
}

test_weight_zero()
{
	local said

	web_topo wrr
	downloads 6
	is "$(tm_stat t1 flows)" 4 "flows of t1"
	ks tm set t1 weight 0
	ks tm set t3 weight 3
	said=$(newcomers 8)
	is "$(count_of t1 "$said") $(count_of t3 "$said")" "0 12" "of 16"
	is "$(tm_stat t1 flows)" 4 "flows of t1"
	ended 12
	ks tm set t1 weight 1
	isnt "$(count_of t1 "$(newcomers 10)")" 0 "new connections of t1"
}

test_limits()
{
	local f said

	topo 3
	tms_add
	serve tcp:80 tcp:81
	{
		echo "pool add p sched rr tm t1 tm t2 tm t3"
		echo "tm set t1 max-flows 2"
		for f in $FAMILIES; do
			echo "vs add web$f addr ${VIP[$f]} port 80 proto tcp pool p"
			echo "vs add few$f addr ${VIP[$f]} port 81 proto tcp pool p" \
				"max-flows 5"
		done
	} | kb
	said=$(asks -n 8 -H tcp "${VIP[4]}" 80)
	is "$(names <<<"$said")" "t1=2 t2=3 t3=3" "at most two for t1"
	said=$(asks -n 4 -H tcp "${VIP[6]}" 80)
	is "$(count_of t1 "$(names <<<"$said")")" 0 "of the other family"
	is "$(tm_stat t1 flows)" 2 "flows of t1"
	for f in $FAMILIES; do
		said=$(asks -n 6 -H -t 700 tcp "${VIP[$f]}" 81) || :
		is "$(grep -vc '^-' <<<"$said")" 5 "connections, IPv$f"
		is "$(ksj '.[0].stats.flows' vs show "few$f")" 5 "flows, IPv$f"
	done
	truth "$(kcount vs_limit) >= 2" "packets dropped at the limit"
	ks vs set few4 max-flows 7
	said=$(asks -n 2 tcp "${VIP[4]}" 81)
	is "$(grep -vc '^-' <<<"$said")" 2 "connections with a higher limit"
}

pool_changes()
{
	cat <<-END
	pool leave p tm t1
	pool join p tm t1
	pool add q sched maglev tm t3 tm t1 table-size 1021
	vs set web4 pool q
	vs set web6 pool q
	pool leave p tm t1 tm t2
	pool set p sched lc
	vs set web4 pool p
	vs set web6 pool p
	pool del q
	pool set p sched hash-src tm t2 tm t3
	pool set p sched rr tm t1 tm t2 tm t3
	END
}

test_pool_changes()
{
	local i flows

	web_topo
	downloads 30
	flows=$(ksj 'map("\(.sport) \(.tm)") | sort | join(",")' flow show)
	for i in 1 2 3 4 5; do
		pool_changes
	done | kb
	is "$(ksj 'map("\(.sport) \(.tm)") | sort | join(",")' flow show)" \
		"$flows" "flows after the changes"
	ended 60
	is "$(of t1) $(of t2) $(of t3)" "20 20 20" "shares"
}

# As many as the machine can serve while others connect
MANY=$((100 / KSTEER_SLOW)) FEWER=$((40 / KSTEER_SLOW))

case_add "drain: keeps what it has, gets nothing new" test_drain $MANY
case_add "drain: down at the deadline" test_deadline
case_add "down: flows are forgotten" test_down forget $MANY
case_add "down: flows are given to others" test_down reselect $FEWER
case_add "weight 0 is a drain without a word" test_weight_zero
case_add "limits of flows" test_limits
case_add "pools change under downloads" test_pool_changes

cases_run "$@"
