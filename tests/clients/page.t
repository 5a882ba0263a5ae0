# SPDX-License-Identifier: Apache-2.0
# Pages in a real browser: charts and pictures are drawn, light and dark, wide and narrow, on paper; nothing
# is asked of any host, and nothing is said on the console.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need chromium convert jq
browse() { # URL OPTION...
	timeout 100 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
		--disable-component-update --no-first-run --user-data-dir="$tmp/profile" --enable-logging=stderr \
		--log-net-log="$tmp/net.json" "${@:2}" "file://$1" 2>"$tmp/log"
}
colours() { convert "$1" -format %c histogram:info: | grep -oE '#[0-9A-F]{6}' | sort -u >"$tmp/colours"; }
ok "the shipped store mounts" mount_examples
rows='{"path": "food/fig.jpg", "title": "<img src=https://attacker.example/x onerror=alert(1)>", "creator": "<script>console.error(1)</script>"}'
echo "$rows" >"$tmp/rows.jsonl"
licensefs import "$store" "$tmp/rows.jsonl" >/dev/null 2>&1
licensefs report "$store" --html "$tmp/r.html" || exit 99
mkdir "$tmp/one"
licensefs mount "$store" "$tmp/one" -o view=commercial,job=train 2>/dev/null && cat "$tmp/one"/*/*.* >/dev/null
licensefs revoke "$store" --path food/wine.jpg --reason asked >/dev/null 2>&1
licensefs umount "$tmp/one"
licensefs job report "$store" train --html "$tmp/j.html" || exit 99

for name in r j; do
	file=$tmp/$name.html
	ok "$name: the browser reads it" browse "$file" --dump-dom
	browse "$file" --dump-dom >"$tmp/dom"
	for what in 'role="img"' '<table>' 'class="pictures"' 'src="data:image/jpeg'; do
		is "$(grep -o "$what" "$tmp/dom" | wc -l)" "$(grep -o "$what" "$file" | wc -l)" "$name: as many $what as were written"
	done
	ok "$name: there are charts" test "$(grep -o 'role="img"' "$tmp/dom" | wc -l)" -gt 4
	is "$(grep -c '<script\|onerror="' "$tmp/dom")" 0 "$name: what files say is text"
	is "$(grep -c CONSOLE "$tmp/log")" 0 "$name: nothing is said on the console"
	ok "$name: what it asks for is noted" jq -e '.events | length > 0' "$tmp/net.json"
	is "$(jq -r '.. | .url? // empty | strings' "$tmp/net.json" 2>/dev/null |
		grep -cE 'attacker|creativecommons|wikimedia|unsplash')" 0 "$name: no host is asked"

	browse "$file" --window-size=1280,7000 --screenshot="$tmp/$name.png" >/dev/null
	colours "$tmp/$name.png"
	is "$(grep -cE '^#(16836F|3572D4|BD7A0C|7353C9)$' "$tmp/colours")" 4 "$name: charts are drawn in their colours"
	ok "$name: and photographs" test "$(wc -l <"$tmp/colours")" -gt 3000
	browse "$file" --window-size=1280,4200 --blink-settings=preferredColorScheme=0 --screenshot="$tmp/$name-dark.png" >/dev/null
	colours "$tmp/$name-dark.png"
	is "$(grep -cE '^#(10141B|38B59D|5B94EE|DFA43C)$' "$tmp/colours")" 4 "$name: in the dark in others"
	browse "$file" --window-size=500,3000 --screenshot="$tmp/$name-narrow.png" >/dev/null
	colours "$tmp/$name-narrow.png"
	is "$(grep -cE '^#(16836F|3572D4|BD7A0C|7353C9)$' "$tmp/colours")" 4 "$name: narrow, too"
	browse "$file" --no-pdf-header-footer --print-to-pdf="$tmp/$name.pdf" >/dev/null
	is "$(head -c 5 "$tmp/$name.pdf")" "%PDF-" "$name: it goes to paper"
	ok "$name: on some sheets" test "$(stat -c %s "$tmp/$name.pdf")" -gt 30000
done
plan
