# SPDX-License-Identifier: Apache-2.0
# Rights beside an image: REUSE's .license files and JSON, through a scan and a mount.
. "${top_srcdir:-.}/tests/shell/mount.sh"
beside=$data/beside
tag=SPDX-License-Identifier: # reuse reads this file, too
rights() { licensefs explain --json "$store" "$1" | jq -r '"\(.status) \(.license)"'; }
credit() { licensefs explain --json "$store" "$1" | jq -r '.credit.creator'; }
shown() { [ -f "$mnt/$1" ]; }

# --- what other programs write
image reuse.jpg && cp "$beside/reuse.license" "$store/reuse.jpg.license"
image 1001234567.jpg && cp "$beside/gallery-dl.json" "$store/1001234567.jpg.json"
image info.jpg && cp "$beside/getinfo.json" "$store/info.json"
image 000000000.jpg && cp "$beside/img2dataset.json" "$store/000000000.json"
image openverse.jpg && cp "$beside/openverse.json" "$store/openverse.json"
image Dog.jpg && cp "$beside/commons.json" "$store/Dog.jpg.json"
image IMG_0001.jpg && cp "$beside/takeout.json" "$store/IMG_0001.jpg.supplemental-metadata.json"
scan
is "$(rights reuse.jpg)" "clear CC-BY-SA-4.0" "REUSE"
is "$(credit reuse.jpg)" "Jane Doe" "and whom to credit"
is "$(rights 1001234567.jpg)" "clear CC-BY-SA-4.0" "gallery-dl, by the number of the license"
is "$(rights info.jpg)" "clear CC-BY-2.0" "Flickr's getInfo"
is "$(rights 000000000.jpg | cut -d' ' -f1)" unlicensed "what LAION does not know"
is "$(rights openverse.jpg)" "clear CC-BY-2.0" "Openverse"
is "$(rights Dog.jpg)" "clear CC-BY-SA-3.0-DE" "Commons"
is "$(rights IMG_0001.jpg)" "unlicensed null" "Takeout grants nothing"
run licensefs explain --json "$store" reuse.jpg
is "$(json -r '.claims[0].source')" "sidecar reuse.jpg.license" "claims name their file"

# --- and what happens to it, in a running mount
store_is() { rm -rf "${store:?}"/* && mkdir -p "$store/a" && image a/cat.pnm && image a/dog.pnm; }
store_is
echo "$tag CC-BY-4.0" >"$store/a/cat.pnm.license"
scan
up
ok "an image with a license is there" shown commercial/a/cat.pnm
ok "its companion too" shown commercial/a/cat.pnm.license
ok "its neighbour is not" [ ! -e "$mnt/noncommercial/a/dog.pnm" ]
echo '{"license": "CC0-1.0", "author": "Jane"}' >"$store/a/dog.json"
scan
eventually "JSON that appears lets an image in" shown public-domain/a/dog.pnm
echo '{"license": "CC BY-NC 4.0", "author": "Jane"}' >"$store/a/dog.json"
scan
eventually "and other JSON out of a view" [ ! -e "$mnt/commercial/a/dog.pnm" ]
ok "not of another" shown noncommercial/a/dog.pnm
echo '{"license": "CC0-1.0", "author": "Jane"' >"$store/a/dog.json"
scan
eventually "half a document hides it" [ ! -e "$mnt/noncommercial/a/dog.pnm" ]
is "$(rights a/dog.pnm | cut -d' ' -f1)" unreadable "as unreadable"
like "$(licensefs explain "$store" a/dog.pnm)" "a JSON sidecar is malformed" "explain says why"
echo '{"shapes": [], "imagePath": "dog.pnm", "score": NaN}' >"$store/a/dog.json"
scan
is "$(rights a/dog.pnm)" "unlicensed null" "labels say nothing, and damage nothing"
echo '{"license": "CC0-1.0", "file_name": "cow.png"}' >"$store/a/dog.json"
scan
is "$(rights a/dog.pnm)" "unlicensed null" "neither does what is about another file"
printf '%s\n' "$tag CC-BY-4.0" "$tag CC-BY-NC-4.0" >"$store/a/cat.pnm.license"
scan
eventually "two licenses hold together" [ ! -e "$mnt/commercial/a/cat.pnm" ]
ok "where both permit it" shown noncommercial/a/cat.pnm
: >"$store/a/cat.pnm.license"
scan
eventually "an empty .license hides it" [ ! -e "$mnt/noncommercial/a/cat.pnm" ]
rm "$store/a/cat.pnm.license"
scan
is "$(rights a/cat.pnm)" "unlicensed null" "without it nothing grants"
echo "$tag CC-BY-4.0" >"$store/a/cat.license"
scan
is "$(rights a/cat.pnm)" "unlicensed null" "cat.license belongs to a file called cat"
mkdir "$store/a/cat.json"
scan
is "$(rights a/cat.pnm | cut -d' ' -f1)" unreadable "a directory with the name of a sidecar hides it"
rmdir "$store/a/cat.json"

# An opt-out beside an image holds for every file with the same bytes.
image a/one.pnm same && image a/two.pnm same && rm "$store/a/cat.license"
echo '{"license": "CC0-1.0"}' | tee "$store/a/two.json" >"$store/a/one.json"
scan
eventually "twins" shown commercial/a/two.pnm
echo '{"license": "CC0-1.0", "noai": true}' >"$store/a/one.json"
scan
eventually "an opt-out in JSON hides the image" [ ! -e "$mnt/commercial/a/one.pnm" ]
eventually "and its twin" [ ! -e "$mnt/commercial/a/two.pnm" ]
exits 0 "the catalog is consistent" licensefs status --verify "$store"
down
sanitizers_are_silent
plan
