# SPDX-License-Identifier: Apache-2.0
# Runs the console blocks of a document and compares what they print. Sourced by docs_*.t, which makes stores below
# $tmp/data and directories below $tmp/mnt, and then calls
#
#   walk_through docs/X.md LEAST     LEAST commands at least
#
# REGENERATE=1 writes what the commands print into the document, for a look at the difference.
. "${top_srcdir:-.}/tests/shell/lib.sh"
can_mount || skip_all "cannot mount"
[ "$(id -u)" = 0 ] || skip_all "needs root"
command -v licensefs >/dev/null || exit 99
place() { sed "s#/data/#$tmp/data/#g; s#/mnt/#$tmp/mnt/#g"; }
# How files are served depends on the machine.
unplace() { sed "/^licensefs: mount: mode=/d; s#$tmp/#/#g; s/20[0-9][0-9]-[01][0-9]-[0-3][0-9]/2026-11-22/g; s/xxh3:[0-9a-f]*/xxh3:.../; s/after [0-9.]* ms/after 1.0 ms/; s/^MOUNT  */MOUNT        /"; }
command= want= number=0 at=0
execute() {
	(cd "$tmp" && timeout 60 bash -c "$(place <<<"$command")") >"$tmp/.out" 2>&1 </dev/null
	status=$?
	got=$(unplace <"$tmp/.out")
}
# What only looks into a mount may have been too early: it follows what was decided within a moment.
check() {
	local tries=1000
	[ -n "$command" ] || return
	execute
	while [ "$got" != "$want" ] && [ $((tries -= 1)) -gt 0 ]; do
		case $command in
		licensefs* | *'&& licensefs'*) break ;;
		*/mnt/*) sleep 0.02 && execute ;;
		*) break ;;
		esac
	done
	number=$((number + 1))
	[ -z "${REGENERATE:-}" ] || [ -z "$got" ] || printf '%s\n' "$got" >"$tmp/got.$at"
	case $command in *'|| '*) status=0 ;; esac
	if [ $status != 0 ]; then
		fail "line $at: $command"
		note "exit status $status: $got"
	elif [ -n "$want" ]; then
		is "$got" "$want" "line $at: $command"
	else
		pass "line $at: $command"
	fi
	command= want=
}
walk_through() {
	local line=0 in=no text m
	doc=$top_srcdir/$1
	while IFS= read -r text; do
		line=$((line + 1))
		case $in$text in
		'no```console') in=yes ;;
		'yes```') check; in=no ;;
		'yes$ '*) check; command=${text#\$ } at=$line ;;
		yes*) want=$want${want:+$'\n'}$text ;;
		esac
	done <"$doc"
	for m in $(awk -v t="$tmp/" 'index($5, t) == 1 { print $5 }' /proc/self/mountinfo); do licensefs umount "$m"; done
	ok "there are commands" test $number -ge "$2"
	if [ -n "${REGENERATE:-}" ]; then
		awk -v t="$tmp" '
			/^```console$/ { on = 1; print; next }
			on && /^```$/ { on = 0 }
			on && /^\$ / { print; f = t "/got." NR; while ((getline l < f) > 0) print l; close(f); next }
			!on { print }' "$doc" >"$tmp/new" && cat "$tmp/new" >"$doc"
	fi
	plan
}
