# SPDX-License-Identifier: Apache-2.0
# .ci/libfuse.sh: which libfuse is built, when again, and why none. With an archive and tools that are made up here.
. "${top_srcdir:-.}/tests/shell/lib.sh"
mkdir -p "$tmp/top/.ci" "$tmp/bin" "$tmp/suites"
cp "$top_srcdir/.ci/libfuse.sh" "$tmp/top/.ci/"
dir=$tmp/top/build/libfuse
export fake=$tmp/suites calls=$tmp/calls
stub() { { echo '#!/bin/bash' && cat; } >"$tmp/bin/$1" && chmod +x "$tmp/bin/$1"; }
stub apt-get <<'S'
echo "apt-get $*" >>"$calls"
list=$(grep -o 'Dir::Etc::sourcelist=[^ ]*' <<<"$*")
case " $* " in
*' indextargets '*) cat "$fake/archives" ;;
*' update '*)
	[ -n "$list" ] || exit 0
	suite=$(awk '{ print $(NF - 1) }' "${list#*=}")
	cp "${list#*=}" "$fake/.list"
	[ -e "$fake/$suite" ] || { printf 'Err:1 %s\n  404  Not Found\nE: bad\n' "$suite" && exit 100; }
	;;
*' source '*) mkdir "fuse3-${!#}" ;;
esac
S
stub apt-cache <<'S'
sed 's/^/Version: /' "$fake/$(awk '{ print $(NF - 1) }' "$fake/.list")"
S
stub dpkg <<'S'
[ "$1" = --print-architecture ] && echo "${ARCH-amd64}" && exit
[ "$(printf '%s\n' "$2" "$4" | sort -V | head -n 1)" = "$4" ]
S
stub meson <<'S'
echo "meson $*" >>"$calls"
[ ! -e "$fake/no-meson" ] || exit
case $1 in
setup)
	mkdir -p "$2"
	grep -q broken <<<"$3" || echo '#define HAVE_URING 1' >"$2/fuse_config.h"
	grep -o -e '--prefix=[^ ]*' <<<"$*" | cut -d = -f 2 >"$2/prefix"
	;;
install)
	d=$DESTDIR$(cat "$3/prefix")/lib
	mkdir -p "$d/pkgconfig" && touch "$d/libfuse3.a" "$d/pkgconfig/fuse3.pc"
	;;
esac
S
for tool in ninja dpkg-source dpkg-buildflags; do stub "$tool" </dev/null; done
PATH=$tmp/bin:$PATH
build() { run "$tmp/top/.ci/libfuse.sh"; }

cat >"$fake/archives" <<'E'
Debian|Debian Backports|main|http://other.example/debian/
Debian|Debian-Security|main|http://other.example/debian-security/
Vendor|Vendor|main|http://vendor.example/
Debian|Debian|contrib|http://other.example/debian/
Debian|Debian|main|http://mirror.example/debian/
E
echo 3.17.2-3 >"$fake/stable"
printf '%s\n' 3.9.0-1 3.18.3-1 3.10.2-1 >"$fake/testing"
build
is "$status:$out" "0:libfuse 3.18.3-1 of Debian testing, static" "the newest of testing is built"
like "$(cat "$fake/.list")" '^deb-src .*http://mirror.example/debian/ testing main$' "from where the system has Debian from"
like "$(cat "$calls")" 'source --only-source fuse3=3.18.3-1' "by apt, which checks it"
is "$(grep -E 'update|source ' "$calls" | grep -vc -e "-c $dir.new/apt.conf -o Dir::Etc::sourcelist=$dir.new/")" 0 "with sources of its own"
is "$(cd "$tmp/top/build" && ls | tr '\n' ' ')" "libfuse libfuse.lock " "nothing else is left"
: >"$calls"
build
is "$status:$out:$(cat "$calls")" "0:libfuse 3.18.3-1 of Debian testing, static:" "it is kept, and nothing is asked"
echo '# changed' >>"$tmp/top/.ci/libfuse.sh"
echo 3.19.0-1 >"$fake/testing"
build
is "$out" "libfuse 3.19.0-1 of Debian testing, static" "another recipe builds again"
echo '# changed' >>"$tmp/top/.ci/libfuse.sh"
rm "$fake/testing" "$fake/stable"
build
like "$status:$out" '^0:libfuse 3.19.0-1 .*not built again: Debian testing cannot be fetched: 404' "or keeps what there is"
ARCH=arm64 build
is "$status:$out" "2:" "but not that of another system"
like "$err" '^Debian testing cannot be fetched: 404  Not Found$' "which says why"
if [ ! -e "$dir" ] && [ ! -e "$dir.new" ] && [ -s "$dir.log" ]; then pass "and leaves a log only"; else fail "and leaves a log only"; fi
echo 3.20.0-broken >"$fake/testing"
echo 3.18.9-2 >"$fake/stable"
build
is "$out" "libfuse 3.18.9-2 of Debian stable, static" "what builds without io_uring is passed over"
rm -r "$dir"
echo 3.17.2-3 >"$fake/stable"
build
is "$status:$err" "1:3.20.0-broken does not build" "what was fetched and not built is a failure"
echo 3.17.2-3 >"$fake/testing"
build
is "$status:$err" "1:Debian testing has 3.17.2-3" "nothing new enough"
touch "$fake/no-meson"
echo 3.18.3-1 >"$fake/testing"
build
is "$status:$(ls -d "$dir" 2>/dev/null)" "1:" "half a build is none"
rm "$fake/no-meson"
sed -i '/^Debian|Debian|main/d' "$fake/archives"
build
is "$status:$err" "2:apt's sources name no archive of Debian" "another distribution"
rm "$tmp/bin/meson"
if ! command -v meson >/dev/null; then
	build
	is "$status:$err" "1:meson is missing" "a tool that is missing"
fi
plan
