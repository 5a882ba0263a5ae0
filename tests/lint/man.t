# SPDX-License-Identifier: Apache-2.0
# Manual pages are clean mdoc, name what they document, and refer to pages that exist.
. "${top_srcdir:-.}/tests/lint/lib.sh"
for p in man/*.[1-8]; do
	name=$(basename "$p")
	head -1 "$p" | grep -q SPDX-License-Identifier || { not_ok "$name: no SPDX line"; continue; }
	if command -v mandoc >/dev/null; then
		if out=$(mandoc -T lint -W warning "$p" 2>&1); then ok "$name is clean mdoc"; else
			not_ok "$name: $(echo "$out" | head -3 | tr '\n' ' ')"
		fi
	else
		ok "$name # SKIP mandoc is missing"
	fi
	bad=
	for ref in $(sed -n -E 's/^\.Xr (licensefs[a-z-]*) ([0-9]).*/\1.\2/p' "$p"); do
		[ -e "man/$ref" ] || bad="$bad $ref"
	done
	grep -q "^\.Nm ${name%.*}$" "$p" || bad="$bad .Nm-is-not-${name%.*}"
	grep -qF "man/$name" man/local.mk || bad="$bad not-in-man/local.mk"
	if [ -z "$bad" ]; then ok "$name refers to pages that exist"; else not_ok "$name:$bad"; fi
	long=$(awk 'length($0) > 100 { printf " %d", FNR }' "$p")
	if [ -z "$long" ]; then ok "$name has no line over 100 columns"; else not_ok "$name: long lines$long"; fi
done
plan
