# SPDX-License-Identifier: Apache-2.0
"""Layouts of detection and segmentation: COCO, VOC, YOLO."""
import json

from layouts import png

LICENSES = [{"url": f"http://creativecommons.org/licenses/{v}/2.0/", "id": k + 1, "name": v}
            for k, v in enumerate(["by-nc-sa", "by-nc", "by-nc-nd", "by", "by-sa", "by-nd"])]
INFO = {"description": "COCO 2017 Dataset", "url": "http://cocodataset.org", "version": "1.0", "year": 2017}
CATEGORIES = [{"supercategory": "person", "id": 1, "name": "person"}, {"supercategory": "animal", "id": 18, "name": "dog"}]


def segments(k):
    return [{"id": 100 + k + s, "category_id": 18, "iscrowd": 0, "bbox": [1, 2, 3, 4], "area": 12} for s in range(2)]


def coco(w):
    for part, first, n in (("train2017", 7000013, w.count - w.count // 4), ("val2017", 7900001, w.count // 4)):
        images, ids, boxes, captions, points, panoptic = [], {}, [], [], [], []
        for k in range(n):
            i = first + k * 17
            path = f"{part}/{i:012}.jpg"
            url = w.image(path, k + (3 if part == "val2017" else 0), [i])
            ids[i] = path
            images.append({"license": k % 6 + 1, "file_name": f"{i:012}.jpg",
                           "coco_url": f"http://images.cocodataset.org/{path}", "height": 8, "width": 8,
                           "date_captured": "2013-11-14 17:02:52", "flickr_url": url, "id": i})
            for j in range(k % 4):  # an image without any annotation is an image all the same
                boxes.append({"segmentation": [[1.5, 2.25, 3, 4, 5, 6]], "area": 6.5, "iscrowd": 0, "image_id": i,
                              "bbox": [1, 2, 3, 4], "category_id": 18, "id": 1000 + 10 * k + j})
            captions.append({"image_id": i, "id": 2000 + k, "caption": f'Un chien, "{k}" \u00e9t\u00e9 {{[\\]}} \U0001f415'})
            points.append({"image_id": i, "id": 3000 + k, "category_id": 1, "num_keypoints": 1, "keypoints": [1, 2, 2] * 17,
                           "segmentation": {"counts": "abc\"]}", "size": [8, 8]}, "iscrowd": k % 2, "area": 1, "bbox": [0, 0, 1, 1]})
            panoptic.append({"segments_info": segments(k), "file_name": f"{i:012}.png", "image_id": i})
            w.companion(f"annotations/panoptic_{part}/{i:012}.png", png(k), path)
        # Annotations of one image need not stand together, nor behind it.
        boxes.sort(key=lambda a: (a["id"] % 10, a["id"]))
        head = {"info": INFO, "licenses": LICENSES}
        w.json(f"annotations/instances_{part}.json", {**head, "images": images, "annotations": boxes, "categories": CATEGORIES},
               "coco", ids, separators=(",", ":"))
        w.json(f"annotations/captions_{part}.json", {**head, "annotations": captions, "images": images}, "coco", ids,
               ensure_ascii=False)
        w.json(f"annotations/person_keypoints_{part}.json",
               {"categories": CATEGORIES, "annotations": points, "images": images[::-1], **head}, "coco", ids, indent=1)
        w.json(f"annotations/panoptic_{part}.json",
               {**head, "images": images, "annotations": panoptic, "categories": CATEGORIES}, "coco", ids, indent="\t")
        if part == "val2017":
            lvis = [{k: v for k, v in x.items() if k != "file_name"} | {"neg_category_ids": [1], "not_exhaustive_category_ids": []}
                    for x in images]
            w.json("annotations/lvis_v1_val.json", {"info": INFO, "annotations": boxes, "images": lvis, "licenses": LICENSES,
                                                    "categories": CATEGORIES}, "coco", ids)
    w.inert("README.md", "# COCO 2017\n")


VOC_XML = """<annotation>
	<folder>VOC2012</folder>
	<filename>{stem}.jpg</filename>
	<source><database>The VOC2007 Database</database><annotation>PASCAL VOC2007</annotation><image>flickr</image></source>
	<size><width>8</width><height>8</height><depth>3</depth></size>
	<segmented>{seg}</segmented>
	<object><name>{name}</name><pose>Left</pose><truncated>0</truncated><difficult>0</difficult>
		<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>5</xmax><ymax>6</ymax></bndbox></object>
</annotation>
"""


def voc(w):
    top, classes = "VOCdevkit/VOC2012", ["aeroplane", "dog"]
    train, val, seg = [], [], {"train": [], "val": []}
    labels = {c: {"train": [], "val": []} for c in classes}
    for k in range(w.count):
        stem = f"2008_{9 + k * 3:06}"
        path = f"{top}/JPEGImages/{stem}.jpg"
        part, name = ("val" if k % 5 == 4 else "train"), classes[k % 2]
        w.image(path, k)
        (val if part == "val" else train).append((path, stem))
        w.companion(f"{top}/Annotations/{stem}.xml", VOC_XML.format(stem=stem, seg=int(k % 2 == 0), name=name), path)
        for c in classes:
            labels[c][part].append(([path], f"{stem} {' 1' if c == name else '-1'}\n"))
        if k % 2 == 0:
            seg[part].append(([path], f"{stem}\n"))
            for masks in ("SegmentationClass", "SegmentationObject"):
                w.companion(f"{top}/{masks}/{stem}.png", png(k), path)
    for name, items in (("train", train), ("val", val), ("trainval", train + val)):
        w.document(f"{top}/ImageSets/Main/{name}.txt", [([p], f"{s}\n") for p, s in items])
    w.document(f"{top}/ImageSets/Layout/train.txt", [([p], f"{s} {n + 1}\n") for n, (p, s) in enumerate(train)])
    for c in classes:
        for part in ("train", "val"):
            w.document(f"{top}/ImageSets/Main/{c}_{part}.txt", labels[c][part])
    for part in ("train", "val"):
        w.document(f"{top}/ImageSets/Segmentation/{part}.txt", seg[part])


def yolo(w):
    lists = {"train": [], "val": []}
    for k in range(w.count):
        part = "val" if k % 5 == 4 else "train"
        path = f"images/{part}/{'dog' if k % 2 else 'person'}-{w.digest(str(k), 10)}.jpg"
        w.image(path, k)
        lists[part].append(path)
        if k % 6 != 5:  # a background picture has no label
            w.companion(path.replace("images/", "labels/").replace(".jpg", ".txt"), f"{k % 2} 0.5 0.5 0.25 0.25\n", path)
    for part, paths in lists.items():
        w.document(f"{part}.txt", [([p], f"./{p}\n") for p in paths])
        end = "\n" if part == "train" else ""  # many lists end without one
        w.document(f"{part}_abs.txt", [([p], f"{w.store}/{w.path(p)}" + ("\n" if p != paths[-1] else end))
                                       for p in paths], "lines" if end else "lines-open")
    w.inert("data.yaml", "train: images/train  # beside this file\nval: images/val\nnames:\n  0: person\n  1: dog\n")
    w.inert("lists.yaml", "train: train.txt\nval: val.txt\nnames: [person, dog]\n")
    w.hidden("data_abs.yaml", f"path: {w.store}/{w.base}\ntrain: images/train\nval: images/val\nnc: 2\nnames: [person, dog]\n",
             "absolute")
    w.inert("classes.txt", "person\ndog\n")
    w.hidden("labels/train.cache", b"\x93NUMPY" + json.dumps(lists["train"]).encode(), "cache")


LAYOUTS = {"coco": coco, "voc": voc, "yolo": yolo}
