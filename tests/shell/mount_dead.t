# SPDX-License-Identifier: Apache-2.0
# A dead mount never lies: whatever dies, nothing that the kernel has cached is answered for it, nothing
# comes to light underneath it, and mounting again works.
. "${top_srcdir:-.}/tests/shell/mount.sh"
find_modes uring
case ${AM_SANITIZE:-} in
*thread*) skip_all "ThreadSanitizer's own thread keeps a process from entering a namespace, where dead mounts are replaced" ;;
esac
make_small_store
mountinfo() { awk -v m="$1" '$5 == m' /proc/self/mountinfo; }
unmounted() { [ -z "$(mountinfo "${1:-$mnt}")" ]; }
# Has a process ended? One that only waits for its parent has.
ended() {
	local line
	{ read -r line <"/proc/$1/stat"; } 2>/dev/null || return 0
	[[ ${line##*)} == " Z "* || ${line##*)} == " X "* ]]
}
# guard DAEMON: its supervisor.
guard() { tr -d ' ' <"/proc/$1/task/$1/children"; }
# warm DIR: has the kernel cache every name, listing, attribute and page.
warm() {
	local i
	for i in 1 2; do find "$1" -type f -exec cat {} + >/dev/null && ls -lR "$1" >/dev/null; done
}
# silent DIR PATH...: no call by any of these paths is answered.
silent() {
	local dir=$1 p
	shift
	for p; do
		stat "$dir/$p" 2>/dev/null && return 1
		cat "$dir/$p" 2>/dev/null && return 1
		getfattr -d "$dir/$p" 2>/dev/null && return 1
	done
	[ -z "$(find "$dir" -mindepth 1 2>/dev/null)" ] && [ -z "$(ls -A "$dir" 2>/dev/null)" ]
}
# in_time NAME COMMAND...: within a second, if nothing else keeps the machine busy; else it says how long that took.
in_time() {
	local start took
	start=$(date +%s%N)
	eventually "$@"
	took=$((($(date +%s%N) - start) / 1000000))
	[ $took -lt 1000 ] || note "which took $took ms"
}
shown="commercial/cats/by.pnm public-domain/train/cc0.pnm noncommercial/dogs/nc.pnm commercial by-license"

# --- a daemon that is killed
for mode in $modes; do
	up -o mode=$mode
	pid=$(daemon "$mnt")
	guard=$(guard "$pid")
	warm "$mnt"
	(cd "$mnt/commercial/cats" && exec sleep 60) 8<"$mnt/public-domain/train/cc0.pnm" &
	inside=$!
	eventually "$mode: a process has a directory and a file" [ /proc/$inside/cwd -ef "$mnt/commercial/cats" ]
	kill -KILL "$pid"
	in_time "$mode: soon after the daemon is killed nothing is answered" silent "$mnt" $shown
	in_time "$mode: nor by a name from a directory where somebody stood" sh -c "! stat /proc/$inside/cwd/by.pnm && ! cat /proc/$inside/cwd/by.pnm"
	in_time "$mode: the mount is gone" unmounted
	eventually "$mode: the supervisor too" ended "$guard"
	exits 0 "$mode: mounting again works, though somebody is in the dead one" "${mount[@]}" -o mode=$mode
	is "$(files "$mnt/public-domain")" "README train/cc0.pnm " "$mode: and serves"
	down
	kill $inside
	wait 2>/dev/null
done

# --- where something lies underneath
image raw.pnm
licensefs mount "$store" "$store" -o view=public-domain 2>/dev/null
pid=$(daemon "$store")
guard=$(guard "$pid")
warm "$store"
kill -KILL "$pid"
in_time "over the store: nothing is answered" silent "$store" train/cc0.pnm README train raw.pnm
eventually "the supervisor ends" ended "$guard"
like "$(mountinfo "$store")" licensefs "and the dead mount stays"
like "$(stat "$store" 2>&1)" "not connected" "as one"
exits 3 "another command cannot use the store" licensefs status "$store"
like "$err" "dead mount lies over it; mount it" "says what to do"
(until [ -e "$tmp/stop" ]; do timeout 5 test -e "$store/raw.pnm" && echo "seen" >"$tmp/seen"; done) &
watcher=$!
exits 3 "a mount that fails" licensefs mount "$store" "$store" -o view=nonsense
like "$(stat "$store" 2>&1)" "not connected" "uncovers nothing"
exits 0 "mounting again over it works" licensefs mount "$store" "$store" -o view=public-domain
touch "$tmp/stop"
wait $watcher
ok "and at no time the store was to be seen" [ ! -e "$tmp/seen" ]
is "$(files "$store")" "README train/cc0.pnm " "it serves"
is "$(mountinfo "$store" | wc -l)" 1 "alone"
licensefs umount "$store"
ok "unmounted, the store is itself" [ -e "$store/raw.pnm" ]

mkdir "$tmp/full" && echo secret >"$tmp/full/secret"
licensefs mount "$store" "$tmp/full" 2>/dev/null
kill -KILL "$(daemon "$tmp/full")"
in_time "over a directory that is not empty: nothing is answered" silent "$tmp/full" $shown secret
exits 0 "mounting again works" licensefs mount "$store" "$tmp/full"
licensefs umount "$tmp/full"
mkdir "$store/empty" "$tmp/part" 2>/dev/null
mount --bind "$store/empty" "$tmp/part"
licensefs mount "$store" "$tmp/part" 2>/dev/null
kill -KILL "$(daemon "$tmp/part")"
in_time "over a part of the store that is empty yet: nothing is answered" silent "$tmp/part" $shown
like "$(stat "$tmp/part" 2>&1)" "not connected" "and it stays covered"
umount -l "$tmp/part" && umount "$tmp/part"
up
mkdir "$tmp/late" && mount -t tmpfs none "$tmp/late" && licensefs mount "$store" "$tmp/late" 2>/dev/null
pid=$(daemon "$tmp/late")
# the directory underneath, past the mount
unshare -m sh -c "umount '$tmp/late' && echo secret >'$tmp/late/secret'"
kill -KILL "$pid"
in_time "over what was filled since: nothing is answered" silent "$tmp/late" $shown secret
umount -l "$tmp/late" && umount "$tmp/late"

# --- others' mounts
pid=$(daemon "$mnt")
guard=$(guard "$pid")
mount -t tmpfs none "$mnt/commercial/cats"
kill -KILL "$pid"
eventually "with another mount inside the supervisor ends" ended "$guard"
ok "and leaves both" [ "$(mountinfo "$mnt/commercial/cats" | wc -l)$(mountinfo "$mnt" | wc -l)" = 11 ]
in_time "of which one is dead" silent "$mnt" $shown
umount -l "$mnt"
up
pid=$(daemon "$mnt")
mount -t tmpfs none "$mnt" && touch "$mnt/theirs"
guard=$(guard "$pid")
kill -KILL "$pid"
eventually "with another mount on top the supervisor ends" ended "$guard"
ok "and leaves it alone" [ -e "$mnt/theirs" ]
umount "$mnt"
in_time "what was below it is dead" silent "$mnt" $shown
exits 0 "and is replaced" "${mount[@]}"
pid=$(daemon "$mnt")
guard=$(guard "$pid")
kill -STOP "$pid"
umount -l "$mnt" && mount -t tmpfs none "$mnt" && touch "$mnt/theirs"
kill -KILL "$pid"
eventually "with another mount in its place the supervisor ends" ended "$guard"
ok "and leaves that alone" [ -e "$mnt/theirs" ]
umount "$mnt"
up
pid=$(daemon "$mnt")
guard=$(guard "$pid")
kill -STOP "$guard" "$pid" && kill -KILL "$pid"
umount -l "$mnt"
up
kill -CONT "$guard"
eventually "a supervisor that comes late ends" ended "$guard"
is "$(files "$mnt/public-domain")" "README train/cc0.pnm " "and leaves the next mount alone"
down

# --- ends of every other kind
up
pid=$(daemon "$mnt")
guard=$(guard "$pid")
like "$(tr '\0' ' ' <"/proc/$guard/cmdline")" "^licensefs: guards the mount on $mnt" "the supervisor says what it is"
is "$(ls /proc/"$guard"/fd | wc -l) $(readlink /proc/"$guard"/fd/2) $(readlink /proc/"$guard"/cwd)" "7 /dev/null /" "and has none of the caller's descriptors"
is "$(cut -d' ' -f6 "/proc/$guard/stat")" "$guard" "and a session of its own"
[ -n "${AM_SANITIZE:-}" ] || ok "it uses little memory" [ "$(awk '/RssAnon/ { print $2 }' "/proc/$guard/status")" -lt 1500 ]
kill -HUP "$guard" && kill -INT "$guard" && kill -TERM "$guard" && kill -USR1 "$guard"
ok "no signal ends it" kill -0 "$guard"
down
eventually "unmounting does" ended "$guard"
for how in TERM INT HUP; do
	up
	pid=$(daemon "$mnt")
	guard=$(guard "$pid")
	kill -$how "$pid"
	eventually "SIG$how ends both" ended "$guard"
	ok "unmounted" unmounted
done
up
pid=$(daemon "$mnt")
(cd "$mnt" && umount -f "$mnt" 2>/dev/null)
eventually "a connection that is aborted leaves no mount" unmounted
eventually "and no daemon" ended "$pid"
run sh -c "licensefs mount '$store' '$mnt' 2>&1 | cat"
is "$status" 0 "whoever reads the output of a mount sees the end of it"
down
licensefs mount "$store" "$mnt" -f 2>&1 | cat >/dev/null &
reader=$!
eventually "in the foreground, too" test -d "$mnt/commercial"
kill -KILL "$(daemon "$mnt")"
eventually "sees it when the daemon is killed" ended $reader
wait 2>/dev/null
in_time "which leaves no mount" unmounted

# --- the supervisor itself
up
pid=$(daemon "$mnt")
warm "$mnt"
kill -KILL "$(guard "$pid")"
eventually "status tells of a supervisor that was killed" sh -c "licensefs status '$store' | grep -q 'guards it has died: mount it again'"
is "$(licensefs status "$store" --json | jq -c '.following[] | [.state, (.trouble | length > 0)]')" '["following",true]' "in JSON too"
is "$(files "$mnt/public-domain")" "README train/cc0.pnm " "the mount goes on"
warm "$mnt"
kill -KILL "$pid"
in_time "and soon after its daemon is killed too nothing is answered" silent "$mnt" $shown
exits 0 "mounting again works" "${mount[@]}"
pid=$(daemon "$mnt")
warm "$mnt"
kill -KILL "$pid" "$(guard "$pid")"
eventually "both are killed at once" ended "$pid"
# the kernel may hold the rings of who is gone a moment longer
eventually "mounting works so after both were killed at once, whatever the kernel answers" "${mount[@]}"
is "$(files "$mnt/public-domain")" "README train/cc0.pnm " "and serves"
pid=$(daemon "$mnt")
kill -STOP "$pid"
ok "what is stopped is not dead" mountpoint -q "$mnt"
# whoever reads all that umount says comes back, though who asked the daemon may be held by the kernel
said=$(licensefs umount "$mnt" 2>&1)
case $? in
0) "${mount[@]}" 2>/dev/null ;; # nobody was in it
3) note "$said" ;;
*) false ;;
esac
is $? 0 "it is unmounted, or refused, but not detached unasked"
ok "with advice" test -z "$said" -o -z "${said##*--lazy*}"
kill -CONT "$pid" 2>/dev/null

is "$(files "$mnt/public-domain")" "README train/cc0.pnm " "and goes on"
down

# --- systems that lack something
if [ -z "${AM_SANITIZE:-}" ] && ${CC:-cc} -O1 -shared -fPIC -o "$tmp/faults.so" "$top_srcdir/tests/shell/mount_faults.c" -ldl; then
	for n in 0 1; do
		exits 3 "no process can be started after $n" env LD_PRELOAD="$tmp/faults.so" FAULT_FORKS=$n "${mount[@]}"
	done
	like "$err" "cannot start the process that watches over the mount.*ulimit" "says what to do"
	ok "nothing is mounted" unmounted
	env LD_PRELOAD="$tmp/faults.so" FAULT_EPOCH=1 licensefs mount "$store" "$store" -o view=public-domain 2>/dev/null
	warm "$store"
	kill -KILL "$(daemon "$store")"
	in_time "a kernel without epochs answers nothing then either" silent "$store" train/cc0.pnm README train raw.pnm
	umount -l "$store"
	env LD_PRELOAD="$tmp/faults.so" FAULT_EPOCH=1 "${mount[@]}" 2>/dev/null
	warm "$mnt"
	kill -KILL "$(daemon "$mnt")"
	in_time "nor where the mount can go" silent "$mnt" $shown
	ok "and does" unmounted
fi

# --- someone else, through fusermount3
if id nobody >/dev/null 2>&1 && command -v fusermount3 runuser >/dev/null; then
	chmod 755 "$tmp" && chown -R nobody "$store" && scan && mkdir "$tmp/theirs" && chown nobody "$tmp/theirs"
	mknod -m 666 "$tmp/fuse" c 10 229
	mkdir "$tmp/program" && cp "$top_builddir/licensefs" "$tmp/program/" && PATH=$tmp/program:$PATH
	declare -f daemon >"$tmp/someone"
	cat >>"$tmp/someone" <<-'S'
		store=$1 mnt=$2
		licensefs mount "$store" "$mnt" -o view=public-domain 2>/dev/null
		cat "$mnt/train/cc0.pnm" >/dev/null && ls -lR "$mnt" >/dev/null && echo served
		kill -KILL $(daemon "$mnt")
		for i in $(seq 10000); do mountpoint -q "$mnt" || break; sleep 0.001; done
		cat "$mnt/train/cc0.pnm" 2>/dev/null || echo silent
		mountpoint -q "$mnt" || echo unmounted
		touch "$mnt/something" && licensefs mount "$store" "$mnt" 2>/dev/null
		cat "$mnt/public-domain/train/cc0.pnm" >/dev/null && echo served again
		kill -KILL $(daemon "$mnt")
		for i in $(seq 10000); do stat "$mnt" >/dev/null 2>&1 || break; sleep 0.001; done
		stat "$mnt" 2>&1 | grep -o "not connected"
		licensefs mount "$store" "$mnt" 2>/dev/null && licensefs umount "$mnt" && echo recovered
	S
	run unshare -m --propagation private bash -c "mount --bind '$tmp/fuse' /dev/fuse &&
		exec runuser -u nobody -- env PATH='$PATH' HOME=/ TSAN_OPTIONS= ASAN_OPTIONS= bash '$tmp/someone' '$store' '$tmp/theirs'"
	is "$out" "$(printf '%s\n' served silent unmounted 'served again' 'not connected' recovered)" "a user's mount dies like root's"
fi
sanitizers_are_silent
plan
