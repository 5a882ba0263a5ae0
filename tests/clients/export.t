# SPDX-License-Identifier: Apache-2.0
# Exported trees through torchvision's ImageFolder, and shards through a DataLoader with two workers.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need_python torch torchvision PIL
make_store scan
pattern='\.(jpg|png|webp|tif)$'
for view in noncommercial commercial public-domain; do
	want=$(expected "$view" "$pattern" | wc -l)
	licensefs snapshot create "$store" "$view" --view "$view" >/dev/null || fail "$view: no snapshot"
	run licensefs snapshot export "$store" "$view" --format tree --output "$tmp/tree-$view"
	is "$status" 0 "$view: a tree"
	run timeout 120 /usr/bin/python3 "$here/torch_imagefolder.py" "$tmp/tree-$view"
	like "$status ${out##*$'\n'} " "^0 .*files=$want " "$view: ImageFolder finds $want pictures" || note "$err"
	run licensefs snapshot export "$store" "$view" --format webdataset --shard-size 100K --output "$tmp/shards-$view" --json
	all=$(expected "$view" | wc -l)
	is "$status $(json .images)" "0 $all" "$view: shards"
	run timeout 120 /usr/bin/python3 "$here/torch_shards.py" "$tmp/shards-$view"
	like "$status $out" "^0 licenses=.* files=$all\$" "$view: a DataLoader decodes all $all" || note "$err"
done
plan
