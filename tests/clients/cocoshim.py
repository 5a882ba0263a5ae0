# SPDX-License-Identifier: CC0-1.0
"""A stand-in for pycocotools.coco, which Debian 12 does not have.

torchvision.datasets.CocoDetection stays unmodified; it only uses COCO(file), .imgs,
.loadImgs, .getAnnIds and .loadAnns, which are index look-ups in the JSON file.
`install()` registers it under the name pycocotools.coco if the real one is missing.
"""
import json, sys, types


class COCO:
    def __init__(self, annotation_file):
        with open(annotation_file, encoding="utf-8") as f:
            self.dataset = json.load(f)
        self.imgs = {i["id"]: i for i in self.dataset.get("images", [])}
        self.anns = {a["id"]: a for a in self.dataset.get("annotations", [])}
        self.by_image = {}
        for a in self.anns.values():
            self.by_image.setdefault(a["image_id"], []).append(a["id"])

    @staticmethod
    def _list(ids):
        return list(ids) if isinstance(ids, (list, tuple)) else [ids]

    def loadImgs(self, ids):
        return [self.imgs[i] for i in self._list(ids)]

    def getAnnIds(self, imgIds):
        return [a for i in self._list(imgIds) for a in self.by_image.get(i, [])]

    def loadAnns(self, ids):
        return [self.anns[i] for i in self._list(ids)]


def install():
    try:
        import pycocotools.coco  # noqa: F401  the real one, where it exists
        return "pycocotools"
    except ImportError:
        pkg, mod = types.ModuleType("pycocotools"), types.ModuleType("pycocotools.coco")
        mod.COCO, pkg.coco = COCO, mod
        sys.modules.update({"pycocotools": pkg, "pycocotools.coco": mod})
        return "cocoshim"
