# SPDX-License-Identifier: Apache-2.0
# What mounts say of themselves: how far they have followed, in which mode, who serves them; and that
# asking never hangs, whatever state the daemon is in.
. "${top_srcdir:-.}/tests/shell/mount.sh"
says() { python3 -c 'import os, sys; print(os.getxattr(sys.argv[1], "user.licensefs.mount").decode())' "$1" 2>&1; }
generation() { licensefs status "$1" --json | jq .generation; }
following() { licensefs status "${1:-$store}" --json | jq -c '[.following[] | [.mountpoint, .state]]'; }
follow() { [ "$(following "${2:-$store}")" = "$1" ]; }
state() { [ "$(licensefs status "$store" --json | jq -r '.following[0].state')" = "$1" ]; }
caught_up() { [ "$(says "$1" | cut -d' ' -f1)" = "$(generation "$store")" ]; }

make_small_store
mkdir "$tmp/one"
up
licensefs mount "$store" "$tmp/one" -o view=commercial,mode=checked 2>/dev/null
file=$(stat -c %i "$store/.licensefs/catalog.db")
like "$(says "$mnt")" "^$(generation "$store") (cached|passthrough|uring) $(daemon "$mnt") [0-9a-f]+:$(printf %x "$file") -\$" "a mount of all views"
like "$(says "$tmp/one")" "^$(generation "$store") checked $(daemon "$tmp/one") " "a mount of one view"
unlike "$(python3 -c 'import os, sys; print(os.listxattr(sys.argv[1]))' "$mnt")" licensefs "is not listed"
like "$(says "$mnt/commercial")" 'No data' "only the root has it"
before=$(generation "$store")
decide cats/by.pnm --deny
ok "a decision makes a generation" [ "$before" -lt "$(generation "$store")" ]
eventually "that the mounts have followed when status says so" follow "[[\"$mnt\",\"following\"],[\"$tmp/one\",\"following\"]]"
ok "and the attribute" caught_up "$mnt"
licensefs view set "$store" mine license=CC0-1.0 >/dev/null
eventually "a view" caught_up "$mnt"
scan
eventually "a scan that finds nothing" caught_up "$mnt"
python3 - "$store" <<'P'
import sys
for i in range(2500):
    with open(f"{sys.argv[1]}/cats/{i}.pnm", "w") as f:
        f.write(f"P6\n1 1\n255\nrgb{i}")
P
scan
decide 'cats/*.pnm' --license CC0-1.0
eventually "thousands of images" caught_up "$mnt"
eventually "in the mount of one view, too" caught_up "$tmp/one"
licensefs umount "$tmp/one"

# Whoever may not enter may not ask.
chmod 755 "$tmp"
mkdir "$tmp/for-nobody" && chown nobody "$tmp/for-nobody"
eventually "one mount is left" follow "[[\"$mnt\",\"following\"]]"
run setpriv --reuid nobody --clear-groups licensefs status "$store" --json
is "$(json '[.following[].state]')" '["unasked"]' "another user may not ask a private mount"
down
up -o allow_other
nobody_asks() { [ "$(setpriv --reuid nobody --clear-groups licensefs status "$store" --json | jq -c '[.following[].state]')" = "$1" ]; }
eventually "but one that lets others enter" nobody_asks '["following"]'

# A daemon that is stopped, while asked and before.
pid=$(daemon "$mnt")
kill -STOP "$pid"
SECONDS=0
run licensefs status "$store" --json
is "$(json '[.following[].state]')" '["late"]' "a daemon that is stopped is late"
ok "and nobody waits for it for long" [ $SECONDS -le 20 ]
SECONDS=0
like "$(licensefs status "$store" 2>&1)" 'mnt.*does not answer' "not even for the end of output"
ok "really" [ $SECONDS -le 20 ]
kill -CONT "$pid"
eventually "it goes on" state following

# Another catalog of the same store; the store under another path.
licensefs scan --catalog "$tmp/other.db" "$store" >/dev/null 2>&1
other() { [ "$(licensefs status --catalog "$tmp/other.db" "$store" --json | jq -c '[.following[].state]')" = '["other"]' ]; }
eventually "a mount of another catalog does not follow this one" other
mkdir "$tmp/bound" && mount --bind "$store" "$tmp/bound"
eventually "a store under another path has the same mounts" follow "[[\"$mnt\",\"following\"]]" "$tmp/bound"
down
licensefs mount "$store" "$store" 2>/dev/null
eventually "even one over the store" follow "[[\"$store\",\"following\"]]" "$tmp/bound"
licensefs umount "$store"
umount "$tmp/bound"

up
mv "$store/.licensefs/catalog.db" "$tmp/gone.db"
fails() { [[ $(says "$mnt") == *"Input/output error"* ]]; }
eventually "a mount that has lost its catalog says nothing" fails
cp "$tmp/gone.db" "$store/.licensefs/catalog.db"
eventually "and is known to be lost" state lost
rm "$store/.licensefs/catalog.db" && mv "$tmp/gone.db" "$store/.licensefs/catalog.db"
eventually "until it is back" state following
sanitizers_are_silent
plan
