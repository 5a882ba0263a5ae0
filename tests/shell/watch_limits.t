# SPDX-License-Identifier: Apache-2.0
# The watch where something is in its way: no room, no rights, no watches, another scan, no store; and
# as a mount option.
. "${top_srcdir:-.}/tests/shell/mount.sh"
shown() { [ -f "$mnt/noncommercial/$1" ]; }
hidden() { [ ! -e "$mnt/noncommercial/$1" ]; }
there() { licensefs explain "$store" "$1" "${at[@]}" >/dev/null 2>&1; }
says() { grep -q -- "$1" "$tmp/watch.out" "$tmp/watch.err"; }
has_ended() { ! kill -0 $watcher 2>/dev/null; }
at=()
watch() {
	"$@" >"$tmp/watch.out" 2>"$tmp/watch.err" &
	watcher=$!
	eventually "$1 begins" says watching
}
unwatch() {
	kill "$watcher" 2>/dev/null
	wait "$watcher"
	watch_status=$?
}
printf 'version = 1\n[[annotations]]\npath = "**"\nSPDX-License-%s = "CC-BY-4.0"\n' Identifier >"$store/REUSE.toml"
image a/1.pnm

# what it prints
watch licensefs watch "$store" --json
eventually "a line for each scan" says '"event":"scan"'
eventually "the first is of everything" says '"whole":true'
image a/2.pnm
eventually "then of directories" says '"directories":1,"images":2,"added":1'
unwatch
is $watch_status 0 "SIGTERM ends it"
watch licensefs watch "$store"
image a/3.pnm
eventually "it looks" there a/3.pnm
kill -INT $watcher
wait $watcher
is $? 0 "so does SIGINT"
is "$(cat "$tmp/watch.out")" "" "into a pipe it says nothing"
exits 2 "nonsense is refused" licensefs watch "$store" --every never
exits 3 "no store" licensefs watch "$tmp/nowhere"

# another scan is running: it waits
exec 9<>"$store/.licensefs/catalog.db-scan"
flock 9
watch licensefs watch "$store" -v
image a/4.pnm
flock -u 9
exec 9<&-
eventually "it waits for another scan" there a/4.pnm
unlike "$(cat "$tmp/watch.err")" "another scan" "and does not complain"

# the store moves away
mv "$store" "$tmp/elsewhere"
eventually "it ends with its store" has_ended
wait $watcher
is $? 3 "as a failure"
like "$(cat "$tmp/watch.err")" "was moved, removed or unmounted" "that is named"
mv "$tmp/elsewhere" "$store"
mkdir "$tmp/disk"
mount -t tmpfs none "$tmp/disk"
mkdir "$tmp/disk/a"
watch licensefs watch "$tmp/disk" --catalog "$tmp/disk.db" -v
eventually "a filesystem is watched" says 'everything scanned'
# another namespace keeps it, as containers do
mkfifo "$tmp/enough"
unshare -m --propagation private sh -c 'echo kept >"$1/kept"; read x <"$1/enough"' - "$tmp" &
keeper=$!
eventually "and kept elsewhere" [ -e "$tmp/kept" ]
eventually "and not held" umount "$tmp/disk"
eventually "it ends with it" has_ended
echo >"$tmp/enough"
wait $keeper

# no room for the catalog
mkdir "$tmp/small"
mount -t tmpfs -o size=1M none "$tmp/small"
at=(--catalog "$tmp/small/c.db")
watch licensefs watch "$store" "${at[@]}" -v
eventually "it looks at first" there a/1.pnm
head -c 2M /dev/zero >"$tmp/small/full" 2>/dev/null
for i in $(seq 40); do
	printf '%s' "SPDX-License-Identifier: $(head -c 60000 /dev/zero | tr '\0' "$((i % 10))")" >"$store/a/n$i.pnm.license"
	image "a/n$i.pnm"
done
eventually "without room it says so" says 'tried again'
rm "$tmp/small/full"
mount -o remount,size=64M "$tmp/small"
eventually "and goes on when there is some" there a/n40.pnm
is "$(grep -c 'tried again' "$tmp/watch.err")" 1 "it has said so once"
like "$(cat "$tmp/watch.err")" "scans succeed again" "and that it is over"
unwatch
at=()
rm "$store"/a/n*

# by somebody else than root, and with few watches
chmod 755 "$tmp"
own=$tmp/own
install -d -o 65534 "$own" "$own/store" "$own/store/a"
user=(setpriv --reuid 65534 --clear-groups)
watch "${user[@]}" licensefs watch "$own/store" -v
eventually "anybody can watch" says 'everything scanned'
"${user[@]}" sh -c "mkdir -p '$own/store/b/c'; printf 'P6\n1 1\n255\nrgb' >'$own/store/b/c/1.pnm'"
eventually "by inotify" says '1 image: 1 new'
unwatch
if unshare -Ur sh -c 'echo 3 >/proc/sys/user/max_inotify_watches' 2>/dev/null; then
	few=$tmp/few
	mkdir -p "$few/"{d,e,f,g}
	watch unshare -Ur sh -c "echo 3 >/proc/sys/user/max_inotify_watches; exec licensefs watch '$few' -v --every 1"
	eventually "where not all directories can be watched it says so" says 'max_user_watches='
	for d in d e f g; do printf 'P6\n1 1\n255\nrgb' >"$few/$d/2.pnm"; done
	eventually "and scans everything now and then" says '4 images'
	unwatch
fi

# a mount that watches
scan
up -o watch
image a/5.pnm
eventually "a mount with -o watch follows its store" shown a/5.pnm
run licensefs status "$store"
like "$out" "watches the store" "status says so"
rm "$store/a/5.pnm"
eventually "whatever happens" hidden a/5.pnm
run licensefs status --json "$store"
is "$(json '.following[0].watches')" true "in JSON, too"
down
mkdir "$tmp/bin"
ln -s "$(command -v licensefs)" "$tmp/bin/mount.licensefs"
succeeds "as mount(8) asks for it" "$tmp/bin/mount.licensefs" "$store" "$mnt" -o ro,nofail,watch,view=noncommercial
image a/6.pnm
eventually "from fstab" test -f "$mnt/a/6.pnm"
down
mv "$store" "$mnt/under"
exits 0 "over its own store" licensefs mount "$mnt/under" "$mnt/under" -o watch
rm -rf "$tmp/x"
down_over() { licensefs umount "$mnt/under"; }
ok "it goes" down_over
sanitizers_are_silent
plan
