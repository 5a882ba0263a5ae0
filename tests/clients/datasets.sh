# SPDX-License-Identifier: Apache-2.0
# Whole datasets (layouts.py) over mounts, and whether views of them are what they must be (oracle.py). Sourced by *.t.
. "${top_srcdir:-.}/tests/clients/lib.sh"
can_mount || skip_all "cannot mount"
[ -x /usr/bin/python3 ] || skip_all "no python3"
python=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1
store=$tmp/store
mnt=$tmp/mnt
mkdir "$mnt"

# dataset LAYOUT [ARGUMENT...]: makes it, scans it, mounts all views of it.
dataset() {
	local name=$1
	shift
	down
	rm -rf "$store" "$store.truth"
	$python "$here/layouts.py" "$store" "$name" --plain "$@" && licensefs scan "$store" >"$tmp/.scan" 2>&1 &&
		licensefs mount "$store" "$mnt" 2>"$tmp/.mount"
}
down() { ! mountpoint -q "$mnt" || licensefs umount "$mnt"; }

# The pictures that a view owes, by oracle.py; "images" counts those in archives, too.
owed() { $python "$here/oracle.py" "$store" "$mnt" "$1" 2>/dev/null | sed "s/.* $2=\([0-9]*\).*/\1/"; }

# oracle NAME: every view is what it must be, and counts what find counts.
oracle() {
	local line view said
	# shellcheck disable=SC2086
	timeout 120 $python "$here/oracle.py" "$store" "$mnt" $views >"$tmp/.oracle" 2>"$tmp/.oracle.err"
	while read -r line; do
		view=${line#view=} view=${view%% *}
		said=$(grep "^$view: " "$tmp/.oracle.err")
		case $line in
		*problems=0) pass "$1: $line" ;;
		*) fail "$1: $line" && note "${said:-nothing said}" ;;
		esac
		line=${line#*images=}
		is "$(licensefs find "$store" --where "$(in_view "$view")" -0 | tr -cd '\0' | wc -c)" "${line%% *}" \
			"$1: find counts the same for $view"
	done <"$tmp/.oracle"
	is "$(wc -l <"$tmp/.oracle")" 7 "$1: all views were looked at"
}
# What find must be asked, which gates nothing by itself.
in_view() { echo "$1 & status=clear & !reserved(training)"; }
