# SPDX-License-Identifier: Apache-2.0
# licensefs run and a command that tries every way to what it is not to see, as root and as anybody.
. "${top_srcdir:-.}/tests/shell/run.sh"
hostile=$top_srcdir/tests/shell/run_hostile.py
cp "$hostile" "$tmp/hostile.py"
mkdir "$tmp/data" && store=$tmp/data/store && mkdir "$store"
mount=(licensefs mount "$store" "$mnt")
make_small_store
# a name that no other test has on this machine at the same time
hidden=cats/none.${tmp##*.}.pnm
marker=rgb$hidden
image $hidden
scan
handle() {
	python3 - "$1" <<-'P'
		import ctypes, sys
		class Handle(ctypes.Structure):
		    _fields_ = [("n", ctypes.c_uint), ("kind", ctypes.c_int), ("data", ctypes.c_char * 128)]
		h, at = Handle(128), ctypes.c_int()
		ctypes.CDLL(None).name_to_handle_at(-100, sys.argv[1].encode(), ctypes.byref(h), ctypes.byref(at), 0)
		print("%d:%s" % (h.kind, ctypes.string_at(ctypes.addressof(h) + 8, h.n).hex()))
	P
}
# places: where else the store is, one after the other in $places.
places=()
place() { # NAME COMMAND...: which mounts something on $tmp/NAME
	local name=$1
	shift
	mkdir -p "$tmp/$name"
	if "$@" "$tmp/$name" >"$tmp/.place" 2>&1; then places+=("$tmp/$name"); else note "no $name: $(cat "$tmp/.place")"; fi
}
over() { mount -t overlay none "$1" -o "lowerdir=$store:$tmp/nothing"; }
beneath() { mount -t overlay none "$1" -o "lowerdir=$tmp/data:$tmp/nothing"; }
shown() { bindfs -o allow_other,fsname="$store" "$store" "$1"; }
mkdir "$tmp/nothing" "$tmp/shared"
place bound mount --bind "$store"
place part mount --bind "$store/cats"
place above mount --bind "$tmp/data"
place slash mount --bind /
place over over
place beneath beneath
place shown shown
: >"$tmp/single" && mount --bind "$store/$hidden" "$tmp/single" && places+=("$tmp/single")
# what steers the kernel, beside and below of where it always is
for kind in proc sysfs binfmt_misc tracefs debugfs cgroup2; do
	mkdir -p "$tmp/kernel/$kind" && mount -t $kind none "$tmp/kernel/$kind" 2>/dev/null || note "no $kind"
done
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>/dev/null || note "no binfmt_misc in its place"
mount -t tracefs none /sys/kernel/tracing 2>/dev/null || note "no tracefs in its place"
mkdir "$tmp/views"
mount --bind "$tmp/shared" "$tmp/shared" && mount --make-shared "$tmp/shared" && mkdir "$tmp/shared/later"
cp "$store/.licensefs/catalog.db" "$tmp/other.db" && chmod 666 "$tmp/other.db"

attack() { # WHO ARGUMENT...: $out; how it went
	local who=$1
	shift
	# a process of the same user outside, which has the store in its hands
	by $who python3 -c 'import os, sys, time; f = open(sys.argv[2]); os.chdir(sys.argv[1]); print("ready", flush=True); time.sleep(170)' \
		"$store" "$store/$hidden" >"$tmp/bait" &
	bait=$!
	eventually "$who: there is a bait" grep -q ready "$tmp/bait"
	rm -rf "$tmp/at" "$tmp/ready" "$tmp/go" && mkdir -m 777 "$tmp/at" && mkfifo -m 666 "$tmp/ready" "$tmp/go"
	(
		read -r <"$tmp/ready"
		mount --bind "$store" "$tmp/shared/later" && echo "$tmp/shared/later" >"$tmp/go"
	) &
	later=$!
	cd "$tmp/at" || exit 99
	run by $who env BAIT=$bait READY="$tmp/ready" GO="$tmp/go" "$@"
	cd "$tmp" || exit 99
	kill $bait $later 2>/dev/null
	wait $bait $later 2>/dev/null
	umount "$tmp/shared/later" 2>/dev/null
}

for who in root nobody; do
	[ $who = root ] || { chown -R nobody "$store" && scan; }
	licensefs mount "$store" "$tmp/views" -o allow_other 2>/dev/null
	run by $who licensefs run "$store" --view commercial -- sh -c 'ls "$1" "$1/noncommercial"' - "$tmp/views"
	is "$(echo $out)" "$tmp/views: README cats train" "$who: a mount of other views shows this one"
	arguments=("$store" "$hidden" "$marker" "$(handle "$store/$hidden")")
	# what it would reach without
	ONLY="path proc_self proc_outside elsewhere table catalog later" \
		attack $who python3 "$tmp/hostile.py" "${arguments[@]}" "${places[@]}"
	is "$(grep -c REACHED <<<"$out")" 7 "$who: without run the store is there"
	like "$out" "# elsewhere ${#places[@]}" "$who: in every place"

	attack $who licensefs run "$store" --view commercial -- python3 "$tmp/hostile.py" "${arguments[@]}" "${places[@]}"
	is "$status" 0 "$who: the command comes to its end"
	[ "$status" = 0 ] || note "$err"
	note "$(grep '^#' <<<"$out")"
	while read -r way how; do
		is "$how" closed "$who: $way"
	done < <(grep -v '^#' <<<"$out")
	is "$(grep -vc '^#' <<<"$out")" "$(grep -c '^@way' "$hostile")" "$who: every way was tried"
	ok "$who: the store is untouched" [ -e "$store/$hidden" -a ! -e "$store.moved" ]

	mkdir -p "$tmp/scratch.$who" && chmod 777 "$tmp/scratch.$who"
	attack $who licensefs run "$store" --view commercial --scratch "$tmp/scratch.$who" -- python3 "$tmp/hostile.py" "${arguments[@]}" "${places[@]}"
	unlike "$out" REACHED "$who: nor with a scratch directory above the view"
	like "$out" "daemon closed" "$who: to the last way"
	eventually "$who: all has ended" no_servers

	# what was opened before: a namespace, memory and files of others, a device by which there are disks
	run by $who bash -c 'exec "$@" 7</proc/self/ns/mnt 8</proc/self/environ 2>&1' - licensefs run "$store" --view commercial -- sh -c 'for f in 7 8; do [ -e /proc/self/fd/$f ] && echo open $f; done'
	like "$out" "descriptor 7: a namespace.*descriptor 8: a file of /proc" "$who: namespaces and files of processes are closed"
	unlike "$out" "open [78]" "$who: before the command"
	# the daemon is the user's process: it can be stopped and killed, but not be made to leave its memory behind
	run by $who licensefs run "$store" --view commercial -- bash -c 'd=$(sed -n "s|.*@licensefs-run/.*/$$/||p" /proc/net/unix | head -1)
		prlimit --core=unlimited --pid $d 2>/dev/null; awk "/core file/ { print \$5, \$6 }" /proc/$d/limits; kill -STOP $d'
	is "$out" "0 0" "$who: the daemon leaves no core"
	eventually "$who: a daemon that its command has stopped ends with it" no_servers

	run by $who licensefs run "$store" --catalog "$tmp/other.db" --view commercial -- sh -c 'wc -c <"$1"; ls "$2/cats"' - "$tmp/other.db" "$store"
	is "$(echo $out)" "0 by.pnm" "$who: a catalog outside of the store is empty for the command"
done

umount /proc/sys/fs/binfmt_misc 2>/dev/null

# --- devices in directories that do not show
if mkdir "/dev/.${tmp##*.}" && mknod "/dev/.${tmp##*.}/disk" b 7 0 2>/dev/null; then
	run licensefs run "$store" --view commercial -- sh -c 'stat -c %F "$1" && stat -c %t:%T /dev/loop-control' - "/dev/.${tmp##*.}/disk"
	is "$(echo $out)" "character special file 1:3" "a disk in a directory with a dot is covered, and what makes disks"
fi
rm -rf "/dev/.${tmp##*.}"

# --- FUSE filesystems that show what is above the store, and a directory renamed underneath
mkdir -p "$tmp/a:b" "$tmp/other" "$tmp/seen" && cp -a "$tmp/data" "$tmp/a:b/"
looks='ls -A "$1"; mv "$2" "$2.moved"; find "$1" -name "$3"; mv "$2.moved" "$2"; ls "$2/store/cats"'
seen() { # STORE'S-PARENT NAME
	run licensefs run "$1/store" --view commercial -- sh -c "$looks" - "$tmp/seen" "$1" "${hidden#cats/}"
	is "$(echo $out)" "by.pnm" "$2 that shows what is above the store is empty"
}
if command -v bindfs >/dev/null; then
	bindfs -o fsname="$tmp" "$tmp" "$tmp/seen"
	seen "$tmp/data" "a FUSE filesystem"
	exits 125 "a store on one that shows a directory" licensefs run "$tmp/seen/data/store" --view commercial -- true
	like "$err" "lies on '$tmp/seen' .*name the store by its path there" "is named by that"
	umount "$tmp/seen"
	bindfs -o fsname="$tmp/a:b" "$tmp/a:b" "$tmp/seen"
	seen "$tmp/a:b/data" "one whose source has a colon"
	umount "$tmp/seen"
fi
if command -v mergerfs >/dev/null; then
	mergerfs "$tmp/other:$tmp" "$tmp/seen"
	seen "$tmp/data" "a union"
	exits 125 "a store on a union" licensefs run "$tmp/seen/data/store" --view commercial -- true
	umount "$tmp/seen"
	mergerfs "$tmp/other" "$tmp/seen"
	run licensefs run "$store" --view commercial -- python3 -c '
import os, sys
try: os.setxattr(sys.argv[1] + "/.mergerfs", "user.mergerfs.branches", ("+>" + sys.argv[2]).encode())
except OSError: pass
print(os.listdir(sys.argv[1]))' "$tmp/seen" "$store"
	is "$out" "[]" "a union gets no branch from the command"
	umount "$tmp/seen"
fi

# --- a filesystem that makes snapshots
if command -v mkfs.btrfs >/dev/null && grep -qw btrfs /proc/filesystems; then
	truncate -s 200M "$tmp/btrfs.img" && mkfs.btrfs -q "$tmp/btrfs.img" >/dev/null 2>&1 && mkdir "$tmp/btrfs"
	if mount -o loop "$tmp/btrfs.img" "$tmp/btrfs"; then
		btrfs -q subvolume create "$tmp/btrfs/home" && mkdir "$tmp/btrfs/home/photos"
		store=$tmp/btrfs/home/photos
		make_small_store
		hidden=secret/none.${tmp##*.}.pnm marker=rgb$hidden
		image $hidden
		mkdir "$tmp/toplevel" && mount --bind "$tmp/btrfs" "$tmp/toplevel"
		chown -R nobody "$tmp/btrfs" && scan
		for who in root nobody; do
			cd "$store/.." || exit 99
			run by $who licensefs run "$store" --view commercial -- python3 "$tmp/hostile.py" \
				"$store" "$hidden" "$marker" "$(handle "$store/$hidden")" "$tmp/toplevel/home/photos"
			rm -rf ./at bound moved new jail mountpoint proc up wk on
			unlike "$out" REACHED "$who: nothing on btrfs"
			like "$out" "snapshot closed" "$who: nor in a snapshot"
		done
	fi
else
	note "no btrfs here: snapshots not tried"
fi
missing=
for way in $(grep -A1 '^@way' "$hostile" | sed -n 's/^def \(.*\)():/\1/p'); do
	grep -q "\`$way\`" "$top_srcdir/docs/run.md" || missing+=" $way"
done
is "$missing" "" "docs/run.md has every way"
sanitizers_are_silent
plan
