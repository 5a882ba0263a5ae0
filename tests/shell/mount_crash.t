# SPDX-License-Identifier: Apache-2.0
# Writers that are killed or find the disk full, catalogs that are damaged under a running mount: what was
# hidden stays hidden, the catalog stays whole, and the mount follows what is committed next or answers nothing.
. "${top_srcdir:-.}/tests/shell/mount.sh"
# images TEXT PATH...: pictures whose bytes depend on TEXT and on the path.
images() {
	local text=$1 p
	shift
	for p; do printf 'P6\n1 1\n255\nrgb%s' "$p $text" >"$store/$p"; done
}
mkdir "$store/seen" "$store/denied" "$store/plain"
images first {seen,denied,plain}/{1..100}.pnm
db=$store/.licensefs/catalog.db
scan
decide 'seen/*.pnm' --license CC-BY-4.0
decide 'denied/*.pnm' --license CC-BY-4.0
decide 'denied/*.pnm' --deny
permitted() { licensefs find "$store" --where commercial-use --json "$@" | jq -r .path | LC_ALL=C sort | tr '\n' ' '; }
revocations() { licensefs revoke "$store" --list --json | jq 'select(.in_force) | .revocation'; }
agrees() { [ "$(files "$mnt" 2>/dev/null)" = "$(permitted "$@")" ]; }
# agree: within half a minute; silently.
agree() {
	local end=$((SECONDS + 31))
	until agrees "$@"; do [ $SECONDS -lt $end ] || return 1; done
}
# The mount says nothing to any question.
mute() { ! stat "$mnt/seen/1.pnm" && ! ls "$mnt/seen" && ! cat "$mnt/seen/2.pnm"; }
warm() { find "$mnt" -type f -exec cat {} + >/dev/null && ls -lR "$mnt" >/dev/null; }

# --- writers that are killed
up -o view=commercial
ok "the mount shows what is permitted" agrees
(until [ -e "$tmp/stop" ]; do
	for i in 1 50 100; do
		cat "$mnt/denied/$i.pnm" "$mnt/plain/$i.pnm"
		stat "$mnt/denied/$i.pnm" "$mnt/plain/$i.pnm"
	done 2>/dev/null
	ls "$mnt" | grep -v seen
done >>"$tmp/leak") &
watcher=$!
killed=0 damaged=0 differ=0
for n in $(seq 9); do
	in_force=$(revocations)
	if [ $((n % 3)) = 0 ]; then
		images "$n" plain/{1..30}.pnm
		command=(licensefs scan "$store")
	elif [ -n "$in_force" ]; then
		command=(licensefs restore "$store" $in_force --reason "round $n")
	elif [ $((n % 2)) = 0 ]; then
		command=(licensefs decide "$store" 'seen/*.pnm' --deny --reason "round $n")
	else
		command=(licensefs revoke "$store" --path 'seen/*.pnm' --reason "round $n")
	fi
	"${command[@]}" >/dev/null 2>&1 &
	writer=$!
	sleep "0.0$(printf %02d $((RANDOM % 40)))"
	kill -KILL $writer 2>/dev/null && killed=$((killed + 1))
	wait $writer 2>/dev/null
	# what a denial hides cannot be hidden once more
	[ "${command[1]}" != decide ] || for d in $(licensefs decide "$store" --list --json | jq 'select(.in_force and .decision > 3) | .decision'); do
		decide --undo "$d"
	done
	licensefs status "$store" --verify >/dev/null 2>"$tmp/verify" || { damaged=$((damaged + 1)) && note "$(cat "$tmp/verify")"; }
	agree || { differ=$((differ + 1)) && note "round $n: $(files "$mnt" | wc -w) files, not $(permitted | wc -w)"; }
done
touch "$tmp/stop"
wait $watcher
note "killed $killed writers of 9"
ok "writers were killed in mid-transaction" [ $killed -gt 0 ]
is "$damaged" 0 "the catalog was consistent after each"
is "$differ" 0 "the mount showed what it says after each"
is "$(cat "$tmp/leak")" "" "and what was hidden was never to be seen"
scan
ok "the next scan works, and is followed" agree
for n in $(revocations); do
	licensefs restore "$store" "$n" --reason test >/dev/null
done
for n in $(licensefs decide "$store" --list --json | jq 'select(.in_force and .decision > 3) | .decision'); do
	decide --undo "$n"
done
ok "so is what is permitted again" agree
is "$(files "$mnt" | wc -w)" 100 "all of it"
down

# --- disks that are full
mkdir "$tmp/disk" && mount -t tmpfs -o size=1200k none "$tmp/disk"
cp "$db" "$tmp/disk/catalog.db"
export LICENSEFS_CATALOG=$tmp/disk/catalog.db
up -o view=commercial
warm
head -c 10m /dev/zero >"$tmp/disk/ballast" 2>/dev/null
exits 3 "on a full disk a denial fails" licensefs decide "$store" 'seen/*.pnm' --deny --reason test
like "$err" "disk is full|No space|full" "says why: $err"
exits 3 "so does a revocation" licensefs revoke "$store" --path 'seen/*.pnm' --reason test
like "$err" "disk is full.*make room" "says why: $err"
ok "and changes nothing: the mount serves" agrees
succeeds "the catalog is whole" licensefs status "$store" --verify
ok "new readers come and go" licensefs find "$store" seen/1.pnm
rm "$tmp/disk/ballast"
succeeds "with room again it works" licensefs revoke "$store" --path 'seen/*.pnm' --reason test
ok "and the mount follows" agree
is "$(files "$mnt")" "" "it"
down
unset LICENSEFS_CATALOG
umount -l "$tmp/disk"
if [ -z "${AM_SANITIZE:-}" ] && ${CC:-cc} -O1 -shared -fPIC -o "$tmp/faults.so" "$top_srcdir/tests/shell/mount_faults.c" -ldl; then
	up -o view=commercial
	warm
	for space in 0 5000 20000 60000; do
		exits 3 "a disk that is full after $space bytes" env LD_PRELOAD="$tmp/faults.so" FAULT_SPACE=$space licensefs decide "$store" 'seen/*.pnm' --deny --reason test
		ok "  changes nothing" agrees
	done
	succeeds "nor does that harm" licensefs status "$store" --verify
	decide 'seen/1*.pnm' --deny
	ok "the next denial is followed" agree
	down
fi
up -o view=commercial
exits 3 "a catalog on a disk that became read-only is not written" unshare -m --propagation private sh -c "
	mount --bind '$store/.licensefs' '$store/.licensefs' && mount -o remount,bind,ro '$store/.licensefs' &&
	licensefs decide '$store' 'seen/*.pnm' --deny --reason test"
like "$err" "read-only|Read-only|permission|not writable" "says why: $err"
ok "and the mount goes on" agrees
down

# --- catalogs that are damaged under a mount: at rest, when nothing is committed that would tell it
cp -a "$store/.licensefs" "$tmp/saved"
# a file that is cut under SQLite's mapping kills the daemon, of which sanitizers would tell
cuts="emptied cut"
[ -z "${AM_SANITIZE:-}" ] || cuts=
for how in $cuts garbage nothing index log both; do
	up -o view=commercial
	pid=$(daemon "$mnt")
	decide plain/1.pnm --deny
	ok "$how: up to date" agree
	warm
	case $how in
	emptied) : >"$db" ;;
	cut) truncate -s $(($(stat -c %s "$db") / 8192 * 4096)) "$db" ;;
	garbage) dd if=/dev/urandom of="$db" bs=8192 count=1 conv=notrunc status=none ;;
	nothing) : ;;
	index) rm "$db-shm" ;;
	log) rm "$db-wal" ;;
	both) rm "$db-shm" "$db-wal" ;;
	esac
	if [ $how = nothing ]; then
		is "$(getfattr -n user.licensefs.mount --only-values "$mnt" 2>/dev/null | cut -d' ' -f3)" "$pid" "else it goes on"
	else
		eventually "$how: the mount answers nothing" mute
	fi
	licensefs umount "$mnt" 2>/dev/null
	rm -rf "$store/.licensefs" && cp -a "$tmp/saved" "$store/.licensefs"
done
up -o view=commercial
warm
rm "$db-shm" "$db-wal"
decide 'seen/*.pnm' --deny
eventually "what is decided past the mount does not stay visible in it" mute
down
sanitizers_are_silent
plan
