# SPDX-License-Identifier: Apache-2.0
# licensefs view: built-in and own views, mistakes, class maps.
. "${top_srcdir:-.}/tests/shell/lib.sh"
make_store scan

# What each view shows was written down by hand from the definitions.
letters=ncrasfp
names=(noncommercial commercial redistributable augmentable augmentable-shared attribution-free public-domain)
for i in "${!names[@]}"; do
	want=$(grep -v '^#' "$top_srcdir/tests/clients/views.tsv" |
		awk -F '\t' -v l="${letters:i:1}" 'index($2, l) { print $1 }' | LC_ALL=C sort)
	got=$(licensefs find "$store" --json | jq -r "select(.views | index(\"${names[i]}\")) | .path" | LC_ALL=C sort)
	is "$got" "$want" "images of ${names[i]}"
done
succeeds "view list" licensefs view list --json "$store"
is "$(json -s length)" 7 "built-in views"
is "$(json -s 'map(.builtin) | all')" true "are built in"
succeeds "view show" licensefs view show "$store" augmentable
like "$out" 'noncommercial-use & derive' "shows the expression"
exits 1 "view show of what there is not" licensefs view show "$store" comercial
like "$err" "commercial" "names the nearest"
succeeds "view show of a combination" licensefs view show --json "$store" commercial+augmentable
is "$(json .images)" "$(licensefs find "$store" --where 'commercial-use & derive & status = clear & !reserved(training)' --json | wc -l)" "counts what satisfies both"
succeeds "view show by license" licensefs view show --json "$store" by-license/CC-BY-4.0

succeeds "view set" licensefs view set "$store" ads 'commercial-use & !sharealike'
like "$out" 'ads shows [0-9]+ images' "counts"
run licensefs view show --json "$store" ads
is "$(json '[.name, .expression, .basis, .builtin]')" '["ads","commercial-use & !sharealike",null,false]' "is kept"
succeeds "view set again" licensefs view set --json "$store" ads public-domain
is "$(json -c .)" '{"name":"ads","images":7}' "takes the new expression"
exits 2 "an unknown word" licensefs view set "$store" x 'commercial-use & deriv'
like "$err" 'column 18' "points at the column"
like "$err" "derive" "and names the nearest"
like "$err" $'\n +\^' "with a caret"
exits 2 "a syntax error" licensefs view set "$store" x '(commercial-use'
exits 2 "a reservation without basis" licensefs view set "$store" x 'noncommercial-use & reserved'
like "$err" 'basis' "asks for one"
succeeds "and with one" licensefs view set --json --basis 'Art. 3 DSM, research' "$store" research 'noncommercial-use & (reserved | !reserved)'
run licensefs view show --json "$store" research
is "$(json .basis)" '"Art. 3 DSM, research"' "which is kept"
is "$(json .images)" 22 "and shows the reserved image too"
for name in commercial by-license .x -x 'a b' status 'a/b' ''; do
	exits 2 "no view may be named '$name'" licensefs view set "$store" -- "$name" derive
done
exits 2 "a view cannot name itself" licensefs view set "$store" loop 'loop | derive'
succeeds "a view that asks for the path" licensefs view set "$store" pets "path = 'animals/*' & creator = 'St*'"
like "$out" 'pets shows 1 image$' "counts"
is "$(licensefs find "$store" --json | jq -r 'select(.views | index("pets")) | .path')" animals/tabby.jpg "find names it"
is "$(licensefs explain --json "$store" animals/tabby.jpg | jq '.views | index("pets") != null')" true "and so does explain"
run licensefs decide --json "$store" animals/tabby.jpg --deny --reason x
is "$(json '.views[] | select(.name == "pets") | .out')" 1 "and decide"
licensefs decide "$store" --undo 1 --reason x >/dev/null
licensefs view rm "$store" pets
succeeds "view rm" licensefs view rm "$store" ads
exits 1 "only once" licensefs view rm "$store" ads
exits 1 "no built-in view" licensefs view rm "$store" commercial
like "$err" "built in" "which stays"
run licensefs view list --json "$store"
is "$(json -s 'map(select(.builtin | not) | .name)')" '["research"]' "what is left"

succeeds "view classes" licensefs view classes --json "$store" public-domain
is "$(json '[.class, .store_index]' | tr '\n' ' ')" '["animals",0] ["food",1] ["landscapes",2] ["night",3] ["space",4] ' "the store's classes"
is "$(json 'select(.images == 0) | [.class, .view_index]')" '["night",null]' "an emptied class has no index"
is "$(json 'select(.class == "space") | .view_index')" 3 "and those after it move up"
succeeds "for people" licensefs view classes "$store" public-domain
like "$out" 'night +3 +- +0' "as a table"
run licensefs status -v "$store"
like "$out" 'public-domain shows none of 3 images below night' "status -v names emptied classes"
plan
