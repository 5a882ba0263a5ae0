#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""states.py STORE DIR: bytes, time and inode of every document of a view, as JSON.
states.py BEFORE AFTER: fails where a document changed and kept its time, or the other way round; inodes must stay.
Prints how many changed. Where records are about several pictures each, one that no view shows for the sake of another may
give the document a newer time."""
import hashlib
import json
import os
import sys

first, second = sys.argv[1:]
if os.path.isdir(second):
    with open(first.rstrip("/") + ".truth") as f:
        documents = json.load(f)["documents"]
    found = {}
    for path, doc in documents.items():
        several = isinstance(doc.get("ids"), list) and any(len(images) > 1 for images in doc["ids"])
        whole = os.path.join(second, path)
        if os.path.exists(whole):
            st = os.stat(whole)
            with open(whole, "rb") as f:
                found[path] = [hashlib.sha256(f.read()).hexdigest(), st.st_mtime_ns, st.st_ino, several]
    print(json.dumps(found))
    sys.exit(0)
with open(first) as f, open(second) as g:
    before, after = json.load(f), json.load(g)
bad = []
for p, (digest, time, inode, several) in before.items():
    now = after.get(p, [None] * 4)
    same = digest == now[0]
    if now[2] != inode or now[1] < time or (same and now[1] != time and not several) or (not same and now[1] == time):
        bad.append(p)
for p in bad:
    print(f"states: {p}: {before[p]} became {after.get(p)}", file=sys.stderr)
print(len([p for p in before if p in after and before[p][0] != after[p][0]]))
sys.exit(1 if bad or len(before) != len(after) else 0)
