# SPDX-License-Identifier: Apache-2.0
# Loaders that find their labels by names, over every view: Hugging Face's imagefolder, ultralytics, darknet.
. "${top_srcdir:-.}/tests/clients/datasets.sh"
need_python PIL numpy yaml
ok "an imagefolder with metadata mounts" dataset hf
for view in $views; do
	n=$(owed "$view" files)
	run $python "$here/hf_imagefolder.py" "$mnt/$view"
	is "$status $out" "0 hf_imagefolder files=$n rows=$n" "Hugging Face, $view: $n pictures and rows"
done
ok "a YOLO dataset mounts" dataset yolo
for view in $views; do
	n=$(owed "$view" files)
	labels=$(cd "$mnt/$view/images" && find . -name '*.jpg' | sed 's/jpg$/txt/' |
		while read -r label; do [ ! -e "$store/labels/$label" ] || echo; done | wc -l)
	for data in data lists; do
		run $python "$here/ultralytics_scan.py" "$mnt/$view/$data.yaml"
		is "$status $out" "0 ultralytics files=$n labels=$labels backgrounds=$((n - labels)) corrupt=0 caches=0" \
			"ultralytics, $view, $data.yaml: $n pictures"
	done
	ok "$view: settings with absolute paths are not there" test ! -e "$mnt/$view/data_abs.yaml"
	command -v darknet >/dev/null || continue
	n=$(find "$mnt/$view/images/train" -name '*.jpg' | wc -l)
	for list in train train_abs; do
		run bash "$here/darknet_list.sh" "$mnt/$view" $list.txt person dog
		like "$status $out" "^0 darknet_list files=$n missing=0 " "darknet, $view, $list.txt: $n pictures"
	done
done
down
ok "settings that lead out of a mount are shown where somebody says so" sh -c \
	'licensefs mount "$0" "$1" -o view=commercial,abspaths=keep && cmp "$0/data_abs.yaml" "$1/data_abs.yaml"' "$store" "$mnt"
down
plan
