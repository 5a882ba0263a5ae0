# SPDX-License-Identifier: Apache-2.0
# Reading ledgers of jobs of $store. Sourced by ledger*.t, after mount.sh.

# ledger NUMBER, records NUMBER FILTER: of a job, through jq as one array
ledger() { echo "$store/.licensefs/catalog.db-jobs/$1.ledger"; }
records() { python3 "$top_srcdir/tests/shell/ledger_dump.py" "$(ledger "$1")" | jq -sc "$2"; }
# What was visible at the end beside the members; what was ever opened; by processes of a name.
sight='[.[] | select(.type == "shown" or .type == "hidden") as {$type, $ids} | $ids[] | [., $type]] | reduce .[] as [$i, $t] ({}; .[$i | tostring] = $t)'
opened='[.[] | select(.type == "opened").ids[]] | unique'
opens='[.[] | select(.type == "opened").opens] | add'
opened_by() { echo "[.[] | select(.type == \"process\" and .comm == \"$1\").number] as \$p | [.[] | select(.type == \"opened\" and (.process as \$n | \$p | index(\$n))).ids[]] | unique"; }
job=0 # the number of the newest one
begin() { job=$((job + 1)) && up -o "view=commercial,job=job-$job" "$@"; }
has() { [ "$(records "$1" "$2")" = true ]; }
ended() { has "$1" 'any(.[]; .type == "end")'; }
number() { stat -c %i "$1"; }
