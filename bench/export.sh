#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What exports of files cost beside cp -a and tar: bench/export.sh [IMAGES [DIR]]. Prints seconds of a processor, and of the clock,
# of runs side by side, in two rounds; makes everything below DIR (or $TMPDIR) and removes it. As root also on btrfs, in a file.
set -u
images=${1:-20000}
work=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/licensefs-bench.XXXXXX") || exit 1
trap 'umount "$work/btrfs" 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
licensefs=${LICENSEFS:-$(command -v licensefs || echo "$(dirname "$0")/../build/licensefs")}
measure() { # NAME COMMAND...
	python3 - "$@" <<-'P'
		import resource, subprocess, sys, time
		name, *command = sys.argv[1:]
		began = time.monotonic()
		subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
		used = resource.getrusage(resource.RUSAGE_CHILDREN)
		print("%-22s %6.2f s of a processor (%.2f user, %.2f system), %6.2f s" %
		      (name, used.ru_utime + used.ru_stime, used.ru_utime, used.ru_stime, time.monotonic() - began), flush=True)
	P
}
make() { # STORE
	python3 - "$1" "$images" <<-'P'
		import os, random, struct, sys, zlib
		store, images = sys.argv[1], int(sys.argv[2])
		rng = random.Random(1)
		def chunk(t, d): return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
		for i in range(images):
		    d = "%s/%03d" % (store, i % 200)
		    os.makedirs(d, exist_ok=True)
		    with open("%s/%06d.png" % (d, i), "wb") as f:
		        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) +
		                chunk(b"tEXt", b"Copyright\0License: https://creativecommons.org/licenses/by/4.0/") +
		                chunk(b"IDAT", zlib.compress(bytes([0, i % 256]))) + chunk(b"prVt", rng.randbytes(rng.randrange(5000, 60000))) +
		                chunk(b"IEND", b""))
	P
	sleep 3 # stamps that are too young are compared by bytes
	"$licensefs" scan "$1" >/dev/null && "$licensefs" snapshot create "$1" one --view commercial >/dev/null
}
export_as() { measure "$1" "$licensefs" snapshot export "$work/$2/store" one --output "$work/$2/out" --format "${@:3}"; rm -rf "$work/$2/out"; }

mkdir "$work/here" && make "$work/here/store" || exit 1
for round in 1 2; do
	echo "round $round, on $(stat -f -c %T "$work")"
	export_as "tree, copies" here tree --link copy
	measure "cp -a" cp -a --reflink=never "$work/here/store" "$work/here/out"; rm -rf "$work/here/out"
	export_as "webdataset" here webdataset
	measure "tar" tar -cf "$work/here/out" -C "$work/here/store" --exclude=./.licensefs .; rm -rf "$work/here/out"
	export_as "tree, hard links" here tree --link hard
	"$licensefs" scan "$work/here/store" >/dev/null
done
[ "$(id -u)" = 0 ] && command -v mkfs.btrfs >/dev/null || exit 0
mkdir "$work/btrfs" && truncate -s $((images * 100 + 300000))K "$work/image" && mkfs.btrfs -q "$work/image" >/dev/null 2>&1 &&
	mount -o loop "$work/image" "$work/btrfs" && make "$work/btrfs/store" || exit 0
for round in 1 2; do
	echo "round $round, on btrfs"
	export_as "tree, reflinks" btrfs tree --link reflink
	measure "cp -a --reflink" cp -a --reflink=always "$work/btrfs/store" "$work/btrfs/out"; rm -rf "$work/btrfs/out"
done
