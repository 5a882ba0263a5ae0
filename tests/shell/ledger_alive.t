# SPDX-License-Identifier: Apache-2.0
# A job in which nothing happens: is it quiet, or stuck?
. "${top_srcdir:-.}/tests/shell/mount.sh"
. "$top_srcdir/tests/shell/ledger.sh"
[ -z "${AM_SANITIZE:-}" ] || skip_all "a sanitizer wants to be loaded first"
command -v "${CC:-cc}" >/dev/null || skip_all "there is no compiler"
${CC:-cc} -O1 -shared -fPIC -o "$tmp/clock.so" "$top_srcdir/tests/shell/ledger_clock.c" -ldl || exit 99
make_small_store
# ahead SECONDS: the clock of the mount; at SECONDS COMMAND...: with a clock so far ahead
ahead() { echo "$1" >"$tmp/new" && mv "$tmp/new" "$tmp/ahead"; }
at() { echo "$1" >"$tmp/then" && CLOCK_AHEAD=$tmp/then LD_PRELOAD=$tmp/clock.so "${@:2}"; }
told() { at "$1" licensefs job show "$store" quiet --json | jq -r "$2"; }
signs='[.[] | select(.type == "alive")] | length'
job=1

ahead 0
CLOCK_AHEAD=$tmp/ahead LD_PRELOAD=$tmp/clock.so licensefs mount "$store" "$mnt" -o view=commercial,job=quiet,mode=checked 2>/dev/null
eventually "a job runs" has 1 'length > 0'
from=$(records 1 '.[-1].at')
is "$(told 0 .trouble)" null "nothing is wrong with it"
ahead 61
eventually "a minute later it says that it lives" has 1 "$signs == 1"
ok "by a record of then" has 1 ".[-1] | .type == \"alive\" and .at - $from >= 60 * 1000000000 and .generation > 0"
is "$(told 61 '.recorded_up_to')" "$(date -u -d @$(($(records 1 '.[-1].at') / 1000000000)) +%FT%TZ)" "up to which all is recorded"
run licensefs job show "$store" quiet
like "$out" "state +running; recorded up to 20" "as is said of each"
ahead 100
cat "$mnt/cats/by.pnm" >/dev/null
eventually "what happens is a sign of life" has 1 "($opens) == 1"
ok "so that no other is needed" has 1 "$signs == 1"
ahead 0
eventually "nor does a clock that is set back keep it from that" has 1 "$signs == 2"

# --- stuck
is "$(told 130 .trouble)" null "some minutes are no sign of trouble"
pid=$(daemon "$mnt")
kill -STOP "$pid"
like "$(told 400 .trouble)" "nothing was recorded since 20.*stopped or cannot write" "many are"
is "$(told 400 '[.state, .complete] | join(" ")')" "running true" "what it says is true as far as it goes"
echo 400 >"$tmp/then"
run env CLOCK_AHEAD="$tmp/then" LD_PRELOAD="$tmp/clock.so" licensefs job report "$store" quiet
like "${out%%$'\n'*}" "^INCOMPLETE: nothing was recorded since" "the first line says so"
like "$out" "not known to be opened" "and nothing is said to be never opened"
kill -CONT "$pid"
down
eventually "it ends" ended 1
is "$(told 4000 '[.state, .complete, .trouble] | tostring')" '["ended",true,null]' "what has ended need not live"
sanitizers_are_silent
plan
