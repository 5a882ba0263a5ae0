# SPDX-License-Identifier: Apache-2.0
"""Small valid files of every format, which know where their lengths and boundaries stand.

seeds() yields (name, extension, Bytes). Each states CC BY 4.0; those whose name has "restricted"
also state an opt-out from AI training, in a block of its own behind the license wherever the
format has room for two.
"""
import gzip
import struct
import zlib

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
OPT_OUT = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"
TERMS = "This image is licensed under CC BY 4.0"


class Bytes:
    """Bytes with the places of their numbers (offset, size, byte order, weak) and boundaries."""

    def __init__(self, data=b""):
        self.data = bytearray(data)
        self.numbers = []
        self.marks = []

    def __len__(self):
        return len(self.data)

    def put(self, *parts):
        for part in parts:
            self.marks.append(len(self.data))
            if isinstance(part, Bytes):
                at = len(self.data)
                self.numbers += [(at + o, *rest) for o, *rest in part.numbers]
                self.marks += [at + m for m in part.marks]
                self.data += part.data
            else:
                self.data += part.encode() if isinstance(part, str) else part
        return self

    def num(self, size, value, order=">", weak=False):
        """A number that counts or points: a length, an offset, a count. A weak one, lowered or
        raised, leaves a file as well-formed as before, in which less is stated: the number of a
        directory's entries, a link to the next directory, the length of a JPEG segment; or one
        that reaches to the end of the file (of boxes)."""
        self.numbers.append((len(self.data), size, order, weak))
        self.data += value.to_bytes(size, "big" if order == ">" else "little")
        return self


def rdf(*properties):
    names = "".join(f' xmlns:{p}="{u}"' for p, u in (
        ("dc", "http://purl.org/dc/elements/1.1/"), ("cc", "http://creativecommons.org/ns#"),
        ("xmpRights", "http://ns.adobe.com/xap/1.0/rights/"),
        ("plus", "http://ns.useplus.org/ldf/xmp/1.0/"), ("xmpNote", "http://ns.adobe.com/xmp/note/"))
        if any(f"{p}:" in x for x in properties))
    return ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            f'<rdf:Description rdf:about=""{names}>{"".join(properties)}</rdf:Description></rdf:RDF>')


CC = f'<cc:license rdf:resource="{LICENSE}"/>'
PLUS = f"<plus:DataMining>{OPT_OUT}</plus:DataMining>"


def packet(*properties):
    return ('<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
            + rdf(*properties) + '</x:xmpmeta>  <?xpacket end="w"?>').encode()


def statements(restricted):
    return packet(*([CC, PLUS] if restricted else [CC]))


# --- TIFF and EXIF -------------------------------------------------------------------------------

def ifd(at, order, entries, following=0, wide=False):
    """A directory that stands at `at`; entries are (tag, type, value), values of bytes or a
    number; what does not fit follows the directory."""
    n = len(entries)
    inline, ptr, count, entry = (8, 8, 8, 20) if wide else (4, 4, 2, 12)
    b, after = Bytes(), Bytes()
    b.num(count, n, order, True)
    end = at + count + n * entry + ptr
    for tag, kind, value in entries:
        size = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 13: 4, 16: 8, 18: 8}[kind]
        if isinstance(value, int):
            value = value.to_bytes(size, "big" if order == ">" else "little")
        b.put(struct.pack(order + "HH", tag, kind)).num(ptr, len(value) // size, order)
        if len(value) <= inline:
            b.put(value.ljust(inline, b"\0"))
        else:
            b.num(ptr, end + len(after), order)
            after.put(value)
            if len(value) & 1:
                after.put(b"\0")
    b.num(ptr, following, order, True)
    return b.put(after)


def iim(restricted):
    b = Bytes()
    b.put(b"\x1c\x01\x5a").num(2, 3).put(b"\x1b%G")
    b.put(b"\x1c\x02\x74").num(2, len(TERMS)).put(TERMS)
    if restricted:
        text = "No AI training. All rights reserved.\n"
        b.put(b"\x1c\x02\x28").num(2, len(text)).put(text)
    return b


def irb(*resources):
    b = Bytes()
    for number, data in resources:
        b.put(b"8BIM", struct.pack(">H", number), b"\0\0").num(4, len(data)).put(data)
        if len(data) & 1:
            b.put(b"\0")
    return b


def tiff(restricted, order="<", magic=None, extra=(), wide=False):
    entries = [(0x100, 4, 1), (0x101, 4, 1), (0x102, 3, 8), (0x111, 4, 8), (0x117, 4, 1),
               *extra, (0x8298, 2, TERMS.encode() + b"\0")]
    if restricted:
        entries.append((0x2BC, 1, packet(PLUS)))
    entries.sort(key=lambda e: e[0])
    b = Bytes(magic or (b"II" if order == "<" else b"MM"))
    if wide:
        b.put(struct.pack(order + "HHH", 43, 8, 0)).num(8, 16, order)
    else:
        b.put(b"" if magic else struct.pack(order + "H", 42)).num(4, 8, order)
    return b.put(ifd(len(b), order, entries, wide=wide))


def tiff_pages(restricted):
    """The opt-out stands in the second directory."""
    b = Bytes(b"II*\0").num(4, 8, "<")
    first = ifd(8, "<", [(0x100, 4, 1), (0x8298, 2, TERMS.encode() + b"\0")])
    second = 8 + len(first)
    b.put(ifd(8, "<", [(0x100, 4, 1), (0x8298, 2, TERMS.encode() + b"\0")], second))
    return b.put(ifd(second, "<", [(0x100, 4, 1), (0x2BC, 1, packet(PLUS if restricted else CC))]))


def exif(restricted, order="<"):
    """An EXIF block: IFD0 with a Copyright, the Exif directory with LearningOptOutIn."""
    b = Bytes(b"II*\0" if order == "<" else b"MM\0*").num(4, 8, order)
    entries = [(0x8298, 2, TERMS.encode() + b"\0")]
    size = len(ifd(8, order, entries + [(0x8769, 4, 0)]))
    b.put(ifd(8, order, entries + [(0x8769, 4, 8 + size)]))
    sub = [(0x9286, 7, b"ASCII\0\0\0a comment")]
    if restricted:
        sub.append((0x9287, 3, struct.pack(order + "HHH", 1, 0, 0)))
    return b.put(ifd(8 + size, order, sub))


# --- JPEG ----------------------------------------------------------------------------------------

def segment(marker, *parts):
    body = Bytes().put(*parts)
    return Bytes(bytes((0xFF, marker))).num(2, len(body) + 2, weak=True).put(body)


def jpeg(*segments):
    b = Bytes(b"\xff\xd8").put(*segments)
    b.put(segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0"), segment(0xDA, b"\1\1\0\0\x3f\0"))
    return b.put(b"\x7f\xff\xd9")


def jpeg_xmp(restricted):
    xap = b"http://ns.adobe.com/xap/1.0/\0"
    more = [segment(0xE1, xap, packet(PLUS))] if restricted else []
    return jpeg(segment(0xE1, xap, packet(CC)), *more)


def jpeg_exif(restricted):
    return jpeg(segment(0xE1, b"Exif\0\0", exif(restricted, ">")))


def jpeg_iptc(restricted):
    return jpeg(segment(0xED, b"Photoshop 3.0\0", irb((0x404, iim(restricted)))))


def jpeg_comment(restricted):
    more = [segment(0xFE, "no AI training, all rights reserved.\n")] if restricted else []
    return jpeg(segment(0xFE, TERMS), *more)


def jpeg_extended(restricted):
    """The opt-out stands in Extended XMP of two pieces."""
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    more = packet(PLUS if restricted else "<dc:title>x</dc:title>")
    half = len(more) // 2
    note = f"<xmpNote:HasExtendedXMP>{guid.decode()}</xmpNote:HasExtendedXMP>"
    pieces = []
    for at, piece in ((0, more[:half]), (half, more[half:])):
        b = Bytes(b"http://ns.adobe.com/xmp/extension/\0" + guid)
        pieces.append(segment(0xE1, b.num(4, len(more)).num(4, at).put(piece)))
    return jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0", packet(CC, note)), *pieces)


# --- JUMBF ---------------------------------------------------------------------------------------

def box(kind, *parts):
    body = Bytes().put(*parts)
    return Bytes().num(4, len(body) + 8, weak="end").put(kind, body)


def jumbf(kind, label, *boxes):
    uuid = kind + b"\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71"
    return box(b"jumb", box(b"jumd", uuid, b"\3", label, b"\0"), *boxes)


def text(s):
    head = bytes((0x60 | len(s),)) if len(s) < 24 else bytes((0x78, len(s)))
    return head + s.encode()


def manifest(restricted):
    use = "notAllowed" if restricted else "allowed"
    cbor = (b"\xa1" + text("entries") + b"\xa1" + text("c2pa.ai_training") + b"\xa1" + text("use")
            + text(use))
    assertion = jumbf(b"cbor", b"c2pa.training-mining", box(b"cbor", cbor))
    return jumbf(b"c2pa", b"c2pa", jumbf(b"c2ma", b"urn:uuid:1", jumbf(
        b"c2as", b"c2pa.assertions", assertion)))


def jpeg_c2pa(restricted):
    store = manifest(restricted)
    cut = len(store) // 2
    one = Bytes(b"JP").put(struct.pack(">HI", 1, 1), bytes(store.data[:cut]))
    two = Bytes(b"JP").put(struct.pack(">HI", 1, 2), bytes(store.data[:8]), bytes(store.data[cut:]))
    return jpeg(segment(0xFE, TERMS), segment(0xEB, one), segment(0xEB, two))


# --- PNG, WebP, GIF, BMP, PNM --------------------------------------------------------------------

def chunk(kind, *parts):
    body = Bytes().put(*parts)
    b = Bytes().num(4, len(body)).put(kind, body)
    return b.put(struct.pack(">I", zlib.crc32(bytes(b.data[4:]))))


def png(*chunks, tail=()):
    b = Bytes(b"\x89PNG\r\n\x1a\n").put(chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0"), *chunks)
    b.put(chunk(b"IDAT", zlib.compress(b"\0\0")), *tail)
    return b.put(chunk(b"IEND"))


def png_text(restricted):
    z = zlib.compress(("no AI training, all rights reserved.\n" if restricted else TERMS).encode())
    return png(chunk(b"tEXt", b"Copyright\0", TERMS), chunk(b"zTXt", b"License\0\0", z))


def png_xmp(restricted):
    one = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0", packet(CC))
    two = chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0", zlib.compress(packet(PLUS)))
    return png(one, tail=[two] if restricted else [])


def png_exif(restricted):
    return png(chunk(b"eXIf", exif(restricted)))


def png_c2pa(restricted):
    return png(chunk(b"tEXt", b"License\0", TERMS), chunk(b"caBX", manifest(restricted)))


def png_profile(restricted):
    data = bytes(irb((0x404, iim(restricted))).data).hex()
    return png(chunk(b"tEXt", b"Raw profile type iptc\0\niptc\n%8d\n" % (len(data) // 2), data))


def riff(kind, *parts):
    body = Bytes().put(*parts)
    b = Bytes(kind).num(4, len(body), "<").put(body)
    return b.put(b"\0") if len(body) & 1 else b


def webp(restricted):
    flags = 0x0C
    chunks = [riff(b"VP8X", bytes((flags, 0, 0, 0, 0, 0, 0, 0, 0, 0))),
              riff(b"VP8 ", b"\x10\0\0\x9d\x01\x2a\1\0\1\0"), riff(b"EXIF", exif(False))]
    chunks.append(riff(b"XMP ", statements(restricted)))
    return riff(b"RIFF", b"WEBP", *chunks)


def blocks(data):
    b = Bytes()
    for i in range(0, len(data), 255):
        b.num(1, len(data[i:i + 255]), "<").put(data[i:i + 255])
    return b.put(b"\0")


def gif(restricted, last=False):
    frame = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    magic = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    xmp = Bytes(b"!\xff\x0bXMP DataXMP").put(packet(PLUS), magic)
    b = Bytes(b"GIF89a\1\0\1\0\0\0\0").put(b"!\xfe", blocks(TERMS.encode()))
    if restricted and not last:
        b.put(xmp)
    b.put(frame)
    return b.put(xmp if restricted and last else b"").put(b";")


def bmp(restricted):
    return Bytes(b"BM").num(4, 58, "<").put(b"\0\0\0\0").num(4, 54, "<").num(4, 40, "<").put(
        struct.pack("<iiHHIIiiII", 1, 1, 1, 24, 0, 4, 0, 0, 0, 0), b"\0\0\0\0")


def pnm(restricted):
    return Bytes(b"P6\n").put(f"# {TERMS}\n", "# no AI training, all rights reserved.\n"
                              if restricted else "", "1 1\n255\n", b"abc")


def pam(restricted):
    return Bytes(b"P7\n").put(f"# {TERMS}\n", "WIDTH 1\nHEIGHT 1\n", "# all rights reserved\n"
                              if restricted else "", "DEPTH 3\nMAXVAL 255\nENDHDR\n", b"abc")


# --- ISO media files, JPEG XL, JPEG 2000 ---------------------------------------------------------

def full(kind, version, *parts):
    return box(kind, bytes((version, 0, 0, 0)), *parts)


def heif(restricted, brand=b"heic", picture=b"hvc1"):
    """EXIF with the license, XMP with the opt-out, both as items in mdat."""
    one, two = Bytes(b"\0\0\0\0").put(exif(False)), statements(restricted)

    def build(at):
        infos = [full(b"infe", 2, struct.pack(">HH", 1, 0), picture, b"\0"),
                 full(b"infe", 2, struct.pack(">HH", 2, 0), b"Exif\0"),
                 full(b"infe", 2, struct.pack(">HH", 3, 0), b"mime\0application/rdf+xml\0")]
        iinf = Bytes().num(2, len(infos)).put(*infos)
        iloc = Bytes(b"\x44\0").num(2, 3)
        for i, (off, size) in enumerate(((at, 4), (at + 4, len(one)), (at + 4 + len(one), len(two)))):
            iloc.put(struct.pack(">HH", i + 1, 0)).num(2, 1).num(4, off).num(4, size)
        refs = b"".join(bytes(box(b"cdsc", struct.pack(">HHH", i, 1, 1)).data) for i in (2, 3))
        meta = full(b"meta", 0, full(b"hdlr", 0, b"\0\0\0\0pict", b"\0" * 13),
                    full(b"pitm", 0, b"\0\1"), full(b"iinf", 0, iinf), full(b"iref", 0, refs),
                    full(b"iloc", 0, iloc))
        return Bytes().put(box(b"ftyp", brand, b"\0\0\0\0mif1", brand), meta)

    head = build(0)
    head = build(len(head) + 8)
    return head.put(box(b"mdat", b"\0\0\0\0", one, two))


def jxl(restricted):
    b = Bytes().put(box(b"JXL ", b"\r\n\x87\n"), box(b"ftyp", b"jxl \0\0\0\0jxl "),
                    box(b"jxlc", b"\xff\x0a\0\0"), box(b"Exif", b"\0\0\0\0", exif(False)))
    return b.put(box(b"xml ", statements(restricted)))


XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def jp2(restricted):
    b = Bytes().put(box(b"jP  ", b"\r\n\x87\n"), box(b"ftyp", b"jp2 \0\0\0\0jp2 "))
    b.put(box(b"jp2h", box(b"ihdr", b"\0\0\0\1\0\0\0\1\0\1\7\7\0\0")))
    b.put(box(b"uuid", b"JpgTiffExif->JP2", exif(False)))
    b.put(box(b"uuid", XMP_UUID, statements(restricted)))
    return b.put(box(b"jp2c", b"\xff\x4f\xff\x51\0\4\0\0\xff\xd9"))


def cr3(restricted):
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    b = Bytes().put(box(b"ftyp", b"crx \0\0\0\1crx isom"))
    b.put(box(b"moov", box(b"uuid", canon, box(b"CMT1", tiff(False, ">")),
                           box(b"CMT2", tiff(False)))))
    return b.put(box(b"uuid", XMP_UUID, statements(restricted)), box(b"mdat", b"\0" * 16))


# --- SVG, PSD, raws ------------------------------------------------------------------------------

def svg(restricted):
    properties = CC + (PLUS if restricted else "")
    return Bytes().put('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="1" '
                       'height="1">', "<metadata>", rdf(properties), "</metadata><rect/></svg>")


def svg_work(restricted):
    more = '<cc:prohibits rdf:resource="http://creativecommons.org/ns#CommercialUse"/>'
    inner = (f'<cc:Work rdf:about="">{CC}</cc:Work><cc:License rdf:about="{LICENSE}">'
             f'{more if restricted else ""}</cc:License>')
    return Bytes().put('<svg xmlns="http://www.w3.org/2000/svg"><metadata>',
                       '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
                       'xmlns:cc="http://creativecommons.org/ns#">', inner,
                       "</rdf:RDF></metadata></svg>")


def psd(restricted):
    resources = irb((0x404, iim(False)), (0x424, statements(restricted)))
    b = Bytes(b"8BPS\0\1\0\0\0\0\0\0").put(struct.pack(">HIIHH", 1, 1, 1, 8, 1)).num(4, 0)
    b.num(4, len(resources)).put(resources)
    return b.num(4, 0).put(b"\0\0\0")


def raf(restricted):
    preview = jpeg_xmp(restricted)
    b = Bytes(b"FUJIFILMCCD-RAW 0201FF000001").put(b"X-T1".ljust(32, b"\0"), b"0100", b"\0" * 20)
    b.num(4, 148).num(4, len(preview)).num(4, 0).num(4, 0).num(4, 0).num(4, 0)
    return b.put(b"\0" * (148 - len(b)), preview)


def mrw(restricted):
    def block(tag, *parts):
        body = Bytes().put(*parts)
        return Bytes(b"\0" + tag).num(4, len(body)).put(body)

    return block(b"MRM", block(b"PRD", b"0" * 24), block(b"TTW", tiff(restricted, ">"))).put(b"pixels")


def x3f(restricted):
    """The picture's JPEG is the second section; the others are a preview and raw data."""
    b = Bytes(b"FOVb\2\0\2\0" + b"\0" * 64)
    sections = []
    for i in range(3):
        section = Bytes(b"SECi\0\0\2\0").put(struct.pack("<IIQI", 3 if i == 2 else 2, 18, 0, 0),
                                              jpeg_xmp(restricted))
        sections.append((len(b), len(section)))
        b.put(section)
    at = len(b)
    b.put(b"SECd\0\0\2\0").num(4, 3, "<")
    for i, (off, size) in enumerate(sections):
        b.num(4, off, "<").num(4, size, "<").put(b"IMA2" if i else b"IMAG")
    return b.num(4, at, "<")


def crw(restricted):
    comment = TERMS + (". All rights reserved, no AI training.\n" if restricted else "")
    value = comment.encode() + b"\0"
    b = Bytes(b"II").num(4, 26, "<").put(b"HEAPCCDR", b"\0" * 12, value)
    b.num(2, 1, "<", True).put(b"\x05\x08").num(4, len(value), "<").num(4, 0, "<")
    return b.num(4, len(value), "<")


def make(name, extension, build):
    return [(name, extension, build(False)), (name + "-restricted", extension, build(True))]


def seeds():
    dng = [(0xC612, 1, b"\1\4\0\0"), (0x10F, 2, b"Maker\0\0\0")]
    table = [
        ("jpeg-xmp", "jpg", jpeg_xmp), ("jpeg-exif", "jpg", jpeg_exif),
        ("jpeg-iptc", "jpg", jpeg_iptc), ("jpeg-comment", "jpg", jpeg_comment),
        ("jpeg-extended", "jpg", jpeg_extended), ("jpeg-c2pa", "jpg", jpeg_c2pa),
        ("png-text", "png", png_text), ("png-xmp", "png", png_xmp), ("png-exif", "png", png_exif),
        ("png-c2pa", "png", png_c2pa), ("png-profile", "png", png_profile),
        ("webp", "webp", webp), ("gif", "gif", gif),
        ("gif-last", "gif", lambda r: gif(r, True)), ("bmp", "bmp", bmp), ("pnm", "ppm", pnm),
        ("pam", "pam", pam), ("tiff-le", "tif", tiff), ("tiff-be", "tif", lambda r: tiff(r, ">")),
        ("bigtiff", "tif", lambda r: tiff(r, wide=True)), ("tiff-pages", "tif", tiff_pages),
        ("dng", "dng", lambda r: tiff(r, extra=dng)),
        ("cr2", "cr2", lambda r: tiff(r, magic=b"II*\0", extra=dng[1:])),
        ("orf", "orf", lambda r: tiff(r, magic=b"IIRO")),
        ("rw2", "rw2", lambda r: tiff(r, magic=b"IIU\0")),
        ("heic", "heic", heif), ("avif", "avif", lambda r: heif(r, b"avif", b"av01")),
        ("jxl", "jxl", jxl), ("jp2", "jp2", jp2), ("cr3", "cr3", cr3), ("svg", "svg", svg),
        ("svg-work", "svg", svg_work), ("svgz", "svgz", lambda r: Bytes(
            gzip.compress(bytes(svg(r).data), mtime=0))),
        ("psd", "psd", psd), ("raf", "raf", raf),
        ("mrw", "mrw", mrw), ("x3f", "x3f", x3f), ("crw", "crw", crw),
    ]
    for name, extension, build in table:
        yield from make(name, extension, build)
