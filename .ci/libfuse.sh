#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the newest libfuse as a static library, from Debian's source package: .ci/libfuse.sh [DIR].
# Mounts are fastest with libfuse 3.18 (docs/decisions/0025-libfuse.md), which Debian 12 and 13 do not have.
#
# What was built is kept in DIR (build/libfuse) and built again only if this script or the system is
# another. Nothing outside of DIR is touched: apt works with lists, cache and sources of its own, below
# DIR.new, and needs no root. Prints one line about what DIR holds; on failure one line that says why on
# standard error, there is no DIR, the log stays at DIR.log, and the status is 2 where nothing could be
# fetched (no network, no Debian), else 1. Interrupted, it leaves what was there.
# Needs the packages of the sets build and libfuse (.ci/packages.sh).
set -uo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.."
least=3.18
# Where Debian has newer ones. Testing before unstable, since a day's breakage is seen there first;
# stable last, for the day on which testing's needs newer tools than an older Debian has.
suites="testing unstable stable"
dest=$PWD/build/libfuse
case ${1-} in
-*) echo "usage: .ci/libfuse.sh [DIR]" >&2 && exit 2 ;;
/*) dest=$1 ;;
?*) dest=$PWD/$1 ;;
esac
work=$dest.new log=$dest.log

no() { # STATUS WHY; one of an earlier recipe is better than none, one of another system is of no use
	if [ -n "${system-}" ] && grep -sqxF "$system" "$dest/stamp"; then
		echo "$(head -n 1 "$dest/stamp") (not built again: $2)"
		exit 0
	fi
	rm -rf "$dest"
	echo "$2" >&2
	exit "$1"
}
# of the archive that apt has Debian from: its address, whatever mirror or proxy that is
archive() {
	apt-get "$@" indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)' 2>>"$log" |
		sed -n 's/^Debian|Debian|main|//p' | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }'
}
# private_apt: an apt.conf that adds to the system's (proxies, time limits, passwords stay in force).
private_apt() {
	mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" || return
	cat >"$work/apt.conf" <<-E
		Dir::State::lists "$work/apt/lists";
		Dir::Cache "$work/apt/cache";
		Dir::Etc::preferences "-";
		Dir::Etc::preferencesparts "-";
		APT::Update::Error-Mode "any";
		Acquire::http::Timeout "15";
		Acquire::https::Timeout "15";
		Acquire::Retries "1";
		Acquire::Languages "none";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	E
}
update() { timeout --foreground 120 apt-get -q -c "$work/apt.conf" "$@" update >>"$log" 2>&1 </dev/null; }
refused() { sed -n 's/^  *//p; s/^E: //p' "$log" | head -n 1; } # what apt says below the first "Err:"
# suite SUITE: from now on apt knows the source packages of that suite alone, if signed by Debian.
suite() {
	local key list=$work/sources.list options=
	for key in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
		[ -e "$key" ] && options="[signed-by=$key] "
	done
	echo "deb-src $options$uri $1 main" >"$list"
	only=(-o "Dir::Etc::sourcelist=$list" -o Dir::Etc::sourceparts=-)
	update "${only[@]}"
}
newest() {
	apt-cache -c "$work/apt.conf" "${only[@]}" showsrc --only-source fuse3 2>>"$log" |
		awk '/^Version:/ { print $2 }' | sort -V | tail -n 1
}
build() { # VERSION-OF-PACKAGE
	rm -rf "$work/src" "$work/obj" "$work/stage" && mkdir "$work/src" && cd "$work/src" || return
	# checked by apt against the signed lists
	timeout --foreground 300 apt-get -q -c "$work/apt.conf" "${only[@]}" source --only-source "fuse3=$1" || return
	# The helper that mounts for users is the system's, as root finds it.
	(
		eval "$(dpkg-buildflags --export=sh)"
		meson setup "$work/obj" ./fuse3-*/ --buildtype=plain --prefix="$dest" --libdir=lib \
			--bindir=/usr/bin --sbindir=/usr/sbin --sysconfdir=/etc -Ddefault_library=static \
			-Dpkgconfig.relocatable=true -Dexamples=false -Dutils=false -Dtests=false &&
			ninja -C "$work/obj" && DESTDIR=$work/stage meson install -C "$work/obj" --no-rebuild
	) || return
	grep -q 'define HAVE_URING' "$work/obj/fuse_config.h" ||
		{ echo "built without io_uring" && false; } || return
	[ -e "$work/stage$dest/lib/libfuse3.a" ] && [ -e "$work/stage$dest/lib/pkgconfig/fuse3.pc" ]
}

mkdir -p "$(dirname "$dest")" || no 1 "cannot write to $(dirname "$dest")"
exec 9>"$dest.lock" && flock -w 900 9 || no 1 "another build of it hangs"
if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
	no 2 "this is no Debian"
fi
recipe="recipe $(sha256sum <.ci/libfuse.sh)"
system="system $(. /etc/os-release && echo "$ID ${VERSION_CODENAME-}") $(dpkg --print-architecture)"
if [ "$(sed 1d "$dest/stamp" 2>/dev/null)" = "$recipe"$'\n'"$system" ]; then
	head -n 1 "$dest/stamp"
	exit 0
fi
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
rm -rf "$work" "$log" && private_apt || no 1 "cannot write to $work"
for tool in meson ninja dpkg-source pkg-config gcc; do
	command -v "$tool" >/dev/null || no 1 "$tool is missing"
done

uri=$(archive)
if [ -z "$uri" ]; then # the system's lists were deleted, as in containers
	update || no 2 "apt's lists are missing and cannot be fetched: $(refused)"
	uri=$(archive -c "$work/apt.conf")
	[ -n "$uri" ] || no 2 "apt's sources name no archive of Debian"
fi
why= fetched=2
for one in $suites; do
	if ! suite "$one"; then
		: "${why:=Debian $one cannot be fetched: $(refused)}"
		[ $SECONDS -lt 30 ] && continue
		break # it does not refuse but hang
	fi
	version=$(newest) fetched=1
	dpkg --compare-versions "$version" ge "$least" ||
		{ : "${why:=Debian $one has ${version:-none}}" && continue; }
	(build "$version") >>"$log" 2>&1 </dev/null || { : "${why:=$version does not build}" && continue; }
	printf '%s\n' "libfuse $version of Debian $one, static" "$recipe" "$system" >"$work/stage$dest/stamp"
	rm -rf "$dest" && mv "$work/stage$dest" "$dest" || no 1 "cannot write to $dest"
	rm -f "$log"
	head -n 1 "$dest/stamp"
	exit 0
done
no "$fetched" "$why"
