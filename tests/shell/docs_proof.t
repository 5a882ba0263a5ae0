# SPDX-License-Identifier: Apache-2.0
# The day of docs/proof.md runs, and prints what it says: its programs are those of the page.
PATH=/usr/bin:$PATH
. "${top_srcdir:-.}/tests/shell/docs.sh"
python3 -c 'import PIL' 2>/dev/null || skip_all "needs python3-pil"
command -v strace >/dev/null || skip_all "needs strace"
strace -qq -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
mkdir -p "$tmp/data/made"
cp -r "$top_srcdir/examples/store" "$tmp/data/photos" && chmod -R u+w "$tmp/data/photos" || exit 99
cp "$tmp/data/photos/animals/tabby.jpg" "$tmp/data/mail.jpg"
awk -v to="$tmp/data/" '
	/^```python$/ { getline; file = to $2; print >file; next }
	/^```$/ { file = "" }
	file { print >file }' "$top_srcdir/docs/proof.md"
ok "the page has programs" [ -s "$tmp/data/train.py" -a -s "$tmp/data/count.py" -a -s "$tmp/data/generate.py" ]
walk_through docs/proof.md 20
