# SPDX-License-Identifier: Apache-2.0
# licensefs decide for many files at once: several operands, lists of names, ranges undone.
. "${top_srcdir:-.}/tests/shell/lib.sh"
store=$tmp/store
mkdir -p "$store/d"
names=($'new\nline' "it's" 'a b' '-l' 'st*r' $'\xff\xfe' 'q?' '$HOME')
for n in "${names[@]}" d/x d/y; do printf 'P6\n1 1\n255\nrgb%s' "$n" >"$store/$n"; done
licensefs scan "$store" >/dev/null
clear() { licensefs find "$store" --where 'status = clear' --print0 | tr -cd '\0' | wc -c; }

succeeds "several operands" licensefs decide --json "$store" d/x 'a b' 'd/*' --license CC0-1.0 -r x -- -l
is "$(json '[.decision, .last, .decisions, .pattern, .matched, .changed]')" '[1,4,4,null,4,4]' "are one decision each"
is "$(clear)" 4 "and all hold"
succeeds "together" licensefs decide --json "$store" --undo 1-4 -r x
is "$(json '[.decision, .last, .decisions, .undone, .changed]')" '[1,4,4,true,4]' "they are undone"
is "$(clear)" 0 "at once"
exits 1 "and only once" licensefs decide "$store" --undo 1-4 -r x
exits 2 "a range that is none" licensefs decide "$store" --undo 1-x -r x
exits 2 "one bad name spoils all" licensefs decide "$store" 'a b' ../out --license CC0-1.0 -r x
exits 2 "one bad license, too" licensefs decide "$store" 'a b' --license CC-BY-9 -r x
is "$(licensefs decide --list --json "$store" | wc -l)" 4 "nothing is recorded then"

licensefs find "$store" --print0 >"$tmp/all"
succeeds "a list of all names" licensefs decide --json "$store" --files-from "$tmp/all" --null --license CC-BY-4.0 --override -r 'asked'
is "$(json '[.decisions, .matched, .changed]')" '[10,10,10]' "whatever stands in them"
is "$(clear)" 10 "is decided"
is "$(licensefs decide --list --json "$store" | jq -s '[.[] | select(.in_force) | .exact] | unique')" "$(printf '[\n  true\n]')" "each name alone"
succeeds "undone" licensefs decide "$store" --undo 5-14 -r x
like "$out" 'decisions 5 to 14 have ended; 10 images matched' "in words"
printf 'a b\n\nd/x\nst*r\na b' >"$tmp/lines"
ok "lines on standard input" sh -c "licensefs decide --json '$store' --files-from - --deny -r x <'$tmp/lines' >'$tmp/.out'"
is "$(json '[.decisions, .matched]')" '[3,3]' "count once each, stars mean themselves"
succeeds "a list and operands" licensefs decide "$store" --files-from "$tmp/lines" d/ --deny -r x
like "$out" 'decisions 18 to 21 are in force; 4 images matched' "go together"
ok "a list through a pipe" sh -c "licensefs find '$store' d -0 | licensefs decide '$store' --files-from - -0 --terms LicenseRef-ImageNet-Terms -r x"
printf 'd/x\nd/z\nd/w\n' >"$tmp/some"
succeeds "a list with names of nothing" licensefs decide "$store" --files-from "$tmp/some" --deny -r x
like "$err" '2 of 3 decisions match nothing now, the first of them d/z' "says so"
(cd "$tmp" && licensefs decide "$store" store/d/y --deny -r x) 2>"$tmp/err"
like "$(cat "$tmp/err")" 'nothing matches now' "a path of the working directory"
like "$(cat "$tmp/err")" 'relative to the store; did you mean d/y' "is understood, and said"
succeeds "a collection that is not there" licensefs decide "$store" --collection pets --deny -r x
like "$err" "no import in force is called pets; 'licensefs import STORE --list'" "is said"
exits 2 "a range upside down" licensefs decide "$store" --undo 4-1 -r x
like "$err" 'lower number first: 1-4' "is turned"
exits 1 "an empty list" licensefs decide "$store" --files-from /dev/null --deny -r x
exits 3 "a list that is not there" licensefs decide "$store" --files-from "$tmp/none" --deny -r x
exits 2 "NULs in lines" licensefs decide "$store" --files-from "$tmp/all" --deny -r x
like "$err" 'name 1.*--null' "say what is missing"
exits 2 "--null without a list" licensefs decide "$store" d/x --null --deny -r x
printf 'd\n' >"$tmp/lines"
succeeds "a directory in a list" licensefs decide --json "$store" --files-from "$tmp/lines" --deny -r x
is "$(json .pattern)" '"d/"' "means all below"
exits 2 "an override of it" licensefs decide "$store" --files-from "$tmp/lines" --license CC0-1.0 --override -r x
plan
