# SPDX-License-Identifier: Apache-2.0
# Snapshots in mounts: what the view showed then, with names, attributes and bytes, whatever comes after;
# but for what is taken down. What is not there as it was is listed and not read.
. "${top_srcdir:-.}/tests/shell/mount.sh"
find_modes
pin=$tmp/pin
mkdir -p "$pin"
snapshot() { licensefs snapshot "$@" >"$tmp/.snapshot" 2>&1 || note "snapshot $*: $(cat "$tmp/.snapshot")"; }
pin_up() { licensefs mount "$store" "$pin" -o "$1" 2>"$tmp/.up" || note "cannot mount: $(cat "$tmp/.up")"; }
# Names, types, modes, sizes and times; the numbers of images.
names() { (cd "$1" && find . -printf '%P %y %m %s %T@\n' | LC_ALL=C sort; find . -name '*.pnm' -printf '%P %i\n' | LC_ALL=C sort); }
bytes() { (cd "$1" && find . -type f | LC_ALL=C sort | xargs cksum 2>/dev/null); }
whole() { names "$1" && bytes "$1"; }
same_names() { names "$1" | cmp - "$tmp/names"; }
same() { whole "$1" | cmp - "$tmp/whole"; }
gives() { sh -c "head -c 1 <&$1" >/dev/null; }
nothing() { ! sh -c "head -c 1 <&$1" >/dev/null; }
absent() { [ ! -e "$1" ]; }
stale() { [ -e "$1" ] && ! cat "$1" 2>&1 >/dev/null | grep -qv 'Stale file handle'; ! cat "$1" >/dev/null 2>&1; }
make_pinned_store() {
	rm -rf "$store"
	for i in 1 2 3 4 5 6; do image cats/$i.pnm; image birds/$i.pnm; done
	image cats/none.pnm
	image dogs/1.pnm
	image train/1.pnm
	echo "a label" >"$store/cats/4.txt"
	for i in 1 2 3 4 5 6; do echo "cats/$i.pnm $i"; done >"$store/list.txt"
	echo "cats/none.pnm 0" >>"$store/list.txt"
	mkdir "$store/shards" && tar -C "$store" -cf "$store/shards/a.tar" --format=ustar cats/1.pnm cats/none.pnm cats/5.pnm
	echo words >"$store/README"
	scan
	decide 'cats/?.pnm' --license CC-BY-4.0
	decide 'birds/*' --license CC0-1.0
	decide 'dogs/*' --license CC-BY-NC-4.0
	decide 'train/*' --license CC0-1.0
	decide shards/a.tar/cats/1.pnm --license CC-BY-4.0
	decide shards/a.tar/cats/5.pnm --license CC-BY-4.0
}

for mode in $modes; do
	make_pinned_store
	up -o "mode=$mode"
	whole "$mnt/commercial" >"$tmp/whole"
	names "$mnt/commercial" >"$tmp/names"
	snapshot create "$store" first --view commercial
	pin_up "mode=$mode,snapshot=first"
	ok "$mode: a snapshot is what the view showed" same "$pin"
	ok "$mode: in a mount of all views, too" same "$mnt/.licensefs/snapshots/first"
	is "$(ls "$mnt/.licensefs" "$mnt/.licensefs/snapshots" | tr '\n' ' ')" "$mnt/.licensefs: README snapshots views  $mnt/.licensefs/snapshots: first " "$mode: where it is listed"
	is "$(stat -c %i "$mnt/.licensefs/snapshots/first/cats")" "$(ls -i1 "$mnt/.licensefs/snapshots/first" | awk '$2 == "cats" { print $1 }')" "$mode: with the numbers that stat says"
	is "$(cd "$mnt/.licensefs/snapshots/first/cats/.." && ls -id . | cut -d ' ' -f 1)" "$(ls -i1 "$mnt/.licensefs/snapshots" | awk '{ print $1 }')" "$mode: and a way back"
	like "$(licensefs status "$store")" "$pin, snapshot first," "$mode: status tells which one a mount shows"
	is "$(getfattr --only-values -n user.licensefs.license "$pin/cats/1.pnm" 2>/dev/null)" CC-BY-4.0 "$mode: with the rights of then"

	for f in "$pin" "$mnt/.licensefs/snapshots/first"; do
		is "$(licensefs explain --json "$store" "$f/cats/2.pnm" | jq -r .path)" cats/2.pnm "$mode: explain knows its files"
	done

	# whatever comes after
	exec 7<"$pin/cats/1.pnm"
	gives 7
	image cats/new.pnm
	image new/1.pnm
	image other/1.pnm "cats/none.pnm"
	touch "$store/cats" "$store/birds"
	scan
	decide 'cats/new.pnm' --license CC0-1.0
	decide 'new/*' --license CC0-1.0
	decide 'cats/none.pnm' --license CC0-1.0
	decide 'cats/1.pnm' --license CC-BY-NC-4.0
	decide 'dogs/1.pnm' --license CC0-1.0
	licensefs view set "$store" mine license=CC0-1.0 >/dev/null
	eventually "$mode: a view follows what is decided" absent "$mnt/commercial/cats/1.pnm"
	followed
	ok "$mode: a snapshot stays as it was" same "$pin"
	ok "$mode: in a mount of all views, too" same "$mnt/.licensefs/snapshots/first"
	ok "$mode: who had a file open reads on" gives 7
	is "$(getfattr --only-values -n user.licensefs.license "$pin/cats/1.pnm" 2>/dev/null)" CC-BY-4.0 "$mode: with the rights of then"
	ok "$mode: what came later is not there by name either" absent "$pin/cats/new.pnm"
	exec 7<&-
	umount "$pin" && pin_up "mode=$mode,snapshot=first"
	ok "$mode: nor after another mount" same "$pin"

	# files that are not what they were
	rm "$store/birds/1.pnm"
	mv "$store/birds/2.pnm" "$store/birds/moved.pnm"
	image birds/3.pnm "other bytes"
	mv "$store/train" "$store/test"
	touch "$store/birds/4.pnm"
	ok "$mode: other bytes are not read" sh -c "! cat '$pin/birds/3.pnm' 2>/dev/null | grep -q other"
	scan
	followed
	for f in birds/1.pnm birds/2.pnm birds/3.pnm train/1.pnm; do
		ok "$mode: $f is listed, and not read" stale "$pin/$f"
	done
	ok "$mode: names and attributes are those of then" same_names "$pin"
	ok "$mode: what was touched is read" cmp "$pin/birds/4.pnm" "$store/birds/4.pnm"
	ok "$mode: and what is in a mount of all views" cmp "$mnt/.licensefs/snapshots/first/cats/2.pnm" "$store/cats/2.pnm"
	ok "$mode: the list has every line of then" sh -c "[ \$(wc -l <'$pin/list.txt') = 6 ]"
	rm "$store/cats/6.pnm" && scan
	followed
	ok "$mode: also where an image of it is gone" sh -c "[ \$(wc -l <'$pin/list.txt') = 6 ]"

	# takedowns
	exec 7<"$pin/cats/4.pnm" 8<"$pin/cats/2.pnm" 9<"$pin/list.txt"
	gives 7 && gives 8 && gives 9
	ls -lR "$pin" "$mnt/.licensefs/snapshots/first" >/dev/null 2>&1
	licensefs revoke "$store" --path cats/4.pnm --reason test --wait 60 >"$tmp/.revoke" 2>&1 || note "revoke: $(cat "$tmp/.revoke")"
	ok "$mode: a takedown hides it when revoke returns" absent "$pin/cats/4.pnm"
	ok "$mode: in a mount of all views" absent "$mnt/.licensefs/snapshots/first/cats/4.pnm"
	is "$(ls "$pin/cats" | tr '\n' ' ')" "1.pnm 2.pnm 3.pnm 5.pnm 6.pnm " "$mode: with its label, from the listing"
	ok "$mode: who had it open reads no more" nothing 7
	ok "$mode: others do" gives 8
	is "$(cut -d ' ' -f 2 "$pin/list.txt" | tr '\n' ' ')" "1 2 3 5 6 " "$mode: its line is gone from the list"
	ok "$mode: which fails for who had it open" sh -c '! cat <&9'
	exec 7<&- 8<&- 9<&-
	licensefs revoke "$store" --path shards/a.tar/cats/5.pnm --reason test --wait 60 >/dev/null 2>&1
	is "$(tar -tf "$pin/shards/a.tar")" cats/1.pnm "$mode: and members from archives"
	licensefs revoke "$store" --hash "$(getfattr --only-values -n user.licensefs.xxh3 "$pin/birds/1.pnm" 2>/dev/null)" --reason test --wait 60 >/dev/null 2>&1
	ok "$mode: the name of a file that is gone goes, too" absent "$pin/birds/1.pnm"
	ok "$mode: and is not listed" sh -c "! ls '$pin/birds' | grep -q ^1"
	licensefs revoke "$store" --path birds --reason test --wait 60 >/dev/null 2>&1
	ok "$mode: a directory of which all was taken down stays" [ -d "$pin/birds" ]
	is "$(ls "$pin" | tr '\n' ' ')" "README birds cats list.txt shards train " "$mode: so that classes keep their places"
	licensefs restore "$store" 1 --reason test --wait 60 >/dev/null 2>&1
	eventually "$mode: what is restored is back" cmp "$pin/cats/4.pnm" "$store/cats/4.pnm"

	# the end of it
	exec 7<"$pin/cats/2.pnm" 8<"$mnt/.licensefs/snapshots/first/cats/3.pnm"
	gives 7 && gives 8
	snapshot create "$store" beside --view public-domain
	exits 1 "$mode: what is mounted is not removed" licensefs snapshot rm "$store" beside first --json
	like "$err" "snapshot 'first' is shown by '?$pin'?; unmount it first" "$mode: and the mount is named"
	is "$(json -c '[.name, .removed, (.mounts | map(.mountpoint, .pid > 0))]')" "[\"first\",false,[\"$pin\",true]]" "$mode: to programs, too"
	exits 0 "$mode: none of them; what is not mounted goes" licensefs snapshot rm "$store" beside
	snapshot rm "$store" first --force
	eventually "$mode: a snapshot that is removed is mounted no more" absent "$pin/cats/2.pnm"
	eventually "$mode: nor in a mount of all views" absent "$mnt/.licensefs/snapshots/first"
	eventually "$mode: who had it open reads no more" nothing 7
	ok "$mode: what a view shows is read on" gives 8
	exec 7<&- 8<&-
	removed() { [[ $(licensefs status "$store") =~ "$pin, snapshot first, which was removed,".*" up to date" ]]; }
	eventually "$mode: a mount of it follows all the same" removed
	exits 0 "$mode: so that a takedown need not wait for it" licensefs revoke "$store" --path nothing --reason test --wait 60
	ok "$mode: but lists nothing" sh -c "! ls '$pin' 2>/dev/null | grep -q ."
	snapshot create "$store" first --view public-domain
	ok "$mode: another one of that name is not shown there" absent "$pin/cats"
	eventually "$mode: but where it is looked up" [ -d "$mnt/.licensefs/snapshots/first/new" ]
	umount "$pin"
	down
done

# rights of then that were limited in time, whatever they are now
for seconds in 4 8 16 32; do
	make_pinned_store
	until=$(($(date +%s) + seconds))
	decide cats/5.pnm --license CC-BY-4.0 --until "$(date -d @$until +%FT%T)"
	snapshot create "$store" brief --view commercial
	licensefs decide "$store" --undo "$(licensefs decide --list --json "$store" | jq -s 'map(select(.in_force)) | max_by(.decision).decision')" --reason test >/dev/null
	pin_up snapshot=brief
	up
	exec 7<"$pin/cats/5.pnm"
	gives 7
	given=$?
	before $until && break
	# they have ended before anybody could look
	exec 7<&-
	umount "$pin"
	down
done
is $given 0 "rights that will end: it is read"
ok "and has others in views by now" [ -e "$mnt/commercial/cats/5.pnm" ]
eventually "when those of then end it is gone from the snapshot" absent "$pin/cats/5.pnm"
eventually "to who had it open, too" nothing 7
ok "but not from views" [ -e "$mnt/commercial/cats/5.pnm" ]
listed() { [ "$(cut -d ' ' -f 2 "$pin/list.txt" | tr '\n' ' ')" = "$1" ]; }
eventually "nor is it in the list" listed "1 2 3 4 6 "
exec 7<&-
umount "$pin"
down

# masks, which are no images, and are taken down by themselves
rm -rf "$store"
for i in 1 2; do image images/$i.pnm && image masks/$i.pnm; done
scan
decide 'images/*' --license CC0-1.0
snapshot create "$store" masks --view commercial
pin_up snapshot=masks
is "$(ls "$pin/masks" | tr '\n' ' ')" "1.pnm 2.pnm " "masks come with their images"
ls -l "$pin/masks" >/dev/null
licensefs revoke "$store" --path masks/1.pnm --reason test --wait 60 >/dev/null 2>&1
is "$(ls "$pin/masks" | tr '\n' ' ')" "2.pnm " "one that is revoked is hidden"
scan
ok "also when it was judged" absent "$pin/masks/1.pnm"
ok "others are read" cmp "$pin/masks/2.pnm" "$store/masks/2.pnm"
umount "$pin"

# options
make_pinned_store
snapshot create "$store" brief --view commercial
exits 3 "a name that is none" licensefs mount "$store" "$pin" -o snapshot=breif
like "$err" "brief" "the nearest is named"
for o in view=commercial where=license=CC0-1.0 basis=x classes=keep classmap=/tmp/x abspaths=keep; do
	exits 2 "beside $o" licensefs mount "$store" "$pin" -o "snapshot=brief,$o"
done
ok "nothing was mounted" absent "$pin/cats"

# read-only media
snapshot create "$store" media --view commercial
mkdir "$tmp/ro" && mount --bind "$store" "$tmp/ro" && mount -o remount,bind,ro "$tmp/ro"
licensefs mount "$tmp/ro" "$pin" -o snapshot=media 2>"$tmp/.up" || note "$(cat "$tmp/.up")"
is "$(files "$pin" | wc -w)" 17 "a snapshot of a read-only catalog"
umount "$pin"
eventually "which is let go of then" umount "$tmp/ro"

# while the store is scanned again and again, no other bytes are ever read
make_pinned_store
snapshot create "$store" raced --view commercial
pin_up snapshot=raced
cat >"$tmp/race.py" <<'P'
import os, sys, zlib
root, over = sys.argv[1:]
want, bad, good = {}, [], 0
for d, _, names in os.walk(root):
    for n in names:
        if n.endswith(".pnm"):
            p = os.path.join(d, n)
            want[p] = open(p, "rb").read()
print("", flush=True)
while not os.path.exists(over):
    for p, b in want.items():
        try:
            with open(p, "rb") as f:
                now = f.read()
            good += 1
            if now != b:
                bad.append((p, now))
        except OSError as e:
            if e.errno not in (116, 5):
                bad.append((p, e.errno))
print(len(bad), good > 0, bad[:3])
P
python3 "$tmp/race.py" "$pin" "$tmp/over" >"$tmp/raced" &
racer=$!
eventually "readers read" [ -s "$tmp/raced" ]
for round in 1 2 3 4 5 6; do
	# not in place, which the kernel's own reading would follow
	for i in 1 2 3; do
		image cats/next "$([ $((round % 2)) = 0 ] && echo cats/$i.pnm || echo "round $round")"
		mv "$store/cats/next" "$store/cats/$i.pnm"
	done
	mv "$store/birds/5.pnm" "$store/birds/away.pnm" 2>/dev/null || mv "$store/birds/away.pnm" "$store/birds/5.pnm"
	scan
done
touch "$tmp/over"
wait $racer
is "$(tail -n 1 "$tmp/raced")" "0 True []" "beside scans nobody reads other bytes, or fails otherwise"
umount "$pin"
sanitizers_are_silent
plan
