# SPDX-License-Identifier: Apache-2.0
# The mount as a part of the system: mount(8), unprivileged users, ends of every kind, messages.
. "${top_srcdir:-.}/tests/shell/mount.sh"
make_small_store

exits 0 "mounts" "${mount[@]}"
pid=$(daemon "$mnt")
ok "the daemon's command line names the mount point" [ -n "$pid" ]
like "$(grep " $mnt " /proc/self/mountinfo)" " ro,nosuid,nodev,noatime - fuse.licensefs $store " \
	"read-only, nosuid, nodev, and the mount table names the store"
is "$(licensefs status "$store" --json | jq -c .mounts)" "[\"$mnt\"]" "status names the mount"
(cd "$mnt/commercial" && exits 3 "a busy mount is not unmounted" licensefs umount "$mnt" && like "$err" "in use.*--lazy" "says what to do")
test_count=$((test_count + 2))
exits 0 "unmounts" licensefs umount "$mnt"
eventually "and the daemon ends" gone "$pid"
exits 3 "what is no mount is not unmounted" licensefs umount "$mnt"
like "$err" "nothing is mounted" "says so"

up && pid=$(daemon "$mnt")
kill -TERM "$pid"
eventually "SIGTERM unmounts" sh -c "! mountpoint -q '$mnt'"
eventually "and ends the daemon" gone "$pid"
up && pid=$(daemon "$mnt")
exec 9<"$mnt/commercial/cats/by.pnm"
umount -l "$mnt"
ok "umount -l leaves the daemon to an open file" kill -0 "$pid"
exec 9<&-
eventually "it ends with the last" gone "$pid"

up && pid=$(daemon "$mnt")
kill -KILL "$pid"
eventually "a killed daemon leaves no mount" sh -c "! mountpoint -q '$mnt'"
exits 0 "mounting again works" "${mount[@]}"
is "$(files "$mnt/public-domain")" "README train/cc0.pnm " "and serves"
is "$(grep -c " $mnt " /proc/self/mountinfo)" 1 "nothing is left below"
down
exec 9>"$tmp/fg"
licensefs mount "$store" "$mnt" -f >&9 2>&1 &
pid=$!
eventually "-f serves" test -d "$mnt/commercial"
ok "from this process" kill -0 "$pid"
kill -INT "$pid"
wait "$pid"
is "$?" 0 "SIGINT ends it with success"
ok "unmounted" sh -c "! mountpoint -q '$mnt'"

exits 0 "a store may be mounted over itself" licensefs mount "$store" "$store" -o view=public-domain
is "$(files "$store")" "README train/cc0.pnm " "and shows only the view"
ok "whose bytes are the store's" grep -q rgb "$store/train/cc0.pnm"
licensefs umount "$store"
is "$(ls -A "$store" | head -1)" .licensefs "and is itself again"

# mount(8) finds the program in /usr/local/bin, which is another directory in here.
if [ -x /sbin/mount.fuse3 ] || [ -x /sbin/mount.fuse ]; then
	mkdir "$tmp/bin"
	ln -s "$(command -v licensefs)" "$tmp/bin/licensefs"
	printf '%s %s fuse.licensefs noauto,nofail,_netdev,x-systemd.automount,allow_other,view=commercial 0 0\n' \
		"$store" "$mnt" >"$tmp/fstab"
	in_private() { run unshare -m --propagation private bash -c "mount --bind '$tmp/bin' /usr/local/bin && $1 && cd '$mnt' && find . -type f -printf '%P '; cd / && umount '$mnt'"; }
	in_private "mount -t fuse.licensefs '$store' '$mnt' -o view=public-domain,nofail,noauto,noexec,x-test"
	is "$out" "README train/cc0.pnm " "mount -t fuse.licensefs"
	in_private "mount -T '$tmp/fstab' '$mnt'"
	is "$(tr ' ' '\n' <<<"$out" | sort | tr '\n' ' ')" " README cats/by.pnm train/cc0.pnm " "as /etc/fstab has it"
	in_private "mount -t fuse.licensefs '$store' '$mnt' -o vew=public-domain"
	like "$err" "did you mean 'view'" "a misspelt option there"
else
	note "no mount.fuse3: mount -t is not tested"
fi

exits 3 "no such mount point" licensefs mount "$store" "$tmp/nowhere"
like "$err" "nowhere' does not exist.*mkdir" "says so"
exits 3 "a file as mount point" licensefs mount "$store" "$store/README"
like "$err" "not a directory" "says so"
mkdir -p "$store/inside"
exits 3 "a mount point inside the store" licensefs mount "$store" "$store/inside"
like "$err" "inside the store" "says so"
exits 3 "no such store" licensefs mount "$tmp/nostore" "$mnt"
mkdir "$tmp/other"
exits 3 "a store without catalog" licensefs mount "$tmp/other" "$mnt"
like "$err" "licensefs scan" "says what to do"
printf 'x%.0s' {1..5000} >"$tmp/junk.db"
exits 3 "a catalog that is none" "${mount[@]}" -o "catalog=$tmp/junk.db"
ok "and nothing is mounted after all this" sh -c "! mountpoint -q '$mnt'"

# Someone else: through fusermount3, for himself alone. /dev/fuse is open to all where udev runs.
if id nobody >/dev/null 2>&1 && command -v fusermount3 runuser >/dev/null; then
	chmod 755 "$tmp" && chown -R nobody "$store" && mkdir "$tmp/theirs" && chown nobody "$tmp/theirs"
	mknod -m 666 "$tmp/fuse" c 10 229
	# a checkout may lie where nobody cannot go
	mkdir "$tmp/program" && cp "$top_builddir/licensefs" "$tmp/program/" && PATH=$tmp/program:$PATH
	cat >"$tmp/someone" <<-'S'
		store=$1 mnt=$2
		echo "mounted $(licensefs mount "$store" "$mnt" -o view=public-domain 2>&1 | grep -v shows | sed 's/.*: mode=/mode=/')"
		find "$mnt" -type f -printf '%P '
		echo; exec 9<"$mnt/train/cc0.pnm"
		licensefs umount "$mnt" 2>&1 9<&-
		exec 9<&-
		licensefs umount "$mnt" && echo unmounted
		licensefs mount "$store" "$mnt" -o allow_other
		licensefs mount "$store" "$mnt" -o mode=passthrough
	S
	run unshare -m --propagation private bash -c "mount --bind '$tmp/fuse' /dev/fuse &&
		exec runuser -u nobody -- env PATH='$PATH' HOME=/ TSAN_OPTIONS= ASAN_OPTIONS= bash '$tmp/someone' '$store' '$tmp/theirs'"
	like "$out" ^mounted.mode=cached.README.train/cc0.pnm "a user mounts and sees the view, which the mount serves"
	like "$err" "mode=passthrough (is for root|needs libfuse)" "and is told what is for root"
	like "$out" "in use" "a busy mount is not unmounted"
	like "$out" unmounted "a free one is"
	grep -q '^user_allow_other' /etc/fuse.conf 2>/dev/null ||
		like "$err" "user_allow_other" "allow_other is not his: says what root can do"
	chmod 600 "$tmp/fuse"
	run unshare -m --propagation private bash -c "mount --bind '$tmp/fuse' /dev/fuse &&
		exec runuser -u nobody -- env PATH='$PATH' licensefs mount '$store' '$tmp/theirs'"
	like "$err" "/dev/fuse.*chmod" "a closed /dev/fuse: says what root can do"
fi
sanitizers_are_silent
plan
