#!/bin/bash
# SPDX-License-Identifier: CC0-1.0
# Copies DIR out three ways (rsync -a, cp -a, tar | tar) into a temporary folder, and compares each
# copy with the source byte for byte and by stat (type, mode, size, mtime, link target).
set -u
src=$(realpath "$1"); t=$(mktemp -d); trap 'rm -rf "$t"' EXIT
list() { (cd "$1" && find . -mindepth 1 \( -type d -printf '%P\t%y %m\n' -o -printf '%P\t%y %m %s %T@ %l\n' \) | LC_ALL=C sort); }
fail=0; t0=$(date +%s.%N); list "$src" > "$t/src.lst"
mkdir "$t/r" "$t/c" "$t/t"
rsync -a "$src/" "$t/r/" || fail=1
cp -a "$src/." "$t/c/" || fail=1
tar -C "$src" --format=posix -cf - . | tar -C "$t/t" -xpf - || fail=1
for k in r c t; do
  diff -rq --no-dereference "$src" "$t/$k" >&2 || fail=1
  list "$t/$k" | diff "$t/src.lst" - >&2 || fail=1
done
printf 'snapshot entries=%d copies=3 failed=%d seconds=%.2f\n' "$(wc -l < "$t/src.lst")" "$fail" "$(echo "$(date +%s.%N)-$t0" | bc)"
exit $fail
