#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a dataset at random: export_make.py STORE SEED. Images with licenses of their own, sidecars, COCO, CSV,
lists, VOC, YOLO labels, tar shards, and names of all kinds."""
import io
import json
import os
import random
import struct
import sys
import tarfile
import zlib

LICENSES = ["CC-BY-4.0", "CC0-1.0", "CC-BY-NC-4.0", "CC-BY-SA-4.0", "MIT", None]
CC = {"CC-BY-4.0": "by/4.0", "CC-BY-NC-4.0": "by-nc/4.0", "CC-BY-SA-4.0": "by-sa/4.0"}


def png(rng, license):
    def chunk(t, d):
        return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))

    text = b""
    if license:
        url = "https://creativecommons.org/licenses/%s/" % CC[license] if license in CC else license
        text = chunk(b"tEXt", b"Copyright\0" + ("License: " + url).encode()) + chunk(b"tEXt", b"Author\0A%d" % rng.randrange(4))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 0, 0, 0, 0)) + text
            + chunk(b"IDAT", zlib.compress(bytes([0]) + rng.randbytes(2))) + chunk(b"tEXt", b"id\0%d" % rng.getrandbits(60)) + chunk(b"IEND", b""))


def name_of(rng, i):
    return rng.choice([b"%06d" % i, b"a b %d" % i, b"-n%d" % i, b"new\nline%d" % i, b"\xff\xfe%d" % i, "grün%d".encode() % i,
                       b"x.%d.y" % i, b"l" * 200 + b"%d" % i, b"'\"$(x)`%d" % i, b"%06d" % i, b"%06d" % i])


def main(store, seed):
    rng = random.Random(seed)
    store = os.fsencode(store)
    dirs = [b"images/train", b"images/val", b"cats", b"dogs/-odd \xfe", b"dogs/deep/er"]
    for d in dirs + [b"labels/train", b"labels/val", b"shards", b"empty"]:
        os.makedirs(store + b"/" + d, exist_ok=True)
    images = []
    for i in range(60):
        d, name = rng.choice(dirs), name_of(rng, i)
        license = rng.choice(LICENSES)
        path = d + b"/" + name + b".png"
        with open(store + b"/" + path, "wb") as f:
            f.write(png(rng, license if license in CC else None))
        if license:
            if len(os.path.basename(path)) < 240:
                with open(store + b"/" + path + b".license", "w") as f:
                    f.write("SPDX-FileCopyrightText: 2020 A%d\nSPDX-License-Identifier: %s\n" % (i, license))
        images.append(path)
        if d.startswith(b"images/"):
            with open(store + b"/labels/" + d[7:] + b"/" + name + b".txt", "w") as f:
                f.write("0 0.5 0.5 %f 1\n" % rng.random())
    plain = [p.decode() for p in images if p.isascii() and b"\n" not in p]
    with open(store + b"/coco.json", "w") as f:
        json.dump({"info": {"year": 2020}, "images": [{"id": i, "file_name": p, "width": 1, "height": 1} for i, p in enumerate(plain)],
                   "annotations": [{"id": 2 * i, "image_id": i, "category_id": 1, "bbox": [0, 0, 1, 1]} for i in range(len(plain))],
                   "categories": [{"id": 1, "name": "c"}]}, f)
    with open(store + b"/table.csv", "w") as f:
        f.write("path,score\n" + "".join("%s,%d\n" % (p, i) for i, p in enumerate(plain) if "," not in p and '"' not in p))
    with open(store + b"/list.txt", "w") as f:
        f.write("".join(p + "\n" for p in plain))
    for shard in range(2):
        with tarfile.open(store + b"/shards/%05d.tar" % shard, "w", format=tarfile.USTAR_FORMAT) as t:
            for i in range(8):
                license = rng.choice(LICENSES)
                key = "s/%d_%03d" % (shard, i)
                for ext, data in (("png", png(rng, license if license in CC else None)), ("cls", b"%d" % i),
                                  ("json", json.dumps({"license": license or "", "key": key}).encode())):
                    info = tarfile.TarInfo(key + "." + ext)
                    info.size = len(data)
                    t.addfile(info, io.BytesIO(data))
    with open(store + b"/README", "w") as f:
        f.write("words %d\n" % seed)


main(sys.argv[1], int(sys.argv[2]))
