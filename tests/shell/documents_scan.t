# SPDX-License-Identifier: Apache-2.0
# Documents in scans that are killed at random moments: the catalog is sound each time, no document
# is about images that it does not name, and the finished scan equals an undisturbed one. KILLS=100
# for the long run.
. "${top_srcdir:-.}/tests/shell/lib.sh"
kills=${KILLS:-15}
base=$data/images/cc-by.jpg
store=$tmp/store
python3 - "$base" "$store" <<'P'
import io, json, os, sys, tarfile
base, store = open(sys.argv[1], "rb").read(), sys.argv[2]
for s in ("train", "val"):
    os.makedirs(f"{store}/images/{s}")
    os.makedirs(f"{store}/labels/{s}")
    for i in range(120):
        open(f"{store}/images/{s}/{s}{i:04}.jpg", "wb").write(base + f"{s} {i}".encode())
        open(f"{store}/labels/{s}/{s}{i:04}.txt", "w").write("0 0.5 0.5 1 1\n")
os.makedirs(f"{store}/annotations")
for k in range(40):
    for s in ("train", "val"):
        n = range(k, 120, 2)
        json.dump({"images": [{"id": i, "file_name": f"{s}{i:04}.jpg"} for i in n],
                   "annotations": [{"id": i, "image_id": i} for i in n]},
                  open(f"{store}/annotations/{k}_{s}.json", "w"))
os.makedirs(f"{store}/shards")
for k in range(8):
    with tarfile.open(f"{store}/shards/{k:05}.tar", "w", format=tarfile.USTAR_FORMAT) as t:
        for i in range(20):
            for ext, b in ((".jpg", base + f"shard {k} {i}".encode()), (".txt", b"a cat")):
                m = tarfile.TarInfo(f"{k:05}{i:04}{ext}")
                m.size = len(b)
                t.addfile(m, io.BytesIO(b))
P
sleep 2.1 # no time stamp is racily young
dump() {
	python3 "$top_srcdir/tests/shell/catalog_dump.py" "$1"
	python3 - "$1" <<'P'
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
up = {i: (p, bytes(n) if not isinstance(n, str) else n.encode()) for i, p, n in
      c.execute("SELECT id, parent, name FROM entry WHERE died IS NULL")}
def path(i):
    return path(up[i][0]) + b"/" + up[i][1] if up[i][0] else b""
for i, kind, rule in c.execute("SELECT id, kind, rule FROM entry WHERE died IS NULL AND kind <> 2"):
    d = c.execute("SELECT format, records, subjects, bound, note FROM document WHERE entry = ?", (i,)).fetchone()
    images = [x for x, in c.execute("SELECT image FROM document_image WHERE document = ?", (i,))]
    print(path(i), kind, rule, d, sorted(path(x) for x in images))
print(c.execute("SELECT count(*) FROM pending").fetchone())
P
}
start=$(date +%s%N)
exits 0 "a scan" licensefs scan "$store" --catalog "$tmp/whole.db"
took=$((($(date +%s%N) - start) / 1000))
want=$(dump "$tmp/whole.db" | LC_ALL=C sort)
is "$(echo "$want" | grep -c 'annotations/.* 6 16 ')" 80 "all of COCO is bound"
is "$(echo "$want" | grep -c 'shards/.* 6 16 ')" 8 "so are all shards"
is "$(echo "$want" | grep -c 'labels/.* 3 12 ')" 240 "labels belong to their images"
is "$(echo "$want" | grep -c '^(0,)$')" 1 "nothing waits"

bad=0 killed=0
for i in $(seq "$kills"); do
	[ $((i % 4)) = 1 ] && rm -f "$tmp"/part.db*
	licensefs scan "$store" --catalog "$tmp/part.db" >/dev/null 2>&1 &
	pid=$!
	us=$((RANDOM * 32768 + RANDOM))
	sleep "$(awk -v u=$((us % (took + 1))) 'BEGIN{printf "%.6f", u/1e6}')"
	kill -9 $pid 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
	[ -e "$tmp/part.db" ] || continue
	run licensefs status --verify "$store" --catalog "$tmp/part.db"
	if [ "$status" != 0 ] && ! [[ $err =~ "run 'licensefs scan" ]]; then
		bad=$((bad + 1))
		note "after kill $i: status $status: $err"
	fi
done
note "$killed of $kills scans were killed before they ended by themselves"
is "$bad" 0 "the catalog is sound after each kill"
licensefs scan "$store" --catalog "$tmp/part.db" >/dev/null 2>&1
got=$(dump "$tmp/part.db" | LC_ALL=C sort)
is "$(echo "$got" | sha256sum)" "$(echo "$want" | sha256sum)" "the finished scan equals an undisturbed one" ||
	diff <(echo "$want") <(echo "$got") | head -5
exits 0 "and is sound" licensefs status --verify "$store" --catalog "$tmp/part.db"

# An interrupted scan keeps what it has, and says so.
rm -f "$tmp"/part.db*
licensefs scan "$store" --catalog "$tmp/part.db" >/dev/null 2>"$tmp/err" &
pid=$!
sleep "$(awk -v u=$((took / 2)) 'BEGIN{printf "%.6f", u/1e6}')"
kill -INT $pid 2>/dev/null
wait $pid
status=$?
ok "^C ends it" test "$status" = 0 -o "$(grep -c interrupted "$tmp/err")" = 1
licensefs scan "$store" --catalog "$tmp/part.db" >/dev/null 2>&1
is "$(dump "$tmp/part.db" | LC_ALL=C sort | sha256sum)" "$(echo "$want" | sha256sum)" "the next one goes on"
plan
