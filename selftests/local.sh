#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the router itself sends to a virtual address: steered where the server says
# `local`, by the kernel's own output, and its answers come in; else left alone.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

declare -A OWN=([4]=10.1.1.1 [6]=fd01:1::1)

# shellcheck source-path=SCRIPTDIR
. "$SELFTESTS/lib_local.sh"

# --- asked and answered -------------------------------------------------------

shares_one()
{
	local f=$1 proto=$2 answers

	answers=$(here -n 4 "$proto" "${VIP[$f]}" 80)
	is "$(names <<<"$answers")" "t1=2 t2=2" "shares, $proto, IPv$f"
	has "$answers" "t? ${OWN[$f]} * ${VIP[$f]} 80" "ends, $proto, IPv$f"
	is "$(ksj '.[] | "\(.tm) \(.src) \(.sport) \(.dst) \(.dport)"' \
		flow show dst "${VIP[$f]}" proto "$proto" | sort)" \
		"$(sort <<<"$answers")" "the store, $proto, IPv$f"
	has "$(flow_field state dst "${VIP[$f]}" proto "$proto" | sort -u)" \
		"$3" "states, $proto, IPv$f"
}

case_shares()
{
	local f

	begin 2 -- local on
	for f in $FAMILIES; do
		shares_one "$f" tcp '@(closing|closed)*'
		shares_one "$f" udp established
	done
	counted select 16 stored 16 bad_answer 0
	truth "$(kcount hit_reply) >= 16" "answers that were known"
	truth "$(kcount local_sent) >= 40" "packets sent"
	counted forward 0 direct 0
}

# Several questions of one socket, and of many at once
case_stays()
{
	local f proto

	begin 2 -- local on
	for f in $FAMILIES; do
		for proto in tcp udp; do
			is "$(here -n 6 -m 8 "$proto" "${VIP[$f]}" 80 |
				awk '{ tm[$1 " " $3]++ }
				END { for (i in tm) print i ":" tm[i] }' |
				awk -F '[ :]' '{ print $1, $3 }' | sort |
				uniq -c | xargs)" "3 t1 8 3 t2 8" \
				"six with eight questions, $proto, IPv$f"
		done
	done
	counted select 24
}

case_ping()
{
	local f

	begin 2 -- local on
	kb <<-END
		vs add i4 addr ${VIP[4]} proto icmp pool p local on
		vs add i6 addr ${VIP[6]} proto icmpv6 pool p local on
	END
	for f in $FAMILIES; do
		in_ns "$R" ping -q -c 3 -i 0.1 -W 3 "${VIP[$f]}"
		is "$(($(echos "${T[1]}" "$f") + $(echos "${T[2]}" "$f")))" 3 \
			"echo requests, IPv$f"
	done
	counted local_sent 6 select 2
}

case_off()
{
	begin 2 --
	off
	ks vs set v4 local on
	ks vs set v6 local on
	is "$(here -n 2 tcp "${VIP[4]}" 80 | names)" "t1=1 t2=1" "on"
	ks vs set v4 local off
	is "$(here -n 2 tcp "${VIP[6]}" 80 | names)" "t1=1 t2=1" "the other"
	reset_counts
	is "$(here -t 300 tcp "${VIP[4]}" 80 | order)" - "off, while one is on"
	counted local_sent 0 miss 0 hit 0
	ks vs set v6 local off
	off
}

# No hook but where a server wants it
case_hook()
{
	begin 2 --
	probe_on local_calls
	is_called no "without a server that wants it"
	ks vs set v4 local on
	is_called yes "with one"
	ks vs set v6 local on
	ks vs set v6 local on max-flows 1000
	ks vs set v4 local off
	is_called yes "with the other"
	ks vs del v6
	is_called no "when it is gone"
	ks vs add v6 addr "${VIP[6]}" port 80 pool p local on
	is_called yes "of a new one"
	ks vs set v6 local off
	is_called no "when the last has enough"
}

# --- policies -----------------------------------------------------------------

case_words()
{
	local f

	begin 2 -- local on "$@"
	for f in $FAMILIES; do
		is "$(here -n 4 -m 3 tcp "${VIP[$f]}" 80 | names)" "t1=6 t2=6" \
			"TCP, IPv$f"
		is "$(here -n 4 -m 3 udp "${VIP[$f]}" 80 | names)" "t1=6 t2=6" \
			"UDP, IPv$f"
	done
	counted select 16 bad_answer 0 direct 0 forward 0
}

case_hash()
{
	local f

	begin 2 -- local on
	kb <<-END
		pool set p sched maglev hash src,sport
		vs set v4 store none
		vs set v6 store none
	END
	for f in $FAMILIES; do
		is "$(here -n 16 -m 3 -p 5000 -P udp "${VIP[$f]}" 80 | sort -u |
			cut -d ' ' -f 1 | names)" "$(here -n 16 -p 5000 -P udp \
				"${VIP[$f]}" 80 | names)" "each keeps its own, IPv$f"
	done
	counted stored 0 local_sent 128
}

# Followed and counted, where the routes lead
case_route()
{
	local f

	begin 2 -- forward route local on
	for f in $FAMILIES; do
		ip -n "$R" route add "${VIP[$f]}" via "${TMIP[$f,2]}"
		is "$(here -n 2 -m 3 tcp "${VIP[$f]}" 80 | names)" "t2=6" \
			"TCP, IPv$f"
		is "$(here -n 2 -m 3 udp "${VIP[$f]}" 80 | names)" "t2=6" \
			"UDP, IPv$f"
		is "$(flow_field packets dst "${VIP[$f]}" proto udp | xargs)" \
			"3 3" "packets of the flows, IPv$f"
	done
	counted stored 8 local_sent 0 select 0
}

# The server behind traffic managers that must see both directions. What they
# give back has a source of the router's own.
case_sandwich()
{
	local f

	topo 2 sandwich
	in_ns "$R" sysctl -qw net.ipv4.conf.all.accept_local=1
	tms_add -2
	tm_firewall
	serve_one "$S" server tcp:80
	kb <<-END
		pool add p sched rr tm t1 tm t2
		vs add v4 addr ${SIP[4]} pool p symmetric noarp local on
		vs add v6 addr ${SIP[6]} pool p symmetric noarp local on
	END
	tms_met
	for f in $FAMILIES; do
		is "$(here -n 4 -m 3 tcp "${SIP[$f]}" 80 | names)" \
			"server=12" "through firewalls, IPv$f"
	done
	is "$(kcount select)" 8 "selections"
	truth "$(kcount from_tm) >= 48" "given back, in both directions"
}

# vrf_all: the router's devices are in VRF red, and with them routes and addresses
vrf_all()
{
	local dev

	ip -n "$R" link add red type vrf table 71
	ip -n "$R" link set red up
	for dev in cl1 tm1 tm2; do
		ip -n "$R" link set "$dev" master red
	done
	ip -n "$R" -batch - <<-END
		addr replace fd01:1::1/64 dev cl1 nodad
		addr replace fd02:1::1/64 dev tm1 nodad
		addr replace fd02:2::1/64 dev tm2 nodad
		route add default via 10.1.1.2 table 71
		route add default via fd01:1::2 table 71
	END
}

# red WORD...: the router asks in VRF red
red()
{
	in_ns "$R" ip vrf exec red ask "$@"
}

case_vrf()
{
	local f

	need_module vrf
	topo 2
	vrf_all
	tms_add
	ks pool add p sched rr tm t1 tm t2
	serve tcp:80 udp:80
	for f in $FAMILIES; do
		kb <<-END
			vs add v$f addr ${VIP[$f]} pool p in red local on
			vs add o$f addr ${VIP[$f]%9}8 pool p in cl1 local on
		END
		is "$(red -n 4 -m 3 tcp "${VIP[$f]}" 80 | names)" "t1=6 t2=6" \
			"TCP, IPv$f"
		is "$(red -n 4 -m 3 udp "${VIP[$f]}" 80 | names)" "t1=6 t2=6" \
			"UDP, IPv$f"
		is "$(flow_field vrf dst "${VIP[$f]}" | sort -u)" red "VRF, IPv$f"
		reset_counts
		is "$(red -t 300 udp "${VIP[$f]%9}8" 80 | order)" - \
			"to a server of a device, IPv$f"
		counted local_sent 0
	done
}

# --- the router has the address -----------------------------------------------

# have F: the address is the router's
have()
{
	ip -n "$R" addr add "${VIP[$1]}" dev lo
}

case_own()
{
	local f

	begin 2 -- local on
	for f in $FAMILIES; do
		have "$f"
		# From the address itself nobody could be answered
		reset_counts
		is "$(here -t 300 tcp "${VIP[$f]}" 80 | order)" - \
			"from the address, IPv$f"
		truth "$(kcount local_self) > 0" "counted, IPv$f"
		counted local_sent 0
		own_asks "$f" -s "${OWN[$f]}"
		ip -n "$R" route del local "${VIP[$f]}" dev lo table local
		ip -n "$R" route add local "${VIP[$f]}" dev lo \
			table local src "${OWN[$f]}"
		own_asks "$f"
	done
}

# own_asks F WORD...
own_asks()
{
	local f=$1

	shift
	wait_until 5 is_answered "$f" "$@"
	is "$(here -n 4 -m 3 "$@" tcp "${VIP[$f]}" 80 | names)" "t1=6 t2=6" \
		"TCP, IPv$f $*"
	is "$(here -n 4 -m 3 "$@" udp "${VIP[$f]}" 80 | names)" "t1=6 t2=6" \
		"UDP, IPv$f $*"
}

# That the answers will be looked at is found out within a second
is_answered()
{
	local f=$1 said

	shift
	said=$(here -n 2 -t 300 "$@" udp "${VIP[$f]}" 80 | names)
	[ "$said" = "t1=1 t2=1" ]
}

case_filter()
{
	begin 2 -- local on
	in_ns "$R" sysctl -qw net.ipv4.conf.all.rp_filter=1
	wait_until 5 is_answered 4
	is "$(here -n 4 -m 3 tcp "${VIP[4]}" 80 | names)" "t1=6 t2=6" \
		"answers past the filter"
}

# --- what is too big ----------------------------------------------------------

# sink PROTO PORT FILE: t1 and t2 write down what they get
sink()
{
	local n kind

	for n in 1 2; do
		case $1 in
		tcp) kind="TCP6-LISTEN:$2,reuseaddr" ;;
		udp) kind="UDP6-RECV:$2" ;;
		esac
		bg "${T[n]}" socat -u "$kind" "OPEN:$3.$n,creat,trunc"
	done
}

has_size()
{
	[ "$(cat "$2".[12] 2>/dev/null | wc -c)" -ge "$1" ]
}

listens()
{
	[ "$(in_ns "${T[1]}" ss -Hln "$1" "sport = $2" | wc -l)" = 1 ] &&
		[ "$(in_ns "${T[2]}" ss -Hln "$1" "sport = $2" | wc -l)" = 1 ]
}

# socat writes an IPv4 address without brackets
url()
{
	[ "$1" = 4 ] && echo "${VIP[4]}" || echo "[${VIP[6]}]"
}

# upload F PROTO SIZE WORD...: of the router's, and it comes whole
upload()
{
	local f=$1 proto=$2 size=$3 to=$CASE_DIR/$1.$2.$3

	PORT=$((${PORT:-9000} + 1))
	head -c "$size" /dev/urandom >"$to"
	sink "$proto" "$PORT" "$to"
	wait_until 5 listens "--$proto" "$PORT"
	ks vs add "u$PORT" addr "${VIP[$f]}" port "$PORT" proto "$proto" \
		pool p local on
	in_ns "$R" socat -u -b 65000 "OPEN:$to" \
		"${proto^^}$f:$(url "$f"):$PORT"
	wait_until 20 has_size "$size" "$to"
	is "$(cat "$to".[12] | sha256sum)" "$(sha256sum <"$to")" \
		"what came, $proto, IPv$f"
}

case_large()
{
	local f n

	need socat ss
	begin 2 -- local on
	for f in $FAMILIES; do
		upload "$f" tcp 4000000
		upload "$f" udp 5000
	done
	counted too_big 0
	# The way to the traffic managers is narrower than that to the client
	for n in 1 2; do
		ip -n "$R" link set "tm$n" mtu 1300
		ip -n "${T[n]}" link set t0 mtu 1300
	done
	for f in $FAMILIES; do
		upload "$f" tcp 2000000
		upload "$f" udp 5001
	done
}

# --- who else has a word ------------------------------------------------------

# packets NAME: of a named counter
packets()
{
	in_ns "$R" nft -j list counter inet case "$1" |
		jq '.nftables[] | .counter? // empty | .packets'
}

case_rules()
{
	local f

	begin 2 -- local on
	in_ns "$R" nft -f - <<-END
		table inet case {
			counter output { }
			counter post { }
			counter input { }
			counter tracked { }
			chain marks {
				type route hook output priority mangle;
				udp dport 80 meta mark set 7
			}
			chain output {
				type filter hook output priority filter;
				udp dport 80 ct state untracked counter name output
				udp dport 80 ct state != untracked counter name tracked
				udp dport 81 drop
			}
			chain post {
				type filter hook postrouting priority filter;
				udp dport 80 oifname "tm*" counter name post
			}
			chain input {
				type filter hook input priority filter;
				udp sport 80 iifname "tm*" ct state untracked counter name input
			}
		}
	END
	# A mark that would lead elsewhere, were it looked at last
	ip -n "$R" rule add fwmark 7 table 7
	ip -n "$R" -6 rule add fwmark 7 table 7
	ip -n "$R" route add default via 10.1.1.2 table 7
	ip -n "$R" route add default via fd01:1::2 table 7
	for f in $FAMILIES; do
		is "$(here -n 4 -m 3 udp "${VIP[$f]}" 80 | names)" "t1=6 t2=6" \
			"marked, IPv$f"
		ks vs add "d$f" addr "${VIP[$f]}" port 81 proto udp pool p \
			local on
		here -t 100 udp "${VIP[$f]}" 81 || :
	done
	is "$(packets output) $(packets post) $(packets input)" "24 24 24" \
		"packets that the rules saw"
	is "$(packets tracked)" 0 "packets that were tracked"
	# What a rule drops makes no flow
	counted select 8 local_sent 24
}

case_forwarded()
{
	local f

	begin 2 -- local on
	for f in $FAMILIES; do
		is "$(asks -n 4 -m 2 tcp "${VIP[$f]}" 80 | names)" "t1=4 t2=4" \
			"a client's TCP, IPv$f"
		is "$(asks -n 4 -m 2 udp "${VIP[$f]}" 80 | names)" "t1=4 t2=4" \
			"a client's UDP, IPv$f"
		# Another port, and the traffic managers themselves
		here -t 100 tcp "${VIP[$f]}" 81 || :
		is "$(here tcp "${TMIP[$f,2]}" 80 | names)" "t2=1" \
			"to a traffic manager, IPv$f"
	done
	counted select 16 local_sent 0
}

# What ksteer says to a client whose address is served is none of a socket's
case_refusals()
{
	local f

	begin 2 -- local on
	kb <<-END
		tm add gone via ${TMIP[4,1]} via ${TMIP[6,1]} state down
		pool add none tm gone
	END
	for f in $FAMILIES; do
		kb <<-END
			vs add dead$f addr ${VIP[$f]} port 81 proto tcp pool none
			vs add back$f addr ${CIP[$f,1]} pool p noarp local on
		END
		is "$(asks -t 2000 tcp "${VIP[$f]}" 81)" "- Connection refused" \
			"a client is told, IPv$f"
	done
	counted local_sent 0 refused_reset 2
}

# The router's own sockets learn at once what others are told
case_refused()
{
	local f

	begin 2 -- local on
	kb <<-END
		tm down t1
		tm down t2
	END
	for f in $FAMILIES; do
		is "$(here tcp "${VIP[$f]}" 80)" "- Connection refused" \
			"TCP, IPv$f"
		is "$(here udp "${VIP[$f]}" 80)" "- Connection refused" \
			"UDP, IPv$f"
	done
	counted no_tm 4 refused_reset 0 refused_icmp 0
	ks vs set v4 reject drop
	has "$(here -t 300 tcp "${VIP[4]}" 80)" "- *timeout" "in silence"
	truth "$(kcount no_tm) >= 5" "counted"
}

case_explain()
{
	local f said

	begin 2 -- local on
	for f in $FAMILIES; do
		ks vs add "o$f" addr "${VIP[$f]}" port 81 pool p
		is "$(ksj '"\(.verdict) \(.decided_by) \(.vs)"' explain \
			"${OWN[$f]}" 4000 "${VIP[$f]}" 80 tcp dev lo)" \
			"steer scheduler v$f" "that the router sends, IPv$f"
		is "$(ksj '"\(.verdict) \(.reason)"' explain "${OWN[$f]}" 4000 \
			"${VIP[$f]}" 81 tcp dev lo)" \
			"pass no virtual server takes it from this machine" \
			"to another server, IPv$f"
		is "$(ksj '"\(.verdict) \(.reason)"' explain "${VIP[$f]}" 4000 \
			"${VIP[$f]}" 80 tcp dev lo)" \
			"pass it goes to the address that it comes from" \
			"from the address itself, IPv$f"
		is "$(here -p 4001 udp "${VIP[$f]}" 80 | names)" \
			"$(ksj .tm explain "${OWN[$f]}" 4001 "${VIP[$f]}" 80 \
				udp dev lo)=1" "what is known, IPv$f"
	done
}

case_add "asked and answered, tcp and udp" case_shares
case_add "a connection stays with its traffic manager" case_stays
case_add "echo requests" case_ping
case_add "off: no answer, and nobody looks" case_off
case_add "no hook without a server that wants it" case_hook
case_add "direct" case_words direct
case_add "symmetric, answered by the traffic manager" case_words symmetric
case_add "store none and a hash" case_hash
case_add "forward route" case_route
case_add "symmetric, with a server behind firewalls" case_sandwich
case_add "in a vrf" case_vrf
case_add "the router has the address" case_own
case_add "a filter of sources" case_filter
case_add "large transfers, and a narrow way" case_large
case_add "rules of the firewall, and marks" case_rules
case_add "what is forwarded, and what is not served" case_forwarded
case_add "refusals are not steered" case_refusals
case_add "nobody to take it: the socket learns" case_refused
case_add "explain, from the router itself" case_explain
cases_run "$@"
