# SPDX-License-Identifier: Apache-2.0
# licensefs run: a command that sees the view in the store's place, as root and as anybody.
. "${top_srcdir:-.}/tests/shell/run.sh"
make_small_store
mkdir -p "$tmp/out" && chmod 777 "$tmp/out"
shown="README cats/by.pnm train/cc0.pnm "
cd "$tmp" || exit 99

for who in root nobody; do
	[ $who = root ] || { chown -R nobody "$store" && scan; }
	view=(by $who licensefs run "$store" --view commercial --)

	run "${view[@]}" sh -c "cd '$store' && find . -type f -printf '%P\n' | LC_ALL=C sort | tr '\n' ' '"
	is "$out" "$shown" "$who: the store's path shows the view"
	is "$status" 0 "$who: and the command succeeds"
	ok "$who: outside the store is as ever" [ -e "$store/cats/none.pnm" ]
	run by $who licensefs run "$store" --where 'license=CC0-1.0' -- sh -c "ls '$store'/*/*"
	is "$out" "$store/train/cc0.pnm" "$who: an expression is a view, too"
	run by $who licensefs run "$store" -o view=commercial,mode=checked -- cat "$store/cats/by.pnm"
	is "$out" "$(tr -d '\0' <"$store/cats/by.pnm")" "$who: an unmodified program reads the judged bytes"
	run by $who licensefs run "$store" --view commercial -o classes=keep -- ls "$store"
	is "$(echo $out)" "README cats dogs empty train" "$who: options of mount hold"
	run "${view[@]}" python3 -c "import os,sys; print(open('$store/cats/by.pnm','rb').read()[:2], os.path.realpath('$store'))"
	is "$out" "b'P6' $store" "$who: Python reads through it"

	# --- status
	for s in 0 1 7 125 255; do
		run "${view[@]}" sh -c "exit $s"
		is "$status" $s "$who: exit status $s"
	done
	run bash -c '"$@"; echo $?' - "${view[@]}" sh -c 'kill -TERM $$'
	is "$out" 143 "$who: a signal's status"
	exits 127 "$who: no such command" "${view[@]}" no-such-command
	like "$err" "cannot run 'no-such-command': No such file" "$who: is told"
	exits 126 "$who: no command" "${view[@]}" "$tmp"
	exits 126 "$who: not executable" "${view[@]}" "$store/README"
	exits 127 "$who: a program that only the raw store has" "${view[@]}" "$store/cats/none.pnm"
	exits 125 "$who: no view" by $who licensefs run "$store" --view nothing-like-it -- true
	like "$err" "nothing-like-it" "$who: is named"
	exits 125 "$who: no such mode" by $who licensefs run "$store" --view commercial -o mode=slow -- true
	exits 125 "$who: what is only for mounts" by $who licensefs run "$store" --view commercial -o allow_other -- true
	exits 125 "$who: nothing to see" by $who licensefs run "$store" -- true
	like "$err" "--view NAME, --where EXPR, or --snapshot NAME" "$who: says what is missing"
	for both in "--view commercial --where license=CC0-1.0" "--snapshot a --where license=CC0-1.0" "--view commercial --basis b" "--snapshot a --basis b" "--view commercial -o where=license=CC0-1.0"; do
		exits 125 "$who: $both" by $who licensefs run "$store" $both -- true
		like "$err" "run: --[a-z]+ (and --[a-z]+ exclude each other|belongs to --where)" "$who: is refused by the names that they have"
		unlike "$err" "[a-z]= " "$who: not by those of mount"
	done
	exits 125 "$who: no command named" by $who licensefs run "$store" --view commercial
	exits 125 "$who: JSON of what" by $who licensefs run --json "$store" --view commercial -- true

	# --- what passes through
	run "${view[@]}" env A=1 sh -c 'echo "$A"; id -u; pwd; umask'
	is "$out" "$(printf '%s\n' 1 "$(by $who id -u)" "$tmp" "$(umask)")" "$who: user, directory, environment"
	is "$(echo words | "${view[@]}" cat 2>/dev/null)" words "$who: standard input and output"
	run "${view[@]}" python3 -c 'import signal; print(signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN, signal.pthread_sigmask(signal.SIG_BLOCK, []))'
	is "$out" "True set()" "$who: signals as they were" # Python itself ignores SIGPIPE
	run bash -c 'set -o pipefail; "$@" sh -c "yes; exit 3" 2>/dev/null | head -1; echo ${PIPESTATUS[0]}' - "${view[@]}"
	is "$(echo $out)" "y 3" "$who: a pipe that closes"
	run "${view[@]}" sh -c 'ps -o pgid= -p $$; ps -o pid= --ppid $$ | wc -l'
	is "$(wc -w <<<"$out")" 2 "$who: the command has a group"
	run "${view[@]}" python3 -c '
import os
try: os.waitpid(-1, os.WNOHANG); print("a child")
except ChildProcessError: print("no child")'
	is "$out" "no child" "$who: and no children that it did not start"
	run by $who python3 -c '
import os, pty, subprocess, sys
p = subprocess.Popen(["licensefs", "run", sys.argv[1], "--view", "commercial", "--", "python3", "-c",
    "import os; print(os.getpid(), os.getppid(), os.getpgrp())"], stdout=subprocess.PIPE)
print([int(x) for x in p.communicate()[0].split()] == [p.pid, os.getpid(), os.getpgrp()])' "$store"
	is "$out" True "$who: process, parent and group are those of the caller's child"

	# --- the terminal: Ctrl-C, Ctrl-Z and fg in a shell with job control
	run by $who python3 "$top_srcdir/tests/shell/run_tty.py" "$store"
	is "$out" "terminal interrupted stopped continued 5" "$who: terminal, Ctrl-C, Ctrl-Z, fg"

	# --- the working directory
	run bash -c 'cd "$0" && shift 0 && exec "$@"' "$store/cats" "${view[@]}" sh -c 'pwd; ls; ls ..'
	is "$(echo $out)" "$store/cats by.pnm README cats train" "$who: a directory below the store is the view's"
	run bash -c 'cd "$0" && exec "$@"' "$store/dogs" "${view[@]}" ls
	is "$status" 125 "$who: one that the view has not is refused"
	like "$err" "working directory '$store/dogs' is not in the view" "$who: by name"

	# --- descriptors
	exits 125 "$who: a file of the store as standard input" bash -c 'exec "$@" <"$0"' "$store/cats/none.pnm" "${view[@]}" cat
	like "$err" "standard input is a file of the store" "$who: is refused"
	run bash -c 'exec "$@" 2>&1 3<"$0/cats/none.pnm" 4<"$0" 5</ 6<"$1"' "$store" "${view[@]}" sh -c 'for f in 3 4 5 6; do [ -e /proc/self/fd/$f ] && echo open $f; done'
	like "$out" "descriptor 3: a file of the store.*descriptor 4: a directory.*descriptor 5: a directory" "$who: others are closed"
	unlike "$out" "open [345]" "$who: before the command"
	run bash -c 'exec "$@" 7<<<words' - "${view[@]}" sh -c 'cat <&7'
	is "$out" words "$who: what has nothing to do with the store stays"

	# --- the end
	eventually "$who: nothing is left behind" no_servers
	ok "$who: nor a mount" [ -z "$(awk -v s="$store" '$5 == s' /proc/self/mountinfo)" ]
	"${view[@]}" sleep 60 2>/dev/null &
	job=$!
	eventually "$who: it serves" some_server
	child=$(sed -n "s|.*@licensefs-run/[^/]*/\([0-9]*\)/$(servers)\$|\1|p" /proc/net/unix)
	kill -KILL "$child"
	wait $job
	is $? 137 "$who: killed"
	eventually "$who: and with it all that served it" no_servers
	"${view[@]}" sh -c 'cat >/dev/null <"$1/cats/by.pnm" && echo served; until ! cat "$1/cats/by.pnm" >/dev/null 2>&1; do :; done; ls "$1" 2>&1' - "$store" >"$tmp/out/dead" 2>/dev/null &
	job=$!
	eventually "$who: it serves again" grep -q served "$tmp/out/dead"
	kill -KILL "$(servers)"
	wait $job
	like "$(cat "$tmp/out/dead")" "not connected|canceled|connection abort" "$who: without its daemon the command has nothing"
	for _ in 1 2 3 4 5 6 7 8; do
		"${view[@]}" sleep 60 2>/dev/null &
		sleep 0.0$((RANDOM % 90 + 10))
		kill -KILL $!
		wait $!
	done 2>/dev/null
	eventually "$who: killed at any moment nothing is left" no_servers
	eventually "$who: no process either" sh -c '! pgrep -f "guards the mount on $1\$"' - "$store"
	# what it leaves behind soon has nothing either
	"${view[@]}" sh -c '(for i in $(seq 3000); do ls "$1" >"$2" 2>&1 || break; sleep 0.01; done; echo over >>"$2") & cat "$1/cats/by.pnm" >/dev/null' - "$store" "$tmp/out/left" 2>/dev/null
	eventually "$who: what a command leaves behind goes on" grep -q over "$tmp/out/left"
	like "$(cat "$tmp/out/left")" "not connected|canceled|connection abort" "$who: without the view"

	# --- a takedown in mid-run
	mkfifo "$tmp/out/go"
	chmod 666 "$tmp/out/go"
	"${view[@]}" sh -c 'exec 3<"$1/cats/by.pnm"; cat "$1/cats/by.pnm" >/dev/null; echo ready >"$2/ready"; read x <"$2/go"
		ls "$1/cats" 2>&1; cat "$1/cats/by.pnm" 2>&1; cat <&3 2>&1' - "$store" "$tmp/out" >"$tmp/out/said" 2>&1 &
	job=$!
	eventually "$who: the command has read it" test -e "$tmp/out/ready"
	known() { [ "$(licensefs status "$store" --json | jq -c '[.following[] | select(.command) | .state]')" = '["following"]' ]; }
	eventually "$who: status knows the run" known
	run licensefs revoke "$store" --path cats/by.pnm --reason test --wait 50 --json
	is "$(json '[.mounts[] | select(.command) | .state]')" '["following"]' "$who: revoke waits for it"
	echo >"$tmp/out/go"
	wait $job
	unlike "$(cat "$tmp/out/said")" "P6" "$who: nothing of it is read after that"
	like "$(cat "$tmp/out/said")" "by.pnm" "$who: by no name"
	licensefs restore "$store" "$(licensefs revoke "$store" --list --json | jq -s 'map(select(.in_force))[0].revocation')" --reason test >/dev/null
	rm -f "$tmp/out/"*

	# --- a snapshot
	licensefs snapshot create "$store" "pinned-$who" --view commercial >/dev/null
	licensefs decide "$store" dogs/nc.pnm --license CC0-1.0 --reason test >/dev/null
	run by $who licensefs run "$store" --snapshot "pinned-$who" -- sh -c 'ls "$1"/*/*' - "$store"
	is "$(echo $out)" "$store/cats/by.pnm $store/train/cc0.pnm" "$who: a snapshot is what it was"
	licensefs decide "$store" --undo "$(licensefs decide "$store" --list --json | jq -s '[.[].decision] | max')" --reason test >/dev/null

	# --- scratch
	mkdir "$tmp/scratch, of:$who" && chmod 777 "$tmp/scratch, of:$who"
	run by $who licensefs run "$store" --view commercial --scratch "$tmp/scratch, of:$who" -- sh -c 'cd "$1" && echo new >cats/labels.cache && echo more >>cats/by.pnm && rm README && mkdir -p runs/1 && tail -n 1 cats/by.pnm; ls' - "$store"
	is "$(echo $out)" "rgbcats/by.pnmmore cats runs train" "$who: a command may write beside its data"
	ok "$who: which stays as it is" [ ! -e "$store/cats/labels.cache" -a -e "$store/README" ]
	is "$(cat "$tmp/scratch, of:$who/upper/cats/labels.cache")" new "$who: the scratch directory takes it"
	run by $who licensefs run "$store" --view commercial --scratch "$tmp/scratch, of:$who" -- cat "$store/cats/labels.cache"
	is "$out" new "$who: and gives it to the next run"
	exits 125 "$who: a scratch directory in the store" by $who licensefs run "$store" --view commercial --scratch "$store/cats" -- true
done

# --- places
store="$tmp/with blank
and newline"
mkdir "$store"
image a.pnm && image b.pnm
scan
decide a.pnm --license CC0-1.0
run licensefs run "$store" --view commercial -- ls "$store"
is "$out" a.pnm "a store whose name has blanks and a newline"
store=$tmp/tmpfs && mkdir "$store" && mount -t tmpfs none "$store"
image a.pnm && image b.pnm
scan
decide a.pnm --license CC0-1.0
run licensefs run "$store" --view commercial -- ls "$store"
is "$out" a.pnm "a store that is a mount point, of a tmpfs"
mkdir "$tmp/layers" && mount -t tmpfs none "$tmp/layers" && mkdir "$tmp/layers/"{lower,upper,work} "$tmp/merged"
if mount -t overlay none "$tmp/merged" -o "lowerdir=$tmp/layers/lower,upperdir=$tmp/layers/upper,workdir=$tmp/layers/work"; then
	store=$tmp/merged/store
	image a.pnm && image b.pnm
	scan
	decide a.pnm --license CC0-1.0
	run licensefs run "$store" --view commercial -- sh -c 'ls "$@"' - "$store" "$tmp/layers/upper/store"
	is "$(echo $out)" "$tmp/layers/upper/store: a.pnm $store: a.pnm" "a store on an overlay, and its layer"
	mkdir "$tmp/above"
	exits 0 "with a scratch directory" licensefs run "$store" --view commercial --scratch "$tmp/above" -- cat "$store/a.pnm"
fi
exits 125 "no store is everything" licensefs run / --view commercial --catalog "$store/.licensefs/catalog.db" -- true
like "$err" "name a directory below" "says what to do"

# --- what is missing
exits 125 "no /dev/fuse" unshare -m --propagation private sh -c 'mkdir -p "$1" && mount --bind "$1" /dev/fuse 2>/dev/null; mount --bind /dev/null /dev/fuse && shift && exec "$@"' - "$tmp/none" licensefs run "$store" --view commercial -- true
run unshare -U -r sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' - licensefs run "$store" --view commercial -- true
is "$status" 125 "no user namespaces"
like "$err" "user.max_user_namespaces" "the remedy is named"
sanitizers_are_silent
plan
