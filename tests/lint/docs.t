# SPDX-License-Identifier: Apache-2.0
# The documents keep up with the code: functions and invariants that they name exist, links lead
# somewhere.
. "${top_srcdir:-.}/tests/lint/lib.sh"
bad=$(grep -ohE 'lic_[a-z_]+\(\)' docs/ARCHITECTURE.md docs/decisions/*.md README.md | sort -u |
	while read -r call; do
		grep -rqE "\b${call%()}\(" fs include tools --include='*.[ch]' || printf ' %s' "$call"
	done)
if [ -z "$bad" ]; then ok "functions named in docs/ exist"; else not_ok "no such function:$bad"; fi

bad=$(grep -rhoE '\[I[0-9]+\]' fs include tools --include='*.[ch]' | tr -d '[]' | sort -u |
	while read -r i; do
		grep -q "^| $i |" docs/ARCHITECTURE.md || printf ' %s' "$i"
	done)
if [ -z "$bad" ]; then ok "cited invariants are listed"; else not_ok "not in docs/ARCHITECTURE.md:$bad"; fi

for doc in *.md docs/*.md docs/decisions/*.md bench/*.md examples/*.md; do
	bad=$(grep -oE '\]\([^)#:]+[)#]' "$doc" | sed -E 's/^\]\(//; s/[)#]$//' | while read -r link; do
		[ -e "$(dirname "$doc")/$link" ] || printf ' %s' "$link"
	done)
	if [ -z "$bad" ]; then ok "$doc: links lead somewhere"; else not_ok "$doc: dead links:$bad"; fi
done
plan
