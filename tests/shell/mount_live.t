# SPDX-License-Identifier: Apache-2.0
# What changes under a mount: decisions, views, files; in both modes, everything cached before.
. "${top_srcdir:-.}/tests/shell/mount.sh"

warm() { find "$mnt" -type f -exec cat {} + >/dev/null; ls -lR "$mnt" >/dev/null; stat "$mnt"/*/no-such-name >/dev/null 2>&1; }
listed() { ls "$(dirname "$1")" | grep -qxF "$(basename "$1")"; }
shown() { listed "$1" && [ -f "$1" ] && cat "$1"; }
hidden() { [ ! -e "$1" ] && ! listed "$1" && ! cat "$1"; }
undo() { licensefs decide "$store" --undo "$1" >/dev/null || note "undo failed"; }
number() { licensefs decide "$store" --list --json | jq -r .number | tail -n 1; }

for mode in cached checked; do
	rm -rf "$store" && make_small_store
	up -o mode=$mode 2>/dev/null
	v=$mnt/noncommercial
	f=$v/cats/by.pnm
	warm
	exec 7<"$f"
	decide cats/by.pnm --deny
	eventually "$mode: a denied image is gone" hidden "$f"
	ok "$mode: from every view" hidden "$mnt/commercial/cats/by.pnm"
	ok "$mode: from its license's view" [ ! -e "$mnt/by-license/CC-BY-4.0/cats/by.pnm" ]
	eventually "$mode: an open file of it gives nothing more" sh -c "! head -c 1 <&7"
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
	licensefs view set "$store" mine "license=CC0-1.0"
	eventually "$mode: a new view appears" shown "$mnt/mine/birds/x.pnm"
	ok "$mode: and shows only its images" hidden "$mnt/mine/cats/new.pnm"
	warm
	licensefs view set "$store" mine "license=CC-BY-4.0"
	eventually "$mode: a view that is changed shows others" shown "$mnt/mine/cats/new.pnm"
	eventually "$mode: and hides what it showed" hidden "$mnt/mine/birds/x.pnm"
	licensefs view rm "$store" mine
	eventually "$mode: a view that is removed is gone" hidden "$mnt/mine"

	warm
	decide cats/nc.pnm --license CC0-1.0 --until "$(date -d '+2 seconds' +%FT%T)" 2>/dev/null
	warm
	rm "$store/birds/x.pnm"
	scan
	eventually "$mode: a file that is gone from the store goes" [ ! -e "$v/birds/x.pnm" ]

	# bytes that are no longer what was judged
	sleep 0.1
	image train/cc0.pnm "other bytes!!"
	exec 8<"$v/train/cc0.pnm" 2>/dev/null
	if [ "$mode" = checked ]; then
		ok "$mode: a changed file does not open" sh -c "! cat '$v/train/cc0.pnm'"
	else
		echo 3 >/proc/sys/vm/drop_caches
		ok "$mode: a changed file is not read" sh -c "! cat '$v/train/cc0.pnm'"
	fi
	eventually "$mode: and is out of every view" hidden "$mnt/public-domain/train/cc0.pnm"
	eventually "$mode: and stale in the catalog" sh -c \
		"licensefs explain --json '$store' train/cc0.pnm | grep -q '\"stale\"'"
	exec 8<&-
	scan
	eventually "$mode: until it is judged again" shown "$v/train/cc0.pnm"
	is "$(cat "$v/train/cc0.pnm")" "$(cat "$store/train/cc0.pnm")" "$mode: with its new bytes"
	down || note "cannot unmount"
done
sanitizers_are_silent
plan
