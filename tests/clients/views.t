# SPDX-License-Identifier: Apache-2.0
# Every built-in view of the shipped store shows exactly the photographs of views.tsv, hides one at
# least, and holds enough for a job: two classes with two images or more.
. "${top_srcdir:-.}/tests/clients/lib.sh"
ok "the shipped store mounts" mount_examples
all=$(sed '/^#/d' "$here/views.tsv" | wc -l)
is "$all" "$(find "$top_srcdir/examples/store" -type f ! -name '*.txt' ! -name '*.xmp' | wc -l)" \
	"the table names every photograph"
for view in $views; do
	have=$(cd "$mnt/$view" && find . -type f ! -name '*.txt' ! -name '*.xmp' -printf '%P\n' | LC_ALL=C sort)
	is "$have" "$(expected "$view" | LC_ALL=C sort)" "$view shows what it should"
	ok "$view hides something" [ "$(echo "$have" | wc -l)" -lt "$all" ]
	big=$(echo "$have" | cut -d/ -f1 | uniq -c | awk '$1 >= 2' | wc -l)
	ok "$view has two classes of two" [ "$big" -ge 2 ]
done
ok "the caption is shown with its image" [ -f "$mnt/commercial/animals/spaniels.txt" ]
ok "and not without it" [ ! -e "$mnt/public-domain/animals/spaniels.txt" ]
ok "the sidecar is shown with its image" [ -f "$mnt/commercial/landscapes/pic-du-midi.xmp" ]
ok "the README is shown" cmp "$mnt/commercial/README.txt" "$store/README.txt"
ok "an alternative must satisfy the whole expression" \
	[ ! -e "$mnt/commercial+augmentable/space/rockets.jpg" ]
ok "which another image does" [ -f "$mnt/commercial+augmentable/animals/tabby.jpg" ]
plan
