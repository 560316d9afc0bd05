#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot User-Mode Linux on the host's own root, read-only, and run COMMAND there.
#
#   uml.sh -o DIR [-m MB] [-t SECONDS] MODULES COMMAND [ARG...]
#
# MODULES is a directory that has lib/modules/RELEASE; the guest finds DIR as
# /run/out and may write there. What COMMAND prints is on stdout and in
# DIR/output; returns what it returned.

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)

die()
{
	echo "uml.sh: $*" >&2
	exit 2
}

out='' mem=2048 limit=1200
while getopts o:m:t: opt; do
	case $opt in
	o) out=$OPTARG ;;
	m) mem=$OPTARG ;;
	t) limit=$OPTARG ;;
	*) die "see its head" ;;
	esac
done
shift $((OPTIND - 1))
if [ -z "$out" ] || [ $# -lt 2 ]; then
	die "see its head"
fi

uml=$("$here/build.sh") || exit 2
mkdir -p "$out"
out=$(realpath "$out")
exec {lock}>"$out/.lock"
flock -n "$lock" || die "$out is in use by another run"
rm -f "$out"/{output,log,dmesg,end,console,modules}
ln -s "$(realpath "$1")/lib/modules" "$out/modules"
shift
printf '%q ' "$@" >"$out/command"

# The guest's memory is a file, which would wear out a disk
timeout --foreground -k 10 "$limit" env -i HOME="$out" TMPDIR=/dev/shm PATH="$PATH" \
	"$uml/linux" "mem=${mem}M" root=/dev/root rootfstype=hostfs \
	rootflags=/ ro "init=$here/init" con=null con0=null,fd:1 con1=null \
	quiet "guest.out=$out" </dev/null >"$out/console" 2>&1
cat "$out/output"
cat "$out/log" >&2
grep -qs '^end rc=0$' "$out/end"
