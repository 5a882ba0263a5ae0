# SPDX-License-Identifier: Apache-2.0
# The Debian packages that licensefs needs, how to get what is missing, and which libfuse to build with;
# sourced by setup.sh, tests/run.sh and bench/run.sh.

packages_build="gcc libc6-dev make autoconf automake pkgconf libfuse3-dev fuse3 libsqlite3-dev
	libexif-dev libiptcdata0-dev libxml2-dev libxxhash-dev libunistring-dev libsmartcols-dev
	zlib1g-dev nettle-dev libbrotli-dev libcbor-dev libjansson-dev libyaml-dev libseccomp-dev
	libjpeg-dev libpng-dev libwebp-dev libtiff-dev libgif-dev"
packages_libfuse="meson ninja-build dpkg-dev liburing-dev libnuma-dev"
packages_demo="attr"
packages_test="git mandoc reuse attr file python3 python3-pil sqlite3 jq libimage-exiftool-perl libheif-dev
	exiv2 btrfs-progs stress-ng fio bindfs rsync strace procps"
packages_clients="python3-torch python3-torchvision python3-numpy python3-yaml python3-opencv python3-pil darknet nodejs rsync
	attr file bc tar thunar pcmanfm tumbler xvfb dbus-x11 wmctrl imagemagick x11-utils openbox
	adwaita-icon-theme strace jq chromium default-jre-headless cmark python3-jsonschema libarchive-tools reuse"
packages_bench="libimage-exiftool-perl exiv2 bindfs mergerfs fuse-overlayfs python3 python3-numpy python3-pil
	python3-torch python3-torchvision"

# packages_missing SET...: prints the packages of the sets that are not installed.
packages_missing() {
	local set name
	for set; do
		name=packages_$set
		for package in ${!name}; do
			case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
			installed) ;;
			*) echo "$package" ;;
			esac
		done
	done | LC_ALL=C sort -u
}

# packages_need SET...: installs what is missing; needs root only if something is.
packages_need() {
	local missing
	if ! command -v apt-get >/dev/null; then
		echo "packages not checked: this is no Debian; needed: $(packages_missing "$@" | tr '\n' ' ')" >&2
		return 0
	fi
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" != 0 ]; then
		echo "packages are missing: $(echo $missing)" >&2
		echo "run this as root, or install them first: apt-get install $(echo $missing)" >&2
		return 1
	fi
	apt-get -q update && DEBIAN_FRONTEND=noninteractive \
		apt-get -q install -y --no-install-recommends $missing
}

# configure_ready: ./configure is there and as new as what it is made from.
configure_ready() {
	[ -x configure ] && [ -z "$(find configure.ac m4 -newer configure)" ] || ./autogen.sh
}
# libfuse_here: the prefix of the libfuse that .ci/libfuse.sh built, or 'system' where there is none.
libfuse_here() {
	if [ -e build/libfuse/stamp ]; then echo "$PWD/build/libfuse"; else echo system; fi
}
# configured DIR LIBFUSE: whether DIR is, by the configure of this checkout and with that libfuse.
configured() {
	[ -f "$1/Makefile" ] && [ "$1/config.status" -nt configure ] &&
		[ ! build/libfuse/stamp -nt "$1/config.status" ] &&
		[ "$(sed -n 's/^with_libfuse = //p' "$1/Makefile")" = "$2" ]
}
