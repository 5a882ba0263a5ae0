#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""manifests.py DIR MB ROWS IMAGES: DIR/coco.json of about MB megabytes as COCO's instances_train2017
is (118,287 images in 490 MB, most of it annotations), DIR/openimages.csv of ROWS rows, and
DIR/store/ with tiny images that the first IMAGES rows of each are about."""
import os
import random
import sys

where, mb, rows, images = sys.argv[1], *map(int, sys.argv[2:5])
random.seed(1)
licenses = ["by-nc-sa", "by-nc", "by-nc-nd", "by", "by-sa", "by-nd"]
n = max(1, 118287 * mb // 490)


def coco(path):
    per_image = 860001 / 118287
    with open(path, "w") as f:
        f.write('{"info": {"description": "COCO 2017 Dataset","url": "http://cocodataset.org","version": "1.0",'
                '"year": 2017,"contributor": "COCO Consortium","date_created": "2017/09/01"},"licenses": [')
        f.write(",".join('{"url": "http://creativecommons.org/licenses/%s/2.0/","id": %d,"name": "%s"}' % (v, k + 1, v)
                         for k, v in enumerate(licenses)))
        f.write('],"images": [')
        for i in range(n):
            f.write('%s{"license": %d,"file_name": "%012d.jpg","coco_url": '
                    '"http://images.cocodataset.org/train2017/%012d.jpg","height": 427,"width": 640,'
                    '"date_captured": "2013-11-14 17:02:52","flickr_url": '
                    '"http://farm9.staticflickr.com/8186/%d_1a2b3c4d5e_z.jpg","id": %d}'
                    % ("," if i else "", i % 6 + 1, i, i, 8119100000 + i, i))
        f.write('],"annotations": [')
        at = f.tell()
        size = (mb * 1000000 - at) / (n * per_image)
        for i in range(int(n * per_image)):
            points, room = [], size - 150
            while room > 0:
                points.append("%.2f" % (random.random() * 640))
                room -= len(points[-1]) + 1
            f.write('%s{"segmentation": [[%s]],"area": %.4f,"iscrowd": 0,"image_id": %d,"bbox": '
                    "[%.2f,%.2f,%.2f,%.2f],\"category_id\": %d,\"id\": %d}"
                    % ("," if i else "", ",".join(points), random.random() * 1e4, i % n, 1.5, 2.5, 3.5, 4.5, i % 80, i))
        f.write('],"categories": []}')


def openimages(path):
    with open(path, "w") as f:
        f.write("ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,"
                "OriginalMD5,Thumbnail300KURL,Rotation\n")
        for i in range(rows):
            f.write('%016x,train,https://farm3.staticflickr.com/5310/%d_0a1b2c3d4e_o.jpg,'
                    'https://www.flickr.com/photos/user%d/%d,https://creativecommons.org/licenses/by/2.0/,'
                    'https://www.flickr.com/people/user%d/,User %d,"Dogs, cats, and ""birds"" %d",%d,'
                    "9IEhjZUGW2fM7FeLSLSVmg==,https://c4.staticflickr.com/6/5310/%d_0a1b2c3d4e_z.jpg,0.0\n"
                    % (i, i, i % 9973, i, i % 9973, i % 9973, i, i, i))


os.makedirs(where, exist_ok=True)
coco(f"{where}/coco.json")
openimages(f"{where}/openimages.csv")
for i in range(images):
    if i % 1000 == 0:
        os.makedirs(f"{where}/store/coco/{i // 1000:04}", exist_ok=True)
        os.makedirs(f"{where}/store/oi/{i // 1000:04}", exist_ok=True)
    for name in (f"coco/{i // 1000:04}/{i:012}.jpg", f"oi/{i // 1000:04}/{i:016x}.jpg"):
        with open(f"{where}/store/{name}", "w") as f:
            f.write("P6\n1 1\n255\nrgb" + name)
