# SPDX-License-Identifier: Apache-2.0
# Each kind of manifest, imported over a store of images that it is about: what explain and the views
# of a mount say. An image that no manifest is about lies in every store, and is never shown.
. "${top_srcdir:-.}/tests/shell/mount.sh"
verdict() { licensefs explain --json "$store" "$1" | jq -r '.status + " " + (.license // "-")'; }
# sample "FILE OPTIONS" [PATH VERDICT VIEWS]...: VIEWS is nc for noncommercial, com for both it and
# commercial, - for none.
sample() {
	local call=$1 file=${1%% *} options want_nc= want_com= paths=
	options=${call#"$file"}
	shift
	case $file in /*) ;; *) file=$data/manifests/$file ;; esac
	rm -rf "$store"
	mkdir -p "$store"
	image stranger.jpg
	local all=("$@")
	while [ $# != 0 ]; do
		image "$1"
		paths="$paths$1"$'\n'
		case $3 in nc | com) want_nc="$want_nc$1"$'\n' ;; esac
		[ "$3" != com ] || want_com="$want_com$1"$'\n'
		shift 3
	done
	scan
	# shellcheck disable=SC2086
	exits 0 "$call" licensefs import "$store" "$file" $options --json
	set -- "${all[@]}"
	while [ $# != 0 ]; do
		is "$(verdict "$1")" "$2" "  $1"
		shift 3
	done
	up
	is "$(files "$mnt/noncommercial")" "$(printf %s "$want_nc" | LC_ALL=C sort | tr '\n' ' ')" "  noncommercial"
	is "$(files "$mnt/commercial")" "$(printf %s "$want_com" | LC_ALL=C sort | tr '\n' ' ')" "  commercial"
	down
}
credit() { is "$(licensefs explain --json "$store" "$1" | jq -c "[.credit.$2]")" "[\"$3\"]" "  $2 of $1"; }

sample coco/instances_val2017.json \
	val2017/000000001001.jpg "clear CC-BY-2.0" com \
	val2017/000000001002.jpg "clear CC-BY-NC-SA-2.0" nc \
	val2017/000000001003.jpg "unlicensed LicenseRef-NoKnownCopyrightRestrictions" - \
	val2017/000000001001.JPG "unlicensed -" -
sample coco/captions_val2017.json 000000001001.jpg "clear CC-BY-2.0" com
sample coco/lvis_v1_val.json val2017/000000001001.jpg "clear CC-BY-2.0" com
sample coco/inat2021_val.json \
	val/00000_Animalia_Annelida_Clitellata_Haplotaxida_Lumbricidae_Lumbricus_terrestris/aaaa.jpg "clear CC-BY-NC-4.0" nc \
	train/aaaa.jpg "unlicensed -" -
credit val/00000_Animalia_Annelida_Clitellata_Haplotaxida_Lumbricidae_Lumbricus_terrestris/aaaa.jpg creator "Jane Doe"
is "$(licensefs find "$store" --where redistribute --json | wc -l)" 0 "  no view that redistributes"
sample openimages/validation-images-with-rotation.csv \
	validation/000060e3121c7305.jpg "clear CC-BY-2.0" com \
	validation/000060e3121c7306.JPEG "clear CC-BY-2.0" com \
	validation/x000060e3121c7305.jpg "unlicensed -" -
credit validation/000060e3121c7305.jpg title 'Dogs, cats, and \"birds\"'
sample openimages/train-11.csv 000060e3121c7305.jpg "clear CC-BY-2.0" com
sample openimages/oldest-8.csv 000060e3121c7305.jpg "clear CC-BY-2.0" com
sample yfcc100m/yfcc100m_dataset_23col.tsv \
	1001234567.jpg "clear CC-BY-NC-SA-2.0" nc \
	1001234568.jpg "unlicensed -" -
credit 1001234567.jpg creator "jane doe"
sample yfcc100m/yfcc100m_dataset_25col.tsv \
	data/images/d41/d8c/d41d8cd98f00b204e9800998ecf8427e.jpg "clear CC-BY-NC-SA-2.0" nc
sample yfcc100m/multimedia-commons.jsonl \
	a/1001234567.jpg "clear CC-BY-NC-SA-2.0" nc \
	a/1001234569.jpg "clear CC-BY-2.0" com
sample flickr/photos.getInfo.json \
	1001234567_0123456789_o.jpg "clear CC-BY-2.0" com \
	10012345678_0123456789_o.jpg "unlicensed -" -
credit 1001234567_0123456789_o.jpg source_url https://www.flickr.com/photos/janedoe/1001234567/
sample flickr/photos.search.json 1001234567.jpg "clear CC-BY-4.0" com
sample flickr/gallery-dl.json flickr_1001234567.jpg "clear CC-BY-NC-SA-4.0" nc
sample flickr/many.jsonl \
	53012345678.jpg "clear CC0-1.0" com \
	1_0123456789_b.jpg "unlicensed -" -
sample commons/imageinfo_extmetadata.json \
	Dog.jpg "clear CC-BY-SA-3.0-DE" com \
	dog.jpg "unlicensed -" -
sample commons/batch.jsonl \
	640px-A_cat.jpg "clear LicenseRef-PublicDomain-Unspecified" com \
	Ein_Käse.png "unlicensed LicenseRef-FairUse" -
sample openverse/flickr_image_v001.tsv 1_b.jpg "clear CC-BY-NC-SA-2.0" nc
sample openverse/flickr_image_v000.tsv 1_b.jpg "clear CC-BY-NC-SA-2.0" nc
sample openverse-api/results.json \
	53012345678.jpg "clear CC0-1.0" com \
	'A dog, sleeping.jpg' "clear CC-BY-SA-3.0-DE" com
sample img2dataset/many.jsonl \
	00001/000010001.jpg "clear CC-BY-4.0" com
sample inaturalist-open/photos.csv.gz \
	113756411/medium.jpg "clear LicenseRef-CC-BY-NC" nc \
	photos/113756412.jpg "clear CC0-1.0" com \
	medium.jpg "unlicensed -" -
credit photos/113756412.jpg creator johnroe
sample gbif/multimedia.txt \
	8126181.jpg "clear CC-BY-NC-ND-4.0" nc \
	8126182.jpg "clear LicenseRef-CC-BY-NC" nc
sample gbif/audubon.txt \
	specimen-77.jpg "clear CC-BY-NC-4.0" nc
sample unsplash/photos.tsv000 XMyPniM9LF0.jpg "unlicensed LicenseRef-Unsplash-Dataset-Full" -
sample "unsplash/photos.tsv000 --grant" XMyPniM9LF0.jpg "clear LicenseRef-Unsplash-Dataset-Full" nc
sample imagenet/fall11_urls.txt n00004475/n00004475_6590.JPEG "unlicensed LicenseRef-ImageNet-Terms" -
sample "imagenet/fall11_urls.txt --grant" n00004475/n00004475_6590.JPEG "clear LicenseRef-ImageNet-Terms" nc
sample hf-imagefolder/metadata.csv \
	0001.jpg "clear CC-BY-4.0" com \
	sub/0002.jpg "clear CC-BY-NC-2.0" nc \
	0002.jpg "unlicensed -" - \
	other/0001.jpg "unlicensed -" -
sample hf-imagefolder/metadata.jsonl 0001.jpg "clear CC-BY-4.0" com
sample spdx3/files.spdx.json b.jpg "clear CC0-1.0" com
sample spdx3/own.spdx.json \
	text.jpg "clear CC-BY-4.0" com \
	both.jpg "clear CC-BY-4.0" com \
	named.jpg "unlicensed LicenseRef-Unrecognised" - \
	nameless.jpg "unlicensed LicenseRef-Unrecognised" - \
	reserved.jpg "unlicensed LicenseRef-Unrecognised" - \
	set.jpg "clear (CC-BY-NC-4.0 AND CC-BY-SA-4.0) OR (CC-BY-NC-4.0 AND CC0-1.0)" nc \
	words.jpg "clear (CC-BY-4.0 AND CC-BY-NC-ND-4.0) OR (CC-BY-NC-ND-4.0 AND CC0-1.0)" nc \
	added.jpg "unlicensed LicenseRef-Unrecognised" - \
	elsewhere.jpg "unlicensed LicenseRef-Unrecognised" -
sample spdx3/dataset.spdx.json a.jpg "unlicensed CC-BY-4.0" -
sample "spdx3/dataset.spdx.json --grant" a.jpg "clear CC-BY-4.0" com stranger.jpg "clear CC-BY-4.0" com
sample kaggle/dataset-metadata.json a.jpg "unlicensed CC0-1.0" -
sample "kaggle/dataset-metadata.json --grant" a.jpg "clear CC0-1.0" com stranger.jpg "clear CC0-1.0" com
sample "hfcard/README.md --grant" a.jpg "unlicensed LicenseRef-Unrecognised" -
sample "croissant/metadata.json --grant --root d" d/a.jpg "clear CC-BY-4.0" nc
sample csv/semicolon.csv 'a;b.jpg' "clear CC-BY-4.0" com
sample jsonl/list.jsonl a/1.jpg "clear CC0-1.0" com a/2.jpg "clear CC-BY-NC-4.0" nc
sample takeout/IMG_0001.jpg.supplemental-metadata.json IMG_0001.jpg "unlicensed -" -
sanitizers_are_silent
plan
