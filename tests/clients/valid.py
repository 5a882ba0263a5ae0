#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile stores, and what Python can say of exports:
valid.py make STORE ROWS | csv CSV MANIFEST | spdx SCHEMA FILE... | items MARKDOWN.xml PAGE COUNT | shards DIRECTORY COUNT"""
import csv
import glob
import html.parser
import json
import os
import re
import struct
import subprocess
import sys
import tarfile
import xml.etree.ElementTree
import zlib

NAMES = [b"new\nline", b"cr\r\nlf", b"tab\t", b"\xff\xfe", b"\xed\xa0\x80", b"\"quotes\" 'single' `back`", b"<script>alert(1)<", b"&amp;&lt;",
         b"*a* _b_ [c](d) #e", b"- 1. x", b"%41%2f?#frag", b"=1+1", b"@cell", b"back\\slash", b"\x01\x1b[31m", b"a" * 240, b" lead trail ",
         b"http:", b"{}|^~", b",;"] + [n.encode() for n in ("\u202egpj.exe", "\u05d0\u05d1", "\U0001f600 \u200d", "\ufeff\ufffe\uffff\ufdd0",
                                                            "\x85\u2028\u2029", "e\u0301")]
TEXTS = ["A&B", "<script>alert(1)</script>", "\"q\" 'q' `q`", "new\nline", "\u202ertl", "\U0001f600", "*b* _i_ [x](http://e.example) ![i](http://e.example/i)",
         "a\\b", "=1", "--><!-- ]]> ?>", "\u0007\u001b[0m bell", "\u2028", "\ufffe", "</li></ul><h1>", "same", "same", "&#0;&copy", "# h", "1. x", "> q",
         "~~~", "```", "|t|", "http://e.example/(x)_y", "javascript:alert(1)", "-"]
URLS = ["https://e.example/a b?q=<>&\"'", "http://e.example/\u00e4", "javascript:alert(1)", "ftp://e.example/", "https://e.example/)%zz",
        "https://[::1]/[x]", "https://e.example/\\x", "not a url", "https://user@e.example:99999/", "https://\U0001f600.example/",
        "https://e.example/#a#b", "https://e.example/{a}|b^c`d", "https://e.example/?a=1&copy;=2", "https://e.example\\@f.example/", "HTTPS://E.example/x"]
LICENSES = ["CC-BY-4.0", "CC0-1.0", "https://creativecommons.org/licenses/by/2.0/de/", "CC-BY-NC-4.0", "MIT", "all rights reserved", "unheard of", None]


def png(path, n):
    def chunk(t, d):
        return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))

    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 0, 0, 0, 0))
                + chunk(b"IDAT", zlib.compress(struct.pack(">BH", 0, n))) + chunk(b"IEND", b""))


def make(store, rows):
    """Two images for each name; the first are in no list, so whoever decides about all licenses them."""
    n = 0
    with open(rows, "w") as f:
        for name in NAMES:
            for path in (name + b".png", name[:100] + b"/" + name + b".png"):
                n += 1
                png(os.fsencode(store) + b"/" + path, n)
            row = {"path": path.decode("utf-8", "replace"), "creator": TEXTS[n % len(TEXTS)], "title": TEXTS[(n * 7 + 3) % len(TEXTS)],
                   "source": URLS[n // 2 % len(URLS)]}
            if LICENSES[n // 2 % len(LICENSES)]:
                row["license"] = LICENSES[n // 2 % len(LICENSES)]
            f.write(json.dumps(row) + "\n")


def table(name, manifest):
    with open(name, encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f, strict=True))
    assert len({len(r) for r in rows}) == 1, "rows of one width"
    if manifest:
        assert len(rows) == sum(1 for _ in open(manifest, encoding="utf-8")), "a row for each line of the manifest"
    else:
        assert not [c for r in rows[1:] for c in r if c[:1] in ("=", "+", "-", "@")], "a cell is a formula"


def spdx(schema, *names):
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.load(open(schema)))
    for name in names:
        wrong = next(validator.iter_errors(json.load(open(name, encoding="utf-8"))), None)
        print("refused: %.100s" % wrong.message if wrong else "ok")


class Items(html.parser.HTMLParser):
    """The text of each <li>."""

    def __init__(self):
        super().__init__()
        self.items, self.inside = [], False

    def handle_starttag(self, tag, attrs):
        if tag == "li":
            self.inside = True
            self.items.append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "li"

    def handle_data(self, data):
        if self.inside:
            self.items[-1] += data


def items(markdown, page, count):
    """Markdown says what the page says, in items of text and links and nothing else."""
    ns = "{http://commonmark.org/xml/1.0}"
    root = xml.etree.ElementTree.parse(markdown).getroot()
    kinds = {e.tag.replace(ns, "") for e in root.iter()}
    assert kinds <= {"document", "heading", "paragraph", "list", "item", "text", "link"}, kinds
    for link in root.iter(ns + "link"):
        assert link.get("destination").lower().startswith(("https://", "http://")), link.get("destination")
    parser = Items()
    parser.feed(open(page, encoding="utf-8").read())
    parser.close()
    said = ["".join(t.text for t in i.iter(ns + "text")) for i in root.iter(ns + "item")]
    assert len(said) == len(parser.items) == int(count), (len(said), len(parser.items), count)
    for a, b in zip(said, parser.items):
        assert a.split() == b.split(), (a, b)


def shards(directory, count):
    found = 0
    for name in glob.glob(directory + "/*.tar"):
        members = tarfile.open(name).getnames()
        for reader in ["tar", "-tf"], ["bsdtar", "-tf"]:
            done = subprocess.run(reader + [name], capture_output=True)
            assert done.returncode == 0 and not done.stderr, done.stderr
            assert done.stdout.count(b"\n") == len(members), reader
        if not any(m.endswith(".license.json") for m in members):
            continue  # an archive of the store, as it is
        found_in = [re.match(r"^((?:.*/|)[^.]+)[.]([^/]*)$", m) for m in members]  # as the webdataset library does
        assert all(found_in), "a member without a key"
        keys = {m[1] for m in found_in}
        assert all(k + ".license.json" in members for k in keys), "a sample without its license"
        found += len(keys)
    assert found == int(count), (found, count)


verb = {"make": make, "csv": lambda name, manifest=None: table(name, manifest), "spdx": spdx, "items": items, "shards": shards}
verb[sys.argv[1]](*sys.argv[2:])
