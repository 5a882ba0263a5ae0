# SPDX-License-Identifier: Apache-2.0
# The day of docs/takedown.md runs, and prints what it says.
. "${top_srcdir:-.}/tests/shell/docs.sh"
mkdir -p "$tmp/data/mail" "$tmp/mnt/photos"
cp -r "$top_srcdir/examples/store" "$tmp/data/photos" && chmod -R u+w "$tmp/data/photos" || exit 99
printf 'animals/raccoon.jpg 1\nanimals/tabby.jpg 2\nspace/mars.jpg 3\n' >"$tmp/data/photos/train.txt"
# What a person sends is seldom the file that is in the store.
PATH=/usr/bin:$PATH python3 - "$tmp/data/photos/animals/tabby.jpg" "$tmp/data/mail/17.jpg" <<'P' || skip_all "needs python3-pil"
import sys
from PIL import Image
i = Image.open(sys.argv[1])
i.resize((i.width * 3 // 5, i.height * 3 // 5), Image.LANCZOS).save(sys.argv[2], quality=70)
P
walk_through docs/takedown.md 25
