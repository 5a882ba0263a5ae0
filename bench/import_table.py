# SPDX-License-Identifier: Apache-2.0
"""Medians and spread of what bench/import.sh measured, as Markdown; ratios are of runs side by side."""
import os
import platform
import statistics
import sys

where, data, images, runs = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def rows(name):
    with open(os.path.join(where, name)) as f:
        return [[float(x) for x in line.split()] for line in f]


def spread(values, form):
    return f"{form(statistics.median(values))} ({form(min(values))}-{form(max(values))})"


def line(label, name, peer, size):
    mine, theirs = rows(name), rows(peer)
    cpu, wall = [r[1] + r[2] for r in mine], [r[0] for r in mine]
    ratio = "" if name == peer else spread([(b[1] + b[2]) / max(0.001, a) for a, b in zip(cpu, theirs)],
                                           lambda v: f"{v:.1f}")
    print(f"| {label} | {spread(wall, lambda v: f'{v:.2f}')} | {spread(cpu, lambda v: f'{v:.2f}')} | "
          f"{size / max(0.001, statistics.median(cpu)) / 1e6:,.0f} | {max(r[3] for r in mine) / 1024:,.0f} | {ratio} |")


print(f"A store of {2 * images:,} images, {images:,} of which each manifest is about; {runs} alternating runs, "
      "median (least-most).")
print(f"Linux {platform.release()}, {os.cpu_count()} processors.")
for kind, name, python in (("coco", "coco.json", "json.load"), ("oi", "openimages.csv", "csv.DictReader")):
    size = os.path.getsize(os.path.join(data, name))
    print(f"\n| {name}, {size / 1e6:,.0f} MB | seconds | of processors | MB/s of one | peak MiB | times as fast as Python |")
    print("| --- | --- | --- | --- | --- | --- |")
    line("read alone", f"{kind}-read", f"{kind}-python", size)
    line(f"Python, `{python}`", f"{kind}-python", f"{kind}-python", size)
    line("`licensefs import`", f"{kind}-import", f"{kind}-python", size)
    line("the same once more", f"{kind}-again", f"{kind}-python", size)
