#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# In the guest: what it costs to restore a configuration of so many virtual servers,
# each of a port of its own, with a tenth as many traffic managers; then to restore
# it once more, where all of it is there.
#
#   restore.sh INJECTOR SERVERS

. "$(dirname "$0")/tables.sh"

PART=size

# lines SERVERS: the configuration, as `ksteer save` would print it
lines()
{
	awk -v servers="$1" -v vip=$VIP 'BEGIN {
		for (i = 0; i < servers / 10; i++)
			printf "tm add t%d via 10.20.%d.%d\n", i, i / 250, 1 + i % 250
		printf "pool add p sched rr tm t0 tm t1 tm t2\n"
		for (i = 0; i < servers; i++)
			printf "vs add v%d addr %s port %d proto tcp pool p\n",
				i, vip, 1 + i
	}'
}

# there WHAT COUNT: so many are shown
there()
{
	[ "$(ksteer -j "$1" show | jq length)" = "$2" ] || die "not $2 of $1"
}

restore()
{
	local name="restore $1" begin

	shift
	begin=$(date +%s%N)
	cost ksteer restore "$DIR/lines"
	there vs "$SERVERS"
	there tm $((SERVERS / 10))
	result "$name" total "$COST" instructions
	result "$name" "a server" $((COST / SERVERS)) instructions
	echo "# $name: $COST, $((($(date +%s%N) - begin) / 1000000)) ms" >&2
}

SERVERS=$1
modprobe ksteer
wires 0
lines "$SERVERS" >"$DIR/lines"
restore "$SERVERS"
restore "$SERVERS, again"
unwire
