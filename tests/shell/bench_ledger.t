# SPDX-License-Identifier: Apache-2.0
# bench/ledger.sh measures what it says it does.
. "${top_srcdir:-.}/tests/shell/lib.sh"
can_mount || skip_all "cannot mount"
for tool in python3 cc; do
	command -v "$tool" >/dev/null || skip_all "no $tool"
done
export TMPDIR=$tmp
succeeds "one quick run" bash "$top_srcdir/bench/ledger.sh" --quick --modes checked,cached --licensefs "$top_builddir/licensefs"
like "$out" '\| 80 images of 8 KiB, 1 process \|' "says of what"
for mode in checked cached; do
	like "$out" "\| $mode \| [0-9.]+ \([0-9.]+-[0-9.]+\), least [0-9.]+ \| [0-9.]+ .*\| [0-9]+ bytes \|" "$mode: two ratios, and the size"
done
plan
