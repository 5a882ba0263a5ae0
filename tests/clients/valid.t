# SPDX-License-Identifier: Apache-2.0
# What exports and reports write is what public validators accept: the Nu Html Checker, jsonld, the schema of
# SPDX 3, spdx-expression-parse, CommonMark, CSV, tar, reuse. VALID_DIR has those of npm. Each must refuse what is broken.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need java node cmark bsdtar reuse
need_python jsonschema
: "${VALID_DIR:=$top_builddir/clients/valid}"
export VALID_DIR
vnu=$VALID_DIR/node_modules/vnu-jar/build/dist/vnu.jar schema=$VALID_DIR/spdx-3.json
for one in "$vnu" "$schema" "$VALID_DIR"/node_modules/{jsonld,spdx-expression-parse}; do
	[ -e "$one" ] || skip_all "the validators of npm are not installed: no ${one##*/}; set VALID_DIR"
done
py=(/usr/bin/python3 "$here/valid.py")
js=(node "$here/valid.mjs")
pages=(java -jar "$vnu" --errors-only)

# --- three stores: the shipped one, one of hostile names and texts, one without images ----------
make_store scan
mv "$store" "$tmp/shipped"
mkdir "$tmp/nasty" "$tmp/empty" "$tmp/mnt"
"${py[@]}" make "$tmp/nasty" "$tmp/rows.jsonl" || exit 99
(cd "$tmp/shipped" && tar -cf "$tmp/nasty/shard.tar" animals food) || exit 99
licensefs scan "$tmp/nasty" >/dev/null || exit 99
licensefs import "$tmp/nasty" "$tmp/rows.jsonl" >"$tmp/import" 2>&1 || note "$(cat "$tmp/import")"
licensefs decide "$tmp/nasty" '*' --license 'CC-BY-4.0 OR (CC-BY-SA-4.0 AND MIT)' --reason all >/dev/null
licensefs license set "$tmp/nasty" LicenseRef-Ours --permits noncommercial-use,redistribute --obliges attribution >/dev/null
licensefs decide "$tmp/nasty" ' lead trail .png' --license LicenseRef-Ours --override --reason ours >/dev/null
for s in shipped nasty; do
	licensefs mount "$tmp/$s" "$tmp/mnt" -o view=noncommercial,job='<train> & "more"' 2>/dev/null &&
		find "$tmp/mnt" -type f -exec cat {} + >/dev/null
	[ $s = shipped ] || licensefs revoke "$tmp/$s" --path 'back\slash.png' --reason '<b>asked</b>' >/dev/null 2>&1
	licensefs umount "$tmp/mnt"
	licensefs job report "$tmp/$s" '<train> & "more"' --html "$tmp/$s.job.html" || exit 99
done
licensefs scan "$tmp/nasty" --made-by "$tmp/shipped:<train> & \"more\"" >/dev/null || exit 99
licensefs scan "$tmp/empty" >/dev/null || exit 99
for s in shipped nasty empty; do
	licensefs report "$tmp/$s" --html "$tmp/$s.report.html" || exit 99
	licensefs snapshot create "$tmp/$s" '<one> & "more"' --view noncommercial >/dev/null 2>&1 || exit 99
	for f in manifest csv attribution attribution-csv licenses croissant spdx attribution-html; do
		out=$tmp/$s.$f
		[ $f != attribution-html ] || out=$tmp/$s.credits.html
		licensefs snapshot export "$tmp/$s" '<one> & "more"' --format $f --all --output "$out" 2>/dev/null || fail "$s: no $f"
	done
	for f in reuse webdataset; do
		licensefs snapshot export "$tmp/$s" '<one> & "more"' --format $f --output "$tmp/$s-$f" >/dev/null 2>&1 || fail "$s: no $f"
	done
done
ok "the hostile store has what was meant" test "$(grep -c '"kind":"image"' "$tmp/nasty.manifest")" -gt 45
ok "licenses of its own" grep -q '"license":"LicenseRef-Ours"' "$tmp/nasty.manifest"
ok "and credits" test "$(grep -c "\"title\":\"" "$tmp/nasty.manifest")" -gt 15

# --- pages ------------------------------------------------------------------------------------
ok "the Nu Html Checker accepts all pages" "${pages[@]}" "$tmp"/*.html
sed 's/<\/ul>/<\/ol>/' "$tmp/nasty.credits.html" >"$tmp/broken.html"
exits 1 "and not a broken one" "${pages[@]}" "$tmp/broken.html"

# --- JSON-LD, SPDX ----------------------------------------------------------------------------
# breaks FILE EXPRESSION...: $broken is FILE after each.
breaks() {
	local from=$1 one
	shift
	broken=()
	for one; do
		broken+=("$tmp/broken.${#broken[@]}")
		sed "$one" "$from" >"${broken[-1]}"
		! cmp -s "$from" "${broken[-1]}" || fail "$one changes nothing"
	done
}
run "${js[@]}" jsonld "$tmp"/*.croissant
is "$out$err" "$(jq '.distribution | length' "$tmp"/*.croissant)" "Croissant becomes triples, with all files"
breaks "$tmp/shipped.croissant" 's/"@type":"cr:Field"/"@type":3/' 's/"sha256":/"shasum":/' 's/"sc:Dataset"/"sc:Data set"/' 's/"field":/"fields":/'
run "${js[@]}" jsonld "${broken[@]}"
is "$(grep -c '^refused' <<<"$out")" 4 "what is broken does not" || note "$out"
run "${py[@]}" spdx "$schema" "$tmp"/*.spdx
is "$out$err" "$(printf 'ok\nok\nok')" "SPDX is what its schema says"
breaks "$tmp/shipped.spdx" 's/"builtTime":"/&x/' 's/"software_File"/"software_file"/' 's/"hashValue"/"hashvalue"/' 's/"type":"Relationship",//'
run "${py[@]}" spdx "$schema" "${broken[@]}"
is "$(grep -c '^refused' <<<"$out")" 4 "what is broken is not" || note "$out"
breaks "$tmp/shipped.manifest" 's/CC-BY-4.0/CC-BY-4.O/' 's/ OR / OF /'
run "${js[@]}" expressions "$tmp"/*.manifest "$tmp"/*.spdx "$tmp"/*.licenses "${broken[@]}"
is "$(grep -c '^[0-9]*$' <<<"$out") $(grep -c '^refused' <<<"$out")" "9 2" "licenses are SPDX expressions, broken ones are not" || note "$out"
licensefs license list --json | jq -r .id >"$tmp/ids"
echo CC-BY-9.0 >"$tmp/broken"
run "${js[@]}" ids "$tmp/ids" "$tmp/broken"
is "${out//$'\n'/ }" "$(grep -cvE '^(LicenseRef-.*|NONE|NOASSERTION)$' "$tmp/ids") refused: not in the list of SPDX: CC-BY-9.0" \
	"all licenses that we know by an id of SPDX are in its list"

# --- Markdown, tables, archives, REUSE ---------------------------------------------------------
for s in shipped nasty empty; do
	images=$(grep -c '"kind":"image"' "$tmp/$s.manifest")
	cmark -t xml "$tmp/$s.attribution" >"$tmp/xml"
	ok "$s: Markdown says what the page says" "${py[@]}" items "$tmp/xml" "$tmp/$s.credits.html" "$images"
	ok "$s: JSON Lines" jq -e . "$tmp/$s.manifest" "$tmp/$s.licenses"
	ok "$s: a table" "${py[@]}" csv "$tmp/$s.csv" "$tmp/$s.manifest"
	ok "$s: a table of credits" "${py[@]}" csv "$tmp/$s.attribution-csv"
	archived=$(jq -r 'select(.kind == "image") | .path' "$tmp/$s.manifest" | grep -c '^shard.tar/')
	ok "$s: three programs read the shards" "${py[@]}" shards "$tmp/$s-webdataset" "$((images - archived))"
	(cd "$tmp/$s-reuse" && LC_ALL=C.UTF-8 reuse lint) >"$tmp/lint" 2>&1
	is "$(grep -E '^\* (Bad|Missing|Unused|Depr|Licenses with).*: *$' -c "$tmp/lint")" 5 "$s: reuse finds nothing bad" || note "$(cat "$tmp/lint")"
	is "$(sed -n 's/^\* Files with .*: //p' "$tmp/lint" | awk '$1 != $3')" "" "$s: and a license for each file"
done
sed 's/^- [^:]*:/- *other*:/' "$tmp/shipped.attribution" | cmark -t xml >"$tmp/xml"
exits 1 "other Markdown is not what the page says" "${py[@]}" items "$tmp/xml" "$tmp/shipped.credits.html" "$(grep -c '"kind":"image"' "$tmp/shipped.manifest")"
printf '"a"b,c\r\n' >"$tmp/broken"
exits 1 "a broken table is none" "${py[@]}" csv "$tmp/broken"
plan
