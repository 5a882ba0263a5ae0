# SPDX-License-Identifier: Apache-2.0
# Layers go one way: util < license < {evidence, likeness} < manifest < rights < catalog < {view, document, ledger} <
# {scan, history, mount} < tools. Each dependency has one door.
. "${top_srcdir:-.}/tests/lint/lib.sh"

level() {
	case $1 in
	macros | error | buffer | text | json | idset | sum | serving | util) echo 0 ;;
	license) echo 1 ;;
	evidence | likeness) echo 2 ;;
	manifest) echo 3 ;;
	rights | selector) echo 4 ;;
	catalog | catalog_documents | catalog_revoke | catalog_snapshot | catalog_job | catalog_maker) echo 5 ;;
	view | document | ledger) echo 6 ;;
	scan | watch | history | mount | run | snapshot | snapshot_export | job | job_report | census | lineage | report) echo 7 ;;
	tools) echo 8 ;;
	*) echo 99 ;;
	esac
}
rooms=$(find fs -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | LC_ALL=C sort)
for room in $rooms; do
	bad=
	mine=$(level "$room")
	[ "$mine" = 99 ] && bad="unknown room; add it to tests/lint/layers.t"
	while IFS=: read -r file line inc; do
		name=$(echo "$inc" | sed -E 's/.*[<"](licensefs\/([a-z_]+)\.h|fs\/([a-z]+)\/.*)[>"].*/\2\3/')
		other=$(level "$name")
		[ "$name" = "$room" ] && continue
		[ "$name $room" = "watch scan" ] && continue
		[ "$name $room" = "snapshot history" ] && continue
		[ "$name $room" = "snapshot_export history" ] && continue
		[ "$name $room" = "census history" ] && continue
		[ "$name $room" = "job history" ] && continue
		[ "$name $room" = "lineage history" ] && continue
		[ "$name $room" = "job_report history" ] && continue
		[ "$name $room" = "run mount" ] && continue
		if [ "$other" -gt "$mine" ] || { [ "$other" = "$mine" ] && [ "$mine" -ge 6 ]; }; then
			bad="$bad $file:$line includes $name"
		fi
	done < <(grep -nE '#include ["<](licensefs/|fs/)' -r "fs/$room" --include='*.[ch]')
	if [ -z "$bad" ]; then ok "fs/$room looks down only"; else not_ok "fs/$room:$bad"; fi
done

bad=$(grep -nE '#include "fs/' tools/*.[ch] | head -5)
if [ -z "$bad" ]; then ok "tools/ includes public headers only"; else not_ok "tools/: $bad"; fi

door() { # NAME PATTERN ALLOWED-PATH-REGEX
	bad=$(grep -lE "#include <$2" -r fs tools include --include='*.[ch]' | grep -vE "$3")
	if [ -z "$bad" ]; then ok "$1 has one door"; else not_ok "$1 is included by: $bad"; fi
}
door libexif 'libexif/' '^fs/evidence/exif\.c$'
door libiptcdata 'libiptcdata/' '^fs/evidence/iptc\.c$'
door libxml2 'libxml/' '^fs/evidence/xml\.c$'
door libcbor 'cbor\.h' '^fs/evidence/cbor\.c$'
door libjpeg '(jpeglib|jerror|turbojpeg)\.h' '^fs/likeness/jpeg(_write)?\.c$'
door libpng 'png\.h' '^fs/likeness/png\.c$'
door libwebp 'webp/' '^fs/likeness/webp\.c$'
door libtiff 'tiff(io)?\.h' '^fs/likeness/tiff\.c$'
door giflib 'gif_lib\.h' '^fs/likeness/gif\.c$'
door jansson 'jansson\.h' '^fs/evidence/json\.c$'
door libyaml 'yaml\.h' '^fs/manifest/yaml\.c$'
door sqlite3 'sqlite3\.h' '^fs/catalog/'
door libfuse 'fuse' '^fs/mount/'
door xxHash 'xxhash' '^fs/util/hash\.c$'
door nettle 'nettle/' '^fs/util/digest\.c$'
door brotli 'brotli/' '^fs/evidence/brotli\.c$'
door libunistring 'uni(norm|case|ctype|str)\.h' '^fs/license/'
door libseccomp 'seccomp\.h' '^fs/scan/seccomp\.c$'
door libsmartcols 'libsmartcols' '^tools/table\.c$'
plan
