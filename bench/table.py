# SPDX-License-Identifier: Apache-2.0
"""Medians and spread of what bench/run.sh measured, as Markdown."""
import os
import platform
import statistics
import sys

where, images, few, some, kib, runs = sys.argv[1], *map(int, sys.argv[2:7])
tiers = sys.argv[7:]


def seconds(name):
    with open(os.path.join(where, name)) as f:
        return [float(line) for line in f]


def spread(values, form):
    return f"{form(statistics.median(values))} ({form(min(values))}-{form(max(values))})"


print(f"{images} JPEGs of about {kib} KiB, {runs} alternating runs, median (least-most).")
print(f"Linux {platform.release()}, {os.cpu_count()} processors.\n")
print("| scan, warm | images/s | times exiftool |\n| --- | --- | --- |")
base = few / statistics.median(seconds("exiftool"))
for label, name, count in (("`exiftool -j`", "exiftool", few), ("`exiv2 -pa`", "exiv2", some),
                           ("`licensefs scan`, new catalog", "scan", images),
                           ("`licensefs scan`, nothing changed", "rescan", images),
                           ("plain read of every byte, 1 thread", "plain", images)):
    rate = [count / t for t in seconds(name)]
    print(f"| {label} | {spread(rate, lambda v: f'{v:,.0f}')} | {statistics.median(rate) / base:,.0f} |")

print("\n| mount, ratio to the bare directory | " + " | ".join(tiers) + " |")
print("| --- |" + " --- |" * len(tiers))
for label, what in (("read every file, fresh mount", "fresh"), ("read every file again", "warm"),
                    ("stat every file, fresh mount", "stat"), ("list the tree, fresh mount", "find")):
    bare = statistics.median(seconds("fresh-bare" if what == "fresh" else f"{what}-bare"))
    cells = [spread([t / bare for t in seconds(f"{what}-{tier}")], lambda v: f"{v:.2f}") for tier in tiers]
    print(f"| {label} | " + " | ".join(cells) + " |")
