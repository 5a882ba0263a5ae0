# SPDX-License-Identifier: Apache-2.0
"""similar_make.py STORE OUT: pictures that look like photographs, and copies as people make them.

STORE/a/NN.jpg are 24 different ones; STORE/copies/ has copies of 00, STORE/shard.tar one of 00 and
one of its own. OUT/ has copies of 00 that arrive later."""
import io, os, random, sys, tarfile
from PIL import Image

store, out = sys.argv[1:]


def photo(seed):
    """Light and dark of all sizes, as in photographs: noise in octaves."""
    rnd = random.Random(seed)
    size = (640, 480)
    sum_ = Image.new("RGB", size, (0, 0, 0))
    for n, weight in ((3, 1.0), (6, 0.55), (12, 0.4), (24, 0.3), (48, 0.2), (96, 0.12)):
        small = Image.frombytes("RGB", (n, n), bytes(rnd.randrange(256) for _ in range(n * n * 3)))
        sum_ = Image.blend(sum_, small.resize(size, Image.BICUBIC), weight)
    return sum_


def scaled(im, percent):
    return im.resize((im.width * percent // 100, im.height * percent // 100), Image.LANCZOS)


os.makedirs(f"{store}/a")
os.makedirs(f"{store}/copies")
os.makedirs(out, exist_ok=True)
for i in range(24):
    photo(i).save(f"{store}/a/{i:02}.jpg", quality=92)
im = Image.open(f"{store}/a/00.jpg").convert("RGB")
for percent in (75, 50, 25):
    scaled(im, percent).save(f"{store}/copies/{percent}.jpg", quality=85)
im.save(f"{store}/copies/q60.jpg", quality=60)
im.save(f"{store}/copies/lossless.png")
im.save(f"{store}/copies/web.webp", quality=75)
with tarfile.open(f"{store}/shard.tar", "w") as tar:
    for name, picture in (("0.jpg", scaled(im, 60)), ("1.jpg", photo(100))):
        b = io.BytesIO()
        picture.save(b, "JPEG", quality=80)
        info = tarfile.TarInfo(name)
        info.size = len(b.getvalue())
        tar.addfile(info, io.BytesIO(b.getvalue()))
scaled(im, 40).save(f"{out}/late.jpg", quality=70)
scaled(im, 30).save(f"{out}/later.jpg", quality=80)
photo(200).save(f"{out}/unrelated.jpg", quality=80)
photo(201).save(f"{out}/unrelated2.jpg", quality=80)
