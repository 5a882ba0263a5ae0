# SPDX-License-Identifier: Apache-2.0
# A store of tiny images with known licenses, and mounts of it. Sourced by mount_*.t.
. "${top_srcdir:-.}/tests/shell/lib.sh"
[ -c /dev/fuse ] || skip_all "there is no /dev/fuse"
[ "$(id -u)" = 0 ] || skip_all "needs root"
store=$tmp/store
mnt=$tmp/mnt
mkdir -p "$store" "$mnt"

# --- modes
# LICENSEFS_TEST_MODE: how mounts are served that name no mode; the whole suite runs in each.
if [ -n "${LICENSEFS_TEST_MODE:-}" ]; then
	mkdir "$tmp/bin"
	cat >"$tmp/bin/licensefs" <<-E
		#!/bin/bash
		[ \$EUID = 0 ] && [[ \${1-} == mount || \${1-} == /* ]] && [[ \$* != *mode=* ]] && set -- "\$@" -o "mode=$LICENSEFS_TEST_MODE"
		exec "$top_builddir/licensefs" "\$@"
	E
	chmod +x "$tmp/bin/licensefs"
	PATH=$tmp/bin:$PATH
fi
uring_switch=/sys/module/fuse/parameters/enable_uring
uring_users=${TMPDIR:-/tmp}/licensefs-test-uring
# Switches io_uring on for as long as tests run that want it; the last of them puts it back.
uring_on() {
	[ -w $uring_switch ] && mkdir -p "$uring_users" || return
	(
		flock 9
		touch "$uring_users/$$"
		[ "$(cat $uring_switch)" != N ] || { touch "$uring_users/was-off" && echo Y >$uring_switch; }
	) 9>"$uring_users/lock"
}
uring_off() {
	[ -e "$uring_users/$$" ] || return
	(
		flock 9
		rm -f "$uring_users/$$"
		for user in "$uring_users"/[0-9]*; do
			[ -d "/proc/${user##*/}" ] && exit
			rm -f "$user"
		done
		[ ! -e "$uring_users/was-off" ] || { echo N >$uring_switch && rm -f "$uring_users/was-off"; }
	) 9>"$uring_users/lock"
}
trap 'cleanup; uring_off' EXIT
# can_serve MODE: is that mode to be had here, by this licensefs?
can_serve() {
	[ "$1" != uring ] || uring_on || return
	mkdir -p "$tmp/.probe/"{store,mnt}
	{ licensefs scan "$tmp/.probe/store" && licensefs mount "$tmp/.probe/store" "$tmp/.probe/mnt" -o "mode=$1" &&
		licensefs umount "$tmp/.probe/mnt"; } >/dev/null 2>&1
}
# find_modes [uring]: those that tests of every mode run in: $modes. With uring it takes part, which is
# passthrough by another way. LICENSEFS_TEST_MODE makes it that one alone.
find_modes() {
	local mode
	modes=${LICENSEFS_TEST_MODE:-}
	[ -z "$modes" ] || return
	for mode in cached checked passthrough "$@"; do
		if can_serve $mode; then modes+="$mode "; else note "mode=$mode cannot be had here: skipped"; fi
	done
}
# Does the kernel read files by itself? Then who has mapped one goes on, whatever is decided.
passes() { [ "$1" = passthrough ] || [ "$1" = uring ]; }
[ "${LICENSEFS_TEST_MODE:-}" != uring ] || uring_on || skip_all "io_uring cannot be switched on"
# Reports of a daemon under a sanitizer have no terminal to go to.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:log_path=$tmp/sanitizer UBSAN_OPTIONS=${UBSAN_OPTIONS:-}:log_path=$tmp/sanitizer
export TSAN_OPTIONS=${TSAN_OPTIONS:-}:log_path=$tmp/sanitizer

# image PATH [TEXT]: a picture of one pixel whose bytes depend on TEXT, else on its path.
image() {
	mkdir -p "$(dirname "$store/$1")"
	printf 'P6\n1 1\n255\nrgb%s' "${2:-$1}" >"$store/$1"
}
scan() { licensefs scan "$store" >/dev/null || note "scan failed"; }
decide() { licensefs decide "$store" "$@" --reason test >"$tmp/.decide" || note "decide $* failed"; }
# The usual store: five images of three licenses, one without, in two classes and a split.
make_small_store() {
	image cats/by.pnm
	image cats/nc.pnm
	image cats/none.pnm
	image dogs/nc.pnm
	image train/cc0.pnm
	mkdir -p "$store/empty"
	echo words >"$store/README"
	scan
	decide cats/by.pnm --license CC-BY-4.0
	decide '**/nc.pnm' --license CC-BY-NC-4.0
	decide train/cc0.pnm --license CC0-1.0
}
mount=(licensefs mount "$store" "$mnt")
up() { "${mount[@]}" "$@" 2>"$tmp/.up" || note "cannot mount: $(cat "$tmp/.up")"; }
down() { licensefs umount "$mnt" || note "cannot unmount"; }
# Paths of all regular files, one line each, sorted.
files() { (cd "$1" && find . -type f -printf '%P\n' | LC_ALL=C sort | tr '\n' ' '); }
dirs() { (cd "$1" && find . -mindepth 1 -type d -printf '%P\n' | LC_ALL=C sort | tr '\n' ' '); }
# eventually NAME COMMAND...: within half a minute, since the machine may be slow, or have other things to do. How soon
# things happen is for bench/ to tell.
eventually() {
	local name=$1 end=$((SECONDS + 31))
	shift
	while [ $SECONDS -lt $end ]; do
		if "$@" >/dev/null 2>&1; then pass "$name" && return; fi
		sleep 0.01
	done
	fail "$name"
	note "not within 30 s: $*"
}
# followed: waits until every mount of the store has followed what is committed by now, which most commands leave to it
# (`revoke` and `restore` wait by themselves). From then on nothing old is to be had, so whoever looks looks once.
followed() {
	local end=$((SECONDS + 31))
	until [ "$(licensefs status "$store" --json 2>/dev/null | jq 'all(.following[]; .state == "following")')" = true ]; do
		[ $SECONDS -lt $end ] || { note "some mount does not follow" && return; }
	done
}
# before TIME: is it not yet that many seconds after the epoch?
before() { [ "$(date +%s)" -lt "$1" ]; }
# daemon MOUNTPOINT: the process that serves it. Of two the later one: unmounting does not wait until
# the daemon has ended.
daemon() {
	local p name args line pid= began=-1
	for p in /proc/[0-9]*; do
		{ read -r name <"$p/comm" && [ "$name" = licensefs ] && mapfile -d '' -t args <"$p/cmdline" && read -r line <"$p/stat"; } 2>/dev/null || continue
		# behind the name, which may hold spaces: state is the third field, starttime the 22nd
		read -r -a line <<<"${line##*) }"
		for name in "${args[@]}"; do
			[ "$name" = "$1" ] && [ "${line[19]}" -ge "$began" ] && began=${line[19]} pid=${p#/proc/} && break
		done
	done
	echo "$pid"
}
gone() { ! kill -0 "$1" 2>/dev/null; }
# The last test of each script: no sanitizer had anything to say.
sanitizers_are_silent() {
	local log
	for log in "$tmp"/sanitizer.*; do
		[ -s "$log" ] || continue # of who was killed as it opened it
		fail "a sanitizer speaks"
		note "$(head -40 "$log")"
		return
	done
	pass "no sanitizer speaks"
}
