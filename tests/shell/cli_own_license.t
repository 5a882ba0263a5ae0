# SPDX-License-Identifier: Apache-2.0
# licensefs license set, rm: licenses that an operator defines, in decisions, sidecars, views and
# mounts.
. "${top_srcdir:-.}/tests/shell/mount.sh"
xmp() { # xmp FILE LICENSE
	printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmpRights:UsageTerms="%s"/></rdf:RDF></x:xmpmeta>' "$2" >"$store/$1"
}
image a.pnm
image b.pnm
image c.pnm
image d.pnm
xmp b.xmp LicenseRef-Acme-Photos
xmp c.xmp 'LicenseRef-Acme-Photos AND CC-BY-4.0'
scan
status_of() { licensefs explain --json "$store" "$1" | jq -r '.status + " " + (.license // "-")'; }
is "$(status_of b.pnm)" "unlicensed LicenseRef-Unrecognised" "nobody knows that license yet"
exits 2 "nor can it be decided" licensefs decide "$store" a.pnm --license LicenseRef-Acme-Photos -r x
exits 2 "an id without LicenseRef-" licensefs license set "$store" Acme --permits derive
exits 2 "an id of the table" licensefs license set "$store" LicenseRef-CelebA --permits commercial-use
exits 2 "its name in capitals" licensefs license set "$store" LicenseRef-CELEBA --permits commercial-use
exits 2 "the id of a family" licensefs license set "$store" LicenseRef-CC-BY-9.0 --permits commercial-use
exits 2 "a permission that there is not" licensefs license set "$store" LicenseRef-X --permits comercial-use
like "$err" 'did you mean commercial-use' "is told"
exits 2 "one that is like none" licensefs license set "$store" LicenseRef-X --permits zz
like "$err" "there is no zz; there are noncommercial-use, .*, share-adaptations" "names those that there are"
exits 2 "one that is given and denied" licensefs license set "$store" LicenseRef-X --permits derive --forbids derive
exits 2 "nothing said about permissions" licensefs license set "$store" LicenseRef-X
exits 2 "a name with a control character" licensefs license set "$store" LicenseRef-X --permits derive --name $'a\nb'

up
succeeds "a license of one's own" licensefs license set "$store" LicenseRef-Acme-Photos --permits noncommercial-use,derive --forbids commercial-use --obliges attribution --name 'Acme contract 7' --url https://acme.example/7
like "$out" 'LicenseRef-Acme-Photos is defined; the rights of 1 image changed' "judges again"
is "$(status_of b.pnm)" "clear LicenseRef-Acme-Photos" "what names it is clear"
is "$(status_of c.pnm)" "unlicensed LicenseRef-Unrecognised" "it stands alone"
eventually "a mount shows it" test -e "$mnt/augmentable/b.pnm"
followed
is "$(files "$mnt/noncommercial")" "b.pnm b.xmp " "where it permits"
is "$(files "$mnt/commercial")$(files "$mnt/redistributable")$(files "$mnt/attribution-free")$(files "$mnt/public-domain")" "" "and nowhere else"
succeeds "decided" licensefs decide "$store" a.pnm --license LicenseRef-Acme-Photos -r contract
eventually "by-license has it" test -e "$mnt/by-license/LicenseRef-Acme-Photos/a.pnm"
followed
is "$(files "$mnt/by-license/LicenseRef-Acme-Photos")" "a.pnm b.pnm b.xmp " "with what names it"
is "$(licensefs find "$store" --where 'license = LicenseRef-Acme-Photos' -0 | tr '\0' ' ')" "a.pnm b.pnm " "expressions know it"
is "$(licensefs find "$store" --where 'license = LicenseRef-Acme-*' -0 | tr '\0' ' ')" "a.pnm b.pnm " "and patterns"
is "$(licensefs find "$store" --where '!license = CC-BY-4.0 & status = clear' -0 | tr '\0' ' ')" "a.pnm b.pnm " "it is no other"
exits 2 "a slip is told" licensefs find "$store" --where 'license = LicenseRef-Acme-Foto'
like "$err" "did you mean 'LicenseRef-Acme-Photos'" "with what was meant"
succeeds "a view may name it" licensefs view set "$store" acme 'license = LicenseRef-Acme-Photos'
eventually "and is in the mount" test -e "$mnt/acme/a.pnm"
succeeds "other views can be set beside it" licensefs view set "$store" mine 'acme & derive'
exits 2 "but none with a slip" licensefs view set "$store" slip 'license = LicenseRef-Acme-Foto'
run licensefs explain --json "$store" a.pnm
is "$(json '[.permissions["noncommercial-use"], .permissions["commercial-use"], .permissions.redistribute, .obligations, .alternatives[0].license]')" '["allowed","forbidden","unknown",["attribution"],"LicenseRef-Acme-Photos"]' "what is not listed is unknown"
succeeds "as terms" licensefs decide "$store" d.pnm --terms LicenseRef-Acme-Photos -r x
licensefs decide "$store" d.pnm --license CC-BY-4.0 -r x >/dev/null
is "$(licensefs explain --json "$store" d.pnm | jq -c '[.license, .permissions["noncommercial-use"], .permissions["commercial-use"], .permissions.redistribute]')" '["CC-BY-4.0","allowed","forbidden","unknown"]' "they bind the copy"

like "$(licensefs license list --store "$store" 'LicenseRef-A*')" 'LicenseRef-Acme-Photos +yes +no +unknown +yes +unknown +attribution' "the list has it"
is "$(licensefs license list --json 'LicenseRef-Acme*')" "" "where the store is named"
is "$(licensefs license show --json --store "$store" LicenseRef-Acme-Photos | jq -c '[.name, .url, .clears, .basis]')" '["Acme contract 7","https://acme.example/7",true,"operator"]' "and show"

succeeds "defined anew" licensefs license set --json "$store" LicenseRef-Acme-Photos --permits noncommercial-use,commercial-use
is "$(json .changed)" 3 "all of them change"
eventually "at once" test -e "$mnt/commercial/a.pnm"
followed
is "$(files "$mnt/augmentable")" "" "in both ways"
ok "the catalog is sound" licensefs status --verify "$store"
succeeds "removed" licensefs license rm "$store" LicenseRef-Acme-Photos
eventually "what names it is hidden" test ! -e "$mnt/noncommercial/a.pnm"
followed
is "$(files "$mnt/noncommercial")" "" "all of it, and what its terms bound"
is "$(files "$mnt/acme")" "" "in views that name it, too"
is "$(status_of a.pnm)" "unlicensed LicenseRef-Unrecognised" "as an unknown license"
is "$(licensefs find "$store" --where 'license = LicenseRef-Acme-Photos' -0)" "" "expressions that name it still work"
exits 1 "only once" licensefs license rm "$store" LicenseRef-Acme-Photos
succeeds "and back" licensefs license set "$store" LicenseRef-Acme-Photos --permits noncommercial-use
eventually "it is shown again" test -e "$mnt/noncommercial/a.pnm"
eventually "in these as well" test -e "$mnt/acme/a.pnm"
down
sanitizers_are_silent
plan
