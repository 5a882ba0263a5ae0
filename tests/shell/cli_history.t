# SPDX-License-Identifier: Apache-2.0
# The history of explain: what imports that were superseded or undone once stated about an image.
. "${top_srcdir:-.}/tests/shell/lib.sh"
store=$tmp/store
mkdir -p "$store/a/b" "$store/c"
for f in a/1.pnm a/b/2.pnm c/3.pnm; do
	printf 'P6\n1 1\n255\nrgb%s' "$f" >"$store/$f"
done
licensefs scan "$store" >/dev/null
me=$(logname 2>/dev/null || id -un)
# things LICENSE [FILE [ARGUMENT]...]: imports the collection "things" with one row
things() {
	printf 'file,license\n%s,%s\n' "${2:-1.pnm}" "$1" >"$tmp/things.csv"
	licensefs import "$store" "$tmp/things.csv" --map name=file,license=license "${@:3}" >/dev/null ||
		note "import failed"
}
history() { licensefs explain --json "$store" "$1" | jq -c "[.history[] | $2]"; }

is "$(history a/1.pnm .)" '[]' "nothing was imported"
things 'CC BY 4.0'
is "$(history a/1.pnm .)" '[]' "what is in force is no history"
things 'CC BY-NC 4.0'
is "$(history a/1.pnm '[.import, .collection, .format, .rows, .license, .who, .superseded_by, .ended_who, .ended_why]')" \
	"[[1,\"things\",\"csv\",1,\"CC-BY-4.0\",\"$me\",2,null,null]]" "an import that was superseded"
is "$(history a/1.pnm '.stated[] | [.role, .field, .text, .license]')" '[["license","license","CC BY 4.0","CC-BY-4.0"]]' "with what it stated"
is "$(history a/1.pnm '[.at, .ended_at | fromdate > 1500000000] | all')" '[true]' "and when"
is "$(licensefs explain --json "$store" a/1.pnm | jq -c '[.license, .history_more]')" '["CC-BY-NC-4.0",false]' "the newer one counts"
is "$(history c/3.pnm .)" '[]' "other images have other histories"
run licensefs explain "$store" a/1.pnm
like "$out" "HISTORY +DATE +WHAT" "for people, too"
like "$out" "import 1 +20[-0-9]+ +things: CC-BY-4.0 +by $me; superseded 20[-0-9]+ by import 2" "as a line"

why="these were never ours: the agency's contract of May names other pictures"
licensefs import "$store" --undo 2 --reason "$why" >/dev/null
is "$(history a/1.pnm '[.import, .license, .superseded_by, .ended_who, .ended_why]')" \
	"$(jq -nc --arg me "$me" --arg why "$why" '[[1,"CC-BY-4.0",2,null,null],[2,"CC-BY-NC-4.0",null,$me,$why]]')" "one that was undone: by whom, and the whole reason"
run licensefs explain "$store" a/1.pnm
like "$(echo "$out" | tr -s ' \n' ' ')" "undone 20[-0-9]+ by $me: these were never ours" "for people, too"
like "$out" 'unlicensed' "neither counts"

# --- how rows find it
printf 'file,license\na/b/2.pnm,ask me first\n' >"$tmp/rooted.csv"
licensefs import "$store" "$tmp/rooted.csv" --map path=file,license=license --root "$store" >/dev/null
licensefs import "$store" --undo 3 -r x >/dev/null
is "$(history a/b/2.pnm '[.import, .license, .stated[0].text]')" '[[3,"LicenseRef-Unrecognised","ask me first"]]' "by path"
like "$(licensefs explain "$store" a/b/2.pnm)" 'rooted: LicenseRef-Unrecognised, "ask me first"' "words that are no license are quoted"
mv "$store/a/b/2.pnm" "$store/a/2.pnm"
licensefs scan "$store" >/dev/null
is "$(history a/2.pnm .)" '[]' "where it lies now"
things CC0 3.pnm -c c --root "$store/c"
licensefs import "$store" --undo 4 -r x >/dev/null
is "$(history c/3.pnm '[.import, .license]')" '[[4,"CC0-1.0"]]' "below a root"
mkdir "$store/cc"
mv "$store/c/3.pnm" "$store/cc/3.pnm"
licensefs scan "$store" >/dev/null
is "$(history cc/3.pnm .)" '[]' "and not beside it"

# --- among decisions, and no more than can be read
licensefs decide "$store" a/1.pnm --deny --reason later >/dev/null
licensefs decide "$store" --undo 1 --reason never >/dev/null
is "$(history a/1.pnm 'has("decision")')" '[false,false,true]' "in the order of time"
for i in $(seq 5 22); do
	things "CC BY $((i % 4 + 1)).0"
done
is "$(licensefs explain --json "$store" a/1.pnm | jq -c '[([.history[] | select(.import) | .import] | [length, min, max]), .history_more]')" '[[16,6,21],true]' "the newest ones"
like "$(licensefs explain "$store" a/1.pnm)" 'older imports that have ended were not looked through' "which is said"

plan
