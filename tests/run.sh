#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# All tests: plain, under ASan+UBSan, under TSan, and real programs over real mounts.
set -uo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

usage() {
	cat <<'U'
usage: sudo tests/run.sh [--fast]

Installs the Debian packages that the tests need, builds the newest libfuse as setup.sh does, and licensefs
four times (./build plain, ./build-asan with ASan and UBSan, ./build-tsan with TSan, ./build-system with the
system's libfuse, where that is another), runs the suite in each, of mounts alone in the last and once more
over io_uring, and then real programs (PyTorch, OpenCV, Pillow, sharp, darknet, rsync, file managers, validators) over mounts of
examples/store. The last line sums up: N passed, N failed, N skipped.

  --fast   only the plain build and its suite
U
}
# root may look at the git checkout of a user (for the lints).
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$PWD
fast=no
for arg; do
	case $arg in
	--fast) fast=yes ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done

passed=0 failed=0 skipped=0
finish() {
	rm -rf "${reports:-/nonexistent}"
	# A checkout that belongs to a user stays usable for that user.
	[ "$(id -u)" != 0 ] || chown -R --reference=. build* 2>/dev/null
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
	exit
}
broken() { # something other than a test failed: count it, so that the last line says so
	failed=$((failed + 1))
	echo "FAILED: $*"
}

# tally NAME DIR [LOG...]: adds up the results that automake's TAP driver left in DIR.
tally() {
	local name=$1 dir=$2 p f s
	mapfile -d '' -t trs < <(find "$dir" -name '*.trs' -print0)
	if [ ${#trs[@]} = 0 ]; then
		broken "$name: no test ran; $dir/check.log says:"
		grep -E 'error|Error|\*\*\*' "$dir/check.log" | head -n 20
		return
	fi
	p=$(cat "${trs[@]}" | grep -cE '^:test-result: (PASS|XFAIL)')
	f=$(cat "${trs[@]}" | grep -cE '^:test-result: (FAIL|XPASS|ERROR)')
	s=$(cat "${trs[@]}" | grep -cE '^:test-result: SKIP')
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-8s %5d passed %4d failed %4d skipped %6d s\n' "$name" "$p" "$f" "$s" $((SECONDS - since))
	[ "$s" = 0 ] || grep -lE '^:test-result: SKIP' "${trs[@]}" | while read -r one; do
		grep -ahE '^SKIP: ' "${one%.trs}.log" | sed 's/^/         /'
	done
	[ "$f" = 0 ] || grep -lE '^:test-result: (FAIL|XPASS|ERROR)' "${trs[@]}" | while read -r one; do
		echo "-------- ${one%.trs}.log"
		awk '/^(not ok|Bail out|ERROR)/ || /Sanitizer|runtime error/ { p = 1; print; next }
			/^#/ { if (p) print; next } /^(FAIL|XPASS):/ { next } { p = 0 }' \
			"${one%.trs}.log" | tail -n 60
	done
}

# build NAME DIR LIBFUSE CONFIGURE-ARGUMENT...
build() {
	local name=$1 dir=$2
	shift
	since=$SECONDS
	mkdir -p "$dir"
	if ! configure_and_make "$@" >"$dir/build.log" 2>&1; then
		broken "$name does not build; $dir/build.log ends:"
		tail -n 30 "$dir/build.log"
		return 1
	fi
}
configure_and_make() (
	dir=$1 with=$2
	shift 2
	configure_ready || exit
	configured "$dir" "$with" && cd "$dir" ||
		{ cd "$dir" && ../configure -q --with-libfuse="$with" "$@"; } || exit
	make -s -j"$(nproc)" all
)
# check NAME DIR MAKE-ARGUMENT...: runs the suite there; the outcome is in the .trs files.
check() {
	local name=$1 dir=$2
	shift 2
	find "$dir" -name '*.trs' -delete
	timeout -k 30 1500 make -k -C "$dir" -j"$(nproc)" "$@" >"$dir/check.log" 2>&1
	[ $? != 124 ] || broken "$name: the suite hung; $dir/check.log says what ran"
	tally "$name" "$dir"
	# Daemons have no terminal to complain to: every report of a sanitizer counts.
	for report in "${reports:-/nonexistent}/$name".*; do
		[ -e "$report" ] || continue
		broken "$name: $report"
		head -n 30 "$report"
	done
}

apt=$(mktemp)
if ! packages_need build demo test libfuse >"$apt" 2>&1; then
	tail -n 5 "$apt"
	broken "packages are missing; run as root: sudo tests/run.sh"
	finish
fi
if [ "$fast" = no ] && ! packages_need clients >"$apt" 2>&1; then
	tail -n 5 "$apt"
	broken "some client packages cannot be installed"
fi
rm -f "$apt"
[ -c /dev/fuse ] || modprobe fuse 2>/dev/null
[ -c /dev/fuse ] || { broken "no /dev/fuse: the mount tests cannot run (modprobe fuse)"; finish; }

# The libfuse that users get, if there is a network to have it from. Sanitizers run with it too: what is
# new in it (passthrough, io_uring) is where memory and threads are ours to get wrong.
libfuse=system newest=yes
if ! pkg-config --atleast-version=3.18 fuse3; then
	why=$(mktemp) newest=no
	if .ci/libfuse.sh 2>"$why"; then
		libfuse=$(libfuse_here) newest=yes
	elif [ $? = 2 ]; then
		skipped=$((skipped + 1))
		echo "libfuse 3.18 or newer cannot be had, all is tested with the system's: $(tail -n 1 "$why")"
	else
		broken "no newer libfuse: $(tail -n 1 "$why"); build/libfuse.log ends:"
		tail -n 20 build/libfuse.log
	fi
	rm -f "$why"
fi

build plain build "$libfuse" --enable-werror || finish
check plain build check
if [ "$fast" = yes ]; then finish; fi

# Tests run some commands as nobody, who may not be able to write below a private checkout.
reports=$(mktemp -d) && chmod 1777 "$reports"
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:log_path=$reports/asan
export UBSAN_OPTIONS=print_stacktrace=1:log_path=$reports/asan
export TSAN_OPTIONS=log_path=$reports/tsan
# Without -Werror: with sanitizers gcc warns of truncations that cannot happen. Without what looks at the sources or
# at the time.
executed=$(cd build && make -s print-tests | tr ' ' '\n' | grep -vE 'tests/lint/|/bench_' | tr '\n' ' ')
build asan build-asan "$libfuse" --enable-asan --enable-ubsan CFLAGS='-O1 -g' && check asan build-asan check TESTS="$executed"

# Only what has threads: the scan, the mount, and the digest of snapshots.
threaded=$(cd build && make -s print-tests | tr ' ' '\n' | grep -E 'scan|mount|live|view\.t|clients/views|leaves|snapshot\.t' | tr '\n' ' ')
build tsan build-tsan "$libfuse" --enable-tsan CFLAGS='-O1 -g' && check tsan build-tsan check TESTS="$threaded"

# Mounts again over io_uring, where tests may switch it on (to most it is no mode of its own), and with the
# libfuse that Debian has, which knows of no passthrough: as for who has no network.
mounts=$(cd build && make -s print-tests | tr ' ' '\n' | grep -E 'mount|cli_usage' | tr '\n' ' ')
programs="tests/live/storm tests/live/takedown $(tr ' ' '\n' <<<"$mounts" | grep ^tests/unit/ | tr '\n' ' ')"
uring=/sys/module/fuse/parameters/enable_uring
if [ $newest = yes ] && [ -e $uring ] && { [ -w $uring ] || [ "$(cat $uring)" = Y ]; }; then
	since=$SECONDS
	LICENSEFS_TEST_MODE=uring check uring build check TESTS="$(grep -o 'tests/shell/mount[^ ]*' <<<"$mounts" | tr '\n' ' ')"
fi
if [ "$libfuse" != system ]; then
	build system build-system system --enable-werror &&
		check system build-system check TESTS="$mounts" check_PROGRAMS="$programs"
fi

# Real programs, on the plain build. sharp, the newest exiftool and validators come from npm, where there is one.
if [ "$(id -u)" = 0 ] && ! command -v npm >/dev/null; then
	DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends npm >/dev/null 2>&1
fi
export SHARP_DIR=$PWD/build/clients EXIFTOOL_DIR=$PWD/build/clients/exiftool VALID_DIR=$PWD/build/clients/valid
need_npm() { # DIRECTORY WHAT-THEN NAME@VERSION...; a directory each: npm removes what it was not told of
	local dir=$1 then=$2 one
	shift 2
	for one; do
		[ -d "$dir/node_modules/${one%@*}" ] || break
	done
	[ ! -d "$dir/node_modules/${one%@*}" ] || return 0
	mkdir -p "$dir" && timeout -k 10 120 npm install --prefix "$dir" --no-save --no-audit --no-fund --silent "$@" \
		>/dev/null 2>&1 || echo "npm cannot install $*: $then"
}
need_npm_file() { # FILE WHAT-THEN NAME@VERSION PATH: one file of a package, without what that depends on
	local file=$1 then=$2 dir
	[ ! -e "$file" ] || return 0
	dir=$(mktemp -d) && mkdir -p "$(dirname "$file")" &&
		timeout -k 10 120 npm pack --silent --pack-destination "$dir" "$3" >/dev/null 2>&1 &&
		tar -xzOf "$dir"/*.tgz "package/$4" >"$dir/file" 2>/dev/null && mv "$dir/file" "$file" ||
		echo "npm has no $4 of $3: $then"
	rm -rf "$dir"
}
need_npm "$SHARP_DIR" "its test is skipped" sharp@0.33
need_npm "$EXIFTOOL_DIR" "Debian's exiftool is taken" exiftool-vendored.pl@13
need_npm "$VALID_DIR" "exports are not validated" vnu-jar@26.9.27 jsonld@8.3.3 spdx-expression-parse@4.0.0
# The schema of SPDX 3.0.1, as its project generates it.
need_npm_file "$VALID_DIR/spdx-3.json" "exports are not validated" @cyclonedx/cdxgen@12.8.4 data/spdx-export.schema.json
since=$SECONDS
check clients build check-clients
finish
