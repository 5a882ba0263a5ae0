# SPDX-License-Identifier: Apache-2.0
# licensefs decide: patterns, ranks, conflicts, undoing, what changes in views.
. "${top_srcdir:-.}/tests/shell/lib.sh"
make_store scan
status_of() { licensefs explain --json "$store" "$1" | jq -r '.status + " " + (.license // "-")'; }

exits 2 "no reason" licensefs decide "$store" food --deny
like "$err" 'reason' "is asked for"
exits 2 "a blank reason" licensefs decide "$store" food --deny --reason ' '
exits 2 "no decision" licensefs decide "$store" food --reason x
exits 2 "two decisions" licensefs decide "$store" food --deny --license CC0-1.0 --reason x
exits 2 "no pattern" licensefs decide "$store" --deny --reason x
exits 2 "an unknown license" licensefs decide "$store" food --license CC-BY-9.0 --reason x
exits 2 "a date that is none" licensefs decide "$store" food --deny --reason x --until soon
exits 2 "a date that is over" licensefs decide "$store" food --deny --reason x --until 2001-01-01
exits 2 "an override of a directory" licensefs decide "$store" night/ --license CC0-1.0 --override --reason x
exits 2 "an override without license" licensefs decide "$store" night/lightning.jpg --deny --override --reason x
run licensefs decide "$store" --list
is "$(licensefs decide --json --list "$store")" "" "nothing was decided so far"

succeeds "a license for one file" licensefs decide --json "$store" space/earthrise.jpg --license CC-BY-4.0 --reason 'mail of May 3'
is "$(json '[.decision, .pattern, .matched, .changed]')" '[1,"space/earthrise.jpg",1,1]' "matches it"
is "$(json -c '.views[] | select(.name == "commercial") | [.in, .out]')" '[1,0]' "which comes into commercial"
is "$(status_of space/earthrise.jpg)" "clear CC-BY-4.0" "and is clear"
run licensefs explain --json "$store" space/earthrise.jpg
is "$(json '[.claims[] | select(.decision == 1) | .effect]')" '["grants"]' "the decision is a claim"

succeeds "deny a directory" licensefs decide "$store" food --deny -r 'all of it'
like "$out" '4 images matched' "matches what is below"
like "$out" 'commercial +0 +4' "which goes out"
exits 1 "nothing of it is found" licensefs find "$store" food --where 'status = clear'
succeeds "undo" licensefs decide "$store" --undo 2 --reason 'wrong'
like "$out" 'decision 2 has ended' "ends it"
is "$(status_of food/fig.jpg)" "clear CC-BY-4.0" "all is as before"
exits 1 "only once" licensefs decide "$store" --undo 2 --reason again
exits 2 "with a reason" licensefs decide "$store" --undo 1
exits 2 "and a number" licensefs decide "$store" --undo x --reason y

# Ranks: a directory cannot outrank what a file states, nor lift what it forbids.
succeeds "a license for a directory" licensefs decide --json "$store" 'space/*' --license CC0-1.0 --reason NASA
is "$(json '[.matched, (.views[] | select(.name == "commercial") | .in, .out)]')" '[7,0,0]' "only what comes and goes is counted"
is "$(status_of space/soyuz.gif)" "clear CC-PDM-1.0" "does not outrank the file's own"
run licensefs explain --json "$store" space/falcon9.jpg
is "$(json '.permissions["commercial-use"] == "allowed"')" false "nor lift what the file forbids"
exits 1 "a reservation is not lifted" sh -c "licensefs decide '$store' landscapes/dandelions.jpg --license CC0-1.0 -r x >/dev/null && licensefs explain --json '$store' landscapes/dandelions.jpg | jq -e '.views | index(\"noncommercial\")'"

is "$(status_of night/lightning.jpg)" "conflict LicenseRef-Conflict" "a conflict"
succeeds "decided without override" licensefs decide "$store" night/lightning.jpg --license CC-BY-4.0 --reason x
like "$err" '1 of them is in no view.*--override' "says that it was not enough, and what is"
is "$(status_of night/lightning.jpg)" "conflict LicenseRef-Conflict" "stays one"
succeeds "with override" licensefs decide "$store" night/lightning.jpg --license CC-BY-4.0 --override --reason 'asked NASA' --until 2999-12-31
is "$err" "" "leaves nothing to say"
is "$(status_of night/lightning.jpg)" "clear CC-BY-4.0" "it is settled"

succeeds "terms" licensefs decide "$store" animals/ --terms LicenseRef-ImageNet-Terms --reason ImageNet
run licensefs find --json "$store" animals/ --where 'status = clear & commercial-use'
is "$status" 1 "bind the copy: nothing is commercial any more"

# Future files
succeeds "what matches nothing yet" licensefs decide "$store" 'new/**' --license CC0-1.0 --reason 'our own'
like "$err" 'files that match later' "is recorded, and said so"
mkdir "$store/new" && cp "$store/space/earthrise.jpg" "$store/new/a.jpg" && cp "$store/space/earthrise.jpg" "$store/new/b*.jpg"
mkdir "$store/q*" && cp "$store/space/earthrise.jpg" "$store/q*/" && mkdir "$store/qq" && cp "$store/space/earthrise.jpg" "$store/qq/"
licensefs scan "$store" >/dev/null
is "$(status_of new/a.jpg)" "clear CC0-1.0" "files that come later fall under it"
run licensefs decide --json "$store" 'new/b*.jpg' --license CC-BY-4.0 --reason x
is "$(json '.matched')" 1 "the name of a file outranks its reading as a glob"
is "$(licensefs decide --list --json "$store" | jq -s 'last | .exact')" true "and is exact"
exits 2 "a directory with a star in its name" licensefs decide "$store" 'q*' --license CC0-1.0 --reason x
is "$(status_of qq/earthrise.jpg)" "unlicensed -" "reaches no other directory"

succeeds "list" licensefs decide --list "$store"
like "$out" 'ended: deny +food/ .*: all of it' "with what ended, who and why"
like "$out" 'override, until 3000-01-01T00:00:00Z' "the end of the day is the beginning of the next"
succeeds "as JSON" licensefs decide --list --json "$store"
is "$(json -s '.[0] | [.decision, .action, .pattern, .exact, .license, .reason, .in_force]')" '[1,"license","space/earthrise.jpg",true,"CC-BY-4.0","mail of May 3",true]' "with its keys"

# --- explain says who, when and why
rm -rf "$store" && mkdir -p "$store" && cp -r "$top_srcdir/examples/store/space" "$store/" && chmod -R u+w "$store"
licensefs scan "$store" >/dev/null
succeeds "a denial" licensefs decide "$store" space/mars.jpg --deny --reason 'takedown request 7'
run licensefs explain "$store" space/mars.jpg
like "$out" "decision 1 .* [0-9-]* by .*: takedown request 7" "its reason is in explain"
run licensefs explain --json "$store" space/mars.jpg
is "$(json '.claims[] | select(.decision == 1) | [.reason, (.who | length > 0), (.at | fromdate > 1500000000)]')" \
	'["takedown request 7",true,true]' "and in its JSON"
plan
