# SPDX-License-Identifier: Apache-2.0
# The digest of a snapshot, worked out from the catalog as docs/formats.md describes it.
import hashlib
import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
number, gen, summed = db.execute(
    "SELECT id, born, sha256 FROM snapshot WHERE name = ? AND died IS NULL", (sys.argv[2],)).fetchone()
sha = lambda b: hashlib.sha256(b).digest()
num = lambda n: n.to_bytes(8, "big")

ids = []
for chunk, blob in db.execute("SELECT chunk, members FROM snapshot_part WHERE snapshot = ? ORDER BY chunk", (number,)):
    if len(blob) == 1024:
        at = [i for i in range(8192) if blob[i // 8] >> i % 8 & 1]
    else:
        at, last, i = [], -1, 0
        while i < len(blob):
            step = blob[i] & 127
            if blob[i] & 128:
                i += 1
                step |= blob[i] << 7
            i += 1
            last += step + 1
            at.append(last)
    ids += [chunk * 8192 + i for i in at]

salt, leaf = {}, {}
def expand(first, height, seed):
    if first >= len(ids):
        return
    if not height:
        salt[first] = seed
        return
    both = sha(b"\2" + seed)
    expand(first, height - 1, both[:16])
    expand(first + (1 << height - 1), height - 1, both[16:])
for first, height, value in db.execute("SELECT leaf, height, value FROM snapshot_salt WHERE snapshot = ?", (number,)):
    if len(value) == 32:
        leaf[first] = value
    else:
        expand(first, height, value)

def row(i):
    return db.execute("SELECT parent, name, kind, size, mtime, hash, rights, since FROM entry WHERE id = ?", (i,)).fetchone()
def path(i):
    parent, name = row(i)[:2]
    return name if parent in (0, 1) else path(parent) + b"/" + name
def make(n, i):
    parent, name, kind, size, mtime, xxh3, rights, since = row(i)
    b = b"\0" + salt[n]
    if kind == 1:
        return sha(b + b"d" + path(i))
    with_sum = summed and row(parent)[2] == 1
    if kind == 2:
        if since > gen:
            rights, = db.execute("SELECT rights FROM past WHERE entry = ? AND born <= ? AND died > ?", (i, gen, gen)).fetchone()
        key, = db.execute("SELECT key FROM rights WHERE id = ?", (rights,)).fetchone()
        b += (b"I" if with_sum else b"i") + num(size) + xxh3 + sha(key.encode())
    else:
        b += (b"F" if with_sum else b"f") + num(size) + num(mtime)
    if with_sum:
        b += db.execute("SELECT sha256 FROM content WHERE entry = ?", (i,)).fetchone()[0]
    return sha(b + path(i))
leaves = [leaf[n] if n in leaf else make(n, i) for n, i in enumerate(ids)]

def root(x):
    if len(x) == 1:
        return x[0]
    k = 1
    while k * 2 < len(x):
        k *= 2
    return sha(b"\1" + root(x[:k]) + root(x[k:]))
print("sha256:" + root(leaves).hex())
