# SPDX-License-Identifier: Apache-2.0
# A class that a view empties shifts the indices behind it: torchvision says so with classes=keep, and classes.tsv has both.
. "${top_srcdir:-.}/tests/clients/datasets.sh"
need_python torch torchvision
ok "a directory a class mounts" dataset imagefolder
like "$(cat "$tmp/.mount")" "train/bee" "the mount names the class that is gone"
for view in $views; do
	run $python "$here/torch_imagefolder.py" "$mnt/$view/train"
	n=$(find "$mnt/$view/train" -type f | wc -l)
	like "$status $out" "^0 .* files=$n classes=4 " "$view: $n pictures of 4 classes"
	ok "$view: no picture of the emptied class" test ! -e "$mnt/$view/train/bee"
	ok "$view: both splits are there" test -d "$mnt/$view/train" -a -d "$mnt/$view/val"
done
run licensefs view classes "$store" commercial --json
is "$(json "select(.class == \"train/bee\") | [.store_index, .view_index]")" "[1,null]" "the class map knows it"
down
ok "with classes=keep" licensefs mount "$store" "$mnt" -o view=commercial,classes=keep
run $python "$here/torch_imagefolder.py" "$mnt/train"
like "$status $out" "^1 .*FileNotFoundError.*bee" "torchvision says which class is empty"
down
exits 3 "with classes=fail nothing is mounted" licensefs mount "$store" "$mnt" -o view=commercial,classes=fail
down
plan
