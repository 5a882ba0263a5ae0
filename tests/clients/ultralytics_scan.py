#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How ultralytics finds pictures and labels, written after check_det_dataset(), BaseDataset.get_img_files(), img2label_paths(),
verify_image_label() and cache_labels() of 8.x, which cannot be installed here. usage: ultralytics_scan.py DATA.yaml

A split that does not exist runs the `download` script; a list that names a missing picture counts it as corrupt; a missing
label makes a picture background; a cache beside the labels is believed. Any of the first two, and any cache, fails."""
import glob
import os
import sys
from pathlib import Path
import numpy as np
import yaml
from PIL import Image

FORMATS = {"bmp", "dng", "jpeg", "jpg", "mpo", "png", "tif", "tiff", "webp", "pfm", "heic"}


def check_det_dataset(file):
    data = yaml.safe_load(file.read_text(errors="ignore"))
    for k in ("train", "val", "names"):
        if k not in data:
            sys.exit(f"ultralytics FAIL '{k}:' key missing")
    root = Path(data.get("path") or file.parent)
    if not root.is_absolute():
        root = (file.parent / root).resolve()
    for k in ("train", "val"):
        data[k] = (root / data[k]).resolve()
        if not data[k].exists():
            sys.exit(f"ultralytics FAIL {data[k]} is missing: the script under 'download' fetches everything")
    return data


def get_img_files(p):
    if p.is_dir():
        f = glob.glob(str(p / "**" / "*.*"), recursive=True)
    else:
        parent = str(p.parent) + os.sep
        f = [x.replace("./", parent) if x.startswith("./") else x for x in p.read_text().strip().splitlines()]
    found = sorted(x.replace("/", os.sep) for x in f if x.rpartition(".")[-1].lower() in FORMATS)
    if not found:
        sys.exit(f"ultralytics FAIL no images found in {p}")
    return found


def img2label_paths(paths):
    sa, sb = f"{os.sep}images{os.sep}", f"{os.sep}labels{os.sep}"
    return [sb.join(x.rsplit(sa, 1)).rsplit(".", 1)[0] + ".txt" for x in paths]


def verify(image, label, classes):
    """(corrupt, missing, found): as verify_image_label() counts."""
    try:
        with Image.open(image) as im:
            im.verify()
            if im.size[0] < 10 or im.size[1] < 10:
                raise ValueError(f"image size {im.size} <10 pixels")
        with open(image, "rb") as f:  # it would repair the file where it lies
            f.seek(-2, 2)
            if f.read() != b"\xff\xd9":
                raise ValueError("no end of image")
        if not os.path.isfile(label):
            return 0, 1, 0
        with open(label, encoding="utf-8") as f:
            lb = np.array([x.split() for x in f.read().strip().splitlines() if x], dtype=np.float32)
        if len(lb) and (lb.shape[1] != 5 or lb[:, 1:].max() > 1 or lb.min() < 0 or lb[:, 0].max() >= classes):
            raise ValueError("bad label")
        return 0, 0, 1
    except Exception as e:  # as it does: the picture is left out, and training goes on
        print(f"ultralytics: {image}: ignoring corrupt image/label: {e}", file=sys.stderr)
        return 1, 0, 0


data = check_det_dataset(Path(sys.argv[1]).resolve())
total = corrupt = missing = found = caches = 0
for k in ("train", "val"):
    images = get_img_files(data[k])
    labels = img2label_paths(images)
    caches += Path(labels[0]).parent.with_suffix(".cache").exists()
    for image, label in zip(images, labels):
        c, m, f = verify(image, label, len(data["names"]))
        total, corrupt, missing, found = total + 1, corrupt + c, missing + m, found + f
print(f"ultralytics files={total} labels={found} backgrounds={missing} corrupt={corrupt} caches={caches}")
sys.exit(1 if corrupt or caches else 0)
