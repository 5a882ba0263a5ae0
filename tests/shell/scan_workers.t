# SPDX-License-Identifier: Apache-2.0
# The processes that read images: they crash, hang, hog and babble, are killed and confined, and the
# verdicts on all other images are those of an undisturbed scan.
. "${top_srcdir:-.}/tests/shell/lib.sh"
[ -z "${AM_SANITIZE:-}" ] || skip_all "sanitizers do not let themselves be preloaded (unit tests do this)"
${CC:-cc} -O1 -shared -fPIC -o "$tmp/faults.so" "$top_srcdir/tests/shell/faults.c" -ldl ||
	skip_all "no compiler to build the faults with"
store=$tmp/store
python3 - "$data/images/cc-by.jpg" "$store" <<'P'
import os, sys
base, store = open(sys.argv[1], "rb").read(), sys.argv[2]
# the faults are in libxml2, which is asked for XMP with an entity in an attribute
base = base.replace(b"='Image::", b"='&amp;::")
assert b"&amp;" in base
for d in range(10):
    os.makedirs(f"{store}/d{d}")
    for i in range(100):
        open(f"{store}/d{d}/{i:03}.jpg", "wb").write(base + b"%d %d" % (d, i))
    open(f"{store}/d{d}/050.txt", "w").write("caption")
for d, what in enumerate(["crash", "loop", "hog", "garbage"]):
    bad = base.replace(b"FAULT", b"fault").replace(b"(c) 2020 Jane Doe", b"FAULT:%-11s" % what.encode())
    assert b"FAULT:" in bad and len(bad) == len(base)
    open(f"{store}/d{d}/047-{what}.jpg", "wb").write(bad)
P
sleep 2.1 # no time stamp is racily young
dump() { python3 "$top_srcdir/tests/shell/catalog_dump.py" "$1"; }
# what is not about the four, nor about the directories whose counts they are in
others() { dump "$1" | grep -v FAULT | grep -vE "^\(b'(d[0-3](/047-[a-z]*.jpg)?)?', "; }
faulty="env LD_PRELOAD=$tmp/faults.so"
reason() { licensefs explain --catalog "$1" --json "$store" "$2" | jq -r .reason; }

succeeds "an undisturbed scan" licensefs scan --json --catalog "$tmp/whole.db" "$store"
is "$(json -c '[.images, .status.clear]')" '[1004,1004]' "judges everything"
is "$(json -c .sandbox)" '["landlock","seccomp"]' "in confined processes"
is "$err" "" "and has nothing to say"

# --- images that the readers die of
succeeds "a scan whose readers die of four images" $faulty licensefs scan --json --catalog "$tmp/faulty.db" "$store"
is "$(json -c '[.images, .status.clear, .status.unreadable]')" '[1004,1000,4]' "calls those unreadable"
like "$(reason "$tmp/faulty.db" d0/047-crash.jpg)" 'the reader crashed on it \(signal 11\)' "says that one crashed it"
like "$(reason "$tmp/faulty.db" d1/047-loop.jpg)" 'more than 2 s of processor time' "that one took too long"
like "$(reason "$tmp/faulty.db" d2/047-hog.jpg)" 'more than 256 MB of memory' "that one took too much memory"
like "$(reason "$tmp/faulty.db" d3/047-garbage.jpg)" 'what no reader answers' "and that one made it babble"
is "$(others "$tmp/whole.db" | wc -l)" 1016 "(1,000 others, their captions and six directories)"
is "$(others "$tmp/faulty.db" | sha256sum)" "$(others "$tmp/whole.db" | sha256sum)" "all others are judged as ever"
succeeds "the catalog is sound" licensefs status --verify --catalog "$tmp/faulty.db" "$store"
succeeds "another scan" licensefs scan --json --catalog "$tmp/faulty.db" "$store"
is "$(json .status.unreadable)" 4 "does not read them again"
succeeds "scan --verify" licensefs scan --verify --json --catalog "$tmp/faulty.db" "$store"
is "$(json .status.clear)" 1004 "does, with readers that live"
is "$(dump "$tmp/faulty.db" | sha256sum)" "$(dump "$tmp/whole.db" | sha256sum)" "and comes to the undisturbed catalog"

# --- killed from outside
children() { ps -o pid= --ppid "$1"; }
rm "$store"/d?/047-*
licensefs scan --catalog "$tmp/whole.db" "$store" >/dev/null
FAULT_SPIN=1500 $faulty licensefs scan --catalog "$tmp/killed.db" "$store" >"$tmp/out" 2>"$tmp/err" &
scan=$! kills=0 # env has become licensefs
while kill -0 $scan 2>/dev/null; do
	victim=$(children $scan | shuf -n 1)
	[ -n "$victim" ] && kill -9 $victim 2>/dev/null && kills=$((kills + 1))
	sleep 0.0$((RANDOM % 5 + 2))
done
wait $scan
is "$?" 0 "a scan whose processes are killed all the time comes to its end"
note "$kills processes were killed"
ok "many of them" test "$kills" -ge 5
is "$(cat "$tmp/err")" "" "and has nothing to say"
is "$(dump "$tmp/killed.db" | sha256sum)" "$(dump "$tmp/whole.db" | sha256sum)" "its catalog is that of an undisturbed scan"

FAULT_SPIN=3000 $faulty licensefs scan --catalog "$tmp/gone.db" "$store" >/dev/null 2>&1 &
scan=$! left=
for i in $(seq 100); do
	[ "$(children $scan | wc -l)" -ge 2 ] && break
	sleep 0.02
done
left=$(children $scan)
kill -9 $scan
wait $scan 2>/dev/null
ok "a scan has processes" test "$(echo "$left" | wc -w)" -ge 2
for i in $(seq 100); do
	alive=$(ps -o pid= -p "$(echo $left | tr ' ' ,)" 2>/dev/null)
	[ -z "$alive" ] && break
	sleep 0.02
done
is "$alive" "" "which are gone when it is killed"

touch "$tmp/orphan"
FAULT_ORPHAN=$tmp/orphan FAULT_SPIN=1500 succeeds "a scan whose nursery is killed as it made a process" \
	$faulty licensefs scan -j 1 --catalog "$tmp/orphan.db" "$store"
ok "it was" test ! -e "$tmp/orphan"
is "$(dump "$tmp/orphan.db" | sha256sum)" "$(dump "$tmp/whole.db" | sha256sum)" "nobody else reads for that process"

# --- little of everything
mkdir "$tmp/small" && cp "$store/d0/001.jpg" "$tmp/small/"
small() { run bash -c 'ulimit "$1" "$2" && shift 2 && exec licensefs scan --verify --json "$@"' - "$@" "$tmp/small"; }
small -v 262144
is "$(json .status.clear)" 1 "256 MB of address space are enough"
small -v 262144 -j 64
is "$(json .status.clear)" 1 "for 64 threads as well"
small -n 40 -j 4
is "$(json .status.clear)" 1 "and so are 40 descriptors"

# --- a kernel without Landlock
FAULT_LACKS=landlock run $faulty licensefs scan --verify --json "$tmp/small"
like "$err" '^licensefs: scan: .*not confined as they should be: this kernel has no Landlock' "a kernel without Landlock is named"
is "$(echo "$err" | wc -l)" 1 "once"
is "$(json -c '[.sandbox, .status.clear]')" '[["seccomp"],1]' "and the scan goes on with what there is"

# --- what containers forbid, so that programs take clone(2)
FAULT_LACKS=clone3 run $faulty licensefs scan --verify --json "$tmp/small"
is "$(json -c '[.sandbox, .status.clear]') $err" '[["landlock","seccomp"],1] ' "a kernel without clone3 does as well"
plan
