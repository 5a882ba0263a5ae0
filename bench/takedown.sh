#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How long it takes until images that are taken down are gone from a running mount: one by one while
# programs look at them in every way, and all of a large directory tree at once.
# Prints Markdown; what each line means: bench/README.md.
set -euo pipefail
usage() {
	cat <<'U'
usage: sudo bench/takedown.sh [--seconds N] [--images N] [--readers N] [--build DIR]

  --seconds N  of revoking and restoring at random, a mode (default 60)
  --images N   that are taken down at once (default 100000)
  --readers N  processes that read meanwhile (default 4)
  --build DIR  where licensefs and tests/live/ are built (default build; make check builds them)
U
}
top=$(cd "$(dirname "$0")/.." && pwd)
seconds=60 images=100000 readers=4 build=$top/build
while [ $# != 0 ]; do
	case $1 in
	--seconds) seconds=$2 && shift ;;
	--images) images=$2 && shift ;;
	--readers) readers=$2 && shift ;;
	--build) build=$(realpath "$2") && shift ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done
licensefs=$build/licensefs
for p in licensefs tests/live/storm tests/live/takedown; do
	[ -x "$build/$p" ] || { echo "bench: no '$build/$p': run make check there first" >&2; exit 3; }
done
tmp=$(mktemp -d)
trap '"$licensefs" umount "$tmp/mnt" 2>/dev/null; rm -rf --one-file-system "$tmp"' EXIT
mkdir "$tmp/mnt"
wrong=0

# measure STORE PROGRAM ARGUMENT...: in each mode, as tables.
measure() {
	local store=$1 mode
	shift
	"$licensefs" scan "$store" >/dev/null
	"$licensefs" decide "$store" '**' --license CC-BY-4.0 --reason bench >/dev/null 2>&1
	"$licensefs" view set "$store" mine license=CC-BY-4.0 >/dev/null
	for mode in cached checked; do
		"$licensefs" mount "$store" "$tmp/mnt" -o mode=$mode 2>/dev/null
		printf '\nmode=%s:\n\n```\n' $mode
		"$@" | sed 's/^# //' || wrong=1
		printf '```\n'
		"$licensefs" umount "$tmp/mnt"
	done
}

printf '## One by one, %s s, %s readers\n' "$seconds" "$readers"
python3 "$top/tests/live/make_storm.py" "$tmp/storm" "$tmp/list"
measure "$tmp/storm" "$build/tests/live/storm" "$tmp/storm" "$tmp/list" "$seconds" "$readers" 1000 "$tmp/mnt"
printf '\n## %s at once\n' "$images"
python3 "$top/tests/live/make_takedown.py" "$tmp/many" "$images"
measure "$tmp/many" "$build/tests/live/takedown" "$tmp/many" "$tmp/mnt" "$readers"
exit $wrong
