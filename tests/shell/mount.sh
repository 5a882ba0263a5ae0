# SPDX-License-Identifier: Apache-2.0
# A store of tiny images with known licenses, and mounts of it. Sourced by mount_*.t.
. "${top_srcdir:-.}/tests/shell/lib.sh"
[ -c /dev/fuse ] || skip_all "there is no /dev/fuse"
[ "$(id -u)" = 0 ] || skip_all "needs root"
store=$tmp/store
mnt=$tmp/mnt
mkdir -p "$store" "$mnt"
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
up() { "${mount[@]}" "$@" 2>/dev/null || note "cannot mount"; }
down() { licensefs umount "$mnt" || note "cannot unmount"; }
# Paths of all regular files, one line each, sorted.
files() { (cd "$1" && find . -type f -printf '%P\n' | LC_ALL=C sort | tr '\n' ' '); }
dirs() { (cd "$1" && find . -mindepth 1 -type d -printf '%P\n' | LC_ALL=C sort | tr '\n' ' '); }
# eventually NAME COMMAND...: within five seconds.
eventually() {
	local name=$1 end=$((SECONDS + 6))
	shift
	while [ $SECONDS -lt $end ]; do
		if "$@" >/dev/null 2>&1; then pass "$name" && return; fi
		sleep 0.01
	done
	fail "$name"
	note "not within 5 s: $*"
}
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
		[ -e "$log" ] || continue
		fail "a sanitizer speaks"
		note "$(head -40 "$log")"
		return
	done
	pass "no sanitizer speaks"
}
