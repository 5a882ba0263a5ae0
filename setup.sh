#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh checkout to a mounted demo: packages, build, scan, mount. Can be run again.
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "$0")"
top=$PWD
. .ci/packages.sh

usage() {
	cat <<'U'
usage: sudo ./setup.sh [--install] [--no-demo] [--system-libfuse]

Installs the Debian packages that are missing, builds ./build/licensefs, and mounts the
photographs of examples/store at ./demo/mnt. Run it again at any time.

  --install          also install the program and its manual pages under /usr/local
  --no-demo          only build
  --system-libfuse   build with the system's libfuse, also where Debian has a newer one
U
}

install=no demo=yes newest=yes
for arg; do
	case $arg in
	--install) install=yes ;;
	--no-demo) demo=no ;;
	--system-libfuse) newest=no ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done

bold= dim= plain=
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
	bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
fi
log=$(mktemp "${TMPDIR:-/tmp}/licensefs-setup.XXXXXX")
trap 'rm -f "$log"' EXIT
step=0

# The build belongs to whoever owns the checkout, also under sudo.
owner=$(stat -c %U .)
as_owner() {
	if [ "$(id -u)" = 0 ] && [ "$owner" != root ] && [ "$owner" != UNKNOWN ]; then
		runuser -u "$owner" -- "$@"
	else
		"$@"
	fi
}

# run WHAT REMEDY COMMAND...: one line a step; what the command says is shown only if it fails.
run() {
	local what=$1 remedy=$2
	shift 2
	step=$((step + 1))
	printf '  %d  %-44s' "$step" "$what"
	if "$@" >"$log" 2>&1 </dev/null; then
		printf 'done\n'
	else
		printf 'failed\n\n' && tail -n 25 "$log" | sed 's/^/     /'
		printf '\n%s\n' "setup: $what failed: $remedy" >&2
		exit 1
	fi
}

show() { # prints a command as one would type it, and what it says
	printf '\n%s$ %s%s\n' "$dim" "$*" "$plain"
	"$@"
}

# The system's libfuse does, more slowly as root, where it is old and a newer one cannot be had.
libfuse() {
	local says new
	step=$((step + 1)) libfuse=system
	printf '  %d  %-44s' "$step" "libfuse"
	says="$(pkg-config --modversion fuse3 2>/dev/null || echo none), the system's"
	if [ "$newest" = no ] || pkg-config --atleast-version=3.18 fuse3; then
		echo "$says"
	elif ! packages_need libfuse >"$log" 2>&1; then
		echo "$says"
		slower "install its packages as root: apt-get install $(echo $(packages_missing libfuse))"
	elif new=$(as_owner .ci/libfuse.sh 2>"$log" </dev/null); then
		echo "${new#libfuse }"
		libfuse=$(libfuse_here)
	else
		echo "$says"
		slower "$(tail -n 1 "$log")"
	fi
}
slower() { # WHY
	printf '     %s%s%s\n' "$dim" "3.18 or newer, with which root's mounts are faster, cannot be built: $1" "$plain"
}
configure() {
	as_owner bash -c '. .ci/packages.sh && configure_ready'
	as_owner mkdir -p build
	configured build "$libfuse" || (cd build && as_owner ../configure -q --with-libfuse="$libfuse")
}
compile() { as_owner make -s -C build -j"$(nproc)" licensefs; }

fuse_ready() {
	[ -c /dev/fuse ] || modprobe fuse || true
	[ -c /dev/fuse ]
}
demo_copy() {
	if mountpoint -q demo/mnt; then
		build/licensefs umount demo/mnt || fusermount3 -uz demo/mnt || umount -l demo/mnt
	fi
	as_owner mkdir -p demo/mnt demo/store
	as_owner cp -r --update --preserve=timestamps examples/store/. demo/store/
}
demo_scan() { as_owner build/licensefs scan demo/store; }
demo_mount() {
	if [ "$(id -u)" = 0 ]; then
		build/licensefs mount demo/store demo/mnt -o allow_other
	else
		build/licensefs mount demo/store demo/mnt
	fi
}

images() { find "$1" -type f ! -name '*.txt' ! -name '*.xmp' ! -path '*/.licensefs/*' | wc -l; }
show_views() {
	local view class line
	printf '\n%s%-24s%4s images%s\n' "$bold" demo/store "$(images demo/store)" "$plain"
	printf '%s\n' demo/mnt
	for view in demo/mnt/*; do
		[ "${view##*/}" = by-license ] && continue
		line=
		for class in "$view"/*/; do
			class=${class%/}
			line="$line${line:+, }${class##*/} $(images "$class")"
		done
		printf '├── %-20s%4s  %s%s%s\n' "${view##*/}" "$(images "$view")" "$dim" "$line" "$plain"
	done
	printf '└── %-20s%6s%s%s%s\n' by-license '' "$dim" "$(ls demo/mnt/by-license | wc -l) licenses" "$plain"
}

printf '%slicensefs setup%s\n\n' "$bold" "$plain"
missing=$(packages_missing build demo | wc -l)
run "Debian packages ($missing missing)" \
	"see above; without network or root, install them by hand: apt-get install $(echo $packages_build)" \
	packages_need build demo
libfuse
run "configure" "the last lines above name what is missing" configure
run "build ./build/licensefs" "this is a bug: please report the lines above" compile
if [ "$install" = yes ]; then
	run "install under /usr/local" "run as root: sudo ./setup.sh --install" make -s -C build install
fi
uring=/sys/module/fuse/parameters/enable_uring
hint_uring() { # it is the administrator's to turn on
	[ "$(id -u)" = 0 ] && [ "$libfuse" != system ] && [ "$(cat $uring 2>/dev/null)" = N ] || return 0
	echo "  echo Y >$uring     faster mounts, of root, from then on"
}
if [ "$demo" = no ]; then
	printf '\nbuilt: ./build/licensefs --help\n'
	hint_uring
	exit 0
fi
run "copy the photographs to demo/store" "is the disk full, or demo/mnt in use? then: umount demo/mnt" demo_copy
run "scan demo/store" "run it yourself: build/licensefs scan demo/store" demo_scan
run "open /dev/fuse" "load the module (modprobe fuse), or give the container --device /dev/fuse --cap-add SYS_ADMIN" fuse_ready
run "mount at demo/mnt" "see above; without rights to mount: sudo ./setup.sh" demo_mount

show_views
show build/licensefs explain demo/store landscapes/dandelions.jpg
show getfattr -d -m '^user.licensefs' demo/mnt/commercial/animals/tabby.jpg
cat <<E

${bold}next${plain}
  ls demo/mnt/commercial                     browse it, here or in a file manager
  build/licensefs umount demo/mnt            unmount
  build/licensefs scan DIR && build/licensefs mount DIR MNT    your own images
  sudo tests/run.sh                          all tests
E
hint_uring
[ "$install" = yes ] || echo "  sudo make -C build install                 install under /usr/local"
