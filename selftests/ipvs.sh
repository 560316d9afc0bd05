#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# What the kernel's own test of IPVS does, by ksteer: a file through the virtual
# address of a distributor between client and server, answers by the distributor
# or straight to the client. And what that test lacks: IPv6, UDP, files both
# ways, a second server and the loss of the first.

. "$(dirname "$0")/lib.sh"

PORT=8080

ipvs_setup()
{
	local f

	need socat
	topo 2 "$@"
	tms_add
	ks pool add p sched ordered tm t1 tm t2
	for f in $FAMILIES; do
		ks vs add "t$f" addr "${VIP[$f]}" port $PORT proto tcp pool p
		ks vs add "u$f" addr "${VIP[$f]}" port $PORT proto udp pool p
	done
	head -c 1000000 /dev/urandom >"$CASE_DIR/in"
}

# address F: as socat wants it
address()
{
	if [ "$1" = 6 ]; then
		echo "TCP6:[${VIP[6]}]:$PORT"
	else
		echo "TCP4:${VIP[4]}:$PORT"
	fi
}

listens_at()
{
	[ -n "$(in_ns "$1" ss -Hltn "sport = :$PORT")" ]
}

no_longer_runs()
{
	! kill -0 "$1" 2>/dev/null
}

# sent F NS: a file to the server, as the kernel's test does
sent()
{
	rm -f "$CASE_DIR/out"
	bg "$2" socat -u "TCP$1-LISTEN:$PORT,reuseaddr" "OPEN:$CASE_DIR/out,creat"
	wait_until 5 listens_at "$2"
	in_ns "$C" timeout $((30 * KSTEER_SLOW)) socat -u "OPEN:$CASE_DIR/in" "$(address "$1")"
	wait_until 10 no_longer_runs "$BG"
	cmp "$CASE_DIR/in" "$CASE_DIR/out"
}

# fetched F NS: a file from the server
fetched()
{
	bg "$2" socat -u "OPEN:$CASE_DIR/in" "TCP$1-LISTEN:$PORT,reuseaddr"
	wait_until 5 listens_at "$2"
	in_ns "$C" timeout $((30 * KSTEER_SLOW)) socat -u "$(address "$1")" \
		"OPEN:$CASE_DIR/out,creat,trunc"
	cmp "$CASE_DIR/in" "$CASE_DIR/out"
}

test_transfer()
{
	local f replies

	ipvs_setup "$@"
	for f in $FAMILIES; do
		sent "$f" "${T[1]}"
		fetched "$f" "${T[1]}"
		replies=$(ksj '.[0].stats.reply_packets' vs show "t$f")
		if [ "${1:-}" = direct ]; then
			is "$replies" 0 "answers by the distributor, IPv$f"
		else
			isnt "$replies" 0 "answers by the distributor, IPv$f"
		fi
		is "$(ksj '.[0].stats.flows_total' vs show "t$f")" 2 \
			"connections, IPv$f"
	done
	truth "$(tm_stat t1 bytes) > 2000000" "bytes of the server"
	is "$(tm_stat t2 packets)" 0 "packets of the other server"
}

test_udp()
{
	local f said

	ipvs_setup "$@"
	serve udp:$PORT
	for f in $FAMILIES; do
		said=$(asks -n 3 -m 4 udp "${VIP[$f]}" $PORT)
		is "$(names <<<"$said")" "t1=12" "answers, IPv$f"
		is "$(ksj '.[0].stats.flows' vs show "u$f")" 3 "flows, IPv$f"
	done
}

# The first server dies; what comes then is the second's
test_failover()
{
	local f said

	ipvs_setup "$@"
	serve tcp:$PORT udp:$PORT
	for f in $FAMILIES; do
		said=$(asks -n 2 tcp "${VIP[$f]}" $PORT)
		is "$(names <<<"$said")" "t1=2" "before, IPv$f"
	done
	ip -n "${T[1]}" link set t0 down
	ks tm down t1 reselect
	for f in $FAMILIES; do
		said=$(asks -n 2 tcp "${VIP[$f]}" $PORT)
		is "$(names <<<"$said")" "t2=2" "TCP after, IPv$f"
		said=$(asks -n 2 udp "${VIP[$f]}" $PORT)
		is "$(names <<<"$said")" "t2=2" "UDP after, IPv$f"
	done
}

case_add "a file, answers by the distributor" test_transfer
case_add "a file, answers straight to the client" test_transfer direct
case_add "datagrams, answers by the distributor" test_udp
case_add "datagrams, answers straight to the client" test_udp direct
case_add "failover, answers by the distributor" test_failover
case_add "failover, answers straight to the client" test_failover direct

cases_run "$@"
