# SPDX-License-Identifier: Apache-2.0
"""The plot of docs/PERFORMANCE.md: an SVG that reads well on light and on dark pages."""
import math
import statistics

LINES = (("listed", "epoch, listed before"), ("listed-2", "the same, 2 processes"), ("cold", "epoch, cold"),
         ("warm", "epoch, warm"), ("stat", "list and stat, fresh mount"), ("cold-find", "list and stat, cold"),
         ("order", "large file in order"), ("anywhere", "large file at random"), ("decode-2", "DataLoader, pictures"))
SCANS = (("scan", "licensefs scan"), ("exiv2", "exiv2"), ("pil", "Python, Pillow"), ("exiftool", "exiftool"))
WIDTH, LEFT, RIGHT, ROW = 860, 216, 40, 42
STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: 600 }
.small { font-size: 11.5px; fill: #6e7781 }
.value { font-size: 11.5px; font-weight: 600 }
.grid { stroke: #d8dee4; stroke-width: 1 }
.one { stroke: #8c959f; stroke-width: 1.5 }
.row { stroke: #eaeef2; stroke-width: 1 }
.range { stroke-width: 3; stroke-linecap: round; opacity: .35 }
.root { fill: #0969da; stroke: #0969da } text.root { stroke: none }
.user { fill: #bc4c00; stroke: #bc4c00 } text.user { stroke: none }
.peer { fill: #ffffff; stroke: #8c959f; stroke-width: 1.6 }
.floor { stroke: #57606a; stroke-width: 2.5; stroke-linecap: round }
.bar { fill: #0969da } .bar.other { fill: #afb8c1 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .small { fill: #9198a1 }
.grid { stroke: #30363d } .one { stroke: #7d8590 } .row { stroke: #21262d }
.root { fill: #58a6ff; stroke: #58a6ff } .user { fill: #f0883e; stroke: #f0883e }
.peer { fill: #0d1117; stroke: #7d8590 } .floor { stroke: #9198a1 }
.bar { fill: #58a6ff } .bar.other { fill: #484f58 }
}"""


def text(x, y, what, kind="", anchor="start"):
    what = str(what).replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""} text-anchor="{anchor}">{what}</text>'


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def mark(who, x, y, kind="peer"):
    if who == "overlayfs":
        return line(x, y - 8, x, y + 8, "floor")
    if who == "mergerfs":
        return f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" class="{kind}"/>'
    if who == "fuse-overlayfs":
        return f'<path d="M{x:.1f} {y - 6:.1f}l5.7 10h-11.4z" class="{kind}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{5 if kind == "peer" else 5.5}" class="{kind}"/>'


def legend(root, user, have):
    words = ((root, "root", f"licensefs, root ({root})"), (user, "user", "licensefs, user (cached)"), ("bindfs", "peer", "bindfs"),
             ("mergerfs", "peer", "mergerfs"), ("fuse-overlayfs", "peer", "fuse-overlayfs"), ("overlayfs", "floor", "overlayfs (kernel)"))
    x = 30
    for who, kind, label in words:
        if who in have and (kind != "user" or user != root):
            yield mark(who if kind in ("peer", "floor") else "", x, 56, kind)
            yield text(x + 12, 60, label, "small")
            x += 32 + 6.3 * len(label)


def dots(result, root, user, ratios, top):
    rows = [(name, label) for name, label in LINES if name in result["measured"]]
    whos = ("fuse-overlayfs", "mergerfs", "bindfs", "overlayfs", *((user,) if user != root else ()), root)
    middle = {(name, who): ratios(result, name, who) for name, _ in rows for who in whos}
    most = max(statistics.median(v) for v in middle.values() if v)
    least = min(statistics.median(v) for v in middle.values() if v)
    low, high = math.log2(min(0.5, least)) - 0.15, max(2, math.log2(most)) + 0.2

    def at(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * (min(max(math.log2(value), low), high) - low) / (high - low)

    bottom = top + ROW * len(rows)
    for power in range(math.ceil(low), math.floor(high) + 1):
        yield line(at(2.0**power), top, at(2.0**power), bottom, "grid" if power else "one")
        yield text(at(2.0**power), bottom + 18, f"{2.0**power:g}" if power else "1, bare", "small", "middle")
    yield text(WIDTH - RIGHT, bottom + 36, "time by that of the bare directory, which is 1; logarithmic; less is better", "small", "end")
    for i, (name, label) in enumerate(rows):
        y = top + ROW * (i + 0.5)
        if i:
            yield line(24, y - ROW / 2, WIDTH - RIGHT, y - ROW / 2, "row")
        yield text(24, y + 4.5, label)
        for who in whos:
            values = middle[name, who]
            if not values:
                continue
            x = at(statistics.median(values))
            kind = "root" if who == root else "user" if who == user else "peer"
            if kind != "peer":
                yield line(at(min(values)), y, at(max(values)), y, f"range {kind}")
                shift = -10 if kind == "root" else 19
                yield text(x, y + shift, f"{statistics.median(values):.2f}", f"value {kind}", "middle")
            yield mark(who if kind == "peer" else "", x, y, kind)


def bars(result, top):
    rates = {name: statistics.median(result["scan"][name]) for name, _ in SCANS if name in result["scan"]}
    yield text(24, top, "Scan, warm: images a second", "title")
    for i, (name, label) in enumerate(SCANS):
        if name in rates:
            y, width = top + 18 + 28 * i, (WIDTH - LEFT - RIGHT - 130) * rates[name] / max(rates.values())
            by = "" if name == "scan" else f": licensefs is {rates['scan'] / rates[name]:,.0f} times as fast"
            yield text(24, y + 14, label)
            yield f'<rect x="{LEFT}" y="{y}" width="{max(2, width):.1f}" height="18" rx="2" class="bar{"" if name == "scan" else " other"}"/>'
            yield text(LEFT + max(2, width) + 8, y + 13.5, f"{rates[name]:,.0f}{by}", "small")


def svg(result, root, user, ratios):
    rows = sum(name in result["measured"] for name, _ in LINES)
    top, height = 78, 78 + ROW * rows + 52
    out = [text(24, 32, "A mount beside the bare directory and other filesystems", "title"),
           *legend(root, user, result["measured"]["fresh"]), *dots(result, root, user, ratios, top)]
    if "scan" in result:
        out += bars(result, height + 24)
        height += 24 + 18 + 28 * len(SCANS) + 12
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
            f'aria-label="Times of licensefs and other filesystems by those of the bare directory">\n'
            f'<!-- SPDX-License-Identifier: Apache-2.0 -->\n<style>{STYLE}\n</style>\n' + "\n".join(out) + "\n</svg>\n")
