#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""watch.py mass STORE FILES SEED: files arrive, change, move and vanish, and directories with them.
watch.py latency STORE MOUNT COUNT: from close() to the moment when a mount shows the file.
watch.py look MOUNT WORD...: prints the paths of files that are called like one, until it is killed."""
import os
import random
import shutil
import sys
import time


def image(path, text):
    with open(path, "wb") as f:
        f.write(b"P6\n1 1\n255\nrgb" + text.encode())


def mass(store, files, seed):
    rnd = random.Random(seed)
    paths, dirs = [], []
    for d in range(100):
        dirs.append(f"{store}/m{d % 10}/d{d}")
        os.makedirs(dirs[-1])
        for i in range(files // 100):
            paths.append(f"{dirs[-1]}/{i}.pnm")
            image(paths[-1], paths[-1])
    rnd.shuffle(paths)
    for n, p in enumerate(paths[:files * 9 // 10]):
        if not os.path.exists(p):
            continue  # with its directory
        if n % 3 == 0:
            os.unlink(p)
        elif n % 6 == 1:
            image(p, f"changed {n}")
        elif n % 6 == 4:
            image(p + "~", f"replaced {n}")
            os.rename(p + "~", p)
        else:
            os.rename(p, f"{rnd.choice(dirs)}/moved{n}.pnm")
        if n % 1000 == 999:
            d = dirs.pop(rnd.randrange(len(dirs)))
            if n % 2000 == 999:
                shutil.rmtree(d)
            else:
                os.rename(d, f"{store}/renamed{n}")
                image(f"{store}/renamed{n}/after.pnm", "after")
    print(time.process_time())


def latency(store, mount, count):
    took = []
    os.makedirs(f"{store}/latency", exist_ok=True)
    for i in range(count):
        image(f"{store}/latency/{i}.pnm", f"latency {i}")
        start = time.monotonic()
        while not os.path.exists(f"{mount}/latency/{i}.pnm"):
            if time.monotonic() - start > 20:
                sys.exit("it does not come")
            time.sleep(0.002)
        took.append(time.monotonic() - start)
    took.sort()
    print("%d ms in the middle, %d ms for 95 of 100, %d ms at most" % (
        took[len(took) // 2] * 1000, took[len(took) * 95 // 100] * 1000, took[-1] * 1000))


def look(mount, words):
    while True:
        for top, _, names in os.walk(mount):
            for n in names:
                if any(w in n for w in words):
                    print(os.path.relpath(f"{top}/{n}", mount), flush=True)
        time.sleep(0.005)


if sys.argv[1] == "look":
    look(sys.argv[2], sys.argv[3:])
elif sys.argv[1] == "mass":
    mass(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
else:
    latency(*sys.argv[2:4], int(sys.argv[4]))
