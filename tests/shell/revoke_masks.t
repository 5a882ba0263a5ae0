# SPDX-License-Identifier: Apache-2.0
# A mask is no image of the catalog, and can be revoked all the same: by its path or an id in it, now and whatever
# comes there later.
. "${top_srcdir:-.}/tests/shell/mount.sh"
absent() { [ ! -e "$1" ]; }
mask() { mkdir -p "$(dirname "$store/$1")" && printf 'P5\n1 1\n255\n%s' "${2:-m$1}" >"$store/$1"; }
kind() { licensefs explain "$store" "$1" --json | jq -r .kind; }
status() { licensefs explain "$store" "$1" --json | jq -r .status; }
view=$mnt/public-domain

for n in 1 2 3 77 5; do
	image images/img-$n.jpg
	mask masks/img-$n.png
done
scan
decide 'images/**' --license CC0-1.0
up
ok "masks are shown with their images" [ "$(files "$view/masks")" = "img-1.png img-2.png img-3.png img-5.png img-77.png " ]

succeeds "a mask is revoked by its path" licensefs revoke "$store" --path masks/img-1.png --reason r
ok "and gone at once" absent "$view/masks/img-1.png"
ok "its image stays" [ -e "$view/images/img-1.jpg" ]
succeeds "images and masks are revoked by an id" licensefs revoke "$store" --id 77 --reason r
ok "the mask is gone" absent "$view/masks/img-77.png"
ok "and the image" absent "$view/images/img-77.jpg"
ok "by listing, too" [ "$(ls "$view/masks" | tr '\n' ' ')" = "img-2.png img-3.png img-5.png " ]

scan
is "$(kind masks/img-1.png) $(status masks/img-1.png)" "image revoked" "the next scan judges it as an image"
ok "which nothing shows" absent "$view/masks/img-1.png"
ok "nor the other one" absent "$view/masks/img-77.png"
scan
is "$(kind masks/img-1.png)" image "it does not become a mask again"

# What is known of the bytes holds for masks that change, or come with them
cp "$store/masks/img-1.png" "$store/masks/img-5.png"
image images/img-9.jpg
cp "$store/masks/img-1.png" "$store/masks/img-9.png"
mask masks/img-1.png other
mask masks/img-2.png other2
decide 'images/**' --license CC0-1.0
scan
followed
ok "a mask that gets the bytes of a revoked one" absent "$view/masks/img-5.png"
ok "and a new one with them" absent "$view/masks/img-9.png"
ok "whose image is there" [ -e "$view/images/img-9.jpg" ]
ok "other bytes at a revoked path" absent "$view/masks/img-1.png"
ok "a mask that nobody asked for goes on" [ -e "$view/masks/img-2.png" ]
succeeds "the catalog is sound" licensefs status "$store" --verify

succeeds "restored" licensefs restore "$store" 1 --reason r
scan
eventually "it is a mask again" [ -e "$view/masks/img-1.png" ]
is "$(kind masks/img-1.png)" companion "and no image"

# By bytes: they are hidden wherever they are shown, as what they may be
for n in 20 21 22; do
	image images/img-$n.jpg
	mask masks/img-$n.png same
done
mask masks/img-20.png "alone"
mask copies/a.png same
mask copies/b.png "by hash"
image images/img-23.jpg
cp "$store/copies/b.png" "$store/masks/img-23.png"
decide 'images/**' --license CC0-1.0
scan
eventually "more masks" [ -e "$view/masks/img-23.png" ]
is "$(kind masks/img-21.png) $(kind masks/img-23.png)" "companion companion" "with the bytes of images elsewhere"
succeeds "an image with the bytes of masks is revoked" \
	licensefs revoke "$store" --path copies/a.png --reason r
ok "and one mask is gone" absent "$view/masks/img-21.png"
ok "and the other" absent "$view/masks/img-22.png"
ok "no other bytes" [ -e "$view/masks/img-20.png" ]
hash=$(licensefs explain "$store" copies/b.png --json | jq -r .xxh3)
rm "$store/copies/b.png"
scan
succeeds "bytes are revoked that only a mask has" \
	licensefs revoke "$store" --hash "$hash" --reason r
ok "and it is gone" absent "$view/masks/img-23.png"
ok "an image that has it stays" [ -e "$view/images/img-23.jpg" ]
scan
followed
is "$(status masks/img-21.png) $(status masks/img-23.png)" "revoked revoked" "as images they are revoked"
ok "and not shown" absent "$view/masks/img-21.png"
ok "nor the other" absent "$view/masks/img-23.png"
succeeds "the catalog is sound with them" licensefs status "$store" --verify
down
plan
