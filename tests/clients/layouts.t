# SPDX-License-Identifier: Apache-2.0
# Every layout in every built-in view: pictures, companions, documents record by record, tar shards member by member, and no
# byte of a view names what the view hides. Where nothing is hidden every document is the file itself.
. "${top_srcdir:-.}/tests/clients/datasets.sh"
all="coco voc yolo imagefolder imagenet celeba hf openimages captions lists img2dataset wds tarball"
for layout in ${LAYOUTS:-$all}; do
	ok "$layout: a dataset of mixed rights mounts" dataset "$layout"
	oracle "$layout"
	if compgen -G "$mnt/commercial/*.tar" >/dev/null; then
		for tar in "$mnt"/*/*.tar; do
			ok "$layout: tar lists ${tar#"$mnt"/}" tar -tvf "$tar"
		done
	fi
	[ "$layout" != coco ] || for d in train2017 val2017; do # one picture only: is it one?
		ok "$layout: $d has two pictures at least" test "$(find "$mnt/public-domain/$d" -type f | wc -l)" -ge 2
	done
	ok "$layout: a dataset that is free mounts" dataset "$layout" --rights cc0
	oracle "$layout, free"
done
down
ok "all of them in one store" $python "$here/layouts.py" "$store.all" all --count 28
store=$store.all
ok "are scanned and mounted" sh -c 'licensefs scan "$0" >"$2" 2>&1 && licensefs mount "$0" "$1" 2>"$2"' "$store" "$mnt" "$tmp/.mount"
oracle "all at once"
ok "the catalog is sound" licensefs status --verify "$store"
down
plan
