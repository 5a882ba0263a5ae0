#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A small training run over STORE that is none the wiser: torchvision's ImageFolder, a DataLoader with two workers, a
network of one convolution, three epochs. An image that cannot be opened any more is left out of its batch.

usage: proof_train.py STORE GO MODEL     waits after the first epoch until GO is there, and writes MODEL
"""
import os
import sys
import time

import torch
from torchvision import datasets, transforms

store, go, model = sys.argv[1:]
torch.manual_seed(1)
torch.set_num_threads(1)


class Photos(datasets.ImageFolder):
    def __getitem__(self, i):
        try:
            return super().__getitem__(i)
        except OSError:
            return None


def batch(samples):
    samples = [s for s in samples if s is not None]
    return torch.stack([x for x, _ in samples]), torch.tensor([y for _, y in samples])


photos = Photos(store, transforms.Compose([transforms.Resize((64, 64)), transforms.ToTensor()]))
loader = torch.utils.data.DataLoader(photos, batch_size=8, shuffle=True, num_workers=2, collate_fn=batch)
net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 5, 4), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(),
                          torch.nn.Linear(32, len(photos.classes)))
optimizer = torch.optim.Adam(net.parameters(), 0.01)
for epoch in 1, 2, 3:
    seen = 0
    for x, y in loader:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        seen += len(y)
    print("epoch %d: %d of %d images, loss %.3f" % (epoch, seen, len(photos), loss.item()), flush=True)
    while not os.path.exists(go):
        time.sleep(0.02)
torch.save(net.state_dict(), model)
