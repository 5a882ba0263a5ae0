#!/usr/bin/python3
# SPDX-License-Identifier: CC0-1.0
"""cv2.imread of every .jpg/.jpeg/.png/.bmp/.webp/.tif under DIR (Debian python3-opencv).
imread returns None instead of raising; every None is a failure here."""
import os, sys, time
import cv2

EXT = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
n = bad = px = 0
t0 = time.time()
for d, _, files in os.walk(sys.argv[1]):
    for f in sorted(files):
        if f.lower().endswith(EXT):
            p = os.path.join(d, f)
            img = cv2.imread(p)
            n += 1
            if img is None:
                bad += 1
                print("opencv: cannot decode", p, file=sys.stderr)
            else:
                px += img.shape[0] * img.shape[1]
dt = time.time() - t0
print(f"opencv_imread files={n} undecodable={bad} mpixel={px/1e6:.1f} seconds={dt:.2f}")
sys.exit(0 if n and not bad else 1)
