# SPDX-License-Identifier: Apache-2.0
# Each header compiles alone, pedantically.
. "${top_srcdir:-.}/tests/lint/lib.sh"
CC=${CC:-cc}
for h in include/licensefs/*.h; do
	if out=$(echo "#include <licensefs/$(basename "$h")>" | $CC -std=gnu17 -pedantic -Wall -Wextra \
		-Werror -Iinclude -x c -fsyntax-only - 2>&1); then
		ok "$h stands alone"
	else
		not_ok "$h: $(echo "$out" | head -3 | tr '\n' ' ')"
	fi
done
plan
