#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decodes the samples of exported shards with two workers of torch's DataLoader, each its own shards:
torch_shards.py DIRECTORY prints files=N licenses=..."""
import collections
import glob
import io
import json
import os
import sys
import tarfile

import torch
from PIL import Image

IMAGES = {"jpg", "jpeg", "png", "webp", "tif", "tiff", "gif", "bmp"}


class Shards(torch.utils.data.IterableDataset):
    def __init__(self, shards):
        self.shards = shards

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        for shard in self.shards[worker.id :: worker.num_workers]:
            sample = {}
            with tarfile.open(shard, "r|") as archive:
                for info in archive:
                    key, _, ext = os.path.basename(info.name).partition(".")
                    key = os.path.join(os.path.dirname(info.name), key)
                    if sample.get("key") not in (None, key):
                        yield self.decode(sample)
                        sample = {}
                    sample["key"] = key
                    sample[ext] = archive.extractfile(info).read()
            if sample:
                yield self.decode(sample)

    @staticmethod
    def decode(sample):
        ext = next(e for e in sample if e in IMAGES)
        with Image.open(io.BytesIO(sample[ext])) as image:
            size = torch.tensor(image.convert("RGB").size)
        return size, json.loads(sample["license.json"])["license"]


loader = torch.utils.data.DataLoader(Shards(sorted(glob.glob(sys.argv[1] + "/*.tar"))), batch_size=4, num_workers=2)
licenses = collections.Counter()
for sizes, names in loader:
    assert (sizes > 0).all()
    licenses.update(names)
print("licenses=" + ",".join(sorted(licenses)), "files=%d" % sum(licenses.values()))
