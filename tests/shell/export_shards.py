#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads shards as the webdataset library groups them and compares them with a mount and a manifest:
export_shards.py OUT MOUNT MANIFEST."""
import glob
import json
import os
import re
import sys
import tarfile

# webdataset.tariterators.base_plus_ext()
BASE = re.compile(r"^((?:.*/|)[^.]+)[.]([^/]*)$")


def samples(path):
    """webdataset.tariterators.group_by_keys(), by which a key that comes back is an error."""
    sample, seen = None, set()
    for info in tarfile.open(path):
        assert info.isreg() and info.uid == info.gid == 0 and info.mode == 0o644, info
        match = BASE.match(info.name)
        assert match, "no key: %r" % info.name
        key, ext = match[1], match[2].lower()
        if sample is None or sample["__key__"] != key:
            if sample:
                yield sample
            assert key not in seen, "key twice: %r" % key
            seen.add(key)
            sample = {"__key__": key, "__time__": info.mtime}
        assert ext not in sample, "%r has two .%s" % (key, ext)
        sample[ext] = tarfile.TarFile.extractfile(tarfile.open(path), info).read()
    if sample:
        yield sample


def main(out, mount, manifest):
    want = {}
    for line in open(manifest):
        row = json.loads(line)
        if row.get("kind") == "image":
            want[row["path"]] = row
    shards = sorted(glob.glob(glob.escape(out) + "/*.tar"))
    assert [re.search(r"-(\d{6})\.tar$", s)[1] for s in shards] == ["%06d" % i for i in range(len(shards))]
    keys, companions, archives = set(), 0, 0
    for shard in shards:
        size = os.path.getsize(shard)
        assert size % 512 == 0, size
        if b"/shards/" in open(shard, "rb").read(0) or any("license.json" not in s for s in samples(shard)):
            # one of the store: it is what the mount shows
            data = open(shard, "rb").read()
            assert any(data == open(os.path.join(d, f), "rb").read() for d, _, fs in os.walk(mount) for f in fs if f.endswith(".tar")), shard
            archives += 1
            continue
        for s in samples(shard):
            assert s["__key__"] not in keys, "in two shards: %r" % s["__key__"]
            keys.add(s["__key__"])
            row = json.loads(s["license.json"])
            assert row == want.pop(row["path"]), row
            path = mount.encode() + b"/" + row["path"].encode("utf-8", "surrogateescape")
            data = open(path, "rb").read()
            assert int(os.stat(path).st_mtime) == s["__time__"]
            ext = os.path.splitext(path)[1][1:].decode().lower()
            assert s[ext or "x-portable-anymap"] == data, row["path"]
            rest = [k for k in s if k not in ("__key__", "__time__", "license.json", ext)]
            companions += len([k for k in rest if k != "x-portable-anymap"])
    left = [p for p in want if not re.search(r"\.tar/", p)]
    assert not left, "not there: %r" % left
    print(len(keys), companions, archives)


main(*sys.argv[1:])
