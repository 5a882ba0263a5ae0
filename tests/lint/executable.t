# SPDX-License-Identifier: Apache-2.0
# A script that names its interpreter can be called: documentation calls them by their names.
. "${top_srcdir:-.}/tests/lint/lib.sh"
bad= n_scripts=0
for f in $(sources .ci bench setup.sh autogen.sh | grep -vE '\.(c|h|py|md)$'); do
	head -c 2 "$f" | grep -q '^#!' || continue
	n_scripts=$((n_scripts + 1))
	[ -x "$f" ] || bad="$bad $f"
done
if [ -z "$bad" ]; then ok "scripts can be executed"; else not_ok "not executable:$bad"; fi
if [ "$n_scripts" -ge 8 ]; then ok "$n_scripts were looked at"; else not_ok "only $n_scripts scripts found"; fi
plan
