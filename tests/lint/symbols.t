# SPDX-License-Identifier: Apache-2.0
# No name is defined in two objects: the linker takes the tools' function where the library means its
# own, without a word.
. "${top_srcdir:-.}/tests/lint/lib.sh"
cd "${top_builddir:-.}" || exit 99
command -v nm >/dev/null || { echo "1..0 # SKIP nm is not installed"; exit 0; }
objects=$(find tools fs -name 'licensefs-*.o' -o -name 'liblicensefs_a-*.o' | LC_ALL=C sort)
[ -n "$objects" ] || { echo "1..0 # SKIP nothing is built"; exit 0; }
bad=$(nm -g --defined-only $objects 2>/dev/null |
	awk 'NF == 3 && $2 ~ /[TDBR]/ { print $3 }' | grep -vE '^(__|_)' | LC_ALL=C sort | uniq -d)
if [ -z "$bad" ]; then ok "no name is defined twice"; else not_ok "defined twice:" $bad; fi
plan
