#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""exiftool_write.py EXIFTOOL TABLE DIR: has exiftool write every field of the table into an image of
each format that it can write, in several character sets and forms."""
import fnmatch, os, struct, subprocess, sys, tempfile
from PIL import Image

TEXTS = {
    "plain": "Text of {}",
    "latin": "© {} Zoë Müller, “réservé” – 5 €",
    "wide": "© {} 版権所有 Все права защищены ©",
}
# exiftool's own tags that only look like text, or that it cannot write into images
NEVER = {"XMP-xmp:WebStatement", "XMP-tdm:Reservation", "XMP-tdm:Policy", "XMP-photoshop:Copyright",
         "XMP-pdf:Copyright", "XMP-plus:Version", "XMP-iptcExt:DataMining", "XMP-cc:Legalcode",
         "XMP-xmpPLUS:CreditLineRequired", "XMP-exifEX:ImageTitle", "XMP-exifEX:OwnerName"}
CODES = {"DataMining": "DMI-PROHIBITED-AIMLTRAINING", "ImageFileConstraints": "IF-MMD",
         "ImageAlterationConstraints": "AL-CRP", "ImageDuplicationConstraints": "DP-NOD",
         "CreditLineRequired": "CR-CAI", "Reuse": "RE-NAP", "ModelReleaseStatus": "MR-UMR",
         "PropertyReleaseStatus": "PR-UPR", "MinorModelAgeDisclosure": "AG-A25",
         "CopyrightStatus": "CS-PRO", "AdultContentWarning": "CW-UNK"}
LICENSE_TYPES = {"LicenseType": "public domain"}


def box(kind, *parts):
    data = b"".join(parts)
    return struct.pack(">I4s", len(data) + 8, kind) + data


def full(kind, version, flags, *parts):
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def heif(brand, codec):
    """One item of no picture at all."""
    meta = full(b"meta", 0, 0,
                full(b"hdlr", 0, 0, struct.pack(">I4s12xx", 0, b"pict")),
                full(b"pitm", 0, 0, struct.pack(">H", 1)),
                full(b"iloc", 0, 0, struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, 0, 4)),
                full(b"iinf", 0, 0, struct.pack(">H", 1),
                     full(b"infe", 2, 0, struct.pack(">HH4sx", 1, 0, codec))),
                box(b"iprp", box(b"ipco", full(b"ispe", 0, 0, struct.pack(">II", 8, 8))),
                    full(b"ipma", 0, 0, struct.pack(">IHBB", 1, 1, 1, 1))))
    head = box(b"ftyp", brand, struct.pack(">I", 0), b"mif1", brand)
    at = len(head) + len(meta) + 8
    meta = meta.replace(struct.pack(">HHHII", 1, 0, 1, 0, 4), struct.pack(">HHHII", 1, 0, 1, at, 4))
    return head + meta + box(b"mdat", b"\0\0\0\0")


def jp2():
    return (box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 ", struct.pack(">I", 0), b"jp2 ") +
            box(b"jp2h", box(b"ihdr", struct.pack(">IIHBBBB", 1, 1, 1, 7, 7, 0, 0)),
                box(b"colr", struct.pack(">BBBI", 1, 0, 0, 17))) +
            box(b"jp2c", bytes.fromhex("ff4fffd9")))


def jxl():
    return (box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl ", struct.pack(">I", 0), b"jxl ") +
            box(b"jxlc", bytes.fromhex("ff0a0010b0130008")))


def psd():
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 1, 1, 1, 8, 1)
    return head + struct.pack(">III", 0, 0, 0) + struct.pack(">HB", 0, 0)


def dng():
    entries = [(254, 4, 1, 0), (256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1),
               (262, 3, 1, 34892), (273, 4, 1, 0), (277, 3, 1, 1), (278, 3, 1, 1), (279, 4, 1, 1),
               (50706, 1, 4, 0x00000401)]
    at = 8 + 2 + 12 * len(entries) + 4
    data = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    for tag, kind, count, value in entries:
        data += struct.pack("<HHII", tag, kind, count, at if tag == 273 else value)
    return data + b"\0\0\0\0" + b"\x80"


def bases(top):
    made = {}
    image = Image.new("RGB", (8, 8), (200, 90, 30))
    for kind, ext in [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("TIFF", "tif"), ("GIF", "gif")]:
        made[ext] = os.path.join(top, "base." + ext)
        image.save(made[ext], kind)
    for ext, data in [("heic", heif(b"heic", b"hvc1")), ("avif", heif(b"avif", b"av01")),
                      ("jp2", jp2()), ("jxl", jxl()), ("psd", psd()), ("dng", dng())]:
        made[ext] = os.path.join(top, "base." + ext)
        with open(made[ext], "wb") as f:
            f.write(data)
    return made


def rows(table, *groups):
    for line in open(table, encoding="utf-8"):
        r = line.rstrip("\n").split("\t")
        if line.startswith("#") or len(r) < 5 or r[2] == "-" or "*" in r[1]:
            continue
        if any(fnmatch.fnmatchcase(r[0], g) for g in groups) and r[0] + ":" + r[1] not in NEVER:
            yield r[0], r[1], r[4]


def value(tag, how, text):
    if tag in LICENSE_TYPES:
        return LICENSE_TYPES[tag]
    return {"flag": "True", "date": "2031:02:03", "time": "11:22:33+00:00",
            "code": CODES.get(tag, "")}.get(how, text.format(tag))


def assignments(table, groups, text):
    for group, tag, how in rows(table, *groups):
        v = value(tag, how, text)
        if group == "Photoshop" and how == "flag":
            v = "1"
        if group == "PNG" and tag == "UsageTerms":
            continue
        if v:
            yield "-%s:%s=%s" % (group, tag, v)


def sets(table, ext):
    """Name -> arguments of one file."""
    for name, text in TEXTS.items():
        yield "xmp-" + name, list(assignments(table, ["XMP-*"], text))
    yield "xmp-short", ["-api", "Compact=Shorthand,NoIndent,NoPadding"] + list(
        assignments(table, ["XMP-*"], TEXTS["latin"]))
    yield "xmp-langs", ["-XMP-dc:Rights=© default", "-XMP-dc:Rights-fr=© réservé",
                        "-XMP-dc:Rights-ja-JP=版権所有", "-XMP-xmpRights:UsageTerms-de=Nur für Ärzte",
                        "-XMP-dc:Creator=Zoë", "-XMP-dc:Creator=Jürgen", "-XMP-dc:Creator=版権"]
    if ext == "xmp":
        return
    if ext == "gif":
        yield "comment", ["-Comment=© GIF “Zoë”"]
        return
    for order in ("II", "MM"):
        for name, text in TEXTS.items():
            yield "exif-%s-%s" % (name, order), ["-ExifByteOrder=" + order] + list(
                assignments(table, ["IFD0", "ExifIFD"], text))
    yield "exif-cp1252", ["-charset", "exif=Latin"] + list(
        assignments(table, ["IFD0", "ExifIFD"], TEXTS["latin"]))
    yield "exif-editor", ["-IFD0:Copyright=Jane Doe\\nCC BY 4.0 “Editor”"]
    if ext == "jp2":
        for name, text in TEXTS.items():
            yield "iptc-utf8-" + name, ["-IPTC:CodedCharacterSet=UTF8"] + list(
                assignments(table, ["IPTC"], text))
    if ext in ("heic", "avif", "jxl", "jp2", "webp"):
        return
    if ext == "png":
        for name, text in TEXTS.items():
            yield "png-" + name, list(assignments(table, ["PNG"], text))
            yield "png-z-" + name, ["-z"] + list(assignments(table, ["PNG"], text))
        return
    for name, text in TEXTS.items():
        yield "iptc-utf8-" + name, ["-IPTC:CodedCharacterSet=UTF8"] + list(
            assignments(table, ["IPTC", "Photoshop"], text))
    yield "iptc-latin", list(assignments(table, ["IPTC", "Photoshop"], TEXTS["latin"]))
    if ext == "jpg":
        yield "comment", ["-Comment=© 版権 JPEG"]
        yield "ducky", ["-Ducky:Comment=© 版権", "-Ducky:Copyright=© Zoë 版権"]


def main():
    command, table, top = sys.argv[1:4]
    lines = []
    with tempfile.TemporaryDirectory() as scratch:
        for ext, base in bases(scratch).items():
            os.makedirs(os.path.join(top, ext), exist_ok=True)
            for name, arguments in sets(table, ext):
                lines += ["-n", "-m", "-q", "-q", "-charset", "utf8", *arguments, "-o",
                          os.path.join(top, ext, name + "." + ext), base, "-execute"]
        os.makedirs(os.path.join(top, "xmp"), exist_ok=True)
        for name, arguments in sets(table, "xmp"):
            Image.new("RGB", (8, 8)).save(os.path.join(top, "xmp", name + ".png"))
            lines += ["-n", "-m", "-q", "-q", "-charset", "utf8", *arguments, "-o",
                      os.path.join(top, "xmp", name + ".xmp"), "-execute"]
        arguments = os.path.join(scratch, "arguments")
        with open(arguments, "w", encoding="utf-8") as f:
            f.write("".join(line.replace("\n", " ") + "\n" for line in lines))
        done = subprocess.run(command.split() + ["-@", arguments], capture_output=True)
    for line in done.stderr.decode(errors="replace").splitlines()[:20]:
        print("# " + line)
    print("written=%d" % sum(len(files) for _, _, files in os.walk(top)))


main()
