#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Speed and memory of documents: indexing a COCO JSON beside Python's json, its view in a mount, and a
# tar shard through a view beside a whole file. Prints Markdown; what each line means: bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
	cat <<'U'
usage: bench/documents.sh [--mb N] [--shard N] [--runs N] [--quick] [--build DIR] [--keep DIR]

  --mb N       megabytes of the COCO JSON (default 490, as instances_train2017.json)
  --shard N    megabytes of the tar shard (default 1000)
  --runs N     alternating runs of everything (default 3)
  --quick      1 MB, a shard of 1 MB, one run: does it all still work?
  --build DIR  the build to measure (default build)
  --keep DIR   make the files there, or use those that are there, and keep them
U
}
mb=490 shard=1000 runs=3 build=$PWD/build keep=
while [ $# != 0 ]; do
	case $1 in
	--mb) mb=$2 && shift ;;
	--shard) shard=$2 && shift ;;
	--runs) runs=$2 && shift ;;
	--quick) mb=1 shard=1 runs=1 ;;
	--build) build=$2 && shift ;;
	--keep) keep=$2 && shift ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done
licensefs=$build/licensefs
[ -x "$licensefs" ] || { echo "bench: no '$licensefs': run ./setup.sh first" >&2; exit 3; }
make -s -C "$build" bench/document >&2

work=$(mktemp -d "${TMPDIR:-/var/tmp}/licensefs-bench.XXXXXX")
mnt=$work/mnt
unmount() { ! mountpoint -q "$mnt" || "$licensefs" umount "$mnt"; }
trap 'unmount; rm -rf "$work"' EXIT
where=${keep:-$work/data}
store=$where/store
mkdir -p "$work/t" "$mnt"
[ -d "$store" ] || python3 bench/documents.py "$where" "$mb" "$shard"
json=annotations/instances_train2017.json tar=shards/00000.tar whole=whole/picture.ppm
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
filter='import json,os,sys
d = json.load(open(sys.argv[1])); have = set(os.listdir(sys.argv[2]))
d["images"] = [i for i in d["images"] if i["file_name"] in have]; ids = {i["id"] for i in d["images"]}
d["annotations"] = [a for a in d["annotations"] if a["image_id"] in ids]
if len(sys.argv) > 3: sys.exit(json.load(open(sys.argv[3])) != d)
json.dump(d, open(os.devnull, "w"))'
# the daemon of a mount: its own memory in KiB, and its processor time in seconds
cat >"$work/daemon.py" <<'P'
import os, sys
def find(mountpoint):
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{p}/cmdline", "rb").read().split(b"\0")
            if b"licensefs" in words[0] and mountpoint.encode() in words:
                return p
        except OSError:
            pass
    sys.exit("no daemon")
def memory(p):
    return sum(int(line.split()[1]) for line in open(f"/proc/{p}/status") if line.startswith("RssAnon"))
def processor(p):
    return sum(map(int, open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")
P
# first and later stats of a document: seconds, and what the daemon keeps in memory for it, KiB
cat >"$work/stats.py" <<'P'
import daemon, os, sys, time
log, path, mountpoint = sys.argv[1:]
p = daemon.find(mountpoint)
os.listdir(os.path.dirname(os.path.dirname(path)))
before, busy, times = daemon.memory(p), daemon.processor(p), []
for i in range(200):
    start = time.perf_counter(); os.stat(path); times.append(time.perf_counter() - start)
    if not i: busy = daemon.processor(p) - busy
    else: time.sleep(0.006)
with open(log, "a") as f:
    print(times[0], sorted(times[1:])[-2], busy, max(0, daemon.memory(p) - before), file=f)
P
# a file read in order, or 128 KiB at a time anywhere: seconds, MB, processor seconds of reader and daemon
cat >"$work/reads.py" <<'P'
import daemon, os, random, sys, time
log, path, how, mountpoint = sys.argv[1:]
fd, n, buf, p = os.open(path, os.O_RDONLY), 0, bytearray(1 << 20), daemon.find(mountpoint)
size, busy, start = os.fstat(fd).st_size, daemon.processor(p) + time.process_time(), time.perf_counter()
if how == "order":
    while got := os.readv(fd, [buf]): n += got
else:
    random.seed(1)
    small = memoryview(buf)[:1 << 17]
    for _ in range(min(4000, size >> 17)): n += os.preadv(fd, [small], random.randrange(max(1, size - len(small))))
with open(log, "a") as f:
    print(time.perf_counter() - start, n / 1e6, daemon.processor(p) + time.process_time() - busy, 0, file=f)
P

rm -rf "$store/.licensefs"
"$licensefs" scan "$store" >"$work/scan.txt"
"$licensefs" import "$store" "$store/$json" >/dev/null 2>"$work/import.txt"
"$licensefs" decide "$store" "$whole" --license CC-BY-4.0 --reason bench >/dev/null
cat "$store/$json" "$store/$tar" "$store/$whole" >/dev/null # warm the page cache
for ((i = 1; i <= runs; i++)); do
	[ -t 2 ] && printf '\rrun %d of %d ' "$i" "$runs" >&2
	timed index "$build/bench/document" "$store/$json"
	touch "$store/$json"
	timed scan "$licensefs" scan "$store"
	timed again "$licensefs" scan "$store"
	for mode in cached checked; do
		"$licensefs" mount "$store" "$mnt" -o "view=commercial,mode=$mode" 2>/dev/null
		python3 "$work/stats.py" "$work/t/stat-$mode" "$mnt/$json" "$mnt"
		for how in order anywhere; do
			python3 "$work/reads.py" "$work/t/shard-$how-$mode" "$mnt/$tar" $how "$mnt"
			python3 "$work/reads.py" "$work/t/whole-$how-$mode" "$mnt/$whole" $how "$mnt"
			unmount # the kernel's pages of it go
			"$licensefs" mount "$store" "$mnt" -o "view=commercial,mode=$mode" 2>/dev/null
		done
		unmount
	done
	"$licensefs" mount "$store" "$mnt" -o view=commercial 2>/dev/null
	timed python python3 -c "$filter" "$store/$json" "$mnt/train2017"
	[ "$i" != 1 ] || python3 -c "$filter" "$store/$json" "$mnt/train2017" "$mnt/$json" ||
		{ echo "bench: the view of $json is not what Python's filter keeps" >&2; exit 3; }
	unmount
done
[ -t 2 ] && printf '\r                 \r' >&2
python3 bench/documents_table.py "$work/t" "$store" "$runs"
