# SPDX-License-Identifier: Apache-2.0
# Tar shards from end to end: as GNU tar writes them in each of its formats, with rights from members'
# own bytes, from JSON beside them, from imported rows and from decisions, through running mounts.
. "${top_srcdir:-.}/tests/shell/mount.sh"
m=$tmp/m
# pic PATH [TEXT]: a picture of one pixel below $m; json PATH LICENSE: what stands beside one.
pic() {
	mkdir -p "$(dirname "$m/$1")"
	printf 'P6\n1 1\n255\nrgb%s' "${2:-$1}" >"$m/$1"
}
json() { printf '{"key": "%s", "url": "https://example.org/%s", "license": "%s"}' "$1" "$1" "$2" >"$m/$1.json"; }
# pack FORMAT SHARD: all that lies in $m, in the order of names.
pack() { (cd "$m" && tar --format="$1" --sort=name --mtime=@1700000000 -cf "$store/$2" -- *); }
list() { tar -tf "$1" | grep -v '/$' | tr '\n' ' '; }
lists() { [ "$(list "$1")" = "$2" ]; }
same_members() {
	rm -rf "$tmp/x" && mkdir "$tmp/x" && tar -xf "$1" -C "$tmp/x" &&
		(cd "$tmp/x" && find . -type f -print0 | xargs -0r -I{} cmp {} "$m/{}")
}
views() { jq -c .views "$tmp/.out"; }

# --- formats ---
rm -rf "$m"
for k in 1 2 3; do pic $k.ppm && echo "words $k" >"$m/$k.txt"; done
json 1 CC-BY-4.0
json 2 CC-BY-NC-4.0
deep=$(printf 'd%.0s' {1..60})
pic "$deep/$deep/4.ppm"
cp "$m/1.json" "$m/$deep/$deep/4.json"
ln -s 1.ppm "$m/link.ppm"
echo "about all" >"$m/README.md"
for format in ustar gnu posix oldgnu; do pack $format $format.tar; done
rm -rf "${m:?}/$deep"
pack v7 v7.tar
run licensefs scan "$store"
like "$out" "^19 images " "each picture of each shard is an image"
run licensefs find "$store" --json --where commercial-use
is "$(jq -r .path "$tmp/.out" | sort | tr '\n' ' ')" \
	"$(for f in gnu oldgnu posix ustar; do echo -n "$f.tar/1.ppm $f.tar/$deep/$deep/4.ppm "; done)v7.tar/1.ppm " \
	"find names members as paths below their shards"
up
n=$mnt/noncommercial
c=$mnt/commercial
for format in ustar gnu posix oldgnu; do
	is "$(list "$n/$format.tar")" "1.json 1.ppm 1.txt 2.json 2.ppm 2.txt README.md $deep/$deep/4.json $deep/$deep/4.ppm " \
		"$format: whole samples, and what is about all"
	is "$(list "$c/$format.tar")" "1.json 1.ppm 1.txt README.md $deep/$deep/4.json $deep/$deep/4.ppm " "$format: in another view"
	ok "$format: directories of what is shown" sh -c 'tar -tf "$0" | grep -q "$1/$"' "$n/$format.tar" "$deep"
	[ -d "$m/$deep" ] || { pic "$deep/$deep/4.ppm" && cp "$m/1.json" "$m/$deep/$deep/4.json"; }
	ok "$format: the same bytes" same_members "$c/$format.tar"
	is "$(stat -c %s "$c/$format.tar")" "$(wc -c <"$c/$format.tar" | tr -d ' ')" "$format: and as many as stat says"
done
is "$(list "$c/v7.tar")" "1.json 1.ppm 1.txt README.md " "v7: whole samples"
ok "nothing of another sample is in a view" sh -c '! grep -aq "words 2\|rgb2\|CC-BY-NC" "$0"/*.tar' "$c"
ok "nor of one without rights" sh -c '! grep -aq "words 3\|rgb3" "$0"/*.tar' "$n"
is "$(ls -A "$n" | tr '\n' ' ')" "gnu.tar oldgnu.tar posix.tar ustar.tar v7.tar " "a shard is the only file that there is"
decide '*.tar/3.ppm' --license CC0-1.0
eventually "a member that is decided about comes" sh -c 'tar -tf "$0" | grep -qx 3.txt' "$n/v7.tar"
rm -f "$m/link.ppm" && pack gnu whole.tar && scan && decide whole.tar/3.ppm --license CC0-1.0
eventually "where all members are shown" cmp "$store/whole.tar" "$n/whole.tar"
down

# --- rights of all kinds, and their ends ---
rm -rf "$store" "$m" && mkdir -p "$store/shards" "$m"
for k in 000000001 000000002 000000003 000000004; do pic $k.ppm && echo "words $k" >"$m/$k.txt"; done
pic 000000005.left.ppm && pic 000000005.right.ppm && json 000000005 CC-BY-4.0
pack ustar shards/0.tar
rm -f "$m"/* && pic 000000004.ppm x && pack ustar shards/1.tar
scan
for k in 1 2; do
	printf '{"key": "00000000%s", "status": "success", "url": "https://example.org/%s", "error_message": null, "license": "CC-BY-%s"}\n' \
		$k $k "$([ $k = 1 ] && echo 4.0 || echo NC-4.0)"
done >"$tmp/rows.jsonl"
succeeds "rows that know members by their key" licensefs import "$store" "$tmp/rows.jsonl" --format img2dataset
like "$out" "2 matched" "find them" || note "$out"
printf 'file_name,license\nshards/0.tar/000000003.ppm,CC0-1.0\n' >"$tmp/paths.csv"
succeeds "rows that know them by path" licensefs import "$store" "$tmp/paths.csv"
up
s=$n/shards/0.tar
all=$(for k in 1 2 3; do echo -n "00000000$k.ppm 00000000$k.txt "; done; for k in json left.ppm right.ppm; do echo -n "000000005.$k "; done)
is "$(list "$s")" "$all" "each has the rights that its row states"
is "$(list "$c/shards/0.tar")" "${all/000000002.ppm 000000002.txt /}" "and is in the views of these"
run licensefs explain --json "$store" shards/0.tar/000000001.ppm
is "$(views)" '["noncommercial","commercial","redistributable","augmentable","augmentable-shared"]' "explain names the views of a member"
run licensefs explain "$store" shards/0.tar/000000001.ppm
unlike "$out" "gone from the store" "and knows that it is there"
run licensefs explain "$store" shards//0.tar/./nothing.ppm
is "$status" 1 "a member that is not there"
decide 'shards/*.tar/000000004.ppm' --license CC-BY-4.0
eventually "a pattern is about members" lists "$s" "${all/000000005.json/000000004.ppm 000000004.txt 000000005.json}"
followed
ok "of all shards" lists "$n/shards/1.tar" "000000004.ppm "
decide shards/0.tar/000000005.left.ppm --deny
eventually "half of a sample that is taken down takes all of it" \
	lists "$s" "${all/000000005.json 000000005.left.ppm 000000005.right.ppm/000000004.ppm 000000004.txt}"
decide shards/1.tar --deny
eventually "a shard that is taken down" sh -c '! tar -tf "$0" 2>/dev/null | grep -q ppm' "$n/shards/1.tar"
run licensefs check "$store" --where commercial-use
like "$status $out" "^1 .*shards/0.tar/000000002.ppm" "check names members"

# --- other bytes ---
cp "$store/shards/0.tar" "$tmp/0.tar"
truncate -s 10000 "$store/shards/0.tar"
scan
run licensefs explain "$store" shards/0.tar
like "$out" "byte [0-9]+: the file ends within this member" "one that is cut is hidden, and explain says where" || note "$out"
eventually "and gone from the views" [ ! -e "$s" ]
cat "$tmp/0.tar" "$tmp/0.tar" >"$store/shards/0.tar"
scan
run licensefs explain "$store" shards/0.tar
like "$out" "something follows behind the end" "two archives in one file are hidden" || note "$out"
cp "$tmp/0.tar" "$store/shards/0.tar"
scan
eventually "the same bytes again have the same rights" \
	lists "$s" "${all/000000005.json 000000005.left.ppm 000000005.right.ppm/000000004.ppm 000000004.txt}"
gzip -k "$store/shards/0.tar" && echo 000000001 >"$store/shards/0.idx" && scan
is "$(ls "$n/shards" | tr '\n' ' ')" "0.tar 1.tar " "compressed ones, and lists of offsets, are hidden"
down

# --- no images ---
rm -rf "$store" "$m" && mkdir -p "$store" "$m"
echo '{}' >"$m/1.json" && echo words >"$m/1.txt" && pack gnu words.tar
run licensefs scan "$store"
run licensefs explain "$store" words.tar
like "$out" "names no image|no image" "an archive without images is hidden" || note "$out"
plan
