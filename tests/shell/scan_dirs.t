# SPDX-License-Identifier: Apache-2.0
# Scans of some directories make of a catalog what scans of everything make of it. ROUNDS=1000 and
# SEED=N for the long run.
. "${top_srcdir:-.}/tests/shell/lib.sh"
tool=$top_builddir/tests/unit/scan_dirs
store=$tmp/store
mkdir -p "$store/a/deep" "$store/b" "$tmp/random"
image() {
	mkdir -p "$(dirname "$store/$1")"
	printf 'P6\n1 1\n255\nrgb%s' "${2:-$1}" >"$store/$1"
}
toml() { printf 'version = 1\n[[annotations]]\npath = "**"\nSPDX-License-%s = "%s"\n' Identifier "$2" >"$store/$1/REUSE.toml"; }
dump() { python3 "$top_srcdir/tests/shell/catalog_dump.py" "$1" all; }
# part DIR...: scans these in part.db; same NAME: it is as if everything had been scanned.
part() { run "$tool" "$store" "$tmp/part.db" "$@"; }
same() {
	"$tool" "$store" "$tmp/whole.db" >/dev/null 2>&1
	is "$(dump "$tmp/part.db")" "$(dump "$tmp/whole.db")" "$1"
}
state() { licensefs explain --json "$store" "$1" --catalog "$tmp/part.db" | jq -r '.status // .rule // "none"'; }
there() { licensefs explain "$store" "$1" --catalog "$tmp/part.db" >/dev/null 2>&1; }

for n in a/1.pnm a/deep/2.pnm b/3.pnm; do image $n; done
part a
like "$out" "whole=1 images=3" "where nothing was scanned everything is"
same "as it would be anyway"
image a/4.pnm
image b/5.pnm
part a
like "$out" "whole=0 images=4 added=1" "what is named is scanned"
ok "and nothing else" eval '! there b/5.pnm'
part a b
same "two of them"
image a/deep/in/more.pnm

part a
image a/deep/in/later.pnm
part a
ok "what is below and known is not listed" eval '! there a/deep/in/later.pnm'
part a//
same "but with a slash behind the name"
generation=$(licensefs status --json "$store" --catalog "$tmp/part.db" | jq .generation)
sleep 2.1
part a b
generation=$(licensefs status --json "$store" --catalog "$tmp/part.db" | jq .generation)
part a b ''
is "$(licensefs status --json "$store" --catalog "$tmp/part.db" | jq .generation)" "$generation" "one without changes writes nothing"

# What was named is no more what it was.
image new/x/y/6.pnm
part new/x/y
same "one that is new, with all above it"
rm -r "$store/new/x"
part new/x/y
same "one that is gone"
mv "$store/a/deep" "$store/b/deep"
part a/deep b/deep
same "one that has moved"
rm -r "$store/b/deep"
image b/deep
part b/deep b
same "one that has become a file"
rm "$store/b/deep"
ln -s ../a "$store/b/deep"
part b/deep
same "one that has become a link"
rm -r "$store/b/deep" "$store/new"
image b/deep/in/7.pnm
part ''
same "and back, when the root was named alone: what is there is known by nothing"
part b
same "or by its own name"
odd=$'new\nline\xff'
image "$odd/8.pnm"
part "$odd"
same "names are bytes"
mkdir "$store/many"
for i in $(seq 40); do image "many/$i/$i.pnm"; done
part many
for i in $(seq 40); do image "many/$i/new.pnm"; done
(cd "$store" && find many -type d -print0 | sort -zR) >"$tmp/list"
run xargs -0 -a "$tmp/list" "$tool" "$store" "$tmp/part.db"
same "many, in any order"
part ../b
is "$status" 1 "nothing above the store"
like "$err" "'\.\.' in the name" "is named"
part .licensefs
is "$status" 0 "the catalog's own directory is none"

# A rule file concerns everything below its directory.
toml . CC-BY-4.0
part ''
is "$(state a/1.pnm)" clear "a rule grants below the directory that is named"
same "as if everything had been scanned"
toml . CC0-1.0
printf 'SPDX-License-%s: CC-BY-NC-4.0\n' Identifier >"$store/b/deep/in/7.pnm.license"
part ''
same "what it grants is not in force before all below is seen"
rm "$store/REUSE.toml"
part ''
is "$(state a/1.pnm)" unlicensed "a rule that goes"
same "as well"
mkdir "$store/a/.well-known"
echo '[{"location": "/*", "tdm-reservation": 1}]' >"$store/a/.well-known/tdmrep.json"
part a/.well-known
same "one in a directory of its own is a matter of the one above"
echo '[{"location": "/*", "tdm-reservation": 0}]' >"$store/a/.well-known/tdmrep.json"
part a/.well-known
same "when it changes, too"

# Labels and documents find images elsewhere.
image images/train/9.pnm
mkdir -p "$store/labels/train"
echo '0 0.5 0.5 1 1' >"$store/labels/train/9.txt"
echo '{"images": [{"id": 1, "file_name": "9.pnm"}], "annotations": [{"image_id": 1}]}' >"$store/list.json"
part '' images labels
is "$(state labels/train/9.txt)" layout "a label"
same "labels and documents"
mv "$store/images/train/9.pnm" "$store/a/9.pnm"
part images/train a
same "when their image moves"
bound() { dump "$tmp/part.db" | grep -c "^(b'list.json'.*a/9.pnm"; }
rm "$store/a/9.pnm"
part a
image a/9.pnm
run "$tool" -l "$store" "$tmp/part.db" a
is "$(bound)" 0 "documents can be left for later"
part b
is "$(bound)" 1 "then they are caught up with"
same "all of them"
rm "$store/a/9.pnm"
part a
same "and goes"

if [ "$(id -u)" = 0 ]; then
	mount --bind "$store/b" "$store/many/1"
	part many/1
	is "$(state many/1)" other-filesystem "a mount point is hidden, named or not"
	same "with all that it hides"
	umount "$store/many/1"
	part many/1
	same "and is back"
fi
python3 -c "import sqlite3; c = sqlite3.connect('$tmp/part.db'); c.execute(\"UPDATE meta SET value = 'other' WHERE key = 'readers'\"); c.commit()"
image a/late.pnm
part b
like "$out" "whole=1" "what other readers have judged is judged again, all of it"
same "then"
for n in 1 2 3; do image images/photo$n.pnm && image labels/photo$n.pnm; done
part images labels
is "$(state labels/photo2.pnm)" mask "a mask that says nothing"
# judged long after it was made: nothing has it read again but what comes now
python3 -c "import sqlite3; c = sqlite3.connect('$tmp/part.db'); c.execute('UPDATE entry SET judged = judged + 10000000000'); c.commit()"
echo '{}' >"$store/labels/photo2.xmp"
part labels
is "$(state labels/photo2.pnm)" unreadable "is none when something beside it may speak"
same "and as if both had come at once"
exits 0 "the catalog is sound" licensefs status --verify "$store" --catalog "$tmp/part.db"

seed=${SEED:-$RANDOM}
run timeout 3000 python3 "$top_srcdir/tests/shell/scan_dirs.py" "$data/images/cc-by.jpg" "$tool" \
	"$top_srcdir/tests/shell/catalog_dump.py" "$tmp/random" "${ROUNDS:-12}" "$seed"
like "$out" "partly [1-9][0-9]* bad 0 fresh 0" "random changes (seed $seed)"
[[ $out =~ "bad 0 fresh 0" ]] || note "$out"
plan
