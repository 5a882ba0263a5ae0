# SPDX-License-Identifier: Apache-2.0
# Unmodified programs over every built-in view of the shipped store: they must read every image
# that the view owes them, and not one more. Sourced by the *.t beside it.
. "${top_srcdir:-.}/tests/shell/lib.sh"
here=$top_srcdir/tests/clients
views="noncommercial commercial redistributable augmentable augmentable-shared attribution-free
	public-domain"

need() {
	local program
	for program; do
		command -v "$program" >/dev/null || skip_all "$program is not installed"
	done
}
# need_python MODULE...: Debian's own python3, which sees Debian's packages.
need_python() {
	local module
	for module; do
		/usr/bin/python3 -c "import $module" 2>/dev/null || skip_all "python3 has no $module"
	done
}

# expected VIEW [PATTERN]: what the view shows, one path a line, as far as it matches an extended
# regular expression.
expected() {
	local letter
	case $1 in
	noncommercial) letter=n ;; commercial) letter=c ;; redistributable) letter=r ;;
	augmentable) letter=a ;; augmentable-shared) letter=s ;; attribution-free) letter=f ;;
	public-domain) letter=p ;;
	esac
	sed '/^#/d' "$here/views.tsv" | awk -F'\t' -v l="$letter" 'index($2, l) { print $1 }' |
		grep -E "${2:-.}"
}

mount_examples() {
	store=$tmp/store
	mnt=$tmp/mnt
	mkdir "$mnt" && cp -r "$top_srcdir/examples/store" "$store" && chmod -R u+w "$store" &&
		licensefs scan "$store" >/dev/null && licensefs mount "$store" "$mnt"
}

# over_views PATTERN COMMAND...: runs the command with each view's directory in place of {}; it
# prints files=N, which must be the number of expected images that match the pattern.
over_views() {
	local pattern=$1 view want
	shift
	ok "the shipped store mounts" mount_examples
	for view in $views; do
		want=$(expected "$view" "$pattern" | wc -l)
		run timeout 120 "${@//\{\}/$mnt/$view}"
		[ "$want" -gt 0 ] || fail "$view: the table expects nothing"
		if [ "$status" = 0 ] && [[ " ${out##*$'\n'} " == *" files=$want "* ]]; then
			pass "$view: $want files"
		else
			fail "$view: $want files"
			note "status $status: $out"
			note "$err"
		fi
	done
	plan
}

# shot ARGUMENT...: a screenshot of a file manager. A bare X session now and then loses its first
# window: where nothing at all was painted, it is tried once more.
shot() {
	run bash "$here/filemanager_shot.sh" "$@"
	case $out in
	*" colours=1 "* | *" colours=0 "*) run bash "$here/filemanager_shot.sh" "$@" ;;
	esac
}
