# SPDX-License-Identifier: Apache-2.0
# licensefs scan and status: what is found, where the catalog is, and what may go wrong.
. "${top_srcdir:-.}/tests/shell/lib.sh"
make_store

succeeds "scan" licensefs scan "$store"
like "$out" '25 images' "counts the images"
like "$out" 'clear +22' "and those that are clear"
like "$out" 'CC-BY-4.0 +[0-9]+ +[0-9]+' "and the licenses"
is "$err" "" "and has nothing to complain about"
ok "the catalog is in the store" test -s "$store/.licensefs/catalog.db"
succeeds "scan again" licensefs scan --json "$store"
is "$(json '[.images, .added, .changed, .removed, .unchanged]')" '[25,0,0,0,25]' "finds nothing new"
is "$(json '.status.clear + .status.unlicensed + .status.conflict')" 25 "statuses add up"
is "$(json '[.licenses[].images] | add')" 25 "licenses add up"
exits 1 "scan --strict" licensefs scan --strict "$store"
rm "$store"/night/lightning.jpg "$store"/space/{earthrise,falcon9}.jpg
rm "$store"/landscapes/dandelions.jpg
succeeds "scan --strict where all is clear" licensefs scan --strict --jobs 2 "$store"
like "$out" '4 removed' "files that are gone are counted"
cp "$store/food/fig.jpg" "$store/food/fig2.jpg"
echo more >>"$store/food/wine.jpg"
run licensefs scan --json "$store"
is "$(json '[.added, .changed]')" '[1,1]' "new and changed files are counted"

printf x >"$store/labels.cache"
ln -s food "$store/link"
mkfifo "$store/pipe"
succeeds "scan with files that are never shown" licensefs scan --json "$store"
is "$(json .hidden)" 3 "which are hidden"
succeeds "status" licensefs status "$store"
like "$out" 'mounts +none' "shows mounts"
like "$out" 'noncommercial +[0-9]+ +noncommercial-use' "and views"
succeeds "status --json" licensefs status --json "$store"
is "$(json '[.hidden[]] | add')" 3 "hidden files by rule"
is "$(json 'has("hidden_files")')" false "without names"
is "$(json '[.views[].name]')" '["noncommercial","commercial","redistributable","augmentable","augmentable-shared","attribution-free","public-domain"]' "views in their order"
succeeds "status -v" licensefs status -v --json "$store"
is "$(json -r '.hidden_files | map(.path) | sort | join(" ")')" "labels.cache link pipe" "names of hidden files"
succeeds "status --verify" licensefs status --verify "$store"
like "$out" 'sound' "says that the catalog is sound"

# Another catalog
succeeds "scan with --catalog" licensefs scan --catalog "$tmp/other.db" "$store"
ok "which is made where it is said" test -s "$tmp/other.db"
LICENSEFS_CATALOG=$tmp/env.db run licensefs scan --json "$store"
is "$(json -r .catalog)" "$tmp/env.db" "LICENSEFS_CATALOG names a catalog"
LICENSEFS_CATALOG=$tmp/env.db run licensefs status --catalog "$tmp/other.db" --json "$store"
is "$(json -r .catalog)" "$tmp/other.db" "--catalog outranks it"
echo "not a database, but long enough to be taken for one" >"$tmp/bad.db"
exits 3 "a foreign catalog" licensefs status --catalog "$tmp/bad.db" "$store"
ok "is refused with a message" test -n "$err"
head -c 100000 /dev/urandom | dd of="$tmp/other.db" bs=1 seek=8192 conv=notrunc 2>/dev/null
run licensefs status --verify --catalog "$tmp/other.db" "$store"
ok "a damaged catalog is found" test "$status" = 1 -o "$status" = 3

# Interrupted: the batch is finished, and the next run goes on.
for i in $(seq 2000); do ln "$store/food/fig.jpg" "$store/food/many$i.jpg"; done
for ms in 10 15 20 30 40 60 80 110 150 200 270 360 500 700 1000 1400 2000 3000; do
	timeout --preserve-status -s INT "$(printf %d.%03d $((ms / 1000)) $((ms % 1000)))" licensefs scan -j 1 --verify "$store" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status = 3 ] && break
done
is "$status" 3 "an interrupted scan exits with 3"
like "$(cat "$tmp/err")" 'running it again goes on' "and says what to do"
is "$(cat "$tmp/out")" "" "and prints no result"
succeeds "running it again" licensefs scan --json "$store"
is "$(json .images)" 2022 "comes to the end"
succeeds "the catalog is sound" licensefs status --verify "$store"

if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --clear-groups true 2>/dev/null; then
	mkdir "$store/closed" && cp "$store/food/fig.jpg" "$store/closed/" && licensefs scan "$store" >/dev/null
	chown -R 65534 "$tmp" && chmod 0 "$store/closed"
	run setpriv --reuid 65534 --clear-groups "$top_builddir/licensefs" scan --json "$store"
	like "$err" '^licensefs: scan: cannot list closed: ' "a directory that cannot be listed is named"
	is "$(json '[.unreadable_directories, .removed]')" '[1,1]' "and what was in it is gone"
	chmod 700 "$store/closed"
fi

# Progress: only on a terminal
run licensefs scan --verify "$store"
is "$err" "" "no progress in a pipe"
plan
