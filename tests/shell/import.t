# SPDX-License-Identifier: Apache-2.0
# licensefs import: rows join images, views follow, and whatever goes wrong changes nothing.
. "${top_srcdir:-.}/tests/shell/mount.sh"
# coco FILE [NAME LICENSE]...: a manifest like COCO's; LICENSE is a path below creativecommons.org
coco() {
	local file=$1 n=0 licenses= images=
	shift
	while [ $# != 0 ]; do
		n=$((n + 1))
		licenses="$licenses${licenses:+,}{\"id\":$n,\"url\":\"http://creativecommons.org/$2/\",\"name\":\"$n\"}"
		images="$images${images:+,}{\"id\":$n,\"license\":$n,\"file_name\":$(jq -Rn --arg n "$1" '$n'),\"coco_url\":$(jq -Rn --arg n "http://images.cocodataset.org/${1##*/}" '$n')}"
		shift 2
	done
	echo "{\"info\":{},\"licenses\":[$licenses],\"images\":[$images],\"annotations\":[],\"categories\":[]}" >"$file"
}
verdict() { licensefs explain --json "$store" "$1" | jq -r '.status + " " + (.license // "-")'; }
dump() { licensefs find "$store" --json; licensefs import "$store" --list --json; }
m=$tmp/things.json
image a/1.pnm
image a/2.pnm
image b/3.pnm
image b/4.pnm
scan
up

# --- what is done and said
coco "$m" 1.pnm licenses/by/2.0 2.pnm licenses/by-nc/2.0 3.pnm licenses/by-sa/2.0 9.pnm licenses/by/2.0
before=$(dump)
succeeds "a dry run" licensefs import "$store" "$m" --dry-run --json
is "$(json '[.imported, .dry_run, .import, .matched, .changed]')" '[false,true,null,3,3]' "says what would be"
is "$(dump)" "$before" "and changes nothing"
succeeds "an import" licensefs import "$store" "$m" --json
is "$(json '[.imported, .import, .collection, .format, .root, .rows, .matched, .unmatched, .ambiguous, .images, .changed, .superseded]')" \
	'[true,1,"things","coco","",4,3,1,0,3,3,null]' "counts"
is "$(json '[.licenses[] | [.license, .clear, .rows, .images]] | sort')" \
	'[["CC-BY-2.0",true,2,1],["CC-BY-NC-2.0",true,1,1],["CC-BY-SA-2.0",true,1,1]]' "licenses of rows and images"
is "$(json '[.views[] | select(.in + .out > 0) | [.name, .in, .out]][:2]')" '[["noncommercial",3,0],["commercial",2,0]]' "and views"
like "$err" '1 row finds no image' "what is not there is said"
eventually "a running mount follows" test -e "$mnt/noncommercial/a/1.pnm"
is "$(files "$mnt/noncommercial")" "a/1.pnm a/2.pnm b/3.pnm " "it shows what is licensed"
is "$(files "$mnt/commercial")" "a/1.pnm b/3.pnm " "as it is licensed"
run licensefs explain --json "$store" a/1.pnm
is "$(json '.claims[] | select(.role == "license") | [.source, .effect]')" '["manifest things","grants"]' "explain names the manifest"
is "$(json '.credit.license_url')" '"https://creativecommons.org/licenses/by/2.0/"' "the license has its address"
is "$(licensefs import "$store" --list --json | jq -c '[.import, .collection, .format, .rows, .in_force, .who]')" \
	"[1,\"things\",\"coco\",4,true,\"$(logname 2>/dev/null || id -un)\"]" "the list"
like "$(licensefs import "$store" --list)" "things +coco +4 " "for people, too"

# --- views that ask about more than rights
printf '%s\n' 'name,license,creator' '1.pnm,CC BY 2.0,Jane Doe' >"$tmp/more.csv"
licensefs view set "$store" janes "commercial-use & creator=Jane*" >/dev/null
licensefs view set "$store" mores "noncommercial-use & collection=more" >/dev/null
succeeds "an import that adds a creator" licensefs import "$store" "$tmp/more.csv" --map name=name,license=license,creator=creator --json -n
is "$(json '[.views[] | select(.in + .out > 0) | [.name, .in, .out]]')" '[["janes",1,0],["mores",1,0]]' "a dry run counts what views ask of one image"
succeeds "and in earnest" licensefs import "$store" "$tmp/more.csv" --map name=name,license=license,creator=creator --json
is "$(json '[.views[] | select(.in + .out > 0) | [.name, .in, .out]]')" '[["janes",1,0],["mores",1,0]]' "so does the import"
is "$(files "$mnt/janes")|$(files "$mnt/mores")" "a/1.pnm |a/1.pnm " "as a mount shows it"
succeeds "undone" licensefs import "$store" --undo 2 -r x --json
is "$(json '[.views[] | select(.in + .out > 0) | [.name, .in, .out]]')" '[["janes",0,1],["mores",0,1]]' "it is the other way round"
licensefs view rm "$store" janes
licensefs view rm "$store" mores

# --- a newer manifest
coco "$m" 1.pnm licenses/by-nc/2.0 2.pnm licenses/by-nc/2.0 4.pnm publicdomain/zero/1.0
succeeds "a newer manifest" licensefs import "$store" "$m"
like "$out" "import 3 in the place of import 1" "replaces the older one"
like "$out" "noncommercial +1 +1" "and says what came and went"
like "$out" "commercial +1 +2" "in each view"
eventually "what it no longer states is hidden" test ! -e "$mnt/noncommercial/b/3.pnm"
is "$(files "$mnt/noncommercial")" "a/1.pnm a/2.pnm b/4.pnm " "and what it states shown"
is "$(licensefs import "$store" --list --json | jq -c '[.import, .in_force]' | tr '\n' ' ')" '[1,false] [2,false] [3,true] ' "the older one stays in the list"
succeeds "the same again" licensefs import "$store" "$m" --json
is "$(json '[.changed, .superseded]')" '[0,3]' "changes nothing"
like "$(licensefs import "$store" "$m" -n)" "no view would change" "and says so"

# --- what comes later
image c/3.pnm
scan
is "$(verdict c/3.pnm)" "unlicensed -" "an image that no row is about"
coco "$tmp/later.json" late.pnm licenses/by/4.0
exits 1 "rows without images" licensefs import "$store" "$tmp/later.json"
like "$err" "none of 1 row finds an image.*tail late.pnm.*an image of the store is: [abc]/" "are refused with what was looked for"
is "$(licensefs import "$store" --list --json | wc -l)" 4 "and nothing is imported"
exits 1 "as JSON" licensefs import "$store" "$tmp/later.json" --json
is "$(json '[.imported, .rows, .matched]')" '[false,1,0]' "too"
succeeds "unless they are wanted" licensefs import "$store" "$tmp/later.json" --allow-unmatched
image d/late.pnm
scan
eventually "an image that comes later joins" test -e "$mnt/commercial/d/late.pnm"
image e/late.pnm
scan
eventually "a second one of that name makes both ambiguous" test ! -e "$mnt/noncommercial/d/late.pnm"
is "$(verdict d/late.pnm)|$(verdict e/late.pnm)" "unlicensed CC-BY-4.0|unlicensed CC-BY-4.0" "and takes the license from both"
succeeds "an import of an ambiguous row" licensefs import "$store" "$tmp/later.json" --json
is "$(json '[.ambiguous, (.ambiguous_rows[0] | [.row, .key, .text, (.paths | sort)])]')" \
	'[1,[1,"tail","late.pnm",["d/late.pnm","e/late.pnm"]]]' "names the images"
run licensefs import "$store" "$tmp/later.json"
like "$out" "1 +tail late.pnm +d/late.pnm, e/late.pnm" "for people, too"
like "$err" "--root DIR" "and what to do"
succeeds "a root" licensefs import "$store" "$tmp/later.json" --root "$store/d" -c later
is "$(verdict d/late.pnm)|$(verdict e/late.pnm)" "clear CC-BY-4.0|unlicensed -" "settles it"
rm "$store/e/late.pnm"
scan

# --- undoing
n=$(licensefs import "$store" --list --json | jq -s 'map(select(.collection == "later" and .in_force))[0].import')
exits 2 "undoing without a reason" licensefs import "$store" --undo "$n"
exits 2 "undoing what is no number" licensefs import "$store" --undo later -r x
exits 2 "undoing with more" licensefs import "$store" --undo "$n" -r x "$m"
exits 1 "undoing what there is not" licensefs import "$store" --undo 99 -r x
succeeds "undoing" licensefs import "$store" --undo "$n" -r "wrong file" --json
is "$(json '[.import, .undone, .images, .changed]')" "[$n,true,1,1]" "counts"
eventually "hides" test ! -e "$mnt/noncommercial/d/late.pnm"
exits 1 "once only" licensefs import "$store" --undo "$n" -r x
like "$err" "ended already" "and says so"
exits 1 "a rule or what is no import cannot be undone" licensefs import "$store" --undo 0 -r x

# --- where FILEs lie, several of them
mkdir -p "$tmp/two" "$store/a/notes"
coco "$tmp/two/x.json" 1.pnm licenses/by/4.0
coco "$tmp/two/y.json" 3.pnm licenses/by/4.0
gzip -k "$tmp/two/x.json"
succeeds "several files" licensefs import "$store" "$tmp"/two/*.json --json
is "$(json '[.collection, .rows, .import > 0, (.files | length)]')" '["two",2,true,2]' "are one collection"
succeeds "gzip" licensefs import "$store" "$tmp/two/x.json.gz" --json
is "$(json '.collection')" '"x"' "is no part of the name"
printf '%s\n' "$tmp/two/x.json" "$tmp/two/y.json" >"$tmp/list"
succeeds "a list of names" licensefs import "$store" --files-from "$tmp/list" --json
is "$(json '[.collection, .rows]')" '["two",2]' "is the same"
run bash -c 'printf "%s\0" "$1"/two/*.json | licensefs import "$2" --files-from - -0 --json' - "$tmp" "$store"
is "$(json '.rows')" 2 "from stdin, too"
cp "$m" "$store/a/notes/inside.json"
succeeds "a manifest may be named as what lies in the store" licensefs import "$store" a/notes/inside.json --json
is "$(json '.collection')" '"inside"' "and has the name of its file"
exits 2 "files of two formats" licensefs import "$store" "$tmp/two/x.json" "$data/manifests/flickr/photos.getInfo.json"
like "$err" "one format at a time" "are refused"

# --- wrong calls
before=$(dump)
exits 2 "no file" licensefs import "$store"
exits 2 "stdin" licensefs import "$store" -
like "$err" "save it to a file" "says what to do"
exits 3 "a file that there is not" licensefs import "$store" nothing.json
exits 2 "a format that there is not" licensefs import "$store" "$m" -f cocoa
like "$err" "mean 'coco'" "with the nearest"
exits 2 "a root that there is not" licensefs import "$store" "$m" --root nowhere
like "$err" "relative to the store" "says what is meant"
exits 2 "a root outside" licensefs import "$store" "$m" --root "$tmp"
exits 2 "an empty name" licensefs import "$store" "$m" -c ''
exits 2 "a name with a newline" licensefs import "$store" "$m" -c $'a\nb'
exits 2 "a map for COCO" licensefs import "$store" "$m" --map license=x
exits 2 "a map of nonsense" licensefs import "$store" "$m" --map licence=x
like "$err" "mean 'license'" "with the nearest"
exits 2 "a reason without undo" licensefs import "$store" "$m" -r x
exits 2 "a list with a file" licensefs import "$store" "$m" --list
exits 3 "a directory" licensefs import "$store" "$tmp"
mkfifo "$tmp/fifo"
exits 2 "a FIFO" licensefs import "$store" "$tmp/fifo"
exits 3 "a store without catalog" licensefs import "$tmp/two" "$m"
succeeds "formats need no store" licensefs import --formats
like "$out" "coco +COCO" "and are listed"
is "$(dump)" "$before" "none of these changed anything"

# --- names
image $'odd/new\nline.pnm'
image 'odd/-dash.pnm'
image 'odd/Ünï.pnm'
image $'odd/\xff\xfe.pnm'
scan
coco "$tmp/odd.json" $'new\nline.pnm' licenses/by/4.0 -dash.pnm licenses/by/4.0 Ünï.pnm licenses/by/4.0
cp "$tmp/odd.json" "$tmp/-n.json"
cp "$tmp/odd.json" "$tmp/"$'a\nb\xff.json'
cd "$tmp" || exit 99
succeeds "odd names" licensefs import "$store" --json -- -n.json
is "$(json '[.collection, .matched]')" '["-n",3]' "join"
succeeds "an odd manifest" licensefs import "$store" --json $'a\nb\xff.json'
is "$(json '.collection')" '"a\\nb\\xff"' "has a name that can be shown"
is "$(licensefs explain --json "$store" $'odd/new\nline.pnm' | jq -r .license)" "CC-BY-4.0" "of an image with a newline"
down
sanitizers_are_silent
plan
