# SPDX-License-Identifier: Apache-2.0
"""Layouts whose labels are tables: Hugging Face, Open Images, captions."""
import json


def hf(w):
    rows = {"train": [], "validation": [], "test": []}
    for k in range(w.count):
        part = ("train", "train", "validation", "test")[k % 4]
        name = f"{'nested/' if k % 3 == 0 else ''}pic-{w.digest(str(k), 10)}.jpg"
        w.image(f"{part}/{name}", k)
        rows[part].append((f"{part}/{name}", name))
    w.document("train/metadata.csv", [(None, "file_name,text,tags\r\n")] +
               [([p], f'{n},"A dog, ""{k}""\nof two lines",x\r\n') for k, (p, n) in enumerate(rows["train"])])
    w.document("validation/metadata.jsonl", [([p], json.dumps({"file_name": n, "text": f"l\u00e4uft {k}"}) + "\n")
                                             for k, (p, n) in enumerate(rows["validation"])])
    w.document("test/metadata.csv", [(None, "label,file_name\n")] + [([p], f"{k % 2},{n}\n") for k, (p, n) in enumerate(rows["test"])])
    w.inert("README.md", "---\npretty_name: Dogs\n---\n")


def openimages(w):
    ids = []
    for k in range(w.count):
        part = "validation" if k % 4 == 3 else "train"
        i = w.digest(f"open{k}", 16)
        url = w.image(f"{part}/{i}.jpg", k)
        ids.append((part, i, f"{part}/{i}.jpg", url))
    for part in ("train", "validation"):
        mine = [x for x in ids if x[0] == part]
        w.document(f"{part}-annotations-bbox.csv",
                   [(None, "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated\n")] +
                   [([p], f"{i},xclick,/m/01g317,1,0.{b}1,0.5,0.25,0.75,0,0\n") for _, i, p, _ in mine for b in range(3)])
        w.document(f"{part}-annotations-human-imagelabels.csv",
                   [(None, "ImageID,Source,LabelName,Confidence\n")] +
                   [([p], f"{i},verification,/m/0bt9lr,{k % 2}\n") for k, (_, i, p, _) in enumerate(mine)])
        w.document(f"{part}-images-with-rotation.csv",
                   [(None, "ImageID,Subset,OriginalURL,OriginalLandingURL,License,Author,Title,Rotation\n")] +
                   [([p], f'{i},{part},{u},{u}/page,https://creativecommons.org/licenses/by/2.0/,"Doe, Jane","A ""dog""",0.0\n')
                    for _, i, p, u in mine])
    w.inert("class-descriptions-boxable.csv", "/m/01g317,Person\n/m/0bt9lr,Dog\n")


def captions(w):
    items = []
    for k in range(w.count):
        path = f"images/shot-{w.digest(str(k), 10)}.jpg"
        items.append((path, w.image(path, k)))
    w.document("captions.jsonl", [([p], json.dumps({"image": p, "url": u, "caption": f"A dog {k} \u2603", "n": [k, {"a": None}]},
                                                   ensure_ascii=False) + "\n") for k, (p, u) in enumerate(items)])
    w.document("captions.tsv", [(None, "filepath\ttitle\n")] + [([p], f"{p}\tA dog's \"life\" {k}\n") for k, (p, _) in enumerate(items)])
    w.document("results_20130124.token", [([p], f"{p.split('/')[1]}#{n}\tA dog {k} .\n")
                                          for k, (p, _) in enumerate(items) for n in range(2)])
    talk = [{"id": p.split("/")[1][:-4], "image": p, "conversations": [{"from": "human", "value": "<image>\nWhat is it?"},
                                                                     {"from": "gpt", "value": f"A dog, {k}."}]}
            for k, (p, _) in enumerate(items)]
    w.json("llava_instruct.json", talk, "list", [[p] for p, _ in items], indent=2)
    # Two pictures a record: both must be shown.
    pairs = list(zip(items[0::2], items[1::2]))
    w.json("pairs.json", [{"before": a[0], "after": b[0], "score": k} for k, (a, b) in enumerate(pairs)], "list",
           [[a[0], b[0]] for a, b in pairs])


def lists(w):
    """Lists with habits of their own: Kaggle's Flickr8k, Flickr30k's results, WIDER FACE, Places365, CUB-200."""
    items = []
    for k in range(w.count):
        path = f"pictures/{'airfield' if k % 2 else 'bar'}/b{w.digest(str(k), 10)}.jpg"
        w.image(path, k)
        items.append((path, path.split("/", 2)[2]))
    w.document("captions.txt", [(None, "image,caption\n")] +
               [([p], f"{n},A child , in a {'pink , ' * (k % 3)}dress .\n") for k, (p, n) in enumerate(items)])
    w.document("results.csv", [(None, "image_name| comment_number| comment\n")] +
               [([p], f"{n}| {c}| Two young , white dogs .\n") for p, n in items for c in range(2)])
    blocks = []
    for k, (p, _) in enumerate(items):
        faces = "".join(f"{10 + f} {k} 5 5 0 0 0 0 0 0 \n" for f in range(k % 3)) or "0 0 0 0 0 0 0 0 0 0 \n"
        blocks.append(([p], f"{p.split('/', 1)[1]}\n{k % 3}\n{faces}"))
    w.document("wider_face_train_bbx_gt.txt", blocks)
    w.document("places365_val.txt", [([p], f"/{p.split('/', 1)[1]} {k % 2}\n") for k, (p, _) in enumerate(items)])
    w.document("images.txt", [([p], f"{k + 1} {p.split('/', 1)[1]}\n") for k, (p, _) in enumerate(items)])


LAYOUTS = {"lists": lists, "hf": hf, "openimages": openimages, "captions": captions}
