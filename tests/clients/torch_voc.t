# SPDX-License-Identifier: Apache-2.0
# torchvision's VOCDetection and VOCSegmentation over every view: lists, XML, masks and pictures go together.
. "${top_srcdir:-.}/tests/clients/datasets.sh"
need_python torch torchvision
ok "the dataset mounts" dataset voc
sets=VOCdevkit/VOC2012/ImageSets
for view in $views; do
	for part in train val trainval; do
		n=$(wc -l <"$mnt/$view/$sets/Main/$part.txt")
		run $python "$here/torch_voc.py" "$mnt/$view" 2012 $part
		like "$status $out" "^0 .* images=$n objects=$n " "$view: $part, $n pictures"
	done
	is "$(wc -l <"$mnt/$view/$sets/Main/trainval.txt")" "$(owed "$view" images)" "$view: the list names all that is owed"
	n=$(cat "$mnt/$view/$sets/Segmentation/"{train,val}.txt | wc -l)
	run $python "$here/torch_vocseg.py" "$mnt/$view"
	is "$status $out" "0 torch_vocseg images=$n" "$view: $n pictures with masks"
done
down
plan
