# SPDX-License-Identifier: Apache-2.0
"""Medians and spread of what bench/scan.sh measured, as Markdown; ratios are of runs side by side."""
import os
import platform
import statistics
import sys

where, (images, few, some, kib, runs), cold = sys.argv[1], map(int, sys.argv[2:7]), sys.argv[7] == "yes"


def rates(name, count, column=0):
    """Files a second, run by run; column 1: files a second of one processor."""
    with open(os.path.join(where, name)) as f:
        rows = [[float(x) for x in line.split()] for line in f]
    return [count / max(0.001, row[0] if column == 0 else row[1] + row[2]) for row in rows]


def spread(values, form):
    return f"{form(statistics.median(values))} ({form(min(values))}-{form(max(values))})"


def rate(values):
    return spread(values, lambda v: f"{v:,.0f}")


def ratio(mine, theirs):
    return spread([a / b for a, b in zip(mine, theirs)], lambda v: f"{v:.2f}" if v < 20 else f"{v:,.0f}")


def table(title, rows, mine):
    print(f"\n| {title} | files/s | files/s of one processor | licensefs is faster by |")
    print("| --- | --- | --- | --- |")
    for label, name, count in rows:
        own = name == mine[0]
        print(f"| {label} | {rate(rates(name, count))} | {rate(rates(name, count, 1))} | "
              f"{'' if own else ratio(rates(*mine), rates(name, count))} |")


print(f"{images} JPEGs of about {kib} KiB, {runs} alternating runs, median (least-most).")
print(f"Linux {platform.release()}, {os.cpu_count()} processors.")
table("scan, warm", (("`licensefs scan`, new catalog", "scan", images), ("`exiftool -j`", "exiftool", few),
                     ("`exiv2 -pa`", "exiv2", some), ("Python, Pillow", "pil", some), ("read and XXH3-128, 1 thread", "plain", images)),
      ("scan", images))
table("nothing changed, warm", (("`licensefs scan`", "rescan", images), ("`find -printf`", "find", images)),
      ("rescan", images))
if cold:
    table("scan, cold", (("`licensefs scan`, new catalog", "cold-scan", images),
                         ("read and XXH3-128, 1 thread", "cold-plain", images)), ("cold-scan", images))
    table("nothing changed, cold", (("`licensefs scan`", "cold-rescan", images),
                                    ("`find -printf`", "cold-find", images)), ("cold-rescan", images))
