# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# In the guest: several processors that inject at once, all from the same moment on.
# Sourced after tables.sh.
#
#	on_all CPUS COMMAND...	COMMAND... CPU prints what this one injects; what came
#				of it is in $DIR/result.CPU
#	throughput CPUS		packets a million ticks of the clock, of the receive path
#				alone, of all together
#	objects			what the lines belong to that the plugin saw: part_*.sh
#				reads it in $KSTEER_OUT/objects

# on_one CPU WORD...: an injection by this processor
on_one()
{
	local cpu=$1 result fd

	shift
	taskset -cp "$cpu" "$BASHPID" >"$DIR/said.$cpu"
	exec {fd}<>/sys/kernel/debug/ksteer_inject/run
	: >"$DIR/ready.$cpu"
	until [ -e "$DIR/go" ]; do
		:
	done
	echo "dev=c0 src=$FLOW_SRC $*" >&"$fd" || die "not injected: $*"
	read -r result <&"$fd"
	echo "$result" >"$DIR/result.$cpu"
}

everybody_ready()
{
	local cpu

	for ((cpu = 0; cpu < $1; cpu++)); do
		[ -e "$DIR/ready.$cpu" ] || return
	done
}

on_all()
{
	local cpus=$1 cpu pids=() pid

	shift
	rm -f "$DIR"/{go,ready.*,result.*}
	for ((cpu = 0; cpu < cpus; cpu++)); do
		on_one $cpu "$("$@" $cpu)" &
		pids+=($!)
	done
	until everybody_ready "$cpus"; do
		:
	done
	: >"$DIR/go"
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
}

throughput()
{
	local cpu rate

	rate=$(for ((cpu = 0; cpu < $1; cpu++)); do
		RESULT=$(cat "$DIR/result.$cpu") || exit
		echo "$(part n) $(part sum)"
	done | awk '{ rate += 1000000 * $1 / $2 } END { printf "%.3f", rate }')
	echo "$rate"
}

median()
{
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# What the lines belong to, by the kernel's own word
objects()
{
	local what line

	while read -r what line _; do
		[[ $what = line || $what = read ]] || continue
		echo "$line" >/sys/kernel/debug/ksteer_inject/object
	done < <(awk '$3 > 100' "$KSTEER_OUT/shared" | sort -u -k 2,2)
	dmesg | sed -n 's/.*ksteer_inject: object //p' >"$KSTEER_OUT/objects"
}
