#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Speed and memory of reading and importing manifests, beside Python's json and csv in the same run.
# Prints Markdown; what each line means: bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
	cat <<'U'
usage: bench/import.sh [--mb N] [--rows N] [--images N] [--runs N] [--quick] [--build DIR]
                       [--keep DIR]

  --mb N       megabytes of the COCO JSON (default 490, as instances_train2017.json)
  --rows N     rows of the Open Images CSV (default 1000000)
  --images N   images in the store that each of them is about (default 100000)
  --runs N     alternating runs of everything (default 3)
  --quick      1 MB, 1000 rows, 100 images, one run: does it all still work?
  --build DIR  the build to measure (default build)
  --keep DIR   make the files there, or use those that are there, and keep them
U
}
mb=490 rows=1000000 images=100000 runs=3 build=$PWD/build keep=
while [ $# != 0 ]; do
	case $1 in
	--mb) mb=$2 && shift ;;
	--rows) rows=$2 && shift ;;
	--images) images=$2 && shift ;;
	--runs) runs=$2 && shift ;;
	--quick) mb=1 rows=1000 images=100 runs=1 ;;
	--build) build=$2 && shift ;;
	--keep) keep=$2 && shift ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done
licensefs=$build/licensefs
[ -x "$licensefs" ] || { echo "bench: no '$licensefs': run ./setup.sh first" >&2; exit 3; }
make -s -C "$build" bench/manifest >&2

work=$(mktemp -d "${TMPDIR:-/var/tmp}/licensefs-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
where=${keep:-$work/data}
mkdir -p "$work/t"
[ -d "$where/store" ] || python3 bench/manifests.py "$where" "$mb" "$rows" "$images"
# seconds, user seconds, system seconds, and peak memory in KiB, of a command and what it starts
cat >"$work/timed.py" <<'P'
import os, resource, subprocess, sys, time
log, command = sys.argv[1], sys.argv[2:]
start = time.monotonic()
code = subprocess.call(command, stdout=subprocess.DEVNULL)
wall, u = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
with open(log, "a") as f:
    print(wall, u.ru_utime, u.ru_stime, u.ru_maxrss, file=f)
sys.exit(code)
P
timed() { python3 "$work/timed.py" "$work/t/$1" "${@:2}"; }
read_json='import json,sys
d = json.load(open(sys.argv[1])); l = {x["id"]: x["url"] for x in d["licenses"]}
print(sum(len(l[i["license"]]) for i in d["images"]))'
read_csv='import csv,sys
print(sum(len(r["License"]) for r in csv.DictReader(open(sys.argv[1], newline=""))))'

rm -rf "$where/store/.licensefs"
"$licensefs" scan "$where/store" >/dev/null
cp "$where/store/.licensefs/catalog.db" "$work/scanned.db"
cat "$where/coco.json" "$where/openimages.csv" >/dev/null # warm the page cache
for ((i = 1; i <= runs; i++)); do
	[ -t 2 ] && printf '\rrun %d of %d ' "$i" "$runs" >&2
	timed coco-read "$build/bench/manifest" "$where/coco.json"
	timed coco-python python3 -c "$read_json" "$where/coco.json"
	cp "$work/scanned.db" "$work/c.db"
	timed coco-import "$licensefs" import "$where/store" "$where/coco.json" --catalog "$work/c.db" 2>/dev/null
	timed coco-again "$licensefs" import "$where/store" "$where/coco.json" --catalog "$work/c.db" 2>/dev/null
	timed oi-read "$build/bench/manifest" "$where/openimages.csv"
	timed oi-python python3 -c "$read_csv" "$where/openimages.csv"
	cp "$work/scanned.db" "$work/c.db"
	timed oi-import "$licensefs" import "$where/store" "$where/openimages.csv" --catalog "$work/c.db" 2>/dev/null
	timed oi-again "$licensefs" import "$where/store" "$where/openimages.csv" --catalog "$work/c.db" 2>/dev/null
	rm -f "$work"/c.db*
done
[ -t 2 ] && printf '\r                 \r' >&2
python3 bench/import_table.py "$work/t" "$where" "$images" "$runs"
