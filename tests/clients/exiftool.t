# SPDX-License-Identifier: Apache-2.0
# exiftool and licensefs read the same rights fields from what exiftool writes into each format.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need_python PIL
# The newest, from npm, where tests/run.sh could install it.
exiftool=${EXIFTOOL_DIR:-/nonexistent}/node_modules/exiftool-vendored.pl/bin/exiftool
if [ -e "$exiftool" ] && command -v perl >/dev/null; then
	exiftool="perl $exiftool"
else
	need exiftool
	exiftool=exiftool
fi
note "exiftool $($exiftool -ver)"
store=$tmp/store
mkdir "$store"

run timeout 300 /usr/bin/python3 "$here/exiftool_write.py" "$exiftool" "$here/exiftool_fields.tsv" "$store"
note "$out"
is "$status" 0 "exiftool writes its fields into every format"
ok "the store is scanned" licensefs scan "$store"
timeout 300 /usr/bin/python3 "$here/exiftool_equal.py" --exiftool "$exiftool" --least 99 "$store" \
	>"$tmp/equal" 2>&1
is $? 0 "every format has at least 99% of the fields equal"
note "$(head -n 60 "$tmp/equal")"
formats="jpeg png tiff gif psd dng heif avif jxl jp2 xmp"
[ "$exiftool" = exiftool ] || formats="$formats webp" # Debian's writes none
for format in $formats; do
	like "$(grep "^$format " "$tmp/equal")" "fields=[1-9][0-9][0-9]" "$format was compared"
done
like "$(grep -c '^different' "$tmp/equal")" '^0$' "and no difference is left unexplained"
plan
