# SPDX-License-Identifier: Apache-2.0
# Snapshots: what is pinned stays pinned, and what differs is told with its reason.
. "${top_srcdir:-.}/tests/shell/lib.sh"
make_store scan
snap() { run licensefs snapshot "$@"; }
cat=$store/.licensefs/catalog.db

# --- create ---------------------------------------------------------------------------------
exits 0 "a view is pinned" licensefs snapshot create "$store" one --view noncommercial
like "$out" '^one: 21 images, [0-9.]+ kB.*sha256:[0-9a-f]{64}$' "which says what is in it"
exits 0 "and an expression" licensefs snapshot create "$store" 'two ä' --where 'commercial-use & derive' --json
is "$(json -r '[.name, .view, .expression, .images, .sha256] | @tsv')" $'two ä\t\tcommercial-use & derive\t16\tfalse' "as JSON"
is "$(json .images)" "$(licensefs find "$store" --where 'commercial-use & derive & status=clear & noncommercial-use & !reserved(training)' --json | wc -l)" \
	"it has what that view shows"
exits 1 "a name is used once" licensefs snapshot create "$store" one --view commercial
like "$err" "already.*snapshot rm" "with the remedy"
exits 2 "an unknown view" licensefs snapshot create "$store" x --view comercial
like "$err" "did you mean 'commercial'" "names the nearest"
for bad in '' .hidden ' ' 'a ' $'a\u200bb' a/b $'a\nb' "$(printf 'x%.0s' {1..256})"; do
	exits 2 "no name: $(printf '%.12q' "$bad")" licensefs snapshot create "$store" "$bad" --view commercial
done
exits 0 "255 bytes are one" licensefs snapshot create "$store" "$(printf 'x%.0s' {1..255})" --view commercial
exits 2 "neither view nor expression" licensefs snapshot create "$store" x
exits 2 "nor both" licensefs snapshot create "$store" x --view commercial --where commercial-use
exits 2 "what lifts a protection needs a basis" licensefs snapshot create "$store" x --where 'status=conflict'
exits 0 "and gets it" licensefs snapshot create "$store" basis --where 'status=conflict' --basis 'our lawyer said so'
exits 2 "one that is not there" licensefs snapshot show "$store" ine
like "$err" "did you mean 'one'" "names the nearest"

# --- show, list -----------------------------------------------------------------------------
snap show "$store" basis --json
is "$(json -r .basis)" "our lawyer said so" "the basis is kept"
snap show "$store" one
like "$out" 'view +noncommercial.*policy +statements=open.*since +all is as it was.*CC-BY-4.0 +5' "show tells all"
snap show "$store" one --json
is "$(json '[.licenses[].images] | add')" 21 "its licenses add up"
is "$(json '[.companions, .inert, .directories, .as_was]')" '[2,1,6,21]' "with what else is in it"
is "$(json '[.licenses[].bytes] | add')" "$(cd "$store" && licensefs find "$store" --where 'noncommercial-use & status=clear & !reserved(training)' --json |
	jq -r .path | tr '\n' '\0' | xargs -0 stat -c %s | awk '{ n += $1 } END { print n }')" "and so do their bytes"
snap list "$store" --json
is "$(json -r .name | head -3 | tr '\n' ,)" "basis,one,two ä," "the list is sorted"
succeeds "nothing differs yet" licensefs snapshot diff "$store" one
succeeds "and the store holds it" licensefs snapshot verify "$store" one --content
before=$(licensefs snapshot list "$store" --json | jq -r 'select(.name == "one") | .digest')

# --- what changes ---------------------------------------------------------------------------
cp "$store/food/fig.jpg" "$tmp/fig.jpg"
run licensefs revoke "$store" --path food/fig.jpg --reason 'asked by Jane' --json
is "$(json -c '.snapshots | map([.name, .images])')" \
	"$(jq -cn --arg x "$(printf 'x%.0s' {1..255})" '[["one",1],["two ä",1],[$x,1]]')" "revoke names the snapshots that have it"
# --- find names them too
held=$(jq -cn --arg x "$(printf 'x%.0s' {1..255})" '["one","two ä",$x]')
run licensefs find "$store" --like "$tmp/fig.jpg" --json
is "$(json -c '[.path, .snapshots, .jobs]')" "[\"food/fig.jpg\",$held,[]]" "find names the snapshots of a picture"
hash=$(json -r .xxh3)
run licensefs find "$store" --hash "$hash"
like "$out" "snapshots that have them: one \(1 image\), 'two ä' \(1 image\)" "also for people"
run licensefs find "$store" --hash "$hash" --where 'license=CC0-1.0'
is "$status $out" "1 " "but not of what it did not find"
run licensefs find "$store" food/fig.jpg --json
is "$(json -c 'has("snapshots")')" false "nor of what is only listed"
cp "$store/night/bridge.jpg" "$tmp/bridge.jpg"
hash=$(licensefs find "$store" --json night/bridge.jpg | jq -r .xxh3)
licensefs decide "$store" space/hubble.png --deny --reason 'not this one' >/dev/null
licensefs decide "$store" space/rockets.jpg --license CC0-1.0 --override --reason 'we know' >/dev/null
mv "$store/food/wine.jpg" "$store/food/vino.jpg"
rm "$store/night/bridge.jpg"
cp "$store/animals/raccoon.jpg" "$tmp/r" && mv "$tmp/r" "$store/animals/tabby.jpg"
cp "$store/space/mars.jpg" "$store/night/new.jpg"
licensefs scan "$store" >/dev/null
run licensefs find "$store" --like "$tmp/bridge.jpg" --json
is "$status $(json -c '[.path, .status, .images, (.snapshots | map([.name, .images])), .jobs]')" \
	'0 [null,"ended",1,[["one",1]],[]]' "a picture whose file is gone is found in them"
run licensefs find "$store" --hash "$hash"
like "$status $out" "snapshots that have them: one \(1 image\)" "by its hash as well"
exits 1 "among paths there is nothing" licensefs find "$store" --hash "$hash" -0
exits 1 "then it differs from now" licensefs snapshot diff "$store" one --json
want='added night/new.jpg a new file
removed food/fig.jpg revoked by 1: asked by Jane
removed night/bridge.jpg the file is gone or replaced
removed space/hubble.png unlicensed by decision 1: not this one
renamed food/vino.jpg the same bytes under another name
replaced animals/tabby.jpg other bytes
rights space/rockets.jpg decision 2: we know'
is "$(json -r '[.change, .path, .reason] | join(" ")' | LC_ALL=C sort)" "$want" "each with its reason"
is "$(json -r 'select(.path == "food/fig.jpg") | .revocation, .before.license, .after.status' | tr '\n' ' ')" "1 CC-BY-4.0 revoked " "and rights"
is "$(json -r 'select(.change == "renamed") | .from')" food/wine.jpg "and former name"
snap diff "$store" one
like "$out" $'- food/fig.jpg: CC-BY-4.0 -> revoked: revoked by 1: asked by Jane\n' "as text, too"
exits 0 "a new snapshot" licensefs snapshot create "$store" three --view noncommercial
is "$(licensefs snapshot diff "$store" one three --json | jq -r '[.change, .path, .reason] | join(" ")' | LC_ALL=C sort)" "$want" \
	"differs from the old one by the same"
is "$(licensefs snapshot diff "$store" three one --json | jq -r '[.change, .path] | join(" ")' | LC_ALL=C sort)" 'added food/fig.jpg
added night/bridge.jpg
added space/hubble.png
removed night/new.jpg
renamed food/wine.jpg
replaced animals/tabby.jpg
rights space/rockets.jpg' "and the other way round"
exits 0 "two of one state do not" licensefs snapshot diff "$store" three three

snap show "$store" one --json
is "$(json -c '[.revoked, .gone, .stale, .other_rights, .as_was, .images]')" '[1,3,0,2,17,21]' "show counts what has become of it"
is "$(json -r .digest)" "$before" "the digest stays"
exits 1 "verify finds what is not there any more" licensefs snapshot verify "$store" one --json
is "$(json -r '[.finding, .path] | join(" ")' | LC_ALL=C sort | tr '\n' ,)" 'changed animals/tabby.jpg,gone food/wine.jpg,gone night/bridge.jpg,' \
	"and nothing else"
like "$err" '1 image is revoked' "and says what is hidden"
is "$(licensefs explain "$store" food/fig.jpg --json | jq -r .status)" revoked "(it is)"

# --- verify ---------------------------------------------------------------------------------
touch "$store/space/soyuz.gif"
succeeds "times alone are no finding" licensefs snapshot verify "$store" three
cp -p "$store/space/mars.jpg" "$tmp/mars"
python3 - "$store/space/mars.jpg" <<'P'
import os, sys
p = sys.argv[1]
st = os.stat(p)
with open(p, "r+b") as f:
    f.seek(-3, 2); f.write(b"XYZ")
os.utime(p, ns=(st.st_atime_ns, st.st_mtime_ns))
P
exits 1 "other bytes are" licensefs snapshot verify "$store" three
like "$out" '^space/mars.jpg: content: other bytes$' "by name"
cp -p "$tmp/mars" "$store/space/mars.jpg"
succeeds "and none when they are back" licensefs snapshot verify "$store" three
touch "$store/README.txt"
licensefs scan "$store" >/dev/null
exits 1 "of other files the times are known" licensefs snapshot verify "$store" three
like "$out" '^README.txt: changed: its times changed' "by name"
licensefs snapshot rm "$store" three && licensefs snapshot create "$store" three --view noncommercial >/dev/null
mv "$store/README.txt" "$tmp/README.txt"
exits 1 "a file that is missing" licensefs snapshot verify "$store" three
like "$out" '^README.txt: gone: ' "by name"
ln -s "$tmp/README.txt" "$store/README.txt"
exits 1 "a symbolic link in its place" licensefs snapshot verify "$store" three
rm "$store/README.txt"
mv "$tmp/README.txt" "$store/README.txt"
licensefs scan "$store" >/dev/null
exits 0 "with SHA-256" licensefs snapshot create "$store" sums --view commercial --sha256
is "$(python3 - "$cat" "$store" <<'P'
import hashlib, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
def path(i):
    parent, name = db.execute("SELECT parent, name FROM entry WHERE id = ?", (i,)).fetchone()
    return name.decode() if parent == 1 else path(parent) + "/" + name.decode()
rows = db.execute("SELECT entry, sha256 FROM content").fetchall()
print(len(rows) > 10, all(hashlib.sha256(open(sys.argv[2] + "/" + path(i), "rb").read()).digest() == s for i, s in rows))
P
)" "True True" "which are right"
succeeds "and compared" licensefs snapshot verify "$store" sums --content
printf x >>"$store/animals/raccoon.jpg"
exits 1 "what is not judged is not pinned so" licensefs snapshot create "$store" sums2 --view noncommercial --sha256
like "$err" "raccoon.jpg is not what was judged; 'scan'" "with the remedy"
exits 2 "nor is it there" licensefs snapshot show "$store" sums2

# --- the digest, by another program ----------------------------------------------------------
digest() { python3 "$top_srcdir/tests/shell/snapshot_digest.py" "$cat" "$1"; }
for name in one three sums; do
	is "$(digest $name)" "$(licensefs snapshot list "$store" --json | jq -r --arg n $name 'select(.name == $n) | .digest')" \
		"the digest of $name is what docs/formats.md says"
done
licensefs revoke "$store" --path animals/spaniels.jpg --reason 'erase me' --erase >/dev/null
is "$(digest one)" "$before" "after an erasure, too"
succeeds "(the catalog is consistent)" licensefs status --verify "$store"
snap show "$store" one --json
is "$(json .erased)" 1 "which is counted"
python3 - "$cat" <<'P'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE entry SET name = CAST('other.jpg' AS BLOB) WHERE name = CAST('mars.jpg' AS BLOB)")
db.commit()
P
exits 1 "an altered catalog" licensefs snapshot verify "$store" three
like $'\n'"$out" $'\nthree: digest: ' "is found"
python3 - "$cat" <<'P'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE entry SET name = CAST('mars.jpg' AS BLOB) WHERE name = CAST('other.jpg' AS BLOB)")
db.commit()
P

# --- rm -------------------------------------------------------------------------------------
exits 2 "none is removed where one is not there" licensefs snapshot rm "$store" one nothing
succeeds "(it is there)" licensefs snapshot show "$store" one
succeeds "it is removed" licensefs snapshot rm "$store" one
exits 2 "then it is gone" licensefs snapshot show "$store" one
is "$(licensefs snapshot list "$store" --all --json | jq -r 'select(.name == "one") | [.ended, .digest] | @tsv')" $'true\t'"$before" \
	"but for its digest"
succeeds "its name is free" licensefs snapshot create "$store" one --view commercial
succeeds "the catalog is consistent" licensefs status --verify "$store"

# --- killed ---------------------------------------------------------------------------------
many=$tmp/many
mkdir -p "$many"
python3 - "$many" <<'P'
import os, sys
for d in range(8):
    os.mkdir(f"{sys.argv[1]}/d{d}")
    for i in range(500):
        open(f"{sys.argv[1]}/d{d}/{i}.pnm", "w").write(f"P6\n1 1\n255\nx{d:02}{i:03}")
P
licensefs scan "$many" >/dev/null
licensefs decide "$many" '**' --license CC0-1.0 --reason mine >/dev/null
start=$(date +%s%N)
licensefs snapshot create "$many" whole --view commercial --sha256 >/dev/null
took=$((($(date +%s%N) - start) / 1000))
licensefs snapshot rm "$many" whole
bad=0 killed=0 made=0
for i in $(seq "${KILLS:-12}"); do
	licensefs snapshot create "$many" "s$i" --view commercial --sha256 >"$tmp/.created" 2>&1 &
	pid=$!
	sleep "$(awk -v i="$i" -v n="${KILLS:-12}" -v u=$took 'BEGIN { printf "%.6f", u * i * 1.2 / n / 1e6 }')"
	kill -9 $pid 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
	if licensefs snapshot verify "$many" "s$i" >"$tmp/.why" 2>&1; then
		made=$((made + 1))
		[ "$(licensefs snapshot show "$many" "s$i" --json | jq .images)" = 4000 ] || bad=$((bad + 1))
		licensefs snapshot rm "$many" "s$i"
	elif ! grep -q "no snapshot 's$i'" "$tmp/.why"; then
		bad=$((bad + 1))
		note "kill $i: $(cat "$tmp/.why")"
	elif grep -q sha256: "$tmp/.created"; then
		bad=$((bad + 1))
		note "kill $i: it was said to be made"
	fi
	licensefs status --verify "$many" >/dev/null 2>"$tmp/.why" || {
		bad=$((bad + 1))
		note "kill $i: $(cat "$tmp/.why")"
	}
done
note "$killed of ${KILLS:-12} were killed, $made were made"
is "$bad" 0 "what is killed has made a snapshot whole or not at all"
succeeds "and can be run again" licensefs snapshot create "$many" again --view commercial --sha256
is "$(python3 "$top_srcdir/tests/shell/snapshot_digest.py" "$many/.licensefs/catalog.db" again)" \
	"$(licensefs snapshot list "$many" --json | jq -r .digest)" "with the right digest"
for d in 1 4 7; do licensefs revoke "$many" --path "d$d/25$d.pnm" --reason 'erase me' --erase >/dev/null; done
is "$(python3 "$top_srcdir/tests/shell/snapshot_digest.py" "$many/.licensefs/catalog.db" again)" \
	"$(licensefs snapshot list "$many" --json | jq -r .digest)" "which stays when some are erased"
succeeds "and is found to be right" licensefs snapshot verify "$many" again

# --- what is no image, and has other times ---------------------------------------------------
# nobody knows the hash of its bytes, so nobody says that they are the same, or that they are not
touched=$tmp/touched && cp -r "$top_srcdir/examples/store" "$touched" && licensefs scan "$touched" >/dev/null
licensefs snapshot create "$touched" t --view commercial >/dev/null
chmod 600 "$touched/animals/spaniels.txt" "$touched/animals/spaniels.jpg" && licensefs scan "$touched" >/dev/null
exits 1 "where a companion has other times" licensefs snapshot diff "$touched" t
is "$out" "! animals/spaniels.txt: its times changed: the bytes may have, too" "it may have other bytes"
exits 1 "an export leaves it out" licensefs snapshot export "$touched" t --format tree --output "$tmp/touched.tree"
like "$err" 'animals/spaniels.txt: left out: changed' "for it is not gone"

# --- a catalog that cannot be written --------------------------------------------------------
if mkdir "$tmp/small" && mount -t tmpfs -o size=$(($(stat -c %s "$cat") / 1024 + 120))k none "$tmp/small" 2>/dev/null; then
	cp "$cat" "$tmp/small/c.db"
	dd if=/dev/zero of="$tmp/small/full" bs=1k 2>/dev/null
	exits 3 "a full disk" licensefs snapshot create "$store" full --view commercial --catalog "$tmp/small/c.db"
	like "$err" 'full|space|disk' "  $err"
	rm "$tmp/small/full"
	exits 2 "leaves no snapshot" licensefs snapshot show "$store" full --catalog "$tmp/small/c.db"
	succeeds "and a sound catalog" licensefs status --verify "$store" --catalog "$tmp/small/c.db"
	mount -o remount,ro "$tmp/small"
	exits 3 "a read-only disk" licensefs snapshot create "$store" ro --view commercial --catalog "$tmp/small/c.db"
	succeeds "where snapshots can be read" licensefs snapshot show "$store" three --catalog "$tmp/small/c.db"
else
	for _ in 1 2 3 4 5 6; do pass "a full disk # SKIP no tmpfs"; done
fi
plan
