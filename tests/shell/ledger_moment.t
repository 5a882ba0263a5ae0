# SPDX-License-Identifier: Apache-2.0
# What happens between two looks of whoever keeps a ledger: a stopped daemon stands for one that is late.
. "${top_srcdir:-.}/tests/shell/mount.sh"
. "$top_srcdir/tests/shell/ledger.sh"
make_small_store
for f in later twice back; do image dogs/$f.pnm; done
scan
# late COMMAND...: commits that the daemon finds all at once
late() {
	kill -STOP "$pid"
	while [ "$#" -gt 0 ]; do eval "$1" || fail "$1"; shift; done
	kill -CONT "$pid"
}
# seen PATH: license that it could be seen with; told PATH: what the ledger says of it, in order
seen() { licensefs job report "$store" moments --list seen --json 2>/dev/null | jq -r --arg path "$1" 'select(.path == $path) | .license'; }
id() { python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT id FROM entry WHERE name = ? AND died IS NULL", (sys.argv[2].encode(),)).fetchone()[0])' "$store/.licensefs/catalog.db" "${1##*/}"; }
told() { records 1 "[.[] | select(.type == \"shown\" or .type == \"hidden\") | select(.ids | index($(id "$1"))).type] | join(\" \")"; }
says() { [ "$(told "$1")" = "\"$2\"" ]; }
up -o view=commercial,job=moments,mode=checked
pid=$(daemon "$mnt")

late 'decide cats/none.pnm --license CC-BY-4.0' 'decide cats/none.pnm --license CC-BY-NC-4.0 --override'
eventually "what was visible for a moment is told" says cats/none.pnm "shown hidden"
is "$(seen cats/none.pnm)" CC-BY-4.0 "with the license that it was visible with"

late 'decide dogs/later.pnm --license CC-BY-4.0' 'decide dogs/later.pnm --license CC0-1.0 --override'
eventually "what became visible, and has another license since, is told" says dogs/later.pnm shown
is "$(seen dogs/later.pnm)" CC-BY-4.0 "with the first"

late 'decide dogs/twice.pnm --license CC-BY-4.0' 'decide dogs/twice.pnm --deny'
eventually "shown and hidden before a look" says dogs/twice.pnm "shown hidden"
late 'licensefs decide "$store" --undo "$(licensefs decide "$store" --list --json | jq -s "map(.decision) | max")" --reason test >/dev/null' \
	'decide dogs/back.pnm --license CC0-1.0'
eventually "and shown after it" says dogs/twice.pnm "shown hidden shown"
late 'decide dogs/back.pnm --deny' 'decide dogs/twice.pnm --deny'
eventually "and hidden after the next" says dogs/twice.pnm "shown hidden shown hidden"
eventually "what was shown at a look and hidden before the next is told so" says dogs/back.pnm "shown hidden"
is "$(seen dogs/twice.pnm)" CC-BY-4.0 "it counts as it was first"
down
eventually "it ends" ended 1
ok "and is complete" has 1 'all(.[]; .type != "lost")'
run licensefs job show "$store" moments --json
is "$(json '[.state, .complete]')" '["ended",true]' "as is told"
sanitizers_are_silent
plan
