# SPDX-License-Identifier: Apache-2.0
# licensefs decide --collection: what is decided about an import holds for the images that it is
# about, now and later.
. "${top_srcdir:-.}/tests/shell/mount.sh"
for n in a b c sub/d other; do image $n.pnm; done
scan
printf 'path,license\na.pnm,CC-BY-4.0\nb.pnm,CC-BY-4.0\nsub/d.pnm,\nlate.pnm,CC-BY-4.0\n' >"$tmp/rows.csv"
succeeds "an import" licensefs import "$store" "$tmp/rows.csv" --collection photos --map path=path,license=license
up
shown() { files "$mnt/$1"; }
is "$(shown commercial)" "a.pnm b.pnm " "grants what its rows state"
exits 2 "a collection without a name" licensefs decide "$store" --collection '' --deny -r x
exits 2 "a collection and one file" licensefs decide "$store" a.pnm --collection photos --deny -r x
exits 2 "a collection and a list" licensefs decide "$store" --files-from /dev/null --collection photos --deny -r x
succeeds "terms of a collection" licensefs decide --json "$store" --collection photos --terms LicenseRef-ImageNet-Terms -r 'its terms'
is "$(json '[.matched, .changed, (.views[] | select(.name == "commercial") | .out)]')" '[3,2,2]' "bind its images"
eventually "at once" test ! -e "$mnt/commercial/a.pnm"
followed
is "$(shown noncommercial)" "a.pnm b.pnm " "and nothing more"
image late.pnm
scan
eventually "an image that comes later" test -e "$mnt/noncommercial/late.pnm"
followed
is "$(shown commercial)" "" "is bound too"
succeeds "a license below a directory" licensefs decide --json "$store" sub/ --collection photos --license CC0-1.0 -r x
is "$(json '[.matched, .changed]')" '[1,1]' "narrows it"
followed
is "$(shown noncommercial)" "a.pnm b.pnm late.pnm sub/d.pnm " "to what lies there"
is "$(licensefs decide --list --json "$store" | jq -c '[.pattern, .collection, .exact]')" '["/","photos",false]'$'\n''["sub/","photos",false]' "the list names it"
like "$(licensefs decide --list "$store")" 'collection photos in sub/' "for people, too"
succeeds "undone" licensefs decide --json "$store" --undo 1-2 -r x
is "$(json '[.decisions, .matched]')" '[2,4]' "all of it"
eventually "all is as before" test -e "$mnt/commercial/late.pnm"
licensefs decide "$store" --collection photos --deny -r x >/dev/null
eventually "a denial" test ! -e "$mnt/commercial/a.pnm"
printf 'path,license\nb.pnm,CC-BY-4.0\nother.pnm,CC-BY-4.0\n' >"$tmp/rows.csv"
licensefs import "$store" "$tmp/rows.csv" --collection photos --map path=path,license=license >/dev/null 2>&1
is "$(licensefs explain --json "$store" other.pnm | jq -c .status,.reason)" '"unlicensed"'$'\n''"the operator denies it: decision 3"' "holds for what a newer import is about"
is "$(licensefs explain --json "$store" a.pnm | jq -c '[.claims[].source]')" '[]' "and no more for what it is not"
succeeds "a collection that is not there yet" licensefs decide --json "$store" --collection coming --deny -r x
is "$(json .matched)" 0 "matches nothing"
ok "the catalog is sound" licensefs status --verify "$store"
down
sanitizers_are_silent
plan
