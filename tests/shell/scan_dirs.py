#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scan_dirs.py BASE.jpg SCAN_DIRS DUMP WORK ROUNDS SEED: changes a store at random and says after
each round whether scans of the directories that were touched have made of one catalog what scans of
everything have made of another."""
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile

base = open(sys.argv[1], "rb").read()
tool, dumper, work, rounds, seed = *sys.argv[2:5], int(sys.argv[5]), int(sys.argv[6])
rnd = random.Random(seed)
store = work + "/store"
TAG = "SPDX-License-Identifier"
LICENSES = ["CC-BY-4.0", "CC0-1.0", "CC-BY-NC-4.0", "LicenseRef-Mine"]
named = set()
log = []


def touch(path):
    """Something of that name has changed: its directory is dirty."""
    named.add(os.path.dirname(path))


def dirs():
    out = [""]
    for top, below, _ in os.walk(store):
        below[:] = [b for b in below if not os.path.islink(f"{top}/{b}")]
        out += [os.path.relpath(f"{top}/{b}", store) for b in below]
    return out


def files(*ends):
    return [os.path.relpath(f"{t}/{f}", store) for t, _, fs in os.walk(store) for f in fs
            if not ends or f.endswith(ends)]


def write(path, data):
    full = f"{store}/{path}"
    if os.path.isdir(full) and not os.path.islink(full):
        return
    if os.path.islink(full):
        os.unlink(full)
    open(full, "wb").write(data if isinstance(data, bytes) else data.encode())
    touch(path)


def pixels():
    b = b"P6\n1 1\n255\nrgb%d" % rnd.randrange(60)
    return b if rnd.random() < 0.5 else base + b"%d" % rnd.randrange(60)


def name():
    return rnd.choice(["a", "b", "c", "d", "0001", "x.y"]) + str(rnd.randrange(4))


def join(d, n):
    return f"{d}/{n}" if d else n


def pick_dir():
    return rnd.choice(dirs())


def make_dir(path):
    full = f"{store}/{path}"
    if os.path.lexists(full):
        return
    os.makedirs(full)
    touch(path)
    for _ in range(rnd.randrange(4)):
        open(f"{full}/{name()}.pnm", "wb").write(pixels())
    if rnd.random() < 0.3:
        open(f"{full}/REUSE.toml", "w").write(toml())


def toml():
    out = "version = 1\n"
    for _ in range(rnd.randrange(1, 3)):
        out += '[[annotations]]\npath = "%s"\n' % rnd.choice(["**", "a*", "*/*", "**/b1.pnm"])
        if rnd.random() < 0.5:
            out += 'precedence = "%s"\n' % rnd.choice(["override", "aggregate", "closest"])
        out += '%s = "%s"\n' % (TAG, rnd.choice(LICENSES))
    return out if rnd.random() < 0.9 else out + "path = "


def op_image():
    write(join(pick_dir(), name() + rnd.choice([".pnm", ".jpg", ".png"])), pixels())


def op_sidecar():
    some = files(".pnm", ".jpg", ".png")
    if not some:
        return
    f = rnd.choice(some)
    if rnd.random() < 0.6:
        write(f + ".license", f"{TAG}: {rnd.choice(LICENSES)}\n")
    else:
        write(os.path.splitext(f)[0] + rnd.choice([".txt", ".json", ".xmp"]), "{}")


def op_rules():
    d = pick_dir()
    kind = rnd.randrange(4)
    if kind < 2:
        write(join(d, "REUSE.toml"), toml())
    elif kind == 2:
        os.makedirs(f"{store}/{join(d, '.reuse')}", exist_ok=True)
        touch(join(d, ".reuse"))
        write(join(d, ".reuse/dep5"),
              "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
              f"Files: *\nCopyright: 2019 Jane\nLicense: {rnd.choice(LICENSES)}\n")
    else:
        sub = rnd.choice(["", ".well-known"])
        if sub:
            os.makedirs(f"{store}/{join(d, sub)}", exist_ok=True)
            touch(join(d, sub))
        write(join(join(d, sub), "tdmrep.json"),
              '[{"location": "/*", "tdm-reservation": %d}]' % rnd.randrange(2))


def op_remove():
    some = files()
    if some:
        f = rnd.choice(some)
        os.unlink(f"{store}/{f}")
        touch(f)


def op_remove_rules():
    some = files("REUSE.toml", "dep5", "tdmrep.json", ".license")
    if some:
        f = rnd.choice(some)
        os.unlink(f"{store}/{f}")
        touch(f)


def op_move():
    some = files()
    if not some:
        return
    f = rnd.choice(some)
    to = join(pick_dir(), rnd.choice([os.path.basename(f), name() + os.path.splitext(f)[1]]))
    if os.path.isdir(f"{store}/{to}"):
        return
    os.replace(f"{store}/{f}", f"{store}/{to}")
    touch(f)
    touch(to)


def op_mkdir():
    make_dir(join(pick_dir(), rnd.choice(["d", "e", "images", "labels", "masks", "train", "new"])))


def op_rmdir():
    some = dirs()[1:]
    if some:
        d = rnd.choice(some)
        if rnd.random() < 0.5:
            named.update(os.path.relpath(t, store) for t, _, _ in os.walk(f"{store}/{d}"))
        shutil.rmtree(f"{store}/{d}")
        touch(d)
        return d
    return None


def op_replace_dir():
    d = op_rmdir()
    if not d:
        return
    kind = rnd.randrange(4)
    if kind == 0:
        write(d, pixels())
    elif kind == 1:
        os.symlink("..", f"{store}/{d}")
    else:
        make_dir(d)


def op_move_dir():
    some = dirs()[1:]
    if not some:
        return
    d = rnd.choice(some)
    to = join(pick_dir(), rnd.choice([os.path.basename(d), "moved", "images", "labels", "train"]))
    if (to + "/").startswith(d + "/") or (d + "/").startswith(to + "/"):
        return
    full, target = f"{store}/{d}", f"{store}/{to}"
    if os.path.isdir(target) and not os.path.islink(target):
        os.rename(full, work + "/aside")
        os.rename(target, full)
        os.rename(work + "/aside", target)
    elif os.path.lexists(target):
        return
    else:
        os.rename(full, target)
    touch(d)
    touch(to)


def op_chmod():
    some = dirs()[1:]
    if some:
        d = rnd.choice(some)
        os.chmod(f"{store}/{d}", rnd.choice([0o755, 0o750, 0o700]))
        touch(d)
        named.add(d)


def op_label():
    d = pick_dir()
    some = [f for f in files(".pnm", ".jpg", ".png")]
    n = os.path.splitext(os.path.basename(rnd.choice(some)))[0] if some else name()
    write(join(d, n + rnd.choice([".txt", ".xml", "_mask.png"])),
          rnd.choice(["0 0.5 0.5 1 1\n", "<annotation><filename>a1.pnm</filename></annotation>"]))


def names_of_images(n):
    some = files(".pnm", ".jpg", ".png") or ["none.jpg"]
    chosen = [rnd.choice(some) for _ in range(n)]
    return [os.path.basename(c) if rnd.random() < 0.7 else c for c in chosen]


def op_document():
    d = pick_dir()
    n = names_of_images(rnd.randrange(1, 8))
    kind = rnd.randrange(3)
    if kind == 0:
        write(join(d, "instances.json"), json.dumps({
            "images": [{"id": i, "file_name": f} for i, f in enumerate(n)],
            "annotations": [{"id": i, "image_id": i} for i in range(len(n))]}))
    elif kind == 1:
        write(join(d, "list.csv"), "file,label\n" + "".join(f"{f},1\n" for f in n))
    else:
        write(join(d, "train.txt"), "".join(f + "\n" for f in n))


def op_shard():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as t:
        for i in range(rnd.randrange(1, 4)):
            for ext, b in ((".pnm", pixels()), (".txt", b"a cat")):
                m = tarfile.TarInfo(f"{i:04}{ext}")
                m.size = len(b)
                t.addfile(m, io.BytesIO(b))
    write(join(pick_dir(), "0000%d.tar" % rnd.randrange(2)), out.getvalue())


OPS = [op_image] * 6 + [op_sidecar] * 3 + [op_rules] * 3 + [op_remove] * 2 + \
    [op_remove_rules] * 2 + [op_move] * 3 + [op_mkdir] * 3 + [op_rmdir, op_replace_dir] + \
    [op_move_dir] * 3 + [op_chmod] + [op_label] * 3 + [op_document] * 3 + [op_shard]


def scan(catalog, some):
    p = subprocess.run([tool, store, catalog, *some], capture_output=True, timeout=60)
    if p.returncode:
        print(f"Bail out! scan: {p.stderr.decode(errors='replace')}")
        sys.exit(1)
    return p.stdout.decode()


def dump(catalog):
    return subprocess.run([sys.executable, dumper, catalog, "all"], capture_output=True,
                          check=True).stdout.decode().splitlines()


def differ(a, b):
    a, b = set(a), set(b)
    return [f"partly: {x}" for x in sorted(a - b)[:6]] + [f"whole: {x}" for x in sorted(b - a)[:6]]


os.makedirs(store + "/images/train")
os.makedirs(store + "/labels/train")
for k in range(6):
    op_image()
scan(work + "/part.db", [])
scan(work + "/whole.db", [])
bad = partly = 0
for r in range(rounds):
    named.clear()
    log = []
    for k in range(rnd.choice([1, 1, 2, 3, 6])):
        op = rnd.choice(OPS)
        log.append(op.__name__)
        op()
    if not named:
        continue
    some = sorted((n + "/" if rnd.random() < 0.1 else n for n in named), key=lambda _: rnd.random())
    partly += "whole=0" in scan(work + "/part.db", some)
    scan(work + "/whole.db", [])
    wrong = differ(dump(work + "/part.db"), dump(work + "/whole.db"))
    if wrong:
        bad += 1
        print(f"# round {r} of seed {seed}: {log} {sorted(named)}")
        print("\n".join("# " + w for w in wrong))
        if bad == 3:
            break
scan(work + "/fresh.db", [])
wrong = differ(dump(work + "/part.db"), dump(work + "/fresh.db"))
print("\n".join("# " + w.replace("whole", "fresh") for w in wrong))
print(f"partly {partly} bad {bad} fresh {len(wrong)}")
