# SPDX-License-Identifier: Apache-2.0
# A store that a job over another one made: it says which, views can ask, and mounts follow.
. "${top_srcdir:-.}/tests/shell/mount.sh"
PATH=/usr/bin:$PATH python3 -c 'import PIL' 2>/dev/null || skip_all "needs python3-pil"
find_modes
photos=$tmp/photos
made=$tmp/made:new # a colon in a path is nobody's business
cp -r "$top_srcdir/examples/store" "$photos" && chmod -R u+w "$photos" || exit 99
licensefs scan "$photos" >/dev/null
mkdir -p "$made" "$tmp/plain" "$tmp/one"
cat >"$tmp/generate.py" <<'P'
# A generator: pictures made of pictures. Of a third of them, that it opens.
import os, sys
from PIL import Image, ImageOps
source, target = sys.argv[1:3]
paths = sorted(os.path.join(d, f) for d, _, fs in os.walk(source) for f in fs if f.endswith((".jpg", ".png")))
assert paths, source
with open(target + ".opened", "w") as told:
    for n, path in enumerate(paths[::3]):
        ImageOps.invert(Image.open(path).convert("RGB").resize((64, 64))).save("%s/%d.png" % (target, n))
        told.write(os.path.relpath(path, source) + "\n")
P

# --- a job over real photographs makes images
run licensefs run "$photos" --view commercial --job gen -- \
	/usr/bin/python3 "$tmp/generate.py" "$photos" "$made"
is "$status" 0 "a job generates images"
opened=$(wc -l <"$made.opened")
ok "real ones" test "$(file "$made"/*.png | grep -c 'PNG image data, 64 x 64')" = "$opened"
before=$(cd "$photos/.licensefs" && find . -type f ! -name '*-shm' -exec sha256sum {} + | LC_ALL=C sort)
succeeds "the new store is scanned, and says what made it" licensefs scan "$made" --made-by "$photos:gen"
is "$(cd "$photos/.licensefs" && find . -type f ! -name '*-shm' -exec sha256sum {} + | LC_ALL=C sort)" "$before" \
	"the store that was seen is only looked at"

# --- what is recorded equals what others count
run licensefs status "$made" --json
is "$(json '.makers | map([.maker, .job, .store])')" "[[1,\"gen\",\"$photos\"]]" "status knows the job"
licensefs find "$photos" --json >"$tmp/all"
want=$(jq -nc --rawfile opened "$made.opened" '($opened | split("\n")) as $o |
	[inputs | select(.views | index("commercial")) | {license: .license, opened: ([.path] | inside($o))}] | group_by(.license) |
	map([.[0].license, length, (map(select(.opened)) | length)]) | sort' "$tmp/all")
is "$(json '.makers[0].licenses | map([.license, .images, .opened]) | sort')" "$want" "licenses, images and opened ones are those that find and the job count"
is "$(json '[.makers[0].licenses[].opened] | add')" "$opened" "all that it opened"
run licensefs status "$made"
like "$out" "made by \(1\)  job gen of $photos" "status says it to people"
run licensefs explain "$made" 0.png
like "$out" "made by +job gen of" "explain does, too"
run licensefs explain "$made" 0.png --json
is "$(json '.makers[0].job')" '"gen"' "and in JSON"
is "$(json '.status')" '"unlicensed"' "it grants nothing"

# --- views
licensefs decide "$made" '**' --license CC0-1.0 --reason 'ours to give' >/dev/null
asked() { licensefs find "$made" --where "$1" -0 2>/dev/null | tr -cd '\0' | wc -c; }
is "$(asked 'origin = made') $(asked 'origin=job:gen') $(asked 'origin = job:G*') $(asked 'origin=job:other')" \
	"$opened $opened $opened 0" "find asks for the maker"
is "$(asked '!origin=made') $(asked 'origin!=job:other') $(asked 'origin=unstated')" "0 0 0" "nothing else is known"
is "$(licensefs find "$photos" --where 'origin=made' -0 | wc -c)" 0 "the store that was seen was made by nobody"
licensefs snapshot create "$made" v1 --where 'origin = made' >/dev/null
run licensefs snapshot export "$made" v1 --format croissant --output "$tmp/croissant.json"
is "$(jq -c '.isBasedOn | map([.name, (.identifier | test("^urn:sha256:[0-9a-f]{64}$"))])' "$tmp/croissant.json")" '[["gen",true]]' "an export is based on it"
unlike "$(cat "$tmp/croissant.json")" "$photos" "and does not say where that lies"

# --- mounts follow
store=$tmp/plain
cp "$made"/?.png "$store" && scan && decide '**' --license CC0-1.0
n=$(files "$store" | wc -w)
n=$((n - $(find "$store/.licensefs" -type f | wc -l)))
is_there() { [ "$(files "$1" | wc -w)" = "$2" ]; }
for mode in $modes; do
	mkdir -p "$tmp/two"
	licensefs mount "$store" "$tmp/one" -o "where=origin=made,mode=$mode" 2>/dev/null
	licensefs mount "$store" "$tmp/two" -o "where=origin=unstated,mode=$mode" 2>/dev/null
	ok "$mode: nothing is recorded" is_there "$tmp/two" "$n"
	ok "$mode: so nothing is made" is_there "$tmp/one" 0
	exec 5<"$tmp/two/0.png"
	licensefs scan "$store" --made-by "$photos:gen" >/dev/null
	eventually "$mode: a maker is recorded: what asks for it shows all" is_there "$tmp/one" "$n"
	eventually "$mode: what asks for none shows nothing" is_there "$tmp/two" 0
	eventually "$mode: what was open cannot be read" bash -c '! head -c 1 <&5 >/dev/null 2>&1'
	exec 5<&-
	licensefs scan "$store" --not-made-by "$(licensefs status "$store" --json | jq '.makers[0].maker')" >/dev/null
	eventually "$mode: the record ends: nothing is made" is_there "$tmp/one" 0
	eventually "$mode: and nothing says so" is_there "$tmp/two" "$n"
	licensefs umount "$tmp/one"
	licensefs umount "$tmp/two"
done
is "$(licensefs status "$store" --json | jq -c .makers)" '[]' "no maker is in force"

# --- a job that still runs
mkdir "$tmp/runs"
licensefs mount "$photos" "$tmp/one" -o view=commercial,job=long 2>/dev/null
run licensefs scan "$tmp/runs" --made-by "$photos:long"
like "$status $err" "^0 .*job 'long' still runs" "a job that runs is recorded, and may have more to say"
run licensefs status "$tmp/runs"
like "$out" 'job long .*, at least 0 opened' "until then that is the least"
is "$(licensefs status "$tmp/runs" --json | jq -c '.makers | map(.complete)')" '[false]' "in JSON, too"
licensefs report "$tmp/runs" --html "$tmp/runs.html"
ok "and on the page" grep -q 'at least 0 opened' "$tmp/runs.html"
licensefs umount "$tmp/one"
ended() { licensefs job show "$photos" long | grep -q '^state  *ended'; }
eventually "it ends" ended
run licensefs scan "$tmp/runs" --made-by "$photos:long"
is "$status $err $(licensefs status "$tmp/runs" --json | jq -c '.makers | map([.maker, .job])')" '0  [[2,"long"]]' "it is recorded again, in the place of the former"
run licensefs status "$tmp/runs"
like "$out" 'images?, 0 opened' "and what it says is all"
is "$(licensefs status "$tmp/runs" --json | jq -c '.makers | map(.complete)')" '[true]' "in JSON, too"

# --- what cannot be recorded
mkdir "$tmp/new"
fails() { # STATUS WHAT ARGUMENT... -- REGEX
	local status_want=$1 what=$2
	shift 2
	exits "$status_want" "$what" licensefs scan "$tmp/new" "$@"
	ok "$what: nothing is recorded" [ ! -e "$tmp/new/.licensefs" ]
}
fails 2 "no job is named" --made-by "$photos"
like "$err" "write STORE:JOB" "what to write"
fails 3 "no such store" --made-by "$tmp/nowhere:gen"
fails 3 "no such job" --made-by "$photos:gne"
like "$err" "gen" "the nearest is named"
fails 2 "itself" --made-by "$tmp/new:gen"
fails 3 "a store that was never scanned" --made-by "$tmp/one:gen"
like "$err" "licensefs scan" "what to do"
cp "$photos/.licensefs/catalog.db" "$tmp/foreign.db"
fails 3 "a catalog of another store" --made-by "$tmp/one:gen" --made-by-catalog "$tmp/foreign.db"
cp -r "$photos" "$tmp/broken"
ledger=$tmp/broken/.licensefs/catalog.db-jobs/1.ledger
printf 'x' | dd of="$ledger" bs=1 seek=$(($(stat -c %s "$ledger") - 50)) conv=notrunc 2>/dev/null
fails 3 "a damaged ledger" --made-by "$tmp/broken:gen"
like "$err" "damaged" "is told"
rm "$ledger"
fails 3 "a ledger that is gone" --made-by "$tmp/broken:gen"
printf 'x%.0s' {1..4096} | dd of="$tmp/broken/.licensefs/catalog.db" bs=1 conv=notrunc 2>/dev/null
fails 3 "a damaged catalog" --made-by "$tmp/broken:gen"
fails 3 "one of two that is wrong" --made-by "$photos:gen" --made-by "$photos:gne"
exits 2 "no such record" licensefs scan "$made" --not-made-by 9
like "$err" "no maker 9" "is told"
is "$(licensefs status "$made" --json | jq -c '.makers | map(.maker)')" '[1]' "what was recorded stays"

# --- removing the job there takes nothing away here
licensefs job rm "$photos" gen >/dev/null || fail "the job is removed"
is "$(licensefs status "$made" --json | jq -c '.makers | map(.job)')" '["gen"]' "the record outlives the job"
sanitizers_are_silent
plan
