# SPDX-License-Identifier: Apache-2.0
# A catalog that is put back to an older state under a ledger: nobody knows what its generations and numbers were.
. "${top_srcdir:-.}/tests/shell/mount.sh"
. "$top_srcdir/tests/shell/ledger.sh"
make_small_store
# copy FROM TO: a catalog, as whoever makes backups of it does
copy() { python3 -c 'import sqlite3, sys
a, b = (sqlite3.connect(p, timeout=30) for p in sys.argv[1:3])
a.backup(b)' "$1" "$2"; }
catalog=$store/.licensefs/catalog.db
told() { licensefs job show "$store" "$1" --json 2>/dev/null | jq -c "$2"; }
incomplete() { [ "$(told "$1" .complete)" = false ]; }

# --- while it is served
up -o view=commercial,job=served,mode=checked
copy "$catalog" "$tmp/old.db"
decide cats/none.pnm --license CC0-1.0
eventually "an image comes" test -e "$mnt/cats/none.pnm"
cat "$mnt/cats/none.pnm" >/dev/null
eventually "the ledger has it" has 1 '[.[] | select(.type == "shown" and .generation > 0)] | length > 0'
copy "$tmp/old.db" "$catalog"
eventually "a catalog that is put back under a mount makes its ledger incomplete" incomplete served
down
ok "for good" incomplete served
run licensefs job report "$store" served
like "${out%%$'\n'*}" "^INCOMPLETE: " "which the first line says"

# --- between two times
up -o view=commercial,job=between,mode=checked
copy "$catalog" "$tmp/old.db"
decide cats/none.pnm --license CC0-1.0
eventually "an image comes" test -e "$mnt/cats/none.pnm"
cat "$mnt/cats/none.pnm" >/dev/null
down
eventually "a job ends" eval '[ "$(told between .state)" = "\"ended\"" ]'
is "$(told between .complete)" true "complete"
copy "$tmp/old.db" "$catalog"
ok "a catalog that is put back later makes it incomplete" incomplete between
like "$(told between .trouble)" "put back" "and says why"
last=$(date +%s)
until [ "$(date +%s)" -gt "$last" ]; do :; done
for i in 1 2 3; do decide cats/none.pnm --license CC0-1.0; decide cats/none.pnm --deny; done
like "$(told between .trouble)" "put back" "also when as much has happened again"
up -o view=commercial,job=between,mode=checked
down
ok "also for who goes on with it" incomplete between
sanitizers_are_silent
plan
