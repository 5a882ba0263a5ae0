# SPDX-License-Identifier: Apache-2.0
# `snapshot export --format reuse`: the tree, with license and copyright of each file in a form that reuse(1) accepts.
. "${top_srcdir:-.}/tests/shell/mount.sh"
command -v reuse >/dev/null || skip_all "there is no reuse(1)"
export_to() { run licensefs snapshot export "$store" one --format reuse --output "$@"; }
lint() { (cd "$1" && reuse lint); }
# The members of a tree, without what the format adds.
members() { (cd "$1" && find . -type f ! -name '*.license' ! -path './LICENSES/*' ! -path './.reuse/*' ! -name REUSE.toml -print0 | LC_ALL=C sort -z | xargs -0 cksum); }
of() { sed -n "s/^SPDX-License-Identifier: //p" "$1"; }

# --- licenses of all kinds ----------------------------------------------------------------------
for i in by gfdl own pd or none long odd; do image "img/$i.pnm"; done
long=$(printf %0246d 7)
image "img/$long.pnm"
image "deep/er/Eve's \$x.pnm"
image "deep/LICENSES/by.pnm" by2
mkdir "$store/LICENSES" "$store/.reuse"
echo "CC text" >"$store/LICENSES/README.txt"
echo words >"$store/README"
printf 'SPDX-FileCopyrightText: 2019 Somebody\nSPDX-License-Identifier: CC-BY-NC-4.0\n' >"$store/img/odd.pnm.license"
mkdir "$store/shards" && tar -C "$store" -cf "$store/shards/a.tar" --format=ustar img/by.pnm img/pd.pnm img/none.pnm
cat >"$tmp/rows.jsonl" <<'J'
{"path": "img/by.pnm", "license": "CC-BY-4.0", "creator": "Ann SPDX-License-Identifier: Zlib\nSPDX-License-Identifier: Zlib", "title": "T*/ -->", "source": "https://example.org/1"}
{"path": "deep/LICENSES/by.pnm", "license": "CC-BY-4.0", "creator": "Ünal © 2020"}
J
scan
licensefs license set "$store" LicenseRef-Ours --permits noncommercial-use,commercial-use,redistribute,derive --url https://example.org/ours --name "Our terms" >/dev/null 2>"$tmp/.e" || note "$(cat "$tmp/.e")"
licensefs import "$store" "$tmp/rows.jsonl" >/dev/null 2>&1 || note "no import"
decide img/gfdl.pnm --license GFDL-1.3-or-later
decide img/own.pnm --license LicenseRef-Ours
decide img/pd.pnm --license CC-PDM-1.0
decide img/or.pnm --license 'CC-BY-4.0 OR GFDL-1.2'
decide 'img/long.pnm' --license CC0-1.0
decide 'img/0*.pnm' --license CC-BY-SA-4.0
decide 'img/odd.pnm' --license CC0-1.0 --override
decide 'deep/er/*' --license CC0-1.0
decide shards/a.tar/img/by.pnm --license CC-BY-4.0
decide shards/a.tar/img/pd.pnm --license 'MIT OR CC0-1.0'
licensefs snapshot create "$store" one --view noncommercial >/dev/null || exit 99
export_to "$tmp/long" --json
is "$status" 0 "an export"
like "$(tr '\n' '|' <"$tmp/long/.reuse/dep5")" "Files: img/$long.pnm\\|Copyright: NOASSERTION\\|License: CC-BY-SA-4.0" "of a name that is too long dep5 tells"
rm "$store/img/$long.pnm" && scan

export_to "$tmp/one" --json
is "$status" 1 "another one, when that is gone"
is "$(json '[.images, .left_out.taken]')" "[11,1]" "the store's own words are left out, and counted"
like "$err" "1 file left out: taken" "and told"
lint "$tmp/one" >"$tmp/lint" 2>&1
is $? 0 "reuse lint accepts it" || note "$(tail -20 "$tmp/lint")"
like "$(cat "$tmp/lint")" "Used licenses: CC-BY-4.0, CC0-1.0, GFDL-1.2-only, GFDL-1.3-or-later, LicenseRef-CC-PDM-1.0, LicenseRef-NotStated, LicenseRef-Ours, MIT" "with these licenses"
is "$(of "$tmp/one/img/or.pnm.license")" "CC-BY-4.0 OR GFDL-1.2-only" "a choice stays one"
is "$(of "$tmp/one/img/odd.pnm.license")" CC0-1.0 "what was decided counts, not what the store says"
is "$(of "$tmp/one/img/by.pnm.license")" CC-BY-4.0 "a creator cannot add a license"
is "$(of "$tmp/one/shards/a.tar.license")" "CC-BY-4.0 AND (CC0-1.0 OR MIT)" "an archive has those of its images"
is "$(of "$tmp/one/README.license")" LicenseRef-NotStated "of other files nothing is known"
like "$(cat "$tmp/one/deep/LICENSES/by.pnm.license")" "FileCopyrightText: Ünal © 2020" "who made it is named"
ok "the text of a license is Debian's" cmp "$tmp/one/LICENSES/GFDL-1.3-or-later.txt" /usr/share/common-licenses/GFDL-1.3
like "$(cat "$tmp/one/LICENSES/LicenseRef-Ours.txt")" "Our terms.*https://example.org/ours" "or its address"
like "$err" "of [0-9]+ licenses there is no text here.*--license-texts" "which is told"
ok "all else is the tree" sh -c "[ ! -e '$tmp/one/img/none.pnm' ] && [ -e '$tmp/one/deep/er/Eve'\''s \$x.pnm' ]"
mkdir "$tmp/texts"
for id in CC-BY-4.0 GFDL-1.2-only LicenseRef-CC-PDM-1.0 LicenseRef-Ours MIT; do echo "text of $id" >"$tmp/texts/$id.txt"; done
export_to "$tmp/texts.out" --license-texts "$tmp/texts" --json
is "$status:$(grep -c 'no text here' <<<"$err")" "1:0" "with texts of one's own"
is "$(cat "$tmp/texts.out/LICENSES/MIT.txt")" "text of MIT" "which are taken"
exits 3 "a directory that is none" licensefs snapshot export "$store" one --format reuse --output "$tmp/x" --license-texts "$tmp/none"
exits 2 "--license-texts with another format" licensefs snapshot export "$store" one --format tree --output "$tmp/x" --license-texts "$tmp"
export_to "$tmp/two"
ok "two exports are the same" diff -r "$tmp/one" "$tmp/two"

# --- what is taken down takes its license along -------------------------------------------------
licensefs revoke "$store" --path img/gfdl.pnm --path shards/a.tar/img/pd.pnm --reason asked >/dev/null 2>&1
export_to "$tmp/less" --json
ok "no word of what was taken down" sh -c "! grep -rqE '^SPDX.*(GFDL-1.3|MIT)' --include='*.license' '$tmp/less' && [ ! -e '$tmp/less/LICENSES/MIT.txt' ] && [ ! -e '$tmp/less/img/gfdl.pnm.license' ]"
is "$(of "$tmp/less/shards/a.tar.license")" CC-BY-4.0 "nor in the archive"
ok "reuse lint accepts it" lint "$tmp/less"
if [ -z "${AM_SANITIZE:-}" ] && ${CC:-cc} -O1 -shared -fPIC -o "$tmp/pause.so" "$top_srcdir/tests/shell/export_pause.c" -ldl; then
	LD_PRELOAD=$tmp/pause.so PAUSE=syncfs:1 PAUSE_FILE=$tmp/pause licensefs snapshot export "$store" one --format reuse --output "$tmp/paused" 2>/dev/null &
	eventually "stopped at the end" [ -e "$tmp/pause" ]
	licensefs revoke "$store" --path img/own.pnm --path shards/a.tar/img/by.pnm --reason asked >/dev/null 2>&1
	rm -f "$tmp/pause"
	wait $!
	export_to "$tmp/after"
	ok "a takedown at the end: as an export after it" diff -r "$tmp/after" "$tmp/paused"
	ok "without its license" [ ! -e "$tmp/paused/LICENSES/LicenseRef-Ours.txt" ]
	ok "which reuse lint accepts" lint "$tmp/paused"
	# all that dep5 names
	image "img/$long.pnm" && scan && decide 'img/0*.pnm' --license CC-BY-SA-4.0
	licensefs snapshot create "$store" two --view noncommercial >/dev/null 2>&1
	LD_PRELOAD=$tmp/pause.so PAUSE=syncfs:1 PAUSE_FILE=$tmp/pause licensefs snapshot export "$store" two --format reuse --output "$tmp/paused2" 2>/dev/null &
	eventually "stopped at the end again" [ -e "$tmp/pause" ]
	ok "dep5 is there by then" grep -q "$long" "$tmp"/.licensefs-export-*/tree/.reuse/dep5
	licensefs revoke "$store" --path "img/$long.pnm" --reason asked >/dev/null 2>&1
	rm -f "$tmp/pause"
	wait $!
	ok "the takedown takes it along" sh -c "[ -e '$tmp/paused2/README' ] && ! grep -rq '$long' '$tmp/paused2' && ! [ -e '$tmp/paused2/.reuse/dep5' ]"
	ok "which reuse lint accepts, too" lint "$tmp/paused2"
fi

# --- random datasets ----------------------------------------------------------------------------
for seed in 11 12; do
	rm -rf "$store" && mkdir "$store" && python3 "$top_srcdir/tests/shell/export_make.py" "$store" $seed
	find "$store" -depth -name '*[^a-zA-Z0-9.  _-]*' -print0 | grep -zavxE '([[:print:]]|/)*' | xargs -0 -r rm -rf
	scan
	licensefs snapshot create "$store" one --view noncommercial >/dev/null 2>&1
	export_to "$tmp/r$seed"
	licensefs mount "$store" "$mnt" -o snapshot=one 2>/dev/null
	ok "dataset $seed: has the files of the mount" diff <(members "$mnt") <(members "$tmp/r$seed")
	ok "dataset $seed: and reuse lint accepts it" lint "$tmp/r$seed"
	umount "$mnt"
done
sanitizers_are_silent
plan
