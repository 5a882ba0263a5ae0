#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Speed of the scan, warm and cold, beside exiftool, exiv2, Pillow, a plain read and hash, and find.
# Prints Markdown; what each line means: bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

usage() {
	cat <<'U'
usage: bench/scan.sh [--images N] [--kib K] [--runs N] [--no-cold] [--quick]
                     [--licensefs PROGRAM] [--keep DIR] [--times DIR]

  --images N   images in the generated store (default 20000)
  --kib K      size of each in KiB (default 100)
  --runs N     alternating runs of everything (default 5)
  --no-cold    leave out what needs the page cache dropped, which only root can
  --quick      40 small images, one run, nothing cold: does it all still work?
  --licensefs  the program to measure (default build/licensefs)
  --keep DIR   make the store there, or use the one that is there, and keep it
  --times DIR  leave there what was measured: seconds elapsed, of user and of system
U
}
images=20000 kib=100 runs=5 cold=yes licensefs=$PWD/build/licensefs keep= quick=no times=
while [ $# != 0 ]; do
	case $1 in
	--images) images=$2 && shift ;;
	--kib) kib=$2 && shift ;;
	--runs) runs=$2 && shift ;;
	--no-cold) cold=no ;;
	--quick) images=40 kib=8 runs=1 cold=no quick=yes ;;
	--licensefs) licensefs=$2 && shift ;;
	--keep) keep=$2 && shift ;;
	--times) times=$2 && shift ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done
[ -x "$licensefs" ] || { echo "bench: no '$licensefs': run ./setup.sh first" >&2; exit 3; }
[ "$quick" = yes ] || packages_need bench >&2
python=/usr/bin/python3 # Debian's, which has Pillow
[ -x $python ] || python=python3
[ "$(id -u)" = 0 ] && [ -w /proc/sys/vm/drop_caches ] || cold=no

work=$(mktemp -d "${TMPDIR:-/var/tmp}/licensefs-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
store=${keep:-$work/store}
times=${times:-$work/t}
mkdir -p "$store" "$times"
cc -O2 -o "$work/reader" bench/reader.c -lxxhash
[ -d "$store/class000" ] || $python bench/store.py "$store" "$images" "$kib"
[ "$quick" = yes ] || sync -f "$store" # the disk is busy with it for a while

# timed NAME COMMAND...: appends seconds elapsed and seconds of processors to $work/t/NAME.
TIMEFORMAT='%R %U %S'
timed() {
	local name=$1
	shift
	{ time "$@" >/dev/null 2>"$work/err"; } 2>>"$times/$name" || {
		echo "bench: failed: $*" >&2
		cat "$work/err" >&2
		exit 3
	}
}
drop() { sync && echo 3 >/proc/sys/vm/drop_caches; }
fresh() { rm -rf "$store/.licensefs"; }
list() { find "$store" -path "$store/.licensefs" -prune -o -printf '%p %i %s %T@ %C@ %m %U %G\n'; }

find "$store" -name '*.jpg' | LC_ALL=C sort >"$work/all"
images=$(wc -l <"$work/all")
few=$((images < 400 ? images : 400)) some=$((images < 1600 ? images : 1600))
# spread over the store, since what lies together is alike
awk -v n="$images" -v k="$few" 'int((NR - 1) * k / n) != int(NR * k / n)' "$work/all" >"$work/few"
awk -v n="$images" -v k="$some" 'int((NR - 1) * k / n) != int(NR * k / n)' "$work/all" >"$work/some"
few=$(wc -l <"$work/few") some=$(wc -l <"$work/some")
pil='import sys; from PIL import Image, IptcImagePlugin
for name in open(sys.argv[1]).read().split("\n")[:-1]:
    with Image.open(name) as i: dict(i.getexif()), i.getexif().get_ifd(0x8769), i.getxmp(), IptcImagePlugin.getiptcinfo(i)'

"$work/reader" hash "$store" >/dev/null # warm the page cache
for ((i = 1; i <= runs; i++)); do
	[ -t 2 ] && printf '\rrun %d of %d ' "$i" "$runs" >&2
	timed exiftool exiftool -q -q -j -@ "$work/few"
	fresh && timed scan "$licensefs" scan "$store"
	timed exiv2 xargs -a "$work/some" exiv2 -q -pa
	timed pil $python -c "$pil" "$work/some"
	timed plain "$work/reader" hash "$store"
	"$licensefs" scan "$store" >/dev/null # judges again what was too young to trust
	timed rescan "$licensefs" scan "$store"
	timed find list
done
for ((i = 1; i <= runs; i++)); do
	[ "$cold" = yes ] || break
	[ -t 2 ] && printf '\rcold run %d of %d ' "$i" "$runs" >&2
	fresh && drop && timed cold-scan "$licensefs" scan "$store"
	drop && timed cold-plain "$work/reader" hash "$store"
	drop && timed cold-rescan "$licensefs" scan "$store"
	drop && timed cold-find list
done
[ -t 2 ] && printf '\r                 \r' >&2

echo "$images $few $some" >"$times/counts"
$python bench/scan_table.py "$times" "$images" "$few" "$some" "$kib" "$runs" "$cold"
