# SPDX-License-Identifier: Apache-2.0
# An export of files that was interrupted or killed goes on where it was: what is whole is taken over and nothing else,
# and what comes of it is what an export in one go makes.
. "${top_srcdir:-.}/tests/shell/mount.sh"
[ -z "${AM_SANITIZE:-}" ] || skip_all "libraries cannot be preloaded before a sanitizer's"
command -v "${CC:-cc}" >/dev/null || skip_all "there is no compiler"
${CC:-cc} -O1 -shared -fPIC -o "$tmp/pause.so" "$top_srcdir/tests/shell/export_pause.c" -ldl || exit 99
ex=$tmp/exports
mkdir "$ex"
python3 "$top_srcdir/tests/shell/export_make.py" "$store" 31
for i in $(seq -w 240); do
	image "many/$((10#$i % 3))/$i.pnm" "$(printf "%0$((10#$i * 40))d" 1)"
	echo "label $i" >"$store/many/$((10#$i % 3))/$i.txt"
done
scan
decide 'many/**' --license CC-BY-4.0
licensefs snapshot create "$store" one --view noncommercial >/dev/null || exit 99
licensefs snapshot create "$store" other --view noncommercial >/dev/null || exit 99

# of FORMAT: its options
of() { echo --format "$1"; [ "$1" != webdataset ] || echo --shard-size 64K; }
# export_to FORMAT NAME [OPTION...]
export_to() { run licensefs snapshot export "$store" one $(of "$1") --output "$ex/$2" --json "${@:3}"; }
# stop SIGNAL CALL FORMAT NAME [OPTION...]: an export that gets the signal before that call
stop() {
	local pid
	LD_PRELOAD=$tmp/pause.so PAUSE=$2 PAUSE_FILE=$tmp/pause licensefs snapshot export "$store" one $(of "$3") --output "$ex/$4" "${@:5}" >/dev/null 2>"$tmp/.err" &
	pid=$!
	eventually "stopped before $2" [ -e "$tmp/pause" ]
	kill -"$1" $pid
	rm -f "$tmp/pause"
	wait $pid 2>/dev/null
	status=$? err=$(cat "$tmp/.err")
}
own() { find "$ex" -maxdepth 1 -name '.licensefs-export-*'; }
# inodes TREE: the names of files, each with its inode
inodes() { (cd "$1" && find . -type f -links 1 -printf '%i %P\n' | LC_ALL=C sort); }
kept() { comm -12 <(inodes "$1") "$tmp/left" | wc -l; }

for format in tree reuse webdataset; do
	export_to $format "$format.whole"
	is "$status $(json .taken_over)" "0 0" "$format: an export in one go"
	all=$(json .images)
	stop INT write:400 $format x
	is "$status $(ls "$ex" | grep -cx x)" "3 0" "$format: one that is interrupted makes nothing of that name"
	like "$err" "interrupted; what is finished is kept in '$(basename "$(own)")' beside .*same command goes on there; else remove that directory" "$format: says where it goes on"
	is "$(stat -c %a "$(own)")" 700 "$format: where nobody else can look"
	inodes "$(own)/tree" >"$tmp/left"
	export_to $format x
	ok "$format: the same command takes over what there is" [ "$status" = 0 -a "$(json .taken_over)" -gt 20 -a "$(json .taken_over)" -lt "$all" ]
	like "$err" "$(json .taken_over) images were taken over" "$format: and says so"
	ok "$format: the files themselves" [ "$(kept "$ex/x")" -ge 2 ]
	ok "$format: and gives the same" diff -r "$ex/$format.whole" "$ex/x"
	ok "$format: nothing is left" [ -z "$(own)" ]
	rm -rf "$ex/x"

	# again and again
	stop TERM write:300 $format x
	is "$status" 3 "$format: SIGTERM, too"
	stop INT write:100 $format x
	stop KILL write:120 $format x
	is "$(ls "$(own)/past" | wc -l)" 2 "$format: what was left thrice"
	export_to $format x
	ok "$format: is all taken over" [ "$status" = 0 -a "$(json .taken_over)" -gt 40 ]
	ok "$format: and gives the same" diff -r "$ex/$format.whole" "$ex/x"
	rm -rf "$ex/x"
	for i in 1 2; do
		timeout -s "$([ $((RANDOM % 2)) = 0 ] && echo INT || echo KILL)" "0.0$((2 + RANDOM % 8))" licensefs snapshot export "$store" one $(of $format) --output "$ex/x" >/dev/null 2>&1
		[ ! -e "$ex/x" ] || { diff -r "$ex/$format.whole" "$ex/x" >/dev/null || fail "$format: half of it"; rm -rf "$ex/x"; }
	done
	export_to $format x
	ok "$format: wherever it stops" diff -r "$ex/$format.whole" "$ex/x"
	rm -rf "$ex/x"

done

# --- what is not the same -------------------------------------------------------------------------
# anew NAME: nothing was taken over, and of nothing is more left
anew() {
	is "$status $(json .taken_over) $(own)" "0 0 " "nothing is taken over to another $1"
	rm -rf "$ex/x"
}
stop INT write:400 tree x
run licensefs snapshot export "$store" other --format tree --output "$ex/x" --json
anew snapshot
stop INT write:400 reuse x
export_to tree x
ok "nor mixed in" diff -r "$ex/tree.whole" "$ex/x"
anew format
stop INT write:400 tree x
export_to tree x --link copy
anew "way to link"
stop INT write:400 webdataset x
export_to webdataset x --shard-size 128K
anew "size of shards"
stop INT write:400 tree x
chmod 755 "$(own)"
export_to tree x
anew "one where others may have written"

# --- files that are not what they should be -------------------------------------------------------
stop KILL utimensat:200 tree x
set -- $(cd "$(own)/tree" && find many -name '*.pnm' -size +3k | LC_ALL=C sort)
ok "enough was made" [ $# -gt 30 ]
left=$(own)/tree
cp -a "$left" "$tmp/untouched"
whole=$(cd "$left" && find . -name '*.p?[gm]' -type f -exec sh -c 'for f; do [ "$f" -nt "$0/$f" ] || [ "$f" -ot "$0/$f" ] || echo; done' "$store" {} + | wc -l)
dd if=/dev/zero of="$left/$1" bs=1 seek=2000 count=1000 conv=notrunc status=none
touch "$left/$2"
rm "$left/$3" && ln -s "$store/$3" "$left/$3"
chmod 666 "$left/$4"
chown 65534 "$left/$5"
truncate -s -1 "$left/$6" && touch -r "$store/$6" "$left/$6"
touch -r "$store/$1" "$left/$1"
rm "$left/$7" && mkdir "$left/$7"
rm "$left/$8" && mkfifo "$left/$8"
echo secret >"$left/secret" && mkdir "$left/secrets" && cp "$left/$9" "$left/secrets/"
inodes "$left" >"$tmp/left"
export_to tree x
is "$status" 0 "what was left and then spoilt"
ok "is not taken over, nor what was added" diff -r "$ex/tree.whole" "$ex/x"
is "$(json .taken_over)" $((whole - 8)) "none of these"
ok "all else is" [ "$(kept "$ex/x")" -gt 20 ]
is "$(stat -c '%a %u' "$ex/x/$4" "$ex/x/$5" | tr '\n' ' ')" "$(stat -c '%a %u' "$ex/tree.whole/$4" "$ex/tree.whole/$5" | tr '\n' ' ')" "modes and owners are as they would be"
rm -rf "$ex/x"

stop KILL syncfs:1 webdataset x
left=$(own)/tree
set -- $(cd "$left" && find . -name '*.tar' -size +60k -exec grep -laF rgb {} + | LC_ALL=C sort)
at=$(grep -obUaF rgb "$left/$1" | tail -n 1 | cut -d: -f1)
ok "an image lies in a shard" [ "${at:-0}" -gt 0 ]
printf X | dd of="$left/$1" bs=1 seek=$((at + 20)) conv=notrunc status=none # in an image
truncate -s 30000 "$left/$2"
cat "$left/$1" >>"$left/$3"
cat "$left/$1" >"$left/$4"
inodes "$left" >"$tmp/left"
export_to webdataset x
is "$status" 0 "shards that were left and then spoilt"
ok "are mended" diff -r "$ex/webdataset.whole" "$ex/x"
ok "and not made anew" [ "$(kept "$ex/x")" -ge "$(ls "$left" 2>/dev/null | wc -l)" -a "$(json .taken_over)" -gt 150 ]
rm -rf "$ex/x"

# --- what has happened meanwhile ------------------------------------------------------------------
for format in tree reuse webdataset; do
	stop INT "$([ $format = webdataset ] && echo write:1100 || echo utimensat:200)" $format "$format.x"
done
is "$(own | wc -l)" 3 "three are interrupted"
set -- $(cd "$tmp/untouched" && find many -name '*.pnm' | LC_ALL=C sort)
licensefs revoke "$store" --path "$1" --path "$2" --reason asked >/dev/null 2>&1
licensefs revoke "$store" --path "$3" --erase --reason asked >/dev/null 2>&1
rm "$store/$4"
printf x >>"$store/$5"
cp -p "$store/$6" "$store/new" && printf Z | dd of="$store/new" bs=1 seek=20 conv=notrunc status=none && touch -r "$store/$6" "$store/new" && mv "$store/new" "$store/$6"
echo '{"path": "'"$7"'", "license": "CC-BY-4.0", "creator": "Ann"}' >"$tmp/rows.jsonl"
licensefs import "$store" "$tmp/rows.jsonl" >/dev/null 2>&1 || note "no import"
for format in tree reuse webdataset; do
	export_to $format "$format.x"
	is "$status $(json '[.left_out.gone > 0, .left_out.changed > 0, .taken_over > 30]' | tr -d ' \n')" "1 [true,true,true]" "$format: gone, changed, and others that are taken over"
	export_to $format "$format.fresh"
	ok "$format: it is as one that begins anew" diff -r "$ex/$format.fresh" "$ex/$format.x"
done
is "$(cd "$ex/tree.x" && ls -d "$1" "$2" "$3" "$4" "$5" "$6" 2>/dev/null)" "" "what was taken down is not in it"
unlike "$(cat "$ex"/webdataset.x/*.tar | tr -d '\0' | grep -aoE 'many/./[0-9]+' | sort -u | tr '\n' ' ')" "${1%.pnm} |${2%.pnm} |${3%.pnm} " "nor in a shard"
licensefs mount "$store" "$mnt" -o snapshot=one
(cd "$mnt" && find . -type f -exec sh -c 'cat "$1" >/dev/null 2>&1 && cmp "$1" "$2/$1"' _ {} "$ex/tree.x" \; ) >"$tmp/differ" 2>&1
is "$(cat "$tmp/differ")" "" "and what a mount can read is"
umount "$mnt"
ok "nothing is left of any" [ -z "$(own)" ]

# --- hard links -----------------------------------------------------------------------------------
stop INT write:1 tree hard --link hard
is "$status $(own)" "3 " "an export of hard links leaves nothing"
like "$err" "interrupted; nothing was made" "and says so"
plan
