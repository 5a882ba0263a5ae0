# SPDX-License-Identifier: Apache-2.0
# The modes of a mount: which one runs and who is told; and, where the kernel reads files by itself, that
# openers share what it was given, that takedowns reach all who have a file open, and what comes back after.
. "${top_srcdir:-.}/tests/shell/mount.sh"
make_small_store
mode_of() { getfattr --only-values -n user.licensefs.mount "$1" 2>/dev/null | cut -d ' ' -f 2; }
absent() { [ ! -e "$1" ]; }

# --- choosing
best=cached
can_serve passthrough && best=passthrough
exits 0 "a mount" "$top_builddir/licensefs" mount "$store" "$mnt" -o "mode=${LICENSEFS_TEST_MODE:-auto}"
running=$(mode_of "$mnt")
[ -n "${LICENSEFS_TEST_MODE:-}" ] || like "$err" "mode=$running(;|$)" "says which mode runs"
[ "${LICENSEFS_TEST_MODE:-auto}" != auto ] || [ "$(cat $uring_switch)" != N ] || is "$running" "$best" "which is the best that can be had"
like "$(licensefs status "$store")" "$mnt.*, $running, pid" "and so does status"
is "$(licensefs status --json "$store" | jq -r '.following[0].mode')" "$running" "for programs too"
down
for mode in cached checked; do
	up -o mode=$mode
	is "$(mode_of "$mnt")" $mode "mode=$mode is had by everybody"
	down
done
exits 2 "an unknown mode" licensefs mount "$store" "$mnt" -o mode=fast
like "$err" "none of auto, uring, passthrough, cached and checked" "names those there are"
if [ $best = cached ]; then
	exits 3 "a mode that cannot be had" licensefs mount "$store" "$mnt" -o mode=passthrough
	like "$err" "mode=passthrough (needs|cannot be had)" "says what is missing"
	sanitizers_are_silent
	plan
fi
if can_serve uring; then
	# requests come before the kernel was asked what it can do: whoever asks at once gets no other answer
	python3 - "$mnt" "$tmp/enough" >"$tmp/asked" <<-'P' &
		import os, sys
		said = set()
		while not os.path.exists(sys.argv[2]):
		    try:
		        said.add(os.getxattr(sys.argv[1], "user.licensefs.mount").split()[1].decode())
		    except OSError:
		        pass
		print(*said)
	P
	for _ in {1..10}; do
		up -o mode=uring
		until licensefs umount "$mnt" 2>/dev/null; do :; done
	done
	touch "$tmp/enough"
	wait $!
	is "$(cat "$tmp/asked")" uring "a mount over io_uring says so from the beginning"
elif [ -e $uring_switch ]; then
	note "no io_uring here: skipped"
fi

# --- opened without having been listed, in views that ask for more than rights
licensefs view set "$store" here 'license="*" and path="**"' >/dev/null || fail "a view by path"
for mode in passthrough cached checked; do
	can_serve $mode || continue
	up -o "view=here,mode=$mode"
	some=$(cd "$store" && find . -type f -name '*.pnm' -mindepth 2 | sort | head -n 1)
	ok "mode=$mode reads $some of a view by path" cmp "$store/$some" "$mnt/$some"
	is "$(licensefs find "$store" --where status=stale | wc -l)" 0 "and nothing is stale for it"
	down
done
licensefs view rm "$store" here >/dev/null

# --- what is open
rm -rf "$store"
python3 "$top_srcdir/tests/live/make_takedown.py" "$store" 3000
scan
decide '**' --license CC0-1.0
cat >"$tmp/hold.py" <<'P'
# Holds what is below a directory open, N times each, and says on demand how many can still be read, and mapped.
import mmap, os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
root, times = sys.argv[1], int(sys.argv[2])
fds, maps = [], []
for dir, _, names in os.walk(root):
    for name in names:
        for i in range(times):
            fds.append(os.open(os.path.join(dir, name), os.O_RDONLY))
            if len(maps) < 50:
                maps.append(mmap.mmap(fds[-1], 0, prot=mmap.PROT_READ))
def good(call):
    try:
        return bool(call())
    except OSError:
        return False
print(len(fds), flush=True)
for line in sys.stdin:
    print(sum(good(lambda: os.pread(fd, 1, 0)) for fd in fds), sum(good(lambda: os.fstat(fd)) for fd in fds),
          sum(good(lambda: len(m[0:1])) for m in maps), flush=True)
P
looks() { echo >&"${hold[1]}" && read -r seen <&"${hold[0]}"; }
modes=passthrough
[ "${LICENSEFS_TEST_MODE:-}" != uring ] || modes=uring
for mode in $modes; do
	up -o mode=$mode
	v=$mnt/commercial
	coproc hold { python3 "$tmp/hold.py" "$v/take" 2 2>&1; }
	pid=$hold_PID
	read -r seen <&"${hold[0]}"
	is "$seen" 6000 "$mode: 3,000 files are open twice"
	looks
	is "$seen" "6000 6000 50" "$mode: and read"
	other=$(find "$mnt/public-domain/take" -type f | head -n 1)
	exec 7<"$other" 8<"$v/keep/1.pnm"
	licensefs revoke "$store" --path take --reason test --wait 60 >"$tmp/.revoke" 2>&1 || note "revoke: $(cat "$tmp/.revoke")"
	looks
	is "$seen" "0 0 50" "$mode: none can be read then, nor asked; mappings stay, a documented limit"
	like "$(cat "$tmp/.revoke")" "$mode +(-|open files by mmap, sendfile, splice)" "$mode: of which revoke tells"
	ok "$mode: nor through another view" sh -c '! head -c 1 <&7'
	ok "$mode: others go on" sh -c 'head -c 1 <&8'
	exec 7<&-
	licensefs restore "$store" 1 --reason test --wait 60 >/dev/null
	eventually "$mode: all come back" sh -c "[ \"\$(find '$v/take' -type f -exec cat {} + | wc -c)\" = \"\$(find '$store/take' -type f -exec cat {} + | wc -c)\" ]"
	is "$(find "$mnt"/*/take -name '*.pnm' -type f -exec head -qc 1 {} + | wc -c)" "$(find "$mnt"/*/take -name '*.pnm' | wc -l)" "$mode: in every view"
	looks
	is "$seen" "0 0 50" "$mode: but not to who had them open before"
	exec {hold[1]}>&-
	wait "$pid" 2>/dev/null
	exec 8<&-
	exits 0 "$mode: unmounting finds nothing in use" licensefs umount "$mnt"

	# the same bytes in another file, while the former is open
	up -o mode=$mode
	f=$store/keep/1.pnm
	exec 7<"$v/keep/1.pnm"
	sh -c 'head -c 1 <&7' >/dev/null
	cp "$f" "$tmp/copy" && mv "$tmp/copy" "$f" && scan
	eventually "$mode: another file with the same bytes opens" cat "$v/keep/1.pnm"
	followed
	ok "$mode: in every view" cat "$mnt/public-domain/keep/1.pnm"
	for i in 1 2 3 4 5 6 7 8; do (for k in {1..50}; do cat "$v/keep/$k.pnm" || echo wrong; done) & done >"$tmp/many" 2>&1
	wait
	is "$(grep -c wrong "$tmp/many")" 0 "$mode: who opens the same files at once shares them"
	exec 7<&-
	# what is open is not given to the next opener when its bytes are others
	exec 7<"$v/keep/2.pnm"
	sh -c 'head -c 1 <&7' >/dev/null
	printf 'P6\n1 1\n255\nother' >"$store/keep/2.pnm"
	ok "$mode: a changed file does not open, though it is open" sh -c "! cat '$v/keep/2.pnm'"
	eventually "$mode: and is taken from who has it open" sh -c '! head -c 1 <&7'
	exec 7<&-

	# while the former file is open, an opener that looks no name up: a takedown reaches who had it all the same
	python3 - "$v/keep/4.pnm" "$store/keep/4.pnm" "$store" >"$tmp/.out" 2>&1 <<-'P'
		import os, shutil, subprocess, sys, time
		name, file, store = sys.argv[1:]
		held, place = os.open(name, os.O_RDONLY), os.open(name, os.O_PATH)
		os.pread(held, 1, 0)
		shutil.copy(file, file + ".copy")
		os.rename(file + ".copy", file)
		subprocess.run(["licensefs", "scan", store], stdout=subprocess.DEVNULL)
		time.sleep(0.1)
		try:
		    os.open(f"/proc/self/fd/{place}", os.O_RDONLY)
		except OSError:
		    pass
		subprocess.run(["licensefs", "revoke", store, "--path", "keep/4.pnm", "--reason", "x", "--wait", "60"], stdout=subprocess.DEVNULL)
		try:
		    print("reads", os.pread(held, 1, 0))
		except OSError:
		    print("stopped")
	P
	is "$(cat "$tmp/.out")" stopped "$mode: who opens by a descriptor hides nobody from a takedown"
	# what the kernel hands over without asking about the file itself: a documented limit
	python3 - "$v/keep/5.pnm" "$store" >"$tmp/.out" 2>&1 <<-'P'
		import mmap, os, subprocess, sys
		held = os.open(sys.argv[1], os.O_RDONLY)
		subprocess.run(["licensefs", "revoke", sys.argv[2], "--path", "keep/5.pnm", "--reason", "x", "--wait", "60"], stdout=subprocess.DEVNULL)
		out = os.memfd_create("x")
		for name, call in (("read", lambda: os.pread(held, 1, 0)), ("fstat", lambda: os.fstat(held)),
		                   ("reopen", lambda: os.open(f"/proc/self/fd/{held}", os.O_RDONLY)),
		                   ("sendfile", lambda: os.sendfile(out, held, 0, 1)),
		                   ("mmap", lambda: mmap.mmap(held, 1, prot=mmap.PROT_READ)[0])):
		    try:
		        call()
		        print(name, "works", end=" ")
		    except OSError:
		        print(name, "fails", end=" ")
		print(subprocess.run(["licensefs", "status", sys.argv[2]], capture_output=True, text=True).stdout.count("1 files that were taken down are still open"))
	P
	is "$(cat "$tmp/.out")" "read fails fstat fails reopen fails sendfile works mmap works 1" "$mode: an open file that was taken down; status tells of it"

	# out of reach by its path, and in reach again
	exec 7<"$v/keep/3.pnm" 9<"$mnt"
	mount -t tmpfs none "$mnt"
	decide keep/3.pnm --deny
	eventually "$mode: a mount that cannot reach itself says so" sh -c "getfattr --only-values -n user.licensefs.mount /dev/fd/9 | grep -q 'cannot be reached by any path'"
	umount "$mnt"
	eventually "$mode: and stops who has a file open when it can" sh -c '! head -c 1 <&7'
	exec 7<&- 9<&-
	down

	mkdir -p "$tmp/dir/m"
	licensefs mount "$store" "$tmp/dir/m" -o mode=$mode 2>/dev/null
	exec 7<"$tmp/dir/m/commercial/keep/6.pnm"
	mv "$tmp/dir" "$tmp/moved"
	licensefs revoke "$store" --path keep/6.pnm --reason x >/dev/null 2>&1
	eventually "$mode: a mount whose path was renamed is reached" sh -c '! head -c 1 <&7'
	exec 7<&-
	exec 7<"$tmp/moved/m/commercial/keep/7.pnm"
	mkdir "$tmp/bind" && mount --bind "$tmp/moved/m" "$tmp/bind" && umount -l "$tmp/moved/m"
	licensefs revoke "$store" --path keep/7.pnm --reason x >/dev/null 2>&1
	eventually "$mode: so is one that is left at another place" sh -c '! head -c 1 <&7'
	exec 7<&-
	umount "$tmp/bind"
	rmdir "$tmp/bind" "$tmp/moved/m" "$tmp/moved"

	# few descriptors: what was used last is kept, the rest opened again
	(ulimit -n 128 && up -o mode=$mode)
	is "$(find "$v/take" -type f -exec cat {} + | cksum)" "$(find "$v/take" -type f -exec cat {} + | cksum)" "$mode: with few descriptors"
	coproc hold { python3 "$tmp/hold.py" "$v/take" 1 2>&1; }
	pid=$hold_PID
	read -r seen <&"${hold[0]}"
	looks
	is "$seen" "3000 3000 50" "$mode: files beyond them can be open"
	exec {hold[1]}>&-
	wait "$pid" 2>/dev/null
	down
done
sanitizers_are_silent
plan
