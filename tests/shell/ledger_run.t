# SPDX-License-Identifier: Apache-2.0
# The ledger of a command: as root and as anybody, out of its reach.
. "${top_srcdir:-.}/tests/shell/run.sh"
. "$top_srcdir/tests/shell/ledger.sh"
make_small_store
by=$(licensefs run "$store" --view commercial -- stat -c %i "$store/cats/by.pnm" 2>/dev/null)
cd "$tmp" || exit 99
told() { licensefs job show "$store" "$1" --json | jq -c "$2"; }

for who in root nobody; do
	[ $who = root ] || { chown -R nobody "$store" && scan; }
	run by $who licensefs run "$store" --view commercial --job "$who" -- sh -c "cat '$store/cats/by.pnm' >/dev/null; ls -a '$store'; ls -l /proc/self/fd; exit 5"
	is "$status" 5 "$who: a command with a job has its own status"
	unlike "$out" '\.ledger|catalog\.db' "$who: and finds no ledger, neither by name nor open"
	job=$(told "$who" .number)
	is "$(told "$who" '[.state, .outcome, .exit_status, .signal, .complete]')" '["ended","exited",5,null,true]' "$who: how it ended is in its ledger"
	ok "$who: as a record before the end" has $job '.[-2] | .type == "command" and .outcome == 1 and .status == 5'
	ok "$who: because the command ended" has $job '.[-1].why == 2'
	if has $job '.[0].mode == "cached"'; then
		ok "$who: with what was read" has $job "($opened) == [$by]"
	else
		ok "$who: with what cat opened" has $job "($(opened_by cat)) == [$by]"
	fi
	exits 125 "$who: a name is for one run" by $who licensefs run "$store" --view commercial --job "$who" -- true

	# --- one that never began leaves nothing
	printf '#!/no/interpreter\n' >"$tmp/script-$who" && chmod 755 "$tmp/script-$who"
	none=(by $who licensefs run "$store" --view commercial --job "$who-none")
	exits 127 "$who: a command that is not there" "${none[@]}" -- no-such-command
	exits 126 "$who: a directory" "${none[@]}" -- "$tmp"
	exits 126 "$who: what cannot be executed in the view" "${none[@]}" -- "$store/README"
	exits 127 "$who: what only the raw store has" "${none[@]}" -- "$store/cats/none.pnm"
	exits 127 "$who: a script whose interpreter is missing" "${none[@]}" -- "$tmp/script-$who"
	exits 125 "$who: a directory that the view has not" bash -c 'cd "$0" && exec "$@"' "$store/dogs" "${none[@]}" -- true
	exits 2 "$who: leave no job" licensefs job show "$store" "$who-none"
	is "$(ls "$store/.licensefs/catalog.db-jobs" | wc -l)" "$(licensefs job list "$store" --json | wc -l)" "$who: and no ledger"
	ok "$who: the name can be used at once" "${none[@]}" -- true
	ok "$who: and the job is removed right after its command" by $who licensefs job rm "$store" "$who-none"

	# --- how it ended
	run bash -c '"$@"; echo $?' - by $who licensefs run "$store" --view commercial --job "$who-killed" -- sh -c 'kill -TERM $$'
	is "$out" 143 "$who: a command is killed"
	is "$(told "$who-killed" '[.state, .outcome, .exit_status, .signal]')" '["ended","killed",null,15]' "$who: which is told"
	run by $who python3 -c '
import json, subprocess, sys
def told(): return json.loads(subprocess.check_output(["licensefs", "job", "show", sys.argv[1], sys.argv[2], "--json"]))
p = subprocess.Popen(["licensefs", "run", sys.argv[1], "--view", "commercial", "--job", sys.argv[2], "--", "sh", "-c", "exit 7"])
j = {"state": None}
while j["state"] != "ended":
    try: j = told()
    except subprocess.CalledProcessError: pass
print(j["state"], j["exit_status"], open(f"/proc/{p.pid}/stat").read().rsplit(")", 1)[1].split()[0])' "$store" "$who-waits"
	is "$out" "ended 7 Z" "$who: also where nobody has asked for its status yet"
	by $who licensefs run "$store" --view commercial --job "$who-blind" -- sh -c 'until ! ls "$0" >/dev/null 2>&1; do :; done; exit 0' "$store" 2>/dev/null &
	child=$!
	eventually "$who: a command runs" some_server
	eventually "$who: and its ledger" eval '[ "$(told "$who-blind" .state)" = \"running\" ]'
	is "$(told "$who-blind" '[.outcome, .command_ended]')" '[null,null]' "$who: how it ended is not told of what runs"
	kill -KILL "$(servers)"
	wait $child
	is $? 0 "$who: its daemon is killed, and it succeeds"
	is "$(told "$who-blind" '[.state, .outcome, .exit_status, .complete]')" '["broken off","unknown",null,false]' "$who: which nobody knows"
	run licensefs job list "$store"
	like "$out" "$who +run +ended, exit status 5 .*$who-killed +run +ended, killed by signal 15 \(Terminated\)" "$who: the list has it"
	run licensefs job show "$store" "$who"
	like "$out" "outcome +exit status 5, 20" "$who: and each"
	run licensefs job report "$store" "$who-killed" --html "$tmp/$who.html"
	like "$(cat "$tmp/$who.html")" "killed by signal 15" "$who: and the page"
	run licensefs job report "$store" "$who-blind"
	like "$out" "outcome +how the command ended is not known" "$who: what is not known is said"
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
