# SPDX-License-Identifier: Apache-2.0
"""Reads a page as a browser's parser would, and fails where it is not well formed, reaches out, or
could run anything. Prints its tables as JSON: {caption: [[cell, ...], ...]}, as "" its text, as "pictures" the paths below them."""
import html.parser
import json
import re
import sys

VOID = {"meta", "img", "br", "link", "hr", "input"}
KNOWN = {"html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section", "h1", "h2", "h3", "p",
         "a", "ul", "ol", "li", "dl", "div", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "svg",
         "rect", "text", "g", "line", "circle", "figure", "figcaption", "img", "span", "strong", "em", "time", "path", "small", "br"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.stack, self.tables, self.text, self.ids, self.pointed = [], {}, [], set(), set()
        self.alts, self.codes = [], []
        self.caption = self.cell = None
        self.rows = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        assert tag in KNOWN, tag
        for name, value in attrs.items():
            assert not name.startswith("on") and name != "style", (tag, name)
            if name == "id":
                assert value not in self.ids, value
                self.ids.add(value)
            if name in ("aria-labelledby",):
                self.pointed.add(value)
            if name == "href" and value.startswith("#"):
                self.pointed.add(value[1:])
            elif name == "href":
                assert re.match(r"https?://[!-~]+$", value), value
            if name == "src":
                assert re.match(r"data:image/jpeg;base64,[A-Za-z0-9+/]+=*$", value), value[:80]
        if tag == "img":
            self.alts.append(attrs["alt"])
            assert attrs.get("alt") and attrs.get("width") and attrs.get("height"), attrs.keys()
        if tag == "table":
            self.rows = []
        elif tag == "caption":
            self.caption = ""
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = ""
        if tag not in VOID:
            self.stack.append(tag)

    handle_startendtag = lambda self, tag, attrs: (self.handle_starttag(tag, attrs), tag in VOID or self.handle_endtag(tag))

    def handle_endtag(self, tag):
        assert self.stack and self.stack[-1] == tag, (tag, self.stack)
        self.stack.pop()
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell)
            self.cell = None
        elif tag == "table":
            assert len({len(r) for r in self.rows}) == 1, self.rows
            assert self.caption not in self.tables, self.caption
            self.tables[self.caption] = self.rows[1:]

    def handle_data(self, data):
        if self.stack[-2:] == ["figcaption", "code"]:
            self.codes.append(data)
        self.text.append(data)
        if self.stack[-1:] == ["caption"]:
            self.caption += data
        if self.cell is not None:
            self.cell += data

    def handle_comment(self, data):
        raise AssertionError("a comment")


raw = open(sys.argv[1], "rb").read()
assert raw.startswith(b"<!DOCTYPE html>\n") and raw.endswith(b"</html>\n")
assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", raw)
text = raw.decode("utf-8")
assert not re.search("[\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text)
assert "default-src 'none'" in text and "<script" not in text
page = Page()
page.feed(text)
page.close()
assert not page.stack, page.stack
assert page.pointed <= page.ids, page.pointed - page.ids
page.tables["pictures"] = page.codes
assert len(page.codes) == len(page.alts)
page.tables[""] = re.sub(r"\s+", " ", " ".join(page.text))
print(json.dumps(page.tables))
