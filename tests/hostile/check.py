#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py MANIFEST SEEDS CLEAN FULL: speaks TAP about what scans found.

MANIFEST is what generate.py wrote; SEEDS, CLEAN and FULL are the output of `licensefs find --json`
for the whole seeds, for the store without its hostile files, and for the store with them.
"""
import json
import sys

count = failed = 0


def ok(good, name, bad=()):
    global count, failed
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        failed += 1
        for line in list(bad)[:20]:
            print("#", line)


def found(path):
    with open(path, encoding="utf-8") as f:
        return {r["path"]: r for r in map(json.loads, f)}


def same(a, b):
    return a and b and all(a[k] == b[k] for k in ("status", "license", "views", "xxh3"))


def main(manifest, seeds, clean, full):
    seeds, clean, full = found(seeds), found(clean), found(full)
    with open(manifest, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    neighbours = [r for r in rows if r[1] == "clean"]
    shown = {path for path, r in full.items() if r["views"]}
    ok(len(neighbours) > 100 and any(p in shown for p, _, _ in neighbours),
       f"{len(neighbours)} neighbours, some of them visible")
    bad = [f"{p} {seed}: {clean.get(p)} {full.get(p)}" for p, _, seed in neighbours
           if seed in seeds and not same(clean.get(p), full.get(p))]
    ok(not bad, "no verdict of a neighbour is touched", bad)
    bad = [f"{p} {seed}: {full.get(p)}, its seed {seeds[seed]}" for p, _, seed in neighbours
           if seed in seeds and full.get(p, {}).get("views") != seeds[seed]["views"]]
    ok(not bad, "and each is that of the whole file", bad)

    def more(kind):
        for p, k, seed in rows:
            if k == kind and p in shown:
                extra = set(full[p]["views"]) - set(seeds.get(seed, {}).get("views", ()))
                if extra:
                    yield f"{p} of {seed}: {sorted(extra)}"

    for kind, what in (("cut", "cut short"), ("number", "with wrong lengths"),
                       ("bomb", "made to exhaust")):
        n = sum(r[1] == kind for r in rows)
        bad = list(more(kind))
        ok(n and not bad, f"{n} files {what}: none permits more than its seed ({len(bad)} do)", bad)
    n = [r for r in rows if r[1] in ("weak", "flip", "splice")]
    ok(n, f"{len(n)} files that may state less or something else")
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
