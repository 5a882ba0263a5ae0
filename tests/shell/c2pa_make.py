# SPDX-License-Identifier: Apache-2.0
"""Puts an unsigned C2PA manifest store into an image: IN OUT [LABEL=JSON]...

Each LABEL=JSON is one assertion, written as CBOR, or as JSON where LABEL ends with "!". OUT ending in
.c2pa is the store alone.
"""
import json
import struct
import sys
import zlib


def head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    for code, fmt in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if n < 1 << 8 * struct.calcsize(fmt):
            return bytes([major << 5 | code]) + struct.pack(fmt, n)
    raise ValueError(n)


def cbor(v):
    if isinstance(v, bool) or v is None:
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[v]
    if isinstance(v, int):
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, str):
        return head(3, len(v.encode())) + v.encode()
    if isinstance(v, list):
        return head(4, len(v)) + b"".join(map(cbor, v))
    return head(5, len(v)) + b"".join(cbor(k) + cbor(x) for k, x in v.items())


def box(kind, data):
    return struct.pack(">I4s", 8 + len(data), kind) + data


def superbox(kind, label, *inner):
    tail = bytes.fromhex("00110010800000aa00389b71")
    return box(b"jumb", box(b"jumd", kind + tail + b"\3" + label.encode() + b"\0") + b"".join(inner))


def store(assertions):
    boxes = []
    for a in assertions:
        label, text = a.split("=", 1)
        value = json.loads(text)
        if label.endswith("!"):
            boxes.append(superbox(b"json", label[:-1], box(b"json", json.dumps(value).encode())))
        else:
            boxes.append(superbox(b"cbor", label, box(b"cbor", cbor(value))))
    manifest = superbox(b"c2ma", "urn:uuid:1", superbox(b"c2as", "c2pa.assertions", *boxes))
    return superbox(b"c2pa", "c2pa", manifest)


def put_in_jpeg(image, jumbf):
    out, at = image[:2], 2
    while image[at : at + 2] == b"\xff\xe0":  # behind JFIF
        n = 2 + struct.unpack(">H", image[at + 2 : at + 4])[0]
        out, at = out + image[at : at + n], at + n
    body, step = jumbf[8:], 100
    for z, i in enumerate(range(0, len(body), step), 1):
        piece = b"JP" + struct.pack(">HI", 0x211, z) + jumbf[:8] + body[i : i + step]
        out += b"\xff\xeb" + struct.pack(">H", 2 + len(piece)) + piece
    return out + image[at:]


def put_in_png(image, jumbf):
    chunk = struct.pack(">I", len(jumbf)) + b"caBX" + jumbf
    chunk += struct.pack(">I", zlib.crc32(b"caBX" + jumbf))
    return image[:33] + chunk + image[33:]


def put_in_webp(image, jumbf):
    chunk = b"C2PA" + struct.pack("<I", len(jumbf)) + jumbf + b"\0" * (len(jumbf) & 1)
    return image[:4] + struct.pack("<I", len(image) - 8 + len(chunk)) + image[8:] + chunk


def put_in_gif(image, jumbf):
    blocks = b"".join(bytes([len(jumbf[i : i + 255])]) + jumbf[i : i + 255] for i in range(0, len(jumbf), 255))
    at = 13 + (3 << (image[10] & 7) + 1 if image[10] & 0x80 else 0)
    return image[:at] + b"\x21\xff\x0bC2PA_GIF\1\0\0" + blocks + b"\0" + image[at:]


def main():
    source, target, *assertions = sys.argv[1:]
    jumbf = store(assertions)
    if target.endswith(".c2pa"):
        data = jumbf
    else:
        with open(source, "rb") as f:
            image = f.read()
        put = {b"\xff\xd8": put_in_jpeg, b"\x89P": put_in_png, b"RI": put_in_webp, b"GI": put_in_gif}[image[:2]]
        data = put(image, jumbf)
    with open(target, "wb") as f:
        f.write(data)


main()
