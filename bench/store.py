# SPDX-License-Identifier: Apache-2.0
"""Makes a store of JPEGs with EXIF, IPTC and XMP, as a photographer's programs would write them:
store.py DIR IMAGES KIB. Bytes, titles and dates differ from image to image."""
import os
import random
import struct
import sys

store, images, kib = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(1)
LICENSES = [
    ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    ("CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    ("CC BY-NC-ND 2.0", "https://creativecommons.org/licenses/by-nc-nd/2.0/"),
    ("CC BY 2.0", "https://creativecommons.org/licenses/by/2.0/"),
    ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    (None, None),
]
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0-c000 79.1357c9e, 2021/07/14-00:39:56        ">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
    xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
    xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
   xmp:CreatorTool="Adobe Photoshop Lightroom Classic 11.0 (Windows)"
   xmp:CreateDate="{date}"
   xmp:ModifyDate="{date}"
   photoshop:Credit="{creator}"
   xmpMM:DocumentID="xmp.did:{uid}"
   xmpMM:InstanceID="xmp.iid:{uid}"
   xmpRights:Marked="True"{web}>
   <dc:creator>
    <rdf:Seq>
     <rdf:li>{creator}</rdf:li>
    </rdf:Seq>
   </dc:creator>
   <dc:title>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">{title}</rdf:li>
    </rdf:Alt>
   </dc:title>
   <dc:rights>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">{rights}</rdf:li>
    </rdf:Alt>
   </dc:rights>{terms}
   <dc:subject>
    <rdf:Bag>
     <rdf:li>street</rdf:li>
     <rdf:li>evening</rdf:li>
     <rdf:li>{place}</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <xmpMM:History>
    <rdf:Seq>
     <rdf:li
      stEvt:action="saved"
      stEvt:instanceID="xmp.iid:{uid}"
      stEvt:when="{date}"
      stEvt:softwareAgent="Adobe Photoshop Lightroom Classic 11.0 (Windows)"
      stEvt:changed="/metadata"/>
    </rdf:Seq>
   </xmpMM:History>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""
TERMS = """
   <xmpRights:UsageTerms>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">{}</rdf:li>
    </rdf:Alt>
   </xmpRights:UsageTerms>"""
PADDING = (" " * 99 + "\n") * 20 + '<?xpacket end="w"?>'
PLACES = ["Lisboa", "Porto", "Bilbao", "Graz", "Lyon", "Turin", "Gdańsk", "Malmö"]

FIRST = ["Ana", "Berta", "Carlo", "Dana", "Emil", "Fatma", "Goran", "Hana", "Ivo", "Jana", "Karl", "Lena", "Marek",
         "Nadia", "Omar", "Petra", "Quim", "Rosa", "Samir", "Tove"]
LAST = ["Alves", "Berg", "Costa", "Duarte", "Eriksen", "Fischer", "Gruber", "Horvat", "Ivanova", "Jensen", "Kowalski",
        "Lopes", "Moreau", "Novak", "Oliveira", "Peeters"]

def directory(entries, base, link=0):
    """One TIFF directory at `base`: (tag, type, values as bytes or number)."""
    head, tail = struct.pack("<H", len(entries)), b""
    at = base + 2 + 12 * len(entries) + 4
    for tag, kind, value in sorted(entries):
        if callable(value):
            value = value(at + len(tail))
        if kind == 2:
            value = value.encode() + b"\0"
            count = len(value)
        elif kind == 3:
            value, count = struct.pack("<HH", value, 0), 1
        elif kind == 4:
            value, count = struct.pack("<I", value), 1
        elif kind == 5:
            value, count = b"".join(struct.pack("<II", *v) for v in value), len(value)
        else:
            count = len(value)
        if len(value) <= 4:
            head += struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
        else:
            head += struct.pack("<HHII", tag, kind, count, at + len(tail))
            tail += value + b"\0" * (len(value) & 1)
    return head + struct.pack("<I", link) + tail


def exif(creator, rights, date, title):
    """IFD0, its Exif directory, GPS and a maker note, at the sizes that cameras write."""
    date = date.replace("-", ":").replace("T", " ")[:19]
    def maker(at):
        return directory([(6, 2, "Canon EOS 5D Mark III"), (7, 2, "Firmware Version 1.2.3"), (9, 2, creator),
                          (0x95, 2, "EF50mm f/1.4 USM"), (0x4001, 7, bytes(range(1, 249)) * 4)], at)
    main = [(0x010f, 2, "Canon"), (0x0110, 2, "Canon EOS 5D Mark III"), (0x0112, 3, 1),
            (0x011a, 5, [(300, 1)]), (0x011b, 5, [(300, 1)]), (0x0128, 3, 2), (0x0131, 2, "Lightroom 11.0"),
            (0x0132, 2, date), (0x013b, 2, creator), (0x8298, 2, rights), (0x010e, 2, title),
            (0x8769, 4, 0), (0x8825, 4, 0)]
    photo = [(0x829a, 5, [(1, 250)]), (0x829d, 5, [(28, 10)]), (0x8822, 3, 2), (0x8827, 3, 400),
             (0x9000, 7, b"0230"), (0x9003, 2, date), (0x9004, 2, date), (0x9101, 7, b"\1\2\3\0"), (0xa000, 7, b"0100"),
             (0x9202, 5, [(2970854, 1000000)]), (0x9207, 3, 5), (0x9209, 3, 16),
             (0x920a, 5, [(50, 1)]), (0x927c, 7, maker), (0x9286, 7, b"ASCII\0\0\0" + b" " * 40),
             (0xa001, 3, 1), (0xa002, 4, 640), (0xa003, 4, 480), (0xa402, 3, 0), (0xa434, 2, "EF50mm f/1.4 USM")]
    gps = [(0, 1, b"\2\3\0\0"), (1, 2, "N"), (2, 5, [(43, 1), (15, 1), (30, 1)]), (3, 2, "W"), (4, 5, [(2, 1), (56, 1), (1, 1)])]
    size = len(directory(main, 8))
    sub = 8 + size
    far = sub + len(directory(photo, sub))
    main[-2], main[-1] = (0x8769, 4, sub), (0x8825, 4, far)
    return b"Exif\0\0II*\0\x08\0\0\0" + directory(main, 8) + directory(photo, sub) + directory(gps, far)


def iptc(creator, rights, date, title, place):
    out = b"\x1c\x01\x5a\x00\x03\x1b%G"
    for number, text in ((0, "\0\x04"), (5, title), (25, "street"), (25, "evening"), (55, date[:10].replace("-", "")),
                         (80, creator), (90, place), (110, creator), (116, rights)):
        value = text.encode()
        out += struct.pack(">BBBH", 0x1c, 2, number, len(value)) + value
    def resource(number, data):
        return b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + b"\0" * (len(data) & 1)
    return b"Photoshop 3.0\0" + resource(0x0404, out) + resource(0x040a, b"\1") + resource(0x0425, bytes(16))


def segment(marker, data):
    return struct.pack(">BBH", 0xff, marker, len(data) + 2) + data


def body():
    """Tables and headers of a shipped photograph, without its metadata, up to its pixels: 640 by 480 of them, as many as
    100 KiB hold."""
    seed, out, at = open("examples/store/animals/tabby.jpg", "rb").read(), b"", 2
    while True:
        marker, size = seed[at + 1], struct.unpack(">H", seed[at + 2:at + 4])[0]
        if marker == 0xc0:
            out += seed[at:at + 5] + struct.pack(">HH", 480, 640) + seed[at + 9:at + 2 + size]
        elif not 0xe0 <= marker <= 0xef and marker != 0xfe:
            out += seed[at:at + 2 + size]
        at += 2 + size
        if marker == 0xda:
            return out


def main():
    frame = body()
    pixels = random.randbytes(4 << 20).replace(b"\xff", b"\xfe")
    directories = min(200, max(1, images // 10))
    for i in range(directories):
        os.makedirs("%s/class%03d" % (store, i))
    for i in range(images):
        who = random.randrange(len(FIRST) * len(LAST))
        creator = "%s %s" % (FIRST[who % len(FIRST)], LAST[who // len(FIRST)])
        name, url = LICENSES[who % len(LICENSES)]
        title = "%s, picture %d" % (PLACES[i % len(PLACES)], i)
        date = "20%02d-%02d-%02dT%02d:%02d:07" % (i % 20, i % 12 + 1, i % 28 + 1, i % 24, i % 60)
        rights = "© 20%02d %s" % (i % 20, creator)
        if name:
            rights += ", licensed under " + name
        uid = "%08x-d3a1-4f4c-9b54-%012x" % (i, i * 7919)
        packet = XMP.format(date=date, creator=creator, title=title, rights=rights, place=PLACES[i % len(PLACES)], uid=uid,
                            web='\n   xmpRights:WebStatement="%s"' % url if url else "",
                            terms=TERMS.format("This work is licensed under " + url) if url else "")
        data = (b"\xff\xd8" + segment(0xe0, b"JFIF\0\1\1\1\0\x48\0\x48\0\0")
                + segment(0xe1, exif(creator, rights, date, title))
                + segment(0xed, iptc(creator, rights, date, title, PLACES[i % len(PLACES)]))
                + segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0" + (packet + PADDING).encode()) + frame)
        size = max(1024, kib * 1024 - len(data) + random.randrange(-kib * 256, kib * 256 + 1))
        at = random.randrange(len(pixels) - size) if size < len(pixels) else 0
        with open("%s/class%03d/%06d.jpg" % (store, i * directories // images, i), "wb") as f:
            f.write(data + b"%08d" % i + pixels[at:at + size] + b"\xff\xd9")


main()
