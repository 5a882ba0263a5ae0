# SPDX-License-Identifier: Apache-2.0
# kill -9 of a scan at random moments: the catalog opens, is consistent each time, and the finished
# rescan equals an undisturbed one. KILLS=100 for the long run.
. "${top_srcdir:-.}/tests/shell/lib.sh"
kills=${KILLS:-15}
base=$data/images/cc-by.jpg
store=$tmp/store
python3 - "$base" "$store" <<'P'
import os, sys
base, store = open(sys.argv[1], "rb").read(), sys.argv[2]
for d in range(30):
    os.makedirs(f"{store}/d{d:02}/sub")
    for i in range(60):
        open(f"{store}/d{d:02}/{i:04}.jpg", "wb").write(base + b"%d %d" % (d, i))
        if i % 3 == 0:
            open(f"{store}/d{d:02}/{i:04}.txt", "w").write("caption")
    open(f"{store}/d{d:02}/sub/x.jpg", "wb").write(base + b"sub %d" % d)
P
sleep 2.1 # no time stamp is racily young
dump() { python3 "$top_srcdir/tests/shell/catalog_dump.py" "$1"; }
start=$(date +%s%N)
licensefs scan "$store" --catalog "$tmp/whole.db" >/dev/null 2>&1
took=$((($(date +%s%N) - start) / 1000))
want=$(dump "$tmp/whole.db")

bad=0 killed=0
for i in $(seq "$kills"); do
	[ $((i % 4)) = 1 ] && rm -f "$tmp"/part.db*
	licensefs scan "$store" --catalog "$tmp/part.db" >/dev/null 2>&1 &
	pid=$!
	us=$((RANDOM * 32768 + RANDOM))
	sleep "$(awk -v u=$((us % (took * 3 / 4 + 1))) 'BEGIN{printf "%.6f", u/1e6}')"
	kill -9 $pid 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
	[ -e "$tmp/part.db" ] || continue
	run licensefs status --verify "$store" --catalog "$tmp/part.db"
	# 0: consistent; an empty or half-made catalog says that scan must be run
	if [ "$status" != 0 ] && ! [[ $err =~ "run 'licensefs scan" ]]; then
		bad=$((bad + 1))
		note "after kill $i: status $status: $err"
	fi
done
note "$killed of $kills scans were killed before they ended by themselves"
is "$bad" 0 "the catalog is consistent after each kill"
licensefs scan "$store" --catalog "$tmp/part.db" >/dev/null 2>&1
is "$(dump "$tmp/part.db" | sha256sum)" "$(echo "$want" | sha256sum)" "the finished rescan equals an undisturbed one"
exits 0 "and is consistent" licensefs status --verify "$store" --catalog "$tmp/part.db"
plan
