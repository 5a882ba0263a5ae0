#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs or merges the fuzz targets; called by `make fuzz` and `make fuzz-merge` in a build configured
# with --enable-fuzzing. New inputs are kept in fuzz/TARGET of the build, findings in fuzz/found.
#
#   FUZZ_TARGETS="jpeg xmp"   names (tests/fuzz/replay --list), all by default
#   FUZZ_SECONDS=60           for each target
#   FUZZ_JOBS=1               targets at a time
#   FUZZ_LEN=4096 FUZZ_FILES=48 FUZZ_KEEP=24000   longest input, and number and bytes for a target,
#                             that a merge keeps in tests/fuzz/corpus
set -u
top_srcdir=${top_srcdir:-.}
targets=${FUZZ_TARGETS:-$(tests/fuzz/replay --list)}
jobs=${FUZZ_JOBS:-1}
[ -x tests/fuzz/fuzz ] || {
	echo "no fuzzer was built, configure with --enable-fuzzing CC=clang" >&2
	exit 2
}
export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=32:allocator_may_return_null=1:${ASAN_OPTIONS:-}
export UBSAN_OPTIONS=print_stacktrace=1:${UBSAN_OPTIONS:-}
# A dictionary belongs to all targets that its name lists, separated by dashes, and to those whose
# names begin with one of these and a dash.
dictionary() {
	local d
	for d in "$top_srcdir"/tests/fuzz/dict/*.dict; do
		case -$(basename "$d" .dict)- in *-"$1"-* | *-"${1%%-*}"-*) echo "-dict=$d" ;; esac
	done
}
one() {
	local t=$1 seeds=$top_srcdir/tests/fuzz/corpus/$1 work=fuzz/$1 log=fuzz/$1.log
	ln -sf fuzz "tests/fuzz/fuzz_$t"
	mkdir -p "$work" fuzz/found "$seeds"
	if ! "tests/fuzz/fuzz_$t" $(dictionary "$t") -timeout=5 -rss_limit_mb=512 \
		-max_len="${FUZZ_MAX_LEN:-16384}" -max_total_time="${FUZZ_SECONDS:-60}" \
		-artifact_prefix="fuzz/found/$t-" -print_final_stats=1 \
		"$work" "$seeds" >"$log" 2>&1; then
		echo "FINDING: $t"
		grep -aE 'does not hold|runtime error|ERROR:|SUMMARY|Test unit written' "$log"
		return 1
	fi
	printf '%-10s %s\n' "$t" "$(grep -aE '(DONE|pulse|NEW|REDUCE|INITED).*cov:' "$log" | tail -n 1)"
}
pick() { # DIR: some of its files, of all sizes, as "size path"
	find "$1" -type f -printf '%s %p\n' | sort -n |
		awk -v k="${FUZZ_FILES:-48}" '{ line[NR] = $0 }
			END { step = NR > k ? NR / k : 1
				for (i = 1; i <= NR; i += step) print line[int(i)] }'
}
# What is kept: the first inputs (seeds.py); of those that a greedy cover needs FUZZ_FILES of all sizes,
# FUZZ_KEEP bytes of them; and those that have a name (a finding, once fixed, is regress-WHAT).
merge() {
	local t=$1 seeds=$top_srcdir/tests/fuzz/corpus/$1 f size sum=0
	ln -sf fuzz "tests/fuzz/fuzz_$t"
	rm -rf "fuzz/$t.min"
	mkdir -p "fuzz/$t" "$seeds" "fuzz/$t.min"
	"tests/fuzz/fuzz_$t" -set_cover_merge=1 -max_len="${FUZZ_LEN:-4096}" -timeout=5 "fuzz/$t.min" \
		"$seeds" "fuzz/$t" >"fuzz/$t.log" 2>&1 || { tail -n 5 "fuzz/$t.log"; return 1; }
	find "$seeds" -type f -regex '.*/[0-9a-f]*' -delete
	python3 "$top_srcdir/tests/fuzz/seeds.py" "fuzz/$t.seeds"
	[ "$t" = license ] || [ "$t" = any ] || cp "fuzz/$t.seeds/$t"/* "$seeds"/ 2>/dev/null
	rm -r "fuzz/$t.seeds"
	pick "fuzz/$t.min" | while read -r size f; do
		sum=$((sum + size))
		[ $sum -gt "${FUZZ_KEEP:-24000}" ] && break
		cp "$f" "$seeds"/
	done
	printf '%-10s %4d files %7d bytes\n' "$t" "$(find "$seeds" -type f | wc -l)" \
		"$(cat "$seeds"/* | wc -c)"
}
action=one
[ "${1:-}" != --merge ] || action=merge
failed=0
for t in $targets; do
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || failed=1; done
	$action "$t" &
done
while [ -n "$(jobs -rp)" ]; do wait -n || failed=1; done
exit $failed
