# SPDX-License-Identifier: Apache-2.0
# Ledgers of jobs [I15]: what a mount says that could be seen and was opened, in every mode, compared
# with what strace and the mount itself say.
. "${top_srcdir:-.}/tests/shell/mount.sh"
. "$top_srcdir/tests/shell/ledger.sh"
find_modes uring
make_small_store
cd "$tmp" || exit 99

cat >threads.py <<'E2'
import sys, threading
threads = [threading.Thread(target=lambda f=f: open(f, "rb").read()) for f in sys.argv[1:]]
for t in threads: t.start()
for t in threads: t.join()
E2
have_strace=
strace -f -o "$tmp/.strace" true 2>/dev/null && have_strace=yes

for mode in $modes; do
	image added/early.pnm $mode-early && scan && decide added/early.pnm --license CC-BY-4.0
	begin -o mode=$mode
	by=$(number "$mnt/cats/by.pnm") cc0=$(number "$mnt/train/cc0.pnm") readme=$(number "$mnt/README")
	early=$(number "$mnt/added/early.pnm")
	is "$(records $job '[.[0].type, .[0].job, .[0].mode, .[0].mountpoint] | join(" ")')" "\"begin $job $mode $mnt\"" \
		"$mode: a ledger begins with the mount"

	# --- what is opened
	python3 threads.py "$mnt/cats/by.pnm" "$mnt/train/cc0.pnm" "$mnt/cats/by.pnm"
	cat "$mnt/README" >/dev/null
	stat "$mnt/added/early.pnm" >/dev/null && ls -l "$mnt/added" >/dev/null
	cat "$mnt/cats/nc.pnm" 2>/dev/null && fail "$mode: what is hidden is opened"
	count=
	if [ -n "$have_strace" ] && [ $mode != cached ]; then
		strace -f -e trace=open,openat -o "$tmp/.strace" find "$mnt/cats" "$mnt/train" -type f -exec sh -c 'for f; do head -c 1 "$f"; done' - {} + >/dev/null
		count=$(grep -v O_DIRECTORY "$tmp/.strace" | grep -F "\"$mnt/" | grep -cE '= [0-9]+$')
	fi

	# --- what becomes visible and hidden
	image added/late-$mode.pnm "$mode-late" && scan
	decide added/late-$mode.pnm --license CC-BY-4.0
	eventually "$mode: an image that comes is shown" test -e "$mnt/added/late-$mode.pnm"
	late=$(number "$mnt/added/late-$mode.pnm")
	cat "$mnt/added/late-$mode.pnm" >/dev/null
	licensefs revoke "$store" --path added/late-$mode.pnm --reason test >/dev/null
	ok "$mode: one that is taken down is gone" test ! -e "$mnt/added/late-$mode.pnm"
	eventually "$mode: the ledger says so, while it runs" has $job "$sight | .\"$late\" == \"hidden\" and .\"$early\" == null"
	decide '**' --deny
	eventually "$mode: everything is hidden" test ! -e "$mnt/cats/by.pnm"
	eventually "$mode: it says so" has $job "$sight | .\"$by\" == \"hidden\" and .\"$cc0\" == \"hidden\" and .\"$early\" == \"hidden\""
	licensefs decide "$store" --undo "$(licensefs decide "$store" --list --json | jq -s 'map(.decision) | max')" --reason test >"$tmp/.undo" 2>&1 || note "$(cat "$tmp/.undo")"
	eventually "$mode: everything is back" test -e "$mnt/cats/by.pnm"
	down
	eventually "$mode: it ends with the mount" ended $job

	ok "$mode: unmounted" has $job '.[-1].type == "end" and .[-1].why == 1'
	ok "$mode: what came back is told" has $job "$sight | .\"$by\" == \"shown\" and .\"$late\" == \"hidden\""
	ok "$mode: what came was told when it did" has $job "[.[] | select(.type == \"shown\").ids[]] | index($late) != null"
	ok "$mode: what was opened is in it, and nothing else" has $job "($opened) == ([$by, $cc0, $readme, $late] | sort)"
	if [ $mode = cached ]; then
		ok "$mode: by nobody that is known" has $job 'all(.[] | select(.type == "opened"); .process == 0)'
		continue
	fi
	ok "$mode: threads are of one process" has $job "($(opened_by python3)) == ([$by, $cc0] | sort) and ([.[] | select(.comm == \"python3\")] | length) == 1"
	ok "$mode: two of one name are two" has $job "($(opened_by cat)) == ([$readme, $late] | sort) and ([.[] | select(.comm == \"cat\")] | length) == 2"
	is "$(records $job 'map(select(.comm == "cat"))[0] | .exe, .uid' | tr '\n' ' ')" \
		"\"$(realpath "$(command -v cat)")\" 0 " "$mode: with program and user"
	[ -z "$count" ] || ok "$mode: as many openings as strace sees" has $job "($opens) == 5 + $count and $count >= 2"
done

# --- going on, and another program in the same process
for mode in $modes; do passes $mode && break; done
begin -o mode=$mode
[ $mode = cached ] || bash -c 'exec 3<"$1"; sleep 1.1; exec tail -c 1 "$2"' - "$mnt/cats/by.pnm" "$mnt/train/cc0.pnm" >/dev/null
down
[ $mode = cached ] || eventually "a process that becomes another program is told apart" has $job "($(opened_by tail)) == [$cc0] and ($(opened_by bash)) == [$by]"
eventually "it ends" ended $job
up -o "view=commercial,job=job-$job,mode=$mode"
cat "$mnt/README" >/dev/null
down
eventually "a mount of the same job goes on in it" has $job "([.[] | select(.type == \"begin\")] | length) == 2 and .[-1].type == \"end\" and (($opened) | index($readme) != null)"
image added/brief.pnm && scan && decide added/brief.pnm --license CC-BY-4.0
up -o "view=commercial,job=job-$job,mode=$mode"
brief=$(number "$mnt/added/brief.pnm")
decide added/brief.pnm --license CC-BY-NC-4.0 --override
down
is_brief() { has $job "[.[] | select((.type == \"shown\" or .type == \"hidden\") and (.ids | index($brief))).type] == [\"shown\", \"hidden\"]"; }
eventually "what is visible at once and hidden before anything is written is told" is_brief
for i in 1 2 3; do
	licensefs mount "$store" "$mnt" -o "view=commercial,job=job-$job,mode=$mode" 2>"$tmp/.up" || fail "it goes on at once: $(cat "$tmp/.up")"
	down
done
exits 3 "but not with another view" "${mount[@]}" -o "view=noncommercial,job=job-$job,mode=$mode"

# --- users
if [ $mode != cached ]; then
	chmod 755 "$tmp"
	begin -o mode=$mode,allow_other
	setpriv --reuid 65534 --regid 65533 --clear-groups head -c 1 "$mnt/cats/by.pnm" >/dev/null
	head -c 1 "$mnt/train/cc0.pnm" >/dev/null
	down
	eventually "it ends" ended $job
	is "$(records $job '[.[] | select(.type == "process").uid] | sort')" "[0,65534]" "users are told by the process that opens"
fi

# --- the daemon is killed
begin -o mode=$mode
cat "$mnt/cats/by.pnm" >/dev/null
eventually "the next job has a ledger of its own" has $job "($opened) == [$by]"
pid=$(daemon "$mnt")
kill -9 "$pid"
eventually "the daemon is killed" gone "$pid"
ok "what it wrote is there, and no end" has $job "($opened) == [$by] and (any(.[]; .type == \"end\") | not)"
umount -l "$mnt" 2>/dev/null

# --- two at once
mkdir "$tmp/other"
begin -o mode=$mode
one=$job two=$((job + 1)) job=$((job + 1))
licensefs mount "$store" "$tmp/other" -o "where=license=CC0-1.0,job=job-$two,mode=$mode" 2>/dev/null
cat "$mnt/cats/by.pnm" "$tmp/other/train/cc0.pnm" >/dev/null
eventually "two jobs at once: the one" has $one "($opened) == [$by]"
eventually "and the other" has $two "($opened) == [$cc0]"
exits 3 "a job that runs is not begun once more" licensefs mount "$store" "$tmp/other" -o "view=commercial,job=job-$one"
licensefs umount "$tmp/other"
down
exits 2 "a mount of all views has no job" "${mount[@]}" -o job=all
like "$err" "view=NAME" "and says what it needs"

# --- a view that is defined anew
licensefs view set "$store" mine license=CC-BY-4.0 >/dev/null
job=$((job + 1))
up -o "view=mine,job=job-$job,mode=$mode"
licensefs view set "$store" mine license=CC0-1.0 >/dev/null
eventually "a view that is defined anew shows others" test -e "$mnt/train/cc0.pnm"
eventually "the ledger says which, and what is hidden" has $job "$sight | .\"$cc0\" == \"shown\" and .\"$by\" == \"hidden\""
rm "$(ledger $job)"
eventually "a ledger that is removed is told" eval 'licensefs status "$store" | grep -q "was removed"'
down

# --- visible between two looks: a stopped daemon stands for one that is late
begin -o mode=$mode
pid=$(daemon "$mnt")
kill -STOP "$pid"
decide cats/none.pnm --license CC-BY-4.0
decide cats/none.pnm --deny
kill -CONT "$pid"
eventually "what was visible for a moment, or may have been, is told" \
	has $job '[.[] | select(.type == "shown" or .type == "hidden") | [.type, .ids[]] | join(" ")] | length == 2 and (.[0] | sub("shown"; "hidden")) == .[1]'
ok "and nothing is missing" has $job 'all(.[]; .type != "lost")'
down

# --- a snapshot, and a view that asks about paths
licensefs snapshot create "$store" pinned --view commercial >/dev/null
job=$((job + 1))
up -o "snapshot=pinned,job=job-$job,mode=$mode"
cat "$mnt/train/cc0.pnm" >/dev/null
licensefs revoke "$store" --path cats/by.pnm --reason test >/dev/null
ok "a member of a snapshot is taken down" test ! -e "$mnt/cats/by.pnm"
eventually "the ledger says so" has $job "$sight | . == {\"$by\": \"hidden\"}"
down
eventually "and what was opened" has $job "($opened) == [$cc0]"
job=$((job + 1))
up -o "where=commercial-use & path=new/**,job=job-$job,mode=$mode"
mkdir "$store/new" && cp "$store/train/cc0.pnm" "$store/new/again.pnm" && scan
decide new/again.pnm --license CC0-1.0
eventually "an image in a directory that comes is shown" test -e "$mnt/new/again.pnm"
again=$(number "$mnt/new/again.pnm")
eventually "the ledger says so" has $job "$sight | .\"$again\" == \"shown\""
down

# --- a catalog that is made anew, beside ledgers of jobs with the same numbers
cp -r "$store" "$tmp/anew" && rm -r "$tmp/anew/.licensefs"/catalog.db "$tmp/anew/.licensefs"/catalog.db-[sw]* && licensefs scan "$tmp/anew" >/dev/null
was=$(md5sum <"$tmp/anew/.licensefs/catalog.db-jobs/1.ledger")
ok "a job of it begins" licensefs mount "$tmp/anew" "$tmp/other" -o "where=commercial-use,job=first,mode=$mode"
licensefs umount "$tmp/other"
is "$(md5sum <"$(ls "$tmp/anew/.licensefs/catalog.db-jobs/1.ledger."*)")" "$was" "the ledger of the former one is kept"

# --- a disk that is full
mkdir "$tmp/small" && mount -t tmpfs -o size=2m none "$tmp/small"
licensefs scan "$store" --catalog "$tmp/small/c.db" >/dev/null
licensefs decide "$store" '**' --license CC0-1.0 --reason test --catalog "$tmp/small/c.db" >/dev/null 2>&1
up -o "view=noncommercial,job=full,catalog=$tmp/small/c.db,mode=$mode"
dd if=/dev/zero of="$tmp/small/fill" bs=4k status=none 2>/dev/null
for ((i = 0; i < 3; i++)); do
	# longer and longer names, so that what is told does not fit into the last page
	cp "$(command -v cat)" "$tmp/$(printf '%0200d' $i)" && "$tmp/$(printf '%0200d' $i)" "$mnt"/*/*.pnm >"$tmp/.read"
done
for ((i = 0; i < 40; i++)); do bash -c 'exec -a x"$2" head -c1 "$1"' - "$mnt/train/cc0.pnm" $i >/dev/null; done
eventually "a full disk is told" eval 'licensefs status "$store" --catalog "$tmp/small/c.db" | grep -q "job .full.*No space left"'
is "$(cat "$mnt/train/cc0.pnm" | wc -c)" "$(stat -c %s "$store/train/cc0.pnm")" "and serving goes on"
rm "$tmp/small/fill"
eventually "with room again it is well" eval '! licensefs status "$store" --catalog "$tmp/small/c.db" | grep -q "No space left"'
full=$tmp/small/c.db-jobs/1.ledger
full() { python3 "$top_srcdir/tests/shell/ledger_dump.py" "$full" | jq -se "$1" >/dev/null; }
ok "and nothing is missing" full "([.[] | select(.comm == \"head\")] | length) == $([ $mode = cached ] && echo 0 || echo 40) and all(.[]; .type != \"lost\")"
down
umount -l "$tmp/small"

sanitizers_are_silent
plan
