# SPDX-License-Identifier: Apache-2.0
# Labels and masks in directories of their own follow their images, in every view and by every path.
. "${top_srcdir:-.}/tests/shell/mount.sh"
absent() { [ ! -e "$1" ]; }

# Names say the rights: by* are CC-BY, nc* are CC-BY-NC, zz* have no license.
picture() { for f; do image "$f"; done; }
# Masks are images, too, in a format without loss.
mask() { for f; do mkdir -p "$(dirname "$store/$f")" && printf 'P5\n1 1\n255\nm%s' "$f" >"$store/$f"; done; }
label() { for f; do mkdir -p "$(dirname "$store/$f")" && echo "0 0.5 0.5 0.1 0.1" >"$store/$f"; done; }
# Every kind of name: each DIR/{by,nc,zz}N with the suffix.
names() { local n; for n in by1 nc1 zz1 by2 nc2 zz2; do echo "$1/$n$2"; done; }
license_all() {
	licensefs decide "$store" '**/by*' --license CC-BY-4.0 --reason test >/dev/null
	licensefs decide "$store" '**/nc*' --license CC-BY-NC-4.0 --reason test >/dev/null
}
# What a view should show: everything with these names.
want() { (cd "$store" && find . -path ./.licensefs -prune -o -type f -regextype egrep -regex ".*/($1)[^/]*" -printf '%P\n' | LC_ALL=C sort | tr '\n' ' '); }
# right NAME: both views show exactly what belongs to their images.
right() {
	is "$(files "$mnt/commercial")" "$(want by)" "$1: commercial"
	is "$(files "$mnt/noncommercial")" "$(want 'by|nc')" "$1: noncommercial"
}
kind() { licensefs explain "$store" "$1" --json | jq -r .rule; }
companions() { (cd "$store" && licensefs scan . | grep -o '[0-9]* companion'); }
fresh() { rm -rf "$store" && mkdir -p "$store"; }
begin() { scan && license_all && up; }

# --- layouts ---

fresh
picture $(names images/train .jpg) $(names images/val .jpg)
label $(names labels/train .txt) $(names labels/val .txt) labels/train/lone.txt
begin
right "YOLO"
is "$(dirs "$mnt/commercial")" "images images/train images/val labels labels/train labels/val " "YOLO: directories"
ok "a label without an image is nowhere" absent "$mnt/noncommercial/labels/train/lone.txt"
is "$(dirs "$mnt/public-domain")" "" "YOLO: a view of nothing has no directory of labels"
is "$(stat -c %i "$mnt/commercial/labels/train/by1.txt")" "$(stat -c %i "$mnt/noncommercial/labels/train/by1.txt")" "one label, one inode"
down

fresh
for s in train valid; do
	picture $(names r/$s/images .jpg)
	label $(names r/$s/labels .txt)
done
begin
right "Roboflow"
down

fresh
v=VOCdevkit/VOC2012
picture $(names $v/JPEGImages .jpg)
label $(names $v/Annotations .xml)
mask $(names $v/SegmentationClass .png) $(names $v/SegmentationObject .png) $(names $v/SegmentationClassAug .png)
begin
right "VOC"
ok "VOC: masks are no images any more" [ "$(licensefs find "$store" --where status=unlicensed | grep -c Segmentation)" = 0 ]
# nothing changes by looking again
before=$(stat -c %i "$mnt/commercial/$v/SegmentationClass/by1.png")
licensefs scan --verify "$store" >/dev/null 2>&1 || scan
right "VOC, scanned again"
is "$(stat -c %i "$mnt/commercial/$v/SegmentationClass/by1.png")" "$before" "VOC: a mask keeps its number"
down

fresh
for c in aachen bonn; do
	for n in by1 nc1 zz1; do
		picture leftImg8bit/train/$c/${n}_${c}_000000_leftImg8bit.png
		mask gtFine/train/$c/${n}_${c}_000000_gtFine_{labelIds,instanceIds,color,labelTrainIds}.png
		label gtFine/train/$c/${n}_${c}_000000_gtFine_polygons.json
	done
done
begin
right "Cityscapes"
down

fresh
picture $(names images/training .jpg)
mask $(names annotations/training .png)
begin
right "ADE20K"
down

fresh
picture $(names images .jpg)
mask $(names annotations/trimaps .png)
label $(names annotations/xmls .xml)
begin
right "pets"
down

fresh
picture $(names coco/val2017 .jpg) $(names other/images/val2017 .jpg)
mask $(names coco/annotations/panoptic_val2017 .png) $(names other/annotations/panoptic_val2017 .png)
mask $(names coco/stuffthingmaps/val2017 .png)
begin
right "panoptic"
down

fresh
picture $(names ILSVRC/Data/CLS-LOC/train/n01 .JPEG) $(names ILSVRC/Data/CLS-LOC/val .JPEG)
label $(names ILSVRC/Annotations/CLS-LOC/train/n01 .xml) $(names ILSVRC/Annotations/CLS-LOC/val .xml)
begin
right "ILSVRC"
down

fresh
picture $(names train .jpg) $(names flat _sat.jpg) $(names imgs .jpg) $(names t/images .jpg) $(names camvid/train .png)
mask $(names train_masks _mask.gif) $(names flat _mask.png) $(names masks -mask.png) $(names camvid/trainannot .png)
label $(names t/captions .txt)
begin
right "masks beside, masks elsewhere, captions"
down

# --- what is no companion ---

fresh
picture $(names images .jpg)
mask $(names masks .png)
# claims of its own, a format with loss, no image of that name
cp "$data/images/cc-by.png" "$store/masks/nc1.png"
cp "$data/images/terms-CC-BY-SA-4.0.jpg" "$store/masks/by2.jpg"
cp "$data/images/iptc-iim.jpg" "$store/masks/zz2.jpg"
mask masks/by9.png images/by3.png labels/cat.png
picture images/by3.jpg
begin
ok "a mask with a license of its own is an image by it" [ -e "$mnt/commercial/masks/nc1.png" ]
is "$(kind masks/nc1.png)" content "and stays one"
ok "a JPEG among masks is an image by its own license" [ -e "$mnt/commercial/masks/by2.jpg" ]
is "$(kind masks/by2.jpg)" content "and none of the masks"
is "$(kind masks/by9.png)" content "a mask without an image is one itself"
is "$(kind images/by3.png)" content "and so is one beside another of the same stem"
ok "the masks beside go on" [ -e "$mnt/commercial/masks/by1.png" ]
down

fresh
picture {i,I}{m,M}{a,A}{g,G}{e,E}{s,S}/by1.jpg {i,I}{m,M}{g,G}{s,S}/by1.jpg
label labels/by1.txt
begin
ok "a store that names too many directories of images is scanned" [ -e "$mnt/commercial/iMaGeS/by1.jpg" ]
ok "and a label of all of them shown with none" absent "$mnt/commercial/labels/by1.txt"
down

# --- changes, in a running mount ---

fresh
picture $(names images .jpg) images/nc5.jpg
label $(names labels .txt) labels/nc5.txt
mask $(names masks .png) masks/nc5.png
begin
right "before"
licensefs decide "$store" images/by1.jpg --deny --reason takedown >/dev/null
eventually "a takedown reaches the label" absent "$mnt/commercial/labels/by1.txt"
eventually "and the mask" absent "$mnt/commercial/masks/by1.png"
followed
ok "others stay" [ -e "$mnt/commercial/labels/by2.txt" ]
ok "by listing, too" [ "$(ls "$mnt/commercial/masks")" = by2.png ]
licensefs decide "$store" images/by2.jpg --deny --reason takedown >/dev/null
eventually "the last label goes" absent "$mnt/commercial/labels/by2.txt"
ok "its directory stays until unmount" [ -d "$mnt/commercial/labels" ]
down
up
ok "and is gone in the next mount" absent "$mnt/commercial/labels"
ok "the masks' too" absent "$mnt/commercial/masks"
licensefs decide "$store" --undo images/by2.jpg --reason undo >/dev/null 2>&1 ||
	licensefs decide "$store" --undo 4 --reason undo >/dev/null
eventually "undone: the label is back" [ -e "$mnt/commercial/labels/by2.txt" ]
followed
ok "with its directory" [ "$(ls "$mnt/commercial/labels")" = by2.txt ]

# another image of the same stem: the label needs both
image images/nc2.png
image images/by2.png zz
rm "$store/labels/nc2.txt"
mv "$store/images/nc1.jpg" "$store/images/nc7.jpg"
mv "$store/labels/nc1.txt" "$store/labels/nc8.txt"
rm "$store/images/nc5.jpg"
label labels/nc7.txt
mask masks/nc7.png
licensefs decide "$store" images/by2.png --deny --reason takedown >/dev/null
scan
eventually "a second image that is hidden hides the label of both" absent "$mnt/commercial/labels/by2.txt"
followed
ok "and the mask" absent "$mnt/commercial/masks/by2.png"
ok "the first image stays" [ -e "$mnt/commercial/images/by2.jpg" ]
eventually "a renamed image has its new label" [ -e "$mnt/noncommercial/labels/nc7.txt" ]
ok "and its new mask" [ -e "$mnt/noncommercial/masks/nc7.png" ]
ok "a renamed label has none" absent "$mnt/noncommercial/labels/nc8.txt"
ok "nor has one whose image is gone" absent "$mnt/noncommercial/labels/nc5.txt"
ok "nor a mask" absent "$mnt/noncommercial/masks/nc5.png"
scan
is "$(kind masks/nc5.png)" content "which is an image of its own after the next scan"
picture images/nc5.jpg
rm "$store/images/by2.png"
scan
eventually "the image comes back, and its label" [ -e "$mnt/noncommercial/labels/nc5.txt" ]
followed
ok "and its mask" [ -e "$mnt/noncommercial/masks/nc5.png" ]
eventually "one image again: its label is back" [ -e "$mnt/commercial/labels/by2.txt" ]
image images/nc5.jpg "other bytes"
scan
eventually "a replaced image keeps its label" [ -e "$mnt/noncommercial/labels/nc5.txt" ]
rm -r "$store/images"
scan
eventually "all images are gone, and all labels" absent "$mnt/noncommercial/labels/nc5.txt"
followed
is "$(files "$mnt/noncommercial" | tr ' ' '\n' | grep -c labels)" 0 "each of them"
down
is "$(licensefs status "$store" --verify >/dev/null 2>&1; echo $?)" 0 "the catalog is sound"
sanitizers_are_silent
plan
