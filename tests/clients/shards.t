# SPDX-License-Identifier: Apache-2.0
# Tar shards as WebDataset reads them (a stream, grouped by key) and as GNU tar does: lists and extracts, from a pipe, too.
. "${top_srcdir:-.}/tests/clients/datasets.sh"
need tar
need_python PIL
for layout in wds tarball; do
	ok "$layout: the dataset mounts" dataset $layout
	for view in $views; do
		n=$(owed "$view" images)
		run $python "$here/tar_stream.py" "$mnt/$view"
		like "$status $out" "^0 .* decoded=$n bad=0 " "$view: $n pictures"
		[ $layout = tarball ] || like "$out" " samples=$n " "$view: of $n samples"
		for shard in "$mnt/$view"/*.tar; do
			rm -rf "$tmp/a" "$tmp/b" && mkdir "$tmp/a" "$tmp/b"
			ok "$view: tar extracts ${shard##*/}" tar -xf "$shard" -C "$tmp/a"
			ok "$view: and from a pipe" sh -c 'cat "$0" | tar -xf - -C "$1"' "$shard" "$tmp/b"
			tar -xf "$store/${shard##*/}" -C "$tmp/b" --skip-old-files
			ok "$view: the same bytes as in the store" sh -c 'cd "$0" && find . -type f -print0 |
				xargs -0r -I{} cmp {} "$1/{}"' "$tmp/a" "$tmp/b"
			is "$(tar -tf "$shard" | grep -v '/$')" "$(tar -tf "$store/${shard##*/}" | grep -v '/$' |
				grep -xFf <(cd "$tmp/a" && find . -type f -printf '%P\n'))" "$view: and their order"
		done
	done
done
down
plan
