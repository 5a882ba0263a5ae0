# SPDX-License-Identifier: Apache-2.0
# TAP and work directories for the end-to-end tests.
#
#   . "${top_srcdir:-.}/tests/shell/lib.sh"
#   run licensefs scan "$store"      sets $status, $out, $err
#   is "$status" 0 "scan succeeds"   is GOT WANT NAME; like GOT REGEX NAME; ok NAME if COMMAND
#   plan                             at the end
#
# $tmp is a directory of this test alone; everything mounted below it is unmounted and the directory
# removed at exit. KEEP=1 keeps it for a look.
set -u
export LC_ALL=C.UTF-8 NO_COLOR=1
unset LICENSEFS_CATALOG
top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
top_builddir=$(cd "${top_builddir:-.}" && pwd)
export top_srcdir top_builddir
PATH=$top_builddir:$PATH
data=$top_srcdir/tests/data
tmp=$(mktemp -d "${TMPDIR:-/tmp}/licensefs-test.XXXXXX") || exit 99
test_count=0
test_failed=0

cleanup() {
	local m
	for m in $(awk -v t="$tmp/" 'index($5, t) == 1 { print $5 }' /proc/self/mountinfo | sort -r); do
		fusermount3 -u -z "$m" 2>/dev/null || umount -l "$m" 2>/dev/null
	done
	[ -n "${KEEP:-}" ] && { echo "# kept $tmp"; return; }
	chmod -R u+rwX "$tmp" 2>/dev/null
	rm -rf --one-file-system "$tmp"
}
trap cleanup EXIT
trap 'exit 99' INT TERM HUP

# As umount(8), but waits for who looks at every mount of the machine, and so into this one for a moment.
umount() {
	local i
	for ((i = 0; i < 50; i++)); do
		command umount "$@" 2>"$tmp/.umount" && return
		grep -q 'busy' "$tmp/.umount" || break
		sleep 0.1
	done
	cat "$tmp/.umount" >&2
	return 1
}

pass() { test_count=$((test_count + 1)); echo "ok $test_count - $*"; }
fail() { test_count=$((test_count + 1)); test_failed=1; echo "not ok $test_count - $*"; }
note() { printf '%s\n' "$*" | sed 's/^/# /'; }
plan() { echo "1..$test_count"; exit $test_failed; }
skip_all() { echo "1..0 # SKIP $*"; exit 0; }

# ok NAME COMMAND...: passes if the command succeeds.
ok() {
	local name=$1
	shift
	if "$@" >"$tmp/.ok" 2>&1; then pass "$name"; else
		fail "$name"
		note "failed: $*"
		note "$(head -20 "$tmp/.ok")"
	fi
}
is() {
	if [ "$1" = "$2" ]; then pass "$3"; else
		fail "$3"
		note " got: $1"
		note "want: $2"
	fi
}
like() {
	if [[ $1 =~ $2 ]]; then pass "$3"; else
		fail "$3"
		note "     got: $1"
		note "not like: $2"
	fi
}
unlike() {
	if [[ $1 =~ $2 ]]; then
		fail "$3"
		note "    got: $1"
		note "yet like: $2"
	else pass "$3"; fi
}

# run COMMAND...: keeps $status, $out, $err; never hangs for more than three minutes.
run() {
	timeout 180 "$@" >"$tmp/.out" 2>"$tmp/.err" </dev/null
	status=$?
	out=$(cat "$tmp/.out")
	err=$(cat "$tmp/.err")
}
# succeeds NAME COMMAND...; exits STATUS NAME COMMAND...
exits() {
	local want=$1 name=$2
	shift 2
	run "$@"
	if [ "$status" = "$want" ]; then pass "$name"; else
		fail "$name"
		note "exit status $status, not $want: $*"
		note "$err"
	fi
}
succeeds() { exits 0 "$@"; }

# json FILTER: the last run's JSON Lines through jq, compactly.
json() { jq -c "$@" "$tmp/.out"; }

# make_store: a copy of the example store in $tmp/store, as $store; make_store scan: scanned too.
make_store() {
	store=$tmp/store
	cp -r "$top_srcdir/examples/store" "$store" && chmod -R u+w "$store" || exit 99
	[ "${1:-}" != scan ] || licensefs scan "$store" >/dev/null || exit 99
}
# Can this machine mount? Tests of mounts skip where it cannot.
can_mount() { [ -w /dev/fuse ] && { [ "$(id -u)" = 0 ] || command -v fusermount3 >/dev/null; }; }
