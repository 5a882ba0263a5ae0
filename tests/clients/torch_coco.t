# SPDX-License-Identifier: Apache-2.0
# torchvision's CocoDetection over every view of COCO: a picture that the JSON names and the view hides ends an epoch.
. "${top_srcdir:-.}/tests/clients/datasets.sh"
need_python torch torchvision
ok "the dataset mounts" dataset coco
for view in $views; do
	for part in train2017 val2017; do
		n=$(find "$mnt/$view/$part" -name '*.jpg' | wc -l)
		for kind in instances captions person_keypoints; do
			json=$mnt/$view/annotations/${kind}_$part.json
			run $python "$here/torch_coco.py" "$mnt/$view" "$json"
			like "$status $out" "^0 .* images=$n " "$view: ${kind}_$part, $n pictures"
			[ "$kind" = instances ] || continue
			want=$(jq --argjson shown "$(find "$mnt/$view/$part" -name '*.jpg' -printf '%f\n' | jq -R . | jq -s .)" \
				'(.images | map({key: (.id | tostring), value: .file_name}) | from_entries) as $f |
				[.annotations[] | select([$f[.image_id | tostring]] | inside($shown))] | length' \
				"$store/annotations/${kind}_$part.json")
			like "$out" " annotations=$want " "$view: their $want boxes"
		done
	done
done
down
plan
