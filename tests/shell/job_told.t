# SPDX-License-Identifier: Apache-2.0
# What the report of a job must not name, what it says first, and of whom else it tells.
. "${top_srcdir:-.}/tests/shell/job.sh"
# --- erased: counted, and named nowhere ------------------------------------------------------
# secret FILES...: is nothing of what is erased in them?
secret() { ! grep -aqiE 'severns|honey' "$@"; }
begin view=noncommercial,job=erased,mode=checked
reads 'animals/honey bee.jpg' animals/tabby.jpg
licensefs revoke "$store" --creator 'John Severns' --erase --reason 'request 9' >/dev/null
down
eventually "a job with an erased image ends" ended erased
is "$(counts erased)" "all equal" "with an erased image the rest is right"
is "$(jq -c '[.erased, .erased_opened, .could_see.images, .opened.images]' "$tmp/c/report")" '[1,1,22,2]' "which is counted"
is "$(jq -c '[.takedowns[] | [.erased, .images, .opened]]' "$tmp/c/report")" '[[true,1,1]]' "as a takedown, too"
ok "and named by no list" secret "$tmp"/c/{report,seen,opened,unopened,excluded,withdrawn,attribution}
report erased
ok "nor by the report" secret "$tmp/.out"
report erased --list seen
like "$err" '1 image was erased, and not listed' "which says that it leaves one out"
ok "nor by the ledger" secret "$cat-jobs"/*
is "$(python3 "$top_srcdir/tests/shell/snapshot_digest.py" "$cat" erased)" "$(jq -r .digest "$tmp/c/report")" "the digest holds"
succeeds "and the catalog is sound" licensefs status "$store" --verify

# --- what was taken down between two mounts was not while it ran -------------------------------
begin view=noncommercial,job=twice,mode=checked
reads animals/tabby.jpg
down
eventually "a job ends" ended twice
licensefs revoke "$store" --path animals/tabby.jpg --reason between >/dev/null
up -o view=noncommercial,job=twice,mode=checked
licensefs revoke "$store" --path food/fig.jpg --reason meanwhile >/dev/null
eventually "an image goes" lost food/fig.jpg
down
eventually "and again" ended twice
report twice --json
is "$(json '[.takedowns[] | [.reason, .when]]')" '[["between","since"],["meanwhile","during"]]' "takedowns are told apart by when it was served"

# --- what is missing is told first -----------------------------------------------------------
begin view=noncommercial,job=killed,mode=checked
reads animals/tabby.jpg
eventually "the ledger has it" has_opened killed 1
pid=$(daemon "$mnt")
kill -9 "$pid"
eventually "a mount is killed" gone "$pid"
umount -l "$mnt" 2>/dev/null
report killed
like "${out%%$'\n'*}" '^INCOMPLETE: the ledger broke off' "which the first line tells"
like "$out" 'not known to be opened' "nothing is said to be never opened"
unlike "$out" 'never opened' "not at all"
licensefs revoke "$store" --path animals/tabby.jpg --reason 'after the end' >/dev/null
report killed --json
is "$(json '[.takedowns[].when]')" '["unknown"]' "whether a takedown was made while it ran, either"
report killed
like "$out" 'while it ran or since: 1 image' "which is said"
licensefs restore "$store" 1 --reason 'again' >/dev/null
report killed --html "$tmp/killed.html"
is "$(grep -ci 'never opened' "$tmp/killed.html")" 0 "nor by the page"
report killed --json
is "$(json '[.state, .complete, .opened.images]')" '["broken off",false,1]' "and JSON"
report killed --list opened
like "$err" 'INCOMPLETE: the ledger broke off' "and lists"
is "$out" animals/tabby.jpg "with what is known"
up -o view=noncommercial,job=killed,mode=checked
reads animals/raccoon.jpg
down
eventually "which ends" ended killed
job show "$store" killed --json
is "$(json '[.state, (.served | length), .opened_files]')" '["ended",2,2]' "a mount goes on in it"
exits 3 "not with another view" licensefs mount "$store" "$mnt" -o view=commercial,job=killed
like "$err" "of another view" "and why"
cp "$cat-jobs/1.ledger" "$tmp/ledger"
printf X | dd of="$cat-jobs/1.ledger" bs=1 seek=300 conv=notrunc 2>/dev/null
report killed
like "${out%%$'\n'*}" '^INCOMPLETE: the ledger is damaged' "one that was changed is noticed"
job list "$store"
like "$out" 'killed +mount +damaged' "also by list"
cp "$tmp/ledger" "$cat-jobs/2.ledger" && echo junk >"$cat-jobs/1.ledger"
report killed
like "${out%%$'\n'*}" '^INCOMPLETE' "and one that is none"
exits 0 "others are listed all the same" licensefs job list "$store"
exits 0 "and takedowns succeed" licensefs revoke "$store" --path food/fig.jpg --reason 'asked'
rm "$cat-jobs/1.ledger"
report killed
like "${out%%$'\n'*}" '^INCOMPLETE: the job was never served, or its ledger is gone' "and one that is gone"

# --- a command, of a snapshot ----------------------------------------------------------------
begin view=noncommercial,job=other,mode=checked
reads animals/tabby.jpg food/fig.jpg
down
eventually "a job ends" ended other
licensefs snapshot create "$store" pinned --view commercial >/dev/null
exits 0 "a command runs as a job of a snapshot" licensefs run "$store" --snapshot pinned --job 'new ä' -- \
	sh -c 'exec cat "$0/food/fig.jpg" "$0"/space/* >/dev/null' "$store"
job show "$store" 'new ä' --json
is "$(json '[.state, .opened_files > 2]')" '["ended",true]' "whoever asks at once gets all of it"
licensefs revoke "$store" --path food/fig.jpg --reason 'later' >/dev/null
report 'new ä' --json
is "$(json '[.how, .state, .snapshot, .view, .command[0], .could_see.images]')" "[\"run\",\"ended\",\"pinned\",\"commercial\",\"sh\",$(licensefs snapshot show "$store" pinned --json | jq .images)]" "which is told"
is "$(json '.excluded.images == (.excluded_because | map(.images) | add)')" true "with what the snapshot has not"
is "$(json '.takedowns[0] | [.when, .images, .opened, .jobs, .snapshots]')" \
	'["since",1,1,[{"name":"other","images":1,"opened":1}],[{"name":"pinned","images":1}]]' "a takedown since names the jobs and snapshots that it touches"
exits 125 "a name is used once" licensefs run "$store" --snapshot pinned --job 'new ä' -- true
for bad in '' .hidden a:b a/b $'a\nb' "$(printf 'x%.0s' {1..256})"; do
	exits 125 "no name: $(printf '%.12q' "$bad")" licensefs run "$store" --view commercial --job "$bad" -- true
done
exits 2 "one that is not there" licensefs job report "$store" othr
like "$err" "did you mean 'other'" "names the nearest"
exits 2 "an unknown list" licensefs job report "$store" other --list used
exits 2 "--null without a list" licensefs job report "$store" other -0
exits 2 "with a name that is none, nothing is removed" licensefs job rm "$store" other othr
like "$err" "no job 'othr'; did you mean 'other'" "and the others are known by then"
for j in one two; do licensefs run "$store" --view commercial --job $j -- true; done
run licensefs job rm "$store" one two one --json
is "$status $(json '[.name, .removed]' | tr '\n' ' ')" '0 ["one",true] ["two",true] ["one",true] ' "several are removed"
is "$(find "$cat-jobs" -name '*.ledger' | wc -l)" 2 "with their ledgers"
exits 0 "one is removed" licensefs job rm "$store" other
ok "with its ledger" [ ! -e "$cat-jobs/1.ledger" ]
exits 2 "and is gone" licensefs job show "$store" other
job list "$store" --all --json
is "$(json '[.name, .removed]' | tr '\n' ' ')" '["other",true] ["one",true] ["two",true] ["new ä",null] ' "but for their rows"
succeeds "the catalog is sound" licensefs status "$store" --verify

# --- images in archives, opened with their archive --------------------------------------------
begin view=noncommercial
down
(cd "$store" && tar cf shard.tar animals/tabby.jpg food/fig.jpg space/earthrise.jpg && tar cf other.tar space/mars.jpg)
licensefs scan "$store" >/dev/null
up -o view=noncommercial,job=archives,mode=checked
reads shard.tar
down
eventually "it ends" ended archives
report archives --json
is "$(json '[.opened.images, .opened.files]')" '[2,1]' "images in an archive are opened with it"
report archives --list opened
is "$(sort <<<"$out" | tr '\n' ' ')" "shard.tar shard.tar/animals/tabby.jpg shard.tar/food/fig.jpg " "no others"

# --- whoever may read the catalog -------------------------------------------------------------
chmod 755 "$tmp"
install -m 755 "$top_builddir/licensefs" "$tmp/own"
run setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/own" job report "$store" archives --json
is "$(json '[.opened.images, .trouble]')" '[2,null]' "another user who may read it gets the same"
chmod 700 "$cat-jobs"
run setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/own" job report "$store" archives
like "${out%%$'\n'*}" '^INCOMPLETE: the ledger is not known: .*Permission denied' "without the ledger that is told"
run setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/own" job rm "$store" archives
[ "$status" = 3 ] && pass "and removes nothing" || fail "and removes nothing: $status"
sanitizers_are_silent
plan
