# SPDX-License-Identifier: Apache-2.0
# What the completion offers beside verbs and options (tests/lint/options.t has those).
. "${top_srcdir:-.}/tests/shell/lib.sh"
make_store scan
licensefs view set "$store" ads commercial-use >/dev/null
. "$top_srcdir/completions/licensefs"
completes() { # the last word is to be completed
	COMP_WORDS=(licensefs "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_licensefs 2>/dev/null
	[ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort -u | tr '\n' ' '
}
is "$(completes check "$store" -V a)" "ads attribution-free augmentable augmentable-shared " "views of the store"
is "$(completes view show "$store" com)" "commercial " "views as operands"
is "$(completes license show CC-BY-4)" "CC-BY-4.0 " "licenses"
is "$(completes decide "$store" food/ --license CC0)" "CC0-1.0 " "licenses as values"
is "$(completes explain "$store" food/f)" "food/fig.jpg " "paths of the store"
is "$(completes explain "$store" food/fig.jpg food/w)" "food/wine.jpg " "more than one"
is "$(completes explain "$store" "$store/food/f")" "$store/food/fig.jpg " "absolute paths"
licensefs revoke "$store" --path food/fig.jpg --path night/ -r test >/dev/null 2>&1
is "$(completes restore "$store" '')" "1 " "numbers of revocations"
is "$(completes revoke "$store" --path food/f)" "food/fig.jpg " "paths of the store as values"
is "$(completes sta)" "status " "verbs"
is "$(completes view s)" "set show " "verbs of verbs"
is "$(completes scan "$tmp/st")" "$store " "stores"
is "$(completes scan --catalog "$tmp/st")" "$store " "files as values"
is "$(completes scan --jobs '')" "" "nothing for a number"
is "$(completes nonsense -)" "" "nothing for what is no verb"

# --- snapshots, jobs, and values that have a form -----------------------------------------------
for name in day-1 'day "2" \ x' night; do licensefs snapshot create "$store" "$name" --view commercial >/dev/null 2>&1; done
is "$(completes snapshot diff "$store" da)" 'day "2" \ x day-1 ' "snapshots"
is "$(completes snapshot verify "$store" day-1 n)" "night " "more than one"
mkdir "$tmp/bare" && licensefs scan "$tmp/bare" --catalog "$tmp/c.db" >/dev/null
licensefs snapshot create "$tmp/bare" none --view commercial --catalog "$tmp/c.db" >/dev/null 2>&1
is "$(completes snapshot rm --catalog "$tmp/c.db" "$tmp/bare" n)" "none " "of a catalog that is elsewhere"
is "$(completes run "$store" --snapshot 'day\ ')" 'day "2" \ x ' "as values, with a blank in what is there"
is "$(completes snapshot export "$store" night --link '')" "copy hard reflink " "ways to link"
is "$(completes snapshot export "$store" night --format attribution-)" "attribution-csv attribution-html " "formats of exports"
is "$(completes snapshot export "$store" night --format=attribution-)" "--format=attribution-csv --format=attribution-html " "behind a sign, too"
is "$(completes snapshot create "$store" x --classes '')" "drop keep " "what becomes of directories"
is "$(completes import "$store" f --format coc)" "coco " "formats of imports"
is "$(completes job report "$store" train --list un)" "unopened " "lists of a report"
is "$(completes mount "$store" m -o sn)" "snapshot= " "options of mounts"
is "$(completes mount "$store" m -o allow_other,mode=ca)" "allow_other,mode=cached " "after others"
is "$(completes mount "$store" m -o view=ad)" "view=ads " "views"
is "$(completes mount "$store" m -o job=x,snapshot=day-)" "job=x,snapshot=day-1 " "and snapshots"
is "$(completes license set "$store" LicenseRef-X --permits commercial-use,red)" "commercial-use,redistribute " "permissions"
is "$(completes run "$store" -V commercial -- sleep "$tmp/st")" "$store " "arguments of a command"
like "$(completes run "$store" -V commercial -- tru)" '(^| )true ' "and commands"

# --- as bash has it: words cut at ":" and "=", on a terminal ----------------------------------------
can_mount || plan
mkdir "$tmp/mnt" && licensefs mount "$store" "$tmp/mnt" -o view=commercial,job='train 1' 2>/dev/null && licensefs umount "$tmp/mnt"
is "$(completes job show "$store" tr)" "train 1 " "jobs"
is "$(completes scan "$tmp/mnt" --made-by "$store:")" "$store:train 1 " "jobs of another store"
is "$(completes scan "$tmp/mnt" --made-by "$tmp/st")" "$store " "and that store"
licensefs scan "$tmp/mnt" --made-by "$store:train 1" >/dev/null
is "$(completes scan "$tmp/mnt" --not-made-by '')" "1 " "numbers of what was recorded"
run python3 "$top_srcdir/tests/shell/completion_tty.py" "$top_srcdir/completions/licensefs" \
	"licensefs mount $store m -o view=ad" "licensefs check $store --view=ad" "licensefs scan $tmp/mnt --made-by $store:tr" \
	"licensefs mount $store m -o job=x,snapshot=nig" "licensefs snapshot show $store day\\ " "licensefs job show $store tra"
is "$out" "licensefs|mount|$store|m|-o|view=ads|
licensefs|check|$store|--view=ads|
licensefs|scan|$tmp/mnt|--made-by|$store:train 1|
licensefs|mount|$store|m|-o|job=x,snapshot=night|
licensefs|snapshot|show|$store|day \"2\" \\ x|
licensefs|job|show|$store|train 1|" "each becomes one word" || note "$err"
plan
