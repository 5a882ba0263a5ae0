# SPDX-License-Identifier: Apache-2.0
# What images look like: scan --similar, interrupted and resumed, in archives, of changed bytes; and
# copies of a revoked picture, which nobody sees in a mount, also not before they are decoded.
. "${top_srcdir:-.}/tests/shell/mount.sh"
python=/usr/bin/python3
$python -c 'import PIL' 2>/dev/null || skip_all "python3 has no PIL"
$python "$top_srcdir/tests/shell/similar_make.py" "$store" "$tmp/out"
[ -n "${AM_SANITIZE:-}" ] || ${CC:-cc} -O1 -shared -fPIC -o "$tmp/faults.so" "$top_srcdir/tests/shell/faults.c" -ldl
faulty="env LD_PRELOAD=$tmp/faults.so" # becomes licensefs
query() { sqlite3 -cmd '.timeout 5000' "$store/.licensefs/catalog.db" "$1"; }
state() { # PATH NAME: 0 waits, 1 known, 2 none
	query "select state from likeness l join entry e on e.id = l.entry where e.name = cast('$1' as blob) and died is null"
}
some_are_known() { [ "$(query 'select count(*) from likeness where state = 1')" -gt 0 ]; }

# --- on, off
exits 0 "a scan without" licensefs scan "$store" --json
is "$(json -c '[.images, .likenesses]')" '[32,null]' "keeps no likeness"
exits 2 "both options" licensefs scan --similar --no-similar "$store"
like "$err" "contradict" "contradict each other"
exits 0 "a scan with --similar" licensefs scan --similar "$store" --json
is "$(json -c .likenesses)" '{"known":32,"none":0,"waiting":0,"looked_at":32}' "looks at all, in archives too"
exits 0 "another one" licensefs scan "$store" --json
is "$(json -c .likenesses)" '{"known":32,"none":0,"waiting":0,"looked_at":0}' "goes on keeping, and looks at none twice"
cp "$store/a/01.jpg" "$store/a/twin.jpg"
cp "$tmp/out/unrelated.jpg" "$store/a/02.jpg"
exits 0 "a scan of new files" licensefs scan "$store"
like "$out" 'likeness of 33 images, 1 looked at now' "looks at what is new, and at no twin"
exits 0 "--no-similar" licensefs scan --no-similar "$store" --json
is "$(json -c .likenesses)" null "forgets"
succeeds "the catalog is sound" licensefs status --verify "$store"

# --- what cannot be decoded
printf 'P6\n1 1\n255\nrgb' >"$store/dot.pnm"
exits 0 "a scan of what cannot be decoded" licensefs scan --similar "$store" --json
is "$(json -c '[.images, .likenesses]')" '[34,{"known":33,"none":1,"waiting":0,"looked_at":33}]' "leaves it without"
like "$err" 'this build cannot decode 1 pnm' "and says what this build cannot"
rm "$store/dot.pnm"

# --- interrupted, and resumed
if [ -z "${AM_SANITIZE:-}" ]; then
	licensefs scan --no-similar "$store" >/dev/null
	FAULT_DECODER=100000 $faulty licensefs scan -j 1 --similar "$store" >"$tmp/scan.out" 2>"$tmp/scan.err" &
	scan=$!
	eventually "a slow scan looks at some" some_are_known
	kill -TERM $scan
	wait $scan
	is $? 3 "and is interrupted"
	known=$(query 'select count(*) from likeness where state = 1')
	ok "some are known, others not: $known" test "$known" -gt 0 -a "$known" -lt 33
	exits 0 "the next scan" licensefs scan "$store" --json
	is "$(json -c '[.likenesses.known, .likenesses.waiting]')" '[33,0]' "knows all"
	ok "and looked only at those" test "$(json .likenesses.looked_at)" -le $((33 - known))
else
	licensefs scan --similar "$store" >/dev/null
fi

sanitizers_are_silent
plan
