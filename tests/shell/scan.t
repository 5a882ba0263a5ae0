# SPDX-License-Identifier: Apache-2.0
# The scan against a living store: what is new, changed, replaced, gone, unreadable or no image.
. "${top_srcdir:-.}/tests/shell/lib.sh"
base=$data/images/cc-by.jpg
store=$tmp/store
mkdir -p "$store/cats/deep" "$store/empty"
img() { cat "$base"; printf '%s' "$1"; }
views() { licensefs explain --json "$store" "$1" | jq -c '.views | index("noncommercial") != null'; }
state() { licensefs explain --json "$store" "$1" | jq -r '.status // .rule // "none"'; }
dump() { python3 "$top_srcdir/tests/shell/catalog_dump.py" "$store/.licensefs/catalog.db"; }
img a >"$store/cats/a.jpg"
img b >"$store/cats/noextension"
img c >"$store/cats/deep/c.jpg"
echo caption >"$store/cats/a.txt"
echo readme >"$store/README.md"
echo x >"$store/cats/train.cache"
printf 'not an image' >"$store/cats/fake.jpg"
ln -s a.jpg "$store/cats/link.jpg"
mkfifo "$store/cats/fifo.jpg"

exits 0 "first scan" licensefs scan "$store" --json
is "$(json .images)" 3 "three images by content"
is "$(views cats/a.jpg)" true "an image with a license is in"
is "$(views cats/noextension)" true "its name does not matter"
is "$(state cats/fake.jpg)" not-image "an image's name does not make an image"
is "$(state cats/link.jpg)" symlink "a symbolic link is hidden"
is "$(state cats/fifo.jpg)" special "a FIFO is hidden, and nobody waited for it"
is "$(state cats/train.cache)" cache "a cache is hidden"
is "$(state cats/a.txt)" stem "a caption is a companion"
is "$(state README.md)" inert-name "README is inert"

# Equal time stamps are believed only when they are old enough.
sleep 2.1
licensefs scan "$store" >/dev/null 2>&1
run licensefs scan "$store" --json
is "$(json .unchanged)" 3 "a rescan finds nothing new"
before=$(dump)

img changed >"$store/cats/a.jpg"
run licensefs scan "$store" --json
is "$(json '[.changed, .unchanged]')" '[1,2]' "a changed file is read again"
is "$(views cats/a.jpg)" true "and judged"

printf 'GIF89a broken' >"$store/cats/noextension"
mv "$store/cats/deep/c.jpg" "$store/cats/moved.jpg"
rm "$store/cats/a.txt"
run licensefs scan "$store" --json
is "$(views cats/moved.jpg)" true "a moved file is found"
run licensefs explain --json "$store" cats/deep/c.jpg
is "$status" 1 "its old path is gone"
run licensefs explain --json "$store" cats/a.txt
is "$status" 1 "a removed companion is gone"

# A sidecar appears, changes, vanishes.
cat >"$store/cats/moved.xmp" <<'X'
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"><xmpRights:UsageTerms>
<rdf:Alt><rdf:li xml:lang="x-default">All rights reserved</rdf:li></rdf:Alt></xmpRights:UsageTerms>
</rdf:Description></rdf:RDF></x:xmpmeta>
X
licensefs scan "$store" >/dev/null 2>&1
is "$(views cats/moved.jpg)" false "a sidecar that reserves all rights hides the image"
rm "$store/cats/moved.xmp"
licensefs scan "$store" >/dev/null 2>&1
is "$(views cats/moved.jpg)" true "without it the image is back"
printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ' >"$store/cats/moved.jpg.xmp"
licensefs scan "$store" >/dev/null 2>&1
is "$(state cats/moved.jpg)" unreadable "a broken sidecar makes the image unreadable"
rm "$store/cats/moved.jpg.xmp"

printf '' >"$store/cats/moved.xmp"
licensefs scan "$store" >/dev/null 2>&1
is "$(state cats/moved.jpg)" unreadable "so does an empty one"
rm "$store/cats/moved.xmp"
licensefs scan "$store" >/dev/null 2>&1
is "$(state cats/moved.jpg)" clear "without it the image is read again"
sleep 2.1
licensefs scan "$store" >/dev/null 2>&1
ln -s /nowhere "$store/cats/moved.xmp"
licensefs scan "$store" >/dev/null 2>&1
is "$(state cats/moved.jpg)" unreadable "a link in the place of a sidecar hides what it leads to"
rm "$store/cats/moved.xmp"
licensefs scan "$store" >/dev/null 2>&1
is "$(state cats/moved.jpg)" clear "until it is gone"

# Dates limit the use.
until_sidecar() {
	cat >"$store/cats/moved.xmp" <<-X
	<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
	<rdf:Description rdf:about="" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
	plus:LicenseEndDate="$1"/></rdf:RDF></x:xmpmeta>
	X
	licensefs scan "$store" >/dev/null 2>&1
}
until_sidecar 2001-02-03
is "$(views cats/moved.jpg)" false "an image whose license has ended is out"
until_sidecar 9001-02-03
is "$(views cats/moved.jpg)" true "and in where it will end"
until_sidecar "one day"
is "$(views cats/moved.jpg)" false "a date that nobody can read hides"
rm "$store/cats/moved.xmp"

# A directory becomes a file, and a file a directory.
rm -r "$store/cats/deep"
img deep >"$store/cats/deep"
rm "$store/cats/fake.jpg"
mkdir "$store/cats/fake.jpg"
img inner >"$store/cats/fake.jpg/inner.jpg"
licensefs scan "$store" >/dev/null 2>&1
is "$(views cats/deep)" true "a file where a directory was"
is "$(views cats/fake.jpg/inner.jpg)" true "a directory where a file was"
exits 0 "the catalog is consistent" licensefs status --verify "$store"

# Names are bytes.
mkdir "$store/names"
for n in $'new\nline.jpg' $'bad\xff.jpg' ' lead' -rf '*?[' "$(printf 'n%.0s' $(seq 251)).jpg"; do
	img "$n" >"$store/names/$n"
done
licensefs scan "$store" >/dev/null 2>&1
for n in $'new\nline.jpg' $'bad\xff.jpg' ' lead' -rf '*?['; do
	is "$(views "names/$n")" true "name $(printf %q "$n")"
done

# Mount points below the store are not entered.
if [ "$(id -u)" = 0 ]; then
	mkdir "$store/mnt" "$tmp/other"
	img other >"$tmp/other/o.jpg"
	mount --bind "$tmp/other" "$store/mnt"
	licensefs scan "$store" >/dev/null 2>&1
	is "$(state mnt)" other-filesystem "a mount point is hidden"
	exits 1 "and what is in it is not catalogued" licensefs find "$store" mnt/
	run licensefs explain --json "$store" mnt/o.jpg
	is "$(json '[.rule, .views]')" '["other-filesystem",[]]' "and in no view"
	umount "$store/mnt"

	chmod 755 "$tmp"
	chmod 0 "$store/cats"
	install -d -o 65534 "$tmp/nobody"
	run setpriv --reuid 65534 --clear-groups licensefs scan "$store" --catalog "$tmp/nobody/c.db"
	is "$status" 0 "a directory that cannot be listed does not end the scan"
	like "$err" 'cannot list cats' "it is named"
	run licensefs explain "$store" cats/a.jpg --catalog "$tmp/nobody/c.db"
	is "$status" 1 "and what is in it is not judged"
	chmod 755 "$store/cats"
fi
unlike "$before" '\.licensefs' "the catalog does not catalogue itself"

# A file of holes is not read for hours.
img huge >"$store/huge.jpg"
if truncate -s 12T "$store/huge.jpg" 2>/dev/null || truncate -s 65G "$store/huge.jpg"; then
	run timeout 60 licensefs scan "$store"
	is "$status" 0 "a file of terabytes does not hold a scan up"
	is "$(state huge.jpg)" unreadable "it is hidden"
fi
rm -f "$store/huge.jpg"

chmod 755 "$store"
rm -rf "$store/cats"
run licensefs scan "$store" --json
is "$(json '.removed > 2')" true "a removed directory is noticed"
exits 0 "the catalog is consistent at the end" licensefs status --verify "$store"
plan
