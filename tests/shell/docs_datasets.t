# SPDX-License-Identifier: Apache-2.0
# The walk-through of docs/datasets.md runs, and prints what it says.
. "${top_srcdir:-.}/tests/shell/docs.sh"
python3 "$top_srcdir/tests/shell/docs_stores.py" "$tmp/data" || exit 99
mkdir -p "$tmp/mnt/coco"
walk_through docs/datasets.md 31
