# SPDX-License-Identifier: Apache-2.0
# licensefs mount and umount, and paths through mounts.
. "${top_srcdir:-.}/tests/shell/lib.sh"
can_mount || skip_all "no /dev/fuse, or no fusermount3"
make_store scan
mkdir "$tmp/m" "$tmp/one"

succeeds "mount" licensefs mount "$store" "$tmp/m"
is "$(ls "$tmp/m" | tr '\n' ' ')" "attribution-free augmentable augmentable-shared by-license commercial noncommercial public-domain redistributable " "shows the views when it returns"
succeeds "mount one view" licensefs mount --json "$store" "$tmp/one" -o view=commercial -o classes=drop
is "$(json '[.mountpoint, .view]')" "[\"$tmp/one\",\"commercial\"]" "as JSON"
ok "shows that view" test -e "$tmp/one/food/fig.jpg"
run licensefs status --json "$store"
is "$(json -c '.mounts | sort')" "[\"$tmp/m\",\"$tmp/one\"]" "status names the mounts"

exits 3 "a mount is no store" licensefs status "$tmp/m/commercial"
like "$err" "store '$store'" "and the store is named"
where() { run licensefs explain --json "$store" "$1"; json -r .path; }
is "$(where "$tmp/m/commercial/food/fig.jpg")" food/fig.jpg "a path in a view"
is "$(where "$tmp/m/commercial+augmentable/food/fig.jpg")" food/fig.jpg "in a combination"
is "$(where "$tmp/m/by-license/CC-BY-4.0/food/fig.jpg")" food/fig.jpg "by license"
is "$(where "$tmp/one/food/fig.jpg")" food/fig.jpg "in the mount of one view"
is "$(where "$tmp/m/commercial/animals/raccoon.jpg")" animals/raccoon.jpg "of an image that the view hides"
is "$(where "$tmp/m/commercial")" "" "a view is the store"
is "$(where "$store/food/fig.jpg")" food/fig.jpg "a path in the store"
exits 2 "a path in another mount" licensefs explain "$store" /proc/self/status
run licensefs decide --json "$store" "$tmp/one/food/fig.jpg" --deny --reason 'through a mount'
is "$(json -c '[.pattern, .matched]')" '["food/fig.jpg",1]' "a decision through a mount"
for i in $(seq 300); do [ -e "$tmp/one/food/fig.jpg" ] || break; sleep 0.1; done
ok "shows in the mount" test ! -e "$tmp/one/food/fig.jpg"

exits 2 "an unknown mount option" licensefs mount "$store" "$tmp/m" -o veiw=commercial
like "$err" "view" "names the nearest"
exits 3 "a view that there is not" licensefs mount "$store" "$tmp" -o view=comercial
exits 3 "a mount point that is not there" licensefs mount "$store" "$tmp/nowhere"
succeeds "umount" licensefs umount "$tmp/one" "$tmp/m"
ok "unmounts both" sh -c "! grep -q '$tmp' /proc/self/mountinfo"
exits 3 "umount of what is not mounted" licensefs umount "$tmp/m"
exits 3 "umount of another file system" licensefs umount /proc

# As mount(8) and mount.fuse3(8) call it
succeeds "licensefs /STORE MNT -o LIST" licensefs "$store" "$tmp/m" -o view=public-domain,ro,nofail,x-gvfs-hide
ok "mounts" test -e "$tmp/m/space/hubble.png"
licensefs umount "$tmp/m"
ln -s "$top_builddir/licensefs" "$tmp/mount.fuse.licensefs"
succeeds "mount.fuse.licensefs STORE MNT" "$tmp/mount.fuse.licensefs" "$store" "$tmp/m" -n -o rw,dev,suid,view=public-domain
ok "mounts too" test -e "$tmp/m/space/hubble.png"
licensefs umount "$tmp/m"
succeeds "a fake mount" "$tmp/mount.fuse.licensefs" "$store" "$tmp/m" -f -o view=commercial
ok "mounts nothing" sh -c "! grep -q '$tmp' /proc/self/mountinfo"

# In the foreground
licensefs mount -f "$store" "$tmp/m" >"$tmp/out" 2>&1 &
pid=$!
for i in $(seq 300); do [ -d "$tmp/m/commercial" ] && break; sleep 0.1; done
ok "mount -f serves" test -d "$tmp/m/commercial"
licensefs umount "$tmp/m"
wait $pid
is "$?" 0 "and ends when unmounted"
plan
