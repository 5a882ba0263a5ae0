# SPDX-License-Identifier: Apache-2.0
# What changes under a mount: decisions, views, files; in both modes, everything cached before.
. "${top_srcdir:-.}/tests/shell/mount.sh"
find_modes

warm() { find "$mnt" -type f -exec cat {} + >/dev/null; ls -lR "$mnt" >/dev/null; stat "$mnt"/*/no-such-name >/dev/null 2>&1; }
listed() { ls "$(dirname "$1")" | grep -qxF "$(basename "$1")"; }
# In this order: a listing would bring along what a lookup must find by itself.
shown() { [ -f "$1" ] && cat "$1" && listed "$1"; }
hidden() { [ ! -e "$1" ] && ! listed "$1" && ! cat "$1"; }

# Rights that end while they are mounted, without a commit. The command line knows only days.
# Where they end before anybody could look, they get more time.
make_small_store
for seconds in 2 4 8 16 32; do
	until=$(($(date +%s) + seconds))
	python3 - "$store/.licensefs/catalog.db" $until <<-'P'
		import re, sqlite3, sys
		c = sqlite3.connect(sys.argv[1])
		for number, key in c.execute("select rowid, key from rights where key like '%CC-BY-NC-4.0%'").fetchall():
		    c.execute("update rights set key = ? where rowid = ?", (re.sub("until=[0-9]+", "until=" + sys.argv[2], key), number))
		c.commit()
	P
	up
	warm
	there=no
	[ -z "$(cat "$mnt/noncommercial/cats/nc.pnm")" ] || there=yes
	before $until && break
	down
done
is $there yes "an image is there until its rights end"
eventually "and gone then" hidden "$mnt/noncommercial/cats/nc.pnm"
ok "others stay" cat "$mnt/noncommercial/cats/by.pnm"
down

# Young time stamps prove nothing: then the bytes are compared, which here are not those judged.
python3 - "$store/.licensefs/catalog.db" <<'P'
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute("update entry set hash = zeroblob(16), judged = max(mtime, ctime) where name = cast('by.pnm' as blob)")
c.commit()
P
up
ok "bytes that are not those judged are refused" sh -c "! cat '$mnt/commercial/cats/by.pnm'"
down

# A mount that cannot write to the catalog hides what is stale all the same.
rm -rf "$store" && make_small_store && up
mkdir -p "$tmp/other"
run unshare -m --propagation private bash -c "
	mount --bind '$store/.licensefs' '$store/.licensefs' && mount -o remount,bind,ro '$store/.licensefs' &&
	licensefs mount '$store' '$tmp/other' -o view=commercial && cd '$tmp/other/cats' && cat by.pnm >/dev/null &&
	echo x >>'$store/cats/by.pnm' && echo 3 >/proc/sys/vm/drop_caches && ! cat by.pnm &&
	for i in {1..500}; do [ -e by.pnm ] || break; sleep 0.01; done
	ls; cd /; licensefs umount '$tmp/other'"
is "$out" "" "a mount that cannot write to the catalog hides what it finds changed"
is "$(licensefs explain --json "$store" cats/by.pnm | jq -r .status)" clear "which the catalog does not know"
down

cat >"$tmp/stopped" <<'P'
import os, sys
try:
    os.pread(7, 1, 0)
except OSError:
    sys.exit(0)
sys.exit(1)
P
for mode in $modes; do
	rm -rf "$store" && make_small_store
	up -o mode=$mode 2>/dev/null
	v=$mnt/noncommercial
	f=$v/cats/by.pnm
	warm
	exec 7<"$f"
	decide cats/by.pnm --deny
	eventually "$mode: a denied image is gone" hidden "$f"
	followed
	ok "$mode: from every view" hidden "$mnt/commercial/cats/by.pnm"
	ok "$mode: from its license's view" [ ! -e "$mnt/by-license/CC-BY-4.0/cats/by.pnm" ]
	eventually "$mode: an open file of it gives nothing more" python3 "$tmp/stopped"
	exec 7<&-
	ok "$mode: its class stays for this mount" [ -d "$mnt/commercial/cats" ]
	warm
	decide cats/none.pnm --license CC0-1.0
	eventually "$mode: an image with a new license appears" shown "$v/cats/none.pnm"
	image cats/new.pnm
	ok "$mode: a new file is not there before a scan" hidden "$v/cats/new.pnm"
	scan
	decide cats/new.pnm --license CC-BY-4.0
	eventually "$mode: and there after it was judged" shown "$v/cats/new.pnm"
	image birds/x.pnm
	scan
	decide birds/x.pnm --license CC0-1.0
	eventually "$mode: with its directory" shown "$v/birds/x.pnm"

	warm
	licensefs view set "$store" mine "license=CC0-1.0" >/dev/null
	eventually "$mode: a new view appears" shown "$mnt/mine/birds/x.pnm"
	followed
	ok "$mode: and shows only its images" hidden "$mnt/mine/cats/new.pnm"
	warm
	licensefs view set "$store" mine "license=CC-BY-4.0" >/dev/null
	eventually "$mode: a view that is changed shows others" shown "$mnt/mine/cats/new.pnm"
	eventually "$mode: and hides what it showed" hidden "$mnt/mine/birds/x.pnm"
	image birds/train/x.pnm && echo words >"$store/birds/train/README" && scan
	decide birds/train/x.pnm --license CC-BY-4.0
	eventually "$mode: a split directory in it" shown "$mnt/mine/birds/train/README"
	cd "$mnt/mine/birds/train" || note "cannot enter"
	licensefs view set "$store" mine "license=GFDL-1.2" >/dev/null
	eventually "$mode: who stands in a directory that is hidden lists nothing" sh -c "! ls | grep ."
	eventually "$mode: and finds nothing" sh -c "! cat README"
	cd "$tmp" || exit
	licensefs view rm "$store" mine >/dev/null
	eventually "$mode: a view that is removed is gone" hidden "$mnt/mine"

	warm
	rm "$store/birds/x.pnm"
	scan
	eventually "$mode: a file that is gone from the store goes" [ ! -e "$v/birds/x.pnm" ]

	# bytes that are no longer what was judged: while the time stamp is too young to tell, and
	# when all but the change time is as it was
	if [ "$mode" = cached ]; then sleep 2.1 && scan; fi
	warm
	touch -r "$store/train/cc0.pnm" "$tmp/stamp"
	image train/cc0.pnm "other bytes!!"
	touch -r "$tmp/stamp" "$store/train/cc0.pnm"
	if [ "$mode" = checked ]; then
		ok "$mode: a changed file does not open" sh -c "! cat '$v/train/cc0.pnm'"
	else
		echo 3 >/proc/sys/vm/drop_caches
		ok "$mode: a changed file is not read" sh -c "! cat '$v/train/cc0.pnm'"
	fi
	eventually "$mode: and is out of every view" hidden "$mnt/public-domain/train/cc0.pnm"
	eventually "$mode: and stale in the catalog" sh -c \
		"licensefs explain --json '$store' train/cc0.pnm | grep -q '\"stale\"'"
	scan
	eventually "$mode: until it is judged again" shown "$v/train/cc0.pnm"
	is "$(cat "$v/train/cc0.pnm")" "$(cat "$store/train/cc0.pnm")" "$mode: with its new bytes"
	down || note "cannot unmount"
done
sanitizers_are_silent
plan
