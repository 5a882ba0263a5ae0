# SPDX-License-Identifier: Apache-2.0
# licensefs import of manifests that name files by MD5 or SHA-256: no image is judged without its hash.
. "${top_srcdir:-.}/tests/shell/mount.sh"
sha() { sha256sum "$store/$1" | cut -d' ' -f1; }
md5() { md5sum "$store/$1" | cut -d' ' -f1; }
md5_base64() { python3 -c 'import base64, hashlib, sys
print(base64.b64encode(hashlib.md5(open(sys.argv[1], "rb").read()).digest()).decode())' "$store/$1"; }
verdict() { licensefs explain --json "$store" "$1" | jq -r '.status + " " + (.license // "-")'; }
m=$tmp/rows.csv
licensed() { printf 'P6\n# %s\n1 1\n255\nrgb%s' "$2" "$1" >"$store/$1"; }
image a/2.pnm
licensed a/1.pnm CC0-1.0
image b/4.pnm
licensed b/3.pnm CC-BY-4.0
scan
up
is "$(files "$mnt/noncommercial")" "a/1.pnm b/3.pnm " "before"

# --- the first one
{
	echo "hash,license"
	echo "$(sha a/2.pnm),CC-BY-SA-4.0"
	echo "sha256:$(sha b/3.pnm | tr a-f A-F),All rights reserved"
	echo "$(printf x | sha256sum | cut -d' ' -f1),CC0-1.0"
} >"$m"
succeeds "a dry run" licensefs import "$store" "$m" --map sha256=hash,license=license -n --allow-unmatched
like "$err" "does not read images for their SHA-256" "says what it leaves out"
is "$(verdict a/1.pnm)" "clear CC0-1.0" "and changes nothing"
succeeds "an import by SHA-256" licensefs import "$store" "$m" --map sha256=hash,license=license --json
like "$err" "reading all images for their SHA-256" "reads the images first"
is "$(json '[.rows, .matched, .unmatched, .images]')" '[3,2,1,2]' "and finds them"
is "$(verdict a/2.pnm)" "clear CC-BY-SA-4.0" "a license"
is "$(verdict b/3.pnm)" "conflict LicenseRef-Conflict" "a restriction"
is "$(verdict a/1.pnm)" "clear CC0-1.0" "others are as they were"
is "$(verdict b/4.pnm)" "unlicensed -" "all of them"
eventually "a running mount follows" test -e "$mnt/noncommercial/a/2.pnm"
is "$(files "$mnt/noncommercial")" "a/1.pnm a/2.pnm " "in both directions"

# --- images that come later
cp "$store/a/2.pnm" "$store/b/copy.pnm"
cp "$store/b/3.pnm" "$store/a/three.pnm"
licensed b/5.pnm CC0-1.0
succeeds "a scan" licensefs scan "$store"
is "$(verdict b/copy.pnm)" "clear CC-BY-SA-4.0" "a copy has the license"
is "$(verdict a/three.pnm)" "conflict LicenseRef-Conflict" "and the restriction"
is "$(verdict b/5.pnm)" "clear CC0-1.0" "another file has neither"
mv "$store/b/copy.pnm" "$store/moved.pnm"
licensefs scan "$store" >/dev/null
is "$(verdict moved.pnm)" "clear CC-BY-SA-4.0" "a moved file keeps it"
succeeds "the next scan" licensefs scan "$store" --json
is "$(json '[.added, .changed]')" "[0,0]" "changes nothing"

# --- the same again, and another hash
succeeds "the same again" licensefs import "$store" "$m" --map sha256=hash,license=license
unlike "$err" "reading all images" "reads no image"
{
	echo "sum,license"
	echo "$(md5_base64 b/4.pnm),CC-BY-4.0"
} >"$tmp/more.csv"
succeeds "an import by MD5 in base64" licensefs import "$store" "$tmp/more.csv" --map md5=sum,license=license
like "$err" "reading all images for their MD5" "reads them for that"
is "$(verdict b/4.pnm)" "clear CC-BY-4.0" "and finds it"
is "$(verdict a/2.pnm)" "clear CC-BY-SA-4.0" "what the other found stays"
ok "the catalog is sound" licensefs status "$store" --verify

# --- found by hash
is "$(licensefs find "$store" --hash "sha256:$(sha a/2.pnm)" -0 | tr '\0' ' ')" "a/2.pnm moved.pnm " "find by SHA-256"
is "$(licensefs find "$store" --hash "md5:$(md5 b/4.pnm)" -0 | tr '\0' ' ')" "b/4.pnm " "find by MD5"
exits 1 "nothing has that hash" licensefs find "$store" --hash "md5:$(printf x | md5sum | cut -d' ' -f1)"
exits 2 "a hash that is none" licensefs find "$store" --hash md5:xyz

# --- the end of one
succeeds "an import ends" licensefs import "$store" --undo 2 --reason test
is "$(verdict b/3.pnm)" "clear CC-BY-4.0" "what it restricted is shown"
is "$(verdict a/2.pnm)" "unlicensed -" "what it granted is not"
is "$(verdict b/4.pnm)" "clear CC-BY-4.0" "the other stays in force"

# --- a name beside a hash
image c/6.pnm
image c/7.pnm
scan
{
	echo "file,sum,license"
	echo "6.pnm,$(sha c/6.pnm),CC-BY-4.0"
	echo "7.pnm,$(sha c/6.pnm),CC-BY-4.0"
} >"$tmp/both.csv"
succeeds "rows with a name and a hash" licensefs import "$store" "$tmp/both.csv" --map name=file,sha256=sum,license=license
is "$(verdict c/6.pnm)" "clear CC-BY-4.0" "both find it"
is "$(verdict c/7.pnm)" "unlicensed CC-BY-4.0" "a name alone grants nothing where the hash is of other bytes"
plan
