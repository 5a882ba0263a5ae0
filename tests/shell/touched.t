# SPDX-License-Identifier: Apache-2.0
# What is found, taken down and brought back names the jobs that could see it, and opened it.
. "${top_srcdir:-.}/tests/shell/mount.sh"
make_small_store
cp "$store/cats/by.pnm" "$store/dogs/copy.pnm"
licensefs scan "$store" >/dev/null
decide dogs/copy.pnm --license CC-BY-4.0
hash=$(licensefs find "$store" --json cats/by.pnm | jq -r .xxh3)
jobs() { json '.jobs | map([.name, .images, .opened])'; }

licensefs run "$store" --view commercial --job reads -- cat "$store/cats/by.pnm" "$store/train/cc0.pnm" >/dev/null 2>&1
licensefs run "$store" --where 'license=CC0-1.0' --job cc0 -- cat "$store/train/cc0.pnm" >/dev/null 2>&1
licensefs run "$store" --view noncommercial --job looks -- ls "$store/cats" >/dev/null 2>&1

# --- takedowns
both='[["reads",2,1],["looks",2,0]]'
run licensefs revoke "$store" --path cats/by.pnm --reason test --dry-run --json
is "$(jobs)" "$both" "a dry run names the jobs; the same bytes count"
run licensefs revoke "$store" --hash "$hash" --reason test --dry-run
like "$out" "jobs that could see them: reads \(2 images, 1 opened\), looks \(2 images, 0 opened\)" "for people, too"
unlike "$out" "snapshots that have" "what a job had is no snapshot of anybody's"
run licensefs revoke "$store" --path cats/by.pnm --reason test --json
is "$(jobs)" "$both" "so does the takedown"
run licensefs restore "$store" 1 --reason test --json
is "$(jobs)" "$both" "and its end"
run licensefs revoke "$store" --path cats/none.pnm --reason test --json
is "$(json .jobs)" '[]' "an image that no job could see"

# --- finding
run licensefs find "$store" --hash "$hash" --json
is "$(json -s 'sort_by(.path) | map([.path, .jobs])')" \
	'[["cats/by.pnm",[{"name":"reads","opened":true},{"name":"looks","opened":false}]],["dogs/copy.pnm",[{"name":"reads","opened":false},{"name":"looks","opened":false}]]]' \
	"find says it of each image"
run licensefs find "$store" --hash "$hash" dogs/
like "$out" "reads \(1 image, 0 opened\), looks \(1 image, 0 opened\)" "of what it found alone"
rm "$store/cats/by.pnm" "$store/dogs/copy.pnm"
scan
run licensefs find "$store" --hash "$hash" --json
is "$status $(json '[.path, .images]') $(jobs)" "0 [null,2] $both" "files that are gone were seen"
run licensefs revoke "$store" --hash "$hash" --reason test --json
is "$(json .matched) $(jobs)" "0 $both" "a takedown of what is gone says so as well"

# --- what a job saw while it ran
mkdir "$tmp/job"
licensefs mount "$store" "$tmp/job" -o view=commercial,job=serves,mode=checked 2>/dev/null
image birds/new.pnm
licensefs scan "$store" >/dev/null
decide birds/new.pnm --license CC0-1.0
eventually "an image comes" [ -e "$tmp/job/birds/new.pnm" ]
cat "$tmp/job/birds/new.pnm" >/dev/null
told() { [ "$(licensefs revoke "$store" --path birds/new.pnm --reason test -n --json | jq -c '.jobs | map([.name, .images, .opened])')" = '[["serves",1,1]]' ]; }
eventually "and is told of while the job runs" told
licensefs umount "$tmp/job"
run licensefs revoke "$store" --path birds/new.pnm --reason test --erase --json
is "$(jobs)" '[["serves",1,1]]' "an erasure says it a last time"
ledger=$store/.licensefs/catalog.db-jobs/3.ledger
printf 'x' | dd of="$ledger" bs=1 seek=$(($(stat -c %s "$ledger") - 50)) conv=notrunc 2>/dev/null
run licensefs find "$store" --hash "$hash"
like "$out" "reads \(2 images, 1 opened\), looks \(2 images, at least 0 opened\)" "a ledger that is damaged may hide more"
run licensefs find "$store" --hash "$hash" --json
is "$(json '.jobs | map([.name, .complete])')" '[["reads",null],["looks",false]]' "in JSON, too"
cp "$store/train/cc0.pnm" "$store/birds/again.pnm" && scan
run licensefs find "$store" train/cc0.pnm --hash "$(licensefs find "$store" --json train/cc0.pnm | jq -r .xxh3)" --json
is "$(json '[.jobs[] | select(.name == "looks" or .name == "reads") | [.name, .opened, .complete]]')" \
	'[["reads",true,null],["looks",false,false]]' "what is live is not said to be never opened, either"
licensefs revoke "$store" --path train/cc0.pnm --reason test >/dev/null
run licensefs job report "$store" reads
like "$out" "also in job 'looks': 1 image, at least 0 opened|also in job looks: 1 image, at least 0 opened" "nor by the report of another job"
run licensefs job report "$store" reads --json
is "$(json '.takedowns[-1].jobs | map(select(.name == "looks") | [.opened, .complete])')" '[[0,false]]' "or its JSON"
licensefs job rm "$store" reads >/dev/null
run licensefs find "$store" --hash "$hash" --json
is "$(jobs)" '[["looks",2,0]]' "a job that was removed is named no more"
sanitizers_are_silent
plan
