# SPDX-License-Identifier: Apache-2.0
# The reuse tool and licensefs find the same licenses in .license files and in .reuse/dep5.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need reuse
store=$tmp/store
mkdir -p "$store/.reuse" "$store/LICENSES" && cd "$store" || exit 99
image() {
	mkdir -p "$(dirname "$1")"
	printf 'P6\n1 1\n255\n%s' "$1" | head -c 14 >"$1"
}
tag=SPDX-License-Identifier by=SPDX-FileCopyrightText
beside() {
	image "$1"
	printf '%s\n' "${@:2}" >"$1.license"
}
beside a/plain.pnm "$by: 2019 Jane" "" "$tag: CC-BY-4.0"
beside a/comment.pnm "# $by: 2019 Jane" "# $tag: CC0-1.0"
beside a/block.pnm "/* $by: 2019 Jane" " * $tag: CC-BY-SA-4.0 */"
beside a/xml.pnm "<!-- $by: 2019 Jane -->" "<!-- $tag: CC0-1.0 -->"
beside a/two.pnm "$by: 2019 Jane" "$tag: CC-BY-4.0" "$tag: CC-BY-SA-4.0"
beside a/choice.pnm "$by: 2019 Jane" "$tag: CC-BY-4.0 OR CC0-1.0"
beside a/crlf.pnm "$by: 2019 Jane"$'\r' "$tag: CC-BY-4.0"$'\r'
beside a/ignored.pnm "$by: 2019 Jane" "REUSE-IgnoreStart" "$tag: CC0-1.0" "REUSE-IgnoreEnd" "$tag: CC-BY-4.0"
for f in x.pnm xy.pnm x/y.pnm star*.pnm sub/x.pnm sub/deep/z.pnm q/a.pnm q/aé.pnm q/b/c.pnm last.pnm; do image "d/$f"; done
image outside.pnm
cat >.reuse/dep5 <<'D'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: test

# everything, then parts of it
Files: d/*
Copyright: 2019 Jane
License: CC-BY-4.0

Files: d/x?y.pnm d/star\*.pnm
Copyright: 2019 Jane
License: CC0-1.0
 The text of it.

Files: d/sub/*
 d/q/a?.pnm
Copyright:
 2019 Jane
 2020 Joe
License: CC-BY-SA-4.0

Files: */last.pnm
Copyright: 2019 Jane
License: CC-BY-4.0 or CC0-1.0
D
git init -q . 2>/dev/null
LC_ALL=C.UTF-8 reuse spdx >"$tmp/spdx" 2>"$tmp/reuse.err"
ok "the store is scanned" licensefs scan "$store"
python3 - "$tmp/spdx" >"$tmp/theirs" <<'P'
import sys
name, found = None, {}
for line in open(sys.argv[1], encoding="utf-8"):
    key, _, value = line.rstrip("\n").partition(": ")
    if key == "FileName":
        name = value[2:]
    elif key == "LicenseInfoInFile" and name and name.endswith(".pnm"):
        found.setdefault(name, set()).add(value)
for name in sorted(found):
    print(name, " ".join(sorted(found[name])))
P
licensefs find --json "$store" | python3 -c '
import json, re, sys
rows = [json.loads(line) for line in sys.stdin]
for row in sorted(rows, key=lambda r: r["path"]):
    if row["license"] and row["license"] != "none":
        print(row["path"], " ".join(sorted(set(re.findall(r"[A-Z][\w.-]+-[\d.]+", row["license"])))))
' >"$tmp/ours"
note "reuse $(reuse --version 2>/dev/null | head -n 1)"
ok "the reuse tool finds licenses" [ "$(wc -l <"$tmp/theirs")" -ge 15 ]
ok "the same ones for the same files" diff "$tmp/theirs" "$tmp/ours"
plan
