# SPDX-License-Identifier: Apache-2.0
# rsync -a, cp -a and tar copy each view out; the copies are equal in bytes, names, modes and times.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need rsync tar bc
ok "the shipped store mounts" mount_examples
for view in $views; do
	run bash "$here/snapshot.sh" "$mnt/$view"
	like "$status $out" '^0 .* copies=3 failed=0 ' "$view"
	[ "$status" = 0 ] || note "$err"
done
plan
