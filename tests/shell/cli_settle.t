# SPDX-License-Identifier: Apache-2.0
# Conflicts: status counts their kinds, find lists them, and each command that explain prints settles
# what it says it does.
. "${top_srcdir:-.}/tests/shell/mount.sh"
# xmp FILE TEXT [ATTRIBUTES]: a sidecar that states TEXT as its license
xmp() {
	printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" xmpRights:UsageTerms="%s" %s/></rdf:RDF></x:xmpmeta>' \
		"$2" "${3:-}" >"$store/$1"
}
two() { # two STEM LICENSE LICENSE: an image with two sidecars
	image "$1.pnm"
	xmp "$1.xmp" "$2"
	xmp "$1.pnm.xmp" "$3"
}
fill() {
	two "a b" CC-BY-4.0 CC-BY-SA-4.0
	two $'new\nline' CC-BY-4.0 CC-BY-SA-4.0
	two "it's \"so\" \$x" CC-BY-4.0 CC-BY-SA-4.0
	two -- CC-BY-4.0 CC-BY-SA-4.0
	two -l CC-BY-4.0 CC-BY-SA-4.0
	two $'\xff\xfe' CC-BY-4.0 CC-BY-SA-4.0
	two 'd/st*r' CC-BY-4.0 CC-BY-SA-4.0
	two nc CC-BY-4.0 CC-BY-NC-4.0
	two arr CC0-1.0 'All rights reserved'
	two self 'CC BY 4.0, all rights reserved' CC-BY-4.0
	two odd CC-BY-4.0 "be kind; it's art"
	image con.pnm
	xmp con.xmp CC-BY-4.0 'plus:OtherConstraints="ask me"'
	image ops.pnm
	two ops2 CC-BY-4.0 CC-BY-NC-4.0
	licensefs scan "$store" >/dev/null
	licensefs decide "$store" ops.pnm --license CC-BY-4.0 -r one >/dev/null
	licensefs decide "$store" ops.pnm --license CC0-1.0 -r two >/dev/null
	licensefs decide "$store" ops2.pnm --license CC0-1.0 -r three >/dev/null 2>&1
}
fill
conflicts() { licensefs find "$store" --where status=conflict --print0 | tr -cd '\0' | wc -c; }
total=$(conflicts)
is "$total" 14 "all of these are conflicts"

succeeds "status" licensefs status "$store"
like "$out" 'CONFLICTS +OF +SUCH AS.*7 +sidecar CC-BY-4.0 against sidecar CC-BY-SA-4.0' "counts them by kind"
like "$out" 'more kinds; --verbose shows all' "the most frequent first"
succeeds "status --json" licensefs status --json "$store"
is "$(json '[.conflicts[0] | .kind, .images], ([.conflicts[].images] | add)')" '["sidecar CC-BY-4.0 against sidecar CC-BY-SA-4.0",7]'$'\n'"$total" "has all kinds"
is "$(licensefs find "$store" --conflict-of nc.pnm | sed 1d | wc -l)" 1 "find knows the kind of one"
exits 1 "and what is in no conflict has none" licensefs find "$store" --conflict-of 'none.pnm'

# Every command of every conflict, on a catalog of its own each time.
cp -r "$store/.licensefs" "$tmp/keep"
mapfile -d '' -t paths < <(licensefs find "$store" --where status=conflict --print0)
tried=0 bad=0
for p in "${paths[@]}"; do
	rm -rf "$store/.licensefs" && cp -r "$tmp/keep" "$store/.licensefs"
	licensefs explain --json "$store" "./$p" | jq -r '.settle[] | [.does, .scope, .command] | @json' >"$tmp/lines"
	[ -s "$tmp/lines" ] || { bad=$((bad + 1)); note "nothing settles $p"; }
	while IFS= read -r line; do
		rm -rf "$store/.licensefs" && cp -r "$tmp/keep" "$store/.licensefs"
		command=$(jq -r '.[2]' <<<"$line")
		does=$(jq -r '.[0]' <<<"$line")
		tried=$((tried + 1))
		bash -c "$command" >"$tmp/.cmd" 2>&1 </dev/null || { bad=$((bad + 1)); note "fails: $command" "$(cat "$tmp/.cmd")"; }
		state=$(licensefs explain --json "$store" "./$p" | jq -r .status)
		case $does.$state in
		deny.unlicensed | undo.unlicensed | *.clear) ;;
		*) bad=$((bad + 1)); note "settles nothing ($state): $command" ;;
		esac
		left=$(conflicts)
		case $line in
		*'"file"'*) [ "$left" = $((total - 1)) ] || { bad=$((bad + 1)); note "settles $((total - left)): $command"; } ;;
		*) [ "$left" -lt "$total" ] || { bad=$((bad + 1)); note "settles $((total - left)): $command"; } ;;
		esac
	done <"$tmp/lines"
done
rm -rf "$store/.licensefs" && cp -r "$tmp/keep" "$store/.licensefs"
is "$bad" 0 "each of $tried commands settles what it says"
like "$tried" '^[0-9]{2,}$' "there are many of them"
settles() { licensefs explain --json "$store" "$1" | jq -c "[.settle[] | select(.scope == \"file\") | [.does, .source // .license // .decision // \"\", .override]]"; }
is "$(settles nc.pnm)" '[["trust","sidecar nc.pnm.xmp",false],["license","CC-BY-NC-4.0",false],["license","CC-BY-4.0",true],["deny","",false]]' "only what works is printed, the wider license as an override"
is "$(settles ops.pnm)" '[["undo",2,false],["undo",1,false],["license","CC0-1.0",true],["license","CC-BY-4.0",true],["deny","",false]]' "of two decisions one is undone"
like "$(licensefs explain "$store" 'a b.pnm')" "to settle the conflict, one of.*--trust 'sidecar a b.xmp'.*to settle all conflicts of this kind" "explain prints them for people"
is "$(licensefs explain --json "$store" none.pnm 2>/dev/null | jq -c .settle)" '[]' "what is no conflict needs none"

# The class, as a mount sees it.
up
is "$(files "$mnt/noncommercial")" "" "nothing is shown"
bash -c "$(licensefs explain --json "$store" 'a b.pnm' | jq -r '.settle[] | select(.scope == "all" and .license == "CC-BY-SA-4.0") | .command')" >/dev/null
eventually "one line settles all of a kind" test -e "$mnt/noncommercial/d/st*r.pnm"
is "$(conflicts)" $((total - 7)) "and no other"
down
sanitizers_are_silent
plan
