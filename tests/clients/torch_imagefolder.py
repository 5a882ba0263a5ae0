#!/usr/bin/python3
# SPDX-License-Identifier: CC0-1.0
"""Unmodified torchvision ImageFolder + torch DataLoader over DIR/<class>/*.

usage: torch_imagefolder.py DIR [workers=2] [epochs=1] [transform=224]
Needs Debian python3-torch, python3-torchvision (use /usr/bin/python3, not pyenv's).
Decodes every sample once per epoch.  Exit 1 on any decode error or a short count.
"""
import sys, time
import torch
from torchvision import datasets, transforms

root = sys.argv[1]
workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 1
torch.set_num_threads(1)
try:
    ds = datasets.ImageFolder(root, transforms.Compose([
        transforms.Resize((224, 224)), transforms.ToTensor()]))
    dl = torch.utils.data.DataLoader(ds, batch_size=16, shuffle=True, num_workers=workers)
    t0, n, acc = time.time(), 0, 0.0
    for _ in range(epochs):
        for x, y in dl:
            n += len(y)
            acc += float(x.mean())
except Exception as e:  # a worker's exception is re-raised here with its traceback
    print(f"torch_imagefolder FAIL {type(e).__name__}: {str(e).splitlines()[-1]}")
    sys.exit(1)
dt = time.time() - t0
print(f"torch_imagefolder files={len(ds)} classes={len(ds.classes)} epochs={epochs} "
      f"workers={workers} seconds={dt:.2f} images_per_s={n/dt:.1f}")
sys.exit(0 if n == epochs * len(ds) else 1)
