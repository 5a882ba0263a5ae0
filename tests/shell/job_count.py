# SPDX-License-Identifier: Apache-2.0
# Counts what a job could see and opened without licensefs: from the catalog's tables, what `find` saw in the mount,
# what strace saw being opened, and the lists of `job report`; says where the report tells something else.
#
#   job_count.py DIR CATALOG NAME MOUNTPOINT
# DIR has report, seen, opened, unopened, excluded, withdrawn, attribution (JSON), start (names by find, NUL between),
# strace.* (of strace -f -xx).
import collections
import glob
import json
import os
import re
import sqlite3
import sys
from urllib.parse import urlsplit

dir_, catalog, name, mnt = sys.argv[1:5]
mnt = os.fsencode(mnt) + b"/"
bad = 0


def check(what, got, want):
    global bad
    if got != want:
        bad += 1
        print(f"{what}:\n  report: {got}\n  counted: {want}")


def unique(pairs):
    check("keys of an object", len(dict(pairs)), len(pairs))
    return dict(pairs)


def lines(which):
    with open(f"{dir_}/{which}", encoding="utf-8") as f:
        return [json.loads(line, object_pairs_hook=unique) for line in f]


def path(line):
    return line["path"].encode("utf-8", "surrogateescape")


def names(which):
    return sorted(path(x) for x in lists[which])


report, = lines("report")
lists = {w: lines(w) for w in ("seen", "opened", "unopened", "excluded", "withdrawn", "attribution")}
for which, rows in lists.items():
    check(f"{which} names nothing twice", len({path(x) for x in rows}), len(rows))

# --- what find and strace saw
start = sorted(x for x in open(f"{dir_}/start", "rb").read().split(b"\0") if x)
hidden = report["erased"]  # counted, and in no list
at_start = sorted(path(x) for x in lists["seen"] if x["at_start"])
check("could see at the start", *((len(at_start) + hidden, len(start)) if hidden else (at_start, start)))
opened = set()
for trace in glob.glob(f"{dir_}/strace.*"):
    for line in open(trace):
        m = re.match(r'.*\bopen(?:at)?\((?:[^,"]*, )?"((?:\\x[0-9a-f]{2})*)", ([A-Z_|]+).* = \d+$', line)
        if m and "O_DIRECTORY" not in m[2]:
            p = bytes.fromhex(m[1].replace("\\x", ""))
            if p.startswith(mnt):
                opened.add(p[len(mnt):])
check("opened, by strace", *((len(lists["opened"]) + report["erased_opened"], len(opened)) if hidden else
                             (names("opened"), sorted(opened))))
check("opened and unopened are what could be seen", sorted(names("opened") + names("unopened")), names("seen"))

# --- sums and tables over the lists
def total(rows):
    images = [x for x in rows if x["kind"] == "image"]
    files = [x for x in rows if x["kind"] != "image"]
    return {"images": len(images), "bytes": sum(x["size"] for x in images),
            "files": len(files), "file_bytes": sum(x["size"] for x in files)}


def table(rows, key, of):
    n = collections.Counter()
    size = collections.Counter()
    for x in rows:
        if x["kind"] == "image":
            n[of(x)] += 1
            size[of(x)] += x["size"]
    rows = [{key: k, "images": n[k], "bytes": size[k]} for k in n]
    return sorted(rows, key=lambda r: (-r["images"], (r[key] or "").encode()))


if not hidden:
    for which in ("seen", "opened", "unopened", "excluded", "withdrawn"):
        check(f"sum of {which}", report["could_see" if which == "seen" else which], total(lists[which]))
    for which in ("seen", "opened"):
        check(f"licenses of {which}", report[f"of_{which}"]["licenses"],
              table(lists[which], "license", lambda x: x["license"]))
        credits = [x for x in lists["attribution"] if which == "seen" or x["opened"]]
        check(f"creators of {which}", report[f"of_{which}"]["creators"], table(credits, "creator", lambda x: x["creator"]))
        host = lambda x: (urlsplit(x["source_url"] or "").hostname or "").removeprefix("www.") or None
        check(f"sources of {which}", report[f"of_{which}"]["sources"], table(credits, "domain", host))
    check("why not", report["excluded_because"], table(lists["excluded"], "why", lambda x: x["why"]))
    check("states", {k: v for k, v in report["images_now"].items() if v},
          dict(collections.Counter(x["state"] for x in lists["seen"] if x["kind"] == "image")))

# --- the catalog's tables
db = sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)
number, born, pinned = db.execute("SELECT id, born, pinned FROM job WHERE name = ? AND died IS NULL", (name,)).fetchone()
check("its number", report["number"], number)
digest, images = db.execute("SELECT hex(digest), images FROM snapshot WHERE id = ?", (-number,)).fetchone()
check("its digest", report["digest"], "sha256:" + digest.lower())
check("images at the start", report["could_see_at_start"]["images"], images)


def full(entry):
    parent, own = db.execute("SELECT parent, name FROM entry WHERE id = ?", (entry,)).fetchone()
    return own if parent in (0, 1) else full(parent) + b"/" + own


seen = set(names("seen"))
there = {full(i) for i, in db.execute(
    "SELECT id FROM entry WHERE kind = 2 AND born <= ?1 AND (died IS NULL OR died > ?1)", (born,))}
if not hidden:
    check("never could see", names("excluded"), sorted(there - seen))
shas = {full(i): h for i, h in db.execute("SELECT id, hex(hash) FROM entry WHERE kind = 2 AND died IS NULL")}
for x in lists["seen"]:
    if x["kind"] == "image" and path(x) in shas and x["state"] == "as-was":
        check("bytes of " + x["path"], x["xxh3"], "xxh3:" + shas[path(x)].lower())
print("all equal" if not bad else f"{bad} differ")
