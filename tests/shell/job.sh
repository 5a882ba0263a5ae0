# SPDX-License-Identifier: Apache-2.0
# Jobs over a store with hostile names, and who counts with them. Sourced by job*.t.
. "${top_srcdir:-.}/tests/shell/mount.sh"
cat=$store/.licensefs/catalog.db
job() { run licensefs job "$@"; }
report() { job report "$store" "$@"; }
# Reads files through the mount as a job would, under strace; waits until the ledger has them.
traced=0
reads() { # PATH...: relative to the mount
	traced=$((traced + 1))
	strace -f -xx -s 8192 -e trace=open,openat -o "$tmp/c/strace.$traced" cat "${@/#/$mnt/}" >/dev/null 2>&1
}
begin() { # OPTIONS: a store, a mount, and what find sees in it
	rm -rf "$store" "$tmp/c" && mkdir "$tmp/c"
	make_store
	printf 'not to be mistaken' >"$store/hostile"$'\n'"\"name\$(x)"$'\xff'.txt
	cp "$store/food/wine.jpg" "$store/food/"$'a\n\x1b[31m"b\\c\xfe.jpg'
	licensefs scan "$store" >/dev/null
	up -o "$1"
	(cd "$mnt" && find . -type f -printf '%P\0') >"$tmp/c/start"
}
counts() { # NAME of the job
	local w
	licensefs job report "$store" "$1" --json >"$tmp/c/report"
	for w in seen opened unopened excluded withdrawn attribution; do
		licensefs job report "$store" "$1" --list $w --json >"$tmp/c/$w" 2>/dev/null
	done
	python3 "$top_srcdir/tests/shell/job_count.py" "$tmp/c" "$cat" "$1" "$mnt"
}
# has_opened JOB N: does the ledger have that many files?
has_opened() { [ "$(licensefs job show "$store" "$1" --json | jq .opened_files)" = "$2" ]; }
ended() { licensefs job list "$store" --json | jq -e --arg name "$1" 'select(.name == $name) | .state == "ended"'; }
sees() { [ -e "$mnt/$1" ]; }
lost() { ! [ -e "$mnt/$1" ]; }

