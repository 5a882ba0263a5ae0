# SPDX-License-Identifier: Apache-2.0
"""Photographs become crops and copies; the tables of fs/likeness/README.md are printed.

usage: likeness.py PROGRAM WORK PICTURES COPIED DIRECTORY...
PROGRAM is bench/likeness, WORK an empty directory, PICTURES how many unrelated pictures to make,
COPIED of how many photographs copies are made; photographs are looked for below every DIRECTORY.
"""
import hashlib
import io
import os
import random
import struct
import subprocess
import sys
import warnings
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

import numpy
from PIL import Image

LIMITS = (16, 24, 32, 36, 40, 48, 56, 64)
LEAST = 300  # pixels of the shorter side of a photograph
CROP = 90  # and of a crop, at least
Image.MAX_IMAGE_PIXELS = None
warnings.simplefilter("ignore")


def webps_in(path):
    """Qt's resource files hold pictures as they are."""
    data = open(path, "rb").read()
    at = data.find(b"RIFF")
    while at >= 0:
        if data[at + 8:at + 12] == b"WEBP":
            yield data[at:at + 8 + struct.unpack("<I", data[at + 4:at + 8])[0]]
        at = data.find(b"RIFF", at + 4)


def find_photographs(roots):
    """Bytes of every photograph, once."""
    seen = set()
    for path in sorted(files_of(roots)):
        end = path.lower().rsplit(".", 1)[-1]
        if os.path.islink(path) or end not in ("jpg", "jpeg", "webp", "png", "rcc"):
            continue
        for data in webps_in(path) if end == "rcc" else [open(path, "rb").read()]:
            if hashlib.md5(data).digest() not in seen and is_photograph(data):
                seen.add(hashlib.md5(data).digest())
                yield data


def files_of(roots):
    for root in roots:
        if os.path.isfile(root):
            yield root
        for base, _, files in os.walk(root):
            yield from (os.path.join(base, name) for name in files)


def is_photograph(data):
    try:
        with Image.open(io.BytesIO(data)) as image:
            if min(image.size) < LEAST or image.mode not in ("RGB", "L", "CMYK"):
                return False
            image.convert("L").resize((16, 16))
            return True
    except Exception:
        return False


def look(data):
    """A small one without its mean, for what is the same photograph in two sizes or frames."""
    image = Image.open(io.BytesIO(data))
    image.draft("L", (200, 200))
    small = numpy.asarray(image.convert("L").resize((24, 24), Image.BOX), float).ravel()
    small -= small.mean()
    return small / (numpy.linalg.norm(small) or 1)


def groups_of(looks):
    """Photographs that resemble each other at all count as one."""
    alike = numpy.asarray(looks) @ numpy.asarray(looks).T > 0.85
    group = list(range(len(looks)))

    def root(i):
        while group[i] != i:
            i = group[i]
        return i

    for i, k in zip(*numpy.nonzero(alike)):
        if i < k:
            group[root(k)] = root(i)
    return [root(i) for i in range(len(looks))]


def cut(job):
    """Crops that do not overlap, of many shapes; every sixth gets bars, as padded thumbnails do."""
    number, data, work, want = job
    rng = random.Random(number)
    image = Image.open(io.BytesIO(data)).convert("RGB")
    side = max(CROP, (image.width * image.height / want) ** 0.5)
    wide = max(1, int(image.width / (side * rng.uniform(0.9, 1.3))))
    high = max(1, int(image.height / (side * rng.uniform(0.9, 1.3))))
    boxes = [(x * image.width // wide, y * image.height // high,
              (x + 1) * image.width // wide, (y + 1) * image.height // high)
             for x in range(wide) for y in range(high)]
    rng.shuffle(boxes)
    made = []
    for i, box in enumerate(boxes[:want]):
        crop = image.crop(box)
        if i % 6 == 5:
            crop = padded(crop, max(crop.size), rng.choice([0, 255]))
        path = f"{work}/{number}-{i}.jpg"
        crop.save(path, quality=92)
        made.append((f"{number} {i}", path))
    return made


def padded(image, side, colour):
    out = Image.new("RGB", (side, side), (colour,) * 3)
    out.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return out


def shorter(image, side):
    k = side / min(image.size)
    return image.resize([max(1, round(n * k)) for n in image.size], Image.LANCZOS)


def longer(image, side):
    k = side / max(image.size)
    return image.resize([max(1, round(n * k)) for n in image.size], Image.LANCZOS)


def middle(image, side):
    image = shorter(image, side)
    x, y = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((x, y, x + side, y + side))


def scaled(k):
    return lambda i: i.resize([max(1, round(n * k)) for n in i.size], Image.LANCZOS)


def inner(k):
    return lambda i: i.crop([round(i.width * k), round(i.height * k), round(i.width * (1 - k)),
                             round(i.height * (1 - k))])


def same(image):
    return image


JPEG = ("jpeg", dict(format="JPEG", quality=90))
COPIES = {
    "resized to 75 %": (scaled(0.75), *JPEG),
    "resized to 50 %": (scaled(0.5), *JPEG),
    "resized to 25 %": (scaled(0.25), *JPEG),
    "re-encoded, q=60": (same, "jpeg", dict(format="JPEG", quality=60)),
    "re-encoded, q=30": (same, "jpeg", dict(format="JPEG", quality=30)),
    "re-encoded, q=10": (same, "jpeg", dict(format="JPEG", quality=10)),
    "stripped": None,
    "progressive, 4:4:4": (same, "jpeg", dict(format="JPEG", quality=85, progressive=True,
                                              subsampling=0)),
    "PNG": (same, "png", dict(format="PNG", compress_level=1)),
    "WebP, q=80": (same, "webp", dict(format="WEBP", quality=80, method=2)),
    "WebP, lossless": (same, "webp", dict(format="WEBP", lossless=True, method=0)),
    "grey": (lambda i: i.convert("L"), *JPEG),
    "25 %, q=60": (scaled(0.25), "jpeg", dict(format="JPEG", quality=60)),
    "shorter side 256": (lambda i: shorter(i, 256), *JPEG),
    "longer side 240 (Flickr)": (lambda i: longer(i, 240), *JPEG),
    "longer side 100 (Flickr)": (lambda i: longer(i, 100), *JPEG),
    "squashed to 224 x 224": (lambda i: i.resize((224, 224), Image.BILINEAR), *JPEG),
    "squashed to 64 x 64": (lambda i: i.resize((64, 64), Image.BOX), *JPEG),
    "middle 224 x 224": (lambda i: middle(i, 224), *JPEG),
    "white bars, 256 x 256": (lambda i: padded(longer(i, 256), 256, 255), *JPEG),
    "black bars, 512 x 512": (lambda i: padded(longer(i, 512), 512, 0), *JPEG),
    "mirrored": (lambda i: i.transpose(Image.FLIP_LEFT_RIGHT), *JPEG),
    "turned by 90 degrees": (lambda i: i.transpose(Image.ROTATE_90), *JPEG),
    "turned by 180 degrees, 50 %": (lambda i: scaled(0.5)(i).transpose(Image.ROTATE_180), *JPEG),
    "brighter by 20 %": (lambda i: i.point(lambda v: min(255, int(v * 1.2))), *JPEG),
    "1 % cut off each side": (inner(0.01), *JPEG),
    "3 % cut off each side": (inner(0.03), *JPEG),
}


def stripped(data):
    """Without its APP segments but Adobe's, and without comments."""
    out, at = bytearray(data[:2]), 2
    while data[at + 1] != 0xDA:
        n = 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if not (0xE0 <= data[at + 1] <= 0xED or data[at + 1] in (0xEF, 0xFE)):
            out += data[at:at + n]
        at += n
    return bytes(out + data[at:])


def copy(job):
    """A picture in a JPEG of its own, and all of its copies."""
    number, data, work = job
    image = Image.open(io.BytesIO(data)).convert("RGB")
    rng = random.Random(number)
    side = rng.choice([400, 640, 1024, 1600, 2400])  # as photographs are published
    if max(image.size) > side:
        image = longer(image, side)
    original = io.BytesIO()
    image.save(original, format="JPEG", quality=92, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    image = Image.open(io.BytesIO(original.getvalue()))
    image.load()
    made = [(f"original {number}", "jpeg", original.getvalue())]
    for what, how in COPIES.items():
        if how is None:
            made.append((f"{what} {number}", "jpeg", stripped(original.getvalue())))
            continue
        out = io.BytesIO()
        how[0](image).save(out, **how[2])
        made.append((f"{what} {number}", how[1], out.getvalue()))
    lines = []
    for i, (words, form, data) in enumerate(made):
        path = f"{work}/copy-{number}-{i}"
        with open(path, "wb") as f:
            f.write(data)
        lines.append((words, form, path))
    return lines


def run(program, *arguments, lines):
    done = subprocess.run([program, *arguments], input="".join(lines), text=True, check=True,
                          stdout=subprocess.PIPE)
    return [line.split("\t") for line in done.stdout.splitlines()]


def unrelated(program, work, photographs, groups, want, show):
    jobs = [(i, data, work, want) for i, data in enumerate(photographs)]
    with ProcessPoolExecutor(2) as pool:
        made = [crop for crops in pool.map(cut, jobs, chunksize=4) for crop in crops]
    prints = run(program, "prints", lines=[f"{w}\tjpeg\t{p}\n" for w, p in made])
    some = [p for p in prints if p[1] != "-"]
    # of one photograph, crops are unrelated, too; of photographs that resemble each other perhaps not
    several = defaultdict(set)
    for number, group in enumerate(groups):
        several[group].add(number)
    group = {}
    for words, *_ in some:
        number, i = map(int, words.split())
        alone = len(several[groups[number]]) == 1
        group[words] = number * 100000 + i if alone else -groups[number] - 1
    counts = run(program, "pairs", "--show", str(show),
                 lines=[f"{group[p[0]]}\t{p[1]}\n" for p in some])
    at = {int(c[0]): int(c[1]) for c in counts if c[0].isdigit()}
    pairs, seconds = sum(at.values()), float(counts[-1][1])
    print(f"{len(made)} unrelated pictures from {len(photographs)} photographs, {len(some)} of them"
          f" with prints ({len(made) - len(some)} are too flat); {pairs} pairs,"
          f" {pairs / seconds / 1e6:.1f} million a second.\n")
    print("| distance | pairs at it or nearer | a pair |\n| ---: | ---: | ---: |")
    total, shown = 0, None
    for d in range(257):
        total += at.get(d, 0)
        if total and (d % 4 == 0 or total < 50) and total != shown and d <= 80:
            print(f"| {d} | {total} | {total / pairs:.1e} |")
            shown = total
    near = [c for c in counts if c[0] == "near"]
    for _, d, i, k in near:
        print(f"near: {d} {some[int(i)][0]} {some[int(k)][0]}", file=sys.stderr)
    sizes = [len(p[1]) // 64 for p in some]
    print("\nprints: " + ", ".join(f"{sizes.count(n)} have {n}" for n in (1, 2, 3)) + ".\n")


def related(program, work, photographs, copied):
    rng = random.Random(1)
    jobs = [(i, data, work) for i, data in
            enumerate(rng.sample(photographs, min(copied, len(photographs))))]
    with ProcessPoolExecutor(2) as pool:
        made = [line for lines in pool.map(copy, jobs) for line in lines]
    prints = {w: p for w, p, *_ in run(program, "prints", lines=[
        f"{w}\t{f}\t{p}\n" for w, f, p in made])}
    known = [i for i in range(len(jobs)) if prints[f"original {i}"] != "-"]
    print(f"Copies of {len(known)} photographs: found, in percent, at a limit of\n")
    print("| copy | median |" + "".join(f" {n} |" for n in LIMITS))
    print("| --- | ---: |" + " ---: |" * len(LIMITS))
    for what in COPIES:
        lines = [f"{i}\t{prints[f'original {i}']}\t{prints[f'{what} {i}']}\n" for i in known
                 if prints[f"{what} {i}"] != "-"]
        found = sorted(int(d) for _, d in run(program, "distances", lines=lines))
        shares = "".join(f" {100 * sum(d <= n for d in found) / len(known):.1f} |" for n in LIMITS)
        print(f"| {what} | {found[len(found) // 2]} |{shares}")


def main():
    program, work, pictures, copied, *roots = sys.argv[1:]
    photographs = list(find_photographs(roots))
    groups = groups_of([look(data) for data in photographs])
    print(f"{len(photographs)} photographs, {len(set(groups))} of them unlike all others.\n")
    want = 1
    while sum(min(want, crops_of(p)) for p in photographs) < int(pictures) and want < 1000:
        want += 1
    related(program, work, photographs, int(copied))
    print()
    unrelated(program, work, photographs, groups, want, int(os.environ.get("SHOW", "-1")))


def crops_of(data):
    with Image.open(io.BytesIO(data)) as image:
        return (image.width // (CROP * 1.1)) * (image.height // (CROP * 1.1))


main()
