#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""documents.py DIR MB SHARD: DIR/store with a COCO JSON of MB megabytes and a tiny picture for each of its images, a tar shard
of SHARD megabytes of JPEGs that state their rights, and one picture of the same size."""
import os
import subprocess
import sys

where, mb, shard = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
here, store = os.path.dirname(os.path.abspath(__file__)), f"{where}/store"
subprocess.run([sys.executable, f"{here}/manifests.py", where, str(mb), "0", "0"], check=True)
os.makedirs(f"{store}/annotations")
os.makedirs(f"{store}/train2017")
os.makedirs(f"{store}/whole")
os.rename(f"{where}/coco.json", f"{store}/annotations/instances_train2017.json")
for i in range(max(1, 118287 * mb // 490)):
    with open(f"{store}/train2017/{i:012}.jpg", "w") as f:
        f.write(f"P6\n1 1\n255\nrgb{i}")
subprocess.run([sys.executable, f"{here}/store.py", f"{where}/jpegs", str(max(8, shard * 10)), "100"], check=True)
names = sorted(os.path.relpath(os.path.join(d, n), f"{where}/jpegs") for d, _, files in os.walk(f"{where}/jpegs") for n in files)
os.makedirs(f"{store}/shards")
subprocess.run(["tar", "--format=ustar", "-cf", f"{store}/shards/00000.tar", "-C", f"{where}/jpegs", "--no-recursion",
                "-T", "-"], input="\n".join(names), text=True, check=True)
subprocess.run(["rm", "-rf", f"{where}/jpegs"], check=True)
size = os.path.getsize(f"{store}/shards/00000.tar")
with open(f"{store}/whole/picture.ppm", "wb") as f:
    width = 1000
    f.write(b"P6\n%d %d\n255\n" % (width, size // 3 // width))
    block = bytes(range(256)) * 4096
    while f.tell() < size:
        f.write(block[:size - f.tell()])
