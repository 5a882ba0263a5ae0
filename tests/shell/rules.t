# SPDX-License-Identifier: Apache-2.0
# Rule files found in the store: REUSE.toml, .reuse/dep5 and tdmrep.json come, change and go under a
# mount, and are in force with the images that they are about.
. "${top_srcdir:-.}/tests/shell/mount.sh"
rights() { licensefs explain --json "$store" "$1" | jq -r '"\(.status) \(.license)"'; }
shown() { [ -f "$mnt/$1" ]; }
hidden() { [ ! -e "$mnt/$1" ]; }
tag=SPDX-License-Identifier # reuse reads this file, too
by=SPDX-FileCopyrightText
# toml DIR [TABLE...]: each table is "PATH|PRECEDENCE|LICENSE|COPYRIGHT".
toml() {
	local dir=$1 t path precedence license copyright
	shift
	mkdir -p "$store/$dir"
	{
		echo "version = 1"
		for t; do
			IFS='|' read -r path precedence license copyright <<<"$t"
			printf '[[annotations]]\npath = "%s"\n' "$path"
			[ -z "$precedence" ] || echo "precedence = \"$precedence\""
			[ -z "$license" ] || echo "$tag = \"$license\""
			[ -z "$copyright" ] || echo "$by = \"$copyright\""
		done
	} >"$store/$dir/REUSE.toml"
}
dep5() {
	mkdir -p "$store/.reuse"
	printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: %s\nCopyright: 2019 Jane Doe\nLicense: %s\n' "$@" >"$store/.reuse/dep5"
}

# --- a rule comes, changes and goes
image images/cat.pnm
image images/deep/dog.pnm
image other/cow.pnm
scan
up
ok "nothing grants anything" hidden commercial/images
toml . 'images/**||CC-BY-4.0|2019 Jane Doe'
scan
eventually "a REUSE.toml lets images in" shown commercial/images/cat.pnm
ok "at any depth" shown commercial/images/deep/dog.pnm
ok "but not those that no path matches" hidden commercial/other/cow.pnm
run licensefs explain --json "$store" images/cat.pnm
is "$(json -r '.credit.creator')" "Jane Doe" "it says whom to credit"
is "$(json -r '[.claims[].source] | unique[]')" "REUSE REUSE.toml" "claims name the file"
image images/new.pnm
scan
eventually "an image that comes later joins it" shown commercial/images/new.pnm
toml . 'images/**||CC-BY-4.0' 'images/*.pnm||CC-BY-NC-4.0'
scan
eventually "the last table that matches wins" hidden commercial/images/cat.pnm
ok "for what it matches" shown commercial/images/deep/dog.pnm
ok "and permits what it does" shown noncommercial/images/cat.pnm
generation=$(licensefs scan --json "$store" | jq .generation)
is "$(licensefs scan --json "$store" | jq .generation)" "$generation" "a scan without changes writes nothing"
rm "$store/REUSE.toml"
scan
eventually "a rule that goes takes what it granted with it" hidden noncommercial/images/cat.pnm
is "$(rights images/deep/dog.pnm)" "unlicensed null" "everywhere"

# --- of several
toml . '**||CC-BY-4.0|Outer' && toml images '**||CC0-1.0|'
scan
is "$(rights images/cat.pnm)" "clear CC0-1.0" "the closest license"
is "$(licensefs explain --json "$store" images/cat.pnm | jq -r .credit.creator)" Outer "and the closest copyright"
is "$(rights other/cow.pnm)" "clear CC-BY-4.0" "elsewhere the outer one"
toml . '**|override|CC-BY-4.0'
scan
is "$(rights images/cat.pnm)" "clear CC-BY-4.0" "the override nearest to the root"
toml . '**|aggregate|CC-BY-NC-4.0' && rm "$store/images/REUSE.toml"
echo "$tag: CC0-1.0" >"$store/images/cat.pnm.license"
scan
is "$(rights images/new.pnm)" "clear CC-BY-NC-4.0" "what aggregates grants where nothing else does"
is "$(rights images/cat.pnm)" "conflict LicenseRef-Conflict" "and restricts what is closer"
toml . '**||CC-BY-NC-4.0'
scan
is "$(rights images/cat.pnm)" "clear CC0-1.0" "what is beside a file is closer"
rm "$store/images/cat.pnm.license"
toml . '**||LicenseRef-Mine'
scan
is "$(rights images/cat.pnm)" "unlicensed LicenseRef-Unrecognised" "a license of one's own grants nothing"
printf 'P6\n# CC-BY-NC-4.0\n1 1\n255\nrgb' >"$store/images/inside.pnm"
toml . '**|override|CC0-1.0'
scan
is "$(rights images/inside.pnm)" "conflict LicenseRef-Conflict" "an override cannot grant what the image forbids"

# --- malformed
toml . '**||CC-BY-4.0'
scan
eventually "before" shown commercial/images/cat.pnm
echo 'version = 1
[[annotations]]
path = "**' >"$store/REUSE.toml"
run licensefs scan "$store"
is "$status" 0 "a malformed rule file is no error"
like "$err" "REUSE.toml: line 3: no TOML" "but a warning, with its line"
eventually "nothing below it is shown" hidden commercial/images/cat.pnm
like "$(licensefs explain "$store" images/cat.pnm)" "unreadable: .*REUSE REUSE.toml: line 3: no TOML" "explain says why"
rm "$store/REUSE.toml" && mkfifo "$store/REUSE.toml"
image images/late.pnm
scan
is "$(rights images/late.pnm | cut -d' ' -f1)" unreadable "what takes its name without being a file hides, too"
rm "$store/REUSE.toml" && mkdir "$store/REUSE.toml"
scan
is "$(rights images/late.pnm)" "unlicensed null" "but for a directory"
rmdir "$store/REUSE.toml"

# --- dep5
dep5 'images/*' CC-BY-4.0
scan
eventually "dep5 lets images in" shown commercial/images/deep/dog.pnm
ok "by its own stars" hidden commercial/other/cow.pnm
toml . 'other/*||CC0-1.0'
run licensefs scan "$store"
like "$err" "dep5: stands beside a REUSE.toml" "both: a warning"
eventually "and dep5 grants nothing" hidden commercial/images/deep/dog.pnm
followed
ok "what REUSE.toml says holds" shown commercial/other/cow.pnm
rm "$store/REUSE.toml"
scan
eventually "without it dep5 speaks again" shown commercial/images/deep/dog.pnm
rm "$store/.reuse/dep5"
scan
eventually "and goes" hidden commercial/images/deep/dog.pnm

# --- opt-outs of a mirrored site
toml . '**||CC0-1.0'
scan
eventually "all is there" shown commercial/images/cat.pnm
mkdir "$store/.well-known"
echo '[{"location": "/images/deep/", "tdm-reservation": 0}, {"location": "/images/*", "tdm-reservation": 1}]' >"$store/.well-known/tdmrep.json"
image images/more.pnm
scan
eventually "a reservation takes images out of every view" hidden noncommercial/images/cat.pnm
ok "those that come with it, too" hidden noncommercial/images/more.pnm
ok "the first rule that matches holds" shown commercial/images/deep/dog.pnm
ok "the others are not touched" shown commercial/other/cow.pnm
is "$(licensefs explain --json "$store" images/cat.pnm | jq -c .reservations)" '["data-mining"]' "as what it is"
echo '[{"location": "/images/' >"$store/other/tdmrep.json"
run licensefs scan "$store"
like "$err" "other/tdmrep.json: .*counts as reserved" "a malformed one is a warning"
eventually "and reserves everything below its directory" hidden commercial/other/cow.pnm
rm "$store/other/tdmrep.json"
mv "$store/.well-known" "$tmp/well-known"
ln -s "$tmp/well-known" "$store/.well-known"
scan
eventually "what a link leads to may reserve everything" hidden commercial/images/deep/dog.pnm
rm "$store/.well-known"
scan
eventually "without them all is back" shown commercial/images/cat.pnm
eventually "everywhere" shown commercial/other/cow.pnm

# --- directories that come and go with their rules
mkdir -p "$tmp/new" && mv "$store/images" "$tmp/new/"
rm "$store/REUSE.toml"
scan
mv "$tmp/new/images" "$store/"
toml images 'deep/*||CC-BY-4.0'
scan
eventually "rules that come with their directory" shown commercial/images/deep/dog.pnm
mv "$store/images" "$store/moved"
scan
eventually "move with it" shown commercial/moved/deep/dog.pnm
echo 'Rights: all reserved' >"$store/COPYING"
scan
ok "a file with a telling name says nothing" shown commercial/moved/deep/dog.pnm
exits 0 "the catalog is consistent" licensefs status --verify "$store"
down
sanitizers_are_silent
plan
