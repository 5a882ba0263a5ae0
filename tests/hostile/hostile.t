# SPDX-License-Identifier: Apache-2.0
# Thousands of malformed files among clean neighbours, through the real program in little memory:
# nothing crashes, no neighbour's verdict changes, and no file permits more than what it was made
# of. HOSTILE=10 makes ten times as many, HOSTILE=0 all that the generator can.
. "${top_srcdir:-.}/tests/shell/lib.sh"
here=$top_srcdir/tests/hostile
python3 "$here/generate.py" "$tmp/h" "${HOSTILE:-1}" || exit 99
store=$tmp/h/store
cp -r "$store/." "$tmp/h/clean" && find "$tmp/h/clean" -type f ! -name 'clean*' -delete || exit 99
# Addresses, of which each thread's allocator reserves 64 MiB. Sanitizers reserve terabytes.
[ -n "${AM_SANITIZE:-}" ] && limit=unlimited || limit=393216

scan() {
	(ulimit -v $limit && exec timeout 600 licensefs scan "$1") >"$tmp/.out" 2>"$tmp/.err" </dev/null
	status=$?
	licensefs find --json "$1" >"$1.json"
}
for what in seeds clean store; do
	scan "$tmp/h/$what"
	is "$status" 0 "the scan of $what succeeds in $limit KiB"
done
exits 0 "the catalog is consistent" licensefs status --verify "$store"
python3 "$here/check.py" "$tmp/h/manifest.tsv" "$tmp/h/seeds.json" "$tmp/h/clean.json" \
	"$tmp/h/store.json" >"$tmp/checked"
while IFS= read -r line; do
	case $line in
	'ok '*) pass "${line#* - }" ;;
	'not ok '*) fail "${line#* - }" ;;
	'#'*) echo "$line" ;;
	esac
done <"$tmp/checked"
like "$(tail -n 1 "$tmp/checked")" '^1\.\.[0-9]+$' "every check was made"
plan
