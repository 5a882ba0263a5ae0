# SPDX-License-Identifier: Apache-2.0
# Views that ask for collections, seen through a mount: who is in one may change where no rights do.
. "${top_srcdir:-.}/tests/shell/mount.sh"
# manifest NAME FILE...: a COCO manifest that puts the files under CC0.
manifest() {
	local name=$1 images=
	shift
	for f; do images="$images${images:+,}{\"id\":1,\"license\":1,\"file_name\":\"$f\"}"; done
	echo "{\"info\":{},\"licenses\":[{\"id\":1,\"url\":\"http://creativecommons.org/publicdomain/zero/1.0/\",\"name\":\"0\"}],\"images\":[$images],\"annotations\":[],\"categories\":[]}" \
		>"$tmp/$name.json"
	licensefs import "$store" "$tmp/$name.json" >/dev/null 2>&1
}
image a/1.pnm
image a/2.pnm
image b/3.pnm
image b/4.pnm
scan
for f in a/1.pnm a/2.pnm b/3.pnm b/4.pnm; do decide $f --license CC0-1.0; done
licensefs view set "$store" ours 'collection=one' >/dev/null || exit 99
licensefs view set "$store" others 'collection!=one' >/dev/null || exit 99
up
is "$(files "$mnt/ours")$(files "$mnt/others")" "" "nothing is in a collection"
manifest one 1.pnm 3.pnm
shows() { [ "$(files "$mnt/$1")" = "$2" ]; } # names are told before listings
eventually "an import that changes no rights is seen" test -e "$mnt/ours/a/1.pnm"
eventually "by its members" shows ours "a/1.pnm b/3.pnm "
is "$(files "$mnt/others")" "" "what is in none is unknown"
manifest two 1.pnm 4.pnm
eventually "members of another" test -e "$mnt/others/b/4.pnm"
eventually "which are in the first are not others" shows others "b/4.pnm "
is "$(licensefs find "$store" --json --where 'collection = t*' | jq -r .path | tr '\n' ' ')" "a/1.pnm b/4.pnm " "find asks, too"
exits 1 "so does check" licensefs check "$store" --where 'collection = one'
like "$out$err" "b/4.pnm" "and names who is out"
like "$(licensefs explain "$store" a/2.pnm)" "it is in no collection" "explain says why"
manifest one 3.pnm
eventually "a newer import" test ! -e "$mnt/ours/a/1.pnm"
eventually "leaves those it names" shows ours "b/3.pnm "
eventually "and others" shows others "a/1.pnm b/4.pnm "

# A second file of the name takes the certainty from the first, and gives it back.
cp "$store/a/1.pnm" "$store/a/3.pnm"
scan
eventually "a name in doubt" test ! -e "$mnt/ours/b/3.pnm"
eventually "is not in the one view" shows ours ""
eventually "and not in the other" shows others "a/1.pnm b/4.pnm "
like "$(licensefs explain "$store" b/3.pnm)" "in doubt" "explain says so"
rm "$store/a/3.pnm"
scan
eventually "until the second file goes" test -e "$mnt/ours/b/3.pnm"
mv "$store/b/3.pnm" "$store/b/5.pnm"
scan
eventually "another name is another file" shows ours ""
mv "$store/b/5.pnm" "$store/b/3.pnm"
scan
eventually "which comes back" test -e "$mnt/ours/b/3.pnm"
licensefs import "$store" --undo 3 --reason test >/dev/null
eventually "an undo" test ! -e "$mnt/ours/b/3.pnm"
eventually "leaves nothing" shows ours ""
down
sanitizers_are_silent
plan
