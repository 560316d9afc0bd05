#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# Requests made at random from the specification, right and wrong, with rights
# and without, while packets pass. Each refusal has a sentence, each command is
# obeyed and refused at times, nothing is done for strangers, all memory comes
# back, and what is in order works afterwards. KSTEER_FUZZ says how many,
# KSTEER_FUZZ_SEED which.

. "$(dirname "$0")/lib.sh"

COUNT=${KSTEER_FUZZ:-100000}
ROUND=250
SEED=${KSTEER_FUZZ_SEED:-${KSTEER_SEED:-$((RANDOM << 15 | RANDOM))}}

fuzz_setup()
{
	note "seed $SEED, $COUNT messages"
	echo "# seed $SEED: KSTEER_FUZZ_SEED=$SEED repeats it" >/dev/kmsg
	topo 2
}

configure()
{
	local f

	tms_add
	{
		echo "pool add web sched maglev tm t1 tm t2"
		for f in $FAMILIES; do
			echo "vs add www$f addr ${VIP[$f]} port 53 proto udp pool web"
		done
	} | kb
}

# Objects of the module's caches, in use: a processor's own slab counts as full
# until it is given back
slab_objects()
{
	local slab objects rest sum=0

	for slab in /sys/kernel/slab/ksteer*; do
		echo 1 >"$slab/shrink"
		read -r objects rest <"$slab/objects"
		sum=$((sum + objects))
	done
	echo "$sum"
}

slabs_empty()
{
	local now

	now=$(slab_objects)
	note "$now objects, $1 before"
	((now <= $1))
}

# All that there is goes by the front door
empty()
{
	local kind name

	ks flow flush all >/dev/null
	for kind in vs pool tm; do
		for name in $(ksj '.[].name' "$kind" show); do
			ks "$kind" del "$name"
		done
	done
	is "$(ks save | grep -c ' add ' || :)" 0 "objects left"
	is "$(ksj .flows config show)" 0 "flows left"
}

answered()
{
	local f

	for f in $FAMILIES; do
		has "$(asks -n 3 -S -s "${CANY[$f,1]}" udp "${VIP[$f]}" 53 |
			names)" "t[12]=*" "IPv$f"
	done
}

# What requests have done away with comes back, so that packets are steered
restore()
{
	local f

	{
		for f in $FAMILIES; do
			echo "vs del www$f"
		done
		printf '%s\n' "pool del web" "tm del t1" "tm del t2" \
			"tm add t1 $(tm_words 1)" "tm add t2 $(tm_words 2)" \
			"tm up t1" "tm up t2" "pool add web sched maglev" \
			"pool set web tm t1 tm t2"
		for f in $FAMILIES; do
			echo "vs add www$f addr ${VIP[$f]} pool web"
		done
	} | ksteer -n "$R" -force -batch - >/dev/null 2>&1 || :
}

# Packets of all kinds, as long as there are requests; these come first
traffic()
{
	local round mac

	mac=$(in_ns "$R" cat /sys/class/net/cl1/address)
	for ((round = 1; ; round++)); do
		[ ! -e "$CASE_DIR/over" ] || break
		restore
		fuzz_packet -N "$C" -s "$SEED" -f $((round * ROUND)) c0 \
			"$mac" "${CANY[4,1]}" "${CANY[6,1]}" "${VIP[4]}" \
			"${VIP[6]}" $ROUND
		echo $((round * ROUND)) >"$CASE_DIR/sent"
	done
}

# counted NAME...: the sum of these counters
counted()
{
	ks -j stats show | jq --args 'map(select(.name |
		IN($ARGS.positional[])) | .value) | add' "$@"
}

# Packets that had a traffic manager, or got one
met()
{
	counted hit hit_reply hit_icmp hit_partial select persist midstream_hash
}

# Those that left for it
steered()
{
	counted forward direct
}

# under_traffic COMMAND...: packets come before it, and after it, and those in
# between did not pass by
under_traffic()
{
	local met steered sent

	defer touch "$CASE_DIR/over"
	traffic &
	wait_until 60 test -e "$CASE_DIR/sent"
	sent=$(<"$CASE_DIR/sent") met=$(met) steered=$(steered)
	"$@"
	kill -0 $! || fail "the packets ended before the requests"
	touch "$CASE_DIR/over"
	wait $!
	sent=$(($(<"$CASE_DIR/sent") - sent))
	met=$(($(met) - met)) steered=$(($(steered) - steered))
	note "$sent packets, $met met, $steered steered"
	between "$sent" $((COUNT / 50)) $((COUNT * 50)) "packets sent"
	between "$met" $((sent / 50)) $((sent * 2)) \
		"packets that met a traffic manager"
	# The rest had one that a request had sent down, or off to nowhere
	between "$steered" $((met / 50)) "$met" "packets steered"
}

requests()
{
	local said

	said=$(in_ns "$R" nl_random "$SEED" "$COUNT") || fail "$said"
	note "$(grep flow- <<<"$said")"
	note "$said"
	has "$said" "*messages $COUNT done * failed 0" "messages"
}

test_privileged()
{
	local before

	fuzz_setup
	serve udp:53
	configure
	answered
	empty
	before=$(slab_objects)
	configure
	under_traffic requests
	empty
	wait_until 10 slabs_empty "$before"
	ks config set max-flows 10000 max-open 1000 young 60
	configure
	answered
	empty
}

# stranger PROGRAM...: who is let do nothing
stranger()
{
	local said n=$((COUNT / 10))

	said=$(in_ns "$R" "$@" "$(command -v nl_random)" -u "$SEED" "$n") ||
		fail "$said"
	has "$said" "*messages $n done 0 failed 0" "messages of a stranger"
}

test_unprivileged()
{
	local before

	fuzz_setup
	configure
	before=$(ks save)
	stranger setpriv --reuid=65534 --regid=65534 --clear-groups
	stranger unshare --user --map-root-user
	is "$(ks save)" "$before" "configuration"
}

# Root of a user namespace is master of the network namespace that it made
test_own_namespace()
{
	local said

	said=$(unshare --user --map-root-user --net \
		nl_random -a "$SEED" "$COUNT") || fail "$said"
	note "$said"
}

case_add "requests of all kinds, under traffic" test_privileged
case_add "requests of strangers" test_unprivileged
case_add "requests of a user namespace's root" test_own_namespace

cases_run "$@"
