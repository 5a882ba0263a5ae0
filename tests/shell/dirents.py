# SPDX-License-Identifier: Apache-2.0
"""Checks every directory below the arguments as getdents64(2) lists it: d_ino is st_ino, d_type is
set and right, "." and ".." are there and right, st_nlink is 1, and a listing that is read a little
at a time is the same. Prints what is wrong; the exit status is 1 then."""
import ctypes
import os
import stat
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
TYPES = {stat.S_IFDIR: 4, stat.S_IFREG: 8}
bad = []


def getdents(fd, size):
    buf = ctypes.create_string_buffer(size)
    while True:
        n = libc.syscall(217 if os.uname().machine == "x86_64" else 61, fd, buf, size)
        if n < 0:
            raise OSError(ctypes.get_errno(), "getdents64")
        if n == 0:
            return
        at = 0
        while at < n:
            ino, off, length, kind = struct.unpack_from("<QqHB", buf.raw, at)
            yield buf.raw[at + 19 : at + length].split(b"\0")[0], ino, off, kind
            at += length


def check(path, above):
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    entries = list(getdents(fd, 1 << 20))
    os.lseek(fd, 0, 0)
    if list(getdents(fd, 300)) != entries:
        bad.append((path, "differs when it is read a little at a time"))
    for i, (_, _, off, _) in enumerate(entries[:20]):
        os.lseek(fd, off, 0)
        if list(getdents(fd, 1 << 20)) != entries[i + 1 :]:
            bad.append((path, "does not go on at offset", off))
    here = os.fstat(fd).st_ino
    byname = {name: (ino, kind) for name, ino, _, kind in entries}
    if len(byname) != len(entries):
        bad.append((path, "names twice"))
    if byname.pop(b".", None) != (here, 4):
        bad.append((path, "wrong ."))
    if byname.pop(b"..", None) != (above or here, 4):
        bad.append((path, "wrong .."))
    for name, (ino, kind) in byname.items():
        st = os.lstat(os.path.join(path, name))
        if st.st_ino != ino or TYPES.get(stat.S_IFMT(st.st_mode)) != kind or st.st_nlink != 1:
            bad.append((path, name, ino, kind, st))
        if stat.S_ISDIR(st.st_mode):
            check(os.path.join(path, name), here)
    os.close(fd)


for root in map(os.fsencode, sys.argv[1:]):
    above = os.stat(os.path.join(root, b".."))
    check(root, None if os.path.ismount(root) else above.st_ino)
for what in bad:
    print(*what)
sys.exit(bool(bad))
