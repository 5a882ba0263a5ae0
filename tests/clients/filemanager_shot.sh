#!/bin/bash
# SPDX-License-Identifier: CC0-1.0
# Opens DIR in a real file manager under Xvfb with its own D-Bus session, waits for thumbnails, and saves a
# screenshot.   usage: filemanager_shot.sh DIR OUT.png [pcmanfm|thunar|nautilus|dolphin|pcmanfm-qt|caja] [seconds=12]
# Debian: xvfb dbus-x11 wmctrl imagemagick x11-utils openbox adwaita-icon-theme + the manager (thunar wants tumbler).
# Everything runs with a private HOME and XDG dirs, so no thumbnail cache of the machine is used or left;
# the count of new files in the thumbnail cache is the figure: a thumbnail = an image that was read.
set -u
d=$(realpath "$1"); out=$2; fm=${3:-pcmanfm}; s=${4:-12}
t=$(mktemp -d); export HOME=$t XDG_CONFIG_HOME=$t/.config XDG_CACHE_HOME=$t/.cache XDG_DATA_HOME=$t/.local/share XDG_RUNTIME_DIR=$t/run
mkdir -p -m 700 "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME/pcmanfm/default" "$XDG_CONFIG_HOME/libfm" "$XDG_CACHE_HOME" "$XDG_DATA_HOME"
printf '[config]\nthumbnail_local=1\nthumbnail_max=20480\nshow_thumbnail=1\n[ui]\nshow_thumbnail=1\nbig_icon_size=96\n' > "$XDG_CONFIG_HOME/libfm/libfm.conf"
for n in $(seq 90 140); do [ -e /tmp/.X11-unix/X$n ] || break; done
Xvfb :$n -screen 0 1280x900x24 -nolisten tcp >/dev/null 2>&1 & X=$!
export DISPLAY=:$n GTK_USE_PORTAL=0 GSK_RENDERER=cairo LIBGL_ALWAYS_SOFTWARE=1 QT_QPA_PLATFORM=xcb NO_AT_BRIDGE=1
for _ in $(seq 50); do xdpyinfo >/dev/null 2>&1 && break; sleep 0.1; done
openbox >/dev/null 2>&1 & W=$!
case $fm in
  thunar) cmd=(thunar "$d");; nautilus) cmd=(nautilus --new-window "$d");; dolphin) cmd=(dolphin --new-window "$d");;
  pcmanfm) cmd=(pcmanfm --no-desktop "$d");; pcmanfm-qt) cmd=(pcmanfm-qt "$d");; caja) cmd=(caja --no-desktop "$d");; *) cmd=($fm "$d");;
esac
# dbus-run-session gives the manager a bus of its own and ends it with the manager.
setsid dbus-run-session -- "${cmd[@]}" >"$t/log" 2>&1 & F=$!
sleep 2; wmctrl -r :ACTIVE: -b add,maximized_vert,maximized_horz 2>/dev/null  # a larger window asks for more thumbnails
sleep "$((s-2))"
w=$(xwininfo -root -tree 2>/dev/null | grep -cE '[0-9]{3,}x[0-9]{3,}\+')
import -window root "$out" 2>/dev/null
th=$(find "$t" -path '*thumbnails*' -name '*.png' | wc -l); fails=$(find "$t" -path '*thumbnails/fail*' -name '*.png' | wc -l)
c=$(identify -format '%k' "$out" 2>/dev/null)
kill -- -$F 2>/dev/null; kill $W $X 2>/dev/null; wait $X $W 2>/dev/null
sleep 0.5; rm -rf "$t" 2>/dev/null
printf 'filemanager_shot manager=%s windows=%s colours=%s thumbnails=%d failed=%d file=%s\n' "$fm" "$w" "${c:-0}" "$((th-fails))" "$fails" "$out"
[ "${c:-0}" -gt 500 ]
