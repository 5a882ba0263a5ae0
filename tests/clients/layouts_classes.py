# SPDX-License-Identifier: Apache-2.0
"""Layouts of classification: a directory a class, ImageNet and its devkit, CelebA and its lists."""


def imagefolder(w):
    classes = ["ant", "bee", "cow", "dog", "emu"]
    for k in range(w.count):
        part, name = ("val" if k % 4 == 3 else "train"), classes[k % 5]
        # Nothing of bees may be seen: a class that a view empties.
        w.image(f"{part}/{name}/{name}-{w.digest(str(k), 10)}.jpg", k, right=("arr" if name == "bee" and not w.rights else None))
    w.inert("classes.txt", "\n".join(classes) + "\n")


def imagenet(w):
    top, wnids = "ILSVRC", ["n02084071", "n02121808", "n03000247"]
    train, val, truth = [], [], []
    for k in range(w.count - w.count // 4):
        stem = f"{wnids[k % 3]}_{90017 + k * 3}"
        path = f"{top}/Data/CLS-LOC/train/{wnids[k % 3]}/{stem}.JPEG"
        w.image(path, k)
        train.append(([path], f"{wnids[k % 3]}/{stem} {k + 1}\n"))
    for k in range(w.count // 4):
        stem = f"ILSVRC2012_val_{k + 1:08}"
        path = f"{top}/Data/CLS-LOC/val/{stem}.JPEG"
        w.image(path, k + 2)
        val.append(([path], f"{stem} {k + 1}\n"))
        truth.append((path, stem, k % 3))
        w.companion(f"{top}/Annotations/CLS-LOC/val/{stem}.xml",
                    f"<annotation><folder>val</folder><filename>{stem}</filename></annotation>\n", path)
    w.document(f"{top}/ImageSets/CLS-LOC/train_cls.txt", train)
    w.document(f"{top}/ImageSets/CLS-LOC/val.txt", val)
    w.document("LOC_val_solution.csv", [(None, "ImageId,PredictionString\n")] +
               [([p], f"{s},{wnids[c]} 1 2 3 4\n") for p, s, c in truth])
    w.document("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", [([p], f"{c + 1}\n") for p, _, c in truth])
    w.inert("LOC_synset_mapping.txt", "n02084071 dog, domestic dog\nn02121808 cat\nn03000247 chain mail\n")
    w.hidden("ILSVRC2012_devkit_t12/data/meta.mat", b"MATLAB 5.0 MAT-file" + bytes(200), "not-image")


def celeba(w):
    people = []
    for k in range(w.count):
        path = f"img_align_celeba/{150901 + k * 2}.jpg"
        w.image(path, k, [f"{150901 + k * 2}.jpg"])
        people.append((path, path.split("/")[1]))

    def counted(name, head, tail):
        w.document(name, [(None, f"{len(people)}\n"), (None, head)] + [([p], f"{n} {tail}\n") for p, n in people], "counted")
    counted("list_attr_celeba.txt", "5_o_Clock_Shadow Arched_Eyebrows Young \n", "-1  1 -1")
    counted("list_landmarks_align_celeba.txt", "lefteye_x lefteye_y nose_x nose_y\n", "   69  109  106  113")
    w.document("list_eval_partition.txt", [([p], f"{n} {k % 3}\n") for k, (p, n) in enumerate(people)])
    w.document("identity_CelebA.txt", [([p], f"{n} {k * 7 % 11}\n") for k, (p, n) in enumerate(people)])


LAYOUTS = {"imagefolder": imagefolder, "imagenet": imagenet, "celeba": celeba}
