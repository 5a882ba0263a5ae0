# SPDX-License-Identifier: Apache-2.0
# What scan, status, explain, find, check and decide say about files that are no images, and about images in archives.
. "${top_srcdir:-.}/tests/shell/mount.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
image train/a.pnm
image train/b.pnm
image train/c.pnm
printf 'file_name,text\na.pnm,one\nb.pnm,two\ngone.pnm,three\n' >"$store/train/metadata.csv"
printf 'train/a.pnm\ntrain/c.pnm\n' >"$store/list.txt"
printf '{"images": [{"id": 1, "file_name": "a.pnm"},\n {"id": 2, "file_name": }], "annotations": []}' >"$store/broken.json"
printf 'elsewhere/1.jpg\nelsewhere/2.jpg\n' >"$store/other.txt"
printf 'path: /data/store\ntrain: train\nnames: [a, b]\n' >"$store/data.yaml"
printf 'cat\ndog\n' >"$store/classes.txt"
head -c 3000 /dev/urandom >"$store/notes.xyz"
mkdir "$tmp/tar" && for n in 1 2 3; do
	printf 'P6\n1 1\n255\nrgb%s' "in$n" >"$tmp/tar/000$n.pnm"
	printf 'a caption %s\n' $n >"$tmp/tar/000$n.txt"
done
mkdir "$store/shards" && tar -C "$tmp/tar" -cf "$store/shards/00000.tar" 000{1,2,3}.{pnm,txt}
run licensefs scan "$store"
like "$out" "^6 images in 3 directories: 6 new" "scan counts images in archives"
like "$out" "3 documents, " "and documents"
decide train/a.pnm --license CC-BY-4.0
decide train/b.pnm --license CC-BY-NC-4.0
run licensefs decide "$store" shards/00000.tar/0002.pnm --license CC-BY-4.0 --reason test
like "$out" "1 image matched, 1 of them changed" "decide knows a member of an archive"
run licensefs decide "$store" shards/00000.tar --license CC-BY-SA-4.0 --reason test
like "$out" "3 images matched" "an archive means what lies in it"
run licensefs decide "$store" --undo 4 --reason test

explain() { run licensefs explain "$store" --json "$1"; }
explain train/metadata.csv
is "$(json '[.kind, .rule, .document.format, .document.records, .document.named, .document.found]')" '["document","records","csv",3,3,2]' "explain: a document"
is "$(json '.stays | [.noncommercial.records, .commercial.records, .commercial.whole]')" '[2,1,false]' "and what of it each view has"
run licensefs explain "$store" train/metadata.csv
like "$out" "records +3, about 3 images" "for people"
like "$out" "not in the store +1 of these images: gone.pnm" "with the names that find nothing"
like "$out" "commercial +in +1 of 3 records" "view by view"
explain list.txt
is "$(json -r '.document.format')" list "explain: a list"
explain broken.json
is "$(json '[.kind, .rule, .views]')" '["hidden","malformed",[]]' "explain: a malformed one is hidden"
like "$(json -r '.document.note')" "byte 70" "and the note names the place"
is "$(json -r '.advice')" "mend it, and scan again" "and says what to do"
explain other.txt
is "$(json '[.kind, .rule]')" '["hidden","unbound"]' "explain: one that names nothing of the store"
explain data.yaml
is "$(json '[.kind, .rule, .views]')" '["inert","absolute",[]]' "explain: settings that lead out of a mount"
explain classes.txt
is "$(json '[.kind, .rule]')" '["inert","inert-content"]' "explain: names of classes"
explain notes.xyz
is "$(json '[.kind, .rule, .document.note]')" '["hidden","not-image","binary data that licensefs does not know; nobody can tell whether it holds or names images"]' \
	"explain: what nobody knows"
explain train/a.pnm
is "$(json -c '.documents')" '["list.txt","train/metadata.csv"]' "explain: the documents that name an image"
explain shards/00000.tar
is "$(json '[.document.format, .document.records, .stays.commercial.records]')" '["tar",6,2]' "explain: an archive"
explain shards/00000.tar/0002.pnm
is "$(json '[.kind, .status, .license, .exists, .changed, .documents]')" \
	'["image","clear","CC-BY-4.0",true,false,["shards/00000.tar"]]' "explain: a member"
is "$(licensefs explain "$store" --json /"$store"/shards/00000.tar/0002.pnm | jq -r .status)" clear "named absolutely"
is "$(licensefs find "$store" 'shards/**' -0 --where 'status=clear' | tr '\0' ' ')" "shards/00000.tar/0002.pnm " "find names members"
exits 1 "explain: another member of an archive is no image" licensefs explain "$store" shards/00000.tar/0002.txt
like "$out" "no image of the archive shards/00000.tar" "and says so"
run licensefs decide "$store" shards/00000.tar/0002.txt --deny --reason test
like "$err" "0002.txt is no image of its archive" "decide says so, too"
run licensefs decide "$store" list.txt --deny --reason test
like "$err" "list.txt is a document, and decisions are about images" "and names a document as one"
run licensefs decide "$store" gone.pnm --deny --reason test
unlike "$err" "decisions are about images" "a path that is not there yet is none of these"
run licensefs decide "$store" --undo 5-7 --reason test
run licensefs check "$store" --view commercial
like "$out" "shards/00000.tar/0001.pnm: " "check names members"

run licensefs status "$store"
like "$out" "DOCUMENTS +FORMAT +RECORDS +IMAGES NAMED +FOUND" "status: documents"
like "$out" "1 +CSV +3 +3 +2" "by format"
like "$out" "1 +breaks the rules of its format +mend it, and scan again" "status: hidden, and what to do"
like "$out" "broken.json +" "status names what cannot be filtered"
like "$out" "data.yaml +" "and settings that lead out"
run licensefs status "$store" --json
is "$(json '.documents | map([.format, .files, .found])')" '[["csv",1,2],["list",1,2],["tar",1,3]]' "status --json"
is "$(json '.noted_files | map(.path) | sort')" '["broken.json","data.yaml","other.txt"]' "names them, too"
is "$(json 'has("hidden_files")')" false "all hidden ones only with -v"
is "$(licensefs status "$store" -v --json | jq -c '.hidden_files | map(.path) | sort')" '["broken.json","notes.xyz","other.txt"]' "there they are"
up -o view=commercial
is "$(tar -tf "$mnt/shards/00000.tar" | tr '\n' ' ')" "0002.pnm 0002.txt " "and so the mount has it"
is "$(licensefs explain "$store" --json "$mnt/shards/00000.tar/0002.pnm" | jq -r .status)" clear "a member is named below a mount, too"
is "$(stat -c %s "$mnt/train/metadata.csv")" "$(licensefs explain "$store" --json train/metadata.csv | jq .stays.commercial.bytes)" \
	"explain knows the size that the mount shows"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo '{"images": [' >"$store/bad$i.json"; done
scan
like "$(licensefs status "$store")" "and 5 more such files; --verbose names all" "a long list is cut"
down
plan
