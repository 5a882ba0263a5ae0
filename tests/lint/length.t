# SPDX-License-Identifier: Apache-2.0
# Sources stay readable: files of at most 600 lines (tables aside), functions of at most 80, lines of
# at most 100 columns (tabs count 8), an SPDX line at the top, no trailing blanks.
. "${top_srcdir:-.}/tests/lint/lib.sh"
list=$(find fs include tools tests/unit -name '*.[ch]' ! -path fs/license/tables.c | LC_ALL=C sort)
bad=
for f in $list; do
	l=$(wc -l <"$f")
	[ "$l" -le 600 ] || bad="$bad $f:$l"
done
if [ -z "$bad" ]; then ok "no file over 600 lines"; else not_ok "files over 600 lines:$bad"; fi

# A function body begins with '{' in column 0 and ends with '}' in column 0 (kernel style).
bad=$(awk 'FNR==1{start=0} /^\{/{start=FNR} /^\}/{if(start && FNR-start>80) printf " %s:%d(%d)",FILENAME,start,FNR-start; start=0}' $list)
if [ -z "$bad" ]; then ok "no function over 80 lines"; else not_ok "functions over 80 lines:$bad"; fi

bad=$(for f in $list; do expand -t 8 "$f" | awk -v f="$f" 'length($0)>100{printf " %s:%d",f,NR}'; done)
if [ -z "$bad" ]; then ok "no line over 100 columns"; else not_ok "lines over 100 columns:$bad"; fi

bad=$(for f in $list; do head -1 "$f" | grep -q SPDX-License-Identifier || printf ' %s' "$f"; done)
if [ -z "$bad" ]; then ok "SPDX line first"; else not_ok "no SPDX line:$bad"; fi

bad=$(grep -nE '[ 	]+$' $list | head -5)
if [ -z "$bad" ]; then ok "no trailing blanks"; else not_ok "trailing blanks: $bad"; fi
plan
