# SPDX-License-Identifier: Apache-2.0
# A store of which a view shows a part, and who runs commands over it. Sourced by run*.t.
. "${top_srcdir:-.}/tests/shell/mount.sh"
# A thread that a sanitizer starts keeps a process from having a user namespace.
mkdir "$tmp/probe" && licensefs scan "$tmp/probe" >/dev/null
run licensefs run "$tmp/probe" --view commercial -- true
[ "$status" != 125 ] || [[ $err != *"Invalid argument"* ]] || skip_all "no user namespaces for a program with threads"
chmod 755 "$tmp"
mknod -m 666 "$tmp/fuse" c 10 229
mkdir "$tmp/program" && cp "$top_builddir/licensefs" "$tmp/program/"
# by root|nobody COMMAND...: nobody has a /dev/fuse that is open to everybody, in a mount namespace of its own.
mkdir "$tmp/by" && PATH=$tmp/by:$PATH
cat >"$tmp/by/by" <<-E
	#!/bin/bash
	who=\$1
	shift
	[ "\$who" != root ] || exec "\$@"
	exec unshare -m --propagation slave bash -c 'mount --bind "\$0" /dev/fuse && exec "\$@"' '$tmp/fuse' \\
		setpriv --reuid 65534 --regid 65534 --clear-groups \\
		env "PATH=$tmp/program:/usr/bin:/bin:/usr/sbin:/sbin" HOME=/ TSAN_OPTIONS= ASAN_OPTIONS= UBSAN_OPTIONS= "\$@"
E
chmod +x "$tmp/by/by"
# Processes of licensefs that serve this test's runs.
servers() {
	local p line
	for p in $(sed -n "s|.*@licensefs-run/$(printf %x "$(stat -c %d "$store/.licensefs/catalog.db")"):$(printf %x "$(stat -c %i "$store/.licensefs/catalog.db")")/[0-9]*/||p" /proc/net/unix); do
		echo "$p"
	done
}
no_servers() { [ -z "$(servers)" ]; }
some_server() { [ -n "$(servers)" ]; }
