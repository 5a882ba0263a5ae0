# SPDX-License-Identifier: Apache-2.0
# Reports of a store: the numbers are those that others count, as text, JSON and page; a page is whole
# or not there, and nothing in it comes from a file unescaped.
. "${top_srcdir:-.}/tests/shell/lib.sh"
make_store
page() { python3 "$top_srcdir/tests/shell/report_page.py" "$1"; }

# --- a store with hostile names, credit and licenses, in an archive as well ----------------------
python3 - "$store" <<'P'
import json, os, struct, sys, tarfile, zlib
def png(path, grey):
    def chunk(t, d): return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) +
                chunk(b"IDAT", zlib.compress(bytes([0, grey]))) + chunk(b"IEND", b""))
store = os.fsencode(sys.argv[1])
names = [b"<script>alert(1)<script>.png", b"\"><img src=x onerror=alert(1)>.png", b"a\xff\x1b[31m\n\xe2\x80\xae.png", b"&amp;'.png"]
rows = []
for i, n in enumerate(names):
    png(store + b"/" + n, i)
png(store + b"/plain.png", 100)
with tarfile.open(store + b"/box.tar", "w") as t:
    t.add(store + b"/plain.png", "in/0001.png")
for i in range(3):
    png(store + b"/from%d.png" % i, 10 + i)
    rows.append({"path": "from%d.png" % i, "license": ["CC-BY-4.0", "CC0-1.0", "CC-BY-NC-4.0"][i], "creator": "<b>A</b>\x07",
                 "title": "]]><svg onload=alert(1)>",
                 "source": ["https://www.Example.org/1?<script>", "https://example.org/2", "javascript:alert(1)"][i]})
with open(store + b"/../rows.jsonl", "w") as f:
    f.write("".join(json.dumps(r) + "\n" for r in rows))
P
licensefs scan "$store" >/dev/null
licensefs import "$store" "$tmp/rows.jsonl" >/dev/null 2>&1
licensefs decide "$store" '<script>*' --license CC-BY-4.0 --reason ours >/dev/null
licensefs view set "$store" odd 'license=CC0-1.0 & path=**' >/dev/null
licensefs revoke "$store" --path 'animals/*' --reason "<i>asked</i>" >/dev/null 2>&1
licensefs snapshot create "$store" "<u>one" --view commercial >/dev/null

# --- JSON beside other counts -------------------------------------------------------------------
run licensefs report "$store" --json
is "$status:$err" "0:" "a report as JSON"
cp "$tmp/.out" "$tmp/report"
licensefs find "$store" '**' --json >"$tmp/find"
licensefs view list "$store" --json >"$tmp/views"
for scope in data-mining ai-training generative-training input any; do
	licensefs find "$store" --where "reserved($scope)" --json | jq -c --arg s "$scope" '{s: $s, path}'
done >"$tmp/reserved"
cat >"$tmp/count.py" <<'P'
import collections, json, os, sqlite3, sys
from urllib.parse import urlsplit
report, find, reserved, store = sys.argv[1:5]
only = sys.argv[5] if len(sys.argv) > 5 else None
r = json.load(open(report))
db = sqlite3.connect("file:%s/.licensefs/catalog.db?mode=ro" % store, uri=True)
images = [j for j in map(json.loads, open(find)) if not only or only in j["views"]]
paths = {j["path"] for j in images}
source = {}
for parent, name, url, kind in db.execute("SELECT e.parent, e.name, c.source_url, e.kind FROM entry e JOIN credit c "
                                          "ON c.entry = e.id WHERE e.died IS NULL"):
    while parent != 1:
        parent, above = db.execute("SELECT parent, name FROM entry WHERE id = ?", (parent,)).fetchone()
        name = above + b"/" + name
    source[name.decode("utf-8", "surrogateescape")] = url
scopes = collections.defaultdict(set)
for j in map(json.loads, open(reserved)):
    scopes[j["s"]].add(j["path"])
size = {}
for j in images:
    p = j["path"].encode("utf-8", "surrogateescape")
    full = os.fsencode(store) + b"/" + p
    size[j["path"]] = os.path.getsize(full) if os.path.isfile(full) else 0
def tally(key):
    n = collections.Counter()
    for j in images:
        for k in key(j):
            n[k] += 1
    return dict(n)
def told(name, key):
    return {row[key]: row["images"] for row in r[name]}
assert r["images"] == len(images) > 3, (r["images"], len(images))
assert told("status", "status") == tally(lambda j: [j["status"]]), (told("status", "status"), tally(lambda j: [j["status"]]))
assert told("licenses", "license") == tally(lambda j: [j["license"] or None])
def domain(j):
    host = (urlsplit(source.get(j["path"]) or "").netloc or "").lower()
    return [host[4:] if host.startswith("www.") else host or None]
assert told("sources", "domain") == tally(domain), (told("sources", "domain"), tally(domain))
assert r["shown"] == sum(bool(j["views"]) for j in images)
assert {x["license"]: x["shown"] for x in r["licenses"]} == {
    k: sum((j["license"] or None) == k and bool(j["views"]) for j in images) for k in told("licenses", "license")}
for v in r["views"]:
    assert v["images"] == sum(v["name"] in j["views"] for j in images), v
assert told("reserved", "scope") == {k: len(v & paths) for k, v in scopes.items() if k != "any" and v & paths}, scopes
assert r["reserved_images"] == len(scopes["any"] & paths)
for name in ("status", "licenses", "sources", "formats"):
    assert sum(x["images"] for x in r[name]) == r["images"], name
    assert sum(x["bytes"] for x in r[name]) == r["bytes"], name
    assert [x["images"] for x in r[name]] == sorted((x["images"] for x in r[name]), reverse=True)
files = sum(size[j["path"]] for j in images if size[j["path"]])
inside = [j["path"] for j in images if not size[j["path"]]]
assert r["bytes"] >= files and (inside or r["bytes"] == files), (r["bytes"], files)
P
ok "its numbers are those that find, views and the files give" \
	python3 "$tmp/count.py" "$tmp/report" "$tmp/find" "$tmp/reserved" "$store"
run licensefs report "$store" --json --view commercial
is "$status:$err" "0:" "of one view"
cp "$tmp/.out" "$tmp/report.view"
ok "so are those of one view" \
	python3 "$tmp/count.py" "$tmp/report.view" "$tmp/find" "$tmp/reserved" "$store" commercial
run licensefs report "$store"
is "$status:$err" "0:" "as text"
for n in "$(jq -r '.status[] | select(.status == "clear").images' "$tmp/report")"; do
	like "$out" "clear +$n " "text has the same number"
done
unlike "$out" $'\e' "and no control characters"

# --- the page -------------------------------------------------------------------------------------
run licensefs report "$store" --html "$tmp/r.html"
is "$status:$out$err" "0:" "a page"
ok "it is well formed, reaches nowhere and runs nothing" page "$tmp/r.html"
page "$tmp/r.html" >"$tmp/tables"
cat >"$tmp/same.py" <<'P'
import json, sys
r, t = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
def rows(caption): return {row[0]: int(row[1].replace(",", "")) for row in t[caption]}
assert rows("Images by status") == {x["status"]: x["images"] for x in r["status"]}
assert rows("Licenses") == {x["license"] or "none stated": x["images"] for x in r["licenses"]}
assert rows("Views") == {x["name"]: x["images"] for x in r["views"]}
assert rows("Sources by size") == {x["domain"] or "none stated": x["images"] for x in r["sources"]}
assert rows("Images by format") == {x["format"]: x["images"] for x in r["formats"]}
assert {row[0]: int(row[1]) for row in t["Conflicts by kind"]} == {x["kind"]: x["images"] for x in r["conflicts"]}
assert t["Snapshots"][0][0] == "<u>one" and t["Snapshots"][0][5] == r["snapshots"][0]["digest"]
assert "animals/" not in t[""] and "asked" not in t[""]
P
ok "and says what JSON says, and of what was taken down the number alone" python3 "$tmp/same.py" "$tmp/report" "$tmp/tables"
run licensefs report "$store" --html -
is "$status" 0 "a page on standard output"
ok "is the same" page "$tmp/.out"
run licensefs report "$store" --html - --json
is "$status:$out" "2:" "both on standard output are refused"
run licensefs report "$store" --view nosuch
is "$status:$out" "2:" "a view that is none is refused"
like "$err" "nosuch" "and named"

# --- shares: none and all are said where they are so -----------------------------------------------
mkdir "$tmp/many"
for i in $(seq 250); do printf 'P3 1 1 255 %d 0 0\n' "$i" >"$tmp/many/$i.pnm"; done
licensefs scan "$tmp/many" >/dev/null
licensefs decide "$tmp/many" 7.pnm --license CC0-1.0 --reason ours >/dev/null
run licensefs report "$tmp/many"
like "$out" 'unlicensed +249 +[^ ]+ [^ ]+ +> 99 %' "one of 250 is missing: that is not all"
like "$out" 'clear +1 +[^ ]+ [^ ]+ +< 1 %' "nor is it none"
licensefs report "$tmp/many" --html "$tmp/many.html"
is "$(page "$tmp/many.html" | jq -c '."Images by status" | map([.[0], .[2]])')" '[["unlicensed","> 99 %"],["clear","< 1 %"]]' "a page says the same"
links() { grep -o 'href="#[a-z]*"' "$1" | sed 's/.*#//; s/"//' | sort; }
anchors() { grep -o '<section[^>]* id="[a-z]*"' "$1" | sed 's/.*id="//; s/"//' | sort; }
is "$(links "$tmp/r.html")" "$(anchors "$tmp/r.html")" "its contents lead to every section"

# --- pictures ---------------------------------------------------------------------------------------
pictures() { page "$1" | jq -r '.pictures[]' | LC_ALL=C sort; }
run licensefs report "$store" --html "$tmp/p.html" --thumbnails 24
pictures "$tmp/p.html" >"$tmp/pictures"
jq -r 'select(.status == "clear" and (.views | length) > 0).path' "$tmp/find" | grep '\.\(jpg\|png\|gif\|webp\|tif\)$' |
	grep -v '^box.tar/' | LC_ALL=C sort >"$tmp/clear"
is "$(cat "$tmp/pictures")" "$(cat "$tmp/clear")" "pictures are of the images that some view shows, in files of their own"
ok "and there are many" test "$(wc -l <"$tmp/pictures")" -gt 15
is "$(grep -c '^animals/' "$tmp/pictures")" 0 "none of what was taken down"
run licensefs report "$store" --html "$tmp/p.html" --thumbnails 0
is "$(pictures "$tmp/p.html")" "" "none where none are wanted"
run licensefs report "$store" --html "$tmp/p.html" --thumbnails 1
is "$(pictures "$tmp/p.html" | wc -l)" "$(jq -r 'select(.status == "clear" and (.views | length) > 0).license' "$tmp/find" | sort -u | wc -l)" \
	"one of each license where one is wanted"
run licensefs report "$store" --html "$tmp/p.html" --thumbnails 25
is "$status" 2 "too many are refused"
like "$err" "option --thumbnails wants a number" "which is told"
run licensefs report "$store" --thumbnails 3
is "$status" 2 "and pictures without a page"
other=$tmp/other
mkdir "$other" && cp -r "$top_srcdir/examples/store/." "$other" && chmod -R u+w "$other"
licensefs scan "$other" >/dev/null
cp "$other/food/fig.jpg" "$tmp/fig" && cp "$other/food/wine.jpg" "$other/food/fig.jpg" # nobody has judged that
printf X | dd of="$other/landscapes/picos-de-europa.jpg" bs=1 seek=9000 conv=notrunc 2>/dev/null # of the same size
rm "$other/food/espresso.png" && ln -s "$store/plain.png" "$other/food/espresso.png"
run licensefs report "$other" --html "$tmp/o.html" --thumbnails 24
unlike "$(pictures "$tmp/o.html")" 'fig|espresso|picos' "what is not the judged bytes is not shown"
like "$(pictures "$tmp/o.html")" 'food/wine.jpg' "but its neighbours are"
cp "$tmp/fig" "$other/food/fig.jpg"
run licensefs report "$other" --html "$tmp/o.html" --thumbnails 24
like "$(pictures "$tmp/o.html")" 'food/fig.jpg' "the judged bytes are, whatever their times"
if [ -z "${AM_SANITIZE:-}" ] && ${CC:-cc} -O1 -shared -fPIC -o "$tmp/faults.so" "$top_srcdir/tests/shell/faults.c" -ldl 2>/dev/null; then
	run env LD_PRELOAD="$tmp/faults.so" FAULT_DECODER=kill licensefs report "$other" --html "$tmp/o.html" --thumbnails 24
	is "$status:$err" "0:" "decoders that die cost no report"
	got=$(pictures "$tmp/o.html")
	unlike "$got" 'jpg' "but their pictures"
	like "$got" 'space/hubble.png' "and not those of others"
fi

# --- a takedown while the page goes to the disk -----------------------------------------------------
if [ -z "${AM_SANITIZE:-}" ] && ${CC:-cc} -O1 -shared -fPIC -o "$tmp/pause.so" "$top_srcdir/tests/shell/pause.c" -ldl 2>/dev/null; then
	LD_PRELOAD="$tmp/pause.so" PAUSE_FILE="$tmp/pause" licensefs report "$other" --html "$tmp/race.html" --thumbnails 24 2>"$tmp/race" &
	pid=$! # a substitution sets it, too
	for _ in $(seq 1000); do [ -e "$tmp/pause" ] && break; read -rt 0.01 <> <(:); done
	ok "the page goes to the disk, and has no name" test -e "$tmp/pause" -a ! -e "$tmp/race.html"
	licensefs revoke "$other" --path food/wine.jpg --reason test >/dev/null 2>&1
	rm "$tmp/pause"
	ok "meanwhile a picture in it is taken down" wait "$pid"
	is "$(pictures "$tmp/race.html" | grep -c wine)" 0 "it is not in the page that has the name"
	ok "which has the others" test "$(pictures "$tmp/race.html" | wc -l)" -gt 5
fi

# --- whole or not there -------------------------------------------------------------------------
mkdir "$tmp/dir" && ln -s dir "$tmp/link"
run licensefs report "$store" --html "$tmp/dir"
is "$status" 2 "a directory is refused"
run licensefs report "$store" --html "$tmp/nowhere/x.html"
is "$status" 3 "so is a directory that is not there"
cp "$tmp/r.html" "$tmp/before"
run bash -c 'ulimit -f 64; trap "" XFSZ; exec licensefs report "$0" --html "$1"' "$store" "$tmp/r.html"
is "$status" 3 "where the file cannot be written it fails"
like "$err" "cannot write" "and says so"
ok "and what was there before stays" cmp "$tmp/r.html" "$tmp/before"
run bash -c 'licensefs report "$0" --html - >/dev/full' "$store"
is "$status" 3 "as it does on a full standard output"
is "$(find "$tmp" -maxdepth 1 -name 'r.html*' | wc -l)" 1 "nothing half-made is left"
if [ "$(id -u)" = 0 ]; then
	chmod 711 "$tmp"
	mkdir "$tmp/theirs" && chmod 755 "$tmp/theirs"
	run setpriv --reuid 65534 --regid 65534 --clear-groups licensefs report "$store" --html "$tmp/theirs/x.html"
	is "$status:$(ls "$tmp/theirs")" "3:" "without the right to write it fails, too"
fi
plan
