# SPDX-License-Identifier: Apache-2.0
# The page of a job: it says what JSON says, names nothing that was taken down, and is whole or not there.
. "${top_srcdir:-.}/tests/shell/lib.sh"
can_mount || skip_all "cannot mount here"
make_store
page() { python3 "$top_srcdir/tests/shell/report_page.py" "$1"; }
report() { licensefs job report "$store" "$@"; }
licensefs scan "$store" >/dev/null
licensefs snapshot create "$store" "<b>pin" --view redistributable >/dev/null
mkdir "$tmp/mnt"
licensefs mount "$store" "$tmp/mnt" -o 'view=commercial,job=<i>train' 2>/dev/null || exit 99
cat "$tmp/mnt"/food/*.jpg "$tmp/mnt"/landscapes/* >/dev/null
licensefs revoke "$store" --path landscapes/pic-du-midi.jpg --reason "<script>asked</script>" >/dev/null 2>&1
cat "$tmp/mnt"/space/* >/dev/null
licensefs umount "$tmp/mnt"
ended() { [ "$(report '<i>train' --json | jq -r .state)" = ended ]; }
for _ in $(seq 300); do ended && break; read -rt 0.1 <> <(:); done

run licensefs job report "$store" '<i>train' --json
is "$status" 0 "a report as JSON"
cp "$tmp/.out" "$tmp/report"
run licensefs job report "$store" '<i>train' --html "$tmp/j.html"
is "$status:$out$err" "0:" "a page"
ok "it is well formed, reaches nowhere and runs nothing" page "$tmp/j.html"
page "$tmp/j.html" >"$tmp/tables"
report '<i>train' --list opened --json >"$tmp/opened"
cat >"$tmp/same.py" <<'P'
import json, sys
r, t = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
opened = [json.loads(l) for l in open(sys.argv[3])]
images = [o for o in opened if o.get("kind", "image") == "image"]
def number(s): return int(s.replace(",", ""))
sums = {row[0]: number(row[1]) for row in t["What it could see"]}
assert sums["could see"] == r["could_see"]["images"] > 10, (sums, r["could_see"])
assert sums["opened"] == r["opened"]["images"] == len(images) > 5, (sums, r["opened"], len(images))
assert sums["opened"] + sums["never opened"] == sums["could see"]
assert sums["hidden while it ran"] == r["withdrawn"]["images"] == 1
assert sums["never could see"] == r["excluded"]["images"] == sum(number(row[1]) for row in t["Images that it never could see"])
assert sum(number(row[1]) for row in t["Licenses"]) == sums["could see"]
assert sum(number(row[2]) for row in t["Licenses"]) == sums["opened"]
assert {row[0]: number(row[1]) for row in t["Images by what has become of them"]}["taken down"] == 1
assert sum(number(row[1]) for row in t["Images by format"]) == sums["opened"]
assert number(t["Programs"][0][2]) == sums["opened"], t["Programs"]
assert "Reservations honoured %d kept out; %d for nothing else" % (r["honoured"], r["honoured_alone"]) in t[""], t[""][:600]
assert r["honoured"] == 1
down = t["Takedowns"]
assert [down[0][2], down[0][3], down[0][4], down[0][5]] == ["while it ran", "1", "1", "<script>asked</script>"], down
assert "snapshot <b>pin (1 image)" in down[0][6], down
assert t["Changes while it ran"] and "pic-du-midi" not in t[""]
left = {o["path"] for o in images if "pic-du-midi" not in o["path"]}
for path in left:
    assert path in t[""], path
assert set(t["pictures"]) == left, (t["pictures"], left)
P
ok "and says what JSON says, without the name of what was taken down" \
	python3 "$tmp/same.py" "$tmp/report" "$tmp/tables" "$tmp/opened"
run licensefs job report "$store" '<i>train' --html "$tmp/j0.html" --thumbnails 0
is "$(page "$tmp/j0.html" | jq '.pictures | length')" 0 "no pictures where none are wanted"
run licensefs job report "$store" '<i>train' --html - --thumbnails 0
ok "the same on standard output" test "$(grep -c '<h2' "$tmp/.out")" -gt 8
is "$(grep -o 'href="#[a-z]*"' "$tmp/j.html" | sed 's/.*#//; s/"//' | sort)" \
	"$(grep -o '<section[^>]* id="[a-z]*"' "$tmp/j.html" | sed 's/.*id="//; s/"//' | sort)" "its contents lead to every section"
is "$(jq -c .processes_known "$tmp/opened" | sort -u)" true "all that opened are known"
if [ -z "${AM_SANITIZE:-}" ] && ${CC:-cc} -O1 -shared -fPIC -o "$tmp/pause.so" "$top_srcdir/tests/shell/pause.c" -ldl 2>/dev/null; then
	hash=$(licensefs find "$store" --json food/wine.jpg | jq -r .xxh3)
	LD_PRELOAD="$tmp/pause.so" PAUSE_FILE="$tmp/pause" licensefs job report "$store" '<i>train' --html "$tmp/race.html" --thumbnails 0 &
	pid=$! # a substitution sets it, too
	for _ in $(seq 3000); do [ -e "$tmp/pause" ] && break; read -rt 0.01 <> <(:); done
	rm "$store/food/wine.jpg"
	licensefs scan "$store" >/dev/null
	licensefs revoke "$store" --hash "$hash" --reason asked >/dev/null 2>&1
	rm "$tmp/pause"
	ok "meanwhile an image goes, and then its bytes are taken down" wait "$pid"
	is "$(grep -c 'food/fig.jpg</code>' "$tmp/race.html") $(grep -c 'food/wine.jpg' "$tmp/race.html")" "1 0" "the page credits the others alone"
fi
run licensefs job report "$store" '<i>train' --html "$tmp/x" --list seen
is "$status" 2 "a list is no page"
cp "$tmp/j.html" "$tmp/before"
run bash -c 'ulimit -f 64; trap "" XFSZ; exec licensefs job report "$0" "<i>train" --html "$1"' "$store" "$tmp/j.html"
is "$status" 3 "where the file cannot be written it fails"
ok "and what was there before stays" cmp "$tmp/j.html" "$tmp/before"
is "$(find "$tmp" -maxdepth 1 -name 'j.html*' | wc -l)" 1 "nothing half-made is left"
plan
