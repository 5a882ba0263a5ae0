#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""oracle.py STORE MOUNT VIEW...: is MOUNT/VIEW what layouts.py says that it must be?

Knows nothing of licensefs: which pictures a view owes is worked out from the rights that layouts.py wrote into them. Checks
names, bytes, every document by a filter of its own, every way of reading one, and that no byte of any file names what is
hidden. Prints one line a view; problems go to stderr and make it fail. $DENIED is a picture that was taken down meanwhile."""
import io
import json
import mmap
import os
import sys
import tarfile

VIEWS = {"noncommercial": "nc by nd cc0", "commercial": "by nd cc0", "redistributable": "nc by nd cc0",
         "augmentable": "nc by nd cc0", "augmentable-shared": "nc by cc0", "attribution-free": "cc0", "public-domain": "cc0"}
SPLITS = ("train", "val", "test", "validation", "train2017", "val2017")


class View:
    def __init__(self, store, name, root):
        self.store, self.root, self.problems = store, root, []
        with open(store + ".truth") as f:
            self.truth = json.load(f)
        rights = VIEWS[name].split()
        if "DENIED" in os.environ:
            self.truth["images"][os.environ["DENIED"]]["right"] = "denied"
        self.kept = {p for p, i in self.truth["images"].items() if i["right"] in rights}
        self.hidden = set(self.truth["images"]) - self.kept
        self.files, self.dirs = {}, set()
        for d, subdirs, names in os.walk(root):
            rel = os.path.relpath(d, root)
            self.dirs.update(os.path.normpath(os.path.join(rel, s)) for s in subdirs)
            for n in names:
                self.files[os.path.normpath(os.path.join(rel, n))] = os.lstat(os.path.join(d, n)).st_size

    def wrong(self, text):
        self.problems.append(text)

    def original(self, path):
        with open(os.path.join(self.store, path), "rb") as f:
            return f.read()

    def read(self, path):
        """The file's bytes, read in every way that programs have."""
        whole = os.path.join(self.root, path)
        with open(whole, "rb", buffering=0) as f:
            data = f.readall()
            size = os.fstat(f.fileno()).st_size
            if size != len(data) or size != self.files[path]:
                self.wrong(f"{path}: {size} bytes by fstat, {self.files[path]} by lstat, {len(data)} read")
            for at in {0, 1, size // 3, size // 2, max(size - 5, 0), size}:
                if os.pread(f.fileno(), 7, at) != data[at:at + 7]:
                    self.wrong(f"{path}: pread at {at} differs")
            if size:
                for flags in (mmap.MAP_PRIVATE, mmap.MAP_SHARED):
                    with mmap.mmap(f.fileno(), size, flags=flags, prot=mmap.PROT_READ) as m:
                        if m[:] != data:
                            self.wrong(f"{path}: a mapping differs")
        return data

    # --- names ---

    def check_names(self):
        t = self.truth
        want = {p for p in self.kept if not t["images"][p]["archive"]}
        want |= {c for c, images in t["companions"].items() if all(i in self.kept for i in images)}
        want |= set(t["documents"]) | set(t["inert"])
        # Where no picture is shown no directory needs to be, and nothing in it.
        need = {p for p in want if p in self.kept or p in t["companions"]} | {p for p in want if self.in_shown(p)}
        for p in sorted(need - set(self.files)):
            self.wrong(f"{p}: not there")
        for p in sorted(set(self.files) - want):
            self.wrong(f"{p}: shown, {t['hidden'].get(p, 'and must not be')}")
        for p in sorted(set(self.files) & (self.kept | set(t["companions"]) | set(t["inert"]))):
            if self.read(p) != self.original(p):
                self.wrong(f"{p}: other bytes than in the store")

    def in_shown(self, path):
        """Is the directory of a document or inert file owed? It is where it holds no pictures, or one that is shown."""
        d = os.path.dirname(path)
        below = [p for p in self.truth["images"] if not d or p.startswith(d + "/")]
        return not below or any(p in self.kept for p in below)

    def check_dirs(self):
        """A split with pictures is always there, empty or not."""
        for p in self.truth["images"]:
            parts = p.split("/")[:-1]
            for n, name in enumerate(parts):
                d = "/".join(parts[:n + 1])
                if name in SPLITS and not self.truth["images"][p]["archive"] and d not in self.dirs:
                    self.wrong(f"{d}: a split that is gone")

    # --- documents ---

    def shown(self, images):
        return bool(images) and all(i in self.kept for i in images)

    def want_lines(self, doc):
        parts = [(i, t) for i, t in doc["parts"] if i is None or self.shown(i)]
        if doc["kind"] == "counted":
            parts[0] = (None, f"{len(parts) - 2}\n")
        return "".join(t for _, t in parts).encode()

    def check_json(self, path, doc, got):
        try:
            got = json.loads(got)
        except ValueError as e:
            return self.wrong(f"{path}: {e}")
        want = json.loads(self.original(path))
        if doc["kind"] == "list":
            want = [v for v, images in zip(want, doc["ids"]) if self.shown(images)]
        else:
            keep = {i for i, p in doc["ids"].items() if p in self.kept}
            want["images"] = [i for i in want["images"] if str(i["id"]) in keep]
            want["annotations"] = [a for a in want["annotations"] if str(a["image_id"]) in keep]
            if list(got) != list(want):
                return self.wrong(f"{path}: other members: {list(got)}")
        if got != want:
            self.wrong(f"{path}: not what Python's filter keeps")

    def check_tar(self, path, doc, got):
        try:
            with tarfile.open(fileobj=io.BytesIO(got)) as t, tarfile.open(os.path.join(self.store, path)) as o:
                names = [m.name + ("/" if m.isdir() else "") for m in t]
                want = [n for n, images in doc["members"] if images is None or self.shown(images) or
                        (n.endswith("/") and any(i in self.kept for i in images))]
                if names != want:
                    return self.wrong(f"{path}: members {names[:3]}..., {len(names)}, not {want[:3]}..., {len(want)}")
                for n in want:
                    if not n.endswith("/") and t.extractfile(n).read() != o.extractfile(n).read():
                        self.wrong(f"{path}: {n} has other bytes")
        except tarfile.TarError as e:
            self.wrong(f"{path}: {e}")

    def check_documents(self):
        for path, doc in self.truth["documents"].items():
            if path not in self.files:
                continue  # that it is not there is said already
            got, original = self.read(path), self.original(path)
            if not self.hidden and got != original:
                self.wrong(f"{path}: nothing is hidden, and yet other bytes")
            if doc["kind"] == "tar":
                self.check_tar(path, doc, got)
            elif "parts" not in doc:
                self.check_json(path, doc, got)
            elif doc["kind"] == "lines-open":
                if got.splitlines() != self.want_lines(doc).splitlines():
                    self.wrong(f"{path}: other lines")
            elif got != self.want_lines(doc):
                self.wrong(f"{path}: {got[:120]!r}..., not {self.want_lines(doc)[:120]!r}...")

    def check_marks(self):
        """The promise itself: no byte of the view names what it hides. Inert files aside, which name nothing."""
        marks = {m.encode(): p for p in self.hidden for m in self.truth["images"][p]["marks"]}
        for path in sorted(self.files):
            with open(os.path.join(self.root, path), "rb") as f:
                data = f.read()
            name = path.encode()
            found = [m for m in marks if m in data or m in name]
            if found:
                self.wrong(f"{path}: names {found[0].decode()} ({len(found)} in all) of hidden {marks[found[0]]}")


def check(store, name, root):
    v = View(store, name, root)
    v.check_names()
    v.check_dirs()
    v.check_documents()
    v.check_marks()
    shown = len([p for p in v.kept if not v.truth["images"][p]["archive"]])
    print(f"view={name} files={shown} images={len(v.kept)} hidden={len(v.hidden)} documents={len(v.truth['documents'])} "
          f"problems={len(v.problems)}")
    for p in v.problems[:20]:
        print(f"{name}: {p}", file=sys.stderr)
    return len(v.problems)


def main():
    store, mount = os.path.abspath(sys.argv[1]), sys.argv[2]
    return 1 if sum(check(store, name, os.path.join(mount, name)) for name in sys.argv[3:]) else 0


if __name__ == "__main__":
    sys.exit(main())
