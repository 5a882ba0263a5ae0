# SPDX-License-Identifier: Apache-2.0
# Every option of every verb stands in its manual page, in --help and in the completion, and none
# of these names an option that there is not.
. "${top_srcdir:-.}/tests/lint/lib.sh"
top_builddir=${top_builddir:-.}
PATH=$top_builddir:$PATH
listing=$(licensefs help --options) || { not_ok "licensefs help --options runs"; plan; }

verbs=$(awk -F '\t' '$1 == "verb" && $2 !~ / / { print $2 }' <<<"$listing")
# The options of a verb and of the verbs below it, "--name" and "-n", sorted.
options_of() {
	awk -F '\t' -v v="$1" '$1 == "option" && ($2 == v || index($2, v " ") == 1) {
		print $3; if ($4 != "-") print $4 }' <<<"$listing" | LC_ALL=C sort -u
}
exact_options_of() {
	awk -F '\t' -v v="$1" '$1 == "option" && $2 == v {
		print $3; if ($4 != "-") print $4 }' <<<"$listing" | LC_ALL=C sort -u
}
same() { # NAME WANT GOT
	if [ "$2" = "$3" ]; then ok "$1"; else
		not_ok "$1"
		diff <(echo "$2") <(echo "$3") | sed -n 's/^</# missing:/p; s/^>/# too many:/p'
	fi
}

for v in $verbs; do
	page=man/licensefs-$v.1
	[ -e "$page" ] || { not_ok "licensefs-$v(1) exists"; continue; }
	# .It Fl j , Fl -jobs Ar N
	got=$(sed -n 's/^\.It \(Fl .*\)/\1/p' "$page" | grep -oE 'Fl [^ ]+' | sed 's/^Fl /-/' | LC_ALL=C sort -u)
	same "options in licensefs-$v(1)" "$(options_of "$v")" "$got"
	arguments=$(awk -F '\t' -v v="$v" '$1 == "option" && ($2 == v || index($2, v " ") == 1) &&
		$5 != "-" { print $3, $5 }' <<<"$listing" | LC_ALL=C sort -u)
	got=$(sed -n 's/^\.It Fl .*Fl -\([a-z-]*\) Ar \(.*\)/--\1 \2/p; s/^\.It Fl -\([a-z-]*\) Ar \(.*\)/--\1 \2/p' "$page" | LC_ALL=C sort -u)
	same "arguments of options in licensefs-$v(1)" "$arguments" "$got"
	if grep -q "^\.It Cm $v$" man/licensefs.1 && grep -q "^\.Xr licensefs-$v 1" man/licensefs.1; then
		ok "licensefs(1) names $v"
	else
		not_ok "licensefs(1) does not list $v with its page"
	fi
done
# Mount options: those that fs/mount reads are in the manual and in 'licensefs mount --help'.
mount_words=$(sed -n -E 's/^\t\{ "([a-z_]+)", ([A-Z_]+), .*/\1 \2/p' fs/mount/options.c |
	awk '$2 != "IGNORED" { print $1 }' | LC_ALL=C sort)
got=$(sed -n '/^\.Ss Mount options/,/^\.El/s/^\.It Cm //p' man/licensefs-mount.1 | sed 's/ Ns .*//; s/ , /\n/g' | LC_ALL=C sort)
same "mount options in licensefs-mount(1)" "$mount_words" "$got"
want=$(grep -vE '^(noexec|.*context)$' <<<"$mount_words")
got=$(licensefs mount --help | sed -n 's/^  \([a-z_]*\)[= ].*/\1/p' | grep . | LC_ALL=C sort)
same "mount options in 'licensefs mount --help'" "$want" "$got"

got=$(sed -n '/verbs:$/,/^\.El/s/^\.It Cm //p' man/licensefs.1 | LC_ALL=C sort)
same "verbs in licensefs(1)" "$(LC_ALL=C sort <<<"$verbs")" "$got"

. completions/licensefs
completes() { # the last word is to be completed
	COMP_WORDS=(licensefs "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_licensefs
	printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort -u
}
same "completion of verbs" "$(printf '%s\n' $verbs --help --version | LC_ALL=C sort)" "$(completes '')"
while IFS=$'\t' read -r kind v _ _; do
	[ "$kind" = verb ] || continue
	got=$(licensefs $v --help </dev/null | sed -n 's/^ \{2,6\}-/-/p' | sed 's/  .*//' |
		grep -oE -e '--?[A-Za-z0-9][a-z0-9-]*' | LC_ALL=C sort -u)
	want=$(exact_options_of "$v")
	subs=$(awk -F '\t' -v p="$v " '$1 == "verb" && index($2, p) == 1 { print substr($2, length(p) + 1) }' <<<"$listing")
	if [ -n "$subs" ]; then
		same "completion of the verbs of $v" "$(printf '%s\n' $subs --help | LC_ALL=C sort)" "$(completes $v '')"
		continue
	fi
	same "options in 'licensefs $v --help'" "$want" "$got"
	same "completion of the options of $v" "$want" "$(completes $v -)"
done <<<"$listing"
plan
