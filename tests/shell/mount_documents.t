# SPDX-License-Identifier: Apache-2.0
# Documents through a mount: exact in size and bytes, live, and never a mixture.
. "${top_srcdir:-.}/tests/shell/mount.sh"
find_modes
command -v python3 >/dev/null || skip_all "there is no python3"
look() { python3 "$top_srcdir/tests/shell/mount_documents.py" "$@"; }
# The lines of the list that a view shows: those of the images that it has.
lines() { awk -v d="$1/" '(getline x < (d $1)) >= 0 { print } { close(d $1) }' "$store/list.txt"; }
stats() { stat -c '%i %s %y' "$1"; }
is_lines() { lines "$1" | cmp - "$1/list.txt"; }

for c in by nc none; do
	for i in $(seq 100); do image "$c/$i.pnm"; done
done
for i in $(seq 100); do for c in by none nc; do echo "$c/$i.pnm $i $(printf %0$((i * 7))d "$i")"; done; done >"$store/list.txt"
mkdir -p "$store/shards" && tar -C "$store" -cf "$store/shards/a.tar" --format=ustar by/1.pnm none/2.pnm nc/3.pnm
mkdir -p "$store/regions" "$store/one/none-5"
for c in by none; do printf 'file,x\n%s/5.pnm,1\n' $c >"$store/regions/$c-5.csv"; done
cp "$store/regions/none-5.csv" "$store/one/none-5/list.csv"
printf 'none/5.pnm\n' >"$store/val.txt"
printf 'path: /data/x\ntrain: images\n' >"$store/data.yaml"
scan
decide 'by/*' --license CC-BY-4.0
decide 'nc/*' --license CC-BY-NC-4.0
decide 'shards/a.tar/by/1.pnm' --license CC-BY-4.0

for mode in $modes; do
	run licensefs mount "$store" "$mnt" -o mode=$mode
	is "$status" 0 "$mode: a mount"
	like "$err" "absolute paths.*data.yaml.*abspaths=keep" "$mode: says what settings it hides"
	ok "$mode: which it does" [ ! -e "$mnt/commercial/data.yaml" ]
	is "$(ls "$mnt/commercial/regions")" by-5.csv "$mode: what is about one image alone comes and goes with it"
	ok "$mode: and so does a directory of it" [ ! -e "$mnt/commercial/one" ]
	is "$(stat -c %s "$mnt/commercial/val.txt")" 0 "$mode: but a split is there without it"
	for v in noncommercial commercial redistributable; do
		lines "$mnt/$v" >"$tmp/$v"
		ok "$mode: $v has the lines of its images" cmp "$tmp/$v" "$mnt/$v/list.txt"
		ok "$mode: $v: every way to read" look access "$mnt/$v/list.txt" "$tmp/$v"
		ok "$mode: $v: attributes" look attributes "$mnt/$v/list.txt"
	done
	is "$(wc -l <"$tmp/commercial") $(wc -l <"$tmp/noncommercial")" "100 200" "$mode: which are those"
	is "$(tar -tf "$mnt/commercial/shards/a.tar")" by/1.pnm "$mode: an archive has its shown members"
	is "$(tar -xOf "$mnt/commercial/shards/a.tar" | cksum)" "$(cksum <"$store/by/1.pnm")" "$mode: with their bytes"
	ok "$mode: which are no files" [ ! -e "$mnt/commercial/shards/a.tar/by/1.pnm" ]
	run cat "$mnt/commercial/list.txt/x"
	like "$err" "Not a directory" "$mode: nor is a document a directory"
	run getfattr -d -m - "$mnt/commercial/list.txt"
	is "$status$out" 0 "$mode: it has no attributes of images"
	ok "$mode: and is read-only" sh -c "! echo x 2>/dev/null >>'$mnt/commercial/list.txt'"

	# a takedown and back, live
	before=$(stats "$mnt/commercial/list.txt")
	look stopped "$mnt/commercial/list.txt" <"$(mkfifo "$tmp/go.$mode"; echo "$tmp/go.$mode")" >"$tmp/open.$mode" 2>"$tmp/stopped" &
	reader=$!
	exec 8>"$tmp/go.$mode"
	until grep -q open "$tmp/open.$mode"; do sleep 0.01; done
	decide 'by/7*.pnm' --deny
	number=$(licensefs decide --list --json "$store" | jq -s 'map(select(.in_force and .action == "deny"))[0].decision')
	eventually "$mode: a takedown is in the document" is_lines "$mnt/commercial"
	followed
	is "$(wc -l <"$mnt/commercial/list.txt")" 89 "$mode: eleven lines are gone"
	echo >&8
	exec 8>&-
	ok "$mode: who had it open gets an error" wait $reader
	after=$(stats "$mnt/commercial/list.txt")
	is "${after%% *}" "${before%% *}" "$mode: the number is the same"
	[[ ${after#* * } > ${before#* * } ]]
	is $? 0 "$mode: the time is later"
	ok "$mode: attributes" look attributes "$mnt/commercial/list.txt"
	down && up -o mode=$mode
	is "$(stats "$mnt/commercial/list.txt")" "$after" "$mode: number, size and time survive the mount"
	licensefs decide "$store" --undo "$number" --reason test >/dev/null
	eventually "$mode: undone" cmp "$tmp/commercial" "$mnt/commercial/list.txt"
	again=$(stats "$mnt/commercial/list.txt")
	[[ ${again#* * } > ${after#* * } ]]
	is $? 0 "$mode: which is later still"
	down

	# one view
	up -o mode=$mode,view=commercial,abspaths=keep
	ok "$mode: the only view" cmp "$tmp/commercial" "$mnt/list.txt"
	ok "$mode: settings that are kept" cmp "$store/data.yaml" "$mnt/data.yaml"

	# readers beside one who decides there and back
	rm -f "$tmp"/over "$tmp"/began.*
	decide 'by/1*.pnm' --deny
	number=$(licensefs decide --list --json "$store" | jq -s 'map(select(.in_force and .action == "deny"))[0].decision')
	grep -v ' *by/1[0-9]*.pnm' "$tmp/commercial" >"$tmp/less"
	eventually "$mode: another takedown" cmp "$tmp/less" "$mnt/list.txt"
	readers=()
	for r in 1 2 3 4 5 6 7 8; do
		look watch "$mnt/list.txt" "$tmp/commercial:$tmp/less:$tmp/began.$r:$tmp/over" 2>"$tmp/reader.$r" &
		readers+=($!)
	done
	for r in 1 2 3 4 5 6 7 8; do until [ -e "$tmp/began.$r" ]; do sleep 0.01; done; done
	for _ in $(seq "${ROUNDS:-8}"); do
		licensefs decide "$store" --undo "$number" --reason test >/dev/null
		decide 'by/1*.pnm' --deny
		number=$((number + 1))
	done
	touch "$tmp/over"
	bad=0
	for p in "${readers[@]}"; do wait "$p" || bad=$((bad + 1)); done
	is $bad 0 "$mode: eight readers never see a mixture"
	[ $bad = 0 ] || note "$(cat "$tmp"/reader.*)"
	licensefs decide "$store" --undo "$number" --reason test >/dev/null

	# the file is another now
	eventually "$mode: undone" cmp "$tmp/commercial" "$mnt/list.txt"
	cp -p "$store/list.txt" "$tmp/list.txt"
	echo 3 >/proc/sys/vm/drop_caches
	printf 'x' | dd of="$store/list.txt" conv=notrunc status=none
	ok "$mode: a changed file is not read" sh -c "! cat '$mnt/list.txt'"
	eventually "$mode: and gone" [ ! -e "$mnt/list.txt" ]
	cp -p "$tmp/list.txt" "$store/list.txt"
	scan
	eventually "$mode: until it is judged again" cmp "$tmp/commercial" "$mnt/list.txt"
	echo 3 >/proc/sys/vm/drop_caches
	truncate -s 100 "$store/list.txt"
	ok "$mode: nor one that is shorter" sh -c "! cat '$mnt/list.txt'"
	cp -p "$tmp/list.txt" "$store/list.txt"
	scan
	eventually "$mode: until it is judged again" cmp "$tmp/commercial" "$mnt/list.txt"
	down
done
sanitizers_are_silent
plan
