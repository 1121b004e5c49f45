#!/usr/bin/env bash
# The disk fails at one read of a run file, each in turn, under every command that reads one: the exit
# status is 74 and the reason is named. It is never taken for damage, or for something that is not there.
set -euo pipefail
work=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$work"' EXIT
cd "$work"

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/commands.sh
. "$SOURCE/tests/support/commands.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
library=$BUILD/tests/libskel_test_failing_read.so

write_force_job
run_job
run_job seed=1
file=$(echo "$work"/runs/force/*seed0*.h5)
other=$(echo "$work"/runs/force/*seed1*.h5)

# READ WORDS...: runs skel WORDS; that read fails
run_failing() {
    result=0
    rm -rf report
    FAIL_FILE=$file FAIL_READ=$1 FAIL_COUNT=$work/count LD_PRELOAD=$library${LD_PRELOAD:+:$LD_PRELOAD} \
        "$SKEL" "${@:2}" >out 2>err </dev/null || result=$?
}

# WORDS...: a command that reads the file. Of a sample, every sixteenth read.
suffer() {
    local reads read
    run_failing 0 "$@"
    [ "$result" = 0 ] || complain "skel $*: exit status $result without a failure"
    reads=$(cat count)
    [ "$reads" -gt 50 ] || complain "skel $*: only $reads reads of $file"
    for ((read = 1; read <= reads; read++)); do
        sample_takes 16 || continue
        run_failing "$read" "$@"
        [ "$result" = 74 ] || complain "skel $*, read $read fails: exit status $result, not 74"
        grep -qF 'Input/output error' out err || complain "skel $*, read $read fails: it does not say so"
    done
}

suffer inspect "$file"
suffer inspect --layers "$file"
suffer inspect --metrics "$file"
suffer inspect --attributes "$file"
suffer inspect runs
suffer verify "$file"
suffer eval "$file"
suffer compare "$file" "$other"
suffer compare runs
suffer report --format csv --out report "$file" "$other"
verdict
