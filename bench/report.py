# SPDX-License-Identifier: Apache-2.0
"""What bench/run.sh measured, as JSON, Markdown and a plot:
report.py [--write] RESULT.json WORK DATA         keeps what lies in WORK as RESULT.json, and shows it
report.py [--write] RESULT.json                   shows what was kept; --write: in docs/ and README.md
report.py --against OLD.json RESULT.json          medians of ratios of both, side by side"""
import datetime
import itertools
import json
import os
import platform
import re
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True  # nothing is left in a checkout
import plot

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LINES = (("fresh", "epoch, fresh mount"), ("fresh-2", "epoch, fresh mount, 2 processes"),
         ("listed", "epoch, fresh mount, listed before"), ("listed-2", "epoch, listed before, 2 processes"),
         ("warm", "epoch, warm"), ("cold", "epoch, cold"), ("stat", "list and `stat`, fresh mount"), ("find", "list, fresh mount"),
         ("cold-find", "list and `stat`, cold"), ("order", "large file in order"), ("anywhere", "large file, 128 KiB at random"),
         ("raw-0", "DataLoader, bytes"), ("raw-2", "DataLoader, bytes, 2 workers"), ("decode-0", "DataLoader, pictures"),
         ("decode-2", "DataLoader, pictures, 2 workers"), ("cache", "page cache, by the data"))
MODES, FUSE = ("uring", "passthrough", "cached", "checked", "user"), ("fuse-overlayfs", "bindfs", "mergerfs")
NAMES = {"user": "cached, a user's", "overlayfs": "*overlayfs*"}
# line, of which tier, at most, aimed at
MUST = (("listed", "root", 2.1, 1.7), ("listed-2", "root", 2.0, None), ("cold", "root", 1.35, 1.10), ("cold", "user", 1.8, None),
        ("warm", "user", 1.15, 1.05), ("warm", "root", 2.1, 1.5), ("stat", "root", 2.2, 2.0), ("cold-find", "root", 0.6, 0.5),
        ("order", "root", 1.1, 1.05), ("anywhere", "root", 1.1, None), ("cache", "root", 1.05, 1.0), ("cache", "user", 1.05, 1.0))


def lines_of(path):
    with open(path) as f:
        return [line.split() for line in f]


def said(*command):
    """Its version, as a program says it, or None."""
    try:
        out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    except OSError:
        return None
    found = re.search(rf"^(?:{os.path.basename(command[0])})?\W*(?:version:? )?(\d+\.\d\S*)", out, re.M)
    return found[1] if found else None


def collect(work, data):
    """Everything measured, run by run, and where."""
    measured, processor, seen = {}, {}, {}
    for line, who, value, *more in lines_of(f"{work}/times"):
        measured.setdefault(line, {}).setdefault(who, []).append(float(value))
        if len(more) > 5:
            busy = float(more[2]) + float(more[5]) - float(more[4])
            processor.setdefault(line, {}).setdefault(who, []).append(max(0.001, busy))
        if more and seen.setdefault(line, more[:2]) != more[:2]:
            sys.exit(f"bench: {line}: {who} saw {more[:2]} files and bytes, the bare directory {seen[line]}")
    cpu = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    memory = int(lines_of("/proc/meminfo")[0][1]) * 1024
    disk = subprocess.run(["findmnt", "-no", "FSTYPE", "-T", data], stdout=subprocess.PIPE, text=True).stdout.strip()
    own = json.loads(subprocess.run([f"{work}/licensefs", "version", "--json"], stdout=subprocess.PIPE, check=True).stdout)
    versions = {"licensefs": own["version"], "libfuse": own["libfuse"] + (", static" if own["libfuse_static"] else ""),
                "bindfs": said("bindfs", "--version"), "mergerfs": said("mergerfs", "--version"),
                "fuse-overlayfs": said("fuse-overlayfs", "--version"), "exiftool": said("exiftool", "-ver"),
                "exiv2": said("exiv2", "--version"), "python": platform.python_version(),
                "torch": said(sys.executable, "-c", "import torch; print(torch.__version__)")}
    result = {"made": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "runs": len(measured["fresh"]["bare"]),
              "machine": {"kernel": platform.release(), "processor": cpu[0] if cpu else platform.machine(),
                          "processors": os.cpu_count(), "memory": memory, "filesystem": disk,
                          "busy": [float(x) for line in lines_of(f"{work}/busy") for x in line]},
              "versions": {k: v for k, v in versions.items() if v},
              "store": {"images": int(seen["fresh"][0]), "bytes": int(seen["fresh"][1]),
                        "directories": sum(e.is_dir() for e in os.scandir(f"{data}/images")),
                        "large": os.path.getsize(f"{data}/large/picture.ppm")},
              "measured": measured, "processor": processor}
    if os.path.exists(f"{work}/t/counts"):
        counts = dict(zip(("images", "few", "some"), map(int, lines_of(f"{work}/t/counts")[0])))
        of = {"exiftool": "few", "exiv2": "some", "pil": "some"}
        result["scan"] = {name: [counts[of.get(name, "images")] / float(row[0]) for row in lines_of(f"{work}/t/{name}")]
                          for name in sorted(os.listdir(f"{work}/t")) if name != "counts"}
    return result


def ratios(result, line, who, what="measured"):
    """Of runs side by side; for page cache, to the bytes of the data."""
    values = result[what].get(line, {})
    if who not in values:
        return []
    if line == "cache":
        return [v / result["store"]["bytes"] for v in values[who]]
    return [a / b for a, b in zip(values[who], values["bare"])]


def spread(values, form=lambda v: f"{v:.2f}"):
    if not values:
        return ""
    return f"{form(statistics.median(values))} ({form(min(values))}-{form(max(values))})"


def whole(v):
    return f"{v:,.0f}"


def tiers(result):
    """The fastest mode of root, and that of an ordinary user."""
    have = result["measured"]["fresh"]
    return (next(w for w in ("uring", "passthrough", "cached") if w in have), "user" if "user" in have else "cached")


def head(result):
    m, s, v = result["machine"], result["store"], result["versions"]
    busy = " and ".join(f"{x:.1f}" for x in m["busy"])
    yield (f"{s['images']:,} JPEGs of {s['bytes'] / s['images'] / 1e3:.0f} KB in {s['directories']} directories and a file of "
           f"{s['large'] / 1e9:.3g} GB on {m['filesystem']}; {result['runs']} alternating runs, median (least-most). "
           f"{m['memory'] / 2**30:.0f} GiB, Linux {m['kernel']}, {m['processors']} processors ({m['processor']})"
           + (f", of which other programs kept {busy} busy before and after" if busy else "") + f". {result['made'][:10]}.")
    yield ""
    yield ", ".join(f"{name} {version}" for name, version in v.items()) + "."


def mount_table(result, what, title):
    have = result["measured"]["fresh"]
    order = [w for w in (*MODES, *FUSE, "overlayfs") if w in have]
    yield f"| {title} | " + " | ".join(NAMES.get(w, w) for w in order) + " | bare, s |"
    yield "| --- |" + " --- |" * (len(order) + 1)
    for line, label in LINES:
        if line not in result[what]:
            continue
        cells = {w: spread(ratios(result, line, w, what)) for w in order}
        best = min((w for w in order if w != "overlayfs"), key=lambda w: statistics.median(ratios(result, line, w, what)))
        cells[best] = f"**{cells[best].replace(' ', '** ', 1)}"
        bare = statistics.median(result[what][line]["bare"])
        yield f"| {label} | " + " | ".join(cells.values()) + (" |  |" if line == "cache" else f" | {bare:.3f} |")


SCANS = (("warm, every byte read and judged", "scan", (("plain", "plain read and hash, 1 thread"), ("exiv2", "exiv2"),
                                                       ("pil", "Python, Pillow"), ("exiftool", "exiftool"))),
         ("cold, every byte read and judged", "cold-scan", (("cold-plain", "plain read and hash, 1 thread"),)),
         ("warm, nothing changed", "rescan", (("find", "`find -printf`"),)),
         ("cold, nothing changed", "cold-rescan", (("cold-find", "`find -printf`"),)))


def times(result, mine, theirs):
    return [a / b for a, b in zip(result["scan"][mine], result["scan"][theirs])]


def scan_table(result):
    yield "| scan | licensefs, files/s | beside it | files/s | licensefs is faster by |"
    yield "| --- | --- | --- | --- | --- |"
    for label, mine, peers in SCANS:
        for peer, name in peers:
            if peer in result["scan"] and mine in result["scan"]:
                yield (f"| {label} | {spread(result['scan'][mine], whole)} | {name} | {spread(result['scan'][peer], whole)} | "
                       f"{spread(times(result, mine, peer), lambda v: f'{v:.3g}')} |")


def must_rows(result):
    """(what, who, must, goal, measured, whether reached, line)"""
    label, tier = dict(LINES), dict(zip(("root", "user"), tiers(result)))
    for line, role, most, goal in MUST:
        got = ratios(result, line, tier[role])
        if got:
            yield label[line], tier[role], f"<= {most}", goal or "", spread(got), statistics.median(got) <= most, line
    for line, role in itertools.product(("decode-0", "decode-2"), ("root", "user")):
        got = ratios(result, line, tier[role])
        if got:
            noise = max(result["measured"][line]["bare"]) / min(result["measured"][line]["bare"])
            yield (label[line], tier[role], f"<= {noise:.2f}, the bare directory's own", "", spread(got),
                   statistics.median(got) <= noise, line)
    for what, mine, peer, least in (("scan by exiftool, warm", "scan", "exiftool", 300), ("scan by exiv2, warm", "scan", "exiv2", 10),
                                    ("scan by plain read and hash, cold", "cold-scan", "cold-plain", 3)):
        if mine in result.get("scan", {}):
            got = times(result, mine, peer)
            yield what, "", f">= {least}", "", spread(got, lambda v: f"{v:.3g}"), statistics.median(got) >= least, ""


def must_table(result):
    yield "| what | mode | must be | goal | measured | of processors | |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for what, who, must, goal, got, reached, line in must_rows(result):
        busy = ratios(result, line, who, "processor")
        yield (f"| {what} | {NAMES.get(who, who)} | {must} | {goal} | {got} | {f'{statistics.median(busy):.2f}' if busy else ''} | "
               f"{'reached' if reached else '**missed**'} |")


def ahead(result):
    """Where the fastest mode for root is behind another FUSE filesystem; of a warm epoch, where both modes are."""
    tier, behind, lines = tiers(result), [], 0
    for line, what in LINES:
        middle = {w: statistics.median(ratios(result, line, w)) for w in (*tier, *FUSE) if ratios(result, line, w)}
        others = {w: v for w, v in middle.items() if w in FUSE}
        if not others:
            continue
        lines += 1
        mine = min(middle[w] for w in tier) if line == "warm" else middle[tier[0]]
        level = 1.05 if line == "cache" or line.startswith("decode") else 0  # where all are as the bare directory
        if mine > max(level, min(others.values())):
            best = min(others, key=others.get)
            behind.append(f"{what} ({mine:.2f}, {best} {others[best]:.2f})")
    yield (f"Ahead of every other FUSE filesystem on {lines - len(behind)} of {lines} lines"
           + (f"; behind on: {', '.join(behind)}." if behind else "."))


def report(result):
    yield from head(result)
    yield ""
    yield from mount_table(result, "measured", "time, bare directory = 1")
    yield ""
    yield from mount_table(result, "processor", "processor time of reader and daemon, bare directory = 1")
    if "scan" in result:
        yield ""
        yield from scan_table(result)


def headline(result):
    """A short table: both tiers beside the others."""
    root, user = tiers(result)
    have = [w for w in (root, user, *FUSE, "overlayfs") if w in result["measured"]["fresh"]]
    names = {**NAMES, root: "licensefs, root", user: "licensefs, user"}
    yield "| time, bare directory = 1 | " + " | ".join(names.get(w, w) for w in have) + " |"
    yield "| --- |" + " --- |" * len(have)
    for line, label in LINES:
        if line in ("listed", "cold", "warm", "cold-find", "order", "decode-2") and line in result["measured"]:
            yield f"| {label} | " + " | ".join(f"{statistics.median(ratios(result, line, w)):.2f}" for w in have) + " |"
    if "scan" in result:
        faster = [f"{statistics.median(times(result, 'scan', p)):,.0f} times as fast as {n}"
                  for p, n in (("exiftool", "exiftool"), ("exiv2", "exiv2"), ("pil", "Pillow"))]
        yield f"\nA scan, which reads every byte, is {', '.join(faster)}."


def put(path, name, text):
    """Between the markers of that name."""
    with open(os.path.join(TOP, path)) as f:
        old = f.read()
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    if begin not in old or end not in old:
        sys.exit(f"bench: no '{begin.strip()}' in {path}")
    with open(os.path.join(TOP, path), "w") as f:
        f.write(old.split(begin)[0] + begin + "\n".join(text) + "\n" + end + old.split(end)[1])


def compare(old, new):
    for line, label in LINES:
        for who in new["measured"].get(line, {}):
            a, b = ratios(old, line, who), ratios(new, line, who)
            if a and b and who != "bare":
                yield f"{label}, {who}: {statistics.median(a):.2f} -> {spread(b)}"


def main(arguments):
    write = arguments[:1] == ["--write"]
    if write:
        arguments = arguments[1:]
    if arguments[0] == "--against":
        print("\n".join(compare(*(json.load(open(path)) for path in arguments[1:]))))
        return
    if len(arguments) > 1:
        result = collect(*arguments[1:])
        with open(arguments[0], "w") as f:
            json.dump(result, f, indent=1)
            f.write("\n")
    with open(arguments[0]) as f:
        result = json.load(f)
    print("\n".join(report(result)))
    if write:
        put("docs/PERFORMANCE.md", "measured", report(result))
        put("docs/PERFORMANCE.md", "reached", [*must_table(result), "", *ahead(result)])
        put("README.md", "measured", headline(result))
        with open(os.path.join(TOP, "docs/performance.svg"), "w") as f:
            f.write(plot.svg(result, *tiers(result), ratios))


main(sys.argv[1:])
