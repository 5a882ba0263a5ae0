# SPDX-License-Identifier: Apache-2.0
# licensefs decide --trust: which of several sources of equal rank counts, seen through a mount.
. "${top_srcdir:-.}/tests/shell/mount.sh"
xmp() { # xmp FILE LICENSE [MORE]: a sidecar
	printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:cc="http://creativecommons.org/ns#" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" cc:license="%s" %s/></rdf:RDF></x:xmpmeta>' \
		"https://creativecommons.org/licenses/$2/" "${3:-}" >"$store/$1"
}
both() { # both NAME LICENSE LICENSE: two sidecars that differ
	image "$1.pnm"
	xmp "$1.xmp" "$2" "${4:-}"
	xmp "$1.pnm.xmp" "$3"
}
both a by/4.0 by-nc/4.0
both b by/4.0 by/3.0
both d/c by/4.0 by-sa/4.0
both d/e by/4.0 by-sa/4.0 'plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"'
scan
up
status_of() { licensefs explain --json "$store" "$1" | jq -r '.status + " " + (.license // "-")'; }

is "$(files "$mnt/noncommercial")" "" "sources that differ show nothing"
is "$(status_of b.pnm)" "conflict LicenseRef-Conflict" "because it is a conflict"
exits 2 "trust in nothing" licensefs decide "$store" '*' --trust '' -r x
exits 2 "trust in a control character" licensefs decide "$store" '*' --trust $'a\nb' -r x
exits 2 "trust and a license" licensefs decide "$store" '*' --trust XMP --license CC0-1.0 -r x
exits 2 "trust that overrides" licensefs decide "$store" b.pnm --trust 'sidecar b.xmp' --override -r x

succeeds "trust in a source" licensefs decide --json "$store" '**' --trust 'sidecar *.pnm.xmp' -r 'newer'
is "$(json '[.matched, .changed]')" '[4,4]' "settles what differs"
is "$(status_of b.pnm)" "clear CC-BY-3.0" "by its license"
is "$(status_of a.pnm)" "clear CC-BY-NC-4.0" "the narrower license, too"
eventually "and shows it" test -e "$mnt/noncommercial/b.pnm"
is "$(files "$mnt/noncommercial")" "a.pnm a.pnm.xmp a.xmp b.pnm b.pnm.xmp b.xmp d/c.pnm d/c.pnm.xmp d/c.xmp " "but nothing that is reserved"
is "$(files "$mnt/commercial")" "b.pnm b.pnm.xmp b.xmp d/c.pnm d/c.pnm.xmp d/c.xmp " "nor what is not commercial"
run licensefs explain --json "$store" b.pnm
is "$(json -c '[.claims[] | select(.role == "license" or .role == "trust") | .effect]')" '["grants","overruled","fact"]' "each claim has its effect"
is "$(licensefs decide --list --json "$store" | jq -c '[.action, .source, .license]')" '["trust","sidecar *.pnm.xmp",null]' "the list names the source"
like "$(licensefs decide --list "$store")" 'trust sidecar \*\.pnm\.xmp' "for people, too"

succeeds "trust in another source for one file" licensefs decide "$store" a.pnm --trust 'sidecar a.xmp' -r x
is "$(status_of a.pnm)" "conflict LicenseRef-Conflict" "grants nothing that the other forbids"
eventually "which hides it at once" test ! -e "$mnt/noncommercial/a.pnm"
like "$(licensefs explain "$store" a.pnm)" 'a trusted source cannot grant' "and is explained"
succeeds "undone" licensefs decide "$store" --undo 2 -r x
succeeds "undone" licensefs decide "$store" --undo 1 -r x
eventually "all is hidden as before" test ! -e "$mnt/noncommercial/b.pnm"
succeeds "one word means all sources of a kind" licensefs decide --json "$store" d/ --trust sidecar -r x
is "$(json '.changed')" 0 "which settles nothing between two of them"
image late.pnm
xmp late.xmp by/4.0
xmp late.pnm.xmp by-sa/4.0
licensefs decide "$store" '*' --trust 'SIDECAR late.xmp' -r x >/dev/null 2>&1
scan
is "$(status_of late.pnm)" "clear CC-BY-4.0" "holds for files that come later, case aside"
down
sanitizers_are_silent
plan
