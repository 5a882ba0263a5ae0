# SPDX-License-Identifier: Apache-2.0
# licensefs explain: verdicts, claims and views; paths in all their forms; names with any byte.
. "${top_srcdir:-.}/tests/shell/lib.sh"
make_store
odd=$(printf 'new\nline\033[31m \377.jpg')
cp "$store/food/fig.jpg" "$store/food/$odd"
printf x >"$store/x.npy"
licensefs scan "$store" >/dev/null

succeeds "explain" licensefs explain "$store" food/fig.jpg
like "$out" 'clear: ' "shows the status"
like "$out" 'CC-BY-4.0' "and the license"
like "$out" 'commercial +in ' "and the views it is in"
like "$out" 'attribution-free +out ' "and those it is not in"
succeeds "explain --json" licensefs explain --json "$store" space/rockets.jpg
is "$(json 'keys_unsorted[:3]')" '["path","status","reason"]' "an object a path"
is "$(json '[.path, .status, .kind]')" '["space/rockets.jpg","clear","image"]' "path, status, kind"
is "$(json '.permissions | keys | length')" 5 "five permissions"
is "$(json '.permissions["commercial-use"]')" '"allowed"' "one alternative permits commercial use"
is "$(json '[.alternatives[] | [.["commercial-use"], .derive]] | sort')" '[["allowed","forbidden"],["forbidden","allowed"]]' "alternatives stay apart"
is "$(json '.views | index("commercial") != null')" true "views are names"
is "$(json '.claims | map(has("source") and has("field") and has("raw") and has("license") and has("effect") and has("rule")) | all')" true "claims have their keys"
is "$(json '[.claims[] | select(.effect == "grants") | .license]')" '["CC-BY-ND-3.0 OR CC-BY-NC-4.0"]' "what grants"
hash=$(json -r .xxh3)
like "$hash" '^xxh3:[0-9a-f]{32}$' "the hash"
is "$(licensefs find "$store" --hash "$hash" --json | jq -r .path)" space/rockets.jpg "finds the file again"

run licensefs explain --json "$store" space/earthrise.jpg landscapes/dandelions.jpg
is "$(json -c '[.path, .status, .license, .views]')" '["space/earthrise.jpg","unlicensed",null,[]]
["landscapes/dandelions.jpg","clear","CC0-1.0",[]]' "unlicensed and reserved images are in no view"
is "$(json -s '.[1].reservations')" '["ai-training","generative-training"]' "the reservation is named"
is "$(json -s '.[1].why.noncommercial | test("reserved")')" true "and is why"
run licensefs explain --json "$store" night/lightning.jpg
is "$(json '[.status, .license]')" '["conflict","LicenseRef-Conflict"]' "a conflict"

# What is no image
run licensefs explain --json "$store" animals/spaniels.txt README.txt x.npy food .
is "$(json -r .kind | tr '\n' ' ')" "companion inert hidden directory directory " "kinds"
is "$(json -s '.[0].images')" '["animals/spaniels.jpg"]' "a companion names its image"
is "$(json -s '.[0].views | index("attribution-free")')" null "and is where its image is"
is "$(json -s '.[2] | [.status, .views]')" '[null,[]]' "a hidden file is in no view"
is "$(json -s '.[3].images')" 5 "a directory counts its images"
succeeds "for people" licensefs explain "$store" x.npy
like "$out" 'hidden: ' "the rule is told"
unlike "$out" VIEW "which is all about views"

# What the catalog does not know
echo hi >"$store/new.jpg"
exits 1 "a file that was not judged" licensefs explain --json "$store" new.jpg
is "$(json '[.path, .status, .kind, .exists, .views]')" '["new.jpg",null,null,true,[]]' "exists, and is in no view"
like "$(json .reason)" 'scan' "the reason says what to do"
exits 1 "a file that is not there" licensefs explain --json "$store" nowhere/x.jpg
is "$(json .exists)" false "does not exist"
touch -d '2001-01-01' "$store/food/wine.jpg"
run licensefs explain --json "$store" food/wine.jpg
is "$(json .changed)" true "a file that changed since is told"
(cd "$store/food" && run licensefs explain "$store" fig.jpg && like "$err" 'did you mean food/fig.jpg' "a path relative to the working directory is recognised")
test_count=$((test_count + 1))

ln -s food "$store/link" && licensefs scan "$store" >/dev/null
succeeds "a path below a symbolic link" licensefs explain --json "$store" link/fig.jpg
is "$(json '[.kind, .rule, .views]')" '["hidden","symlink",[]]' "falls under the link's rule"
like "$(json .reason)" 'below link' "which is named"
exits 1 "the catalog itself" licensefs explain "$store" .licensefs/catalog.db
like "$out" 'neither scanned nor shown' "is told as such"

# Paths
for p in "$store/food/fig.jpg" food//fig.jpg ./food/./fig.jpg "$store/./food/../food/fig.jpg"; do
	run licensefs explain --json "$store" "$p"
	is "$(json -r .path)" food/fig.jpg "path ${p#"$tmp"}"
done
ln -s "$store" "$tmp/alias"
run licensefs explain --json "$tmp/alias" "$tmp/alias/food/fig.jpg" "$store/food/fig.jpg" "$tmp/alias"
is "$(json -r .path | tr '\n' ,)" food/fig.jpg,food/fig.jpg,, "a store through a symbolic link"
exits 2 "a path outside" licensefs explain "$store" /etc/passwd
exits 2 "a path that may lead out" licensefs explain "$store" ../x
exits 2 "another store with the same beginning" licensefs explain "$store" "${store}2/x"

# Metadata with any byte
python3 - "$store/food/espresso.png" "$store/evil.png" <<-'P'
	import struct, sys, zlib
	png = open(sys.argv[1], "rb").read()
	def text(key, value):
	    body = b"tEXt" + key + b"\0" + value
	    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
	evil = text(b"Author", b"Eve\x1b]0;owned\x07\nclear: all is well") + text(b"Comment", b"\x9b31m" * 9)
	open(sys.argv[2], "wb").write(png[:33] + evil + png[33:])
P
licensefs scan "$store" >/dev/null
run licensefs explain "$store" evil.png
like "$out" 'Eve' "strange metadata is shown"
unlike "$out" $'\033|\007|\x9b' "but no control character"
is "$(grep -c '^ *clear: all is well' "$tmp/.out")" 0 "nor a forged line"
run licensefs find "$store" evil.png
unlike "$out" $'\033' "nor in a table"

# Names with any byte
succeeds "a name with a newline, an escape and a wild byte" licensefs explain "$store" "food/$odd"
unlike "$out" $'\033' "does not reach the terminal raw"
like "$out" "food/new..line.033.31m" "and is quoted for the shell"
quoted=$(head -1 "$tmp/.out")
eval "pasted=$quoted"
is "$pasted" "food/$odd" "and can be pasted"
run licensefs explain --json "$store" "food/$odd"
is "$(python3 -c 'import json,os,sys; sys.stdout.buffer.write(os.fsencode(json.loads(open(sys.argv[1]).read())["path"]))' "$tmp/.out")" "food/$odd" "and survives JSON"
plan
