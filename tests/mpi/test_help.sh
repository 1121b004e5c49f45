#!/bin/bash
# skel help names every command, describes each, and suggests the nearest for a wrong one.
set -euo pipefail

fail() {
    echo "$1"
    exit 1
}

# Lines longer than a page of --help-job.
long_lines() {
    "$SKEL" "$@" | awk 'length($0) > 100 { print; found = 1 } END { exit !found }'
}

commands=$("$SKEL" help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
grep -qx run <<<"$commands" || fail 'skel help lists no command run'
for command in $commands; do
    grep -q "^usage: skel $command " <("$SKEL" help "$command") || fail "skel help $command"
    ! long_lines help "$command" || fail "skel help $command has long lines"
    cmp <("$SKEL" help "$command") <("$SKEL" "$command" --help) || fail "skel $command --help"
done

! long_lines help || fail 'skel help has long lines'
! long_lines run --help-job || fail 'skel run --help-job has long lines'

# empty COMMAND WORDS...: the command refuses an empty name before it does anything
empty() {
    local status=0 message
    message=$("$SKEL" "$@" 2>&1 </dev/null) || status=$?
    [ "$status" -eq 64 ] || fail "skel $*: exit status $status, not 64"
    grep -q "skel $1: .*an empty \(name\|argument\)" <<<"$message" || fail "skel $*: $message"
}
options=0
for command in $commands; do
    empty "$command" ''
    for option in $("$SKEL" "$command" --help |
        sed -nE 's/^ +(-., )?(--[a-z-]+) [^ ]*(FILE|DIR|SCRIPT)[^ ]* .*/\2/p'); do
        empty "$command" word "$option" ''
        empty "$command" word "$option="
        options=$((options + 1))
    done
done
[ "$options" -ge 12 ] || fail "only $options options that name a file"

status=0
message=$("$SKEL" help benhc 2>&1) || status=$?
[ "$status" -eq 64 ] || fail "skel help benhc leaves with $status"
grep -q 'did you mean bench?' <<<"$message" || fail "skel help benhc says: $message"
status=0
"$SKEL" help run plan >/dev/null 2>&1 || status=$?
[ "$status" -eq 64 ] || fail "skel help run plan leaves with $status"
