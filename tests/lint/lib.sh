# SPDX-License-Identifier: Apache-2.0
# TAP for shell lints: ok NAME / not_ok NAME / plan at the end.
set -u
cd "${top_srcdir:-.}" || exit 99
n=0
failed=0
ok() { n=$((n + 1)); echo "ok $n - $*"; }
not_ok() { n=$((n + 1)); failed=1; echo "not ok $n - $*"; }
plan() { echo "1..$n"; exit $failed; }
sources() { git ls-files -- "$@" 2>/dev/null || find "$@" -type f; }
