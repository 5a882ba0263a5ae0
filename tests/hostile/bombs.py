# SPDX-License-Identifier: Apache-2.0
"""Files made on purpose to exhaust, to loop or to lose a restriction.

bombs() yields (name, extension, bytes). Each begins with a license and ends with an opt-out, or
cannot be read whole: none of them may be visible in any view.
"""
import base64
import gzip
import struct
import zlib

import seeds as s

LOTS = 100_000
NOTICE = "no AI training, all rights reserved.\n"
# A packet with 64 MiB of spaces between its license and its opt-out (brotli -q 9 -w 24).
BROTLI = base64.b64decode("""
z///fwDkeHc/rWEmP8A58nrpbZu7Ma5qUDsIknar424I3e4KPKvxR5onDWwWw6neJxYRmjkfvBS/xUiLRRj8/peu
7LVa+1F8mBr/Pd0+7pS6mkfMZ+agD3l1p8P+LlUGi1jhSW8w5DHEzGy8QH9tdqjZeIFF7PuQ5t3RQ8DyDM9THgVj
0doDVQBJYkOSMRn6BFYSc3XdGiNFTvFTLsDFZVQZArwqgEbgixF6y7yAGfKK4WjW+O66ei5R7dL4UKLG9RlOQB3P
UsA4IyNy/TD7f2aGdfz//wdAAiAOC0D3/p////8ASADEYQHo3v/z//8fAAmAOCwA3fv/kA8AIOfWUmV0uM6LaCgi
Bhtw4BTKTJMsMuPEw8aYZ0j0hpcg8/v8XEwv7iIY1mHtxPoKALJe9LmawVS6nR3MdQvvVhUl6IFD4jSyHdXJDZ0o
TuDnqeKETmjxcGh5OOuWZQYAwHZS3RR5+Nm/7EtzFyJCvPTvRTU1N2rWWsAflkQ=
""")


def raw(b):
    return bytes(b.data) if isinstance(b, s.Bytes) else b


def carriers(packet):
    """The packet in every container that can hold one of its size."""
    xap = b"http://ns.adobe.com/xap/1.0/\0"
    if len(packet) < 65000:
        yield "jpg", s.jpeg(s.segment(0xFE, s.TERMS), s.segment(0xE1, xap, packet))
    yield "png", s.png(s.chunk(b"tEXt", b"License\0", s.TERMS),
                       s.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0", packet))
    yield "webp", s.riff(b"RIFF", b"WEBP", s.riff(b"VP8X", b"\x04" + b"\0" * 9),
                         s.riff(b"XMP ", packet))
    yield "tif", s.Bytes(b"II*\0\x08\0\0\0").put(s.ifd(8, "<", [
        (0x2BC, 1, packet), (0x8298, 2, s.TERMS.encode() + b"\0")]))
    yield "psd", s.Bytes(b"8BPS\0\1\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\x08\0\1\0\0\0\0").num(
        4, len(packet) + 12 + (len(packet) & 1)).put(s.irb((0x424, packet)), b"\0\0\0\0\0\0\0")
    yield "jxl", s.Bytes().put(s.box(b"JXL ", b"\r\n\x87\n"), s.box(b"ftyp", b"jxl \0\0\0\0jxl "),
                               s.box(b"xml ", packet), s.box(b"jxlc", b"\xff\x0a\0\0"))
    yield "jp2", s.Bytes().put(s.box(b"jP  ", b"\r\n\x87\n"), s.box(b"ftyp", b"jp2 \0\0\0\0jp2 "),
                               s.box(b"uuid", s.XMP_UUID, packet))
    yield "xmp", packet


def around(filler):
    """RDF with a license before the filler and an opt-out behind it."""
    if isinstance(filler, str):
        filler = filler.encode()
    return s.packet(s.CC, "@@", s.PLUS).replace(b"@@", filler)


def documents():
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    for i in range(1, 10):
        doctype += b'<!ENTITY %c "%s">' % (97 + i, b"&%c;" % (96 + i) * 10)
    yield "laughs", doctype + b"]>" + around("<dc:title>&j;</dc:title>")
    yield "quadratic", (b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50000 + b'">]>'
                        + around("<dc:title>" + "&a;" * 3000 + "</dc:title>"))
    yield "external", (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                       + around("<dc:rights>&a;</dc:rights>"))
    yield "parameter", (b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd">%a;]>'
                        + around(""))
    yield "deep", around("<rdf:Description><dc:x>" * LOTS)
    yield "deep-closed", around("<dc:x><rdf:Description>" * 3000 + "</rdf:Description></dc:x>" * 3000)
    yield "deep-other", around("<x>" * LOTS + "</x>" * LOTS)
    yield "attributes", around("<dc:x " + " ".join(f"a{i}=''" for i in range(30000)) + "/>")
    yield "namespaces", around("<dc:x " + " ".join(f"xmlns:a{i}='u:{i}'" for i in range(30000))
                               + "/>")
    yield "declarations", around("".join(f"<a{i}:x xmlns:a{i}='u:{i}'/>" for i in range(20000)))
    yield "long-name", around("<" + "n" * 1_000_000 + "/>")
    yield "long-value", around("<dc:rights>" + "v" * 1_000_000 + "</dc:rights>")
    yield "long-comment", around("<!--" + "c" * 1_000_000 + "-->")
    yield "items", around("<dc:rights><rdf:Bag>" + "<rdf:li>x</rdf:li>" * LOTS
                          + "</rdf:Bag></dc:rights>")
    yield "properties", around("<dc:rights>x</dc:rights>" * 5000)
    yield "characters", around("<dc:title>" + "&#65;" * 500_000 + "</dc:title>")
    yield "sections", around("<dc:title>" + "<![CDATA[x]]>" * LOTS + "</dc:title>")
    yield "instructions", around("<?x y?>" * LOTS)
    yield "no-end", around("")[:-40].replace(b"</rdf:RDF>", b"")
    yield "nul", around(b"<dc:title>" + b"\0" * LOTS + b"</dc:title")


def xml():
    for name, packet in documents():
        for extension, b in carriers(packet):
            yield f"{name}", extension, raw(b)
    svg = ('<svg xmlns="http://www.w3.org/2000/svg"><metadata>' + s.rdf(s.CC) + "</metadata>%s"
           "<metadata>" + s.rdf(s.PLUS) + "</metadata></svg>")
    yield "svg-deep", "svg", (svg % ("<g>" * LOTS + "</g>" * LOTS)).encode()
    yield "svg-many", "svg", (svg % ("<g/>" * LOTS)).encode()
    yield "svg-laughs", "svg", (b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)) + b"]>"
        + (svg % "<text>&j;</text>").encode())
    yield "svgz-bomb", "svgz", gzip.compress((svg % (" " * (100 << 20))).encode(), 9, mtime=0)
    yield "svgz-zeros", "svgz", gzip.compress(svg[:60].encode() + b"\0" * (100 << 20), 9, mtime=0)


def png():
    def bomb(size):
        return zlib.compress(s.TERMS.encode() + b" " * size + NOTICE.encode(), 9)

    terms = s.chunk(b"tEXt", b"License\0", s.TERMS)
    last = s.chunk(b"tEXt", b"Copyright\0", NOTICE)
    z = bomb(64 << 20)
    yield "ztxt", s.png(terms, s.chunk(b"zTXt", b"Copyright\0\0", z))
    yield "itxt", s.png(terms, s.chunk(b"iTXt", b"Comment\0\1\0\0\0", z))
    yield "xmp", s.png(terms, s.chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0",
                                      zlib.compress(around(" " * (64 << 20)), 9)))
    yield "iccp", s.png(terms, s.chunk(b"iCCP", b"x\0\0", z), last)
    small = s.chunk(b"zTXt", b"Description\0\0", bomb(60000))
    yield "many-ztxt", s.png(terms, *[small] * 2000, last)
    yield "profile", s.png(terms, s.chunk(b"zTXt", b"Raw profile type xmp\0\0", zlib.compress(
        b"\nxmp\n 4294967295\n" + b"20" * (8 << 20), 9)), last)
    yield "profile-number", s.png(terms, s.chunk(
        b"tEXt", b"Raw profile type exif\0\nexif\n" + b"9" * 200000 + b"\n00"), last)
    yield "tiny", s.png(terms, *[s.chunk(b"teST")] * LOTS, last)
    yield "texts", s.png(terms, *[s.chunk(b"tEXt", b"Copyright\0x")] * 5000, last)
    yield "exifs", s.png(terms, *[s.chunk(b"eXIf", s.exif(False))] * 2000, last)
    yield "keyword", s.png(terms, s.chunk(b"tEXt", b"k" * LOTS), last)
    yield "tail", s.png(terms, tail=[s.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0",
                                             s.packet(s.PLUS))])
    yield "length", raw(s.png(terms))[:-12] + b"\x7f\xff\xff\xfftEXtCopyright\0"


def jpeg():
    terms, last = s.segment(0xFE, s.TERMS), s.segment(0xFE, NOTICE)
    xap = b"http://ns.adobe.com/xap/1.0/\0"
    more = b"http://ns.adobe.com/xmp/extension/\0"
    yield "comments", s.jpeg(terms, *[s.segment(0xFE, "x")] * 20000, last)
    yield "packets", s.jpeg(terms, *[s.segment(0xE1, xap, s.packet(s.CC))] * 3000, last)
    yield "extensions", s.jpeg(terms, *[s.segment(
        0xE1, more, b"%032X" % i, struct.pack(">II", 10, 0), b" " * 10) for i in range(2000)], last)
    guid = b"A" * 32
    note = f"<xmpNote:HasExtendedXMP>{guid.decode()}</xmpNote:HasExtendedXMP>"
    first = s.segment(0xE1, xap, s.packet(s.CC, note))
    packet = s.packet(s.PLUS)
    for name, full, pieces in (
            ("overlap", len(packet), [(0, packet), (10, packet[10:])]),
            ("wrap", 0xFFFFFFFF, [(0xFFFFFFF0, packet), (0, packet)]),
            ("gap", len(packet) + 9, [(0, packet)]), ("beyond", len(packet), [(5, packet)]),
            ("missing", 0, []), ("zero", 0, [(0, b"")] * 3000 + [(0, packet)]),
            ("bytes", len(packet), [(i, packet[i:i + 1]) for i in range(len(packet) - 1)])):
        yield "extended-" + name, s.jpeg(first, *[s.segment(
            0xE1, more, guid, struct.pack(">II", full, at), p) for at, p in pieces])
    yield "exif-parts", s.jpeg(terms, *[s.segment(0xE1, b"Exif\0\0", raw(s.exif(True))[:i])
                                        for i in range(1, 90)])
    for size in (0, 1):
        yield f"length-{size}", (b"\xff\xd8" + raw(terms) + b"\xff\xe1" + struct.pack(">H", size)
                                 + raw(last) + raw(s.jpeg())[2:])
    yield "irb-length", s.jpeg(terms, s.segment(0xED, b"Photoshop 3.0\0", b"8BIM\4\4\0\0\xff\xff\xff"
                                                b"\xff", s.iim(True)))
    yield "irb-wrap", s.jpeg(terms, s.segment(0xED, b"Photoshop 3.0\0", b"8BIM\4\4\xff" + b"n" * 255
                                              + b"\xff\xff\xff\xfe"))
    yield "irb-many", s.jpeg(terms, *[s.segment(0xED, b"Photoshop 3.0\0", b"8BIM\4\4\0\0\0\0\0\0"
                                                * 4000)] * 100, last)
    yield "iim-many", s.jpeg(terms, *[s.segment(0xED, b"Photoshop 3.0\0", s.irb(
        (0x404, b"\x1c\2\x74\0\1x" * 9000)))] * 20, last)
    for count in (b"\x80\x04\xff\xff\xff\xff", b"\x80\x04\x80\0\0\0", b"\xff\xff", b"\x80\x08" + b"\xff" * 8,
                  b"\x80\0"):
        yield "iim-" + count.hex(), s.jpeg(terms, s.segment(0xED, b"Photoshop 3.0\0", s.irb(
            (0x404, b"\x1c\2\x74" + count + NOTICE.encode()))))
    yield "fill", b"\xff\xd8" + raw(terms) + b"\xff" * 1_000_000 + raw(last)[1:] + raw(s.jpeg())[2:]
    yield "restarts", b"\xff\xd8" + raw(terms) + b"\xff\xd0" * 500_000 + raw(last) + raw(s.jpeg())[2:]
    for name, store in jumbf():
        parts = [store[i:i + 60000] for i in range(0, len(store), 60000)]
        yield "jumbf-" + name, s.jpeg(terms, *[s.segment(
            0xEB, b"JP", struct.pack(">HI", 1, i + 1), store[:8] if i else b"", p)
            for i, p in enumerate(parts)])
        yield "jumbf-late-" + name, s.jpeg(terms, *[s.segment(
            0xEB, b"JP", struct.pack(">HI", 1, i + 1), store[:8] if i else b"", p)
            for i, p in enumerate(parts)], last)


def jumbf():
    nested = b""
    for _ in range(3000):
        nested = struct.pack(">I4s", len(nested) + 8, b"jumb") + nested
    out = b"jumb", b"jumd", b"c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\3c2pa\0"
    head = raw(s.box(out[1], out[2]))
    label = s.box(b"jumd", b"cbor\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\3c2pa.training-mining\0")
    yield "nested", raw(s.box(b"jumb", head, nested, s.manifest(True)))
    yield "boxes", raw(s.box(b"jumb", head, struct.pack(">I4s", 8, b"free") * LOTS, s.manifest(True)))
    entries = b"\xa1" + s.text("entries") + b"\xa1" + s.text("c2pa.ai_training")
    for name, value in (
            ("arrays", b"\x81" * LOTS), ("maps", b"\xa1\x01" * LOTS), ("tags", b"\xc0" * LOTS),
            ("open-arrays", b"\x9f" * LOTS), ("huge-array", b"\x9b" + b"\xff" * 8),
            ("huge-map", b"\xbb\x7f" + b"\xff" * 7), ("huge-text", b"\x7b" + b"\xff" * 8 + b"x"),
            ("huge-bytes", b"\x5b\x7f" + b"\xff" * 7), ("pieces", b"\x7f" + b"\x61x" * LOTS + b"\xff"),
            ("nothing", b"")):
        store = raw(s.box(b"jumb", head, s.box(b"jumb", label, s.box(b"cbor", entries, value))))
        yield "cbor-" + name, store
    deep = ('{"entries":{"c2pa.ai_training":{"use":' + "[" * LOTS).encode()
    yield "json-deep", raw(s.box(b"jumb", head, s.box(b"jumb", label, s.box(b"json", deep))))
    for size in (0, 1, 7, 9, 0x7FFFFFFF, 0xFFFFFFFF):
        yield f"length-{size}", raw(s.box(b"jumb", head, struct.pack(">I", size) + raw(
            s.manifest(True))[4:]))
    yield "long-length", raw(s.box(b"jumb", head, struct.pack(">I4sQ", 1, b"jumb", (1 << 63) + 16)
                                   + raw(s.manifest(True))[8:]))


def tiff():
    def head(*entries, following=0, order="<"):
        magic = b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08"
        return s.Bytes(magic).put(s.ifd(8, order, list(entries), following))

    terms = (0x8298, 2, s.TERMS.encode() + b"\0")
    plus = (0x2BC, 1, s.packet(s.PLUS))
    yield "next-self", head(plus, terms, following=8)
    yield "sub-self", head((0x14A, 4, 8), plus, terms)
    yield "exif-self", head(plus, terms, (0x8769, 4, 8))
    yield "sub-many", head((0x14A, 4, struct.pack("<I", 8) * 10000), plus, terms)
    chain = s.Bytes(b"II*\0\x08\0\0\0")
    for i in range(20000):
        chain.put(struct.pack("<HHHII", 1, 0x100, 4, 1, 1), struct.pack("<I", 8 + 18 * (i + 1)))
    at = len(chain)
    yield "chain", chain.put(s.ifd(at, "<", [plus, terms]))
    yield "entries", b"II*\0\x08\0\0\0\xff\xff" + struct.pack("<HHII", 0x2BC, 1, 1000, 8) * 65535
    yield "same-block", b"II*\0\x08\0\0\0" + struct.pack("<H", 4000) + struct.pack(
        "<HHII", 0x83BB, 7, 40000, 8) * 4000 + b"\0\0\0\0"
    for kind in (1, 3, 4, 12, 16, 255):
        for count in (0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x40000000, 0x20000000):
            yield f"count-{kind}-{count:x}", (b"II*\0\x08\0\0\0\2\0" + struct.pack(
                "<HHII", 0x2BC, kind, count, 8) + struct.pack("<HHII", 0x8298, 2, 40, 38)
                + b"\0\0\0\0" + s.TERMS.encode() + b"\0\0")
    wide = b"II+\0\x08\0\0\0" + struct.pack("<Q", 16)
    for count in (1 << 63, (1 << 64) - 1, 1 << 61, 1 << 32):
        yield f"wide-entries-{count:x}", wide + struct.pack("<Q", count) + b"\0" * 100
        yield f"wide-count-{count:x}", wide + struct.pack("<QHHQQQ", 1, 0x2BC, 1, count, 16, 0)
        yield f"wide-offset-{count:x}", wide + struct.pack("<QHHQQQ", 1, 0x2BC, 1, 100, count, 0)


def iso():
    terms = raw(s.heif(False))
    nested = b""
    for _ in range(5000):
        nested = struct.pack(">I4s", len(nested) + 8, b"moov") + nested
    for brand in (b"heic", b"avif", b"crx "):
        ftyp = raw(s.box(b"ftyp", brand, b"\0\0\0\0mif1", brand))
        ext = {b"heic": "heic", b"avif": "avif", b"crx ": "cr3"}[brand]
        yield "nested", ext, ftyp + nested + raw(s.box(b"uuid", s.XMP_UUID, s.packet(s.PLUS)))
        yield "boxes", ext, ftyp + struct.pack(">I4s", 8, b"free") * LOTS + terms[28:]
        yield "size-0", ext, ftyp + struct.pack(">I4s", 0, b"meta") + b"\0" * 100
        yield "size-2", ext, ftyp + struct.pack(">I4s", 2, b"meta") + b"\0" * 100
        for size in (0, 15, 1 << 32, 1 << 63, (1 << 64) - 1):
            yield f"long-{size:x}", ext, ftyp + struct.pack(">I4sQ", 1, b"meta", size) + b"\0" * 100
        yield from items(ext, ftyp)
    jxl = raw(s.jxl(False))
    brob = raw(s.box(b"brob", b"xml ", BROTLI))
    yield "brob", "jxl", jxl + brob
    yield "brob-exif", "jxl", jxl + raw(s.box(b"brob", b"Exif", BROTLI))
    yield "brob-cut", "jxl", jxl + raw(s.box(b"brob", b"xml ", BROTLI[:-9]))
    yield "brob-brob", "jxl", jxl + raw(s.box(b"brob", b"brob", BROTLI))
    yield "brob-many", "jxl", jxl + brob * 300
    yield "boxes", "jxl", jxl + struct.pack(">I4s", 8, b"jxlp") * LOTS + raw(
        s.box(b"xml ", s.packet(s.PLUS)))
    jp2 = raw(s.jp2(False))[:12 + 20]
    asoc = b""
    for _ in range(5000):
        asoc = struct.pack(">I4s", len(asoc) + 8, b"asoc") + asoc
    yield "asoc", "jp2", jp2 + asoc + raw(s.box(b"uuid", s.XMP_UUID, s.packet(s.PLUS)))
    yield "boxes", "jp2", jp2 + struct.pack(">I4s", 8, b"free") * LOTS + raw(
        s.box(b"uuid", s.XMP_UUID, s.packet(s.PLUS)))


def items(ext, ftyp):
    """Item tables that claim more than there is, or the same bytes again and again."""
    def meta(iinf, iloc, *more):
        return raw(s.full(b"meta", 0, s.full(b"hdlr", 0, b"\0\0\0\0pict", b"\0" * 13),
                          s.full(b"pitm", 0, b"\0\1"), iinf, iloc, *more))

    def mime(n):
        return s.full(b"iinf", 0, struct.pack(">H", n), *[s.full(
            b"infe", 2, struct.pack(">HH", i + 1, 0), b"mime\0application/rdf+xml\0")
            for i in range(n)])

    pad = s.packet(s.CC) + b" " * 200_000
    data = raw(s.box(b"mdat", pad))
    extents = struct.pack(">HHH", 1, 0, 60000) + struct.pack(">II", 300, 200_000) * 60000
    yield "extents", ext, ftyp + meta(mime(1), s.full(b"iloc", 0, b"\x44\0\0\1", extents)) + data
    many = b"".join(struct.pack(">HHHII", i + 1, 0, 1, 300, 200_000) for i in range(2000))
    yield "items", ext, ftyp + meta(mime(2000), s.full(
        b"iloc", 0, b"\x44\0" + struct.pack(">H", 2000), many)) + data
    one = struct.pack(">HHHHII", 1, 2, 0, 1, 0, 100)
    yield "itself", ext, ftyp + meta(mime(1), s.full(b"iloc", 1, b"\x44\0\0\1", one), s.full(
        b"iref", 0, s.box(b"iloc", b"\0\1\0\1\0\1"))) + data
    for off, size in ((0xFFFFFFFF, 100), (0, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (300, 0)):
        yield f"extent-{off:x}-{size:x}", ext, ftyp + meta(mime(1), s.full(
            b"iloc", 0, b"\x44\0\0\1", struct.pack(">HHHII", 1, 0, 1, off, size))) + data
    yield "wide-extent", ext, ftyp + meta(mime(1), s.full(
        b"iloc", 0, b"\x88\x80\0\1", struct.pack(">HHQHQQ", 1, 0, (1 << 63) - 1, 1, (1 << 63) + 300,
                                                 100))) + data
    yield "count", ext, ftyp + meta(mime(1), s.full(b"iloc", 0, b"\x44\0\xff\xff")) + data
    yield "infe-count", ext, ftyp + meta(s.full(b"iinf", 1, b"\xff\xff\xff\xff"), s.full(
        b"iloc", 0, b"\x44\0\0\0")) + data


def others():
    frame = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    gif = raw(s.Bytes(b"GIF89a\1\0\1\0\0\0\0").put(b"!\xfe", s.blocks(s.TERMS.encode())))
    last = raw(s.Bytes(b"!\xfe").put(s.blocks(NOTICE.encode())))
    yield "comments", "gif", gif + b"!\xfe\1x\0" * 20000 + last + frame + b";"
    yield "frames", "gif", gif + frame * 50000 + last + b";"
    yield "blocks", "gif", gif + b"!\xff\x0bNETSCAPE2.0" + b"\1x" * LOTS + b"\0" + last + frame + b";"
    yield "xmp-no-end", "gif", gif + b"!\xff\x0bXMP DataXMP" + s.packet(s.PLUS) + frame + b";"
    for size in (0, 1, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF):
        chunk = b"XMP " + struct.pack("<I", size) + s.packet(s.PLUS)
        yield f"size-{size:x}", "webp", raw(s.riff(b"RIFF", b"WEBP", s.riff(
            b"VP8X", b"\x0c" + b"\0" * 9), s.riff(b"EXIF", s.exif(False)), chunk))
    yield "chunks", "webp", raw(s.riff(b"RIFF", b"WEBP", b"ABCD\0\0\0\0" * LOTS, s.riff(
        b"XMP ", s.packet(s.PLUS))))
    yield "resources", "psd", raw(s.Bytes(b"8BPS\0\1\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\x08\0\1\0\0\0\0").num(
        4, 12 * LOTS + 12 + len(raw(s.iim(True)))).put(b"8BIM\4\x22\0\0\0\0\0\0" * LOTS, s.irb(
            (0x404, s.iim(True))), b"\0\0\0\0\0\0\0"))
    yield "comments", "ppm", b"P6\n# " + s.TERMS.encode() + b"\n" + b"#x\n" * 30000 + (
        b"# " + NOTICE.encode() + b"\n1 1\n255\nabc")
    yield "giant", "ppm", b"P6\n# " + NOTICE.encode() + b"\n" + b"9" * 60000 + b" 1\n255\n"


def bombs():
    yield from xml()
    for extension, group in (("png", png), ("jpg", jpeg), ("tif", tiff)):
        for name, b in group():
            yield name, extension, raw(b)
    for name, extension, b in iso():
        yield name, extension, raw(b)
    for name, extension, b in others():
        yield name, extension, raw(b)
