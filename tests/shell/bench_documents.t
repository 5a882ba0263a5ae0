# SPDX-License-Identifier: Apache-2.0
# bench/documents.sh measures what it says it does, and Python's filter agrees with the view.
. "${top_srcdir:-.}/tests/shell/lib.sh"
can_mount || skip_all "cannot mount"
command -v python3 >/dev/null || skip_all "no python3"
export TMPDIR=$tmp
succeeds "one quick run" bash "$top_srcdir/bench/documents.sh" --quick --build "$top_builddir" --keep "$tmp/data"
like "$out" 'index alone \| [0-9.]+' "indexing has a time"
like "$out" 'load, filter, dump \| [0-9.]+' "Python has one"
like "$out" 'cached \| [0-9.]+ .* \| [0-9.]+ .* \| [0-9.]+ ' "the first stat and later ones do"
like "$out" 'checked, anywhere, 128 KiB \| [0-9,]+ .* \| [0-9,]+ .* \| [0-9.]+ .* \| [0-9.]+' "the shard is read beside a whole file"
run "$top_builddir/bench/document" "$tmp/data/store/annotations/instances_train2017.json"
like "$out" '^coco records=[1-9][0-9]* subjects=[1-9]' "what is indexed is COCO"
plan
