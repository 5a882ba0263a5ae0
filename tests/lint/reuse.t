# SPDX-License-Identifier: Apache-2.0
# Every file of the repository states its copyright and license (REUSE 3.0), and each license's
# text is in LICENSES/.
. "${top_srcdir:-.}/tests/lint/lib.sh"
if ! command -v reuse >/dev/null; then
	echo "1..0 # SKIP reuse is not installed; on Debian: apt-get install reuse"
	exit 0
fi
if ! git rev-parse --git-dir >/dev/null 2>&1; then
	echo "1..0 # SKIP not a git checkout: build products cannot be told from sources"
	exit 0
fi
if out=$(LC_ALL=C.UTF-8 reuse lint 2>&1); then
	ok "reuse lint"
else
	not_ok "reuse lint"
	printf '%s\n' "$out" | sed 's/^/# /'
fi

# The sources table and the store name the same photographs.
want=$(find examples/store -type f ! -name '*.txt' ! -name '*.xmp' -printf '%P\n' | LC_ALL=C sort)
have=$(sed -n 's/^| `\([^`]*\)` .*/\1/p' examples/SOURCES.md | LC_ALL=C sort)
if [ -n "$want" ] && [ "$want" = "$have" ]; then
	ok "examples/SOURCES.md names every photograph"
else
	not_ok "examples/SOURCES.md names every photograph"
	diff <(echo "$want") <(echo "$have") | sed 's/^/# /'
fi
plan
