#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Speed of a mount in every mode beside the bare directory and other filesystems, and of the scan beside
# other programs. Prints Markdown; what each line means: bench/README.md.
set -euo pipefail
# In a mount namespace of its own, nothing stays mounted and other users see nothing of it.
if [ "$(id -u)" = 0 ] && [ -z "${LICENSEFS_BENCH-}" ]; then
	LICENSEFS_BENCH=yes exec unshare --mount bash "$0" "$@"
fi
top=$(cd "$(dirname "$0")/.." && pwd)

usage() {
	cat <<'U'
usage: sudo bench/run.sh [--images N] [--kib K] [--large MB] [--runs N] [--minutes N]
                         [--no-cold] [--no-scan] [--quick] [--licensefs PROGRAM] [--keep DIR] [--result FILE] [--write]

  --images N   images in the generated store (default 20000, in 200 directories)
  --kib K      size of each in KiB (default 100)
  --large MB   size of the one large file (default 1000)
  --runs N     alternating runs of everything (default 5)
  --minutes N  begin no other run after so many minutes
  --no-cold    leave out what needs the page cache dropped, which only root can
  --no-scan    leave out the scan, which bench/scan.sh measures
  --quick      80 small images, one run, few peers, nothing cold: does it all still work?
  --licensefs  the program to measure (default build/licensefs)
  --keep DIR   make the files there, or use those that are there, and keep them
  --result F   where all single values go, as JSON (default: bench.json beside the program)
  --write      put tables and plot into docs/PERFORMANCE.md, docs/performance.svg and README.md

As root, mounts of nobody are measured as well, and, where there is one, -o mode=uring: enable_uring of
the fuse module is set for as long as this runs.
U
}
images=20000 kib=100 large=1000 runs=5 minutes=1000 cold=yes scan=yes quick=no licensefs=$top/build/licensefs keep= result=
write=
while [ $# != 0 ]; do
	case $1 in
	--images) images=$2 && shift ;;
	--kib) kib=$2 && shift ;;
	--large) large=$2 && shift ;;
	--runs) runs=$2 && shift ;;
	--minutes) minutes=$2 && shift ;;
	--no-cold) cold=no ;;
	--no-scan) scan=no ;;
	--quick) images=80 kib=8 large=2 runs=1 cold=no scan=no quick=yes ;;
	--licensefs) licensefs=$(realpath "$2") && shift ;;
	--keep) keep=$(realpath -m "$2") && shift ;;
	--result) result=$(realpath "$2") && shift ;;
	--write) write=--write ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done
cd "$top"
. .ci/packages.sh
[ -x "$licensefs" ] || { echo "bench: no '$licensefs': run ./setup.sh first" >&2; exit 3; }
[ "$quick" = yes ] || packages_need bench >&2
python=/usr/bin/python3 # Debian's, which has torch
[ -x $python ] || python=python3
root=no
[ "$(id -u)" != 0 ] || root=yes
[ $root = yes ] && [ -w /proc/sys/vm/drop_caches ] || cold=no
nobody=$(id -u nobody)

work=$(mktemp -d "${TMPDIR:-/var/tmp}/licensefs-bench.XXXXXX")
mnt=$work/mnt
switch=/sys/module/fuse/parameters/enable_uring was=
unmount() {
	grep -qF " $mnt " /proc/self/mountinfo || return 0
	if [ $root = yes ]; then umount "$mnt"; else fusermount3 -u "$mnt"; fi
}
finish() {
	[ -z "${loader_PID-}" ] || kill "$loader_PID" || :
	unmount || umount -l "$mnt" || :
	[ -z "$was" ] || echo "$was" >$switch
	rm -rf --one-file-system "$work"
}
trap finish EXIT
[ $root = no ] || [ "$quick" = yes ] || was=$(cat $switch 2>/dev/null) || was=
data=${keep:-$work/data}
mkdir -p "$mnt" "$data" "$work/empty" "$work/t"
chmod 755 "$work" "$data"
cc -O2 -o "$work/reader" bench/reader.c -lxxhash
[ -d "$data/images" ] || $python bench/store.py "$data/images" "$images" "$kib"
if [ ! -d "$data/large" ]; then
	mkdir "$data/large"
	printf 'P6\n1000 %d\n255\n' $((large * 333)) >"$data/large/picture.ppm"
	head -c $((large * 1000000 - large * 1000)) /dev/urandom >>"$data/large/picture.ppm"
fi
[ "$quick" = yes ] || sync -f "$data" # the disk is busy with it for a while
(cd "$data/images" && find . -name '*.jpg' -printf '%P\n') | LC_ALL=C sort >"$work/list"
images=$(wc -l <"$work/list")
if [ $scan = yes ]; then
	bench/scan.sh --licensefs "$licensefs" --keep "$data/images" --runs "$runs" --times "$work/t" \
		$([ $cold = yes ] || echo --no-cold) >/dev/null
fi

# Every image is in the view, so that all read the same; nobody has all of it.
[ $root = no ] || find "$data" "$mnt" ! -user nobody -exec chown -h nobody: {} +
[ "$quick" = yes ] || sleep 3 # what changed a moment before a scan is hashed again when it is opened
: "${result:=$(dirname "$licensefs")/bench.json}"
rm -rf "$data/images/.licensefs"
cp "$licensefs" "$work/licensefs" # where nobody may run it
licensefs=$work/licensefs
for store in "$data/images" "$data/large"; do
	rm -f "$store".db*
	"$licensefs" scan "$store" --catalog "$store.db" >/dev/null
	"$licensefs" decide "$store" '**' --license CC-BY-4.0 --reason bench --catalog "$store.db" >/dev/null
done
[ $root = no ] || chown nobody: "$data"/*.db*

as() { # WHO COMMAND...: a mount of nobody is for nobody
	if [ "$1" = user ]; then
		setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "${@:2}"
	else "${@:2}"; fi
}
if [ $root = yes ] && ! as user test -w /dev/fuse; then # as it is with udev
	mknod -m 666 "$work/fuse" c 10 229
	mount --bind "$work/fuse" /dev/fuse
fi
# The options that make each as fast as its manual says; names and attributes are kept as long as licensefs does.
long=entry_timeout=3600,attr_timeout=3600,negative_timeout=3600
mount_as() { # WHO STORE
	[ "$1$was" != uringN ] || echo Y >$switch # every time: others switch, too
	case $1 in
	overlayfs) mount -t overlay -o "ro,lowerdir=$2:$work/empty" none "$mnt" ;;
	fuse-overlayfs) fuse-overlayfs -o "lowerdir=$2:$work/empty" "$mnt" ;;
	bindfs) bindfs -r -o "kernel_cache,$long" "$2" "$mnt" ;;
	mergerfs) mergerfs -o ro,cache.files=auto-full,cache.entry=3600,cache.attr=3600,cache.readdir=true "$2" "$mnt" ;;
	user) as user "$licensefs" mount "$2" "$mnt" -o "view=noncommercial,mode=cached,catalog=$2.db" ;;
	*) "$licensefs" mount "$2" "$mnt" -o "view=noncommercial,mode=$1,catalog=$2.db" ;;
	esac >"$work/said" 2>&1
}
# Seconds that the processors have worked for what serves the mount.
daemons() {
	local stat of=()
	mapfile -t of < <(grep -lsaF "$mnt" /proc/[0-9]*/cmdline)
	for stat in "${of[@]/%cmdline/stat}"; do
		sed 's/.*) //' "$stat" 2>/dev/null || :
	done | awk -v hz="$(getconf CLK_TCK)" '{ n += $12 + $13 } END { print n / hz }'
}
measure() { # LINE WHO ARGUMENT...: of the reader
	local line=$1 who=$2 got before
	before=$(daemons)
	got=$(as "$who" "$work/reader" "${@:3}")
	echo "$line $who $got $before $(daemons)" >>"$work/times"
}
# How many processors other programs keep busy, over two seconds.
busy() {
	local a b
	read -ra a </proc/stat && sleep 2 && read -ra b </proc/stat
	awk -v hz="$(getconf CLK_TCK)" -v busy="$((b[1] + b[2] + b[3] - a[1] - a[2] - a[3]))" \
		'BEGIN { printf "%.2f ", busy / hz / 2 }' >>"$work/busy"
}
drop() { sync && echo 3 >/proc/sys/vm/drop_caches; }
cached() { awk '/^Cached:/ { print $2 }' /proc/meminfo; } # KiB
epoch() { # LINE WHO DIR raw|decode WORKERS IMAGES
	local uid=0 got before
	[ "$2" != user ] || uid=$nobody
	before=$(daemons)
	echo "$uid $3 $4 $5 $6" >&"$asked"
	read -r got <&"$answers" || { echo "bench: the data loader failed: $(tail -n 1 "$work/loader")" >&2; exit 3; }
	echo "$1 $2 $got - $before $(daemons)" >>"$work/times"
}

# once LINE WHO: one line of one filesystem, in a mount of its own
once() {
	local store=$data/images dir=$mnt who=$2 before
	case $1 in *-2) set -- "$1" "$2" -p 2 ;; esac
	case $1 in order | anywhere) store=$data/large ;; esac
	if [ "$who" = bare ]; then dir=$store; else mount_as "$who" "$store"; fi
	case $1 in
	fresh)
		measure fresh "$who" read "$dir" "$work/list"
		as "$who" "$work/reader" read "$dir" "$work/list" >/dev/null
		measure warm "$who" read "$dir" "$work/list"
		;;
	fresh-2) measure "$@" read "$dir" "$work/list" ;;
	listed | listed-2)
		as "$who" find "$dir" -type f >/dev/null
		measure "$@" read "$dir" "$work/list"
		;;
	stat | find) measure "$1" "$who" "$1" "$dir" ;;
	order | anywhere) measure "$1" "$who" "$1" "$dir/picture.ppm" ;;
	raw-*) epoch "$1" "$who" "$dir" raw "${1#raw-}" "$images" ;;
	decode-*) epoch "$1" "$who" "$dir" decode "${1#decode-}" $((images < 300 ? images : 300)) ;;
	cold-find) drop && measure cold-find "$who" stat "$dir" ;;
	cold)
		drop
		before=$(cached)
		measure cold "$who" read "$dir" "$work/list"
		echo "cache $who $((($(cached) - before) * 1024))" >>"$work/times"
		;;
	esac
	unmount
}

: >"$work/busy"
[ "$quick" = yes ] || busy
peers="fuse-overlayfs bindfs mergerfs" all=
[ $root = no ] || peers="overlayfs $peers"
[ "$quick" = no ] || peers=bindfs
for who in uring passthrough cached checked $([ $root = no ] || echo user) $peers; do
	if mount_as $who "$data/images" &&
		as $who find "$mnt" -name '*.jpg' -printf '%P\n' | LC_ALL=C sort | cmp -s "$work/list"; then
		all="$all $who"
	else
		echo "bench: left out: $who: $(head -n 1 "$work/said")" >&2
	fi
	unmount
done
lines="fresh fresh-2 listed listed-2 stat find order anywhere"
coproc loader { exec $python bench/loader.py 2>"$work/loader"; }
exec {answers}<&"${loader[0]}" {asked}>&"${loader[1]}"
if read -r _ <&"$answers"; then
	lines="$lines raw-0 raw-2 decode-0 decode-2"
else
	echo "bench: left out: DataLoader: $(tail -n 1 "$work/loader")" >&2
fi
[ "$quick" = no ] || lines=$(printf '%s\n' $lines | grep -xE 'fresh|listed-2|stat|order|raw-2')
[ $cold = no ] || lines="$lines cold cold-find"
for ((i = 1; i <= runs && SECONDS < minutes * 60; i++)); do
	"$work/reader" read "$data/images" >/dev/null # warm the page cache
	"$work/reader" order "$data/large/picture.ppm" >/dev/null
	for line in $lines; do
		[ "$line" != order ] || "$work/reader" order "$data/large/picture.ppm" >/dev/null
		for who in bare $all; do
			[ -t 2 ] && printf '\rrun %d of %d: %s, %s        ' "$i" "$runs" "$line" "$who" >&2
			once "$line" "$who"
		done
	done
done
[ -t 2 ] && printf '\r%60s\r' '' >&2
[ "$quick" = yes ] || busy
$python bench/report.py $write "$result" "$work" "$data"
