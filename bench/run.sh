#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Speed of the scan beside exiftool and exiv2, and of a mount beside the bare directory and bindfs.
# Prints Markdown; what each line means: bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

usage() {
	cat <<'U'
usage: bench/run.sh [--images N] [--kib K] [--runs N] [--licensefs PROGRAM]

  --images N   images in the generated store (default 5000)
  --kib K      size of each in KiB (default 100)
  --runs N     alternating runs of everything (default 5)
  --licensefs  the program to measure (default build/licensefs)
U
}
images=5000 kib=100 runs=5 licensefs=$PWD/build/licensefs
while [ $# != 0 ]; do
	case $1 in
	--images) images=$2 ;;
	--kib) kib=$2 ;;
	--runs) runs=$2 ;;
	--licensefs) licensefs=$2 ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift 2
done
[ -x "$licensefs" ] || { echo "bench: no '$licensefs': run ./setup.sh first" >&2; exit 3; }
packages_need bench >&2

work=$(mktemp -d "${TMPDIR:-/var/tmp}/licensefs-bench.XXXXXX")
mnt=$work/mnt
unmount() { mountpoint -q "$mnt" && fusermount3 -u "$mnt"; :; }
trap 'unmount; rm -rf "$work"' EXIT
mkdir "$work/store" "$mnt" "$work/t"
cc -O2 -o "$work/reader" bench/reader.c -lxxhash

# Every file is a shipped JPEG with a license, padded with bytes of its own after its end.
python3 - "$work/store" "$images" "$kib" <<'P'
import os, random, sys
store, n, kib = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
names = ["animals/tabby", "animals/nuthatch", "animals/spaniels", "animals/raccoon", "food/fig",
         "food/wine", "landscapes/azure-window", "landscapes/picos-de-europa", "space/station"]
seeds = [open("examples/store/%s.jpg" % name, "rb").read() for name in names]
random.seed(1)
for i in range(n):
    d = "%s/class%03d" % (store, i // 100)
    if i % 100 == 0:
        os.mkdir(d)
    seed = seeds[i % len(seeds)]
    pad = max(16, kib * 1024 - len(seed) + random.randrange(-kib * 256, kib * 256))
    with open("%s/%06d.jpg" % (d, i), "wb") as f:
        f.write(seed + b"%016d" % i + random.randbytes(pad - 16))
P
sync
if ! "$work/reader" read "$work/store" >/dev/null; then exit 3; fi # warm the page cache

# timed NAME COMMAND...: appends the seconds to $work/t/NAME.
timed() {
	local name=$1 a b
	shift
	a=$(date +%s.%N)
	"$@" >/dev/null 2>&1 || { echo "bench: failed: $*" >&2; exit 3; }
	b=$(date +%s.%N)
	echo "$a $b" | awk '{ printf "%.6f\n", $2 - $1 }' >>"$work/t/$name"
}
reader() { "$work/reader" "$2" "$3" | cut -d' ' -f1 >>"$work/t/$1"; }

few=$((images < 400 ? images : 400))
some=$((images < 2000 ? images : 2000))
find "$work/store" -name '*.jpg' | LC_ALL=C sort | sed -n "1,${few}p" >"$work/few"
find "$work/store" -name '*.jpg' | LC_ALL=C sort | sed -n "1,${some}p" >"$work/some"
scan_fresh() { rm -rf "$work/store/.licensefs"; timed scan "$licensefs" scan "$work/store"; }
mount_as() {
	case $1 in
	bindfs) bindfs -r "$work/store" "$mnt" ;;
	*) "$licensefs" mount "$work/store" "$mnt" -o "view=noncommercial,mode=$1" >/dev/null ;;
	esac
}
epochs() { # WHO: fresh read, warm read, then on fresh mounts a stat storm and a walk
	local who=$1 dir=$mnt
	if [ "$who" = bare ]; then
		dir=$work/store
		for what in fresh warm; do reader "$what-$who" read "$dir"; done
		reader "stat-$who" stat "$dir"
		reader "find-$who" find "$dir"
		return
	fi
	mount_as "$who"
	reader "fresh-$who" read "$dir"
	reader "warm-$who" read "$dir"
	unmount
	mount_as "$who"
	reader "stat-$who" stat "$dir"
	unmount
	mount_as "$who"
	reader "find-$who" find "$dir"
	unmount
}

tiers="bindfs cached checked"
for ((i = 1; i <= runs; i++)); do
	[ -t 2 ] && printf '\rrun %d of %d ' "$i" "$runs" >&2
	timed exiftool exiftool -q -q -j -@ "$work/few"
	timed exiv2 xargs -a "$work/some" exiv2 -q -pa
	scan_fresh
	timed rescan "$licensefs" scan "$work/store"
	reader plain read "$work/store"
	for who in bare $tiers; do epochs "$who"; done
done
[ -t 2 ] && printf '\r              \r' >&2

exec python3 bench/table.py "$work/t" "$images" "$few" "$some" "$kib" "$runs" $tiers
