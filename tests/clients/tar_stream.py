#!/usr/bin/python3
# SPDX-License-Identifier: CC0-1.0
"""Reads every *.tar under DIR as a WebDataset shard: Python tarfile in stream mode ('r|'),
samples grouped by key (name up to the first dot of the basename), and the same shard with
GNU tar -t.  Both must list the same members; every image member is decoded with PIL."""
import io, os, subprocess, sys, tarfile, time
from PIL import Image

shards = sorted(os.path.join(d, f) for d, _, fs in os.walk(sys.argv[1]) for f in fs if f.endswith(".tar"))
members = samples = decoded = bad = 0
t0 = time.time()
for s in shards:
    names, keys = [], []
    try:
        with tarfile.open(s, "r|") as t:
            for m in t:
                if not m.isfile():
                    continue
                names.append(m.name)
                key = os.path.join(os.path.dirname(m.name), os.path.basename(m.name).split(".")[0])
                if not keys or keys[-1] != key:
                    keys.append(key)
                if m.name.lower().endswith((".jpg", ".jpeg", ".png", ".webp")):
                    Image.open(io.BytesIO(t.extractfile(m).read())).load()
                    decoded += 1
    except Exception as e:
        bad += 1
        print("tar_stream:", s, e, file=sys.stderr)
    g = subprocess.run(["tar", "-tf", s, "--quoting-style=literal"], capture_output=True, text=True)
    gnames = [l for l in g.stdout.splitlines() if not l.endswith("/")]
    if g.returncode or gnames != names:
        bad += 1
        print("tar_stream: GNU tar disagrees on", s, g.stderr.strip()[:120], file=sys.stderr)
    members += len(names)
    samples += len(keys)
print(f"tar_stream shards={len(shards)} members={members} samples={samples} decoded={decoded} bad={bad} seconds={time.time()-t0:.2f}")
sys.exit(0 if shards and not bad else 1)
