#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""layouts.py STORE LAYOUT... [--count N] [--rights R] [--plain]: whole datasets of mixed rights, as trainers know them.

Every picture is a real JPEG that states its own rights. What stands in a document about it has marks (names, ids, addresses)
that nothing else in the store has. STORE.truth says which picture has which rights, what each document is made of and what
must become of every other file: oracle.py compares a view with it. The same arguments give the same bytes.

--count N     pictures a layout (default 84)
--rights R    all of them of these rights: nc by nd cc0 arr none optout
--plain       one layout lies in STORE itself, not in STORE/LAYOUT
"""
import argparse
import hashlib
import json
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
RIGHTS = ["nc", "by", "arr", "nd", "none", "cc0", "optout"]
PAGES = {"nc": "http://creativecommons.org/licenses/by-nc/4.0/", "by": "https://creativecommons.org/licenses/by/4.0/",
         "nd": "https://creativecommons.org/licenses/by-nd/4.0/", "optout": "https://creativecommons.org/licenses/by/4.0/",
         "cc0": "https://creativecommons.org/publicdomain/zero/1.0/"}
NAMESPACES = ('xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:cc="http://creativecommons.org/ns#" '
              'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"')


def xmp(right, mark):
    """An XMP packet; `mark` makes its picture's bytes its own."""
    said = f"<dc:identifier>{mark}</dc:identifier>"
    if right in PAGES:
        said += f'<cc:license rdf:resource="{PAGES[right]}"/>'
    if right == "arr":
        said += ('<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">(c) Jane Doe. All rights reserved.</rdf:li></rdf:Alt></dc:rights>'
                 '<xmpRights:Marked>True</xmpRights:Marked>')
    if right == "optout":
        said += "<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</plus:DataMining>"
    return (f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
            f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" {NAMESPACES}>{said}'
            f'</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>').encode()


def exif(right):
    """A copyright field that holds a license, as cameras and exporters write it."""
    text = f"This work is licensed under {PAGES[right]}".encode() + b"\0"
    return (b"MM\0*" + struct.pack(">IHHHIII", 8, 1, 0x8298, 2, len(text), 26, 0) + text)


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def plain_jpeg():
    """A crop of a photograph, 64 x 43 (trainers refuse less than 10 x 10), without what it states of itself."""
    top = os.environ.get("top_srcdir", os.path.join(HERE, "..", ".."))
    with open(os.path.join(top, "tests/data/images/terms-CC-BY-SA-4.0.jpg"), "rb") as f:
        data = f.read()
    at, kept = 2, data[:2]
    while data[at + 1] != 0xDA:
        n = 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if not 0xE1 <= data[at + 1] <= 0xEF and data[at + 1] != 0xFE:
            kept += data[at:at + n]
        at += n
    return kept + data[at:]


PLAIN = plain_jpeg()


def jpeg(right, mark, by_exif=False):
    body = b""
    if by_exif and right in ("nc", "by", "nd", "cc0"):
        body = segment(0xE1, b"Exif\0\0" + exif(right)) + segment(0xFE, mark.encode())
    else:
        body = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(right, mark))
    return PLAIN[:2] + body + PLAIN[2:]


def png(seed, size=8):
    """A picture of palette numbers without any claim, as masks are."""
    import zlib
    rows = b"".join(b"\0" + bytes((seed + x * y) % 3 for x in range(size)) for y in range(size))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 3, 0, 0, 0)) +
            chunk(b"PLTE", bytes((0, 0, 0, 128, 0, 0, 0, 128, 0))) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class World:
    """A store being written, and the truth about it."""

    def __init__(self, store, count, rights):
        self.store, self.count, self.rights, self.base = store, count, rights, ""
        self.truth = {"images": {}, "documents": {}, "companions": {}, "inert": [], "hidden": {}, "ids": {}}

    def path(self, path):
        return os.path.join(self.base, path) if self.base else path

    def put(self, path, data):
        whole = os.path.join(self.store, self.path(path))
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())

    def digest(self, text, n=12):
        return hashlib.sha256((self.base + text).encode()).hexdigest()[:n]

    def right(self, k):
        """Of 84 pictures every split and class that the layouts make has every right once at least."""
        return self.rights or RIGHTS[(k * 6 + k // 7 * 5 + k // 35 * 6 + k // 5 * 2) % 7]

    def note_image(self, path, right, marks, archive=None):
        self.truth["images"][self.path(path)] = {"right": right, "marks": marks, "archive": archive and self.path(archive)}

    def image(self, path, k, marks=(), right=None):
        """A picture; the name without its extension is a mark always. Returns its address, a mark too."""
        right = right or self.right(k)
        stem = os.path.splitext(os.path.basename(path))[0]
        url = f"http://farm9.staticflickr.com/8186/q{self.digest(path)}_z.jpg"
        self.put(path, jpeg(right, stem, by_exif=k % 3 == 0))
        self.note_image(path, right, [stem, url, *map(str, marks)])
        return url

    def companion(self, path, data, *images):
        self.put(path, data)
        self.truth["companions"][self.path(path)] = [self.path(i) for i in images]

    def inert(self, path, data):
        self.put(path, data)
        self.truth["inert"].append(self.path(path))

    def hidden(self, path, data, why):
        self.put(path, data)
        self.truth["hidden"][self.path(path)] = why

    def document(self, path, parts, kind="lines"):
        """Parts: (None, text) is structure, ([images], text) is about them, ([], text) about nothing."""
        said = [[i if i is None else [self.path(p) for p in i], t] for i, t in parts]
        self.put(path, "".join(t for _, t in parts))
        self.truth["documents"][self.path(path)] = {"kind": kind, "parts": said}

    def json(self, path, value, kind, ids=None, **dump):
        """COCO: `ids` gives an image's path by its id. A list: `ids` gives the images of each element."""
        self.put(path, json.dumps(value, **dump))
        if isinstance(ids, dict):
            ids = {str(i): self.path(p) for i, p in ids.items()}
        else:
            ids = [[self.path(p) for p in e] for e in ids]
        self.truth["documents"][self.path(path)] = {"kind": kind, "ids": ids}


def layouts():
    import layouts_boxes
    import layouts_classes
    import layouts_shards
    import layouts_tables
    found = {}
    for module in (layouts_boxes, layouts_classes, layouts_tables, layouts_shards):
        found.update(module.LAYOUTS)
    return found


def main():
    p = argparse.ArgumentParser()
    p.add_argument("store")
    p.add_argument("layout", nargs="+")
    p.add_argument("--count", type=int, default=84)
    p.add_argument("--rights", choices=RIGHTS)
    p.add_argument("--plain", action="store_true")
    a = p.parse_args()
    known = layouts()
    names = sorted(known) if a.layout == ["all"] else a.layout
    w = World(os.path.abspath(a.store), a.count, a.rights)
    for name in names:
        w.base = "" if a.plain else name
        known[name](w)
    with open(w.store + ".truth", "w") as f:
        json.dump(w.truth, f)


if __name__ == "__main__":
    main()
