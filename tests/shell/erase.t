# SPDX-License-Identifier: Apache-2.0
# licensefs revoke --erase, end to end: what the store says of a person is in no file of the catalog
# any more, after rescans, imports, renames and a kill either, and all of it is back after a restore.
. "${top_srcdir:-.}/tests/shell/mount.sh"
who='Erika Mustermann'
site=erika.example.net
words=("$who" "${who,,}" "$site" 'Sunset Nobody Else Has' 'row title of hers')
sidecar() { # IMAGE CREATOR URL TITLE
	jq -n --arg c "$2" --arg u "$3" --arg t "$4" \
		'{license: "https://creativecommons.org/licenses/by/4.0/", author: $c, url: $u, title: $t}' >"$store/$1.json"
}
# The words that some file in .licensefs has.
left() {
	local w
	for w in "${words[@]}"; do
		grep -rqF -- "$w" "$store/.licensefs" && printf '%s;' "$w"
	done
}
clean() { is "$(left)" "" "no file of the catalog names her $1"; }
seen() { [ -e "$mnt/commercial/$1" ]; }
hidden() { ! seen "$1"; }
status_of() { licensefs explain --json "$store" "$1" | jq -r .status; }
manifest() {
	cat >"$tmp/m.csv" <<-EOF
		ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation
		row,train,https://$site/row.jpg,https://$site/row,https://creativecommons.org/licenses/by/2.0/,https://$site/,$who,row title of hers,1,x,,0
		elsewhere,train,https://$site/2.jpg,https://$site/2,https://creativecommons.org/licenses/by/2.0/,https://$site/,$who,row title of hers too,1,x,,0
		his,train,https://bob.example.org/1.jpg,https://bob.example.org/1,https://creativecommons.org/licenses/by/2.0/,https://bob.example.org/,Bob Kept,row title of his,1,x,,0
	EOF
	licensefs import "$store" "$tmp/m.csv" --collection m >"$tmp/.import" 2>&1 || note "$(cat "$tmp/.import")"
}

image a/own.pnm
sidecar a/own.pnm "$who" "https://$site/own" 'Sunset Nobody Else Has'
image a/gone.pnm
sidecar a/gone.pnm "$who" "https://$site/gone" 'Sunset Nobody Else Has'
image a/bob.pnm
sidecar a/bob.pnm 'Bob Kept' https://bob.example.org/2 'His Title'
image b/row.pnm
image b/his.pnm
image c/ruled.pnm
cat >"$store/c/REUSE.toml" <<EOF
version = 1
[[annotations]]
path = "ruled.pnm"
SPDX-FileCopyrightText = "2020 $who"
SPDX-License-Identifier = "CC-BY-4.0"
EOF
scan
manifest
rm "$store/a/gone.pnm" "$store/a/gone.pnm.json"
scan
up
for f in a/own.pnm b/row.pnm c/ruled.pnm a/bob.pnm b/his.pnm; do ok "$f is there" seen "$f"; done
is "$(left | tr -cd ';' | wc -c)" "$((${#words[@]} - 1))" "the catalog names her"

# --- erased
succeeds "an erasure" licensefs revoke "$store" --creator "$who" --erase --reason 'request 9'
for f in a/own.pnm b/row.pnm c/ruled.pnm; do ok "$f is hidden" hidden "$f"; done
ok "others are there" seen a/bob.pnm
ok "by a row, too" seen b/his.pnm
is "$(status_of c/ruled.pnm)" revoked "a rule says whose it is"
succeeds "an erasure by path" licensefs revoke "$store" --path a/own.pnm --erase --reason 'request 9'
clean "after an erasure"
ok "others are named" grep -rqF 'Bob Kept' "$store/.licensefs"
ok "the store is as it was" grep -qF "$who" "$store/a/own.pnm.json"

# --- nothing comes back
touch "$store"/*/*.pnm "$store"/*/*.json "$store/c/REUSE.toml"
scan
clean "after a scan that read everything"
manifest
clean "after another import"
mv "$store/a/own.pnm" "$store/a/renamed.pnm"
cp "$store/b/row.pnm" "$store/a/copy.pnm"
image a/new.pnm
sidecar a/new.pnm "$who" "https://$site/new" 'Sunset Nobody Else Has'
image b/elsewhere.pnm
scan
for f in a/renamed.pnm a/copy.pnm a/new.pnm b/elsewhere.pnm; do
	is "$(status_of "$f")" revoked "$f is revoked"
	ok "and hidden" hidden "$f"
done
clean "after renaming, copying and adding"
ok "others are still there" seen b/his.pnm

# --- a reader in the way, and a kill
image a/last.pnm
sidecar a/last.pnm 'Max Killed' https://max.example/1 'His Last Title'
scan
words=('Max Killed' 'max killed' max.example 'His Last Title')
cat >"$tmp/reader.py" <<'EOF'
import os, signal, sqlite3, sys
c = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True, isolation_level=None)
c.execute("BEGIN")
c.execute("SELECT count(*) FROM entry").fetchall()
open(sys.argv[2], "w").close()
signal.pause()
EOF
python3 "$tmp/reader.py" "$store/.licensefs/catalog.db" "$tmp/reading" &
reader=$!
eventually "somebody reads" [ -e "$tmp/reading" ]
succeeds "an erasure meanwhile" licensefs revoke "$store" --creator 'max killed' --erase --reason 'request 10'
is "$(status_of a/last.pnm)" revoked "is in force"
ok "though the log has more yet" [ -n "$(left)" ]
kill -9 "$reader"
wait "$reader" 2>/dev/null
scan
clean "after the next scan"
ok "and the catalog is sound" sqlite3 "$store/.licensefs/catalog.db" 'PRAGMA integrity_check'

# --- restored
for n in $(licensefs revoke "$store" --list --json | jq -r 'select(.in_force) | .revocation'); do
	succeeds "restoring $n" licensefs restore "$store" "$n" --reason 'a mistake'
done
ok "nothing shows that nobody has read" hidden a/renamed.pnm
scan
followed
ok "what a sidecar says is back" seen a/new.pnm
is "$(licensefs explain --json "$store" a/new.pnm | jq -r .credit.creator)" "$who" "with its creator"
ok "what a rule says as well" seen c/ruled.pnm
ok "what a row said is not" hidden b/row.pnm
manifest
eventually "until it is imported again" seen b/row.pnm
sanitizers_are_silent
plan
