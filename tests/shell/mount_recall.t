# SPDX-License-Identifier: Apache-2.0
# What programs still have of images when they are taken down: descriptors, directories they stand in,
# attributes, overlays above a mount; and what must go on working beside that.
. "${top_srcdir:-.}/tests/shell/mount.sh"
find_modes
nothing() { ! sh -c "head -c 1 <&$1" >/dev/null; }
gives() { sh -c "head -c 1 <&$1" >/dev/null; }
withdraw() { licensefs revoke "$store" "$@" --reason test --wait 60 >"$tmp/.withdraw" 2>&1 || note "revoke $*: $(cat "$tmp/.withdraw")"; }
restore() { licensefs restore "$store" "$1" --reason test >/dev/null 2>&1 || note "restore failed"; }
# An open file says nothing of an image: no attribute, no size.
cat >"$tmp/silent.py" <<'P'
import os, sys
for ask in (lambda: os.getxattr(7, "user.licensefs.license"), lambda: os.listxattr(7), lambda: os.fstat(7)):
    try:
        print(ask())
        sys.exit(1)
    except OSError:
        pass
P
mode_of() { stat -c %a "$1"; }
has_mode() { [ "$(mode_of "$1")" = "$2" ]; }

for mode in $modes; do
	rm -rf "$store" && make_small_store
	up -o mode=$mode
	v=$mnt/noncommercial
	find "$v" -type f -exec cat {} + >/dev/null

	# attributes: of a file, a directory, the root; by name and by descriptor
	exec 6<"$v/cats/by.pnm" 8<"$v/cats" 9<"$v/train/cc0.pnm"
	has_mode "$v/cats/by.pnm" 444 && has_mode "$v/cats" 555 || note "modes of before"
	sleep 2 # the bytes are no longer young
	chmod 600 "$store/cats/by.pnm" && chmod 700 "$store/cats" && chmod 750 "$store" && touch -d @1000000000 "$store/train/cc0.pnm"
	scan
	eventually "$mode: chmod of a file" has_mode "$v/cats/by.pnm" 400
	eventually "$mode: who has it open sees it" sh -c '[ "$(stat -Lc %a /dev/fd/6)" = 400 ]'
	eventually "$mode: chmod of a directory" has_mode "$v/cats" 500
	eventually "$mode: who stands in it sees it" sh -c '[ "$(stat -Lc %a /dev/fd/8)" = 500 ]'
	eventually "$mode: chmod of the store" has_mode "$v" 550
	eventually "$mode: touch" sh -c '[ "$(stat -c %Y "$0")" = 1000000000 ]' "$v/train/cc0.pnm"
	eventually "$mode: seen by who has it open" sh -c '[ "$(stat -Lc %Y /dev/fd/9)" = 1000000000 ]'
	exec 6<&- 8<&- 9<&-

	# a descriptor says nothing of an image that is revoked, not even after its file has gone
	exec 7<"$v/cats/by.pnm" 8<"$v/train/cc0.pnm"
	gives 7
	withdraw --path cats/by.pnm
	ok "$mode: once revoke has returned, an open file gives nothing" nothing 7
	ok "$mode: and says nothing" python3 "$tmp/silent.py"
	ok "$mode: others do" gives 8
	rm "$store/cats/by.pnm" && scan
	ok "$mode: nor does it when the file is gone" nothing 7
	exec 7<&-
	if [ $mode = checked ]; then
		exec 7<"$v/train/cc0.pnm"
		gives 7
		bytes=$(python3 -c 'import os; print(os.getxattr(7, "user.licensefs.xxh3").decode())')
		rm "$store/train/cc0.pnm" && scan
		ok "checked: an open file goes on when its name has gone" sh -c 'python3 -c "import os; os.pread(7, 1, 0)"'
		ok "checked: which the kernel remembers" sh -c 'python3 -c "import os; os.pread(7, 1, 0)"'
		withdraw --hash "$bytes"
		eventually "checked: until its bytes are revoked" sh -c '! python3 -c "import os; os.pread(7, 1, 0)"'
		exec 7<&-
	fi
	exec 8<&-
	chmod 755 "$store/cats" "$store"
	down
done

# Many in a few directories, below an overlay in a mount namespace of its own: nothing else turns stale.
rm -rf "$store"
python3 "$top_srcdir/tests/live/make_takedown.py" "$store" 400
scan
decide '**' --license CC0-1.0
up
mkdir "$tmp/o"
cat >"$tmp/overlaid" <<'E2'
set -e
mount -t tmpfs none "$tmp/o" && mkdir "$tmp/o/"{up,work,top}
mount -t overlay none -o "lowerdir=$mnt/commercial,upperdir=$tmp/o/up,workdir=$tmp/o/work" "$tmp/o/top"
cd "$tmp/o/top"
find . -type f -exec cat {} + | wc -c
cd keep
licensefs revoke "$store" --path take --reason test --wait 60 >/dev/null
licensefs view set "$store" mine license=CC0-1.0 >/dev/null
cat [1-9]?.pnm | wc -c
cat ../keep/*.pnm | wc -c
find ../take -type f 2>/dev/null | wc -l
cd ..
find keep -type f -exec cat {} + | wc -c
E2
export store mnt tmp
run unshare -m --propagation private bash "$tmp/overlaid"
want="$(cat "$store"/{keep,take/*}/*.pnm | wc -c) $(cat "$store"/keep/[1-9]?.pnm | wc -c) $(cat "$store"/keep/*.pnm | wc -c) 0 $(cat "$store"/keep/*.pnm | wc -c)"
if [[ $err =~ overlay.*(wrong fs|unknown filesystem) ]]; then note "no overlay here: $err"; else
	is "$(echo $out)" "$want" "an overlay above the mount goes on but for what was taken down"
	is "$err" "" "without an error"
fi
down
sanitizers_are_silent
plan
