#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Catalogs of many images: bytes an image, mounting, memory, lookups, listings, new views, status and
# takedowns. The images are in no store, so none is read. Prints Markdown; what each line means:
# bench/README.md.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)

usage() {
	cat <<'U'
usage: bench/scale.sh [--catalogs LIST] [--runs N] [--quick] [--build DIR] [--keep DIR]

  --catalogs LIST  SHAPE:IMAGES, separated by commas; shapes are classes (1,000 images a
                   directory), imagenet (700), yfcc (1,500, two levels of hashed directories) and
                   flat (all in one); default classes:1000000,flat:1000000
                   (imagenet:15000000 needs 5.3 GB, yfcc:100000000 29 GB and half an hour)
  --runs N         of what does not change the catalog (default 3)
  --quick          thousands of images, one run: does it all still work?
  --build DIR      the build to measure (default build)
  --keep DIR       make the catalogs there, or use those that are there, and keep them
U
}
catalogs=classes:1000000,flat:1000000 runs=3 build=$top/build keep= quick=no many=100000
while [ $# != 0 ]; do
	case $1 in
	--catalogs) catalogs=$2 && shift ;;
	--runs) runs=$2 && shift ;;
	--quick) catalogs=classes:4000,yfcc:6000,flat:2000 runs=1 quick=yes many=1000 ;;
	--build) build=$(realpath "$2") && shift ;;
	--keep) keep=$2 && shift ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done
licensefs=$build/licensefs scale=$build/bench/scale
[ -x "$licensefs" ] || { echo "bench: no '$licensefs': run ./setup.sh first" >&2; exit 3; }
make -s -C "$build" bench/scale >&2

work=$(mktemp -d "${TMPDIR:-/var/tmp}/licensefs-bench.XXXXXX")
mnt=$work/mnt
mkdir "$mnt"
unmount() { ! mountpoint -q "$mnt" || "$licensefs" umount "$mnt"; }
trap 'unmount; rm -rf "$work"' EXIT
where=${keep:-$work}

# The median of the numbers on stdin.
median() { sort -g | awk '{ x[NR] = $1 } END { printf "%s", x[int((NR + 1) / 2)] }'; }
# seconds COMMAND...: how long it takes; what it prints is lost.
seconds() {
	local from to
	from=$(date +%s%N)
	"$@" >/dev/null 2>&1 || { echo "bench: failed: $*" >&2; exit 1; }
	to=$(date +%s%N)
	awk -v n=$((to - from)) 'BEGIN { printf "%.3f\n", n / 1e9 }'
}
# several PREPARE COMMAND...: the median of runs.
several() {
	local prepare=$1 i
	shift
	for ((i = 0; i < runs; i++)); do
		"$prepare"
		seconds "$@"
	done | median
}
ready() { :; }
per_second() { awk -v n="$1" -v s="$2" 'BEGIN { printf "%d", (s > 0 ? n / s : 0) }'; }
line() { printf '| %s | %s |\n' "$1" "$2"; }
mounted() { unmount && "$licensefs" mount "$store" "$mnt" 2>/dev/null; }
# Anonymous memory of the daemon in MiB.
memory() {
	local pid
	pid=$("$licensefs" status --json "$store" | jq '.following[0].pid')
	awk '/^RssAnon/ { printf "%.1f MiB\n", $2 / 1024 }' "/proc/$pid/status"
}
# The view of everything that has rights at all, and how many images a command lists.
all=noncommercial

make_catalog() {
	local figures
	store=$where/$shape-$images
	[ ! -e "$store/.licensefs/catalog.db" ] || return 0
	mkdir -p "$store"
	figures=$("$scale" make "$store" "$shape" "$images")
	read -r elapsed processor _ <<<"$figures"
	line "made, a second" "$(per_second "$images" "$elapsed") ($(per_second "$images" "$processor") of processor time)"
}

measure_mount() {
	line "mount, all views" "$(several unmount "$licensefs" mount "$store" "$mnt") s"
	line "anonymous memory after it" "$(memory)"
	line "mount, one view" "$(several unmount "$licensefs" mount "$store" "$mnt" -o where=license=CC-BY-2.0) s"
	mounted
}

measure_looking() {
	local n=$((images < 100000 ? images : 100000)) figures first deep some
	read -r elapsed by_number there <<<"$("$scale" lookup "$store" "$shape" "$images" "$n")"
	[ "$there" = "$n" ]
	line "lookups of random paths in the catalog" "$(per_second "$n" "$elapsed")/s"
	line "of rows by number" "$(per_second "$n" "$by_number")/s"
	read -r elapsed there <<<"$("$scale" stat "$mnt/$all" "$shape" "$images" "$n" 1)"
	line "random \`stat\` in a fresh mount, $((100 * there / n)) % shown" "$(per_second "$n" "$elapsed")/s"
	first=$(dirname "$("$scale" path . "$shape" "$images" 0)") deep=$(dirname "$first")
	mounted
	line "\`ls -f\` of a directory, $(ls -f "$mnt/$all/$first" | wc -l) names" \
		"$(several mounted ls -f "$mnt/$all/$first") s"
	mounted
	some=$(($(find "$mnt/$all/$deep" | head -n 1000000 | wc -l)))
	mounted
	elapsed=$(seconds sh -c "find '$mnt/$all/$deep' | head -n 1000000")
	line "\`find\`, $some names" "$elapsed s, $(per_second "$some" "$elapsed")/s"
	line "anonymous memory after it" "$(memory)"
}

new_view() {
	"$licensefs" view set "$store" "bench$1" "license=CC-BY-SA-2.0 | license=CC0-1.0" >/dev/null
	ls "$mnt/bench$1"
}

measure_views() {
	mounted
	for ((i = 0; i < runs; i++)); do seconds new_view $i; done | median >"$work/figure"
	line "\`view set\` of a new expression, and \`ls\` of it" "$(cat "$work/figure") s"
	for ((i = 0; i < runs; i++)); do "$licensefs" view rm "$store" bench$i >/dev/null; done
	line "\`status\`" "$(several ready "$licensefs" status "$store") s"
	line "\`find --creator\`" "$(several ready "$licensefs" find "$store" --creator 'Photographer 12') s"
}

# Named by the time, so that each run makes one of its own.
pin() { "$licensefs" snapshot create "$store" "bench-$(date +%s%N)" --view "$all"; }
pinned() { # FIELD: of one snapshot
	"$licensefs" snapshot list "$store" --json | jq -s ".[0].$1"
}
measure_snapshot() {
	local bytes
	line "\`snapshot create\`" "$(several ready pin) s"
	bytes=$(python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT sum(length(members)) FROM snapshot_part GROUP BY snapshot").fetchone()[0])' \
		"$store/.licensefs/catalog.db")
	line "bytes that it takes an image" "$(awk -v b="$bytes" -v n="$(pinned images)" 'BEGIN { printf "%.2f", b / n }')"
	line "\`snapshot show\`" "$(several ready "$licensefs" snapshot show "$store" "$(pinned name | tr -d '"')") s"
	"$licensefs" snapshot list "$store" --json | jq -r .name | xargs "$licensefs" snapshot rm "$store"
}

# revoke exits with 0 where every mount has followed.
measure_takedown() {
	local path at
	mounted
	for ((i = 0; i < runs; i++)); do
		path=$("$scale" path . "$shape" "$images" $((images / 2 + i)))
		at=$(seconds "$licensefs" revoke "$store" --path "$path" --reason bench --wait 60)
		echo "$at"
	done | median >"$work/figure"
	line "\`revoke\` of one image, until the mount has followed" "$(cat "$work/figure") s"
	many=$((many < images / 2 ? many : images / 2))
	find "$mnt/$all" -mindepth 1 -maxdepth 2 >/dev/null
	read -r _ elapsed matched number <<<"$("$scale" revoke "$store" "$shape" "$images" 0 $many)"
	line "takedown of $matched images, committed after" "$elapsed s"
	line "and restored, until the mount has followed" \
		"$(seconds "$licensefs" restore "$store" "$number" --reason bench --wait 60) s"
}

for catalog in ${catalogs//,/ }; do
	shape=${catalog%%:*} images=${catalog#*:}
	printf '\n## %s, %s images\n\n| | |\n| --- | --- |\n' "$shape" "$images"
	make_catalog
	size=$(stat -c %s "$store/.licensefs/catalog.db")
	line "bytes an image" "$((size / images))"
	measure_mount
	measure_looking
	measure_views
	measure_snapshot
	measure_takedown
	unmount
done
[ "$quick" = yes ] || printf '\n%s\n' "$(uname -sr), $(nproc) processors"
