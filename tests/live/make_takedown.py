# SPDX-License-Identifier: Apache-2.0
"""make_takedown.py STORE N: N images of one pixel below take/, a thousand a directory, and 1000 below
keep/, each with its own bytes."""
import os, sys

store, n = sys.argv[1], int(sys.argv[2])
for name, count in (("keep", 1000), ("take", n)):
    for i in range(count):
        d = f"{store}/{name}" if name == "keep" else f"{store}/{name}/{i // 1000}"
        if i % 1000 == 0:
            os.makedirs(d)
        with open(f"{d}/{i}.pnm", "wb") as f:
            f.write(b"P6\n1 1\n255\nrgb" + f"{name}{i}".encode())
