#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What Hugging Face datasets do with an imagefolder, written after folder_based_builder.py of datasets 2.14 and 3.x, which
cannot be installed here. usage: hf_imagefolder.py DIR

2.x: the files are the samples, and each must have a row in the metadata nearest above it, or an error is raised.
3.x: the rows are the samples, and each must have a file; files without a row are dropped in silence.
Both are gone through, every picture is decoded, and the key of the cache (path, size, mtime) must stay what it is."""
import csv
import json
import os
import sys
from PIL import Image

EXTENSIONS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif")
METADATA = ("metadata.csv", "metadata.jsonl")


def read_metadata(path):
    """pandas.read_csv or pyarrow.json.read_json: neither takes a file without anything."""
    with open(path, encoding="utf-8", newline="") as f:
        text = f.read()
    if not text:
        raise ValueError(f"{path}: No columns to parse from file")
    if path.endswith(".csv"):
        reader = csv.DictReader(text.splitlines(keepends=True))
        rows, columns = list(reader), reader.fieldnames
        if any(None in r or None in r.values() for r in rows):
            raise ValueError(f"{path}: Error tokenizing data")
    else:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        columns = rows[0].keys() if rows else []
    if "file_name" not in columns:
        raise ValueError(f"{path}: `file_name` must be present as dictionary key in metadata files")
    return {os.path.normpath(r["file_name"]).replace("\\", "/"): r for r in rows}


def keys(files):
    return [(f, os.path.getsize(f), os.stat(f).st_mtime_ns) for f in files]


def split(root):
    files = sorted(os.path.join(d, n) for d, _, names in os.walk(root) for n in names)
    pictures = [f for f in files if f.lower().endswith(EXTENSIONS)]
    metadata = {os.path.dirname(f): read_metadata(f) for f in files if os.path.basename(f) in METADATA}
    before, used = keys(files), 0
    for f in pictures:  # 2.x
        above = [d for d in metadata if f.startswith(d + os.sep)]
        if not above:
            raise ValueError(f"metadata files were found, but not in the same directory or in a parent directory of {f}")
        d = max(above, key=lambda x: x.count(os.sep))
        if os.path.relpath(f, d) not in metadata[d]:
            raise ValueError(f"Image at {f} doesn't have metadata in {d}")
        Image.open(f).load()
        used += 1
    rows = 0
    for d, table in metadata.items():  # 3.x
        for name in table:
            with open(os.path.join(d, name), "rb") as f:
                Image.open(f).load()
            rows += 1
    if keys(files) != before:
        raise ValueError(f"{root}: the key of the cache changes from one look to the next")
    return used, rows


samples = rows = 0
for part in ("train", "validation", "test"):
    try:
        n, r = split(os.path.join(os.path.abspath(sys.argv[1]), part))
    except (ValueError, OSError) as e:
        print(f"hf_imagefolder FAIL {part}: {type(e).__name__}: {e}")
        sys.exit(1)
    samples, rows = samples + n, rows + r
print(f"hf_imagefolder files={samples} rows={rows}")
sys.exit(0 if samples and samples == rows else 1)
