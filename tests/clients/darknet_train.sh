#!/bin/bash
# SPDX-License-Identifier: CC0-1.0
# Debian's darknet: trains a tiny classifier for N batches straight from DIR/<class>/*.jpg|png.
# darknet aborts ("Cannot load image") on a file that it cannot open.   usage: darknet_train.sh DIR [batches=10]
set -u
d=$(realpath "$1"); n=${2:-10}; t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; mkdir "$t/backup"
find "$d" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | LC_ALL=C sort > "$t/labels"
find "$d" -mindepth 2 -type f \( -iname '*.jpg' -o -iname '*.png' \) -not -name '* *' | LC_ALL=C sort > "$t/train.list"
printf 'classes=%d\ntrain=%s\nvalid=%s\nlabels=%s\nbackup=%s\ntop=1\n' "$(wc -l < "$t/labels")" "$t/train.list" "$t/train.list" "$t/labels" "$t/backup" > "$t/data"
cat > "$t/net.cfg" <<C
[net]
batch=16
subdivisions=1
height=32
width=32
channels=3
learning_rate=0.01
max_batches=$n
[convolutional]
filters=8
size=3
stride=2
pad=1
activation=leaky
[convolutional]
filters=$(wc -l < "$t/labels")
size=1
stride=1
pad=0
activation=linear
[avgpool]
[softmax]
[cost]
type=sse
C
t0=$(date +%s.%N); (cd "$t" && timeout 300 darknet classifier train data net.cfg > log 2>&1); r=$?
b=$(grep -cE '^[0-9]+, [0-9.]+: ' "$t/log")
printf 'darknet_train files=%d batches=%d rc=%d %s seconds=%.2f\n' "$(wc -l < "$t/train.list")" "$b" $r "$(grep -E 'Cannot|Couldn' "$t/log" | head -1 | cut -c1-80)" "$(echo "$(date +%s.%N)-$t0" | bc)"
[ $r = 0 ] && [ "$b" -ge "$((n-1))" ] && ! grep -qE 'Cannot load|Couldn.t open' "$t/log"
