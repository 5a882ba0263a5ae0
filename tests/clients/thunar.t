# SPDX-License-Identifier: Apache-2.0
# Thunar under Xvfb shows a class directory of each view with a thumbnail of every image in it.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need thunar Xvfb openbox wmctrl dbus-run-session import identify
ls -d /usr/lib/*/tumbler-1 >/dev/null 2>&1 || skip_all "tumbler is not installed"
ok "the shipped store mounts" mount_examples
shots=$top_builddir/tests/clients/shots
mkdir -p "$shots"
for view in $views; do
	want=$(expected "$view" ^animals/ | wc -l)
	shot "$mnt/$view/animals" "$shots/thunar-$view.png" thunar "$want"
	like "$status $out" "^0 .* thumbnails=$want failed=0 " "$view: $want thumbnails"
	[ "$status" = 0 ] || note "$err"
done
plan
