#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a ledger costs: an epoch over a fresh mount with and without a job, in each mode, by turns.
# Prints Markdown; what each line means: bench/README.md.
set -euo pipefail
if [ "$(id -u)" = 0 ] && [ -z "${LICENSEFS_BENCH-}" ]; then
	LICENSEFS_BENCH=yes exec unshare --mount bash "$0" "$@"
fi
top=$(cd "$(dirname "$0")/.." && pwd)
usage() {
	cat <<'U'
usage: bench/ledger.sh [--images N] [--kib K] [--runs N] [--processes N] [--quick] [--modes LIST]
                       [--licensefs PROGRAM] [--keep DIR]

  --images N     images in the generated store (default 20000, in 200 directories)
  --kib K        size of each in KiB (default 100)
  --runs N       of each, with and without by turns (default 11)
  --processes N  that read at the same time (default 1)
  --quick        80 small images, one run: does it still work?
  --modes LIST   of mount -o mode=, with commas (default uring,passthrough,checked,cached, as far as can be had)
U
}
images=20000 kib=100 runs=11 processes=1 quick=no licensefs=$top/build/licensefs keep= modes=uring,passthrough,checked,cached
while [ $# != 0 ]; do
	case $1 in
	--images) images=$2 && shift ;;
	--kib) kib=$2 && shift ;;
	--runs) runs=$2 && shift ;;
	--processes) processes=$2 && shift ;;
	--quick) images=80 kib=8 runs=1 quick=yes ;;
	--modes) modes=$2 && shift ;;
	--licensefs) licensefs=$(realpath "$2") && shift ;;
	--keep) keep=$(realpath -m "$2") && shift ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done
cd "$top"
[ -x "$licensefs" ] || { echo "bench: no '$licensefs': run ./setup.sh first" >&2; exit 3; }
work=$(mktemp -d "${TMPDIR:-/var/tmp}/licensefs-ledger.XXXXXX")
mnt=$work/mnt
switch=/sys/module/fuse/parameters/enable_uring was=
finish() {
	"$licensefs" umount "$mnt" 2>/dev/null || :
	[ -z "$was" ] || echo "$was" >$switch
	rm -rf --one-file-system "$work"
}
trap finish EXIT
store=${keep:-$work/store}
mkdir "$mnt"
[ -d "$store" ] || python3 "$top/bench/store.py" "$store" "$images" "$kib"
cc -O2 -o "$work/reader" "$top/bench/reader.c" -lxxhash
(cd "$store" && find . -name '*.jpg' -printf '%P\n') | LC_ALL=C sort >"$work/list"
[ "$quick" = yes ] || sleep 3 # what changed a moment before a scan is hashed again when it is opened
rm -rf "$store/.licensefs"
"$licensefs" scan "$store" >/dev/null
"$licensefs" decide "$store" '**' --license CC-BY-4.0 --reason bench >/dev/null
[ ! -w $switch ] || { was=$(cat $switch) && { echo Y >$switch; } 2>/dev/null; } || was=

# Seconds that the processors have worked for the daemon of the mount.
daemons() {
	local p
	for p in $(grep -lsaF "$mnt" /proc/[0-9]*/cmdline); do
		cat "${p%cmdline}"task/*/schedstat 2>/dev/null || :
	done | awk '{ n += $1 } END { printf "%.6f", n / 1e9 }'
}
# epoch MODE plain|job NUMBER: wall-clock and processor seconds of the reader, then those of the daemon
epoch() {
	local job='' before got
	[ "$2" = plain ] || job=,job=$1-$3
	"$licensefs" mount "$store" "$mnt" -o "view=noncommercial,mode=$1$job" 2>"$work/said" || return
	before=$(daemons)
	got=$("$work/reader" -p "$processes" read "$mnt" "$work/list")
	echo "$1 $2 $got $before $(daemons)" >>"$work/times"
	"$licensefs" umount "$mnt"
}
have=
for mode in ${modes//,/ }; do
	if epoch "$mode" plain 0; then have+=" $mode"; else
		echo "bench: left out: $mode: $(head -n 1 "$work/said")" >&2
	fi
done
: >"$work/times"
for ((i = 1; i <= runs; i++)); do
	for mode in $have; do
		# whichever is first finds colder processors
		order="plain job"
		[ $((i % 2)) = 0 ] || order="job plain"
		for with in $order; do epoch "$mode" $with $i; done
	done
done
printf '| %s images of %s KiB, %s | time | processors | ledger |\n| --- | --- | --- | --- |\n' "$(wc -l <"$work/list")" "$kib" \
	"$([ "$processes" = 1 ] && echo 1 process || echo "$processes processes")"
python3 - "$work/times" "$store/.licensefs/catalog.db-jobs" $have <<'P'
import os, statistics, sys

rows = [line.split() for line in open(sys.argv[1])]
size = max(os.path.getsize(e.path) for e in os.scandir(sys.argv[2]))
for mode in sys.argv[3:]:
    # reader.c: seconds, files, bytes, seconds of processors
    took = {w: [(float(r[2]), float(r[5]) + float(r[7]) - float(r[6])) for r in rows if r[:2] == [mode, w]]
            for w in ("plain", "job")}
    cells = []
    for k in (0, 1):
        ratios = [j[k] / p[k] for p, j in zip(took["plain"], took["job"])]
        least = min(j[k] for j in took["job"]) / min(p[k] for p in took["plain"])
        cells.append(f"{statistics.median(ratios):.3f} ({min(ratios):.2f}-{max(ratios):.2f}), least {least:.3f}")
    print(f"| {mode} | {cells[0]} | {cells[1]} | {size} bytes |")
P
