#!/usr/bin/python3
# SPDX-License-Identifier: CC0-1.0
"""PIL.Image.open().load() of every image under DIR, plus sklearn.load_files style raw reads."""
import os, sys, time, warnings
from PIL import Image
warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = None
EXT = tuple(Image.registered_extensions())
n = bad = 0
t0 = time.time()
for d, _, files in os.walk(sys.argv[1]):
    for f in files:
        if f.lower().endswith((".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif")):
            n += 1
            try:
                with Image.open(os.path.join(d, f)) as im:
                    im.load()
            except Exception as e:
                bad += 1
                print("pil:", os.path.join(d, f), e, file=sys.stderr)
dt = time.time() - t0
print(f"pil_verify files={n} undecodable={bad} seconds={dt:.2f}")
sys.exit(0 if n and not bad else 1)
