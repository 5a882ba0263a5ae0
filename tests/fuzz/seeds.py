#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""seeds.py DIR: writes the first inputs of the fuzz targets to DIR/TARGET: the files of
tests/hostile/seeds.py and the blocks in them, and texts. What a merge keeps of them, and of what
fuzzing finds, is tests/fuzz/corpus."""
import hashlib
import io
import os
import struct
import sys
import tarfile

top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(top, "hostile"))
import seeds as s  # noqa: E402

TARGET = {"jpg": "jpeg", "tif": "tiff", "ppm": "pnm", "pam": "pnm", "heic": "heif", "dng": "tiff",
          "cr2": "tiff", "orf": "tiff", "rw2": "tiff", "svgz": "svg"}
VIEWS = """commercial
noncommercial & !reserved(training)
license=CC-BY-* | license!=none
path='train/**' and creator is not "Jane"
status=clear and not (reserved or reserved(input))
origin=ai | origin=unstated & territory=US
by-license/CC0-1.0
mine or outer
loop
public-domain + derive
source=*.org && not (attribution || sharealike)
commersial & (
collection=='coco*' & creator="\\*?" """
SPDX = """CC-BY-4.0
CC-BY-4.0 OR (GFDL-1.2-only AND CC-BY-SA-3.0)
CC0-1.0 and CC-BY-4.0 or CC-BY-SA-4.0
LicenseRef-AllRightsReserved
MIT WITH x
((CC0-1.0)"""
JOIN = """./val2017//000000000139.jpg
photos/113756411/medium.jpeg
flickr_1001234567_abcdef0123_o_d.jpg
a-title_1001234567_3k.png
20150101_123456.jpg
HTTPS://User@Example.ORG:443/%7ea/%%34%31/\u00e9?q=%c3%a9#top
http://[2001:DB8::1]:80
md5:1B2M2Y8AsgTpgAmY7PhCfg==
sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855
a/../b"""
KEY = "v1;status=clear;license=CC-BY-4.0;alt=aaaaa:an;res=tg;ai=0;territory=EU+US;until=1800000000"


def answer(*claims):
    """A record of fs/scan/wire.c behind its magic and size: claims are (rank, role, field, raw)."""
    b = struct.pack("<IIiIIIII", 1, 2, 0, 1, len(claims), 9, 4, 0) + b"h" * 16 + b"torn\0"
    for rank, role, field, raw in claims:
        b += struct.pack("<9I", rank, role, 0, 1, 0, 3, len(field), len(raw), 0xFFFFFFFF)
        b += b"XMP\0" + field + b"\0" + raw + b"\0"
    return b


def tars():
    """Small archives: samples in each format, and what stands in no sample."""
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=form, pax_headers={"comment": "made here"}) as t:
            for name, text in (("1.jpg", b"one"), ("d/1.jpg", b"two"), ("1.json", b"{}"),
                               ("d" * 60 + "/" + "e" * 60 + ".png", b"three"), ("README", b"about all")):
                info = tarfile.TarInfo(name)
                info.size = len(text)
                t.addfile(info, io.BytesIO(text))
            for name, kind in (("d", tarfile.DIRTYPE), ("l.jpg", tarfile.SYMTYPE), ("f", tarfile.FIFOTYPE)):
                info = tarfile.TarInfo(name)
                info.type, info.linkname = kind, "1.jpg"
                t.addfile(info)
        yield out.getvalue().rstrip(b"\0") + bytes(1024)
    for size in (b"00000000003 ", b"\x80" + bytes(10) + b"\3"):
        for kind in b"\0007SDVgKM":
            b = bytearray(1536)
            b[:3], b[100:107], b[124:136], b[156] = b"1.g", b"0000644", size, kind
            b[257:265], b[512:515] = b"ustar  \0", b"abc"
            b[148:155] = b"%06o\0" % (sum(b[:512]) + 8 * 32)
            yield bytes(b)


def put(directory, target, data):
    path = os.path.join(directory, target)
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, hashlib.sha1(data).hexdigest()), "wb") as f:
        f.write(data)


def main(directory):
    for _, extension, b in s.seeds():
        put(directory, TARGET.get(extension, extension), bytes(b.data))
        put(directory, "any", bytes(b.data))
    for restricted in (False, True):
        put(directory, "exif", bytes(s.exif(restricted).data))
        put(directory, "exif", bytes(s.exif(restricted, ">").data))
        put(directory, "iptc", bytes(s.iim(restricted).data))
        resources = s.irb((0x404, s.iim(restricted)), (0x424, s.statements(restricted)),
                          (0x422, s.exif(restricted)), (0x40A, b"\1"), (0x40B, s.LICENSE))
        put(directory, "irb", bytes(resources.data))
        for block in (s.exif(restricted), s.iim(restricted), resources,
                      s.Bytes(s.statements(restricted))):
            put(directory, "profile", bytes(block.data))
        put(directory, "xmp", s.statements(restricted))
        put(directory, "xmp", s.statements(restricted).decode().encode("utf-16"))
        put(directory, "sidecar", s.statements(restricted))
        put(directory, "c2pa", bytes(s.manifest(restricted).data))
    for name, texts in (("view", VIEWS), ("spdx", SPDX), ("license", SPDX),
                        ("join", JOIN)):
        for line in texts.split("\n"):
            put(directory, name, line.encode())
    beside = os.path.join(top, "data", "beside")
    for name in os.listdir(beside):
        target = {".json": "sidecar-json", ".license": "sidecar-license"}.get(name[name.rfind("."):])
        if target:
            with open(os.path.join(beside, name), "rb") as f:
                put(directory, target, f.read())
    manifests = os.path.join(top, "data", "manifests")
    for name in os.listdir(manifests):
        if not os.path.isdir(os.path.join(manifests, name)):
            continue
        for file in os.listdir(os.path.join(manifests, name)):
            if not file.endswith((".rows", ".companion")):
                with open(os.path.join(manifests, name, file), "rb") as f:
                    data = f.read()
                put(directory, "manifest-" + name, data)
                put(directory, "manifest", data)
    for data in tars():
        put(directory, "document", data)
        put(directory, "document-tar", data)
    put(directory, "key", KEY.encode())
    put(directory, "answer", answer())
    put(directory, "answer", answer((4, 1, b"cc:license", s.LICENSE.encode()),
                                    (5, 3, b"dc:rights", b"All rights reserved")))
    with open(os.path.join(top, "data", "normaliser_vectors.tsv"), encoding="utf-8") as f:
        for line in f:
            for column in line.rstrip("\n").split("\t")[1:3]:
                put(directory, "license", column.encode())


if __name__ == "__main__":
    main(sys.argv[1])
