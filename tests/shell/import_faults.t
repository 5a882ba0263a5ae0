# SPDX-License-Identifier: Apache-2.0
# Manifests that are broken, imports that are killed or run out of disk: the catalog stays as it was.
. "${top_srcdir:-.}/tests/shell/lib.sh"
store=$tmp/store
mkdir -p "$store"
python3 - "$store" "$tmp" <<'P'
import json, os, sys
store, tmp = sys.argv[1:]
n = 3000
for i in range(n):
    if i % 500 == 0:
        os.makedirs(f"{store}/d{i // 500}", exist_ok=True)
    open(f"{store}/d{i // 500}/{i:06}.pnm", "w").write(f"P6\n1 1\n255\nrgb{i}")
lic = [{"id": k, "name": u, "url": f"http://creativecommons.org/licenses/{u}/2.0/"} for k, u in enumerate(["by", "by-nc", "by-sa", "by-nd"])]
def doc(shift):
    return {"info": {}, "licenses": lic, "categories": [], "annotations": [],
            "images": [{"id": i, "license": (i + shift) % 4, "file_name": f"{i:06}.pnm",
                        "flickr_url": f"http://farm1.staticflickr.com/1/{10**9 + i}_0123456789_z.jpg"} for i in range(n)]}
json.dump(doc(0), open(f"{tmp}/old.json", "w"))
json.dump(doc(1), open(f"{tmp}/new.json", "w"))
text = open(f"{tmp}/new.json").read()
bad = f"{tmp}/bad"
os.mkdir(bad)
def put(name, b):
    open(f"{bad}/{name}", "wb").write(b if isinstance(b, bytes) else b.encode())
put("truncated.json", text[:-40000])
put("type.json", text.replace('"license": 3, "file_name": "002998.pnm"', '"license": [3], "file_name": "002998.pnm"'))
put("twice.json", text[:-1] + ', "images": []}')
put("nul.json", text.replace("002998.pnm", "0029\x0098.pnm"))
put("behind.json", text + " x")
put("huge.json", text.replace("002998.pnm", "x" * (9 << 20)))
put("cut.json.gz", __import__("gzip").compress(text.encode())[:-2000])
header = "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title\n"
row = ",validation,http://a/,http://b/,https://creativecommons.org/licenses/by/2.0/,http://c/,A,T\n"
rows = "".join(f"{i:06}" + row for i in range(n))
put("open-quote.csv", header + rows[:-2] + '"')
put("fields.csv", header + rows + "002999,validation\n")
put("columns.csv", header.replace("License", "Title") + rows)
put("empty.csv", "")
put("header.csv", header)
put("binary.csv", os.urandom(100000))
put("list.parquet", b"PAR1" + bytes(100) + b"PAR1")
P
licensefs scan "$store" >/dev/null
dump() {
	python3 "$top_srcdir/tests/shell/catalog_dump.py" "${1:-$store/.licensefs/catalog.db}"
	licensefs import "$store" --catalog "${1:-$store/.licensefs/catalog.db}" --list --json |
		jq -c '[.collection, .rows, .in_force]'
}
succeeds "an import" licensefs import "$store" "$tmp/old.json" -c things --json
is "$(json '[.rows, .matched, .changed]')" '[3000,3000,3000]' "joins all"
before=$(dump | sha256sum)
same() { is "$(dump "${2:-}" | sha256sum)" "$before" "$1: nothing has changed"; }

# --- broken manifests
while read -r name want; do
	run licensefs import "$store" "$tmp/bad/$name" -c things
	case $name in header.csv) is "$status" 1 "$name" ;; *) is "$status" 3 "$name" ;; esac
	like "$err" "$want" "  $err"
	same "  $name"
done <<'W'
truncated.json truncated.json.*(line|byte)
type.json type.json.*(line|byte)
twice.json twice
nul.json nul.json
behind.json behind.json.*(line|byte)
huge.json huge.json
cut.json.gz gzip
open-quote.csv open-quote.csv.*line
fields.csv line.3002
columns.csv two.columns|no.format
empty.csv empty
header.csv no.rows
binary.csv no.format
list.parquet Parquet
W
exits 2 "a good file and a bad one" licensefs import "$store" "$tmp/new.json" "$tmp/bad/fields.csv" -c things
same "of several files one is of another format"
exits 3 "a good file and a broken one" licensefs import "$store" "$tmp/new.json" "$tmp/bad/truncated.json" -c things
same "of several files one is broken"

# --- killed
start=$(date +%s%N)
cp "$store/.licensefs/catalog.db" "$tmp/whole.db"
licensefs import "$store" --catalog "$tmp/whole.db" "$tmp/new.json" -c things >/dev/null
took=$((($(date +%s%N) - start) / 1000))
after=$(dump "$tmp/whole.db" | sha256sum)
bad=0 killed=0 done=0
for i in $(seq "${KILLS:-15}"); do
	rm -f "$tmp"/part.db*
	cp "$store/.licensefs/catalog.db" "$tmp/part.db"
	licensefs import "$store" --catalog "$tmp/part.db" "$tmp/new.json" -c things >/dev/null 2>&1 &
	pid=$!
	sleep "$(awk -v i="$i" -v n="${KILLS:-15}" -v u=$took 'BEGIN { printf "%.6f", u * i * 1.4 / n / 1e6 }')"
	kill -9 $pid 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
	licensefs status --verify "$store" --catalog "$tmp/part.db" >/dev/null 2>"$tmp/.why" || {
		bad=$((bad + 1))
		note "kill $i: $(cat "$tmp/.why")"
	}
	now=$(dump "$tmp/part.db" | sha256sum)
	[ "$now" != "$after" ] || done=$((done + 1))
	[ "$now" = "$before" ] || [ "$now" = "$after" ] || {
		bad=$((bad + 1))
		note "kill $i: the catalog is neither as before nor as after"
	}
done
note "$killed of ${KILLS:-15} imports were killed, $done were done"
is "$bad" 0 "a killed import has happened whole or not at all"
rm -f "$tmp"/part.db*
cp "$store/.licensefs/catalog.db" "$tmp/part.db"
licensefs import "$store" --catalog "$tmp/part.db" "$tmp/new.json" -c things >/dev/null 2>&1 &
pid=$!
# when it listens: a shell starts what runs behind it deaf to this signal
until grep -q '^SigCgt:.*[2367abef]$' /proc/$pid/status || [ ! -e /proc/$pid ]; do :; done
kill -INT $pid
wait $pid
is "$?" 3 "Ctrl-C"
same "Ctrl-C" "$tmp/part.db"

# --- no room, no right
if [ "$(id -u)" = 0 ] && mkdir "$tmp/small" && mount -t tmpfs -o size=$(($(stat -c %s "$store/.licensefs/catalog.db") / 1024 + 200))k none "$tmp/small" 2>/dev/null; then
	cp "$store/.licensefs/catalog.db" "$tmp/small/c.db"
	dd if=/dev/zero of="$tmp/small/fill" bs=4k 2>/dev/null
	run licensefs import "$store" --catalog "$tmp/small/c.db" "$tmp/new.json" -c things
	is "$status" 3 "a full disk"
	like "$err" "full|space|disk" "  $err"
	rm "$tmp/small/fill"
	same "a full disk" "$tmp/small/c.db"
	exits 0 "and the catalog is sound" licensefs status --verify "$store" --catalog "$tmp/small/c.db"
	mount -o remount,ro "$tmp/small"
	run licensefs import "$store" --catalog "$tmp/small/c.db" "$tmp/new.json" -c things
	is "$status" 3 "a read-only disk"
	umount "$tmp/small"
else
	for i in 1 2 3 4 5; do pass "a full disk # SKIP no tmpfs"; done
fi
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && chmod 755 "$tmp" && setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$(command -v licensefs)"; then
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	exits 3 "an import without the right to write" "${nobody[@]}" licensefs import "$store" "$tmp/new.json" -c things
	same "without the right to write"
	exits 0 "listing needs no such right" "${nobody[@]}" licensefs import "$store" --list
	chown -R 65534 "$store"
	exits 0 "the owner of the store may" "${nobody[@]}" licensefs import "$store" "$tmp/old.json" -c other --json
	is "$(licensefs import "$store" --list --json | jq -rs 'map(select(.collection == "other"))[0].who')" \
		"$(id -un 65534)" "and is on record"
else
	for i in 1 2 3 4 5; do pass "another user # SKIP not possible here"; done
fi
plan
