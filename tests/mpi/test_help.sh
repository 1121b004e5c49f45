#!/bin/bash
# skel help names every command, describes each, and suggests the nearest for a wrong one.
set -euo pipefail

fail() {
    echo "$1"
    exit 1
}

commands=$("$SKEL" help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
grep -qx run <<<"$commands" || fail 'skel help lists no command run'
for command in $commands; do
    grep -q "^usage: skel $command " <("$SKEL" help "$command") || fail "skel help $command"
    cmp <("$SKEL" help "$command") <("$SKEL" "$command" --help) || fail "skel $command --help"
done

status=0
message=$("$SKEL" help benhc 2>&1) || status=$?
[ "$status" -eq 64 ] || fail "skel help benhc leaves with $status"
grep -q 'did you mean bench?' <<<"$message" || fail "skel help benhc says: $message"
status=0
"$SKEL" help run plan >/dev/null 2>&1 || status=$?
[ "$status" -eq 64 ] || fail "skel help run plan leaves with $status"
