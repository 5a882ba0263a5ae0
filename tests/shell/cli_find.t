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
