# SPDX-License-Identifier: Apache-2.0
# Opt-outs in C2PA manifests, from the bytes to the mount: explain names them with their scope, and
# no view shows the image.
. "${top_srcdir:-.}/tests/shell/mount.sh"
make() { # IMAGE ASSERTION...: a copy of a CC-BY image with a manifest
	local name=$1
	shift
	python3 "$top_srcdir/tests/shell/c2pa_make.py" "$data/images/cc-by.${name##*.}" "$store/$name" "$@" ||
		note "cannot make $name"
}
no='"use": "notAllowed"' yes='"use": "allowed"'
ask='"use": "constrained", "constraint_info": "ask first"'
for ext in jpg png webp gif; do
	cp "$data/images/cc-by.$ext" "$store/plain.$ext"
	make "no.$ext" "cawg.training-mining={\"entries\": {\"cawg.ai_training\": {$no}, \"cawg.data_mining\": {$yes}}}"
	make "yes.$ext" "cawg.training-mining={\"entries\": {\"cawg.ai_training\": {$yes}}}"
done
make ask.jpg "c2pa.training-mining__1!={\"entries\": {\"c2pa.ai_generative_training\": {$ask}}}"
make input.jpg "c2pa.training-mining={\"entries\": {\"c2pa.ai_inference\": {$no}}}"
make dmi.png 'cawg.metadata!={"plus:DataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"}'
make nc.jpg 'stds.schema-org.CreativeWork!={"license": "https://creativecommons.org/licenses/by-nc/4.0/"}'
make same.jpg 'stds.schema-org.CreativeWork!={"license": "https://creativecommons.org/licenses/by/4.0/"}'
make ai.jpg 'c2pa.actions.v2={"actions": [{"action": "c2pa.created", "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"}]}'
make odd.jpg 'cawg.training-mining={"entries": 7}'
make cut.webp "cawg.training-mining={\"entries\": {\"cawg.ai_training\": {$no}}}"
# a box that claims to be longer than the one around it
python3 - "$store/cut.webp" <<'P'
import sys
p = sys.argv[1]
b = bytearray(open(p, "rb").read())
at = b.index(b"cbor", b.index(b"cawg.training-mining")) - 4
b[at : at + 4] = b"\x7f\xff\xff\xff"
open(p, "wb").write(b)
P
python3 "$top_srcdir/tests/shell/c2pa_make.py" "$data/images/cc-by.jpg" "$tmp/a.jpg" \
	'stds.schema-org.CreativeWork!={"license": "https://creativecommons.org/licenses/by/4.0/"}'
printf '\xff\xd8' >"$store/granted.jpg" && python3 - "$tmp/a.jpg" "$store/granted.jpg" <<'P'
# only the manifest of a.jpg: nothing else states a license
import struct, sys
b, out, at = open(sys.argv[1], "rb").read(), b"\xff\xd8", 2
while b[at + 1] != 0xDA:
    n = 2 + struct.unpack(">H", b[at + 2 : at + 4])[0]
    if b[at + 1] not in (0xE1, 0xED, 0xFE):
        out += b[at : at + n]
    at += n
open(sys.argv[2], "wb").write(out + b[at:])
P
# other bytes each: an opt-out beside one file holds for all that are equal
for name in side both torn; do make "$name.jpg" "c2pa.hash.data={\"name\": \"$name\"}"; done
make side.c2pa "c2pa.training-mining={\"entries\": {\"c2pa.data_mining\": {$no}}}"
make both.jpg.c2pa 'stds.schema-org.CreativeWork!={"license": "https://creativecommons.org/publicdomain/zero/1.0/"}'
: >"$store/torn.c2pa"
scan
explain() { licensefs explain --json "$store" "$1" | jq -c "$2"; }
for ext in jpg png webp gif; do
	is "$(explain no.$ext '[.status, .license, .reservations]')" '["clear","CC-BY-4.0",["ai-training"]]' \
		"$ext: the reservation with its scope"
	is "$(explain no.$ext '.why.noncommercial | test("reserved")')" true "$ext: is why no view shows it"
	is "$(explain yes.$ext '[.status, .reservations]')" '["clear",[]]' "$ext: an opt-in reserves nothing"
done
is "$(explain no.jpg '[.claims[] | select(.source == "C2PA") | [.field, .raw, .effect]]')" \
	'[["cawg.ai_training","notAllowed","reserves"],["cawg.data_mining","allowed","ignored"]]' "the claims are told"
is "$(explain ask.jpg '[.reservations, (.claims[] | select(.source == "C2PA") | .raw)]')" \
	'[["generative-training"],"constrained: ask first"]' "a constraint reserves, and is told"
is "$(explain input.jpg .reservations)" '["input"]' "input"
is "$(explain dmi.png .reservations)" '["ai-training","generative-training"]' "plus:DataMining in metadata"
is "$(explain odd.jpg '.reservations | length')" 4 "what nobody understands reserves everything"
is "$(explain cut.webp .status)" '"unreadable"' "a broken box"
is "$(explain nc.jpg '[.status, .views]')" '["conflict",[]]' "a license in a manifest restricts"
is "$(explain same.jpg '[.status, .license]')" '["clear","CC-BY-4.0"]' "or agrees"
is "$(explain granted.jpg '[.status, .views]')" '["unlicensed",[]]' "and never grants"
is "$(explain side.jpg '[.reservations, (.claims[] | select(.field == "c2pa.data_mining") | .source)]')" \
	'[["data-mining"],"sidecar side.c2pa"]' "a manifest beside the image reserves"
is "$(explain both.jpg '[.status, .license]')" '["clear","CC-BY-4.0"]' "and does not grant"
is "$(explain torn.jpg .status)" '"unreadable"' "one that cannot be read hides its image"
is "$(explain ai.jpg '[.claims[] | select(.field == "c2pa.actions/DigitalSourceType") | .effect]')" '["fact"]' "AI origin"
is "$(licensefs find "$store" --where 'origin = ai' | grep -c ai.jpg)" 1 "can be asked for"
up
is "$(files "$mnt/commercial")" "ai.jpg both.jpg both.jpg.c2pa input.jpg plain.gif plain.jpg plain.png plain.webp same.jpg yes.gif yes.jpg yes.png yes.webp " \
	"the mount hides what is reserved for training"
is "$(files "$mnt/noncommercial")" "$(files "$mnt/commercial")" "in every view"
rm "$store/side.c2pa" "$store/torn.c2pa" && scan
is "$(explain side.jpg .reservations) $(explain torn.jpg .status)" '[] "clear"' "a sidecar that is gone no longer speaks"
down
sanitizers_are_silent
plan
