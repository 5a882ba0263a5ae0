# SPDX-License-Identifier: Apache-2.0
"""A store for the storm: make_storm.py STORE LIST. Images of one pixel and some of 300 KB, each with
its own bytes; companions; a list of them as CSV, JSON Lines and JSON; and a tar shard."""
import io, json, os, random, sys, tarfile

store, listing = sys.argv[1:]
os.makedirs(store, exist_ok=True)
rng = random.Random(1)
images = []


def picture(path, size=1):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(b"P6\n%d %d\n255\n" % (size, size) + rng.randbytes(3 * size * size + 8))


for d in range(8):
    for i in range(25):
        path = f"d{d}/{i}.pnm"
        images.append(path)
        picture(f"{store}/{path}")
        if i % 5 == 0:
            open(f"{store}/d{d}/{i}.txt", "w").write(path)
for i in range(12):
    images.append(f"big/{i}.pnm")
    picture(f"{store}/big/{i}.pnm", 320)
with open(f"{store}/list.csv", "w") as f:
    f.write("file,mark\n" + "".join(f"{i},<{i}>\n" for i in images))
with open(f"{store}/list.jsonl", "w") as f:
    f.writelines(json.dumps({"file_name": i, "mark": f"<{i}>"}) + "\n" for i in images)
with open(f"{store}/list.json", "w") as f:
    json.dump({"info": {}, "licenses": [], "categories": [],
               "images": [{"id": k, "file_name": i, "mark": f"<{i}>"} for k, i in enumerate(images)],
               "annotations": [{"id": k, "image_id": k, "category_id": 1} for k in range(len(images))]}, f)
out = open(listing, "w")
out.writelines(i + "\n" for i in images)
os.makedirs(f"{store}/shards")
members = os.path.join(os.path.dirname(listing), "members")
with tarfile.open(f"{store}/shards/s.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
    for i in range(30):
        picture(f"{members}/{i:03}.pnm", 1 + i)
        tar.add(f"{members}/{i:03}.pnm", f"{i:03}.pnm")
        out.write(f"shards/s.tar/{i:03}.pnm = {members}/{i:03}.pnm\n")
