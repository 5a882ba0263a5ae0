# SPDX-License-Identifier: Apache-2.0
"""A command that wants to see what `licensefs run` hides from it, by every way of docs/run.md.

Usage: run_hostile.py STORE NAME MARKER HANDLE PATHS...

NAME is a file of the store that the view does not show, MARKER is in its bytes, HANDLE its file
handle (TYPE:HEX), PATHS other places where the store is outside. Prints a
line for each way: "WAY closed" or "WAY REACHED". ONLY in the environment names those to try,
BAIT a process outside that has the store in its hands; with READY and GO, two FIFOs, it waits until something was
mounted outside.
"""
import ctypes
import os
import stat
import subprocess
import sys

store, name, marker, handle = sys.argv[1:5]
marker = marker.encode()
pids = [int(os.environ["BAIT"])] if "BAIT" in os.environ else []
paths = sys.argv[5:]
libc = ctypes.CDLL(None, use_errno=True)


def of_store(pid):
    """Does a process of licensefs serve this store?"""
    try:
        with open("/proc/%s/cmdline" % pid, "rb") as f:
            line = f.read()
        with open("/proc/%s/comm" % pid) as f:
            return f.read().startswith("licensefs") and store.encode() in line
    except OSError:
        return False


servers = [int(p) for p in os.listdir("/proc") if p.isdigit() and of_store(p)]
pids += servers + [1, os.getppid()]
NEWNS, NEWUSER, NEWPID = 0x20000, 0x10000000, 0x20000000
BIND, REC, MOVE, REMOUNT, PRIVATE = 4096, 16384, 8192, 32, 1 << 18
DETACH, FORCE = 2, 1
parent, base = os.path.split(store.rstrip("/"))
uid, gid = os.geteuid(), os.getegid()
ways = []


def way(f):
    ways.append(f)
    return f


def reads(path):
    """Is it there, and are these the hidden bytes?"""
    try:
        with open(path, "rb") as f:
            return marker in f.read(1 << 20)
    except OSError:
        return False


def in_tree(root):
    """Below a place that may be a part of the store, it, its parent, or the root of everything."""
    return reads(os.path.join(root, os.path.basename(name))) or any(
        reads(os.path.join(root, part, name))
        for part in ("", base, store.lstrip("/"), os.path.join("..", base), ".." + store)
    )


def child(f):
    """In a process of its own, which may change what it is."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            status = 0 if f() else 1
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1] == 0


def call(function, *args):
    args = [a.encode() if isinstance(a, str) else a for a in args]
    return getattr(libc, function)(*args) >= 0


def all_powerful(f):
    """In further namespaces, as their root, with every capability there is."""

    def inside():
        if libc.unshare(NEWUSER | NEWNS) < 0:
            return False
        try:
            for file, text in (
                ("setgroups", "deny"),
                ("uid_map", "0 %d 1" % uid),
                ("gid_map", "0 %d 1" % gid),
            ):
                with open("/proc/self/" + file, "w") as out:
                    out.write(text)
        except OSError:
            pass
        return f()

    return child(inside)


def both(f):
    """As it is, in a mount table of its own if it may have one, and as all_powerful."""
    return child(lambda: libc.unshare(NEWNS) == -2 or f()) or all_powerful(f)


@way
def path():
    return in_tree("/") or in_tree(store) or in_tree(".") or in_tree("..")


@way
def proc_self():
    return any(
        in_tree("/proc/%s/%s" % (who, what))
        for who in ("self", "thread-self", str(os.getppid()))
        for what in ("root", "cwd", "task/%d/root" % os.getpid())
    )


@way
def inherited():
    for fd in os.listdir("/proc/self/fd"):
        try:
            mode = os.fstat(int(fd)).st_mode
            if stat.S_ISDIR(mode) and in_tree("/proc/self/fd/" + fd):
                return True
            if stat.S_ISREG(mode) and marker in os.pread(int(fd), 1 << 20, 0):
                return True
            if any(
                os.path.exists("/proc/self/fd/%s/%s" % (fd, p)) for p in (name, base + "/" + name)
            ):
                return True
        except OSError:
            pass
    return False


@way
def proc_outside():
    for pid in pids:
        try:
            fds = os.listdir("/proc/%d/fd" % pid)
        except OSError:
            fds = range(64)
        for what in ["root", "cwd"] + ["fd/%s" % fd for fd in fds]:
            if in_tree("/proc/%d/%s" % (pid, what)) or reads("/proc/%d/%s" % (pid, what)):
                return True
        try:
            maps = os.listdir("/proc/%d/map_files" % pid)
        except OSError:
            maps = []
        if any(reads("/proc/%d/map_files/%s" % (pid, m)) for m in maps):
            return True
        try:
            open("/proc/%d/mem" % pid, "rb")
            return True
        except OSError:
            pass
    return False


@way
def proc_outside_again():
    return all_powerful(proc_outside)


@way
def trace():
    for pid in pids:
        if libc.ptrace(16, pid, None, None) == 0 or libc.ptrace(0x4206, pid, None, None) == 0:
            return True
        try:
            fd = os.pidfd_open(pid)
        except (OSError, AttributeError):
            continue
        if any(libc.syscall(438, fd, n, 0) >= 0 for n in range(64)):
            return True
    return False


@way
def enter():
    for pid in pids:
        for kind in ("user", "mnt", "pid"):
            try:
                fd = os.open("/proc/%d/ns/%s" % (pid, kind), os.O_RDONLY)
            except OSError:
                continue
            if child(lambda: libc.setns(fd, 0) == 0 and in_tree("/")):
                return True
    return False


@way
def namespace_parent():
    """ioctl NS_GET_PARENT, NS_GET_USERNS of its own namespaces, and entering what it gives."""
    for kind in ("user", "mnt"):
        own = os.open("/proc/self/ns/" + kind, os.O_RDONLY)
        for request in (0xB701, 0xB702):
            fd = libc.ioctl(own, request)
            if fd >= 0 and child(
                lambda: libc.setns(fd, 0) == 0
                and (call("umount2", store, DETACH) or libc.unshare(NEWNS) == 0)
                and (call("umount2", store, DETACH) or True)
                and in_tree("/")
            ):
                return True
    return False


@way
def unmount():
    def f():
        for flags in (0, DETACH, FORCE, DETACH | FORCE):
            call("umount2", store, flags)
            for place in paths:
                call("umount2", place, flags)
        subprocess.run(["fusermount3", "-u", "-z", store], stderr=subprocess.DEVNULL)
        return in_tree("/") or any(in_tree(p) for p in paths)

    return both(f)


@way
def move():
    def f():
        os.makedirs("moved", exist_ok=True)
        return call("mount", store, "moved", None, MOVE, None) and (in_tree("/") or in_tree(store))

    return both(f)


@way
def bind():
    def f():
        os.makedirs("bound", exist_ok=True)
        for source in (store, parent, "/"):
            for flags in (BIND, BIND | REC):
                if call("mount", source, "bound", None, flags, None):
                    call("umount2", "bound/" + base, DETACH)
                    call("umount2", "bound" + store, DETACH)
                    if in_tree("bound") or reads(os.path.join("bound", name)):
                        return True
                    call("umount2", "bound", DETACH)
        return False

    return both(f)


@way
def tree():
    """open_tree of a clone, with and without what is below."""

    def f():
        for source in (store, parent, "/"):
            for flags in (1, 1 | 0x8000):
                fd = libc.syscall(428, -100, source.encode(), flags)
                if fd >= 0 and in_tree("/proc/self/fd/%d" % fd):
                    return True
        return False

    return both(f)


@way
def root():
    def f():
        os.makedirs("new/old", exist_ok=True)
        call("mount", None, "/", None, REC | PRIVATE, None)
        if not call("mount", "none", "new", "tmpfs", 0, None):
            return False
        os.makedirs("new/old")
        old = os.open("/", os.O_PATH)
        above = os.open(parent, os.O_PATH)
        os.chdir("new")
        if libc.syscall(155, b".", b"old") < 0:
            return False
        os.chdir("/")
        if in_tree("/old"):
            return True
        call("umount2", "/old" + store, DETACH)
        call("umount2", "/old", DETACH)
        return any(
            reads("/proc/self/fd/%d/%s" % (fd, p)) or reads("/dev/fd/%d/%s" % (fd, p))
            for fd, p in ((old, store.lstrip("/") + "/" + name), (above, base + "/" + name))
        ) or child(
            lambda: any(
                os.open(p, os.O_RDONLY, dir_fd=fd) >= 0
                for fd, p in ((old, store.lstrip("/") + "/" + name), (above, base + "/" + name))
            )
        )

    return both(f)


@way
def chroot():
    def f():
        here = os.open(".", os.O_RDONLY)
        os.makedirs("jail", exist_ok=True)
        if not call("chroot", "jail"):
            return False
        os.fchdir(here)
        for _ in range(64):
            os.chdir("..")
        return in_tree(".")

    return both(f)


@way
def by_handle():
    kind, data = handle.split(":")
    data = bytes.fromhex(data)

    class Handle(ctypes.Structure):
        _fields_ = [("n", ctypes.c_uint), ("kind", ctypes.c_int), ("data", ctypes.c_char * 128)]

    def f():
        h = Handle(len(data), int(kind))
        ctypes.memmove(ctypes.addressof(h) + 8, data, len(data))
        os.makedirs("mountpoint", exist_ok=True)
        call("mount", "mountpoint", "mountpoint", None, BIND, None)
        for where in ("/", parent, store, ".", "mountpoint"):
            try:
                at = os.open(where, os.O_RDONLY)
            except OSError:
                continue
            fd = libc.open_by_handle_at(at, ctypes.byref(h), os.O_RDONLY)
            if fd >= 0 and marker in os.pread(fd, 1 << 20, 0):
                return True
        return False

    return both(f)


@way
def elsewhere():
    reached = [p for p in paths if in_tree(p) or reads(p)]
    print("# elsewhere", len(reached))
    return reached or all_powerful(lambda: any(in_tree(p) or reads(p) for p in paths))


@way
def table():
    """Every place of the mount table."""
    for line in open("/proc/self/mountinfo"):
        at = line.split()[4].encode().decode("unicode_escape", "replace")
        if in_tree(at) or reads(at):
            print("# table", line.strip())
            return True
    return False


@way
def disk():
    for top, _, files in os.walk("/dev"):
        for f in files:
            p = os.path.join(top, f)
            try:
                if stat.S_ISBLK(os.lstat(p).st_mode):
                    os.close(os.open(p, os.O_RDONLY))
                    return True
            except OSError:
                pass
    device = os.stat(parent).st_dev

    def f():
        for kind in (stat.S_IFBLK, stat.S_IFCHR):
            try:
                os.mknod("node", kind | 0o600, device)
                os.close(os.open("node", os.O_RDONLY))
                return kind == stat.S_IFBLK
            except OSError:
                pass
        return any(reads_device(p) for p in paths)

    def reads_device(p):
        try:
            return stat.S_ISBLK(os.stat(p).st_mode) and os.open(p, os.O_RDONLY) >= 0
        except OSError:
            return False

    return both(f)


def steering():
    """The same, wherever it is mounted, and below."""
    names = "sys/kernel/core_pattern kernel/core_pattern sysrq-trigger kernel/uevent_helper register set_event tracing_on cgroup.procs cgroup/devices/release_agent fs/binfmt_misc/register"
    for line in open("/proc/self/mountinfo"):
        at, kind = line.split()[4], line.split(" - ")[1].split()[0]
        if kind not in "ext4 xfs btrfs overlay tmpfs fuse.licensefs devpts":
            yield from (os.path.join(at, n) for n in names.split())


@way
def kernel():
    """What changes the kernel for everybody: a program that it would run outside."""

    def f():
        for p in (
            "/proc/sys/kernel/core_pattern",
            "/proc/sys/kernel/modprobe",
            "/sys/kernel/uevent_helper",
            "/proc/sysrq-trigger",
            *steering(),
        ):
            try:
                os.close(os.open(p, os.O_WRONLY))
                return True
            except OSError:
                pass
        return False

    return both(f)


@way
def fresh_proc():
    """A proc of its own, uncovered."""

    def f():
        libc.unshare(NEWPID)
        os.makedirs("proc", exist_ok=True)
        return child(
            lambda: call("mount", "proc", "proc", "proc", 0, None)
            and os.access("proc/sys/kernel/core_pattern", os.W_OK)
        )

    return both(f)


@way
def catalog():
    places = [store] + paths
    return any(
        os.path.exists(os.path.join(p, ".licensefs", "catalog.db")) for p in places
    ) or any(p.endswith(".db") and os.path.exists(p) and os.path.getsize(p) > 0 for p in paths)


@way
def overlay():
    """An overlay of one's own with what is below the view as a layer."""

    def f():
        for d in ("up", "wk", "on"):
            os.makedirs(d, exist_ok=True)
        options = "lowerdir=%s,upperdir=up,workdir=wk,userxattr" % parent
        return call("mount", "none", "on", "overlay", 0, options) and in_tree("on")

    return both(f)


@way
def link():
    for p in (os.path.join(store, name), os.path.join(parent, base, name)):
        try:
            os.link(p, "linked")
            return reads("linked")
        except OSError:
            pass
    return False


@way
def rename():
    """Moving the mount point, or what is above it, away."""
    try:
        os.rename(store, store + ".moved")
        return True
    except OSError:
        return False


@way
def later():
    """What is mounted outside while it runs."""
    if "READY" not in os.environ:
        return False
    open(os.environ["READY"], "w").close()
    place = open(os.environ["GO"]).read().strip()
    return in_tree(place)


@way
def snapshot():
    """A copy of the filesystem, made by itself."""
    for source in (parent, store):
        subprocess.run(
            ["btrfs", "subvolume", "snapshot", source, os.path.join(parent, "copy")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return in_tree(os.path.join(parent, "copy"))


@way
def typing():
    """Words in a terminal, which a shell would take for its user's."""
    import pty

    _, terminal = pty.openpty()
    os.setsid() if os.getpid() != os.getsid(0) and os.getpid() != os.getpgrp() else None
    libc.ioctl(terminal, 0x540E, 0)
    return libc.ioctl(terminal, 0x5412, b"x") == 0


@way
def daemon():
    """Ends what serves the view: nothing may come to light."""
    for pid in servers:
        try:
            os.kill(pid, 9)
        except OSError:
            pass
    return path() or elsewhere()


only = os.environ.get("ONLY", " ".join(f.__name__ for f in ways)).split()
for f in ways:
    if f.__name__ not in only:
        continue
    try:
        reached = f()
    except Exception as e:  # what fails has not reached anything
        print("#", f.__name__, type(e).__name__, e, flush=True)
        reached = False
    print(f.__name__, "REACHED" if reached else "closed", flush=True)
