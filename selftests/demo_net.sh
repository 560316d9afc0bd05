# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the demonstration stands on: seven machines, each a network namespace,
# joined by cables (veth), and the servers that run on them. Sourced by demo.sh.
#
#   client ---- router ---- tm1 ---- lan (a switch) ---- web1
#                  |------- tm2 ------|                \- web2
#                  `------- tm3 ------|

machines=(client router tm1 tm2 tm3 lan web1 web2)
address=10.0.0.80
address6=2001:db8::80
size=3000000
work=$(mktemp -d /tmp/ksteer-demo.XXXXXX)

on()
{
	local machine=$1

	shift
	ip netns exec "demo-$machine" "$@"
}

# will MACHINE WORD...: a command for its ip(8), done by net_done
will()
{
	local machine=$1

	shift
	echo "$*" >>"$work/$machine.ip"
}

# cable MACHINE DEVICE MACHINE DEVICE
cable()
{
	echo "link add $2 netns demo-$1 type veth peer name $4 netns demo-$3" \
		>>"$work/cables"
	will "$1" link set "$2" up
	will "$3" link set "$4" up
}

# number MACHINE DEVICE ADDRESS...
number()
{
	local machine=$1 dev=$2 addr

	shift 2
	for addr; do
		case $addr in
		*:*) will "$machine" addr add "$addr" dev "$dev" nodad ;;
		*) will "$machine" addr add "$addr" dev "$dev" ;;
		esac
	done
}

# The address of the service is the client's neighbour, or so it seems
net_clients()
{
	cable client eth0 router clients
	number client eth0 10.0.0.2/24 2001:db8::2/64
	number router clients 10.0.0.1/24 2001:db8::1/64
}

# net_manager I: it has the address of the service, but tells nobody
net_manager()
{
	local i=$1 tm=tm$1

	cable "$tm" eth0 router "$tm"
	number router "$tm" "10.1.$i.1/24" "2001:db8:1:$i::1/64"
	number "$tm" eth0 "10.1.$i.2/24" "2001:db8:1:$i::2/64"
	number "$tm" lo "$address/32" "$address6/128"
	will "$tm" route add default via "10.1.$i.1"
	will "$tm" route add default via "2001:db8:1:$i::1"
	cable "$tm" eth1 lan "$tm"
	will lan link set "$tm" master switch
	number "$tm" eth1 "10.2.0.$i/24"
}

net_server()
{
	local i=$1

	cable "web$i" eth0 lan "web$i"
	will lan link set "web$i" master switch
	number "web$i" eth0 "10.2.0.1$i/24"
}

# Each names itself in the answer
haproxy_config()
{
	cat <<-END
	global
		maxconn 500
	defaults
		mode http
		timeout connect 5s
		timeout client 120s
		timeout server 120s
	frontend web
		bind $address:80
		bind [$address6]:80
		http-response set-header X-TM $1
		default_backend servers
	backend servers
		balance roundrobin
		server web1 10.2.0.11:80
		server web2 10.2.0.12:80
	END
}

nginx_config()
{
	cat <<-END
	user root;
	worker_processes 1;
	daemon off;
	error_log stderr;
	pid $work/$1.pid;
	events { worker_connections 500; }
	http {
		access_log off;
		server {
			listen 80;
			root $work/www;
			location = /who { return 200 "$1\n"; }
		}
	}
	END
}

# serve MACHINE COMMAND...: runs until the power goes
serve()
{
	local machine=$1

	shift
	ip netns exec "demo-$machine" "$@" >"$work/$machine.log" 2>&1 &
	disown
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for()
{
	local deadline=$((SECONDS + $1)) tick

	shift
	exec {tick}<> <(:)
	until "$@" >"$work/wait" 2>&1; do
		if [ $SECONDS -ge $deadline ]; then
			echo "demo: gave up waiting for: $*" >&2
			cat "$work/wait" "$work"/*.log >&2
			exit 1
		fi
		read -r -t 0.1 -u "$tick"
	done
	exec {tick}<&-
}

listens()
{
	[ -n "$(on "$1" ss -Hltn 'sport = 80')" ]
}

net_serve()
{
	local machine

	mkdir "$work/www"
	chmod 755 "$work" "$work/www"
	head -c "$size" /dev/urandom >"$work/www/file"
	for machine in web1 web2; do
		nginx_config $machine >"$work/$machine.conf"
		serve $machine nginx -p "$work" -c "$work/$machine.conf"
	done
	for machine in tm1 tm2 tm3; do
		haproxy_config $machine >"$work/$machine.conf"
		serve $machine haproxy -db -f "$work/$machine.conf"
	done
	for machine in web1 web2 tm1 tm2 tm3; do
		wait_for 120 listens $machine
	done
}

# Short queues, so that what a dead machine has sent is soon read, and short
# memories, so that a connection that its program left does not linger
net_tune()
{
	local short='4096 32768 65536' machine

	on client sysctl -qw net.ipv4.tcp_rmem="$short"
	for machine in tm1 tm2 tm3 web1 web2; do
		on $machine sysctl -qw net.ipv4.tcp_wmem="$short" \
			net.ipv4.tcp_orphan_retries=1
	done
	on router sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
}

net_done()
{
	local machine

	for machine in "${machines[@]}"; do
		ip netns add "demo-$machine" || exit 1
	done
	ip -batch "$work/cables" || exit 1
	for machine in "${machines[@]}"; do
		ip -n "demo-$machine" -batch "$work/$machine.ip" || exit 1
	done
}

net_up()
{
	local i

	for i in "${machines[@]}"; do
		will "$i" link set lo up
	done
	will lan link add switch type bridge
	will lan link set switch up
	net_clients
	for i in 1 2 3; do
		net_manager $i
	done
	net_server 1
	net_server 2
	net_done
	net_tune
	net_serve
}

# end MACHINE SIGNAL: of its programs
end()
{
	local pids

	mapfile -t pids < <(ip netns pids "demo-$1")
	[ ${#pids[@]} -eq 0 ] || kill "-$2" "${pids[@]}" 2>/dev/null
}

is_idle()
{
	[ -z "$(ip netns pids "demo-$1")" ]
}

# power_off MACHINE: the cable goes dead before its programs can say farewell
power_off()
{
	on "$1" ip link set eth0 down
	end "$1" KILL
	wait_for 60 is_idle "$1"
}

net_down()
{
	local machine

	trap - EXIT
	for machine in "${machines[@]}"; do
		[ -e "/run/netns/demo-$machine" ] && end "$machine" TERM
	done
	[ -z "${gate-}" ] || exec {gate}>&-
	wait
	for machine in "${machines[@]}"; do
		[ -e "/run/netns/demo-$machine" ] || continue
		wait_for 60 is_idle "$machine"
		ip netns del "demo-$machine"
	done
	rm -rf "$work"
}
