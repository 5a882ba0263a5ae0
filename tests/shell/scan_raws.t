# SPDX-License-Identifier: Apache-2.0
# PSD, DNG, a raw and an MPO from the bytes to the verdict: what they state clears them, what a later
# image states may only restrict, and files that are cut off are unreadable.
. "${top_srcdir:-.}/tests/shell/lib.sh"
store=$tmp/raws
mkdir -p "$store"
verdict() { json -r '[.status, .license // "-", (.reservations | length)] | map(tostring) | join(" ")'; }
for f in cc-by.psd cc-by.dng cc-by.raf optout.mpo; do
	cp "$data/images/$f" "$store/"
	head -c 1500 "$data/images/$f" >"$store/cut-$f"
done
# names decide nothing
cp "$store/cc-by.dng" "$store/dng.jpg"
cp "$store/cc-by.raf" "$store/raf"
printf 'FUJIFILM is no picture' >"$store/word.raf"
succeeds "scan" licensefs scan "$store"
for f in cc-by.psd cc-by.dng cc-by.raf dng.jpg raf; do
	run licensefs explain --json "$store" "$f"
	is "$(verdict)" "clear CC-BY-4.0 0" "$f is cleared by what it states"
	like "$(json -r '.views | join(" ")')" commercial "$f is shown"
done
run licensefs explain --json "$store" optout.mpo
like "$(verdict)" "clear CC-BY-4.0 [1-9]" "a later image of the MPO reserves"
is "$(json -r '.views | length')" 0 "so that no view shows it"
is "$(json -r '[.claims[] | select(.source == "later image") | .field] | unique | join(" ")')" \
	plus:DataMining "and explain says where that stands"
for f in cut-cc-by.psd cut-cc-by.dng cut-cc-by.raf cut-optout.mpo word.raf; do
	run licensefs explain --json "$store" "$f"
	like "$(verdict)" "^unreadable " "$f is unreadable"
done
plan
