# SPDX-License-Identifier: Apache-2.0
# The mount as a part of the system: mount(8), unprivileged users, ends of every kind, messages.
. "${top_srcdir:-.}/tests/shell/mount.sh"
make_small_store

exits 0 "mounts" up
pid=$(daemon "$mnt")
ok "the daemon's command line names the mount point" [ -n "$pid" ]
like "$(grep " $mnt " /proc/self/mountinfo)" " ro,nosuid,nodev,noatime .* - fuse.licensefs $store " \
	"read-only, nosuid, nodev, and the mount table names the store"
is "$(licensefs status "$store" --json | jq -r '.. | .mountpoint? // empty' | head -1)" "$mnt" "status names the mount"
(cd "$mnt/commercial" && exits 3 "a busy mount is not unmounted" licensefs umount "$mnt" && like "$err" "in use.*--lazy" "says what to do")
test_count=$((test_count + 2))
exits 0 "unmounts" down
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
eventually "a killed daemon leaves ENOTCONN" sh -c "stat '$mnt/new-name' 2>&1 | grep -q 'not connected'"
exits 0 "mounting again recovers" up
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

if [ -x /sbin/mount.fuse3 ] || [ -x /sbin/mount.fuse ]; then
	exits 0 "mount -t fuse.licensefs" mount -t fuse.licensefs "$store" "$mnt" -o view=public-domain,nofail,noauto,x-test
	is "$(files "$mnt")" "README train/cc0.pnm " "serves the view"
	umount "$mnt"
	mkdir -p "$tmp/bin"
	printf '%s %s fuse.licensefs noauto,nofail,_netdev,x-systemd.automount,allow_other,view=commercial 0 0\n' \
		"$store" "$mnt" >"$tmp/fstab"
	exits 0 "as /etc/fstab has it" mount -T "$tmp/fstab" "$mnt"
	is "$(files "$mnt")" "README cats/by.pnm train/cc0.pnm " "serves the view"
	umount "$mnt"
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
exits 3 "a store without catalog" licensefs mount "$tmp" "$mnt"
like "$err" "licensefs scan" "says what to do"
printf 'x%.0s' {1..5000} >"$tmp/junk.db"
exits 3 "a catalog that is none" up -o "catalog=$tmp/junk.db"
ok "and nothing is mounted after all this" sh -c "! mountpoint -q '$mnt'"

# Someone else: through fusermount3, for himself alone.
if id nobody >/dev/null 2>&1 && command -v fusermount3 runuser >/dev/null && [ -z "${AM_SANITIZE:-}" ]; then
	chmod 755 "$tmp" && chown -R nobody "$store" && mkdir "$tmp/theirs" && chown nobody "$tmp/theirs"
	as_nobody() { runuser -u nobody -- env "PATH=$PATH" "$@"; }
	if as_nobody test -x "$(command -v licensefs)"; then
		exits 0 "a user mounts" as_nobody licensefs mount "$store" "$tmp/theirs" -o view=public-domain
		is "$(as_nobody find "$tmp/theirs" -type f -printf '%P ')" "README train/cc0.pnm " "and sees the view"
		ok "root does not" sh -c "! ls '$tmp/theirs' 2>/dev/null"
		exits 0 "and unmounts" as_nobody licensefs umount "$tmp/theirs"
		if ! grep -q '^user_allow_other' /etc/fuse.conf 2>/dev/null; then
			exits 3 "allow_other is not his" as_nobody licensefs mount "$store" "$tmp/theirs" -o allow_other
			like "$err" "user_allow_other" "says what root can do"
		fi
	fi
fi
sanitizers_are_silent
plan
