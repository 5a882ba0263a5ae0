#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""torchvision's VOCSegmentation over DIR/VOCdevkit/VOC2012: every picture and mask of every set. usage: torch_vocseg.py DIR"""
import sys
import torch
from torchvision import datasets, transforms

n = 0
for image_set in ("train", "val"):
    ds = datasets.VOCSegmentation(sys.argv[1], year="2012", image_set=image_set, download=False,
                                  transform=transforms.ToTensor(), target_transform=transforms.PILToTensor())
    for picture, mask in torch.utils.data.DataLoader(ds, batch_size=None, num_workers=0):
        assert picture.shape[0] == 3 and mask.numel()
        n += 1
print(f"torch_vocseg images={n}")
sys.exit(0 if n else 1)
