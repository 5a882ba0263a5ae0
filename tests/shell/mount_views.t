# SPDX-License-Identifier: Apache-2.0
# A mount of all views: what is where, under which numbers, and that nobody can write.
. "${top_srcdir:-.}/tests/shell/mount.sh"
make_small_store
image cats/by.pnm.bak
echo caption >"$store/cats/by.txt"
echo caption >"$store/cats/none.txt"
echo x >"$store/cats/train.cache"
ln -s by.pnm "$store/cats/link.pnm"
ln -s /etc "$store/etc"
mkfifo "$store/cats/fifo.pnm"
mknod "$store/cats/null.pnm" c 1 3
scan
exits 0 "mounts" "${mount[@]}"
is "$(ls "$mnt" | tr '\n' ' ')" "attribution-free augmentable augmentable-shared by-license commercial noncommercial public-domain redistributable " \
	"the root lists the built-in views and by-license"
is "$(files "$mnt/noncommercial")" "README cats/by.pnm cats/by.txt cats/nc.pnm dogs/nc.pnm train/cc0.pnm " \
	"noncommercial shows what may be used so"
is "$(files "$mnt/commercial")" "README cats/by.pnm cats/by.txt train/cc0.pnm " "commercial less"
is "$(dirs "$mnt/commercial")" "cats train " "and drops the directory that it empties"
is "$(files "$mnt/public-domain")" "README train/cc0.pnm " "public-domain least"
ok "the caption goes with its image" [ ! -e "$mnt/noncommercial/cats/none.txt" ]
ok "links, FIFOs, devices and caches are not there" \
	[ -z "$(find "$mnt/noncommercial/cats" -name 'link*' -o -name 'fifo*' -o -name 'null*' -o -name '*.cache')" ]
ok "nor by name" [ ! -e "$mnt/noncommercial/etc" -a ! -e "$mnt/noncommercial/cats/fifo.pnm" ]
is "$(files "$mnt/commercial+public-domain")" "README train/cc0.pnm " "a combination is entered by name"
is "$(stat -c %i "$mnt/commercial+public-domain")" "$(stat -c %i "$mnt/public-domain+commercial")" \
	"in any order"
is "$(ls "$mnt/by-license" | tr '\n' ' ')" "CC-BY-4.0 CC-BY-NC-4.0 CC0-1.0 " "by-license lists licenses"
is "$(files "$mnt/by-license/CC-BY-4.0")" "README cats/by.pnm cats/by.txt " "and their images"
for name in Redistributable+commercial commercial+ +commercial Commercial nosuch commercial+nosuch by-license+commercial .. ; do
	[ "$name" = .. ] || ok "'$name' is no view" [ ! -e "$mnt/$name" ]
done
ok "a license nobody used is no directory" [ ! -e "$mnt/by-license/GFDL-1.2" ]

for i in {1..1200}; do printf 'P6\n1 1\n255\nrgb%s' $i >"$store/many-$i.pnm"; done
scan
decide 'many-*' --license CC-BY-4.0
down && up
ok "a long listing is complete, also a little at a time" python3 "$top_srcdir/tests/shell/dirents.py" "$mnt/commercial"
is "$(ls "$mnt/augmentable" | grep -c many)" 1200 "each name once"
rm "$store"/many-* && scan

ok "every byte is the store's" cmp "$store/cats/by.pnm" "$mnt/commercial/cats/by.pnm"
is "$(stat -c '%i %h' "$mnt/commercial/cats/by.pnm")" "$(stat -c '%i %h' "$mnt/noncommercial/cats/by.pnm")" \
	"an image has one number in all views"
is "$(stat -c %h "$mnt/commercial/cats/by.pnm")" 1 "and one link"
ok "a directory has one a view" \
	[ "$(stat -c %i "$mnt/commercial/cats")" != "$(stat -c %i "$mnt/noncommercial/cats")" ]
chmod 640 "$store/cats/nc.pnm" && chown 12:34 "$store/cats/nc.pnm" && scan
owned() { [ "$(stat -c '%a %u %g %s %Y' "$mnt/noncommercial/cats/nc.pnm")" = "440 12 34 $(stat -c '%s %Y' "$store/cats/nc.pnm")" ]; }
eventually "owner and mode are the store's without write bits" owned
followed
run python3 "$top_srcdir/tests/shell/dirents.py" "$mnt" "$mnt/.licensefs"
is "$out" "" "d_ino, d_type, . and .. are right everywhere"
is "$(cd "$mnt/commercial/cats" && realpath by.pnm)" "$(realpath "$mnt")/commercial/cats/by.pnm" \
	"realpath stays in the view"

is "$(find "$mnt" -name .licensefs)" "" "the control tree is not listed"
is "$(ls "$mnt/.licensefs" | tr '\n' ' ')" "README snapshots views " "but there"
is "$(cat "$mnt/.licensefs/views/commercial/expression")" "commercial-use" "a view says what it asks"
is "$(cut -f1-4 "$mnt/.licensefs/views/commercial/classes.tsv" | tr '\t\n' ',;')" \
	"index,class,shown,images;0,cats,0,1;1,dogs,-,0;2,empty,-,0;3,train,1,1;" "and which classes it shows"
ok "a combination has its class map too" [ -s "$mnt/.licensefs/views/commercial+augmentable/classes.tsv" ]
ok "a license too" [ -s "$mnt/.licensefs/views/by-license/CC-BY-4.0/classes.tsv" ]
ok "a view has no control tree" [ ! -e "$mnt/commercial/.licensefs" ]

f=$mnt/commercial/cats/by.pnm
attr() { getfattr --absolute-names --only-values -n "user.$1" "$f" 2>&1; }
is "$(attr licensefs.license)" CC-BY-4.0 "xattr license"
is "$(attr licensefs.license_url)" https://creativecommons.org/licenses/by/4.0/ "xattr license_url"
is "$(attr licensefs.status)" clear "xattr status"
like "$(attr licensefs.permissions)" "commercial-use=allowed" "xattr permissions"
like "$(attr licensefs.obligations)" attribution "xattr obligations"
like "$(attr licensefs.xxh3)" '^xxh3:[0-9a-f]{32}$' "xattr xxh3"
like "$(attr dublincore.rights)" CC-BY-4.0 "xattr dublincore.rights"
like "$(attr licensefs.creator)" "No such attribute" "no creator was stated"
setfattr -n user.licensefs.license -v MIT "$store/cats/by.pnm" 2>/dev/null
setfattr -n user.own -v x "$store/cats/by.pnm" 2>/dev/null
scan
is "$(attr licensefs.license)" CC-BY-4.0 "the store's own attributes are not believed"
like "$(attr own)" "No such attribute" "nor passed on"
unlike "$(getfattr -d "$f" 2>/dev/null)" "user.own" "nor listed"
run python3 -c "
import ctypes
c = ctypes.CDLL(None, use_errno=True)
n, f = b'user.licensefs.license', b'$f'
print(c.getxattr(f, n, None, 0), c.getxattr(f, n, ctypes.create_string_buffer(3), 3), ctypes.get_errno())"
is "$out" "9 -1 34" "the size is told, and a small buffer is ERANGE"
is "$(getfattr -d "$mnt/commercial/README" 2>&1)" "" "what is no image has none"

refused() { ! "$@" 2>"$tmp/e" && grep -q 'Read-only' "$tmp/e"; }
ok "touch is refused" refused touch "$f"
ok "create is refused" refused touch "$mnt/commercial/new"
ok "mkdir is refused" refused mkdir "$mnt/commercial/new"
ok "rm is refused" refused rm -f "$f"
ok "mv is refused" refused mv "$f" "$f.x"
ok "chmod is refused" refused chmod 600 "$f"
ok "setfattr is refused" refused setfattr -n user.x -v 1 "$f"
mount -i -o remount,rw "$mnt"
ok "and still when remounted writable" refused touch "$mnt/commercial/new"
ok "rm too" refused rm -f "$f"
ok "truncation too" refused dd if=/dev/zero of="$f" bs=1 count=1 status=none
run python3 -c "
import mmap, os, sys
fd = os.open('$f', os.O_RDONLY)
print(bytes(mmap.mmap(fd, 0, mmap.MAP_SHARED, mmap.PROT_READ)) == open('$store/cats/by.pnm', 'rb').read())"
is "$out" True "mmap MAP_SHARED"
exits 0 "unmounts" licensefs umount "$mnt"
sanitizers_are_silent
plan
