# SPDX-License-Identifier: Apache-2.0
# What README.md shows is what happens: its tree of views, and each console block, run in order.
. "${top_srcdir:-.}/tests/shell/lib.sh"
command -v getfattr >/dev/null || skip_all "getfattr is not installed"
readme=$top_srcdir/README.md
cd "$tmp" && mkdir -p demo/mnt && cp -r "$top_srcdir/examples" . && cp -r examples/store demo/store
ok "the shipped store mounts" sh -c 'licensefs scan demo/store && licensefs mount demo/store demo/mnt'

# The tree, as setup.sh draws it.
sed -n '/^images()/,/^}/p' "$top_srcdir/setup.sh" >draw.sh
tree=$(bold='' dim='' plain='' bash -c '. ./draw.sh; show_views' | sed 1d)
is "$tree" "$(awk '/^```$/ { on = !on; if (!on) exit; next } on' "$readme")" "the tree of views"

awk '/^```console$/ { on = 1; next } /^```$/ { if (on) print "@@"; on = 0; next } on' "$readme" >blocks
command='' want=''
check_one() {
	[ -n "$command" ] || return 0
	run bash -c "$command"
	# what only looks may look too early: a mount follows a decision within a moment
	for ((tries = 250; tries; tries--)); do
		case $command in ls*) [ "$out" != "$(printf %s "$want")" ] || break ;; *) break ;; esac
		sleep 0.02
		run bash -c "$command"
	done
	is "$out${err:+${out:+$'\n'}$err}" "$(printf %s "$want")" "$command"
	command='' want=''
}
while IFS= read -r line; do
	case $line in
	'$ '*) check_one && command=${line#??} ;;
	@@) check_one ;;
	*) want=$want$line$'\n' ;;
	esac
done <blocks
plan
