# SPDX-License-Identifier: Apache-2.0
# `snapshot export --format webdataset`: samples that the webdataset library groups, each with its license; a
# takedown changes the shard that it is in and no other one.
. "${top_srcdir:-.}/tests/shell/mount.sh"
export_to() { run licensefs snapshot export "$store" one --format webdataset --output "$@"; }
look() { run python3 "$top_srcdir/tests/shell/export_shards.py" "$@"; }
pin_up() { licensefs mount "$store" "$mnt" -o snapshot=one 2>"$tmp/.up" || note "cannot mount: $(cat "$tmp/.up")"; }
manifest() { licensefs snapshot export "$store" one --format manifest >"$tmp/manifest" 2>/dev/null; }
members() { tar tf "$1" | LC_ALL=C sort | tr '\n' ' '; }

# --- names ----------------------------------------------------------------------------------------
for f in a/x.pnm a/x.y.pnm a/.hidden.pnm a/100%.pnm 'a/x%2Ey.pnm' $'a/new\nline.pnm' $'a/\377\376.pnm' a/noext a/X.PNM 'b.c/d.pnm' \
	"long/$(printf %0250d 1).pnm" "long/$(printf %0150d 2).pnm" a/UP.PNM; do image "$f"; done
image a/x.ppm again
image a/twin.ppm one
image a/twin.pnm two
mkdir -p "$store/images" "$store/labels" "$store/masks"
for i in 1 2 3; do
	image "images/$i.ppm"
	echo "0 0.5 0.5 1 1" >"$store/labels/$i.txt"
	image "masks/$i.ppm" "mask$i"
done
echo "a caption" >"$store/a/twin.txt"
echo words >"$store/README"
printf 'a/x.pnm 1\nimages/1.ppm 2\nimages/none.ppm 3\n' >"$store/list.txt"
image images/none.ppm
mkdir "$store/shards" && (cd "$store" && tar -cf shards/s.tar --format=ustar a/x.pnm images/none.ppm images/2.ppm)
scan
decide 'a/**' --license CC-BY-4.0
decide 'b.c/*' --license CC0-1.0
decide 'long/*' --license CC0-1.0
decide 'images/?.ppm' --license CC-BY-SA-4.0
decide shards/s.tar/a/x.pnm --license CC-BY-4.0
decide shards/s.tar/images/2.ppm --license CC0-1.0
licensefs snapshot create "$store" one --view noncommercial >/dev/null || exit 99
manifest
pin_up
export_to "$tmp/names" --json
is "$status:$err" "0:" "an export"
is "$(json '[.images, .files]')" "$(licensefs snapshot show "$store" one --json | jq -c '[.images, .files]')" "has all that the snapshot has"
look "$tmp/names" "$mnt" "$tmp/manifest"
is "$status" 0 "as the library groups it" || note "$err"
note "$out: samples, companions, archives"
like "$(tar tf "$tmp/names/one-000000.tar" | tr '\n' ' ')" "images/1.ppm images/1.license.json images/1.txt images/1.masks.ppm " "labels and masks lie with their images"
like "$(tar tf "$tmp/names/one-000000.tar" | tr '\n' ' ')" "a/x%2Ey.pnm .*a/x%252Ey.pnm |a/x%252Ey.pnm .*a/x%2Ey.pnm " "dots do not end a key"
like "$(tar tf "$tmp/names/one-000000.tar" | tr '\n' ' ')" "a/twin.(pnm|ppm) a/twin.license.json .*a/twin%2E(ppm|pnm)[.]" "two images of one stem have two keys"
is "$(members "$tmp/names/one-000001.tar")" "a/x.pnm images/2.ppm " "an archive is a shard, and filtered"
is "$(cd "$tmp/names/files" && find . -type f -printf '%P\n' | LC_ALL=C sort | tr '\n' ' ')" "README a/twin.txt list.txt " "all else lies in files/"
ok "filtered" cmp "$tmp/names/files/list.txt" "$mnt/list.txt"
ok "of the list there is a part" sh -c "! cmp -s '$store/list.txt' '$tmp/names/files/list.txt'"
umount "$mnt"

# --- what is taken down ---------------------------------------------------------------------------
rm -rf "$store" && mkdir "$store"
for i in $(seq -w 200); do image "many/$((10#$i % 3))/$i.pnm"; echo "label $i" >"$store/many/$((10#$i % 3))/$i.txt"; done
scan
decide 'many/**' --license CC-BY-4.0
licensefs snapshot create "$store" one --view noncommercial >/dev/null || exit 99
export_to "$tmp/before" --shard-size 64K --json
shards=$(json .shards)
ok "many shards" [ "$shards" -gt 5 ]
ok "of that size about" sh -c "! find '$tmp/before' -name '*.tar' -size +130k | grep -q ."
export_to "$tmp/same" --shard-size 65536
ok "two exports are the same" diff -r "$tmp/before" "$tmp/same"
licensefs revoke "$store" --path many/1/100.pnm --path many/1/103.pnm --reason asked >/dev/null 2>&1
export_to "$tmp/after" --shard-size 64K --json
is "$(json '[.images, .left_out.revoked, .shards]')" "[198,4,$shards]" "what is revoked is not in it, nor its label"
ok "its shard alone differs" sh -c "[ \$(diff -rq '$tmp/before' '$tmp/after' | wc -l) -le 2 ]"
unlike "$(cat "$tmp"/after/*.tar | tr -d '\0')" "many/1/10[03]" "no shard names it"
licensefs revoke "$store" --path many/1 --path many/2 --reason asked >/dev/null 2>&1
export_to "$tmp/less" --shard-size 64K --json
is "$(ls "$tmp/less" | wc -l)" "$shards" "shards of which all is gone are there, and empty"
manifest && pin_up
look "$tmp/less" "$mnt" "$tmp/manifest"
is "$status" 0 "what is left is as the library groups it"
umount "$mnt"

# --- while it runs --------------------------------------------------------------------------------
rest=$(cd "$store" && ls many/0/*.pnm | head -30)
set -- $rest
if [ -z "${AM_SANITIZE:-}" ] && ${CC:-cc} -O1 -shared -fPIC -o "$tmp/pause.so" "$top_srcdir/tests/shell/export_pause.c" -ldl; then
	LD_PRELOAD=$tmp/pause.so PAUSE=syncfs:1 PAUSE_FILE=$tmp/pause licensefs snapshot export "$store" one --format webdataset --shard-size 64K --output "$tmp/paused" --json >"$tmp/.out" 2>"$tmp/.err" &
	eventually "stopped at the end" [ -e "$tmp/pause" ]
	licensefs revoke "$store" --path "$1" --path "${20}" --reason asked >/dev/null 2>&1
	printf x >>"$store/$2"
	rm "$store/$3"
	rm -f "$tmp/pause"
	wait $!
	is "$? $(json -c '[.left_out.revoked > 3, .left_out.gone, .left_out.changed]')" "1 [true,1,3]" "taken down, gone and changed at the end, with their labels"
	is "$(json '.images + .files + ([.left_out[]] | add)')" 400 "all are accounted for"
	export_to "$tmp/then" --shard-size 64K --json
	is "$(json '.images + .files + ([.left_out[]] | add)')" 400 "as by an export after it"
	unlike "$(cat "$tmp"/paused/*.tar | tr -d '\0')" "$(basename "$1")|$(basename "${20}")|$(basename "$2")|$(basename "$3")" "is in no shard"
	ok "with the same bytes" diff -r "$tmp/then" "$tmp/paused"
fi

# --- kill -9 --------------------------------------------------------------------------------------
licensefs snapshot export "$store" one --format webdataset --shard-size 64K --output "$tmp/whole" 2>/dev/null
half=0
for i in $(seq 6); do
	timeout -s KILL "0.0$((RANDOM % 9))" licensefs snapshot export "$store" one --format webdataset --shard-size 64K --output "$tmp/killed" 2>/dev/null
	if [ -e "$tmp/killed" ]; then
		diff -r "$tmp/whole" "$tmp/killed" >/dev/null || half=$((half + 1))
		rm -rf "$tmp/killed"
	fi
done
is "$half" 0 "kill -9 leaves nothing half under the name"
run licensefs snapshot export "$store" one --format webdataset --shard-size 64K --output "$tmp/killed"
ok "the next one succeeds" [ "$status" -lt 2 ]
ok "with all" diff -r "$tmp/whole" "$tmp/killed"

# --- random datasets ------------------------------------------------------------------------------
for seed in 21 22; do
	rm -rf "$store" && mkdir "$store" && python3 "$top_srcdir/tests/shell/export_make.py" "$store" $seed && scan
	licensefs snapshot create "$store" one --view noncommercial >/dev/null 2>&1
	manifest && pin_up
	export_to "$tmp/r$seed" --shard-size 16K --json
	is "$status:$err" "0:" "dataset $seed: an export"
	look "$tmp/r$seed" "$mnt" "$tmp/manifest"
	is "$status:$err" "0:" "dataset $seed: every image once, with its license, and as the mount shows it"
	umount "$mnt"
done
exits 2 "--shard-size with another format" licensefs snapshot export "$store" one --format tree --output "$tmp/x" --shard-size 1G
for size in 0 x 1X -1 1.5G 99999999999999999999; do
	exits 2 "no size: $size" licensefs snapshot export "$store" one --format webdataset --output "$tmp/x" --shard-size "$size"
done
exits 2 "no links" licensefs snapshot export "$store" one --format webdataset --output "$tmp/x" --link hard
sanitizers_are_silent
plan
