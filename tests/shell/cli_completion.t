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
plan
