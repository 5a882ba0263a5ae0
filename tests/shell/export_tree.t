# SPDX-License-Identifier: Apache-2.0
# The tree that `snapshot export --format tree` makes is what a mount of the snapshot shows, and nothing else
# is ever there: not after a kill, a full disk, or a takedown while it is made.
. "${top_srcdir:-.}/tests/shell/mount.sh"
export_to() { run licensefs snapshot export "$store" one --format tree --output "$@"; }
make() { rm -rf "$store" && mkdir "$store" && python3 "$top_srcdir/tests/shell/export_make.py" "$store" "$1" && scan; }
snapshot() { licensefs snapshot create "$store" one --view "$1" >/dev/null 2>&1 || note "no snapshot"; }
pin_up() { licensefs mount "$store" "$mnt" -o snapshot=one 2>"$tmp/.up" || note "cannot mount: $(cat "$tmp/.up")"; }
# Names, types, times and bytes of a tree; sizes of directories are the filesystem's.
tree() { (cd "$1" && find . -printf '%P %y %T@\n' | LC_ALL=C sort; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r cksum) 2>/dev/null; }
same_tree() { diff <(tree "$1") <(tree "$2") && diff -r --no-dereference "$1" "$2"; }
leftovers() { find "$1" -maxdepth 1 -name '.licensefs-export-*' | wc -l; }
ex=$tmp/exports
mkdir "$ex"

# --- random datasets ----------------------------------------------------------------------------
for seed in 1 2 3; do
	view=noncommercial
	[ $seed != 2 ] || view=commercial+redistributable
	make $seed
	snapshot $view
	pin_up
	export_to "$ex/$seed" --json
	is "$status" 0 "dataset $seed: an export"
	ok "dataset $seed: has names, times and bytes of the mount" same_tree "$mnt" "$ex/$seed"
	is "$(json '[.images, .files]')" "$(licensefs snapshot show "$store" one --json | jq -c '[.images, .files]')" "dataset $seed: all of them"
	ok "dataset $seed: a part of the store" [ "$(find "$ex/$seed" -type f | wc -l)" -lt "$(find "$store" -name .licensefs -prune -o -type f -print | wc -l)" ]
	ok "dataset $seed: of which documents are filtered" sh -c "! cmp -s '$store/coco.json' '$ex/$seed/coco.json' && ! cmp -s '$store/shards/00000.tar' '$ex/$seed/shards/00000.tar'"
	python3 - "$store" "$ex/$seed" <<-'P'
		import json, os, sys, tarfile
		store, out = sys.argv[1:]
		images = json.load(open(out + "/coco.json"))["images"]
		assert images and all(os.path.exists(out + "/" + i["file_name"]) for i in images)
		assert len(images) < len(json.load(open(store + "/coco.json"))["images"])
		for line in open(out + "/list.txt"): assert os.path.exists(out + "/" + line[:-1])
		for s in ("00000", "00001"):
		    if os.path.exists(out + "/shards/%s.tar" % s): tarfile.open(out + "/shards/%s.tar" % s).getnames()
	P
	is $? 0 "dataset $seed: to what is there"
	(umask 077 && licensefs snapshot export "$store" one --format tree --output "$ex/$seed.again/" 2>/dev/null)
	ok "dataset $seed: two exports are the same" same_tree "$ex/$seed" "$ex/$seed.again"
	is "$(stat -c %a "$ex/$seed.again" "$ex/$seed.again/README" "$ex/$seed/README" | tr '\n' ' ')" "700 600 644 " "dataset $seed: with modes of the store that the umask leaves"

	# what is taken down, over, gone, changed
	images=$(cd "$ex/$seed" && find cats images -name '[0x-]*.png' | LC_ALL=C sort | head -4)
	set -- $images
	licensefs revoke "$store" --path "$1" --reason asked >/dev/null 2>&1
	licensefs revoke "$store" --path "$2" --reason asked --erase >/dev/null 2>&1 || note "no erasure of $2"
	rm "$store/$3"
	printf x >>"$store/$4"
	cat "$mnt/$4" >/dev/null 2>&1
	export_to "$ex/$seed.less" --json
	is "$status $(json -c '.left_out | [.gone, .changed]')" "1 [1,1]" "dataset $seed: what is gone or changed is left out"
	ok "dataset $seed: and what was taken down" sh -c "[ ! -e '$ex/$seed.less/$1' ] && [ ! -e '$ex/$seed.less/$2' ]"
	is "$(grep -cF "$2" <<<"$err")$(grep -rlaF -e "$(basename "$1")" -e "$(basename "$2")" "$ex/$seed.less" | wc -l)" 00 "dataset $seed: in documents, too; nothing names what was erased"
	# what the mount lists and cannot read is not there
	find "$mnt" -type f -print0 | while read -rd '' f; do cat "$f" >/dev/null 2>&1 || printf '%s\0' "${f#"$mnt"/}"; done >"$tmp/unread"
	is "$(tr '\0' '\n' <"$tmp/unread" | LC_ALL=C sort | head -c 999)" "$(printf '%s\n' "$3" "$4" | LC_ALL=C sort)" "dataset $seed: the mount lists both and reads neither"
	mkdir -p "$tmp/want" && cp -a "$mnt/." "$tmp/want/" 2>/dev/null
	(cd "$tmp/want" && rm -f "$3" "$4")
	ok "dataset $seed: all else is as in the mount" diff -r "$tmp/want" "$ex/$seed.less"
	chmod -R u+w "$tmp/want" && rm -rf "$tmp/want"
	umount "$mnt"
done
is "$(leftovers "$ex")" 0 "nothing is left beside them"

# --- where --------------------------------------------------------------------------------------
make 4
chmod 600 "$store/README" && scan
snapshot noncommercial
mkdir "$ex/there"
exits 1 "a name that exists" licensefs snapshot export "$store" one --format tree --output "$ex/there"
like "$err" "exists already; remove it, or choose another name" "says what to do"
ln -s nowhere "$ex/link"
exits 1 "also where it leads nowhere" licensefs snapshot export "$store" one --format tree --output "$ex/link"
for o in "$store/inside" "$store/cats/x" "$ex/there/../../store/x"; do
	exits 2 "output inside the store: ${o#"$tmp"/}" licensefs snapshot export "$store" one --format tree --output "$o"
done
like "$err" "would lie in the store" "says so"
mkdir "$tmp/part of it" && mount --bind "$store/cats" "$tmp/part of it"
exits 2 "also through a mount of a part of it" licensefs snapshot export "$store" one --format tree --output "$tmp/part of it/x"
umount "$tmp/part of it"
mkdir "$tmp/all" && mount --bind "$tmp" "$tmp/all"
exits 2 "or of what it lies in" licensefs snapshot export "$store" one --format tree --output "$tmp/all/store/dogs/x"
exits 0 "but not beside it there" licensefs snapshot export "$store" one --format tree --output "$tmp/all/exports/beside"
umount "$tmp/all"
mount --bind "$store" "$store" && exits 2 "a store that is a mount itself" licensefs snapshot export "$store" one --format tree --output "$store/dogs/x"
umount "$store"
exits 2 "no name" licensefs snapshot export "$store" one --format tree --output "$ex/.."
exits 3 "no directory" licensefs snapshot export "$store" one --format tree --output "$ex/none/x"
exits 3 "a name that is too long" licensefs snapshot export "$store" one --format tree --output "$ex/$(printf %0256d 0)"
exits 2 "no output" licensefs snapshot export "$store" one --format tree
exits 2 "an output that is none" licensefs snapshot export "$store" one --format tree --output -
exits 2 "another way to link" licensefs snapshot export "$store" one --format tree --output "$ex/x" --link soft
exits 2 "--link with another format" licensefs snapshot export "$store" one --format csv --link copy
exits 0 "a long and odd name" licensefs snapshot export "$store" one --format tree --output "$ex/-$(printf 'a\nb\377%0250d' 0)"
is "$(leftovers "$ex") $(leftovers "$store") $(leftovers "$store/cats")" "0 0 0" "nothing is left of these"
mkdir "$tmp/ro" && mount --bind "$store" "$tmp/ro" && mount -o remount,bind,ro "$tmp/ro"
is "$(stat -c %a "$ex"/-*/README)" 600 "what is private in the store is so in the export"
exits 0 "a store that is read-only" licensefs snapshot export "$tmp/ro" one --format tree --output "$ex/ro"
umount "$tmp/ro"
licensefs snapshot export "$store" one --format tree --output "$ex/rw" 2>/dev/null
ok "gives the same" same_tree "$ex/ro" "$ex/rw"
chmod 755 "$tmp" && chmod 777 "$ex"
mkdir "$tmp/program" && cp "$top_builddir/licensefs" "$tmp/program/"
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups env TSAN_OPTIONS= ASAN_OPTIONS= UBSAN_OPTIONS= $tmp/program/licensefs"
exits 1 "a user who may not read one file" $nobody snapshot export "$store" one --format tree --output "$ex/nobody"
like "$err" "README: left out: changed" "is told which"
ok "and has the others" sh -c "diff -r '$ex/rw' '$ex/nobody' | grep -qx 'Only in $ex/rw: README'"
chmod 755 "$ex"
exits 3 "nor writes where he may not" $nobody snapshot export "$store" one --format tree --output "$ex/nobody2"

# --- links --------------------------------------------------------------------------------------
exits 2 "no reflinks here" env -C "$tmp" sh -c "stat -f -c %T . | grep -qE 'btrfs|xfs' && exit 2; exec licensefs snapshot export '$store' one --format tree --output '$ex/clone' --link reflink"
[[ $(stat -f -c %T "$tmp") =~ btrfs|xfs ]] || like "$err" "btrfs or XFS; say --link copy" "says what to do"
pin_up
export_to "$ex/hard" --link hard --json
is "$status:$err" "0:" "hard links"
is "$(json .linked)" "$(find "$ex/hard" -type f -links +1 -printf x | wc -c)" "are counted"
ok "are of the images alone" sh -c "[ \$(find '$ex/hard' -links +1 -name '*.png' | wc -l) -gt 5 ] && ! find '$ex/hard' -type f -links +1 ! -name '*.png' | grep -q ."
ok "and leave the mount as it was" diff -r "$mnt" "$ex/hard"
ok "the same inode" [ "$(cd "$ex/hard" && find . -links +1 -name '*.png' -print0 | xargs -0 -n1 stat -c %i | LC_ALL=C sort | cksum)" = "$(cd "$store" && find . -links +1 -name '*.png' -print0 | xargs -0 -n1 stat -c %i | LC_ALL=C sort | cksum)" ]
exits 0 "the snapshot is what it was" licensefs snapshot verify "$store" one --content
export_to "$ex/hard2" --link hard --json
is "$(json .linked)" 0 "what has another name already is copied"
ok "but is the same" same_tree "$ex/hard" "$ex/hard2"
umount "$mnt"
mkdir "$tmp/other" && mount -t tmpfs -o size=8m none "$tmp/other"
exits 2 "on another filesystem" licensefs snapshot export "$store" one --format tree --output "$tmp/other/x" --link hard
like "$err" "another filesystem.*say --link reflink or --link copy" "says what to do"
unlike "$err" "scan the store" "nothing has to be scanned"
exits 0 "where all else can be had" licensefs snapshot export "$store" one --format tree --output "$tmp/other/x"
ok "with the same bytes" same_tree "$ex/hard" "$tmp/other/x"
umount "$tmp/other"
if truncate -s 120M "$tmp/image" && mkfs.btrfs -q "$tmp/image" 2>/dev/null && mount -o loop "$tmp/image" "$tmp/other"; then
	cp -a "$store" "$tmp/other/store" && licensefs scan "$tmp/other/store" >/dev/null
	licensefs snapshot rm "$tmp/other/store" one >/dev/null
	licensefs snapshot create "$tmp/other/store" one --view noncommercial >/dev/null
	run licensefs snapshot export "$tmp/other/store" one --format tree --output "$tmp/other/x" --link reflink --json
	is "$status $(json '.linked, (.cloned > 20)' | tr '\n' ' ')" "0 0 true " "clones on btrfs"
	run licensefs snapshot export "$tmp/other/store" one --format tree --output "$tmp/other/y" --json
	is "$(json '.cloned > 20')" true "which is the default"
	run licensefs snapshot export "$tmp/other/store" one --format tree --output "$tmp/other/z" --link copy --json
	is "$(json '.cloned')" 0 "unless copies are asked for"
	ok "have the same bytes" sh -c "diff -r '$tmp/other/x' '$tmp/other/y' && diff -r '$tmp/other/x' '$tmp/other/z'"
	licensefs mount "$tmp/other/store" "$mnt" -o snapshot=one && ok "as the mount" same_tree "$mnt" "$tmp/other/x"
	umount "$mnt"
	eventually "it can be unmounted" umount "$tmp/other"
else
	note "no btrfs on a loop device here"
fi
rm -f "$tmp/image"

# --- a full disk --------------------------------------------------------------------------------
mount -t tmpfs -o size=200k none "$tmp/other"
exits 3 "a full disk" licensefs snapshot export "$store" one --format tree --output "$tmp/other/x"
like "$err" "No space left" "is told"
is "$(ls -A "$tmp/other")" "" "and nothing is left on it"
umount "$tmp/other"

# --- kill -9, and again -------------------------------------------------------------------------
for i in $(seq 300); do image "many/$((i % 7))/$i.pnm"; done
scan
decide 'many/**' --license CC0-1.0
licensefs snapshot create "$store" many --view noncommercial >/dev/null
licensefs snapshot export "$store" many --format tree --output "$ex/whole" 2>/dev/null
half=0 left=0
for i in $(seq 12); do
	timeout -s KILL "0.0$((RANDOM % 9))$((RANDOM % 10))" licensefs snapshot export "$store" many --format tree --output "$ex/killed" 2>/dev/null
	[ "$(leftovers "$ex")" = 0 ] || left=$((left + 1))
	if [ -e "$ex/killed" ]; then
		diff -r "$ex/whole" "$ex/killed" >/dev/null || half=$((half + 1))
		rm -rf "$ex/killed"
	fi
done
is "$half" 0 "kill -9 leaves nothing half under the name"
note "$left of 12 were killed in the middle"
exits 0 "the next one succeeds" licensefs snapshot export "$store" many --format tree --output "$ex/killed"
ok "with all" same_tree "$ex/whole" "$ex/killed"
is "$(leftovers "$ex")" 0 "and clears away what was left"
rm -rf "$ex/killed"

# --- while it runs ------------------------------------------------------------------------------
if [ -z "${AM_SANITIZE:-}" ] && ${CC:-cc} -O1 -shared -fPIC -o "$tmp/pause.so" "$top_srcdir/tests/shell/export_pause.c" -ldl; then
	# paused CALL COMMAND...: an export to $ex/paused, with the commands run when it stops there
	paused() {
		local call=$1
		shift
		rm -rf "$ex/paused"
		LD_PRELOAD=$tmp/pause.so PAUSE=$call PAUSE_FILE=$tmp/pause licensefs snapshot export "$store" many --format tree \
			--output "$ex/paused" --json >"$tmp/.out" 2>"$tmp/.err" &
		eventually "stopped before $call" [ -e "$tmp/pause" ]
		"$@" >/dev/null 2>&1
		rm -f "$tmp/pause"
		wait $!
		status=$? err=$(cat "$tmp/.err")
	}
	pick=$(cd "$ex/whole" && find many -name '*.pnm' | LC_ALL=C sort)
	set -- $pick
	paused utimensat:200 licensefs revoke "$store" --path "$1" --path "$2" --path "$3" --reason test
	is "$status $(json '.left_out | .revoked + .erased')" "0 3" "what is taken down while files are copied"
	ok "is not in it" sh -c "[ ! -e '$ex/paused/$1' ] && [ ! -e '$ex/paused/$2' ] && [ ! -e '$ex/paused/$3' ]"
	first=$(cut -d '"' -f 4 "$store/coco.json" >/dev/null; cd "$ex/whole" && find cats images -name '0*.png' | head -1)
	ok "a document has an image" grep -qF "$(basename "$first")" "$ex/whole/list.txt"
	paused syncfs:1 licensefs revoke "$store" --path "$first" --reason test
	is "$status $(json '.left_out.revoked > 3')" "0 true" "and what is when all is done but the name"
	ok "is not in documents either" sh -c "! grep -raqF '$(basename "$first")' '$ex/paused' && [ ! -e '$ex/paused/$first' ]"
	# between the disk and the name, which may be far apart
	s=$(cd "$ex/paused" && find many -name '*.pnm' | LC_ALL=C sort | tail -1)
	LD_PRELOAD=$tmp/pause.so PAUSE=syncfs:1 PAUSE_FILE=$tmp/pause PAUSE2=renameat2:1 PAUSE_FILE2=$tmp/pause2 \
		licensefs snapshot export "$store" many --format tree --output "$ex/never" 2>/dev/null &
	eventually "stopped before it is on the disk" [ -e "$tmp/pause" ]
	licensefs revoke "$store" --path "$s" --reason test >/dev/null 2>&1
	rm "$tmp/pause"
	eventually "and before it gets its name" [ -e "$tmp/pause2" ]
	ok "then it is not in it by now" sh -c "[ -e '$ex'/.licensefs-export-*/tree/README ] && ! [ -e '$ex'/.licensefs-export-*/tree/'$s' ]"
	licensefs revoke "$store" --path "many/6" --reason test >/dev/null 2>&1
	rm "$tmp/pause2"
	wait
	ok "nor what is taken down then" sh -c "[ -e '$ex/never/README' ] && [ -z \"\$(ls '$ex/never/many/6')\" ]"
	# a revocation in force that a scan finds to match
	third=$(cd "$ex/never" && find many -name '*.pnm' | LC_ALL=C sort | tail -1)
	licensefs revoke "$store" --creator 'Zed*' --reason test >/dev/null 2>&1
	paused syncfs:1 sh -c "printf 'SPDX-FileCopyrightText: 2020 Zed Z\nSPDX-License-Identifier: CC0-1.0\n' >'$store/$third.license'; licensefs scan '$store'"
	ok "nor what a scan finds to be revoked" sh -c "[ -e '$ex/paused/README' ] && ! [ -e '$ex/paused/$third' ]"
	licensefs mount "$store" "$mnt" -o snapshot=many
	ok "it is as a mount" same_tree "$mnt" "$ex/paused"
	umount "$mnt"
	paused utimensat:200 sh -c "printf other >'$store/$4.new' && mv '$store/$4.new' '$store/$4'; rm '$store/$5'; cp '$store/$6' '$store/$6.new' && mv '$store/$6.new' '$store/$6'"
	is "$status $(json '.left_out | [.gone, .changed]')" "1 [1,2]" "files that are replaced or removed meanwhile are left out"
	ok "all of them" sh -c "[ ! -e '$ex/paused/$4' ] && [ ! -e '$ex/paused/$5' ] && [ ! -e '$ex/paused/$6' ]"
	paused utimensat:100 mkdir "$ex/paused"
	is "$status $(ls -A "$ex/paused")" "1 " "a directory that came meanwhile is not replaced"
	paused utimensat:100 sh -c "licensefs snapshot export '$store' many --format tree --output '$ex/paused' 2>'$tmp/second'"
	is "$status $(ls "$ex/paused" | grep -c many)" "1 1" "an export goes on"
	like "$(cat "$tmp/second")" "another export to .* is running" "while a second one to the same place is refused"
	rm -rf "$ex/paused"
	LD_PRELOAD=$tmp/pause.so PAUSE=utimensat:100 PAUSE_FILE=$tmp/pause licensefs snapshot export "$store" many --format tree --output "$ex/paused" 2>"$tmp/.err" &
	eventually "stopped again" [ -e "$tmp/pause" ]
	kill -INT $!
	rm -f "$tmp/pause"
	wait $!
	is "$? $(ls -A "$ex" | grep -c paused) $(leftovers "$ex")" "3 0 1" "an export that is interrupted leaves nothing of that name"
	like "$(cat "$tmp/.err")" "the same command goes on there; else remove that" "and says so"
	rm -rf "$ex"/.licensefs-export-*
	# hard links that are removed again leave the store as it was
	cp -a "$store" "$ex/copy" && licensefs scan "$ex/copy" >/dev/null
	licensefs mount "$ex/copy" "$mnt" -o snapshot=many
	readable() { find "$mnt" -type f -exec cat {} + 2>&1 >/dev/null | wc -l; }
	before=$(readable)
	LD_PRELOAD=$tmp/pause.so PAUSE=syncfs:1 PAUSE_FILE=$tmp/pause licensefs snapshot export "$ex/copy" many --format tree --link hard --output "$ex/hard3" 2>"$tmp/.err" &
	eventually "stopped with links" [ -e "$tmp/pause" ]
	mkdir "$ex/hard3"
	rm -f "$tmp/pause"
	wait $!
	is "$? $(leftovers "$ex") $(readable)" "1 0 $before" "an export with links that fails leaves the mount as it was"
	rmdir "$ex/hard3"
	LD_PRELOAD=$tmp/pause.so PAUSE=syncfs:1 PAUSE_FILE=$tmp/pause licensefs snapshot export "$ex/copy" many --format tree --link hard --output "$ex/hard3" 2>"$tmp/.err" &
	eventually "stopped with links again" [ -e "$tmp/pause" ]
	kill -KILL $!
	rm -f "$tmp/pause"
	wait $!
	exits 1 "links that a kill has left are not removed unseen" licensefs snapshot export "$ex/copy" many --format tree --output "$ex/hard3"
	like "$err" "has left hard links.*remove that, and scan the store" "says what to do"
	is "$(readable)" "$before" "and the mount is as it was"
	rm -rf "$ex"/.licensefs-export-*
	licensefs scan "$ex/copy" >/dev/null
	as_it_was() { [ "$(readable)" = "$before" ]; }
	eventually "after which it is as it was" as_it_was
	licensefs snapshot export "$ex/copy" many --format tree --output "$ex/hard3" 2>/dev/null
	ok "and so is the export" sh -c "[ \$(ls '$ex/hard3/many/1' | wc -l) -gt 30 ]"
	# of a takedown the link goes, and the catalog knows the file as it is then
	one=$(cd "$mnt" && find many -name '*.pnm' | LC_ALL=C sort | while read -r f; do cat "$f" >/dev/null 2>&1 && echo "$f" && break; done)
	LD_PRELOAD=$tmp/pause.so PAUSE=syncfs:1 PAUSE_FILE=$tmp/pause licensefs snapshot export "$ex/copy" many --format tree --link hard --output "$ex/hard4" 2>"$tmp/.err" &
	eventually "stopped with links once more" [ -e "$tmp/pause" ]
	is "$(stat -c %h "$ex/copy/$one")" 2 "an image has one"
	licensefs revoke "$ex/copy" --path "$one" --reason test >/dev/null 2>&1
	rm -f "$tmp/pause"
	wait $! || note "$(cat "$tmp/.err")"
	is "$(stat -c %h "$ex/copy/$one") $(ls -d "$ex/hard4/many" "$ex/hard4/$one" 2>/dev/null | wc -l)" "1 1" "a takedown takes the link away"
	licensefs restore "$ex/copy" "$(licensefs revoke "$ex/copy" --list --json | jq -s "last | .revocation")" --reason test >/dev/null 2>"$tmp/.err" || note "$(cat "$tmp/.err")"
	eventually "and after restore the mount has it, without a scan" cmp "$mnt/$one" "$ex/copy/$one"
	umount "$mnt"
	paused utimensat:100 licensefs snapshot rm "$store" many
	is "$status $(ls -A "$ex" | grep -c paused)" "3 0" "nor does one of a snapshot that is removed meanwhile"
	like "$err" "was removed" "and says why"
fi
sanitizers_are_silent
plan
