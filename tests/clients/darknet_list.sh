#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Debian's darknet trains a tiny classifier from a list of the dataset's own, in whose paths the names of
# the classes stand. It skips a picture of the list that is missing, exits with 0, and trains on less.
# usage: darknet_list.sh DIR LIST CLASS...
set -u
dir=$(realpath "$1") list=$2 t=$(mktemp -d)
shift 2
trap 'rm -rf "$t"' EXIT
mkdir "$t/backup"
printf '%s\n' "$@" >"$t/labels"
printf 'classes=%d\ntrain=%s\nvalid=%s\nlabels=%s\nbackup=%s\ntop=1\n' $# "$list" "$list" "$t/labels" "$t/backup" >"$t/data"
cat >"$t/net.cfg" <<C
[net]
batch=16
subdivisions=1
height=32
width=32
channels=3
learning_rate=0.01
max_batches=12
[convolutional]
filters=8
size=3
stride=2
pad=1
activation=leaky
[convolutional]
filters=$#
size=1
stride=1
pad=0
activation=linear
[avgpool]
[softmax]
[cost]
type=sse
C
(cd "$dir" && timeout 300 darknet classifier train "$t/data" "$t/net.cfg" >"$t/log" 2>&1)
r=$?
missing=$(cd "$dir" && while IFS= read -r f; do [ -e "$f" ] || echo; done <"$list" | wc -l)
printf 'darknet_list files=%d missing=%d batches=%d rc=%d %s\n' "$(wc -l <"$dir/$list")" "$missing" \
	"$(grep -cE '^[0-9]+, [0-9.]+: ' "$t/log")" $r "$(grep -E 'Cannot|Couldn' "$t/log" | head -1 | cut -c1-80)"
[ $r = 0 ] && [ "$missing" = 0 ] && ! grep -qE 'Cannot load|Couldn.t open' "$t/log"
