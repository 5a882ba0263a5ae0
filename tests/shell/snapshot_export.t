# SPDX-License-Identifier: Apache-2.0
# Exports of snapshots: complete, the same every time, and without what may not be shown any more.
. "${top_srcdir:-.}/tests/shell/lib.sh"
make_store
export_to() { run licensefs snapshot export "$store" one --format "$@"; }
formats='manifest csv attribution attribution-html attribution-csv licenses croissant spdx'

# An image without claims under a hostile name, with hostile credit from a manifest.
python3 - "$store" <<'P'
import json, os, struct, sys, zlib
def png(path, grey):
    def chunk(t, d): return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) +
                chunk(b"IDAT", zlib.compress(bytes([0, grey]))) + chunk(b"IEND", b""))
store = os.fsencode(sys.argv[1])
png(store + b"/=1,\"2\xff\\\n.png", 1)
png(store + b"/plain.png", 2)
with open(store + b"/../rows.jsonl", "w") as f:
    f.write(json.dumps({"path": "plain.png", "license": "CC-BY-4.0", "creator": '=A<script>alert(1)</script>',
                        "title": '*B*](javascript:x) "q"', "source": "javascript:alert(1)"}) + "\n")
P
licensefs scan "$store" >/dev/null
licensefs import "$store" "$tmp/rows.jsonl" >"$tmp/import" 2>&1 || note "$(cat "$tmp/import")"
licensefs decide "$store" '=1*.png' --license CC0-1.0 --reason ours >/dev/null
licensefs snapshot create "$store" one --view noncommercial --sha256 >/dev/null || exit 99

# --- manifest and table -----------------------------------------------------------------------
export_to manifest
is "$status:$err" "0:" "a manifest"
is "$(jq -c 'select(.format) | [.format, .snapshot, .view, .digest]' <<<"$out")" \
	"$(licensefs snapshot list "$store" --json | jq -c '["licensefs-manifest-1", .name, .view, .digest]')" "begins with the snapshot"
export_to csv
licensefs find "$store" --where 'noncommercial-use & status=clear & !reserved(training)' --json >"$tmp/want"
licensefs snapshot export "$store" one --format manifest --output "$tmp/m" 2>"$tmp/e"
ok "the manifest and the table say the same, and it is true" python3 - "$store" "$tmp/m" "$tmp/.out" "$tmp/want" <<'P'
import csv, hashlib, json, os, re, sys
store, m, c, want = sys.argv[1:]
rows = [json.loads(l) for l in open(m)][1:]
table = list(csv.DictReader(open(c, newline="", encoding="utf-8")))
def path(s):
    return re.sub(rb"\\(\\|x..)", lambda m: b"\\" if m[1] == b"\\" else bytes.fromhex(m[1][1:].decode()), s.encode())
assert len(rows) == len(table) > 20, (len(rows), len(table))
odd = 0
for r, t in zip(rows, table):
    p = r["path"].encode("utf-8", "surrogateescape")
    assert path(t["path"]) == p, (t, p)
    odd += b"\xff" in p
    with open(store.encode() + b"/" + p, "rb") as f: b = f.read()
    assert r["size"] == len(b) == int(t["size"])
    assert r["sha256"] == "sha256:" + hashlib.sha256(b).hexdigest() == "sha256:" + t["sha256"]
    assert (r.get("license") or "") == t["license"] and (r.get("creator") or "") == t["creator"], (r, t)
    assert t["obligations"].split() == r.get("obligations", [])
    if r["kind"] == "image":
        assert r["xxh3"] == "xxh3:" + t["xxh3"] and r["permissions"]["noncommercial-use"] == "allowed" == t["noncommercial-use"]
assert odd == 1
got = sorted((r["path"], r["license"]) for r in rows if r["kind"] == "image")
assert got == sorted((w["path"], w["license"]) for w in map(json.loads, open(want))), got
assert open(c, "rb").read().count(b"\r\n") == len(rows) + 1
P

# --- attribution ------------------------------------------------------------------------------
export_to attribution
like "$out" $'\n- plain.png: "\\\\\\*B\\\\\\*' "attribution has a title, escaped"
unlike "$out" '[^\\]\]\(javascript' "no text becomes a link"
unlike "$out" '<script' "or a tag"
unlike "$out" 'CC0 1.0' "what obliges to nothing is left out"
like "$out" 'licensed under \[CC BY-NC 4.0\]\(<https://creativecommons.org/licenses/by-nc/4.0/>\)' "licenses are named as Creative Commons does"
export_to attribution --all
like "$out" '"Chelsea the cat" by Stéfan van der Walt is marked with \[CC0 1.0\]\(<https://creativecommons.org/publicdomain/zero/1.0/>\)' "but for --all"
export_to attribution-html
unlike "$out" '<script|href="javascript' "nothing of the images is HTML"
ok "the page is well-formed" python3 - "$tmp/.out" <<'P'
import sys
from html.parser import HTMLParser
class P(HTMLParser):
    stack = []; items = 0; links = []
    def handle_starttag(self, t, a):
        if t == "meta": return
        self.stack.append(t); self.items += t == "li"
        self.links += [v for k, v in a if k == "href"]
    def handle_endtag(self, t): assert self.stack.pop() == t, t
p = P(); p.feed(open(sys.argv[1], encoding="utf-8").read())
assert not p.stack and p.items > 5 and all(l.startswith("https://") for l in p.links)
P
export_to attribution-csv
like "$out" "plain.png,.*'=A<script>" "no cell is a formula"

# --- licenses ---------------------------------------------------------------------------------
export_to licenses
is "$(jq -c 'select(.license) | [.license, .images, .bytes]' <<<"$out" | LC_ALL=C sort)" \
	"$(licensefs snapshot show "$store" one --json | jq -c '.licenses[] | [.license, .images, .bytes]' | LC_ALL=C sort)" "the summary is that of show"

# --- Croissant and SPDX -----------------------------------------------------------------------
licensefs snapshot create "$store" unread --view noncommercial >/dev/null || exit 99
for snapshot in one unread; do
	licensefs snapshot export "$store" $snapshot --format croissant >"$tmp/croissant"
	licensefs snapshot export "$store" $snapshot --format spdx >"$tmp/spdx"
	ok "Croissant has every file, its sum, and the license of each image ($snapshot)" python3 - "$store" "$tmp/m" "$tmp/croissant" <<'P'
import hashlib, json, os, sys, urllib.parse
store, m, c = sys.argv[1:]
rows = [json.loads(l) for l in open(m)][1:]
d = json.load(open(c))
for key in "@context @type conformsTo name description url license creator datePublished version distribution recordSet".split(): assert d[key], key
assert d["@type"] == "sc:Dataset" and d["conformsTo"] == "http://mlcommons.org/croissant/1.0"
assert d["@context"]["data"] == {"@id": "cr:data", "@type": "@json"} and d["@context"]["recordSet"] == "cr:recordSet"
files = d["distribution"]
assert len({f["@id"] for f in files}) == len(files) == len(rows)
for f, r in zip(files, rows):
    assert f["@type"] == "cr:FileObject" and f["name"] and "/" in f["encodingFormat"]
    p = urllib.parse.unquote_to_bytes(f["contentUrl"])
    assert p == r["path"].encode("utf-8", "surrogateescape")
    with open(store.encode() + b"/" + p, "rb") as b: assert f["sha256"] == hashlib.sha256(b.read()).hexdigest()
    assert f["contentSize"] == "%d B" % r["size"]
[rs] = d["recordSet"]
fields = {f["@id"] for f in rs["field"]}
assert rs["@type"] == "cr:RecordSet" and rs["key"]["@id"] in fields and all(f["dataType"].startswith("sc:") for f in rs["field"])
images = [r for r in rows if r["kind"] == "image"]
assert len(images) == len(rs["data"]) > 20
for r, x in zip(images, rs["data"]):
    assert set(x) == fields and x["images/license"] == r["license"] and x["images/license_url"] == r["license_url"]
    assert "xxh3:" + x["images/xxh3"] == r["xxh3"] and "sha256:" + x["images/sha256"] == r["sha256"]
P
	ok "SPDX is a closed graph with the license of each image ($snapshot)" python3 - "$tmp/m" "$tmp/spdx" <<'P'
import json, sys
m, s = sys.argv[1:]
rows = [json.loads(l) for l in open(m)][1:]
d = json.load(open(s))
assert d["@context"] == "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
g = d["@graph"]
by = {e["spdxId"]: e for e in g if "spdxId" in e}
assert len(by) == len(g) - 1 and g[0]["type"] == "CreationInfo" and g[0]["specVersion"] == "3.0.1"
assert all(e["creationInfo"] == g[0]["@id"] for e in by.values())
of = lambda t: [e for e in g if e["type"] == t]
[doc], [data] = of("SpdxDocument"), of("dataset_DatasetPackage")
assert doc["rootElement"] == [data["spdxId"]] and "dataset" in doc["profileConformance"] and g[0]["createdBy"][0] in by
for key in "builtTime releaseTime originatedBy software_downloadLocation software_primaryPurpose dataset_datasetType".split(): assert data[key]
files = of("software_File")
assert [f["verifiedUsing"][0]["hashValue"] for f in files] == [r["sha256"][7:] for r in rows]
rel = {}
for r in of("Relationship"):
    assert r["from"] in by and all(t in by for t in r["to"])
    rel.setdefault((r["from"], r["relationshipType"]), []).extend(r["to"])
assert sorted(rel[data["spdxId"], "contains"]) == sorted(f["spdxId"] for f in files)
for f, r in zip(files, rows):
    for kind in ("hasDeclaredLicense", "hasConcludedLicense"):
        to = rel.get((f["spdxId"], kind), [])
        assert [by[t]["simplelicensing_licenseExpression"] for t in to] == ([r["license"]] if r["kind"] == "image" else [])
[all_] = rel[data["spdxId"], "hasDeclaredLicense"]
assert all(r["license"] in by[all_]["simplelicensing_licenseExpression"] for r in rows if r["kind"] == "image")
P
done

# --- the same every time ----------------------------------------------------------------------
for f in $formats; do
	licensefs snapshot export "$store" one --format $f >"$tmp/one.$f"
done
mkdir "$tmp/else" && mv "$store" "$tmp/else/store" && store=$tmp/else/store
for f in $formats; do
	export_to $f --output "$tmp/two.$f"
	ok "$f: the same bytes from another place, to a file" cmp "$tmp/one.$f" "$tmp/two.$f"
done

echo old >"$tmp/old"
(umask 027 && licensefs snapshot export "$store" one --format csv --output "$tmp/old")
ok "a file that was there is replaced" cmp "$tmp/old" "$tmp/one.csv"
(umask 027 && cd "$tmp" && licensefs snapshot export "$store" one --format csv -o fresh)
is "$(stat -c %a "$tmp/fresh")" 640 "a new one has the mode of the umask"

# --- what is left out -------------------------------------------------------------------------
licensefs revoke "$store" --path food/fig.jpg --reason 'asked' >/dev/null
licensefs revoke "$store" --path animals/raccoon.jpg --reason 'asked' --erase >/dev/null || note "no erasure"
rm "$store/animals/nuthatch.jpg"
printf x >>"$store/animals/spaniels.jpg"
for f in $formats; do
	export_to $f --output "$tmp/three.$f" --json
	is "$status $(json -c '.left_out')" '1 {"revoked":1,"erased":1,"over":0,"gone":1,"changed":1}' "$f: what is left out is counted, and gone files are a finding"
	is "$(grep -acE 'fig.jpg|raccoon|nuthatch|spaniels.jpg' "$tmp/three.$f")" 0 "and is not there"
done
is "$(grep -o '^licensefs: .*: left out: .*' <<<"$err" | sed 's/^licensefs: [^:]*: //' | LC_ALL=C sort | grep / | tr '\n' ,)" \
	"animals/nuthatch.jpg: left out: gone,animals/spaniels.jpg: left out: changed,food/fig.jpg: left out: revoked," "and named, but for what was erased"

# --- archives ---------------------------------------------------------------------------------
mkdir "$tmp/members" "$tmp/shards"
for k in 1 2; do printf 'P6\n1 1\n255\nrgb%s' $k >"$tmp/members/$k a.ppm"; done
echo '{"key": "1 a", "license": "CC-BY-4.0"}' >"$tmp/members/1 a.json"
(cd "$tmp/members" && tar --format=ustar --sort=name -cf "$tmp/shards/a.tar" -- *)
licensefs scan "$tmp/shards" >/dev/null && licensefs snapshot create "$tmp/shards" one --view commercial >/dev/null || exit 99
run licensefs snapshot export "$tmp/shards" one --format croissant
is "$(json '[.distribution[] | .contentUrl] | sort')" '["1%20a.ppm","a.tar"]' "an image in an archive lies in it"
is "$(json '.distribution | (map(select(.contentUrl == "a.tar"))[0]["@id"]) == (map(select(.containedIn))[0].containedIn["@id"])')" true "in that one"
run licensefs snapshot export "$tmp/shards" one --format manifest
is "$(json -r .path | tail -n +2 | LC_ALL=C sort | tr '\n' ,)" "a.tar,a.tar/1 a.ppm," "and has its path"
printf x >>"$tmp/shards/a.tar"
run licensefs snapshot export "$tmp/shards" one --format manifest
is "$(json -s length) $(grep -c 'left out: changed' <<<"$err")" "1 3" "with an archive that changed its images are left out"

# --- a choice of licenses ---------------------------------------------------------------------
mkdir "$tmp/choice"
for k in 1 2 3; do printf 'P6\n1 1\n255\nch%s' $k >"$tmp/choice/$k.ppm"; done
cat >"$tmp/choice.jsonl" <<'J'
{"path": "1.ppm", "license": "https://creativecommons.org/licenses/by-nc/4.0/"}
{"path": "2.ppm", "license": "https://creativecommons.org/licenses/by-nc/4.0/"}
J
licensefs scan "$tmp/choice" >/dev/null && licensefs import "$tmp/choice" "$tmp/choice.jsonl" >/dev/null 2>&1
licensefs decide "$tmp/choice" 1.ppm --license 'CC-BY-NC-4.0 OR CC-BY-ND-3.0' --override --reason x >/dev/null 2>"$tmp/e" || note "$(cat "$tmp/e")"
licensefs decide "$tmp/choice" 2.ppm --license 'CC-BY-4.0 AND CC-BY-SA-4.0' --override --reason x >/dev/null 2>"$tmp/e" || note "$(cat "$tmp/e")"
licensefs decide "$tmp/choice" 3.ppm --license 'CC-BY-NC-4.0 OR (CC-BY-4.0 AND CC-BY-SA-4.0)' --reason x >/dev/null 2>"$tmp/e" || note "$(cat "$tmp/e")"
for v in commercial noncommercial; do
	licensefs snapshot create "$tmp/choice" $v --view $v >/dev/null 2>&1 || note "no snapshot"
	url=https://creativecommons.org/licenses/by-nd/3.0/ third=null
	[ $v = commercial ] || { url=https://creativecommons.org/licenses/by-nc/4.0/ third="\"$url\""; }
	run licensefs snapshot export "$tmp/choice" $v --format manifest
	is "$(jq -sc '.[1:] | sort_by(.path) | map(.license_url)' <<<"$out")" "[\"$url\",null,$third]" "$v: the address is that of an alternative that the view permits"
	run licensefs snapshot export "$tmp/choice" $v --format licenses
	is "$(jq -sc '.[1:] | map(select(.license | test("BY-ND")) | .license_url)' <<<"$out")" "[\"$url\"]" "$v: so it is with licenses"
	run licensefs snapshot export "$tmp/choice" $v --format csv
	is "$(grep -c "$url" <<<"$out")" "$([ $v = commercial ] && echo 1 || echo 2)" "$v: and in tables"
done

# --- wrong usage ------------------------------------------------------------------------------
exits 2 "no format" licensefs snapshot export "$store" one
exits 2 "an unknown one" licensefs snapshot export "$store" one --format manifests
like "$err" 'there are manifest, csv, .*, webdataset' "which names those that there are"
exits 2 "an unknown snapshot" licensefs snapshot export "$store" two --format csv
exits 2 "a directory is no file" licensefs snapshot export "$store" one --format csv --output "$tmp"
for place in "$store/x" "$store/.licensefs/x" "$store/animals/../x" "$tmp/else/store/food/x"; do
	exits 2 "not in the store: ${place#"$tmp/"}" licensefs snapshot export "$store" one --format csv --output "$place"
done
like "$err" "'.*x' would lie in the store, whose files are scanned; choose a place outside of it" "and why is told"
ln -s "$store/food" "$tmp/link"
exits 2 "nor through a link" licensefs snapshot export "$store" one --format csv --output "$tmp/link/x"
for one in report "job report"; do
	run licensefs $one "$store" $([ "$one" = report ] || echo train) --html "$store/r.html"
	like "$status $err" "^2 .*would lie in the store" "nor a $one"
done
is "$(find "$store" -newer "$tmp/else" -name 'x' -o -name '*.html')" "" "nothing was written there"
exits 2 "no name" licensefs snapshot export "$store" one --format csv --output ''
run licensefs snapshot export "$store" one --format csv --output -
is "$(head -c 5 <<<"$out")" "path," "- is standard output"
exits 3 "where there is no directory" licensefs snapshot export "$store" one --format csv --output "$tmp/none/x"
like "$err" "there is no directory '$tmp/none'\$" "which is told"
exits 3 "nor for a tree" licensefs snapshot export "$store" one --format tree --output "$tmp/none/x"
like "$err" "there is no directory '$tmp/none'\$" "it is told as well"
exits 3 "where nothing can be made" licensefs snapshot export "$store" one --format csv --output /proc/x
like "$err" "cannot write '/proc/x': No such file" "as it is"
exits 2 "an unknown verb" licensefs snapshot remove "$store" one
like "$err" 'there is no verb remove; there are create, .*, rm' "names those that there are"
if [ "$(id -u)" = 0 ]; then
	mkdir -m 700 "$tmp/closed" && install -m 755 "$top_builddir/licensefs" "$tmp/own" && chmod 755 "$tmp"
	chmod -R a+rX "$store"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/own" report "$store" --html "$tmp/closed/x"
	like "$status $err" "^3 .*cannot write '$tmp/closed/x': Permission denied" "where one may not write"
fi
is "$(find "$tmp" -mindepth 1 -maxdepth 1 -name '*.??????' | grep -v 'one\|two\|three')" "" "nothing is left behind"
plan
