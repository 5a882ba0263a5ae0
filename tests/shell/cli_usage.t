# SPDX-License-Identifier: Apache-2.0
# What every verb does alike: help, errors, exit statuses, output that fails.
. "${top_srcdir:-.}/tests/shell/lib.sh"

run licensefs
is "$status" 2 "no verb is wrong usage"
like "$out" 'usage: licensefs VERB' "and shows the overview"
succeeds "licensefs help" licensefs help
like "$out" 'scan .*judge their rights' "lists the verbs"
exits 2 "an unknown verb" licensefs statsu
like "$err" "did you mean 'status'" "names the nearest"
like "$err" "try 'licensefs --help'" "and where help is"
exits 2 "an unknown verb of a verb" licensefs view shwo
like "$err" "did you mean 'show'" "names the nearest too"
exits 2 "a verb without its verb" licensefs license
exits 2 "an unknown option" licensefs scan --jbos 2 "$tmp"
like "$err" "did you mean --jobs" "names the nearest"
exits 2 "an operand is missing" licensefs explain "$tmp"
exits 2 "an operand too many" licensefs status "$tmp" x
exits 2 "a number out of range" licensefs scan --jobs 0x10 "$tmp"
exits 3 "a store that is not there" licensefs status "$tmp/nowhere"
like "$err" '^licensefs: status: cannot use the store' "messages name the verb"
exits 3 "a store without a catalog" licensefs status "$tmp"
like "$err" 'scan' "says what to do"
touch "$tmp/file"
exits 3 "a file is no store" licensefs status "$tmp/file"
odd=$tmp/$(printf 'a\nlicensefs: all is well\033[31m')
mkdir "$odd"
exits 3 "a strange name in a message" licensefs status "$odd"
unlike "$err" $'\033' "does not reach the terminal raw"
is "$(grep -c '^licensefs' "$tmp/.err")" 1 "nor can it pass for another message"

for v in $(licensefs help --options | awk -F '\t' '$1 == "verb" && $2 !~ / / { print $2 }'); do
	succeeds "licensefs $v --help" licensefs "$v" --help
	like "$out" "^licensefs $v - " "says what $v does"
done
run licensefs version
like "$out" '^licensefs [0-9]+\.[0-9]+' "a version"
like "$out" $'\n''libfuse 3\.[0-9]+' "and that of libfuse"
is "$(licensefs --version)" "$out" "--version is version"
run licensefs version --json
is "$(json 'has("version") and has("catalog_schema") and has("libfuse") and has("libfuse_static")')" true "as JSON"
run licensefs help --json
is "$(json -s 'map(select(.verb == "explain")) | .[0].operands')" '"STORE PATH..."' "verbs as JSON"

# Output that cannot be written
(licensefs license list; echo $? >"$tmp/status") 2>"$tmp/err" | head -1 >/dev/null
is "$(cat "$tmp/status" "$tmp/err")" 0 "a reader that goes away is no error"
if [ -e /dev/full ]; then
	licensefs license list >/dev/full 2>"$tmp/err"
	is "$?" 3 "a full disk is"
	is "$(grep -c 'cannot write the result' "$tmp/err")" 1 "and said, once"
fi

# Colours
if script -qec true /dev/null >/dev/null 2>&1; then
	unset NO_COLOR
	out=$(TERM=xterm script -qec 'licensefs license show CC0-1.0' /dev/null </dev/null)
	like "$out" $'\033\\[32mallowed' "colours on a terminal"
	out=$(TERM=xterm NO_COLOR=1 script -qec 'licensefs license show CC0-1.0' /dev/null </dev/null)
	unlike "$out" $'\033' "none with NO_COLOR"
	out=$(TERM=dumb script -qec 'licensefs license show CC0-1.0' /dev/null </dev/null)
	unlike "$out" $'\033' "none on a dumb terminal"
	out=$(TERM=xterm licensefs license show CC0-1.0)
	unlike "$out" $'\033' "none in a pipe"
	out=$(script -qec 'stty cols 60; licensefs license show CC-BY-ND-4.0' /dev/null </dev/null | tr -d '\r' |
		sed 's/\x1b[^m]*m//g' | grep note | awk 'length($0) > 60')
	is "$out" "" "prose wraps at the width of the terminal"
	cp -r "$top_srcdir/examples/store/animals" "$tmp/narrow" && licensefs scan "$tmp/narrow" >/dev/null
	is "$(script -qec "stty cols 50; licensefs find '$tmp/narrow' nuthatch.jpg" /dev/null </dev/null | wc -l)" 2 \
		"but not where the other columns leave no room"
fi
plan
