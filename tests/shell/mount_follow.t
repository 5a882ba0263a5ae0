# SPDX-License-Identifier: Apache-2.0
# Decisions on a file and its bytes, seen through a mount: moves, copies, renamed directories,
# deletion and return.
. "${top_srcdir:-.}/tests/shell/mount.sh"
image a/one.pnm
image a/two.pnm
image b/three.pnm
scan
decide a/one.pnm --license CC0-1.0
decide a/two.pnm --license CC-BY-NC-4.0
up
is "$(files "$mnt/noncommercial")" "a/one.pnm a/two.pnm " "what was decided is shown"

cp "$store/a/one.pnm" "$store/b/copy.pnm"
scan
eventually "a copy is known" licensefs find "$store" b/copy.pnm
is "$(files "$mnt/noncommercial")" "a/one.pnm a/two.pnm " "but not granted"

mv "$store/a/one.pnm" "$store/b/moved one.pnm"
is "$(cat "$mnt/noncommercial/a/one.pnm" 2>/dev/null)" "" "what has moved away is not served"
scan
eventually "a moved file keeps its license" test -e "$mnt/noncommercial/b/copy.pnm"
followed # names are told before listings
is "$(files "$mnt/noncommercial")" "a/two.pnm b/copy.pnm " "the file that came first has it, and it alone"
rm "$store/b/copy.pnm"
scan
eventually "the next one follows" test -e "$mnt/noncommercial/b/moved one.pnm"
followed
is "$(files "$mnt/commercial")" "b/moved one.pnm " "with its license"
run licensefs explain --json "$store" 'b/moved one.pnm'
is "$(json '[.claims[] | [.source, .field, .decision, .effect]]')" '[["decision 1","made for a/one.pnm",1,"grants"]]' "explain says for what it was made"
like "$(licensefs explain "$store" 'b/moved one.pnm')" 'decision 1 made for a/one.pnm says CC0-1.0' "in words, too"
scan
followed
is "$(files "$mnt/commercial")" "b/moved one.pnm " "after another scan"

mv "$store/a" "$store/c d"
scan
eventually "a directory is renamed" test -e "$mnt/noncommercial/c d/two.pnm"
mv "$store/c d/two.pnm" "$tmp/kept.pnm"
scan
eventually "a file is deleted" test ! -e "$mnt/noncommercial/c d/two.pnm"
mkdir "$store/a" && cp "$tmp/kept.pnm" "$store/a/two.pnm"
scan
eventually "and returns to where it was decided" test -e "$mnt/noncommercial/a/two.pnm"
printf 'P6\n1 1\n255\nabcother' >"$store/a/two.pnm"
scan
eventually "other bytes at that path fall under the decision, as ever" test -e "$mnt/noncommercial/a/two.pnm"

# What restricts holds for all copies.
cp "$store/b/moved one.pnm" "$store/b/again.pnm"
succeeds "a denial" licensefs decide --json "$store" 'b/moved one.pnm' --deny -r 'a person'
is "$(json -c '[.matched, .changed, (.views[] | select(.name == "commercial") | .out)]')" '[1,1,1]' "of a file"
eventually "hides it" test ! -e "$mnt/noncommercial/b/moved one.pnm"
scan
exits 1 "and a copy that comes later" licensefs find "$store" b/again.pnm --where 'status = clear'
like "$(licensefs explain "$store" b/again.pnm)" "the operator denies it: decision 3 made for 'b/moved one.pnm'" "by the same decision"
mv "$store/b/moved one.pnm" "$store/c d/elsewhere.pnm"
scan
exits 1 "and a move is no way out" licensefs find "$store" --where 'license = CC0-1.0 & status = clear'
succeeds "undone" licensefs decide --json "$store" --undo 3 --reason 'consent of May 4'
is "$(json '.matched')" 2 "for all of them"
eventually "one is back" test -e "$mnt/commercial/b/again.pnm"
followed
is "$(files "$mnt/commercial")" "b/again.pnm " "and no copy"
is "$(licensefs decide --list --json "$store" | jq -c 'select(.decision == 3) | [.in_force, .ended_why, (.ended_at | length), (.ended_who | length > 0)]')" '[false,"consent of May 4",20,true]' "the list says who ended it, when and why"
like "$(licensefs decide --list "$store")" 'ended by .*: consent of May 4' "in words, too"
run licensefs explain --json "$store" b/again.pnm
is "$(json '[.history[] | [.decision, .action, .made_for, .reason, .ended_why, (.ended_who | length > 0)]]')" '[[3,"deny","b/moved one.pnm","a person","consent of May 4",true]]' "explain has it in the history of the bytes"
like "$(licensefs explain "$store" b/again.pnm)" "HISTORY.*decision 3 .*deny, made for 'b/moved one.pnm'.*: a person; ended 20.* by .*: consent of May 4" "for people, too"
down
sanitizers_are_silent
plan
