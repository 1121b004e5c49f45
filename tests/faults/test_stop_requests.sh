#!/usr/bin/env bash
# Each way to ask for a stop: a signal to the launcher or to one rank, a time, the end of an allocation, a file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/support/stopping.sh
. "$SOURCE/tests/support/stopping.sh"

# One rank of two is told; both stop.
rm -rf "$work/parts"
SKEL_STOP_AFTER=1:12 run 2 "$work/parts" prune.method=snip
[ "$result" = 75 ] || fail "one rank of two was told to stop: $result"

# The file STOP, and a time that is over; nothing goes on while they are there.
mkdir -p "$work/asked"
touch "$work/asked/STOP"
run 2 "$work/asked" prune.method=snip
[ "$result" = 75 ] || fail "the file STOP: $result"
grep -q "stopped by the file $work/asked/STOP after" "$work/log" || fail "no word of the file"
rm "$work/asked/STOP"
run 2 "$work/asked" prune.method=snip --max-time 0.001s
[ "$result" = 75 ] || fail "--max-time: $result"
SLURM_JOB_END_TIME=$(($(date +%s) + 60)) run 1 "$work/asked" prune.method=snip --margin 90
[ "$result" = 75 ] || fail "the allocation's end: $result"
SLURM_JOB_END_TIME=1000 run 1 "$work/asked" prune.method=snip
[ "$result" = 0 ] || fail "an end in the past: $result"
grep -q 'warning: SLURM_JOB_END_TIME=1000 is in the past' "$work/log" || fail "no word of the clock"
run 1 "$work/asked" prune.method=snip --max-time 3x
[ "$result" = 64 ] || fail "a duration that is none: $result"

# Signals, to the launcher and to one rank, once the run has begun.
# SIGNAL WHOM
signal() {
    local result=0
    rm -rf "$work/sent"
    : >"$work/log"
    # shellcheck disable=SC2016 # the rank's shell expands them
    "$MPIEXEC" -n 2 --oversubscribe sh -c 'echo $$ >"$0/pid.$OMPI_COMM_WORLD_RANK"; exec "$@"' "$work" \
        "$SKEL" run "$work/job.yaml" prune.method=snip train.epochs=5000 --out "$work/sent" -v \
        </dev/null >"$work/log" 2>&1 &
    until grep -q 'epoch 1/5000' "$work/log"; do
        kill -0 $! 2>/dev/null || fail "ended before its first epoch"
        sleep 0.05
    done
    if [ "$2" = launcher ]; then kill "-$1" $!; else kill "-$1" "$(cat "$work/pid.$2")"; fi
    wait $! || result=$?
    [ "$result" = 75 ] || fail "$1 to $2: exit status $result"
    grep -q "^skel: stopped by SIG$1 after" "$work/log" || fail "$1 to $2: no word of it"
    [ -e "$(echo "$work"/sent/stop/*.h5.checkpoint)" ] || fail "$1 to $2: no checkpoint"
}
signal USR1 launcher
for name in USR1 TERM INT HUP; do
    signal $name 1
done

# What skel status says of the run that was stopped last, and its journal.
"$SKEL" status "$work/sent" >"$work/log" 2>&1 || fail "skel status of a stopped run"
grep -qE 'snip-s0.9-seed0.* checkpointed .*epoch [0-9]+/5000.*stopped by SIGHUP after' "$work/log" ||
    fail "skel status of a stopped run"
grep -q '^1 run: 1 checkpointed' "$work/log" || fail "skel status counts a stopped run"
tail -n 1 "$work"/sent/stop/*.log.jsonl | tee "$work/log" |
    grep -q '"event":"end".*"result":"stopped","exit_status":75,.*"message":"stopped by SIGHUP after' ||
    fail "the last line of the journal"
