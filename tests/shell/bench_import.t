# SPDX-License-Identifier: Apache-2.0
# bench/import.sh measures what it says it does.
. "${top_srcdir:-.}/tests/shell/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"
export TMPDIR=$tmp
succeeds "one quick run" bash "$top_srcdir/bench/import.sh" --quick --build "$top_builddir" --keep "$tmp/data"
like "$out" 'read alone \| [0-9].*read alone \| [0-9]' "reading alone has a time"
like "$out" 'json.load.*csv.DictReader' "Python has one"
like "$out" '`licensefs import` \| [0-9.]+ .*\| [0-9.]+ \([0-9.]+-[0-9.]+\) \|' "the import has one, and a ratio"
run "$top_builddir/bench/manifest" "$tmp/data/openimages.csv"
is "$out" "openimages 1000 4000" "rows and claims are those of the file"
for f in coco.json openimages.csv; do
	run licensefs import "$tmp/data/store" "$tmp/data/$f" --json
	is "$(json '[.ambiguous, .images]')" '[0,100]' "$f: every image is found"
done
plan
