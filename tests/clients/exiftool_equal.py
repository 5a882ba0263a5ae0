#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""exiftool_equal.py [OPTION]... STORE: every rights field that exiftool prints of the images of a
store must be a claim of `licensefs explain`, with the same value.

Prints one line a format (fields, equal, explained, different, percent) and each difference.
Which exiftool tag is which field of ours is said by exiftool_fields.tsv; what is to be equal, and
what may differ and why, by that table and by the function explain(). Exit status 1 where a format
has less than --least percent equal or explained."""
import argparse, collections, fnmatch, json, os, re, subprocess, sys, unicodedata


def arguments():
    here = os.path.dirname(os.path.abspath(__file__))
    p = argparse.ArgumentParser()
    p.add_argument("store")
    p.add_argument("--licensefs", default="licensefs")
    p.add_argument("--exiftool", default="exiftool")
    p.add_argument("--catalog", help="where the catalog lies, if not in the store")
    p.add_argument("--table", default=os.path.join(here, "exiftool_fields.tsv"))
    p.add_argument("--least", type=float, default=100.0)
    p.add_argument("--ours", action="store_true", help="also print claims that exiftool lacks")
    p.add_argument("--all", action="store_true", help="also print what is explained")
    return p.parse_args()


class Table:
    """Rows of (group, tag, source, field, how), the first that matches counts."""

    def __init__(self, name):
        self.rows, self.memo = [], {}
        for line in open(name, encoding="utf-8"):
            if line.strip() and not line.startswith("#"):
                self.rows.append(line.rstrip("\n").split("\t"))

    def find(self, group, tag):
        key = group, tag
        if key not in self.memo:
            self.memo[key] = next((r for r in self.rows if fnmatch.fnmatchcase(group, r[0])
                                   and fnmatch.fnmatchcase(tag, r[1])), None)
        return self.memo[key]


def exiftool(command, store, names):
    """Path -> list of (group, tag, value), one entry a value of a list."""
    found = {}
    for at in range(0, len(names), 200):
        done = subprocess.run(
            command.split() + ["-n", "-a", "-G1:3:4", "-json", "-charset", "filename=UTF8",
                               "-api", "LargeFileSupport=1", "-@", "-"],
            input="\n".join(os.path.join(store, n) for n in names[at:at + 200]).encode(),
            capture_output=True)
        for one in json.loads(done.stdout or b"[]", parse_float=str, parse_int=str):
            path = os.path.relpath(one.pop("SourceFile"), store)
            fields = []
            for key, value in one.items():
                parts = key.split(":")
                for v in value if isinstance(value, list) else [value]:
                    fields.append((parts[0], parts[-1], str(v)))
            found[path] = fields
    return found


def explain_all(args, names):
    command = [args.licensefs, "explain", "--json"]
    if args.catalog:
        command += ["--catalog", args.catalog]
    found = {}
    for at in range(0, len(names), 200):
        done = subprocess.run(command + [args.store] + names[at:at + 200], capture_output=True)
        if done.returncode > 1:
            sys.exit("licensefs explain: " + done.stderr.decode(errors="replace"))
        for line in done.stdout.splitlines():
            one = json.loads(line)
            found[one["path"]] = one
    return found


def fold(text):
    """What says nothing: white space at the ends and in runs, NULs, and Unicode's two ways of
    writing one character."""
    text = unicodedata.normalize("NFC", text.replace("\0", " ").replace("\ufeff", ""))
    return " ".join(text.split())


def code(text):
    return fold(text).rstrip("/").rsplit("/", 1)[-1]


def flag(text):
    return {"true": "true", "1": "true", "yes": "true"}.get(fold(text).lower(), "false")


def date(text):
    return re.sub(r"\D", "", text)[:8]


def time(text):
    return re.sub(r"[^\d+-]", "", text)


FORMS = {"text": fold, "code": code, "flag": flag, "date": date, "time": time}


def lossy(text):
    """exiftool writes "?" for bytes that are no UTF-8; so nothing but ASCII can be compared."""
    return re.sub(r"[^\x20-\x7e]+|\?+", "?", text)


def mended(text):
    """UTF-8 that was taken for Latin-1 or Windows-1252, as often as it was."""
    for _ in range(3):
        for charset in ("cp1252", "latin-1"):
            try:
                again = text.encode(charset).decode("utf-8")
            except UnicodeError:
                continue
            if again != text:
                text = again
                break
        else:
            break
    return text


class Text(str):
    """A claim's text, with its raw bytes as explain prints them."""
    raw = ""


def text_of(claim):
    text = Text(claim["text"] or "")
    text.raw = claim["raw"] or ""
    return text


def explain(how, theirs, whole):
    """Why the value may differ, None if it may not."""
    texts = [fold(t) for t in whole]
    for ours, ours_raw in zip(texts, [t.raw for t in whole]):
        if len(ours) > 1000 and theirs.startswith(ours):
            return "cut at the limit of one value"
        if fold(mended(theirs)) == fold(mended(ours)):
            return "mojibake mended"
        if "?" in theirs and re.sub(r"\?", "", lossy(theirs)) == re.sub(r"\?", "", lossy(ours)):
            return "bytes that exiftool cannot decode"
        if "\0" in ours_raw and ours.startswith(theirs + " "):
            return "text behind a NUL, which exiftool leaves out"
    if how == "text" and whole and theirs == fold(" ".join(whole)):
        return "one value there, several here"
    if re.fullmatch(r"([-+]?([0-9.]+(e[-+]?[0-9]+)?|nan|inf) ?)+", theirs.lower()) and texts:
        return "numbers in a field of text"
    return None


def claims_of(one, sidecar=None):
    """(source, field) -> texts, of the image itself or of one of its sidecars."""
    found = collections.defaultdict(list)
    for c in one["claims"]:
        if sidecar and c["source"] == "sidecar " + sidecar:
            found["XMP", c["field"]].append(text_of(c))
        elif not sidecar and c["rank"] == "embedded":
            source = "XMP" if c["source"] == "RDF" else c["source"]
            found[source, c["field"]].append(text_of(c))
    return found


def compare(args, table, path, kind, fields, claims, tally, lines):
    seen = collections.defaultdict(list)
    for group, tag, value in fields:
        row = table.find(group, tag)
        if not row or row[2] == "-":
            if row and args.all and row[2] == "-":
                lines.append(("left out", path, group, tag, value, row[4]))
            continue
        how, form = row[4], FORMS.get(row[4], fold)
        theirs = form(value)
        if not theirs or (how == "text" and not fold(value)):
            continue
        texts = [t for s in row[2].split("|") for f in row[3].split("|") for t in claims[s, f]]
        for s in row[2].split("|"):
            for f in row[3].split("|"):
                seen[s, f].append(theirs)
        tally[kind]["fields"] += 1
        if theirs in [form(t) for t in texts]:
            tally[kind]["equal"] += 1
            continue
        why = explain(how, theirs, texts)
        tally[kind]["explained" if why else "different"] += 1
        if not why or args.all:
            lines.append((why or "different", path, group, tag, value, " | ".join(texts)))
    if args.ours:
        for (s, f), texts in claims.items():
            if not seen[s, f]:
                lines.append(("only here", path, s, f, "", " | ".join(texts)))


def main():
    args = arguments()
    table = Table(args.table)
    names = []
    for top, dirs, files in os.walk(args.store):
        dirs[:] = [d for d in dirs if d != ".licensefs"]
        names += [os.path.relpath(os.path.join(top, f), args.store) for f in files]
    names.sort()
    ours = {p: x for p, x in explain_all(args, names).items() if x.get("format")}
    work = {p: (x["format"], claims_of(x)) for p, x in ours.items()}
    for path, x in ours.items():
        for c in x["claims"]:
            if c["source"].startswith("sidecar "):
                name = c["source"][len("sidecar "):]
                work[os.path.join(os.path.dirname(path), name)] = "xmp", claims_of(x, name)
    theirs = exiftool(args.exiftool, args.store, sorted(work))
    tally, lines = collections.defaultdict(collections.Counter), []
    for path, (kind, claims) in sorted(work.items()):
        compare(args, table, path, kind, theirs.get(path, []), claims, tally, lines)
    for line in lines:
        print("%s: %s: %s:%s %r, here %r" % tuple(x if i < 4 else x[:200]
                                                  for i, x in enumerate(line)))
    short = 0
    for kind, n in sorted(tally.items()):
        percent = 100.0 * (n["equal"] + n["explained"]) / n["fields"]
        short += percent < args.least
        print("%-6s fields=%-6d equal=%-6d explained=%-4d different=%-4d percent=%.2f" % (
            kind, n["fields"], n["equal"], n["explained"], n["different"], percent))
    return 1 if short or not tally else 0


sys.exit(main())
