# SPDX-License-Identifier: Apache-2.0
# docs/proof.md with torch on real photographs: a snapshot is pinned and trained on, an image is taken down half-way, and what
# the report says of the job is what strace and Python count.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need_python torch torchvision
need strace jq
can_mount || skip_all "cannot mount"
strace -qq -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
export PYTHONDONTWRITEBYTECODE=1
store=$tmp/photos
report() { licensefs job report "$store" "$@" --json; }
# until_ COMMAND...: within a minute.
until_() {
	local end=$((SECONDS + 60))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}
for mode in auto checked; do
	rm -rf "$store" "$tmp/go" "$tmp"/opens.*
	cp -r "$top_srcdir/examples/store" "$store" && chmod -R u+w "$store" && licensefs scan "$store" >/dev/null
	licensefs snapshot create "$store" v1 --view augmentable >/dev/null
	licensefs snapshot export "$store" v1 --format manifest --output "$tmp/manifest"
	licensefs run "$store" --snapshot v1 --job train -o "mode=$mode" -- strace -ff -qq -e trace=open,openat -o "$tmp/opens" \
		/usr/bin/python3 "$here/proof_train.py" "$store" "$tmp/go" "$tmp/model" >"$tmp/log" 2>"$tmp/said" &
	n=$(jq -c 'select(.kind == "image")' "$tmp/manifest" | grep -cE '\.(jpg|png|webp|tif)"')
	ok "$mode: an epoch is trained" until_ grep -q "epoch 1: $n of $n" "$tmp/log"
	opened() { [ "$(report train | jq .opened.images)" = "$n" ]; }
	ok "$mode: and told of within a second or two" until_ opened
	run licensefs revoke "$store" --path animals/tabby.jpg --reason 'request 21' --json
	is "$(json '[.snapshots, .jobs]')" '[[{"name":"v1","images":1}],[{"name":"train","images":1,"opened":1,"complete":false}]]' "$mode: the takedown names the job, which runs"
	touch "$tmp/go"
	wait $!
	is $? 0 "$mode: the training goes on to its end"
	like "$(cat "$tmp/log")" "epoch 3: $((n - 1)) of $n images" "$mode: without the image"
	ok "$mode: and makes a model" [ -s "$tmp/model" ]
	ended() { [ "$(report train | jq -r .trouble,.ended | sort | head -1)" != null ]; }
	until_ ended
	report train >"$tmp/report"
	for list in seen opened unopened; do licensefs job report "$store" train --list $list --json >"$tmp/$list"; done
	run /usr/bin/python3 "$here/proof_count.py" "$store" "$tmp/manifest" "$tmp/opens" "$tmp/report" "$tmp/seen" "$tmp/opened" "$tmp/unopened"
	is "$status" 0 "$mode: the report says what others count"
	[ "$status" = 0 ] || note "$out"
	like "$(grep -c ^same <<<"$out")" '^(1[5-9]|2[0-9])$' "$mode: in all respects"
	is "$(jq -c '[.complete, (.takedowns | map([.when, .images, .opened, .reason])), .withdrawn.images]' "$tmp/report")" \
		'[true,[["during",1,1,"request 21"]],1]' "$mode: and that the image went while it ran"
	is "$(jq -c '[.programs[].kind] | unique' "$tmp/report")" '["job"]' "$mode: all of it is the job's"
	# --- who has seen this photo, and what came of it
	run licensefs find "$store" --like "$top_srcdir/examples/store/animals/tabby.jpg" --json
	is "$(json '.jobs')" '[{"name":"train","opened":true}]' "$mode: find says who has seen it"
	if [ $mode = auto ]; then
		mkdir -p "$tmp/made" && /usr/bin/python3 -c '
import sys, torch
from torchvision.utils import save_image
for i, w in enumerate(torch.load(sys.argv[1])["0.weight"]): save_image(torch.nn.functional.interpolate(w[None], 64), "%s/%d.png" % (sys.argv[2], i), normalize=True)' "$tmp/model" "$tmp/made"
		succeeds "what the model made says so" licensefs scan "$tmp/made" --made-by "$store:train"
		is "$(licensefs status "$tmp/made" --json | jq -c '.makers[0].licenses | map([.license, .images, .opened]) | sort')" \
			"$(jq -c '(.of_opened.licenses | map({key: .license, value: .images}) | from_entries) as $o |
				.of_seen.licenses | map([.license, .images, ($o[.license] // 0)]) | sort' "$tmp/report")" "with the licenses of the report"
		is "$(licensefs find "$tmp/made" --where 'origin=job:train' -0 | tr -cd '\0' | wc -c)" 8 "and can be asked for"
	fi
done
plan
