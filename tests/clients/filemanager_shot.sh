#!/bin/bash
# SPDX-License-Identifier: CC0-1.0
# Opens DIR in a real file manager under Xvfb with its own D-Bus session, waits for pictures, and
# saves a screenshot.   usage: filemanager_shot.sh DIR OUT.png MANAGER [thumbnails=0] [seconds=40]
# Debian: xvfb dbus-x11 wmctrl imagemagick x11-utils openbox adwaita-icon-theme + the manager
# (thunar wants tumbler).
# Everything runs with a private HOME and XDG dirs, so no thumbnail cache of the machine is used or
# left; a new file in the thumbnail cache is an image that was read. Done when the window has more
# than 2000 colours and that many thumbnails were made; fails when the time is up before.
set -u
d=$(realpath "$1") out=$2 manager=$3 want=${4:-0} deadline=$((SECONDS + ${5:-40}))
t=$(mktemp -d)
export HOME=$t XDG_CONFIG_HOME=$t/.config XDG_CACHE_HOME=$t/.cache XDG_DATA_HOME=$t/.local/share
export XDG_RUNTIME_DIR=$t/run GTK_USE_PORTAL=0 NO_AT_BRIDGE=1
mkdir -p -m 700 "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME/libfm" "$XDG_CACHE_HOME" "$XDG_DATA_HOME"
printf '[config]\nthumbnail_local=1\nthumbnail_max=20480\n[ui]\nshow_thumbnail=1\nbig_icon_size=96\n' \
	>"$XDG_CONFIG_HOME/libfm/libfm.conf"

server='' wm='' session=''
finish() {
	[ -z "$session" ] || kill -- "-$session" 2>/dev/null
	for p in $wm $server; do kill "$p" 2>/dev/null; done
	wait 2>/dev/null
	rm -rf "$t" 2>/dev/null || { sleep 1; rm -rf "$t"; }
}
trap finish EXIT

# The server picks a free display itself and says which when it is ready.
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>"$t/display" >/dev/null 2>&1 &
server=$!
until read -r number 2>/dev/null <"$t/display" || [ $SECONDS -ge $deadline ]; do sleep 0.1; done
export DISPLAY=":$number"
openbox >/dev/null 2>&1 &
wm=$!
# A window that is mapped while the window manager starts may be lost.
until wmctrl -m >/dev/null 2>&1 || [ $SECONDS -ge $deadline ]; do sleep 0.1; done
case $manager in
thunar) command=(thunar "$d") ;;
pcmanfm) command=(pcmanfm --no-desktop "$d") ;;
*) command=("$manager" "$d") ;;
esac
# dbus-run-session gives the manager a bus of its own and ends it with the manager.
setsid dbus-run-session -- "${command[@]}" >"$t/log" 2>&1 &
session=$!

colours=0 thumbnails=0 good=no
while [ $SECONDS -lt $deadline ]; do
	sleep 0.5
	wmctrl -r :ACTIVE: -b add,maximized_vert,maximized_horz 2>/dev/null
	import -silent -window root "$out" 2>/dev/null || continue
	colours=$(identify -format %k "$out" 2>/dev/null || echo 0)
	# a finished thumbnail is MD5.png, one name an image, in several sizes
	thumbnails=$(find "$t" -path '*thumbnails*' ! -path '*/fail/*' -regextype egrep \
		-regex '.*/[0-9a-f]{32}\.png' -printf '%f\n' | sort -u | wc -l)
	if [ "${colours:-0}" -gt 2000 ] && [ "$thumbnails" -ge "$want" ]; then
		good=yes
		sleep 1 # let it paint the rest
		import -silent -window root "$out"
		break
	fi
done
failed=$(find "$t" -path '*thumbnails/fail*' -name '*.png' | wc -l)
echo "filemanager_shot manager=$manager colours=$colours thumbnails=$thumbnails failed=$failed seconds=$SECONDS file=$out"
[ "$good" = yes ] || head -c 2000 "$t/log" >&2
[ "$good" = yes ] && [ "$failed" = 0 ]
