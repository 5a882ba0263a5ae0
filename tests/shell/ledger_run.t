# SPDX-License-Identifier: Apache-2.0
# The ledger of a command: as root and as anybody, out of its reach.
. "${top_srcdir:-.}/tests/shell/run.sh"
. "$top_srcdir/tests/shell/ledger.sh"
make_small_store
by=$(licensefs run "$store" --view commercial -- stat -c %i "$store/cats/by.pnm" 2>/dev/null)
cd "$tmp" || exit 99

for who in root nobody; do
	[ $who = root ] || { chown -R nobody "$store" && scan; }
	job=$((job + 1))
	run by $who licensefs run "$store" --view commercial --job "$who" -- sh -c "cat '$store/cats/by.pnm' >/dev/null; ls -a '$store'; ls -l /proc/self/fd; exit 5"
	is "$status" 5 "$who: a command with a job has its own status"
	unlike "$out" '\.ledger|catalog\.db' "$who: and finds no ledger, neither by name nor open"
	eventually "$who: its ledger ends" ended $job
	ok "$who: because the command ended" has $job '.[-1].why == 2'
	if has $job '.[0].mode == "cached"'; then
		ok "$who: with what was read" has $job "($opened) == [$by]"
	else
		ok "$who: with what cat opened" has $job "($(opened_by cat)) == [$by]"
	fi
	exits 125 "$who: a name is for one run" by $who licensefs run "$store" --view commercial --job "$who" -- true
	exits 127 "$who: a command that is not there" by $who licensefs run "$store" --view commercial --job "$who-none" -- no-such-command
	exits 126 "$who: nor is a directory one" by $who licensefs run "$store" --view commercial --job "$who-none" -- "$tmp"
	ok "$who: uses up no name" by $who licensefs run "$store" --view commercial --job "$who-none" -- true
	ok "$who: and the job is removed right after its command" by $who licensefs job rm "$store" "$who-none"
	job=$((job + 1))
done
mkdir -m 777 "$tmp/elsewhere"
licensefs scan "$store" --catalog "$tmp/elsewhere/c.db" >/dev/null
licensefs decide "$store" '**' --license CC0-1.0 --reason test --catalog "$tmp/elsewhere/c.db" >/dev/null 2>&1
chown -R nobody "$tmp/elsewhere"
for who in nobody root; do
	run by $who licensefs run "$store" --catalog "$tmp/elsewhere/c.db" --view noncommercial --job "$who" -- \
		sh -c "ls -A '$tmp/elsewhere/c.db-jobs'; touch '$tmp/elsewhere/c.db-jobs/x' 2>/dev/null && echo written; cat '$store/train/cc0.pnm' >/dev/null"
	is "$status/$out" 0/ "$who: a ledger beside a catalog elsewhere is out of reach"
done
is "$(ls "$tmp/elsewhere/c.db-jobs" | tr '\n' ' ')" "1.ledger 2.ledger " "and there"
chmod 555 "$store/.licensefs" && chmod 444 "$store"/.licensefs/*.db*
run by nobody licensefs mount "$store" "$mnt" -o view=commercial,job=denied
ok "a catalog that cannot be written has no jobs" [ "$status" != 0 ]
sanitizers_are_silent
plan
