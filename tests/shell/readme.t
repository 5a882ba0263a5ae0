# SPDX-License-Identifier: Apache-2.0
# What the README shows runs, and prints what it says.
. "${top_srcdir:-.}/tests/shell/lib.sh"
can_mount || skip_all "cannot mount"

mkdir -p "$tmp/demo/mnt" "$tmp/examples"
cp -r "$top_srcdir/examples/store" "$tmp/demo/store" && chmod -R u+w "$tmp/demo/store"
cp "$top_srcdir/examples/photos.csv" "$tmp/examples/"
licensefs scan "$tmp/demo/store" >/dev/null || exit 99
licensefs mount "$tmp/demo/store" "$tmp/demo/mnt" || exit 99

number=0 command= want=
check() {
	[ -n "$command" ] || return
	number=$((number + 1))
	got=$(cd "$tmp" && timeout 60 bash -c "$command" 2>&1 </dev/null)
	# A command substitution keeps no blank lines at the end
	is "$got" "${want%"${want##*[![:space:]]}"}" "$command"
	command= want=
}
in=no
while IFS= read -r text; do
	case $in$text in
	'no```console') in=yes ;;
	'yes```') check; in=no ;;
	'yes$ '*) check; command=${text#\$ } ;;
	yes*) want=$want${want:+$'\n'}$text ;;
	esac
done <"$top_srcdir/README.md"
licensefs umount "$tmp/demo/mnt"
ok "there are commands" test $number -ge 8
plan
