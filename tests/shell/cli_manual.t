# SPDX-License-Identifier: Apache-2.0
# The examples of the manual run, and print what the manual says. Every page gets a store of its own.
. "${top_srcdir:-.}/tests/shell/lib.sh"

# Lines of the literal displays of a page, mdoc's escapes undone; a blank line ends a display.
examples() {
	awk '/^\.Bd -literal/ { on = 1; next } /^\.Ed/ { on = 0; print ""; next } on' "$1" |
		sed 's/\\e/\\/g; s/\\&//g; s/\\(aq/'"'"'/g; s/\\(dq/"/g'
}
place() { sed "s#/data/photos#$store#g; s#/mnt/photos#$tmp/mnt#g"; }
check() { # NAME COMMAND WANT
	[ -n "$2" ] || return
	case $2 in *mount* | */mnt/*) can_mount || { pass "$1: $2 # SKIP cannot mount"; return; } ;; esac
	local shown=$2
	(cd "$tmp" && timeout 60 bash -c "$(place <<<"$2")") >"$tmp/.out" 2>"$tmp/.err" </dev/null
	status=$?
	if [ $status != 0 ]; then
		fail "$1: $shown"
		note "exit status $status"
		note "$(cat "$tmp/.err")"
	elif [ -n "$3" ]; then
		is "$(cat "$tmp/.out")" "$(place <<<"$3")" "$1: $shown"
	else
		pass "$1: $shown"
	fi
}

for page in "$top_srcdir"/man/*.[17]; do
	name=$(basename "$page")
	examples "$page" >"$tmp/examples"
	grep -q '^\$ ' "$tmp/examples" || continue
	store=$tmp/photos
	rm -rf "$store"
	cp -r "$top_srcdir/examples/store" "$store" && chmod -R u+w "$store"
	mkdir -p "$tmp/mnt"
	licensefs scan "$store" >/dev/null
	command= want=
	while IFS= read -r line; do
		case $line in
		'$ '*) check "$name" "$command" "$want"; command=${line#\$ }; want= ;;
		'') check "$name" "$command" "$want"; command= want= ;;
		*) [ -z "$command" ] || want=$want${want:+$'\n'}$line ;;
		esac
	done <"$tmp/examples"
	check "$name" "$command" "$want"
	! grep -q "$tmp/mnt" /proc/self/mountinfo || licensefs umount "$tmp/mnt"
done
plan
