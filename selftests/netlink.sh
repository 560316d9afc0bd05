#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# The netlink family against those who get it wrong: every sentence of refusal,
# every attribute in every wrong form, rights, namespaces, dumps.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/netlink_cases.sh"

# A namespace with what the cases are about; $dev and $noarp are devices
family_setup()
{
	ns_add R
	need_module dummy
	ip -n "$R" -batch - <<-END
	link add d0 type veth peer name d1
	addr add 10.1.0.1/24 dev d0
	addr add fd00:1::1/64 dev d0 nodad
	link set d0 up
	link set d1 up
	link add n0 type dummy
	link set n0 up
	END
	dev=$(in_ns "$R" cat /sys/class/net/d0/ifindex)
	noarp=$(in_ns "$R" cat /sys/class/net/n0/ifindex)
	cases_setup | in_ns "$R" nl_probe
}

# What `ip netns exec` sees under /sys is the namespace's own
test_sentences()
{
	local before after

	family_setup
	before=$(ks save)
	"cases_$1" | in_ns "$R" nl_probe
	[ "$1" != full ] || head -n 1 <<<"$before" | kb
	after=$(ks save)
	is "$after" "$before" "configuration after the refusals"
}

# Each VRF that flows are pushed for has a link id, and there is an end of them
test_links()
{
	local i

	family_setup
	for ((i = 1; i <= 8192; i++)); do
		echo "10.0.0.8 $i 10.9.0.1 80 tcp vrf table:$i tm a vs web"
	done >"$CASE_DIR/flows"
	ks flow load "$CASE_DIR/flows"
	refused ks flow add 10.0.0.8 9000 10.9.0.1 80 tcp vrf table:8193 tm a \
		vs web
	has "$SAID" "*No room for another VLAN of a VRF*" "one more"
	ks flow add 10.0.0.8 9000 10.9.0.1 80 tcp vrf table:8192 tm a vs web
}

# Each sentence in the kernel's sources is expected by a case, except those
# that only a machine without memory, IPv6 or netfilter hooks hears, or somebody
# who knows the secret of the hash
test_complete()
{
	local dir=$SELFTESTS/../kmod/netlink missing

	[ -d "$dir" ] || skip "no sources here"
	sed -n 's/.*"\([A-Z][^"]* [^"]*\)".*/\1/p' "$dir"/*.c |
		grep -vE "No memory|no IPv6|netfilter hook|share a bucket" | sort -u >"$CASE_DIR/said"
	{
		grep -oP '(?<= ")[^"]+(?="$)' "$SELFTESTS/netlink_cases.sh"
		grep -oP '(?<="\*)[A-Z][^*]+(?=\*")' "$SELFTESTS/netlink.sh"
	} >"$CASE_DIR/expected"
	between "$(wc -l <"$CASE_DIR/said")" 60 200 "sentences in the sources"
	missing=$(awk 'NR == FNR { expected[$0]; next }
		{ n = 0; for (e in expected) n += index($0, e) > 0 }
		!n' "$CASE_DIR/expected" "$CASE_DIR/said")
	is "$missing" "" "sentences that no case expects"
}

test_malformed()
{
	local before after

	family_setup
	before=$(ks save)
	in_ns "$R" nl_fuzz "$1"
	after=$(ks save)
	is "$after" "$before" "configuration after the malformed messages"
}

# Netlink takes the last of attributes alike; no half of the first may stay
test_duplicate()
{
	family_setup
	in_ns "$R" nl_probe <<-END
	tm-set name=a weight=3 weight=5 => OK
	tm-set name=b weight=9 name=a max-flows=4 => OK
	tm-set name=a weight=6 !weight=65536 => ERANGE
	END
	is "$(ksj '.[0] | "\(.weight) \(.max_flows)"' tm show a)" "9 4" \
		"the last name and the last value count"
	is "$(ksj '.[0].weight' tm show b)" 1 "the first name does not"
}

# Everything that speaks to the kernel, once
all_commands()
{
	cat <<-END
	tm show
	tm show a
	tm add x via 10.1.0.77
	tm set a weight 2
	tm del pt
	pool show
	pool add x tm a
	pool set p sched lc
	pool join p tm dn
	pool leave p tm a
	pool del p
	vs show
	vs add x addr 10.9.7.7 pool p
	vs set web noarp on
	vs del rt
	flow show
	flow get 10.0.0.7 1000 10.9.0.1 80 tcp
	flow add 10.0.0.9 1000 10.9.0.1 80 tcp tm a vs web
	flow del 10.0.0.7 1000 10.9.0.1 80 tcp
	flow flush all
	config show
	config set young 9
	stats show
	explain 10.0.0.7 1000 10.9.0.1 80 tcp
	END
}

# all_refused COMMAND...: each of them, and for want of rights
all_refused()
{
	local said count

	count=$(all_commands | wc -l)
	said=$(all_commands | "$@" -force -batch - 2>&1) && fail "all was done"
	is "$(grep -c '^Command failed' <<<"$said")" "$count" "commands refused"
	is "$(grep -ci 'not permitted' <<<"$said")" "$count" "for want of rights"
}

# A copy of the program that everybody may run
public_ksteer()
{
	PUBLIC=$(mktemp -p /tmp ksteer.XXXXXX)
	defer rm -f "$PUBLIC"
	install -m 755 "$(command -v ksteer)" "$PUBLIC"
}

as_nobody()
{
	in_ns "$R" setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

test_unprivileged()
{
	local before rc=0

	family_setup
	public_ksteer
	before=$(ks save)
	all_refused as_nobody "$PUBLIC"
	SAID=$(as_nobody "$PUBLIC" tm show 2>&1) || rc=$?
	is $rc 1 "exit code"
	has "$SAID" "*not permitted*" "what is said"
	rc=0
	as_nobody timeout 5 "$PUBLIC" monitor || rc=$?
	truth "rc == 1 || rc == 3" "a stranger may listen"
	is "$(ks save)" "$before" "configuration"
	is "$(ksj '.[0].value' stats show stored)" 4 "flows"
}

test_userns()
{
	local theirs

	family_setup
	public_ksteer
	as_nobody unshare -Ur true || skip "no user namespaces for strangers"
	theirs=$(as_nobody unshare -Urn sh -c "ip link set lo up
		ip link add d0 type veth peer name d1
		ip link set d0 up; ip link set d1 up
		$PUBLIC tm add mine via 10.44.0.2 dev d0 &&
		$PUBLIC pool add p tm mine && $PUBLIC vs add v addr 10.9.0.1 pool p &&
		$PUBLIC tm show")
	has "$theirs" "*mine*" "root of a namespace of one's own"
	all_refused as_nobody unshare -Ur "$PUBLIC"
	is "$(ksj 'map(select(.name == "mine")) | length' tm show)" 0 \
		"theirs here"
	theirs=$(as_nobody unshare -Urn sh -c "$PUBLIC config set max-flows 262144 &&
		$PUBLIC config set max-flows 262145 2>&1; $PUBLIC config show")
	has "$theirs" "*Only the administrator of the machine may grant so many flows*" \
		"memory of the machine for whoever asks"
	has "$theirs" "*max-flows*262144*" "what they have"
	ks config set max-flows 262145
	theirs=$(as_nobody unshare -Urn sh -c "$(bounds_script)" 2>&1)
	has "$theirs" "*This namespace may have 1024 traffic managers*" "bound"
	has "$theirs" "*This namespace may have 256 pools*" "bound"
	has "$theirs" "*This namespace may have 1024 virtual servers*" "bound"
	has "$theirs" "*The tables of this namespace may have 8388608 slots*" \
		"bound"
	has "$theirs" "*managers 1024 pools 256*" "what they have"
}

# bounds_script: as many objects as there may be, and one more of each kind
bounds_script()
{
	cat <<-END
	ip link add name d0 type dummy
	seq 1025 | sed 's/.*/tm add t& dev d0 via 10.0.0.9/' |
		$PUBLIC -force -batch -
	$PUBLIC pool add big sched maglev hash src table-size 5000011 tm t1
	seq 257 | sed 's/.*/pool add p& sched rr tm t1/' |
		$PUBLIC -force -batch -
	seq 1025 | sed 's/.*/vs add v& addr 10.9.0.1 port & proto udp pool p1/' |
		$PUBLIC -force -batch -
	echo managers \$($PUBLIC -j tm show | tr , '\n' | grep -c '"name"') \\
		pools \$($PUBLIC -j pool show | grep -o '"sched"' | wc -l)
	END
}

TRACING=/sys/kernel/tracing

queue_untraced()
{
	echo 0 >"$1/events/workqueue/workqueue_queue_work/enable"
	rmdir "$1"
}

# is_queued TRACE WORK...: each of them where users' work is done
is_queued()
{
	local trace=$1 work

	shift
	for work; do
		grep -q "function=ksteer_$work .*workqueue=ksteer_user " \
			"$trace/trace" || return 1
	done
}

# Whatever a user has the module do in namespaces of his own is queued where no
# more than two do it at a time
test_user_queue()
{
	local trace=$TRACING/instances/$CASE_TAG

	[ -d $TRACING/events/workqueue ] || skip "no tracefs at $TRACING"
	ns_add R
	public_ksteer
	as_nobody unshare -Ur true || skip "no user namespaces for strangers"
	mkdir "$trace"
	defer queue_untraced "$trace"
	echo 1 >"$trace/events/workqueue/workqueue_queue_work/enable"
	bg "$R" setpriv --reuid=65534 --regid=65534 --clear-groups \
		unshare -Urn sh -c "ip link add d0 type dummy
		ip link set d0 up
		$PUBLIC tm add mine via 10.0.0.9 dev d0 &&
		$PUBLIC pool add p tm mine &&
		$PUBLIC vs add v addr 10.9.0.1 pool p events new || exit
		# Flows are told of once somebody listens
		$PUBLIC monitor &
		trap 'kill \$!; exit' TERM
		while :; do
			$PUBLIC flow add 10.0.0.1 1 10.9.0.1 80 tcp tm mine vs v
			$PUBLIC flow flush all
		done"
	defer kill "$BG"
	wait_until 10 is_queued "$trace" \
		gc_work refresh_work announce_work changelog_work
	is "$(cat /sys/devices/virtual/workqueue/ksteer_user/max_active)" 2 \
		"how many at a time"
}

# --- many objects ---------------------------------------------------------------

# Each is looked for on each device
test_many_servers()
{
	ns_add R
	seq 200 | sed 's/.*/link add d& type dummy\nlink set d& arp on multicast on up/' |
		ip -n "$R" -batch -
	{
		echo "tm add a via fd00:8::9 dev d1"
		echo "pool add p tm a"
		seq 600 | sed 's/.*/vs add w& addr fd00:9:&::9 proto udp pool p/'
	} | kb
	is "$(ksj length vs show)" 600 "servers"
	seq 600 | sed 's/.*/vs del w&/' | kb
	is "$(ksj length vs show)" 0 "servers left"
}

# Of each pool there is an entry: one request deletes them all
test_many_pools()
{
	local i

	ns_add R
	ip -n "$R" link add d0 type dummy
	{
		echo "tm add a via 10.0.0.9 dev d0"
		for ((i = 1; i <= 3000; i++)); do
			echo "pool add p$i tm a"
			echo "vs add v$i addr 10.9.0.9 port $i pool p$i" \
				"template src,dst"
			echo "flow add 10.0.0.8 - 10.9.0.9 - - fields src,dst" \
				"tm a vs v$i"
		done
	} | kb
	is "$(ksj length flow show)" 3000 "entries"
	ks flow del 10.0.0.8 - 10.9.0.9 - - fields src,dst
	is "$(ksj length flow show)" 0 "entries left"
}

# The same names in two namespaces, and neither sees the other
test_namespaces()
{
	local first

	ns_add R X
	kb <<-END
	tm add a via 10.1.0.2 weight 3
	pool add p sched rr tm a
	vs add v addr 10.9.0.1 pool p
	flow add 10.0.0.1 1 10.9.0.1 80 tcp tm a vs v
	config set young 11
	END
	first=$(ks save)
	is "$(ksteer -n "$X" tm show | wc -l)" "$(ksteer -n "$X" pool show | wc -l)" \
		"lines of an empty namespace"
	is "$(ksteer -n "$X" -j tm show)" "[]" "the other's traffic managers"
	ksteer -n "$X" -batch - <<-END
	tm add a via 10.2.0.2 weight 5
	pool add p sched lc tm a
	vs add v addr 10.9.0.1 pool p
	END
	is "$(ks save)" "$first" "the first after changes of the second"
	is "$(ksteer -n "$X" -j config show | jq '.flows, .young' | paste -sd ' ')" \
		"0 60" "the second's flows and settings"
	ip netns del "$X"
	wait_until 10 holds_one "$first"
}

holds_one()
{
	[ "$(ks save)" = "$1" ] && [ "$(ksj .flows config show)" = 1 ]
}

many_objects()
{
	awk 'BEGIN {
		for (i = 0; i < 2000; i++)
			printf "tm add tm-%04d-with-a-long-name via 10.1.%d.%d\n",
				i, 1 + i / 200, 1 + i % 200
		for (i = 0; i < 500; i++)
			printf "pool add pool-%04d tm tm-%04d-with-a-long-name tm tm-%04d-with-a-long-name\n",
				i, i, i + 500
		for (i = 0; i < 1000; i++)
			printf "vs add vs-%04d addr 10.%d.%d.1 port 80 proto tcp pool pool-%04d\n",
				i, 20 + i / 250, i % 250, i % 500
	}' | kb
}

test_dumps()
{
	local cmd said count

	ns_add R
	many_objects
	while read -r cmd count; do
		said=$(in_ns "$R" nl_dump "$cmd")
		has "$said" "objects $count distinct $count parts *" "$cmd"
		has "$said" "*interrupted 0" "$cmd, nothing changed"
		truth "$(awk '{ print $6 }' <<<"$said") > 2" "parts of $cmd"
		said=$(in_ns "$R" nl_dump "$cmd" change)
		has "$said" "*interrupted 1" "$cmd, changed meanwhile"
	done <<-END
	tm-get 2000
	pool-get 500
	vs-get 1000
	END
	is "$(ksj 'map(.name) | . == sort and length == 2000' tm show)" true \
		"traffic managers stand in the order of their making"
	is "$(ksj '.[0].via' tm show tm-1999-with-a-long-name)" 10.1.10.200 \
		"one by its name"
	is "$(ksj '.[0].pool' vs show vs-0999)" pool-0499 "one by its name"
	is "$(ks save | wc -l)" 3501 "lines of save"
}

filtered()
{
	local count=$1 got

	shift
	got=$(ksj length flow show "$@")
	is "$got" "$count" "flow show $*"
}

test_filters()
{
	ns_add R
	kb <<-END
	tm add a via 10.1.0.2 via fd00:1::2
	tm add b via 10.1.0.3 via fd00:1::3
	pool add p tm a tm b
	vs add v addr 10.9.0.0/24 pool p
	vs add w addr fd00:9::/64 pool p
	END
	ks flow load - <<-END
	10.0.0.1 1001 10.9.0.1 80 tcp tm a vs v
	10.0.0.2 1002 10.9.0.1 443 tcp tm a vs v
	10.0.1.3 1003 10.9.0.2 80 tcp tm b vs v
	10.0.1.4 1003 10.9.0.2 53 udp tm b vs v vlan 7
	fd00::1 1001 fd00:9::1 80 tcp tm a vs w
	fd00::2 1002 fd00:9::2 53 udp tm b vs w
	END
	filtered 6
	filtered 2 src 10.0.1.0/24
	filtered 1 src 10.0.1.3
	filtered 4 src 0.0.0.0/0
	filtered 2 src ::/0
	filtered 1 src fd00::2
	filtered 2 dst 10.9.0.1
	filtered 1 dst fd00:9::2/128
	filtered 3 dport 80
	filtered 2 sport 1003
	filtered 2 proto udp
	filtered 1 vlan 7
	filtered 5 vlan 0
	filtered 3 tm b
	filtered 2 vs w
	filtered 1 vs w tm b
	filtered 0 vs w tm b dport 80
	filtered 6 state established
	filtered 0 state open
	is "$(ksj .count flow flush src 10.0.0.0/24 dport 80)" 1 "flushed"
	filtered 5
	is "$(ksj .count flow flush proto udp)" 2 "flushed"
	filtered 3
	is "$(ksj '.[0].src' flow get 10.0.1.3 1003 10.9.0.2 80 tcp)" 10.0.1.3 \
		"by its key"
	is "$(ksj '.[0].src' flow get 10.9.0.2 80 10.0.1.3 1003 tcp)" 10.0.1.3 \
		"by its answers' key"
}

for group in tm pool vs flow rest full; do
	case_add "sentences: $group" test_sentences $group
done
case_add "sentences: more VRFs than there may be" test_links
case_add "sentences: each has a case" test_complete
case_add "malformed: attributes" test_malformed policy
case_add "malformed: frames" test_malformed frame
case_add "duplicate attributes: the last counts" test_duplicate
case_add "rights: none without CAP_NET_ADMIN" test_unprivileged
case_add "rights: root of a user namespace" test_userns
case_add "rights: whose work is done for a user namespace" test_user_queue
case_add "many servers, by many devices" test_many_servers
case_add "a key of many pools" test_many_pools
case_add "namespaces do not see each other" test_namespaces
case_add "dumps: many objects, changes" test_dumps
case_add "flows: filters" test_filters

cases_run "$@"
