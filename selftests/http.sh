#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# HTTP as its users have it: curl and wrk, three HAProxy or nginx as traffic
# managers, an nginx as server behind them; answers by the distributor or
# straight to the client.

. "$(dirname "$0")/lib.sh"

SIZES="1 1000 100000 1000000"

# url FAMILY PATH
url()
{
	[ "$1" = 4 ] && echo "http://${VIP[4]}/$2" || echo "http://[${VIP[6]}]/$2"
}

files_made()
{
	local size

	mkdir "$CASE_DIR/files"
	chmod 755 "$PROGRAM_DIR" "$CASE_DIR" "$CASE_DIR/files"
	for size in $SIZES; do
		head -c "$size" /dev/urandom >"$CASE_DIR/files/$size"
	done
	(cd "$CASE_DIR/files" && sha256sum -- *) >"$CASE_DIR/sums"
}

# nginx_on NS NAME LISTEN...: serves the files; goes to the background
nginx_on()
{
	local ns=$1 name=$2 dir=$CASE_DIR/nginx.$2

	shift 2
	mkdir "$dir"
	{
		echo "daemon on; worker_processes 1; pid $dir/pid;"
		echo "error_log $dir/error; events { worker_connections 1000; }"
		echo "http { access_log off; keepalive_requests 100000;"
		for path in client_body proxy fastcgi uwsgi scgi; do
			echo "${path}_temp_path $dir/$path;"
		done
		echo "server {"
		printf 'listen %s;\n' "$@"
		echo "root $CASE_DIR/files; add_header X-TM $name;"
		echo "} }"
	} >"$dir/conf"
	in_ns "$ns" nginx -e "$dir/error" -c "$dir/conf"
}

haproxy_on()
{
	local ns=$1 name=$2 conf=$CASE_DIR/haproxy.$2

	cat >"$conf" <<-END
		global
			maxconn 1000
			nbthread 1
		defaults
			mode http
			timeout connect 10s
			timeout client 60s
			timeout server 60s
		frontend web
			bind ${VIP[4]}:80
			bind [${VIP[6]}]:80
			http-response set-header X-TM $name
			default_backend servers
		backend servers
			balance roundrobin
			server v4 ${SIP[4]}:80
			server v6 [${SIP[6]}]:80
	END
	in_ns "$ns" haproxy -D -f "$conf"
}

# site KIND WORD...: three traffic managers of a kind
site()
{
	local kind=$1 n f

	shift
	need curl nginx "$kind"
	topo 3 sandwich "$@"
	tms_add
	kb <<-END
		pool add p sched rr tm t1 tm t2 tm t3
		vs add v4 addr ${VIP[4]} port 80 proto tcp pool p
		vs add v6 addr ${VIP[6]} port 80 proto tcp pool p
	END
	files_made
	[ "$kind" = nginx ] || nginx_on "$S" server "${SIP[4]}:80" "[${SIP[6]}]:80"
	for n in 1 2 3; do
		"${kind}_on" "${T[n]}" "t$n" "${VIP[4]}:80" "[${VIP[6]}]:80"
	done
	for n in 1 2 3; do
		for f in $FAMILIES; do
			wait_until 20 serves "${T[n]}" "$f"
		done
	done
}

serves()
{
	in_ns "$1" curl -sf -m 5 -o /dev/null "$(url "$2" 1)"
}

# fetch FAMILY: all files by one connection; says who it was and how many
# connections were made, and looks whether the files are whole
fetch()
{
	local f=$1 size dir=$CASE_DIR/got words=()

	rm -rf "$dir"
	mkdir "$dir"
	for size in $SIZES; do
		words+=(-o "$dir/$size" "$(url "$f" "$size")")
	done
	in_ns "$C" curl -s -m 60 -w '%header{x-tm} %{num_connects}\n' \
		"${words[@]}"
	(cd "$dir" && sha256sum -- *) | cmp - "$CASE_DIR/sums" ||
		fail "damaged files, IPv$f"
}

# Files come whole, by all traffic managers; a connection keeps to one
test_files()
{
	local f i who said=''

	site "$@"
	for f in $FAMILIES; do
		who=''
		for i in 1 2 3; do
			said=$(fetch "$f")
			has "$(cut -d ' ' -f 1 <<<"$said" | names)" "t?=4" \
				"who serves a connection, IPv$f"
			is "$(cut -d ' ' -f 2 <<<"$said" | xargs)" "1 0 0 0" \
				"connections made, download $i, IPv$f"
			who+=$said$'\n'
		done
		is "$(names <<<"${who%?}")" "t1=4 t2=4 t3=4" \
			"downloads by each, IPv$f"
		check_way "$f" "$@"
	done
}

# Did the answers come by the distributor?
check_way()
{
	local f=$1 answers bytes=0 flow

	shift
	answers=$(ksj '.[].stats.reply_bytes' -s vs show "v$f")
	if [[ " $* " == *" direct "* ]]; then
		is "$answers" 0 "answers by the distributor, IPv$f"
	else
		# Three connections, each all the files
		for flow in $SIZES; do
			bytes=$((bytes + 3 * flow))
		done
		between "$answers" "$bytes" $((bytes * 3 / 2)) \
			"bytes of answers by the distributor, IPv$f"
	fi
}

# Many connections at a time, kept alive and not
test_load()
{
	local f said n kept share=() total

	need wrk
	site "$@"
	for f in $FAMILIES; do
		for kept in keep-alive close; do
			said=$(in_ns "$C" wrk -t 1 -c 24 -d 2 --timeout 30 \
				-H "Connection: $kept" "$(url "$f" 1000)")
			note "$said"
			has "$said" "*requests in*" "requests, IPv$f, $kept"
			[[ $said != *"Socket errors"* && $said != *Non-2xx* ]] ||
				fail "errors, IPv$f, $kept: $said"
		done
		total=$(ksj '.[0].stats.flows_total' -s vs show "v$f")
		truth "total > 36" "connections, IPv$f"
	done
	total=0
	for n in 1 2 3; do
		share[n]=$(tm_stat "t$n" flows_total)
		total=$((total + share[n]))
	done
	# In turns: some less where both CPUs selected, none without
	for n in 1 2 3; do
		between "${share[n]}" $((total / 3 - 3)) $((total / 3 + 3)) \
			"connections of t$n out of $total"
	done
	is "$(kcount no_tm) $(kcount tm_down) $(kcount no_route)" "0 0 0" \
		"packets dropped"
}

case_add "files by haproxy, back by the distributor" test_files haproxy
case_add "files by haproxy, straight back" test_files haproxy direct
case_add "files by nginx, back by the distributor" test_files nginx
case_add "load on haproxy, back by the distributor" test_load haproxy
case_add "load on haproxy, straight back" test_load haproxy direct
cases_run "$@"
