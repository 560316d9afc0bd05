#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Where the instructions of a packet go, function by function: plain forwarding,
# and ksteer with a known UDP flow, an ICMP error of it, a packet that is not
# ksteer's, a new flow, a known TCP connection, and UDP without netfilter's later
# hooks. Counted by a plugin of the emulator (plugin/packet.c), so that inlined
# functions count with their callers.
#
#   part_profile.sh
#
# KVER is the kernel, 6.1 unless said otherwise. Results on stdout, a JSON
# object a line for each function of at least one instruction a packet; on
# stderr the same as tables, with the sum so far and what part of it is ksteer.
# Returns 0 if all was measured and proven.

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
. "$here/vm.sh"

# rows CASE: of functions.sh, as JSON
rows()
{
	awk -v name="$1" '
		$1 >= 1 {
			printf "{\"part\":\"profile\",\"case\":\"%s\",", name
			printf "\"metric\":\"%s\",\"value\":%s,", $4, $1
			print "\"unit\":\"instructions\"}"
		}'
}

# table CASE: of functions.sh, for people
table()
{
	awk -v name="$1" '
		BEGIN { printf "# %s\n# %8s %8s  %s\n", name, "insns", "so far", "function" }
		{ sum += $1 }
		$5 == "[ksteer]" { ours += $1 }
		$1 >= 1 { printf "# %8.1f %8.0f  %s %s\n", $1, sum, $4, $5 }
		END { printf "# %8.1f in all, %.1f of them in ksteer\n", sum, ours }'
}

case_name()
{
	case $1 in
	plain) echo "plain udp4" ;;
	udp) echo "ksteer udp4 known 1" ;;
	icmp) echo "ksteer icmp4 known 1" ;;
	other) echo "ksteer udp4 other 1" ;;
	new) echo "ksteer udp4 new" ;;
	tcp) echo "ksteer tcp4 known 1" ;;
	direct) echo "ksteer-direct udp4 known 1" ;;
	esac
}

dir=$bench_top/build/bench/profile
mkdir -p "$dir"
rm -f "$dir/packet" "$dir/kallsyms"
bench_build
make -s -C "$here/plugin" >&2 || exit 1
KSTEER_PLUGIN=$bench_top/build/bench/packet.so,out=$dir/packet,mode=profile \
	bench_guest profile cache.sh "$BENCH_INJECTOR" profile || exit 1
mapfile -t labels < <(sed -n 's/^run //p' "$dir/output")
if [ "${#labels[@]}" != "$(grep -c '^run ' "$dir/packet")" ]; then
	bench_say "the plugin saw other runs than the guest"
	exit 1
fi
for i in "${!labels[@]}"; do
	[ "${labels[i]}" = - ] && continue
	name=$(case_name "${labels[i]}")
	"$here/plugin/functions.sh" "$dir/kallsyms" "$dir/packet" $((i + 1)) \
		>"$dir/functions" || exit 1
	rows "$name" <"$dir/functions"
	table "$name" <"$dir/functions" >&2
done
