#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""catalog_dump.py CATALOG [all]: what the catalog says of the live tree, one line an entry, without
the numbers that depend on the order of scans (ids, generations, moments of judging); `all`: with
documents and what waits."""
import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
rows = {r[0]: r for r in db.execute(
    "SELECT id, parent, name, kind, rule, format, rights, size, mtime, ctime, ino, mode, hash"
    " FROM entry WHERE died IS NULL")}
rights = dict(db.execute("SELECT id, key FROM rights"))


def path(i):
    parts = []
    while i in rows and rows[i][1]:
        parts.append(bytes(rows[i][2]))
        i = rows[i][1]
    return b"/".join(reversed(parts))


lines = []
for i, r in rows.items():
    images = sorted(path(x) for (x,) in db.execute(
        "SELECT image FROM companion WHERE entry = ?", (i,)))
    counts = sorted((rights[k], n) for k, n in db.execute(
        "SELECT rights, count FROM dir_rights WHERE dir = ? AND count > 0", (i,)))
    claims = sorted(db.execute(
        "SELECT s.rank, s.role, s.source, s.field, s.raw FROM claim c, json_each('[' || stated || ']') j"
        " JOIN statement s ON s.id = j.value"
        " WHERE j.key % 3 = 0 AND c.entry = ? AND c.died IS NULL", (i,)), key=repr)
    lines.append(repr((path(i), r[3:6], rights.get(r[6]), r[7:12],
                       bytes(r[12]).hex() if r[12] else None, images, counts, claims)))
if len(sys.argv) > 2:
    for i, in db.execute("SELECT id FROM entry WHERE died IS NULL AND kind <> 2"):
        d = db.execute("SELECT format, records, subjects, bound, note FROM document"
                       " WHERE entry = ?", (i,)).fetchone()
        images = sorted(path(x) for x, in db.execute(
            "SELECT image FROM document_image WHERE document = ?", (i,)))
        if d or images:
            lines.append(repr((path(i), d, images)))
    for i, in db.execute("SELECT entry FROM pending"):
        lines.append(repr((path(i), "waits")))
print("\n".join(sorted(lines)))
