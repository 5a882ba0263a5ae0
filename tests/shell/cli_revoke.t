# SPDX-License-Identifier: Apache-2.0
# licensefs revoke and restore: naming images, what is printed, what a running mount shows, and failures.
. "${top_srcdir:-.}/tests/shell/mount.sh"
odd=$(printf 'new\nline.pnm')
bad=$(printf 'b\377d.pnm')
make_small_store
image "cats/$odd"
image "cats/$bad"
image 'cats/st*r.pnm'
image cats/star.pnm
cp "$store/cats/by.pnm" "$store/dogs/twin.pnm"
scan
decide cats/ --license CC-BY-4.0
decide dogs/ --license CC-BY-4.0
status_of() { licensefs explain --json "$store" "$1" | jq -r .status; }
revoke() { licensefs revoke "$store" "$@" --reason test; }
undo() { licensefs restore "$store" "$1" --reason test >/dev/null; }
absent() { [ ! -e "$1" ]; }
last() { licensefs revoke "$store" --list --json | jq -s 'last | .revocation'; }

# --- wrong usage
exits 2 "nothing is named" licensefs revoke "$store" --reason x
like "$err" '--path.*--id' "says how"
exits 2 "two ways at once" licensefs revoke "$store" --path cats/by.pnm --creator jane --reason x
like "$err" 'two revocations' "says what to do"
exits 2 "no reason" licensefs revoke "$store" --path cats/by.pnm
exits 2 "a blank reason" licensefs revoke "$store" --path cats/by.pnm --reason ' '
exits 2 "an empty path" licensefs revoke "$store" --path '' --reason x
like "$err" "'.' is the whole store" "is not the whole store"
exits 2 "a hash that is none" licensefs revoke "$store" --hash md5:1 --reason x
exits 2 "a path out of the store" licensefs revoke "$store" --path ../x --reason x
exits 2 "a time that is none" licensefs revoke "$store" --path cats/by.pnm --reason x --wait soon
exits 2 "--list with something else" licensefs revoke "$store" --list --path cats
exits 2 "an operand too many" licensefs revoke "$store" cats --path cats --reason x
like "$err" 'by options: --path cats' "what was meant"
exits 2 "an erasure of a pattern" licensefs revoke "$store" --path 'cats/*' --reason x --erase
like "$err" "a pattern cannot be kept as a hash: name what is erased without . and" "is refused"
exits 2 "restore without a reason" licensefs restore "$store" 1
exits 2 "restore of what is no number" licensefs restore "$store" x --reason y
exits 1 "restore of what there is not" licensefs restore "$store" 7 --reason y
like "$err" '--list' "says where the numbers are"
exits 3 "a catalog that there is not" licensefs revoke "$tmp" --path x --reason y
exits 3 "a picture that there is not" licensefs revoke "$store" --like "$tmp/none.jpg" --reason y
echo words >"$tmp/words"
exits 2 "a picture that is none" licensefs revoke "$store" --like "$tmp/words" --reason y
echo 0 0.5 0.5 1 1 >"$store/cats/by.txt"
printf 'cats/by.pnm 1\ncats/nc.pnm 2\n' >"$store/list.txt"
scan
exits 2 "a label" licensefs revoke "$store" --path cats/by.txt --reason x
like "$err" "cats/by.txt is a companion, and goes with its image: revoke that" "goes with its image"
exits 2 "a document" licensefs revoke "$store" --path list.txt --reason x
like "$err" "list.txt is a document" "follows its images"
exits 2 "what is neither" licensefs revoke "$store" --path README --reason x
exits 1 "find" licensefs find "$store" list.txt
like "$err" "list.txt is a document, and images are looked for" "says so, too"
is "$(licensefs revoke "$store" --list --json)" "" "nothing was revoked by all that"

# --- a dry run
up
v=$mnt/commercial
ok "the image is there" [ -e "$v/cats/by.pnm" ]
succeeds "a dry run" licensefs revoke "$store" --path cats/by.pnm --reason x --dry-run
like "$out" 'cats/by.pnm .*commercial' "lists what would go, and the views that show it"
like "$out" 'dogs/twin.pnm .*its bytes' "also for its bytes"
like "$out" '2 images, 2 of them shown' "counts"
like "$out" 'documents that change: list.txt' "and documents"
succeeds "as JSON" licensefs revoke "$store" --path cats/by.pnm --reason x -n --json
is "$(json '[.revocation, .dry_run, .matched, .was_shown, .same_bytes, [.images[].path]]')" '[null,true,2,2,1,["cats/by.pnm","dogs/twin.pnm"]]' "with its keys"
ok "nothing is hidden" [ -e "$v/cats/by.pnm" ]
is "$(licensefs revoke "$store" --list --json)" "" "nor recorded"

# --- by path
succeeds "by path" licensefs revoke "$store" --path cats/by.pnm --reason 'mail of May 3' --requester Jane
ok "it is gone when the command returns" absent "$v/cats/by.pnm"
ok "and its label" absent "$v/cats/by.txt"
is "$(cat "$v/list.txt")" "" "and its record"
ok "and what has the same bytes" absent "$v/dogs/twin.pnm"
like "$out" 'revocation 1 is in force: by path cats/by.pnm' "says what is in force"
like "$out" 'commercial +2' "and what went out of views"
like "$out" '1 of them only because the bytes are the same' "and why"
like "$out" '(cached +nothing:|(passthrough|uring) +open files by mmap,) .* yes, after [0-9.]+ ms' "and when the mount followed"
like "$out" 'out of reach: copies' "and what cannot be called back"
like "$out" "licensefs restore $store 1" "and how to undo it"
is "$(status_of cats/by.pnm)" revoked "its status says so"
run licensefs explain "$store" cats/by.pnm
like "$out" '1 .*path cats/by.pnm .*, asked by Jane: mail of May 3' "explain tells who and why"
like "$out" "licensefs restore $store 1" "and how to restore it"
run licensefs explain --json "$store" dogs/twin.pnm
is "$(json '.revocations[] | [.revocation, .kind, .named, .by, .reason, .requester, .in_force]')" '[1,"path","cats/by.pnm","xxh3","mail of May 3","Jane",true]' "in JSON, by what it matches too"
run licensefs find "$store" cats/by.pnm
like "$out" 'revoked 1 ' "find shows the number"
run licensefs find --json "$store" cats/by.pnm dogs/nc.pnm
is "$(json '.revocations')" $'[1]\nnull' "in JSON, of revoked images"
run licensefs find "$store" --where status=revoked
is "$(wc -l <<<"$out")" 3 "expressions find them"
run licensefs check "$store" -V commercial
like "$out" 'cats/by.pnm: status is revoked; revocation 1' "check names it"
run licensefs status "$store"
like "$out" '1 revocation in force, 0 ended' "status counts revocations"
like "$out" 'revoked +2' "and images"
is "$(licensefs status "$store" --json | jq -c '[.revocations, .revocations_ended, .likenesses]')" '[1,0,null]' "in JSON"
succeeds "once more" licensefs revoke "$store" --path cats/by.pnm --reason again --json
is "$(json '[.revocation, .named, .matched, .changed, .was_shown, .was_revoked]')" '[2,["cats/by.pnm"],2,0,0,2]' "changes nothing, and is another one"
exits 0 "restore" licensefs restore "$store" 1 --reason 'taken back' --json
is "$(json '[.revocation, .matched, .shown, .still_revoked]')" '[1,2,0,2]' "does not end the other one"
ok "it stays hidden" absent "$v/cats/by.pnm"
succeeds "restore the other" licensefs restore "$store" 2 --reason 'taken back'
like "$out" 'revocation 2 has ended' "says so"
like "$out" 'commercial +2' "and what came into views"
ok "it is there when the command returns" [ -e "$v/cats/by.pnm" ]
exits 1 "only once" licensefs restore "$store" 2 --reason again
like "$err" 'has ended already' "says so"
run licensefs explain "$store" cats/by.pnm
like "$out" 'revocation 2 .*revoked by path cats/by.pnm .*again; ended .*: taken back' "explain has its history"
run licensefs explain --json "$store" cats/by.pnm
is "$(json '.history[] | select(.revocation) | [.revocation, .in_force, .ended_why]')" '[2,false,"taken back"]' "in JSON"
succeeds "list" licensefs revoke "$store" --list
like "$out" '2 .*ended: path cats/by.pnm .*: again; ended .* by .*: taken back' "with what ended"
is "$(licensefs revoke "$store" --list --json | jq -c '[.revocation, .kind, .named, .in_force]')" $'[1,"path","cats/by.pnm",false]\n[2,"path","cats/by.pnm",false]' "in JSON"

# --- names
revoke --path "$v/cats/$odd" --path "$store/cats/$bad" >/dev/null
ok "a newline in a name, by a path of the mount" absent "$v/cats/$odd"
ok "bytes that are no text" absent "$v/cats/$bad"
is "$(licensefs revoke "$store" --list --json | jq -sr 'last.named')" "\$'$mnt/commercial/cats/new\\nline.pnm', \$'$store/cats/b\\377d.pnm'" "are kept as they were named"
undo "$(last)"
revoke --path 'cats/st*r.pnm' >/dev/null
is "$(status_of cats/star.pnm) $(status_of 'cats/st*r.pnm')" "clear revoked" "a name with a star is a name"
undo "$(last)"
revoke --path 'cats/s*.pnm' >/dev/null
is "$(status_of cats/star.pnm) $(status_of 'cats/st*r.pnm') $(status_of cats/by.pnm)" "revoked revoked clear" "a pattern"
undo "$(last)"
revoke --path dogs --json >"$tmp/dogs"
is "$(jq .matched "$tmp/dogs")" 3 "a directory, and the other file of the same bytes"
is "$(files "$v/dogs")" "" "are not there any more"
image dogs/later.pnm
scan
is "$(status_of dogs/later.pnm)" revoked "what comes later is revoked"
undo "$(last)"
revoke --path . --json >"$tmp/all"
is "$(jq .matched "$tmp/all")" "$(licensefs status "$store" --json | jq .images)" "the whole store"
is "$(files "$v")" "README list.txt " "leaves nothing"
undo "$(last)"

# --- by content, creator, address, id: what find shows goes
sidecar() { printf '{"license": "CC-BY-4.0", "author": "%s", "url": "%s"}' "$2" "$3" >"$store/$1.json"; }
image flickr/8119100042_0a1b2c_z.pnm
sidecar flickr/8119100042_0a1b2c_z.pnm 'Jane Doe' https://www.flickr.com/photos/12345@N00/8119100042/
image flickr/b.pnm
sidecar flickr/b.pnm 'Bob Roe' https://live.staticflickr.com/1/2_3.jpg
scan
hash=$(licensefs explain --json "$store" cats/by.pnm | jq -r .xxh3)
n=0
while IFS=$'\t' read -r option value; do
	n=$((n + 1))
	found=$(licensefs find -0 "$store" "$option" "$value" | tr '\0' '\n' | LC_ALL=C sort)
	ok "find $option $value" test -n "$found"
	revoke "$option" "$value" --json >"$tmp/json"
	is "$(jq -r '.images[].path' "$tmp/json" | LC_ALL=C sort)" "$found" "revoke $option takes down the same"
	undo "$(last)"
done <<-L
	--hash	$hash
	--creator	jane DOE
	--creator	*roe
	--url	flickr.com
	--url	http://flickr.com/photos/12345@N00
	--id	8119100042
	--id	12345@n00
L
is "$n" 7 "seven ways"
run licensefs revoke "$store" --creator 'Nobody at all' --reason x
is "$status" 0 "what nothing matches now"
like "$err" 'nothing matches now; what matches later' "is recorded, and said so"
run licensefs revoke "$store" --path cats/by.png --reason x
like "$err" 'nothing matches now' "a name that is mistyped"
(cd "$store/cats" && revoke --path by.pnm) >"$tmp/.out" 2>"$tmp/.err"
like "$(cat "$tmp/.err")" 'did you mean cats/by.pnm' "paths are relative to the store"
(cd "$store/cats" && revoke --path cats/by.pnm --path nc.pnm --path cats/nc.pnm) >"$tmp/.out" 2>"$tmp/.err"
is "$(grep -c 'matches nothing now' "$tmp/.err")" 1 "of several, one is mistyped"
like "$(cat "$tmp/.err")" 'nc.pnm matches nothing now.*did you mean cats/nc.pnm' "and named"
undo "$(last)"
exits 3 "a result that cannot be written" sh -c 'exec licensefs "$@" >/dev/full' - revoke "$store" --path cats/by.pnm --reason x
like "$err" "revocation $(last) is in force, but cannot write the result" "what stands is said"
exits 3 "nor can that of a restore" sh -c 'exec licensefs "$@" >/dev/full' - restore "$store" "$(last)" --reason x
like "$err" 'has ended, but cannot write the result' "and said, too"
exits 3 "nor can that of a dry run" sh -c 'exec licensefs "$@" >/dev/full' - revoke "$store" --path cats/by.pnm --reason x -n
like "$err" 'revoke: cannot write the result' "after which nothing stands"
sha256=sha256:$(sha256sum <"$store/cats/by.pnm" | cut -d' ' -f1)
exits 3 "a dry run by a hash that is not known of every image" licensefs revoke "$store" --hash "$sha256" --reason x -n
like "$err" 'without --dry-run they are read first' "says what to do"
succeeds "by such a hash" licensefs revoke "$store" --hash "$sha256" --reason x --json
like "$err" 'reading all images for their SHA-256' "reads them first"
is "$(json '[.kind, [.images[].path]]')" '["sha256",["cats/by.pnm","dogs/twin.pnm"]]' "and takes down what has it"
ok "in the mount" absent "$v/cats/by.pnm"
undo "$(last)"
succeeds "by another kind" licensefs revoke "$store" --hash "md5:$(md5sum <"$store/cats/by.pnm" | cut -d' ' -f1)" --hash "$sha256" --reason x --json
is "$(json .matched)" 2 "and both"
undo "$(last)"

# --- durable
revoke --creator 'jane doe' >/dev/null
rm "$store/flickr/8119100042_0a1b2c_z.pnm.json"
mv "$store/flickr/8119100042_0a1b2c_z.pnm" "$store/cats/other.pnm"
cp "$store/cats/other.pnm" "$store/cats/copy.pnm"
scan
decide cats/copy.pnm --license CC0-1.0
is "$(status_of cats/other.pnm) $(status_of cats/copy.pnm)" "revoked revoked" "renamed, copied, without its sidecar, licensed: out"
ok "in the mount, too" absent "$v/cats/copy.pnm"

# --- mounts that do not follow
pid=$(daemon "$mnt")
kill -STOP "$pid"
exits 1 "a mount that does not answer" licensefs revoke "$store" --path train --reason x --wait 0
like "$err" "$mnt does not follow" "is named"
kill -CONT "$pid"
eventually "and follows when it can" absent "$v/train/cc0.pnm"
undo "$(last)"
down
succeeds "no mount" licensefs revoke "$store" --path train/cc0.pnm --reason x
like "$out" 'mounts of the store here: none' "is said"
succeeds "restore" licensefs restore "$store" "$(last)" --reason x
is "$(status_of train/cc0.pnm)" clear "without a mount"

# --- erase
image erase/me.pnm
sidecar erase/me.pnm 'Erika Mustermann' https://erika.example/me
scan
succeeds "a dry run of an erasure" licensefs revoke "$store" --creator 'erika mustermann' --erase --reason x -n
like "$out" 'would be deleted' "says what would be deleted"
is "$(licensefs explain --json "$store" erase/me.pnm | jq -r .credit.creator)" "Erika Mustermann" "and deletes nothing"
licensefs view set "$store" hers 'creator = "Erika*"' >/dev/null
succeeds "an erasure" licensefs revoke "$store" --creator 'erika mustermann' --erase --reason 'request 9' --requester Erika
like "$out" 'hers +1' "views that ask for the creator are told of"
like "$out" 'deleted:.*stays:' "and what is deleted and what stays"
is "$(licensefs explain --json "$store" erase/me.pnm | jq -r .credit.creator)" null "the creator is gone"
is "$(grep -l 'Erika M' -r "$store/.licensefs" | wc -l)" 0 "from every file of the catalog"
is "$(licensefs revoke "$store" --list --json | jq -sc 'last | [.named, .requester, .erased, .reason]')" '[null,null,true,"request 9"]' "and from the list"
scan
is "$(licensefs explain --json "$store" erase/me.pnm | jq -c '[.status, .credit.creator]')" '["revoked",null]' "a scan does not bring it back"
succeeds "restore" licensefs restore "$store" "$(last)" --reason x
like "$err" "until 'licensefs scan'" "says that it must be read again"
scan
is "$(licensefs explain --json "$store" erase/me.pnm | jq -c '[.status, .credit.creator]')" '["clear","Erika Mustermann"]' "and then it is as before"

# --- masks, likenesses
mkdir -p "$store/VOC/JPEGImages" "$store/VOC/SegmentationClass"
image VOC/JPEGImages/a.pnm
printf 'P5\n1 1\n255\nm' >"$store/VOC/SegmentationClass/a.png"
scan
is "$(licensefs explain --json "$store" VOC/SegmentationClass/a.png | jq -r .rule)" mask "a mask of an image"
succeeds "is taken down by itself" licensefs revoke "$store" --path VOC/SegmentationClass/a.png --reason x
like "$err" '1 of these is a mask of images: hidden at once' "and what that means is said"
is "$(licensefs explain --json "$store" VOC/SegmentationClass/a.png | jq -r .kind)" hidden "hidden"
scan
is "$(status_of VOC/SegmentationClass/a.png)" revoked "and then an image that is revoked"
if PATH=/usr/bin:$PATH python3 - "$top_srcdir/examples/store/animals" "$tmp" <<'P'; then
import sys
from PIL import Image
for name in "tabby", "nuthatch":
    i = Image.open(f"{sys.argv[1]}/{name}.jpg")
    i.resize((i.width // 2, i.height // 2), Image.LANCZOS).save(f"{sys.argv[2]}/{name}.png")
P
	mkdir "$store/pets"
	cp "$top_srcdir"/examples/store/animals/{tabby,nuthatch}.jpg "$tmp/tabby.png" "$store/pets/"
	scan
	succeeds "by likeness, of which the catalog knows nothing" licensefs revoke "$store" --like "$tmp/tabby.png" --reason x --json
	is "$(json '[.kind, .look_alikes, [.images[].path]]')" '["xxh3",null,["pets/tabby.png"]]' "the bytes alone"
	like "$err" 'keeps no likenesses: only files with the same bytes' "and it is said"
	undo "$(last)"
	licensefs scan "$store" --similar >/dev/null 2>&1
	succeeds "one of two that look alike" licensefs revoke "$store" --path pets/tabby.jpg --reason x
	like "$out" 'not covered: 1 image that looks like the one of these, the nearest pets/tabby.png at distance' "the other is named"
	undo "$(last)"
	succeeds "by likeness" licensefs revoke "$store" --like "$tmp/nuthatch.png" --like "$tmp/tabby.png" --reason x --json
	is "$(json '[.kind, .look_alikes, ([.images[].path] | sort)]')" '["likeness",0,["pets/nuthatch.jpg","pets/tabby.jpg","pets/tabby.png"]]' "both pictures in every size"
	is "$(json .incomparable)" "$(licensefs status "$store" --json | jq .likenesses.none)" "how many it cannot be compared with"
	like "$err" '[0-9]+ of [0-9]+ images have no likeness and are covered by their bytes alone' "is said"
	is "$(licensefs explain --json "$store" pets/nuthatch.jpg | jq -c '[.revocations[] | .by, .by_likeness]')" '["likeness",true]' "explain says by what"
	undo "$(last)"
	succeeds "an erasure by likeness" licensefs revoke "$store" --like "$tmp/tabby.png" --erase --reason x --json
	is "$(json '[.kind, ([.images[].path] | sort)]')" '["xxh3",["pets/tabby.jpg","pets/tabby.png"]]' "keeps the bytes of what looks like it now"
	like "$err" 'comes later is not covered' "and says so"
	undo "$(last)"
else
	pass "by likeness # SKIP needs python3-pil"
fi

# --- no room, no right, somebody else
licensefs status "$store" --json | jq .revocations >"$tmp/before"
python3 - "$store/.licensefs/catalog.db" <<'P' &
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("BEGIN IMMEDIATE")
open(sys.argv[1] + "-held", "w").close()
time.sleep(1)
c.execute("ROLLBACK")
P
until [ -e "$store/.licensefs/catalog.db-held" ]; do :; done
succeeds "another writer is waited for" licensefs revoke "$store" --path train --reason x
wait
undo "$(last)"
if mkdir "$tmp/small" && mount -t tmpfs -o size=$(($(stat -c %s "$store/.licensefs/catalog.db") / 1024 + 200))k none "$tmp/small" 2>/dev/null; then
	cp "$store/.licensefs/catalog.db" "$tmp/small/c.db"
	dd if=/dev/zero of="$tmp/small/fill" bs=4k 2>/dev/null
	exits 3 "a full disk" licensefs revoke "$store" --catalog "$tmp/small/c.db" --path . --reason x
	like "$err" 'full|space|disk' "  $err"
	rm "$tmp/small/fill"
	is "$(licensefs status --verify --json "$store" --catalog "$tmp/small/c.db" | jq .revocations)" "$(cat "$tmp/before")" "leaves a sound catalog, and nothing revoked"
	mount -o remount,ro "$tmp/small"
	exits 3 "a read-only disk" licensefs revoke "$store" --catalog "$tmp/small/c.db" --path . --reason x
	umount "$tmp/small"
else
	for _ in 1 2 3 4; do pass "a full disk # SKIP no tmpfs"; done
fi
chmod 755 "$tmp"
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
if command -v setpriv >/dev/null && "${nobody[@]}" test -x "$(command -v licensefs)"; then
	exits 3 "without the right to write" "${nobody[@]}" licensefs revoke "$store" --path train --reason x
	like "$err" 'not writable for you; run as their owner$' "  $err"
	exits 3 "not even a dry run" "${nobody[@]}" licensefs revoke "$store" --path train --reason x -n
	like "$err" 'a dry run writes too' "  $err"
	up
	exits 3 "nor umount" "${nobody[@]}" licensefs umount "$mnt"
	like "$err" 'only root or whoever mounted it may' "  $err"
	down
else
	for _ in 1 2 3 4 5 6; do pass "without the right # SKIP no setpriv"; done
fi
is "$(status_of train/cc0.pnm)" clear "nothing of all that hid anything"
sanitizers_are_silent
plan
