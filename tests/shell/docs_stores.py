#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs_stores.py DIR: small stores as docs/datasets.md speaks of them, with manifests of the real structure
and made-up content. Pictures are of one pixel; licensefs knows images by their content."""
import csv
import json
import os
import sys

root = sys.argv[1]


def write(path, text):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as f:
        f.write(text)


def image(path):
    write(path, f"P6\n1 1\n255\nrgb{path}")


def table(path, rows, separator=","):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), "w", newline="") as f:
        csv.writer(f, delimiter=separator, lineterminator="\n").writerows(rows)


def cc(code, version="2.0"):
    return f"https://creativecommons.org/licenses/{code}/{version}/"


# Flickr: a scrape with gallery-dl's files beside the pictures, and one with API answers elsewhere
for n, (number, name) in enumerate([(4, "Jane"), (2, "Jane"), (0, "Ann"), (9, "Bob")]):
    photo = 53012345670 + n
    image(f"flickr/dogs/{photo}_0a1b2c3d4e_b.jpg")
    write(f"flickr-info/{photo}.json", json.dumps({"stat": "ok", "photo": {
        "id": str(photo), "license": str(number), "owner": {"nsid": f"{n}@N01", "realname": name, "path_alias": name.lower()},
        "title": {"_content": f"Dog {n}"}, "urls": {"url": [
            {"type": "photopage", "_content": f"https://www.flickr.com/photos/{name.lower()}/{photo}/"}]}}}))
image("gallery/flickr_53012345680.jpg")
write("gallery/flickr_53012345680.jpg.json", json.dumps({
    "id": 53012345680, "license": 5, "license_name": "Attribution-ShareAlike License", "title": "Cat",
    "owner": {"nsid": "9@N01", "username": "bob", "path_alias": "bob"}, "category": "flickr"}))

# COCO
names = ["by-nc-sa", "by-nc", "by-nc-nd", "by", "by-sa", "by-nd"]
licenses = [{"url": f"http://creativecommons.org/licenses/{v}/2.0/", "id": k + 1, "name": v} for k, v in enumerate(names)]
for part, first in (("train2017", 100), ("val2017", 900)):
    images, annotations = [], []
    for k in range(8):
        i = first + k
        image(f"coco/{part}/{i:012}.jpg")
        images.append({"license": k % 6 + 1, "file_name": f"{i:012}.jpg", "height": 480, "width": 640, "id": i,
                       "coco_url": f"http://images.cocodataset.org/{part}/{i:012}.jpg",
                       "flickr_url": f"http://farm9.staticflickr.com/8186/81191{i:05}_1a2b3c4d5e_z.jpg",
                       "date_captured": "2013-11-14 17:02:52"})
        annotations.append({"id": i, "image_id": i, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0,
                            "segmentation": []})
    if part == "train2017":
        images.append(dict(images[0], file_name=f"{99:012}.jpg", id=99,
                           coco_url=f"http://images.cocodataset.org/{part}/{99:012}.jpg",
                           flickr_url="http://farm9.staticflickr.com/8186/8119100099_1a2b3c4d5e_z.jpg"))
    write(f"coco/annotations/instances_{part}.json", json.dumps({
        "info": {"description": "COCO 2017 Dataset", "url": "http://cocodataset.org"}, "licenses": licenses,
        "images": images, "annotations": annotations, "categories": [{"id": 1, "name": "dog", "supercategory": "animal"}]}))

# Open Images
head = ["ImageID", "Subset", "OriginalURL", "OriginalLandingURL", "License", "AuthorProfileURL", "Author", "Title",
        "OriginalSize", "OriginalMD5", "Thumbnail300KURL", "Rotation"]
for part, first in (("train", 0x6000), ("validation", 0x7000)):
    rows = [head]
    for k in range(3):
        name = f"{first + k:016x}"
        image(f"openimages/{part}/{name}.jpg")
        rows.append([name, part, "https://farm1.staticflickr.com/1/1_o.jpg", f"https://www.flickr.com/photos/jane/{first + k}",
                     cc("by"), "https://www.flickr.com/people/jane/", "Jane Doe", 'A "title"', "100", "", "", "0.0"])
    table(f"openimages-csv/{part}-images-with-rotation.csv", rows)

# ImageNet
for wnid in ("n02084071", "n02121808"):
    for k in (1, 2):
        image(f"imagenet/train/{wnid}/{wnid}_{k}.JPEG")

# img2dataset, unpacked
for k, text in enumerate(["https://creativecommons.org/licenses/by/4.0/", "CC BY-NC 4.0", None]):
    image(f"laion/00000/{k:09}.jpg")
    sample = {"caption": f"a dog {k}", "url": f"https://example.org/{k}.jpg", "key": f"{k:09}", "status": "success",
              "error_message": None, "width": 256, "height": 256, "exif": "{}"}
    if text:
        sample["license"] = text
    write(f"laion/00000/{k:09}.json", json.dumps(sample))

# iNaturalist: a competition, and Open Data
species = "03111_Animalia_Chordata_Aves_Passeriformes_Corvidae_Corvus_corax"
image(f"inat2021/train/{species}/aaaa.jpg")
image(f"inat2021/train/{species}/bbbb.jpg")
write("inat2021/train.json", json.dumps({
    "info": {"description": "iNaturalist 2021 competition", "url": "https://github.com/visipedia/inat_comp"},
    "licenses": [{"id": 0, "name": "Public Domain", "url": ""},
                 {"id": 1, "name": "Attribution License", "url": "http://creativecommons.org/licenses/by/4.0/"},
                 {"id": 2, "name": "Attribution-NonCommercial License",
                  "url": "http://creativecommons.org/licenses/by-nc/4.0/"}],
    "images": [{"id": k, "width": 1, "height": 1, "file_name": f"train/{species}/{n}.jpg", "license": k, "rights_holder": "Jane Doe"}
               for k, n in ((1, "aaaa"), (2, "bbbb"))], "annotations": [], "categories": []}))
head = "photo_uuid photo_id observation_uuid observer_id extension license width height position".split()
rows = [head]
for k, text in enumerate(["CC-BY", "CC0", "CC-BY-NC-ND"]):
    image(f"inat-open/photos/{5000 + k}/medium.jpg")
    rows.append([f"u{k}", 5000 + k, f"o{k}", 7, "jpg", text, 10, 10, 0])
table("inat-open/photos.csv", rows, "\t")
table("inat-open/observers.csv", [["observer_id", "login", "name"], [7, "jane", "Jane Doe"]], "\t")

# Wikimedia Commons
image("commons/Dog sleeping.jpg")
write("commons-info.json", json.dumps({"query": {"pages": {"1": {"title": "File:Dog sleeping.jpg", "imageinfo": [{
    "url": "https://upload.wikimedia.org/wikipedia/commons/a/ab/Dog_sleeping.jpg",
    "descriptionurl": "https://commons.wikimedia.org/wiki/File:Dog_sleeping.jpg",
    "extmetadata": {"LicenseShortName": {"value": "CC BY-SA 4.0"}, "License": {"value": "cc-by-sa-4.0"},
                    "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0"},
                    "Artist": {"value": "<a href='//commons.wikimedia.org/wiki/User:Jane'>Jane</a>"}}}]}}}}))

# Hugging Face imagefolder
for part in ("train", "test"):
    image(f"imagefolder/{part}/0001.png")
    image(f"imagefolder/{part}/0002.png")
    table(f"imagefolder/{part}/metadata.csv", [["file_name", "text", "license", "author"],
                                               ["0001.png", "a dog", "cc-by-4.0", "Jane Doe"],
                                               ["0002.png", "a cat", "cc0-1.0", "John Roe"]])
image("folder/0001.png")
write("folder/README.md", "---\nlicense: cc-by-4.0\ntask_categories:\n- image-classification\n---\n# Dogs\n")

# A table of one's own
for k in (1, 2):
    image(f"own/scans/plate {k}.tif")
table("plates.csv", [["Inventory", "File", "Rights statement", "Photographer"],
                     ["A1", "scans/plate 1.tif", "CC BY 4.0", "Jane Doe"],
                     ["A2", "scans/plate 2.tif", "In copyright", "Ann Roe"]], ";")

# REUSE
image("reuse/img/logo.png")
image("reuse/img/photo.png")
write("reuse/REUSE.toml", 'version = 1\n\n[[annotations]]\npath = "img/**"\nSPDX-FileCopyrightText = "2024 Jane Doe"\n'
      'SPDX-License-Identifier = "CC-BY-SA-4.0"\n')
write("reuse/img/photo.png.license", "SPDX-FileCopyrightText: 2023 Ann Roe\nSPDX-License-Identifier: CC0-1.0\n")

# Two manifests that disagree
for k in (1, 2):
    image(f"pets/{k:04}.jpg")
table("pets-2023.csv", [["file_name", "license"], ["0001.jpg", "CC BY 4.0"], ["0002.jpg", "CC BY 4.0"]])
table("pets-2024.csv", [["file_name", "license"], ["0001.jpg", "CC BY-NC 4.0"], ["0002.jpg", "CC BY 4.0"]])
