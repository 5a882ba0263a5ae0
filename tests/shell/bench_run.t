# SPDX-License-Identifier: Apache-2.0
# bench/run.sh measures what it says it does, and its report can be made again and compared.
. "${top_srcdir:-.}/tests/shell/lib.sh"
can_mount || skip_all "cannot mount"
for tool in python3 cc bindfs jq; do
	command -v "$tool" >/dev/null || skip_all "no $tool"
done
export TMPDIR=$tmp
report="python3 $top_srcdir/bench/report.py"
succeeds "one quick run" bash "$top_srcdir/bench/run.sh" --quick --licensefs "$top_builddir/licensefs" --result "$tmp/bench.json"
ratio='[0-9]+\.[0-9]+(\*\*)? \([0-9.]+-[0-9.]+\)'
like "$out" '\| cached \| .*checked \| .*bindfs \|' "modes and peers stand side by side"
for line in 'epoch, fresh mount' 'epoch, listed before, 2 processes' 'epoch, warm' 'list and `stat`, fresh mount' \
	'large file in order'; do
	like "$out" "$line"' (\| (\*\*)?'"$ratio"' ){3,}' "$line: each has a ratio, and its spread"
done
is "$(jq -c '[.runs, .store.images, .store.directories, (.measured.fresh.cached | length)]' "$tmp/bench.json")" "[1,80,8,1]" \
	"JSON has the single values"
shown=$out
succeeds "a report of what was kept" $report "$tmp/bench.json"
is "$out" "$shown" "says the same"
succeeds "two results are compared" $report --against "$tmp/bench.json" "$tmp/bench.json"
like "$out" 'epoch, warm, cached: [0-9.]+ -> [0-9.]+' "line by line"

# Where a mount shows other files than the store has, the ratio would be of different things.
mkdir "$tmp/work" && printf 'fresh bare 1.0 80 640\nfresh cached 1.0 79 640\n' >"$tmp/work/times"
exits 1 "files that are missed are no speed" $report "$tmp/other.json" "$tmp/work" "$tmp"
like "$err" 'cached saw .*79' "and said"
plan
