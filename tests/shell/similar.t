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
echo '<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>' >"$store/box.svg"
exits 0 "a scan of what cannot be decoded" licensefs scan --similar "$store" --json
is "$(json -c '[.images, .likenesses]')" '[35,{"known":33,"none":2,"waiting":0,"looked_at":34}]' "leaves it without"
like "$err" 'this build cannot decode 1 svg' "and says what this build cannot"
rm "$store/dot.pnm" "$store/box.svg"

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

# --- a row that says other bytes than are there
right=$(query "select quote(hash) from entry where name = cast('05.jpg' as blob) and died is null")
hash_is() {
	query "update entry set hash = $1 where name = cast('05.jpg' as blob) and died is null;
		update likeness set state = 0, prints = null where entry = (select id from entry where name = cast('05.jpg' as blob) and died is null)"
}
# time stamps that are as young as this would have the file read again
sleep 2.1 && licensefs scan "$store" >/dev/null
hash_is "x'00112233445566778899aabbccddeeff'"
licensefs scan "$store" >/dev/null
is "$(state 05.jpg)" 0 "bytes that are not the judged ones give no likeness"
hash_is "$right"
licensefs scan "$store" >/dev/null
is "$(state 05.jpg)" 1 "those do"

# --- a revoked picture and its copies, in a mount
copies="copies/25.jpg copies/50.jpg copies/75.jpg copies/lossless.png copies/q60.jpg copies/web.webp"
decide '**' --license CC0-1.0
up -o view=noncommercial
status_of() { licensefs explain --json "$store" "$1" | jq -r .status; }
hidden() { ! test -e "$mnt/$1" && ! cat "$mnt/$1" && ! files "$mnt" | grep -qwF "$1"; }
shown() { cat "$mnt/$1" && files "$mnt" | grep -qwF "$1"; }
ok "everything is there" shown copies/25.jpg
is "$(tar -tf "$mnt/shard.tar" | tr '\n' ' ')" "0.jpg 1.jpg " "in a shard, too"
cp "$store/a/00.jpg" "$tmp/mine.jpg"
exits 0 "find --like" licensefs find --like "$tmp/mine.jpg" "$store"
for f in a/00.jpg $copies shard.tar/0.jpg; do
	ok "finds $f" grep -qwF "$f" <<<"$out"
done
is "$(grep -cE '(^|/)a/(0[1-9]|1|2|twin)' <<<"$out")" 0 "and no other"
exits 0 "revoke --like" licensefs revoke --like "$tmp/mine.jpg" "$store" --reason 'she asked for it'
for f in a/00.jpg $copies; do
	ok "$f is gone" hidden "$f"
	is "$(status_of "$f")" revoked "and revoked"
done
is "$(status_of shard.tar/0.jpg)" revoked "a member of a shard is revoked"
is "$(tar -tf "$mnt/shard.tar" | tr '\n' ' ')" "1.jpg " "and gone from it"
ok "others stay" shown a/01.jpg
exits 3 "--no-similar" licensefs scan --no-similar "$store"
like "$err" 'likenesses are needed' "is refused now"

# Copies that come later are never seen: not before they are read, decoded and compared.
if [ -z "${AM_SANITIZE:-}" ]; then
	cp "$tmp/out/late.jpg" "$store/late.jpg"
	cp "$tmp/out/unrelated.jpg" "$store/unrelated.jpg"
	printf x >>"$store/unrelated.jpg"
	FAULT_DECODER=hang $faulty licensefs scan "$store" >"$tmp/scan.out" 2>"$tmp/scan.err" &
	scan=$!
	waits() { [ "$(state late.jpg)" = 0 ] && [ "$(state unrelated.jpg)" = 0 ]; }
	eventually "they are read, and wait for a decoder that hangs" waits
	ok "meanwhile a copy is hidden" hidden late.jpg
	ok "and a picture that may be one" hidden unrelated.jpg
	is "$(status_of unrelated.jpg)" unreadable "it is unreadable"
	like "$(licensefs explain --json "$store" unrelated.jpg | jq -r .reason)" 'not yet compared' "and it says why"
	kill -TERM $scan
	wait $scan
	is $? 3 "the scan is interrupted"
	FAULT_DECODER=kill $faulty licensefs scan "$store" >/dev/null 2>&1
	is "$(state late.jpg)$(state unrelated.jpg)" 00 "killed decoders leave them waiting"
	ok "and hidden: the copy" hidden late.jpg
	ok "and the other" hidden unrelated.jpg
	exits 0 "a scan with decoders" licensefs scan "$store"
	is "$(status_of late.jpg)" revoked "tells a copy"
	ok "which nobody sees" hidden late.jpg
	eventually "from another picture" shown unrelated.jpg
fi
cp "$tmp/out/later.jpg" "$store/a/03.jpg"
mkdir -p "$store/new"
cp "$tmp/out/later.jpg" "$store/new/copy.jpg"
cp "$tmp/out/unrelated2.jpg" "$store/new/other.jpg"
licensefs scan "$store" >/dev/null
followed
ok "in the place of another file a copy is hidden" hidden a/03.jpg
ok "and in a new directory" hidden new/copy.jpg
eventually "beside which others are seen" shown new/other.jpg
mv "$store/new/copy.jpg" "$store/new/name.jpg"
licensefs scan "$store" >/dev/null
followed
ok "whatever its name" hidden new/name.jpg
succeeds "the catalog is sound" licensefs status --verify "$store"
exits 0 "restore" licensefs restore "$store" 1 --reason 'a mistake'
for f in a/00.jpg $copies new/name.jpg; do
	ok "$f is back" shown "$f"
done
is "$(tar -tf "$mnt/shard.tar" | tr '\n' ' ')" "0.jpg 1.jpg " "in the shard, too"
down

sanitizers_are_silent
plan
