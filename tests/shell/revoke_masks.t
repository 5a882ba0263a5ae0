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
down
plan
