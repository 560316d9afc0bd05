#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# In the guest: what a new flow costs by mechanism and by number of members.
#
#   select.sh INJECTOR MEMBERS [MECHANISM...]
#
# A case is named MECHANISM new4 MEMBERS, with " full" behind it where all members but
# ten are full. Each mechanism has three members beside so many.

set -uo pipefail

. "$(dirname "$0")/router.sh"

PART=size
FEW=2000 LEFT=10 JOIN=50

# members FROM END MOST: words that name them
members()
{
	local i

	for ((i = $1; i < $2 && i < $3; i++)); do
		echo -n " tm tm$i"
	done
}

select_up()
{
	local i members=$2

	{
		for ((i = 0; i < members; i++)); do
			echo "tm add tm$i via ${VIA[i % 3]} weight $((1 + i / 3 % 5))"
		done
		echo "pool add p sched $1"
		for ((i = 0; i < members; i += JOIN)); do
			echo "pool join p$(members "$i" $((i + JOIN)) "$members")"
		done
		echo "vs add v addr $VIP port 80 proto udp pool p noarp on"
	} | ksteer -batch - || die "ksteer is not configured"
}

# A flow each, of clients that are not asked for, and no room for another
select_fill()
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo "tm set tm$i max-flows 1"
		echo "flow add $SRC $((20000 + i)) $VIP 80 udp tm tm$i vs v"
	done | ksteer -batch - || die "not filled"
}

# Within the namespace
inside()
{
	local name="$1 new4 $2" devs=all

	family 4
	router_up
	select_up "$1" "$2"
	[ "$1" != ordered ] || devs=one
	if [ "$3" = full ]; then
		select_fill $(($2 - LEFT))
		name+=" full"
	fi
	measure "$name" "$devs" n=$FEW flows=$FEW
}

case_of()
{
	ip netns add R
	nsenter --net=/run/netns/R "$0" "$INJECTOR" 0 --inside "$@" || rc=1
	ip netns del R
}

outside()
{
	local mechanism rc=0

	modprobe dummy && insmod "$INJECTOR" || die "no injector"
	modprobe ksteer || die "no module ksteer"
	for mechanism; do
		case_of "$mechanism" 3 free
		case_of "$mechanism" "$MEMBERS" free
		case_of "$mechanism" "$MEMBERS" full
	done
	rmmod ksteer ksteer_inject
	return $rc
}

INJECTOR=$1 MEMBERS=$2
shift 2
[ $# -gt 0 ] || set -- rr wrr lc maglev ordered
if [ "$1" = --inside ]; then
	inside "$2" "$3" "$4"
else
	outside "$@"
fi
