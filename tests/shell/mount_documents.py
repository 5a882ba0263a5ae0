#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at documents through a mount: mount_documents.py WHAT FILE [WANTED]; fails with a message."""
import collections
import errno
import mmap
import os
import random
import sys
import time


def read_all(path, step=1 << 20):
    with open(path, "rb", buffering=0) as f:
        return b"".join(iter(lambda: f.read(step), b""))


def attributes(path, _):
    """stat, d_type and d_ino of a directory agree with what is read."""
    for e in os.scandir(os.path.dirname(path)):
        st = os.stat(e.path)
        assert e.inode() == st.st_ino, f"{e.path}: d_ino {e.inode()}, st_ino {st.st_ino}"
        if e.is_file(follow_symlinks=False):
            n = len(read_all(e.path))
            assert n == st.st_size, f"{e.path}: {n} bytes, st_size {st.st_size}"
            assert st.st_blocks == (n + 511) // 512 and st.st_nlink == 1
            assert st.st_mode & 0o222 == 0


def access(path, wanted):
    """Every way to read gives the same bytes."""
    want = read_all(wanted)
    for step in (1, 7, 4096, 100000):
        limit = want if step > 7 else want[: step * 5000]
        with open(path, "rb", buffering=0) as f:
            got = b"".join(f.read(min(step, len(limit) - i)) for i in range(0, len(limit), step))
        assert got == limit, f"reading {step} bytes at a time"
    fd = os.open(path, os.O_RDONLY)
    rng = random.Random(5)
    for _ in range(300):
        at, n = rng.randrange(len(want) + 100), rng.randrange(9000)
        assert os.pread(fd, n, at) == want[at : at + n], f"{n} bytes at {at}"
    for flags in (mmap.MAP_SHARED, mmap.MAP_PRIVATE):
        m = mmap.mmap(fd, 0, flags=flags, prot=mmap.PROT_READ)
        for _ in range(100):
            at, n = rng.randrange(len(want)), rng.randrange(9000)
            assert m[at : at + n] == want[at : at + n], f"mapped: {n} bytes at {at}"
        m.close()
    os.close(fd)


def watch(path, wanted):
    """While somebody decides there and back: one state or the other, or an error."""
    *files, began, over = wanted.split(":")
    states = {read_all(p): p for p in files}
    seen = collections.Counter()
    step = 4096 << random.randrange(6)
    open(began, "w").close()
    while not os.path.exists(over):
        try:
            got = read_all(path, step)
        except OSError as e:
            assert e.errno in (errno.ESTALE, errno.EIO), e
            seen[e.errno] += 1
            continue
        assert got in states, f"torn: {len(got)} bytes"
        seen[states[got]] += 1
    assert sum(seen[p] for p in files), f"nothing was read: {seen}"


def stopped(path, _):
    """An open file of a state that is over fails for what was not read yet."""
    fd = os.open(path, os.O_RDONLY)
    os.pread(fd, 1, 0)
    print("open", flush=True)
    sys.stdin.readline()
    end = time.time() + 5
    while time.time() < end:
        try:
            os.pread(fd, 1 << 20, 0)
        except OSError as e:
            assert e.errno in (errno.ESTALE, errno.EIO), e
            return
        time.sleep(0.01)
    raise AssertionError("still read after five seconds")


if __name__ == "__main__":
    try:
        globals()[sys.argv[1]](sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
    except AssertionError as e:
        sys.exit(f"{sys.argv[1]} {sys.argv[2]}: {e}")
