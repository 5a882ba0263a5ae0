# SPDX-License-Identifier: Apache-2.0
# Jobs, end to end: what the report tells equals what find, strace and Python count, in every mode.
. "${top_srcdir:-.}/tests/shell/job.sh"
find_modes uring
[ -n "$modes" ] || skip_all "no mode can be had"
raw='import json, sys
for line in open(sys.argv[1]):
    sys.stdout.buffer.write(json.loads(line)["path"].encode("utf8", "surrogateescape") + b"\n")'
for mode in $modes; do
	begin "view=noncommercial,job=train,mode=$mode"
	reads animals/raccoon.jpg food/wine.jpg README.txt $'food/a\n\x1b[31m"b\\c\xfe.jpg'
	job list "$store"
	like "$out" 'train +mount +running' "$mode: a job runs"
	exits 1 "$mode: what runs is not removed" licensefs job rm "$store" train
	cp "$store/space/mars.jpg" "$store/space/later.jpg"
	licensefs scan "$store" >/dev/null
	eventually "$mode: an image comes" sees space/later.jpg
	reads space/later.jpg
	licensefs revoke "$store" --path food/wine.jpg --reason 'asked by Jane' >/dev/null
	eventually "$mode: one is taken down" lost food/wine.jpg
	reads animals/tabby.jpg animals/raccoon.jpg
	eventually "$mode: the ledger has what was opened" has_opened train 6
	report train
	like "$out" 'state +running' "$mode: it is reported while it runs"
	down
	eventually "$mode: it ends" ended train
	report train
	like "$out" 'state +ended; .*unmounted' "$mode: and when it has ended"
	unlike "$out" INCOMPLETE "$mode: nothing is missing"
	unlike "$out" $'\x1b|\xff|\xfe' "$mode: no name reaches the terminal raw"
	unlike "$out" 'trained|used' "$mode: nothing is said of what was done with it"
	if [ $mode = cached ]; then
		like "$out" 'never read.*who read what is not known' "$mode: read, by nobody knows whom"
		job show "$store" train --json
		is "$(json '[.knows_processes, ([.programs[].kind] | unique)]')" '[false,["unknown"]]' "$mode: no process is told"
	else
		like "$out" 'never opened.*cat +job' "$mode: opened, by a program"
		job show "$store" train --json
		is "$(json '[.knows_processes, [.programs[] | [.kind, .name, .processes]]]')" '[true,[["job","cat",3]]]' "$mode: by three processes"
	fi
	is "$(counts train)" "all equal" "$mode: the report's numbers are what find, strace and Python count"
	is "$(jq -c '[.could_see_since.images, .withdrawn.images, .images_now.revoked, .opened_images_now.revoked]' "$tmp/c/report")" '[1,2,2,2]' \
		"$mode: with what came and went"
	is "$(jq -c '[.takedowns[] | [.revocation, .when, .reason, .images, .opened]]' "$tmp/c/report")" '[[1,"during","asked by Jane",2,2]]' \
		"$mode: and the takedown, which is of all with these bytes"
	is "$(jq -c '[.honoured, .honoured_alone]' "$tmp/c/report")" '[1,1]' "$mode: one image was kept out by what it reserves"
	is "$(jq -c .honoured_by_signal[0].signal "$tmp/c/report")" '"XMP plus:DataMining"' "$mode: and the reservation that was honoured"
	licensefs job report "$store" train --list opened -0 >"$tmp/c/null"
	ok "$mode: names come as they are with --null" cmp <(tr '\0' '\n' <"$tmp/c/null") <(python3 -c "$raw" "$tmp/c/opened")
	succeeds "$mode: the catalog is sound" licensefs status "$store" --verify
	is "$(python3 "$top_srcdir/tests/shell/snapshot_digest.py" "$cat" train)" "$(jq -r .digest "$tmp/c/report")" \
		"$mode: Python works out the same digest"
done

# --- unmounting waits for the end of the ledger, however slow the disk is
cat >"$tmp/slow.c" <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
int fdatasync(int fd)
{
	usleep(700000);
	return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
C
if [ -z "${AM_SANITIZE:-}" ] && ${CC:-cc} -O1 -shared -fPIC -o "$tmp/slow.so" "$tmp/slow.c" -ldl; then
	for mode in $modes; do
		LD_PRELOAD=$tmp/slow.so up -o "view=noncommercial,job=slow-$mode,mode=$mode"
		cat "$mnt/animals/tabby.jpg" >/dev/null
		down
		ok "$mode: the job has ended when umount returns" ended slow-$mode
	done
fi
sanitizers_are_silent
plan
