# SPDX-License-Identifier: Apache-2.0
# What has to vanish though nothing in the catalog names it: rights that end, views that are defined
# anew, catalogs that are gone, companions of files that changed. Also for who had it open.
. "${top_srcdir:-.}/tests/shell/mount.sh"
find_modes
gives() { sh -c "head -c 1 <&$1" >/dev/null; }
nothing() { ! sh -c "head -c 1 <&$1" >/dev/null; }
absent() { [ ! -e "$1" ]; }
broken() { stat "$1" 2>&1 | grep -q "Input/output error"; }
# A process that maps a file, says so, waits for a line, and looks again.
cat >"$tmp/map.py" <<'P'
import ctypes, mmap, os, signal, sys
signal.signal(signal.SIGBUS, signal.SIG_DFL)
f = os.open(sys.argv[1], os.O_RDONLY)
m = mmap.mmap(f, 0, prot=mmap.PROT_READ)
print(m[0], flush=True)
sys.stdin.readline()
print(m[0], flush=True)
P

# brief SECONDS: rights of cats/none.pnm that end at $until, that many seconds from now. Tests that look before give them
# more time if they have ended by then.
brief() {
	until=$(($(date +%s) + $1))
	decide cats/none.pnm --license CC0-1.0 --until "$(date -d @$until +%FT%T)"
}
for mode in $modes; do
	v=$mnt/noncommercial
	for seconds in 3 6 12 24; do
		rm -rf "$store" && make_small_store
		echo words >"$store/cats/none.txt"
		scan
		brief $seconds
		up -o mode=$mode
		[ -e "$v/cats/none.txt" ]
		there=$?
		before $until && break
		down
	done
	is $there 0 "$mode: a companion is looked up, but not its image, whose rights will end"
	eventually "$mode: and goes when the rights of its image end" absent "$v/cats/none.txt"
	for seconds in 3 6 12 24; do
		brief $seconds
		while absent "$v/cats/none.pnm" && before $until; do :; done
		exec 7<"$v/cats/none.pnm" 8<"$v/cats/by.pnm"
		coproc map { python3 "$tmp/map.py" "$v/cats/none.pnm" 2>&1; }
		pid=$map_PID
		read -r _ <&"${map[0]}"
		gives 7
		there=$?
		before $until && break
		exec 7<&- 8<&-
		echo >&"${map[1]}"
		wait "$pid" 2>/dev/null
	done
	is $there 0 "$mode: rights that will end"
	eventually "$mode: the image goes when they end" absent "$v/cats/none.pnm"
	eventually "$mode: and gives nothing more to who had it open" nothing 7
	ok "$mode: others go on" gives 8
	echo >&"${map[1]}"
	wait "$pid" 2>/dev/null
	# what is mapped are the store's own pages then
	is "$?" "$(passes $mode && echo 0 || echo 135)" "$mode: nor to who had it mapped, but where the kernel reads files by itself"
	exec 7<&- 8<&-
	down
done

rm -rf "$store" && make_small_store
licensefs view set "$store" mine license=CC-BY-4.0 >/dev/null
up -o view=mine
is "$(files "$mnt")" "README cats/by.pnm " "a mount of a user's view"
exec 7<"$mnt/cats/by.pnm"
ok "its image is read" gives 7
licensefs view set "$store" mine license=CC0-1.0 >/dev/null
eventually "a view that is defined anew shows others" [ -e "$mnt/train/cc0.pnm" ]
followed
ok "and no longer the former" absent "$mnt/cats/by.pnm"
eventually "not to who had them open either" nothing 7
exec 7<"$mnt/train/cc0.pnm"
ok "another image is read" gives 7
licensefs view rm "$store" mine >/dev/null
eventually "a view that is removed shows nothing" absent "$mnt/train"
eventually "to nobody" nothing 7
exec 7<&-
down

# Whatever is decided in another catalog would never reach this mount.
for how in removed replaced moved migrated; do
	rm -rf "$store" && make_small_store
	up
	exec 7<"$mnt/noncommercial/cats/by.pnm"
	gives 7
	files "$mnt" >/dev/null
	case $how in
	removed) rm -r "$store/.licensefs" ;;
	replaced) cp "$store/.licensefs/catalog.db" "$tmp/copy.db" && mv "$tmp/copy.db" "$store/.licensefs/catalog.db" ;;
	moved) mv "$store/.licensefs" "$store/.old" ;;
	migrated) python3 -c "import sqlite3; sqlite3.connect('$store/.licensefs/catalog.db').execute('PRAGMA user_version = 99')" ;;
	esac
	eventually "catalog $how: the mount answers nothing" broken "$mnt/noncommercial"
	# the mount refuses first, and then has the kernel forget
	eventually "catalog $how: whatever was looked up" broken "$mnt/noncommercial/cats/by.pnm"
	eventually "catalog $how: or opened" nothing 7
	exec 7<&-
	[ $how != moved ] || mv "$store/.old" "$store/.licensefs"
	[ $how != moved ] || eventually "and goes on when it is back" [ -e "$mnt/noncommercial/cats/by.pnm" ]
	down
done
rm -rf "$store" && make_small_store
cp -r "$store/.licensefs" "$tmp/before"
decide cats/by.pnm --deny
up
files "$mnt" >/dev/null
python3 -c "
import sqlite3
old, new = sqlite3.connect('$tmp/before/catalog.db'), sqlite3.connect('$store/.licensefs/catalog.db')
old.backup(new)"
eventually "catalog put back to an older state: the mount answers nothing" broken "$mnt/noncommercial"
down
rm -rf "$store" "$tmp/moved" && make_small_store
up
mv "$store" "$tmp/moved"
sleep 0.2
is "$(files "$mnt/public-domain")" "README train/cc0.pnm " "a store that moves is served on"
mv "$tmp/moved" "$store"
down

# Where the catalog cannot be marked, the mount alone knows of a change.
echo words >"$store/cats/by.txt"
scan
up -o mode=checked
ok "a companion is shown with its image" [ -e "$mnt/noncommercial/cats/by.txt" ]
# a transaction that does not end, as a long scan by another user might be
python3 -c "
import sqlite3, time
db = sqlite3.connect('$store/.licensefs/catalog.db', isolation_level=None)
db.execute('BEGIN IMMEDIATE')
print('', flush=True)
time.sleep(120)" >"$tmp/locked" &
writer=$!
eventually "the catalog is locked" [ -s "$tmp/locked" ]
image cats/by.pnm "other bytes"
ok "a changed image does not open" sh -c "! cat '$mnt/noncommercial/cats/by.pnm' 2>/dev/null"
ok "its companion cannot be found" sh -c "! ls '$mnt/commercial/cats' | grep by"
kill $writer
wait $writer 2>/dev/null
down
sanitizers_are_silent
plan
