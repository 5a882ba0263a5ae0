# SPDX-License-Identifier: Apache-2.0
# A takedown while datasets are mounted: in a moment no document says anything of the picture, its time tells loaders that
# it changed, and when the picture returns everything is as it was, byte for byte, also after a remount.
. "${top_srcdir:-.}/tests/clients/datasets.sh"
shows() {
	if [ -n "${1:-}" ]; then set -- env "DENIED=$1"; fi
	"$@" timeout 60 $python "$here/oracle.py" "$store" "$mnt" commercial public-domain
}
# eventually NAME COMMAND...: within half a minute.
eventually() {
	local name=$1 end=$((SECONDS + 31))
	shift
	while [ $SECONDS -lt $end ]; do
		if "$@" >"$tmp/.said" 2>&1; then pass "$name" && return; fi
	done
	fail "$name"
	note "$(tail -20 "$tmp/.said")"
}
state() { $python "$here/states.py" "$store" "$mnt/commercial" >"$tmp/$1.json"; }
for layout in ${LAYOUTS:-coco voc yolo hf captions wds}; do
	ok "$layout: the dataset mounts" dataset "$layout"
	ok "$layout: is what it must be" shows
	path=$(jq -r '[.images | to_entries[] | select(.value.right == "cc0") | .key] | sort | .[1]' "$store.truth")
	state before
	run licensefs decide "$store" "$path" --deny --reason 'takedown request 7'
	like "$out" "1 image matched, 1 of them changed" "$layout: $path is taken down"
	eventually "$layout: it is gone from everything" shows "$path"
	state during
	run $python "$here/states.py" "$tmp/before.json" "$tmp/during.json"
	like "$status $out" '^0 [1-9]' "$layout: documents that changed have another time, and no others"
	run licensefs decide "$store" --undo 1 --reason 'withdrawn'
	eventually "$layout: it is back" shows
	state after
	run $python "$here/states.py" "$tmp/during.json" "$tmp/after.json"
	like "$status $out" '^0 [1-9]' "$layout: with another time again"
	is "$(jq -c 'map_values(.[0])' "$tmp/after.json")" "$(jq -c 'map_values(.[0])' "$tmp/before.json")" "$layout: and the bytes of before"
	down
	ok "$layout: mounts again" licensefs mount "$store" "$mnt" 2>/dev/null
	state again
	is "$(cat "$tmp/again.json")" "$(cat "$tmp/after.json")" "$layout: a remount changes nothing, times neither"
done
down
plan
