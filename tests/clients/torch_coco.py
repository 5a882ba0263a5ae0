#!/usr/bin/python3
# SPDX-License-Identifier: CC0-1.0
"""torchvision CocoDetection over DIR with a COCO instances JSON.

usage: torch_coco.py DIR [annotations.json]      default: first DIR/**/*.json with "images"
A view that hides images must also hide their records, or this fails with ENOENT: that is
the point of the test.  Exit 1 on a missing file, a decode error or no image at all.
"""
import glob, json, os, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cocoshim
reader = cocoshim.install()
import torch
from torchvision import datasets, transforms

root = sys.argv[1]
ann = sys.argv[2] if len(sys.argv) > 2 else None
if ann is None:
    for c in sorted(glob.glob(os.path.join(root, "**", "*.json"), recursive=True)):
        try:
            d = json.load(open(c, encoding="utf-8"))
            if isinstance(d, dict) and "images" in d and "annotations" in d:
                ann = c
                break
        except (ValueError, OSError):
            pass
if ann is None:
    print("torch_coco FAIL no COCO json found"); sys.exit(1)
imgdir = os.path.dirname(ann)
first = json.load(open(ann))["images"][:1]
if first and not os.path.exists(os.path.join(imgdir, first[0]["file_name"])):
    hits = [p for p in glob.glob(os.path.join(root, "**", first[0]["file_name"]), recursive=True)]
    imgdir = os.path.dirname(hits[0]) if hits else imgdir
torch.set_num_threads(1)
try:
    ds = datasets.CocoDetection(imgdir, ann, transform=transforms.ToTensor())
    dl = torch.utils.data.DataLoader(ds, batch_size=None, num_workers=2)
    t0, n, boxes = time.time(), 0, 0
    for x, target in dl:
        n += 1
        boxes += len(target)
except Exception as e:
    print(f"torch_coco FAIL reader={reader} {type(e).__name__}: {str(e).splitlines()[-1]}"); sys.exit(1)
dt = time.time() - t0
print(f"torch_coco reader={reader} images={n} annotations={boxes} seconds={dt:.2f}")
sys.exit(0 if n else 1)
