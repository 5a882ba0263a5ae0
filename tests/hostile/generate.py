#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""generate.py DIR [FACTOR]: a store of hostile files among clean neighbours.

DIR/seeds holds the whole files that the others were made of, DIR/store the store: in each directory
some dozens of hostile files and one clean file of every format, each with bytes of its own.
DIR/manifest.tsv says of each file of the store: path, kind, seed ("-" if none). FACTOR multiplies
how many malformed files are made of a seed (1: some thousands in all); 0 makes all. The same
arguments make the same files.
"""
import os
import random
import struct
import sys

import bombs
import seeds as s

CUTS, NUMBERS, FLIPS, SPLICES = 24, 24, 6, 3
IN_A_DIRECTORY = 100


def extremes(size, value, length, at):
    """Values that lengths and offsets must survive: borders of their type, of the file, of signs."""
    top = (1 << 8 * size) - 1
    some = {0, 1, 2, 3, 7, 8, 9, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000,
            0xFFFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 8, top,
            top - 1, top >> 1, value - 1, value + 1, value * 2, value ^ 1, length, length - 1,
            length + 1, length - at, max(length - at - size, 0), at, at + size}
    return sorted(v for v in some if 0 <= v <= top and v != value)


def cuts(b):
    marks = {m + d for m in b.marks for d in (-1, 0, 1)} | {n[0] for n in b.numbers}
    marks |= set(range(0, len(b), max(len(b) // 40, 1)))
    return sorted(m for m in marks if 0 < m < len(b))


def ends(extension, data):
    """Where a file of boxes may end as if it were whole (docs/decisions/0009-boxes.md)."""
    at, found = 0, set()
    while extension in ("jxl", "jp2", "cr3") and at + 8 <= len(data):
        at += max(int.from_bytes(data[at:at + 4], "big"), 8)
        found.add(at)
    return found


def numbers(b):
    data = bytes(b.data)
    for at, size, order, weak in b.numbers:
        name = "big" if order == ">" else "little"
        for v in extremes(size, int.from_bytes(data[at:at + size], name), len(data), at):
            to_end = weak == "end" and (v == 0 or at + v == len(data))
            yield ("weak" if to_end or weak is True else "number",
                   data[:at] + v.to_bytes(size, name) + data[at + size:])


def flip(data, rng):
    out = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(out))
        action = rng.randrange(5)
        if action == 0:
            out[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif action == 1:
            out[at] ^= 1 << rng.randrange(8)
        elif action == 2:
            out[at:at + 4] = rng.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"))
        elif action == 3 and len(out) > 16:
            del out[at:at + rng.randrange(1, 16)]
        else:
            out[at:at] = out[max(at - 16, 0):at]
    return bytes(out)


def pick(rng, found, n):
    found = list(found)
    return found if not n or len(found) <= n else rng.sample(found, n)


def hostile(factor):
    """Yields (kind, seed, extension, bytes)."""
    rng = random.Random(20261122)
    whole = [(name, extension, b) for name, extension, b in s.seeds()]
    for name, extension, b in whole:
        data = bytes(b.data)
        whole_at = ends(extension, data)
        every = range(1, len(data)) if not factor and len(data) < 6000 else cuts(b)
        for at in pick(rng, every, CUTS * factor):
            yield "weak" if at in whole_at else "cut", name, extension, data[:at]
        for kind, changed in pick(rng, numbers(b), NUMBERS * factor):
            yield kind, name, extension, changed
        for _ in range(FLIPS * (factor or 20)):
            yield "flip", name, extension, flip(data, rng)
        for _ in range(SPLICES * (factor or 10)):
            other = bytes(rng.choice(whole)[2].data)
            at = rng.randrange(len(data))
            yield "splice", "-", extension, data[:at] + other[rng.randrange(len(other)):]
    for name, extension, data in bombs.bombs():
        yield "bomb", name, extension, data


def own(extension, data, n):
    """The file with some bytes more that say nothing: no other file has its hash."""
    if extension in ("svg", "xmp"):
        return data + b"<!-- %d -->" % n
    if extension in ("heic", "avif", "cr3", "jxl", "jp2"):
        return data + struct.pack(">I4sI", 12, b"free", n)
    if extension in ("x3f", "crw"):
        # their directory is found from the end
        return data[:16] + struct.pack(">I", n) + data[20:]
    return data + b"\0" * 4 + struct.pack(">I", n)


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)


def main(top, factor):
    store, seeds = os.path.join(top, "store"), os.path.join(top, "seeds")
    os.makedirs(seeds)
    clean = []
    for name, extension, b in s.seeds():
        write(os.path.join(seeds, f"{name}.{extension}"), bytes(b.data))
        if extension != "svgz":
            clean.append((name, extension, bytes(b.data)))
    lines, where = [], None
    for n, (kind, seed, extension, data) in enumerate(hostile(factor)):
        if n % IN_A_DIRECTORY == 0:
            where = f"d{n // IN_A_DIRECTORY:04}"
            os.makedirs(os.path.join(store, where))
            for k, (name, e, whole) in enumerate(clean):
                path = f"{where}/clean{k:02}.{e}"
                write(os.path.join(store, path), own(e, whole, n + k))
                lines.append((path, "clean", f"{name}.{e}"))
        if extension == "xmp":
            # a hostile sidecar, and the licensed image that it belongs to
            path = f"{where}/h{n:06}.jpg"
            write(os.path.join(store, f"{where}/h{n:06}.xmp"), data)
            write(os.path.join(store, path), own("jpg", clean[0][2], n))
        else:
            path = f"{where}/h{n:06}.{extension}"
            write(os.path.join(store, path), data)
        lines.append((path, kind, seed if kind == "bomb" or seed == "-" else f"{seed}.{extension}"))
    with open(os.path.join(top, "manifest.tsv"), "w", encoding="utf-8") as f:
        f.writelines("\t".join(line) + "\n" for line in lines)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
