#!/usr/bin/python3
# SPDX-License-Identifier: CC0-1.0
"""torchvision VOCDetection over DIR/VOCdevkit/VOC<year>; usage: torch_voc.py DIR [year] [set]"""
import os, sys, time, glob
import torch
from torchvision import datasets, transforms

root = sys.argv[1]
found = sorted(glob.glob(os.path.join(root, "VOCdevkit", "VOC20*")))
year = sys.argv[2] if len(sys.argv) > 2 else (found[0][-4:] if found else "2012")
sets = [sys.argv[3]] if len(sys.argv) > 3 else ["train", "val", "trainval", "test"]
err = "no image set"
for s in sets:
    try:
        ds = datasets.VOCDetection(root, year=year, image_set=s, download=False,
                                   transform=transforms.ToTensor())
        t0 = time.time()
        n = objs = 0
        for x, t in torch.utils.data.DataLoader(ds, batch_size=None, num_workers=2):
            n += 1
            o = t["annotation"].get("object", [])
            objs += len(o)
        print(f"torch_voc year={year} set={s} images={n} objects={objs} seconds={time.time()-t0:.2f}")
        sys.exit(0 if n else 1)
    except SystemExit:
        raise
    except Exception as e:
        err = f"{type(e).__name__}: {str(e).splitlines()[-1]}"
print("torch_voc FAIL", err); sys.exit(1)
