# SPDX-License-Identifier: Apache-2.0
# PCManFM under Xvfb shows each view: a window with pictures in it.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need pcmanfm Xvfb openbox wmctrl dbus-run-session import identify
ok "the shipped store mounts" mount_examples
shots=$top_builddir/tests/clients/shots
mkdir -p "$shots"
for view in $views; do
	shot "$mnt/$view/animals" "$shots/pcmanfm-$view.png" pcmanfm
	like "$status $out" '^0 ' "$view: a window with pictures"
	[ "$status" = 0 ] || note "$err"
done
plan
