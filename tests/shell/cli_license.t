# SPDX-License-Identifier: Apache-2.0
# licensefs license list, show and parse.
. "${top_srcdir:-.}/tests/shell/lib.sh"

succeeds "list" licensefs license list
like "$out" 'CC-BY-NC-4.0 +yes +no +yes +yes +yes +attribution, notice' "what CC-BY-NC-4.0 permits"
like "$out" 'ODbL-1.0 .*clears no image' "a database license clears no image"
succeeds "list with a glob" licensefs license list --json 'cc-by-nd-*'
is "$(json -s 'map(.id | test("^CC-BY-ND-")) | all')" true "matches, in any case"
exits 1 "list what there is not" licensefs license list nothing
succeeds "show" licensefs license show cc0-1.0
like "$out" '^CC0-1.0' "finds ids in any case"
succeeds "show as JSON" licensefs license show --json CC-BY-ND-4.0
is "$(json '[.permissions.derive, .permissions["share-adaptations"], .clears]')" '["allowed","forbidden",true]' "what ND 4.0 permits"
exits 1 "show what there is not" licensefs license show CC-BX-4.0
like "$err" "did you mean" "names the nearest"
exits 1 "show nothing like a license" licensefs license show foo
unlike "$err" "did you mean" "names none"

exits 1 "an own license without its store" licensefs license show LicenseRef-Acme
like "$err" "no license 'LicenseRef-Acme'; 'licensefs license list' lists all, with --store" "is like no other"
exits 1 "a mistyped LicenseRef" licensefs license show LicenseRef-Unsplsh
like "$err" "did you mean 'LicenseRef-Unsplash'" "is mended"
run licensefs license parse 'CC BY 4.0' '' nonsense
is "$out" $'CC-BY-4.0\nNOASSERTION\nunrecognised' "one line a string"
is "$status" 0 "whatever they mean"
run licensefs license parse --context inaturalist cc-by-nc
is "$out" "$(printf 'inaturalist\tcc-by-nc\n' | licensefs license parse -)" "--context is the context of strings"
exits 2 "an unknown context" licensefs license parse --context flickr-nam x
like "$err" "did you mean 'flickr-name'" "names the nearest"

vectors=$data/normaliser_vectors.tsv
grep -v '^#' "$vectors" | tail -n +2 | cut -f 1,2 >"$tmp/in"
grep -v '^#' "$vectors" | tail -n +2 | cut -f 3 >"$tmp/want"
licensefs license parse - <"$tmp/in" >"$tmp/got"
is "$?" 0 "the vectors are read"
is "$(diff "$tmp/want" "$tmp/got" | grep -c '^[<>]')" 0 "the vectors mean what they should"
diff "$tmp/want" "$tmp/got" | sed 's/^/# /'
licensefs license parse --json - <"$tmp/in" | jq -r .result >"$tmp/got2"
ok "as JSON too" cmp "$tmp/got" "$tmp/got2"

printf 'CC0-1.0\nno-such\tCC0-1.0\nany\tCC0-1.0' | licensefs license parse - >"$tmp/got" 2>"$tmp/err"
is "$?" 1 "an unknown context in a line is a finding"
is "$(cat "$tmp/got")" $'CC0-1.0\nunrecognised\nCC0-1.0' "unknown never passes, and lines stay aligned"
like "$(cat "$tmp/err")" 'line 2' "the line is named"
printf '\n\nx' | licensefs license parse - >"$tmp/got"
is "$(wc -l <"$tmp/got")" 3 "empty lines count, and a last line without newline"
head -c 3000000 /dev/zero | tr '\0' 'a' | licensefs license parse - >"$tmp/got"
is "$(cat "$tmp/got")" unrecognised "a line of 3 MB is one string"
printf 'any\tCC\0BY\377\n' | licensefs license parse --json - >"$tmp/.out"
is "$(python3 -c 'import json,os,sys; print(os.fsencode(json.loads(open(sys.argv[1]).read())["input"]))' "$tmp/.out")" \
	"b'CC\\x00BY\\xff'" "any byte survives as JSON"
plan
