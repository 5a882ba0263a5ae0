# SPDX-License-Identifier: Apache-2.0
# find | xargs file: libmagic reads every file, the inert README and the companions too.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need file bc
ok "the shipped store mounts" mount_examples
for view in $views; do
	run bash "$here/find_file.sh" "$mnt/$view"
	like "$status $out" "^0 .* images=$(expected "$view" | wc -l) unreadable=0 " "$view"
done
plan
