#!/bin/bash
# SPDX-License-Identifier: CC0-1.0
# find | xargs file: libmagic opens every file; counts what it calls an image and what it cannot read.
set -u
t0=$(date +%s.%N); o=$(mktemp); trap 'rm -f "$o"' EXIT
find "$1" -type f -print0 | xargs -0 -r file -b --mime-type > "$o"
n=$(wc -l < "$o"); i=$(grep -c '^image/' "$o"); e=$(grep -ciE 'cannot open|no read permission|input/output error' "$o")
printf 'find_file files=%d images=%d unreadable=%d seconds=%.2f\n' "$n" "$i" "$e" "$(echo "$(date +%s.%N)-$t0" | bc)"
[ "$n" -gt 0 ] && [ "$e" -eq 0 ]
