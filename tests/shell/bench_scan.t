# SPDX-License-Identifier: Apache-2.0
# bench/scan.sh measures what it says it does.
. "${top_srcdir:-.}/tests/shell/lib.sh"

for tool in exiftool exiv2 python3 cc; do
	command -v "$tool" >/dev/null || skip_all "no $tool"
done
export TMPDIR=$tmp
mkdir "$tmp/store"
succeeds "one quick run" bash "$top_srcdir/bench/scan.sh" --quick --licensefs "$top_builddir/licensefs" \
	--keep "$tmp/store"
like "$out" '`licensefs scan`, new catalog \| [0-9]' "the scan has a rate"
like "$out" '`exiftool -j` \| [0-9].*\| [0-9.]+ \([0-9.]+-[0-9.]+\) \|' "exiftool has one, and a ratio"
like "$out" '`exiv2 -pa` \| [0-9]' "exiv2 has one"
like "$out" '`find -printf` \| [0-9]' "find has one"

run licensefs status --json "$tmp/store"
is "$(json '[.images, .status.unreadable // 0, .status.conflict // 0]')" '[40,0,0]' "every image is read without doubt"
run licensefs explain --json "$tmp/store" class000/000000.jpg
is "$(json -s '.[0].claims | map(.source) | unique')" '["EXIF","IPTC","Photoshop","XMP"]' "from every block"
plan
