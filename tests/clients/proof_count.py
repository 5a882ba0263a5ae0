#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what licensefs says of a job with what it did not write: strace's opens, and a manifest from before.

usage: proof_count.py STORE MANIFEST OPENS REPORT SEEN OPENED UNOPENED
OPENS: as strace -ff -o has it, a file for each process; REPORT: job report --json; SEEN, OPENED, UNOPENED: --list --json. Prints what differs; exits with 1 if anything does.
"""
import collections
import glob
import json
import os
import re
import sys

store = sys.argv[1]
opens = sys.argv.pop(3)
manifest, report, seen, opened, unopened = (list(open(f, encoding="utf-8", errors="surrogateescape")) for f in sys.argv[2:])
report = json.loads(report[0])
images = {i["path"]: i for i in map(json.loads, manifest[1:]) if i["kind"] == "image"}
seen, opened, unopened = ({i["path"]: i for i in map(json.loads, rows) if i["kind"] == "image"} for rows in (seen, opened, unopened))
wrong = 0


def same(what, told, counted):
    global wrong
    if told == counted:
        print("same: %s: %s" % (what, told if isinstance(told, int) else len(told)))
    else:
        wrong += 1
        print("DIFFERS: %s: told %r, counted %r" % (what, told, counted))


# who opened which image, by strace: loaders open in the first thread of a process
by_process = collections.defaultdict(set)
for file in glob.glob(opens + ".*"):
    for line in open(file):
        found = re.match(r'open(?:at)?\(.*?"(.*)", O_.* = \d+$', line)
        path = found and os.fsdecode(found[1].encode().decode("unicode_escape").encode("latin-1"))
        if path and path.startswith(store + "/") and os.path.relpath(path, store) in images:
            by_process[int(file.rsplit(".", 1)[1])].add(os.path.relpath(path, store))
counted = set().union(*by_process.values())

same("images that it could see", set(seen), set(images))
same("images opened", set(opened), counted)
same("images never opened", set(unopened), set(images) - counted)
for key, paths in ("could_see", set(images)), ("opened", counted), ("unopened", set(images) - counted):
    same("number, " + key, report[key]["images"], len(paths))
    same("bytes, " + key, report[key]["bytes"], sum(images[p]["size"] for p in paths))
for key, paths in ("of_seen", set(images)), ("of_opened", counted):
    for column, field in ("licenses", "license"), ("creators", "creator"):
        for unit in "images", "bytes":
            by = collections.Counter()
            for p in paths:
                by[images[p][field]] += 1 if unit == "images" else images[p]["size"]
            same("%s of %s, %s" % (column, key, unit), {r[field]: r[unit] for r in report[key][column]}, dict(by))
told = collections.defaultdict(set)
for path, row in opened.items():
    for pid in row["processes"]:
        told[pid].add(path)
same("images by process", dict(told), dict(by_process))
same("content and license of each", {p: (i["xxh3"], i["license"]) for p, i in seen.items()},
     {p: (i["xxh3"], i["license"]) for p, i in images.items()})
sys.exit(wrong > 0)
