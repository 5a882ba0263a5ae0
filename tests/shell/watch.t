# SPDX-License-Identifier: Apache-2.0
# The watch: what comes, changes, moves and goes shows in a mount without anybody scanning.
# FILES=10000 SEED=N for the long run.
. "${top_srcdir:-.}/tests/shell/mount.sh"
files=${FILES:-2000}
catalog=$store/.licensefs/catalog.db
tag=SPDX-License-Identifier
dump() { python3 "$top_srcdir/tests/shell/catalog_dump.py" "$1" all; }
shown() { [ -f "$mnt/noncommercial/$1" ]; }
hidden() { [ ! -e "$mnt/noncommercial/$1" ]; }
says() { grep -q -- "$1" "$tmp/watch.out" "$tmp/watch.err"; }
# watch [OPTION...]: in the background, as $watcher; done when it listens and has looked once.
watch() {
	licensefs watch "$store" -v "$@" >"$tmp/watch.out" 2>"$tmp/watch.err" &
	watcher=$!
	for _ in $(seq 3000); do
		grep -q 'everything scanned' "$tmp/watch.out" && return
		kill -0 $watcher 2>/dev/null || break
		sleep 0.01
	done
	fail "watch $* begins"
	note "$(cat "$tmp/watch.err")"
}
unwatch() {
	kill "$watcher" 2>/dev/null
	wait "$watcher"
	watch_status=$?
}
# equal NAME: the catalog becomes what a scan of everything would make of the store, and the mount
# comes to show every image.
is_equal() {
	rm -f "$tmp"/fresh.db*
	licensefs scan "$store" --catalog "$tmp/fresh.db" >/dev/null 2>&1
	[ "$(dump "$catalog")" = "$(dump "$tmp/fresh.db")" ]
}
equal() {
	local end=$((SECONDS + 60)) got want
	until is_equal; do
		[ $SECONDS -lt $end ] || break
		sleep 0.05
	done
	is "$(dump "$catalog" | sha256sum)" "$(dump "$tmp/fresh.db" | sha256sum)" "$1: the catalog"
	want=$(cd "$store" && find . -name '*.pnm' -printf '%P\n' -o -name REUSE.toml -printf '%P\n' | sort | tr '\n' ' ' | sha256sum)
	while
		got=$(files "$mnt/noncommercial" | sha256sum)
		[ "$got" != "$want" ] && [ $SECONDS -lt $end ]
	do sleep 0.05; done
	is "$got" "$want" "$1: the mount"
}

printf 'version = 1\n[[annotations]]\npath = "**"\n%s = "CC-BY-4.0"\n' $tag >"$store/REUSE.toml"
image a/1.pnm
mkdir -p "$store/empty"
scan
up

for how in fanotify inotify; do
	option=
	[ $how = fanotify ] || option=--inotify
	rm -rf "$store"/m* "$store"/renamed* "$store/latency"
	watch $option
	python3 "$top_srcdir/tests/shell/watch.py" mass "$store" "$files" "${SEED:-1}" >"$tmp/mass"
	equal "$how, $files files"
	note "$how: $(awk '{print $14 + $15 + $16 + $17}' /proc/$watcher/stat) ticks of $(getconf CLK_TCK) a second for $files files, $(grep -c scanned "$tmp/watch.out") scans"
	run timeout 100 python3 "$top_srcdir/tests/shell/watch.py" latency "$store" "$mnt/noncommercial" 20
	is "$status" 0 "$how: one after the other"
	note "$how: $out"

	# directories that come from elsewhere, go there, and come back
	mkdir -p "$tmp/away/x/y"
	printf 'P6\n1 1\n255\nrgbaway' >"$tmp/away/x/y/2.pnm"
	mv "$tmp/away" "$store/a/came"
	eventually "$how: a directory that comes is seen with all below it" shown a/came/x/y/2.pnm
	image a/came/x/y/3.pnm
	eventually "$how: and listened to" shown a/came/x/y/3.pnm
	mv "$store/a/came" "$tmp/away"
	eventually "$how: it goes" hidden a/came/x/y/2.pnm
	printf 'P6\n1 1\n255\nrgbchanged' >"$tmp/away/x/y/2.pnm"
	mv "$tmp/away" "$store/a/came"
	image a/came/x/y/4.pnm
	eventually "$how: and is back" shown a/came/x/y/4.pnm
	mv "$store/a/came" "$store/b"
	image b/x/y/5.pnm
	mv "$store/b/x" "$store/x"
	image x/y/6.pnm
	eventually "$how: directories that move within the store" shown x/y/6.pnm
	equal "$how, directories"
	rm -r "$store/b" "$store/x"

	# what is heard while nobody listens: the queue of the kernel is full
	mkdir "$store/m"
	image m/first.pnm
	eventually "$how: before" shown m/first.pnm
	kill -STOP $watcher
	image a/unheard.pnm
	python3 -c "
import os
os.chdir('$store/m')
last = 'first.pnm'
for i in range(20000):
    os.rename(last, f'{i}.pnm')
    last = f'{i}.pnm'
"
	mkdir "$store/m/late"
	image m/late/6.pnm
	rm "$store/a/unheard.pnm"
	image m/late/7.pnm
	kill -CONT $watcher
	eventually "$how: what the kernel could not keep is found" shown m/19999.pnm
	equal "$how, overflow"
	ok "$how: everything was scanned once more" test "$(grep -c 'everything scanned' "$tmp/watch.out")" -gt 1
	image m/late/8.pnm
	eventually "$how: and what came meanwhile is listened to" shown m/late/8.pnm
	rm -r "$store/m"

	# killed without mercy, and begun again
	image c/1.pnm
	kill -9 $watcher
	wait $watcher 2>/dev/null
	image c/2.pnm
	watch $option
	eventually "$how: what came while nobody watched" shown c/2.pnm
	unwatch
	is $watch_status 0 "$how: SIGTERM is how it ends"
	rm -r "$store/c"
done

# What is revoked stays out, under whatever name it comes.
rm -rf "$store"/m* "$store"/renamed*
image takedown/secret.pnm
image takedown/hers.pnm
printf 'SPDX-%s: 2020 Jane Roe\n' FileCopyrightText >"$store/takedown/hers.pnm.license"
watch
eventually "two images" shown takedown/hers.pnm
run licensefs revoke "$store" --path takedown/secret.pnm --reason test
is "$status" 0 "one is revoked by its path"
run licensefs revoke "$store" --creator "Jane Roe" --reason test
is "$status" 0 "the other by its creator"
ok "both are gone" eval 'hidden takedown/secret.pnm && hidden takedown/hers.pnm'
python3 "$top_srcdir/tests/shell/watch.py" look "$mnt/noncommercial" secret hers canary >"$tmp/seen" &
looker=$!
cp "$store/takedown/secret.pnm" "$store/a/secret-copy.pnm"
ln "$store/takedown/secret.pnm" "$store/a/secret-link.pnm"
mv "$store/takedown/secret.pnm" "$store/a/secret-moved.pnm"
image takedown/secret.pnm "saved again"
rm "$store/takedown/hers.pnm.license"
mkdir "$store/hers-too"
cp "$store/takedown/hers.pnm" "$store/hers-too/hers.pnm"
image a/canary1.pnm
eventually "the watch has seen it all" grep -q canary1 "$tmp/seen"
mv "$store/takedown" "$store/secret"
mv "$store/hers-too/hers.pnm" "$store/a/hers-now.pnm"
rm "$store/a/secret-copy.pnm"
cp "$store/a/secret-moved.pnm" "$store/a/secret-copy.pnm"
image a/canary2.pnm
eventually "and moves" grep -q canary2 "$tmp/seen"
kill $looker
wait $looker 2>/dev/null
is "$(sort -u "$tmp/seen" | tr '\n' ' ')" "a/canary1.pnm a/canary2.pnm " "and nothing of what is revoked was ever shown"
unwatch
down

# A catalog that is made anew would know nothing of what was revoked.
run licensefs revoke "$store" --path a --reason test
watch
mv "$store/.licensefs" "$tmp/put-away"
image b/later.pnm
ended() { ! kill -0 $watcher 2>/dev/null; }
touched_until_ended() { touch "$store/b/again.txt" && ended; }
eventually "a watch that has lost its catalog ends" touched_until_ended
unwatch
is "$watch_status" 3 "as a failure"
ok "and says so" says "the catalog is gone"
ok "it has made no other" [ ! -e "$store/.licensefs/catalog.db" ]
mv "$tmp/put-away" "$store/.licensefs"
sanitizers_are_silent
plan
