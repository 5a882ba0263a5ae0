# SPDX-License-Identifier: Apache-2.0
"""Reads a ledger by docs/formats.md alone, checks its chain, and prints its records as JSON lines:
ledger_dump.py FILE. Exit status 1 where a record does not chain."""
import hashlib
import json
import sys


class Payload:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if not byte & 128:
                return value

    def bytes(self, n):
        self.at += n
        return self.data[self.at - n:self.at]

    def text(self):
        return self.bytes(self.number()).decode(errors="backslashreplace")

    def ids(self):
        found, part = [], -1
        while self.at < len(self.data):
            part += self.number() + 1
            packed = self.bytes(self.number())
            if len(packed) == 1024:
                found += [part * 8192 + i for i in range(8192) if packed[i // 8] >> i % 8 & 1]
                continue
            i, id = 0, part * 8192
            while i < len(packed):
                step = packed[i]
                if step >= 128:
                    i += 1
                    step = step & 127 | packed[i] << 7
                i += 1
                id += step
                found.append(id)
                id += 1
        return found


NUMBERS = {
    1: ("begin", "at generation job pid command started"),
    2: ("process", "number pid ppid started uid"),
    3: ("opened", "at process opens"),
    4: ("shown", "at generation"),
    5: ("hidden", "at generation"),
    6: ("lost", "at code opens processes sights"),
    7: ("end", "at generation why"),
    8: ("command", "at outcome status"),
    9: ("alive", "at generation"),
}
TEXTS = {1: "mode mountpoint version", 2: "comm exe"}


def main():
    data = open(sys.argv[1], "rb").read()
    assert data[:32] == b"licensefs ledger, format 1     \n"
    at = 32
    while at + 5 <= len(data):
        n, kind = int.from_bytes(data[at:at + 4], "little"), data[at + 4]
        if at + 5 + n + 32 > len(data):
            break
        if hashlib.sha256(data[at - 32:at + 5 + n]).digest() != data[at + 5 + n:at + 5 + n + 32]:
            return 1
        p = Payload(data[at + 5:at + 5 + n])
        name, numbers = NUMBERS[kind]
        record = {"type": name}
        for key in numbers.split():
            record[key] = p.number()
        for key in TEXTS.get(kind, "").split():
            record[key] = p.text()
        if kind in (3, 4, 5):
            record["ids"] = p.ids()
        print(json.dumps(record))
        at += 5 + n + 32
    return 0


sys.exit(main())
