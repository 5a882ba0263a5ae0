# SPDX-License-Identifier: Apache-2.0
"""Samples with one file for each of their parts: img2dataset's directories, and tar shards."""
import io
import json
import tarfile

from layouts import PAGES, jpeg


def sample(w, k, key):
    """A sample of img2dataset: some pictures state their rights, some have them in their JSON alone."""
    right = w.right(k)
    by_json = right in PAGES and right != "optout" and k % 2 == 1
    url = f"https://example.org/u{w.digest(key, 10)}.jpg"
    about = {"caption": f"a dog {k % 7}", "url": url, "key": key, "status": "success", "error_message": None, "width": 8,
             "height": 8, "original_width": 8, "original_height": 8, "exif": "{}"}
    if by_json:
        about["license"] = PAGES[right]
    return right, [key, url], jpeg("none" if by_json else right, key), about


def img2dataset(w):
    for k in range(w.count):
        shard, key = f"{419 + k % 2:05}", f"{419 + k % 2:05}{9001 + k:04}"
        path = f"{shard}/{key}.jpg"
        right, marks, data, about = sample(w, k, key)
        w.put(path, data)
        w.note_image(path, right, marks)
        w.companion(f"{shard}/{key}.json", json.dumps(about, indent=4), path)
        w.companion(f"{shard}/{key}.txt", about["caption"], path)
    keys = json.dumps([i["marks"][0] for i in w.truth["images"].values()])
    for shard in ("00419", "00420"):
        w.hidden(f"{shard}.parquet", b"PAR1" + keys.encode() + b"PAR1", "cache")
        w.hidden(f"{shard}_stats.json", json.dumps({"count": 2, "successes": 2, "failed_to_download": 0, "duration": 1.5}), "unbound")


class Shard:
    """A tar file whose bytes are the same every time."""

    def __init__(self, w, path, form):
        self.w, self.path, self.bytes, self.members = w, path, io.BytesIO(), []
        self.tar = tarfile.open(fileobj=self.bytes, mode="w", format=form)

    def add(self, name, data, images, directory=False):
        info = tarfile.TarInfo(name)
        info.mtime, info.mode, info.uname, info.gname = 1700000000, 0o644, "user", "group"
        if directory:
            info.type, info.mode = tarfile.DIRTYPE, 0o755
        info.size = len(data)
        self.tar.addfile(info, io.BytesIO(data))
        self.members.append([name, images])

    def end(self):
        self.tar.close()
        self.w.put(self.path, self.bytes.getvalue())
        truth = self.w.truth["documents"]
        truth[self.w.path(self.path)] = {"kind": "tar", "members": [
            [name, None if i is None else [self.w.path(f"{self.path}/{m}") for m in i]] for name, i in self.members]}


def wds(w):
    for n, form in enumerate((tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT)):
        shard = f"{419 + n:05}"
        path = f"{shard}.tar"
        s = Shard(w, path, form)
        for k in range(n, w.count, 3):
            key = f"{shard}{9001 + k:04}"
            right, marks, data, about = sample(w, k, key)
            # The long names need headers of their own; a member's directory is part of its key.
            where = f"{'very-long-directory-name/' * 5}{key}" if n and k % 4 == 1 else key
            parts = [(f"{where}.jpg", data), (f"{where}.json", json.dumps(about).encode()), (f"{where}.txt", about["caption"].encode()),
                     (f"{where}.seg.npy", b"\x93NUMPY" + bytes(k))]
            for name, body in parts if k % 2 else reversed(parts):
                s.add(name, body, [f"{where}.jpg"])
            w.note_image(f"{path}/{where}.jpg", right, marks, archive=path)
        s.end()
        w.hidden(f"{shard}.idx", "v1.2 1\n", "not-image")
    w.hidden("wids_index.json", json.dumps({"wids_version": 1, "shardlist": [{"url": "00419.tar", "nsamples": w.count // 3}]}), "unbound")


def folders_in_tar(w):
    """Not a WebDataset: a tree of classes packed by GNU tar, with its directories."""
    s = Shard(w, "train.tar", tarfile.GNU_FORMAT)
    classes = {c: [] for c in ("n02084071", "n02121808")}
    for k in range(w.count):
        c = sorted(classes)[k % 2]
        classes[c].append((k, f"train/{c}/{c}_{91017 + k * 3}.JPEG"))
    s.add("train/", b"", [m for c in classes.values() for _, m in c], True)
    for c, items in classes.items():
        s.add(f"train/{c}/", b"", [m for _, m in items], True)
        for k, name in items:
            stem = name.rsplit("/", 1)[1][:-5]
            s.add(name, jpeg(w.right(k), stem), [name])
            w.note_image(f"train.tar/{name}", w.right(k), [stem], archive="train.tar")
    s.end()


LAYOUTS = {"img2dataset": img2dataset, "wds": wds, "tarball": folders_in_tar}
