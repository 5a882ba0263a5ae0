# SPDX-License-Identifier: Apache-2.0
# The guide of docs/layouts.md runs, and prints what it says.
. "${top_srcdir:-.}/tests/shell/docs.sh"
[ -x /usr/bin/python3 ] || skip_all "no python3"
export PYTHONDONTWRITEBYTECODE=1
make_one() { /usr/bin/python3 "$top_srcdir/tests/clients/layouts.py" "$tmp/data/$1" "${2:-$1}" --plain || exit 99; }
for layout in coco voc yolo imagenet hf openimages celeba captions wds img2dataset; do make_one $layout; done
make_one folder imagefolder
mkdir -p "$tmp"/mnt/{coco,voc,yolo,folder,imagenet,hf,celeba,wds}
walk_through docs/layouts.md 40
