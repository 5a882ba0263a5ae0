# SPDX-License-Identifier: Apache-2.0
# Images are revoked and restored at random while programs look at them in every way, in each mode: what
# is hidden is seen by nobody, what is permitted never fails, and how long it takes is printed.
# LICENSEFS_STORM: seconds a mode (4). LICENSEFS_STORM_BOUND: ms until a change must show (60000).
. "${top_srcdir:-.}/tests/shell/mount.sh"
find_modes uring
seconds=${LICENSEFS_STORM:-4}
# this machine may have other things to do, and sanitizers take their time
bound=${LICENSEFS_STORM_BOUND:-60000}
storm=$top_builddir/tests/live/storm
[ -x "$storm" ] || skip_all "tests/live/storm is not built"
python3 "$top_srcdir/tests/live/make_storm.py" "$store" "$tmp/list"
scan
decide '**' --license CC-BY-4.0
licensefs view set "$store" mine license=CC-BY-4.0 >/dev/null
for mode in $modes; do
	up -o mode=$mode
	mkdir -p "$tmp/second"
	licensefs mount "$store" "$tmp/second" -o mode=$mode 2>/dev/null
	timeout $((seconds + 240)) "$storm" "$store" "$tmp/list" "$seconds" "${LICENSEFS_STORM_READERS:-4}" "$bound" "$mnt" "$tmp/second" >"$tmp/out" 2>&1
	is "$?" 0 "$mode: $seconds s of revoking and restoring under readers"
	cat "$tmp/out"
	licensefs umount "$tmp/second"
	down
done

rm -rf "$store"
python3 "$top_srcdir/tests/live/make_takedown.py" "$store" "${LICENSEFS_TAKEDOWN:-3000}"
scan
decide '**' --license CC-BY-4.0
for mode in $modes; do
	up -o mode=$mode
	timeout 300 "$top_builddir/tests/live/takedown" "$store" "$mnt" 2 >"$tmp/out" 2>&1
	is "$?" 0 "$mode: ${LICENSEFS_TAKEDOWN:-3000} images are taken down at once, and brought back"
	cat "$tmp/out"
	down
done
sanitizers_are_silent
plan
