#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How well copies of photographs are found, and how seldom others are taken for them: prints the
# tables of fs/likeness/README.md. Photographs come from Debian packages, which are not installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

usage() {
	cat <<'U'
usage: bench/likeness.sh [--pictures N] [--copied N] [--program FILE] [--keep DIR] [DIRECTORY...]

  --pictures N   unrelated pictures to cut from the photographs (default 21500)
  --copied N     photographs to make copies of (default 1000)
  --program      what measures (default build/bench/likeness: make -C build bench/likeness)
  --keep DIR     packages go here, and stay for the next time
  DIRECTORY      photographs to take instead
U
}
pictures=21500 copied=1000 program=$PWD/build/bench/likeness keep=
while [ $# != 0 ]; do
	case $1 in
	--pictures) pictures=$2 ;;
	--copied) copied=$2 ;;
	--program) program=$2 ;;
	--keep) keep=$2 ;;
	-h | --help) usage && exit 0 ;;
	-*) usage >&2 && exit 2 ;;
	*) break ;;
	esac
	shift 2
done
[ -x "$program" ] || { echo "bench: no '$program': make -C build bench/likeness" >&2; exit 3; }
packages_need bench >&2
work=$(mktemp -d "${TMPDIR:-/var/tmp}/licensefs-likeness.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/pictures"

if [ $# = 0 ]; then
	keep=${keep:-$work}
	for package in endless-sky-data gcompris-qt-data mate-backgrounds lomiri-wallpapers-16.04 \
		lomiri-wallpapers-20.04; do
		[ -d "$keep/$package" ] && continue
		(cd "$work" && apt-get -q download "$package" >&2 && dpkg -x "$package"_*.deb "$package")
		[ "$keep" = "$work" ] || mv "$work/$package" "$keep/$package"
	done
	activities=$keep/gcompris-qt-data/usr/share/gcompris-qt/rcc
	set -- "$keep/endless-sky-data/usr/share/games/endless-sky/images/land" \
		"$activities/explore_monuments.rcc" "$activities/explore_farm_animals.rcc" \
		"$activities/explore_world_animals.rcc" "$activities/explore_world_music.rcc" \
		"$activities/details.rcc" "$keep/mate-backgrounds/usr/share/backgrounds/mate/nature" \
		"$keep"/lomiri-wallpapers-16.04/usr/share/backgrounds/[!u]*.jpg \
		"$keep"/lomiri-wallpapers-20.04/usr/share/backgrounds/K*.jpg # the others are drawings
fi
python3 bench/likeness.py "$program" "$work/pictures" "$pictures" "$copied" "$@"
