# SPDX-License-Identifier: Apache-2.0
# licensefs find and check.
. "${top_srcdir:-.}/tests/shell/lib.sh"
make_store
odd=$(printf 'two\nlines.jpg')
cp "$store/food/fig.jpg" "$store/food/$odd"
licensefs scan "$store" >/dev/null
paths() { json -r .path | LC_ALL=C sort | tr '\n' ' '; }

succeeds "find everything" licensefs find --json "$store"
is "$(json -s length)" 26 "names every image"
is "$(json -s 'map(has("status") and has("license") and has("views") and has("xxh3")) | all')" true "with its keys"
succeeds "as a table" licensefs find "$store" food/
like "$out" 'PATH +STATUS +LICENSE +VIEWS' "with headings"
is "$(wc -l <"$tmp/.out")" 6 "one line an image, whatever its name"
run licensefs find --json "$store" 'food/*.png' night
is "$(paths)" "food/espresso.png night/bridge.jpg night/launch-pad.jpg night/lightning.jpg " "patterns are joined by or"
run licensefs find --json "$store" '**/*.tif'
is "$(paths)" "landscapes/kilauea.tif " "** crosses directories"
run licensefs find --json "$store" "$store/space/mars.jpg"
is "$(paths)" "space/mars.jpg " "an absolute path"
run licensefs find --json "$store" --where '!(status = clear)'
is "$(paths)" "night/lightning.jpg space/earthrise.jpg space/falcon9.jpg " "find stands alone: conflicts are found"
run licensefs find --json "$store" --where 'reserved'
is "$(paths)" "landscapes/dandelions.jpg " "and reserved images"
run licensefs find --json "$store" --creator 'EXAMPLE*' space
is "$(paths)" "space/falcon9.jpg space/mars.jpg space/rockets.jpg " "creators, in any case"
succeeds "find -0" licensefs find -0 "$store" food/
is "$(tr -dc '\0' <"$tmp/.out" | wc -c)" 5 "ends each path by NUL"
is "$(licensefs find -0 "$store" food/ | xargs -0 -I{} test -e "$store/{}" && echo all)" all "paths are as they are"
hash=$(licensefs explain --json "$store" food/fig.jpg | jq -r .xxh3)
run licensefs find --json "$store" --hash "$hash"
is "$(json -s length)" 2 "files with the same bytes"
exits 1 "nothing found" licensefs find "$store" nowhere.jpg
is "$out" "" "prints nothing"
exits 2 "a hash that is none" licensefs find "$store" --hash md5:1
exits 2 "a name like an option" licensefs find "$store" -lead.jpg
like "$err" "begins with - put --" "is told how"
exits 2 "64 digits alone" licensefs find "$store" --hash "$(printf x | sha256sum | cut -d' ' -f1)"
like "$err" 'did you mean sha256:2d71' "are taken for what they are"
exits 3 "a hash that was never read" licensefs find "$store" --hash "md5:$(printf x | md5sum | cut -d' ' -f1)"
like "$err" 'it is not known' "is not known, and not missing"
exits 2 "an expression that is none" licensefs find "$store" --where 'a b'

# Source URLs, by sidecars
for n in 1 2 3; do cp "$store/food/espresso.png" "$store/url$n.png"; done
url() { cat >"$store/url$1.xmp" <<-X
	<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
	<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:source>$2</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>
	X
}
url 1 https://www.flickr.com/photos/jane/123
url 2 https://live.flickr.com/photos/jane
url 3 https://notflickr.com/photos/jane/123
licensefs scan "$store" >/dev/null
run licensefs find --json "$store" --url flickr.com
is "$(paths)" "url1.png url2.png " "a host and its subdomains"
run licensefs find --json "$store" --url http://flickr.com/photos/jane/
is "$(paths)" "url1.png " "what lies below a URL"
run licensefs find --json "$store" --url flickr.com/photos/jan
is "$status" 1 "but no half of a name"

run licensefs find --json "$store" --url flickr.com --url notflickr.com
is "$(paths)" "url1.png url2.png url3.png " "values of one option are joined by or"
run licensefs find --json "$store" --url flickr.com --hash "$(licensefs explain --json "$store" url1.png | jq -r .xxh3)" --id 123
is "$(paths)" "url1.png " "options by and"
run licensefs find --json "$store" --id 123
is "$(paths)" "url1.png url3.png " "ids in addresses"
exits 1 "no part of an id" licensefs find "$store" --id 12
exits 2 "an id that is none" licensefs find "$store" --id /

# Likeness
exits 2 "no picture" licensefs find "$store" --like "$top_srcdir/README.md"
exits 3 "no such picture" licensefs find "$store" --like "$tmp/nowhere.jpg"
run licensefs find --json "$store" --like "$store/food/fig.jpg"
is "$(json '[.path, .distance, .match, .like]' | sort)" "[\"food/fig.jpg\",0,\"bytes\",\"$store/food/fig.jpg\"]
[\"food/two\\nlines.jpg\",0,\"bytes\",\"$store/food/fig.jpg\"]" "without likenesses the same bytes are found"
like "$err" 'keeps no likenesses.*scan --similar' "and what finds more is said"
licensefs scan "$store" --similar >/dev/null 2>&1
if PATH=/usr/bin:$PATH python3 - "$store/animals/tabby.jpg" "$tmp" <<'P'; then
import sys
from PIL import Image
i = Image.open(sys.argv[1])
i.resize((i.width // 2, i.height // 2), Image.LANCZOS).save(sys.argv[2] + "/half.png")
Image.new("RGB", (64, 64), "white").save(sys.argv[2] + "/white.png")
Image.effect_noise((256, 256), 90).save(sys.argv[2] + "/noise.png")
P
	run licensefs find --json "$store" --like "$tmp/half.png"
	is "$(json '[.path, .match]')" '["animals/tabby.jpg","picture"]' "a smaller copy in another format is found"
	ok "near" test "$(json .distance)" -lt 60
	cp "$tmp/half.png" "$store/food/half.png"
	licensefs scan "$store" >/dev/null 2>&1
	succeeds "as a table" licensefs find "$store" --like "$store/animals/tabby.jpg" --like "$tmp/half.png"
	like "$out" 'DISTANCE +PATH' "with distances"
	is "$(sed 's/  *clear.*//; s/  *unlicensed.*//' "$tmp/.out" | tail -n +2 | LC_ALL=C sort)" "0, same bytes  animals/tabby.jpg
0, same bytes  food/half.png" "of the nearest of several examples"
	like "$err" 'distance [0-9]+ of 256 or nearer; so near by chance: [0-9]+ in ' "and what they are worth"
	run licensefs find --json "$store" --like "$tmp/half.png" food/
	is "$(paths)" "food/half.png " "patterns narrow it"
	run licensefs find --json "$store" --like "$tmp/half.png" --where 'license = CC0-1.0'
	is "$(paths)" "animals/tabby.jpg " "so do expressions"
	is "$(licensefs find -0 "$store" --like "$tmp/half.png" 2>/dev/null | tr '\0' ' ')" "food/half.png animals/tabby.jpg " "the nearest first"
	exits 1 "a picture of nothing" licensefs find "$store" --like "$tmp/white.png"
	like "$err" 'white.png has no likeness' "has no likeness, and it is said"
	is "$(grep -c 'distance' "$tmp/.err")" 0 "and no distance"
	exits 1 "an unknown picture" licensefs find "$store" --like "$tmp/noise.png"
	like "$err" 'no picture is that near' "is near to none"
	rm "$store/food/half.png"
	licensefs scan "$store" >/dev/null 2>&1
else
	pass "likeness # SKIP needs python3-pil"
fi

exits 1 "check" licensefs check "$store" --view commercial
like "$out" "'?animals/raccoon.jpg'?: .*commercial-use" "names what is outside, and why"
like "$err" '[0-9]+ of 29 images are outside' "and how many"
run licensefs check "$store" --view commercial --json
is "$(json -s 'map(has("path") and has("status") and has("license") and has("why")) | all')" true "as JSON"
n=$(json -s length)
is "$(licensefs check -0 "$store" -V commercial 2>/dev/null | tr -dc '\0' | wc -c)" "$n" "and with NUL"
is "$(licensefs check "$store" -V commercial 2>/dev/null | head -1 | wc -l; echo "${PIPESTATUS[0]}")" $'1\n1' "a reader that goes away changes no status"
exits 1 "a reserved image is outside of what it may be used for" licensefs check "$store" --where 'license = CC0-1.0 | !(license = CC0-1.0)'
like "$out" 'dandelions' "and named"
rm -r "$store"/{night,space,landscapes} "$store"/url*
licensefs scan "$store" >/dev/null
succeeds "check where all is well" licensefs check "$store" --where noncommercial-use
is "$out$err" "" "says nothing"
exits 2 "check without a question" licensefs check "$store"
exits 2 "check with two" licensefs check "$store" -V commercial -w derive
like "$err" "exclude each other" "says that they exclude each other"
exits 2 "check of a view that there is not" licensefs check "$store" -V comercial
exits 2 "check of a reservation without basis" licensefs check "$store" -w reserved
plan
