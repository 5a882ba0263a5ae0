# SPDX-License-Identifier: Apache-2.0
"""Medians and spread of what bench/documents.sh measured, as Markdown; ratios are of runs side by side."""
import os
import platform
import statistics
import sys

where, store, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
json = os.path.getsize(f"{store}/annotations/instances_train2017.json")
shard = os.path.getsize(f"{store}/shards/00000.tar")


def rows(name):
    with open(os.path.join(where, name)) as f:
        return [[float(x) for x in line.split()] for line in f]


def spread(values, form):
    return f"{form(statistics.median(values))} ({form(min(values))}-{form(max(values))})"


def line(label, name):
    mine, python = rows(name), rows("python")
    wall, cpu = [r[0] for r in mine], [r[1] + r[2] for r in mine]
    ratio = spread([(b[1] + b[2]) / a for a, b in zip(cpu, python)], lambda v: f"{v:.1f}") if name != "python" else ""
    print(f"| {label} | {spread(wall, lambda v: f'{v:.2f}')} | {spread(cpu, lambda v: f'{v:.2f}')} | "
          f"{json / max(0.001, statistics.median(cpu)) / 1e6:,.0f} | {max(r[3] for r in mine) / 1024:,.0f} | {ratio} |")


print(f"{runs} alternating runs, median (least-most). Linux {platform.release()}, {os.cpu_count()} processors.")
print(f"\n| COCO JSON, {json / 1e6:,.0f} MB | seconds | of processors | MB/s of one | peak MiB | times as fast as Python |")
print("| --- | --- | --- | --- | --- | --- |")
line("index alone", "index")
line("`licensefs scan`, the JSON is new", "scan")
line("`licensefs scan`, nothing is", "again")
line("Python: load, filter, dump", "python")
print("\n| its view in a mount | first stat, ms | of processors | later ones, ms (199 of 200) | memory kept, MiB |")
print("| --- | --- | --- | --- | --- |")
for mode in ("cached", "checked"):
    r = rows(f"stat-{mode}")
    print(f"| {mode} | {spread([x[0] * 1e3 for x in r], lambda v: f'{v:.1f}')} | "
          f"{spread([x[2] * 1e3 for x in r], lambda v: f'{v:.0f}')} | "
          f"{spread([x[1] * 1e3 for x in r], lambda v: f'{v:.2f}')} | {max(x[3] for x in r) / 1024:.1f} |")
print(f"\n| tar shard, {shard / 1e6:,.0f} MB, fresh mount | shard, MB/s | whole file, MB/s | ratio | by processor time |")
print("| --- | --- | --- | --- | --- |")
for mode in ("cached", "checked"):
    for how, label in (("order", "in order, 1 MiB"), ("anywhere", "anywhere, 128 KiB")):
        a, b = (rows(f"{who}-{how}-{mode}") for who in ("shard", "whole"))
        speed = [[r[1] / r[0] for r in x] for x in (a, b)]
        busy = [[r[1] / max(0.01, r[2]) for r in x] for x in (a, b)]
        print(f"| {mode}, {label} | {spread(speed[0], lambda v: f'{v:,.0f}')} | {spread(speed[1], lambda v: f'{v:,.0f}')} | "
              f"{spread([x / y for x, y in zip(*speed)], lambda v: f'{v:.2f}')} | "
              f"{spread([x / y for x, y in zip(*busy)], lambda v: f'{v:.2f}')} |")
