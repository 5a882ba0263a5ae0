# SPDX-License-Identifier: Apache-2.0
# bench/scale.sh measures what it says it does.
. "${top_srcdir:-.}/tests/shell/lib.sh"
. "$top_srcdir/tests/shell/mount.sh"

export TMPDIR=$tmp
succeeds "one quick run" bash "$top_srcdir/bench/scale.sh" --quick --build "$top_builddir" --keep "$tmp/catalogs"
like "$out" 'made, a second \| [1-9]' "catalogs are made"
like "$out" 'random `stat` in a fresh mount, 9[0-9] % shown \| [1-9][0-9]*/s' "names are found"
like "$out" '`find`, 39[0-9][0-9] names \| [0-9.]+ s, [1-9]' "and listed"
like "$out" '`revoke` of one image, until the mount has followed \| [0-9.]+ s' "a takedown is followed"
like "$out" '`snapshot create` \| [0-9.]+ s.*bytes that it takes an image \| 0\.[0-9]' "snapshots are made"
like "$out" 'takedown of 1000 images' "and many at once"
is "$(cd "$tmp/catalogs" && echo *)" "classes-4000 flat-2000 yfcc-6000" "of every shape"
ok "the catalog is sound" licensefs status --verify "$tmp/catalogs/yfcc-6000"
plan
