# SPDX-License-Identifier: Apache-2.0
"""Epochs of torch's DataLoader over torchvision's ImageFolder. A line of standard input asks for one: UID DIR raw|decode
WORKERS IMAGES, whose images are drawn in one and the same random order; the answer is seconds, images, bytes and seconds of
processors. A process of its own reads each, since only that user may look into a mount."""
import os
import pwd
import resource
import sys
import time

import torch
from torchvision import datasets, transforms

torch.set_num_threads(1)
decode = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])


def size(path):
    with open(path, "rb") as f:
        return len(f.read())


def processor():
    of = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in of)


def epoch(where, what, workers, images):
    if what == "raw":
        folder = datasets.ImageFolder(where, loader=size)
    else:
        folder = datasets.ImageFolder(where, transform=decode)
    order = torch.randperm(len(folder), generator=torch.Generator().manual_seed(1))[:images]
    loader = torch.utils.data.DataLoader(torch.utils.data.Subset(folder, order.tolist()), batch_size=64, num_workers=workers)
    start, busy, count, read = time.perf_counter(), processor(), 0, 0
    for pictures, classes in loader:
        count += len(classes)
        read += int(pictures.sum()) if what == "raw" else 0
    print(f"{time.perf_counter() - start:.6f} {count} {read} {processor() - busy:.6f}", flush=True)


print("ready", flush=True)
for line in sys.stdin:
    uid, where, what, workers, images = line.split()
    child = os.fork()
    if not child:
        if int(uid):
            os.setgroups([])
            os.setgid(pwd.getpwuid(int(uid)).pw_gid)
            os.setuid(int(uid))
        epoch(where, what, int(workers), int(images))
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(1)
