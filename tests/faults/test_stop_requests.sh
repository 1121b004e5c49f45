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

# The file STOP, and a time that is over; nothing begins while they are there.
mkdir -p "$work/asked"
touch "$work/asked/STOP"
for groups in 1 2; do
    run 2 "$work/asked" prune.method=snip --groups $groups
    [ "$result" = 75 ] || fail "the file STOP: $result"
    grep -q "^skel: nothing was begun, because the file $work/asked/STOP is there; remove it" "$work/log" ||
        fail "no word of the file"
    [ ! -e "$work/asked/stop" ] || fail "something was begun: $(ls "$work/asked/stop")"
done
rm "$work/asked/STOP"
run 2 "$work/asked" prune.method=snip --max-time 0.001s
[ "$result" = 75 ] || fail "--max-time: $result"
grep -q "stopped by the time limit --max-time before its first step; the same command goes on" "$work/log" ||
    fail "no word of the time limit"
SLURM_JOB_END_TIME=$(($(date +%s) + 60)) run 1 "$work/asked" prune.method=snip --margin 90
[ "$result" = 75 ] || fail "the allocation's end: $result"
SLURM_JOB_END_TIME=1000 run 1 "$work/asked" prune.method=snip
[ "$result" = 0 ] || fail "an end in the past: $result"
grep -q 'warning: SLURM_JOB_END_TIME=1000 is in the past' "$work/log" || fail "no word of the clock"
run 1 "$work/asked" prune.method=snip --max-time 3x
[ "$result" = 64 ] || fail "a duration that is none: $result"

# The file, and signals, to the launcher and to one rank, once the run has begun.
# SIGNAL WHOM REASON REMEDY
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
    case $2 in
    launcher) kill "-$1" $! ;;
    file) touch "$work/sent/STOP" ;;
    *) kill "-$1" "$(cat "$work/pid.$2")" ;;
    esac
    wait $! || result=$?
    [ "$result" = 75 ] || fail "$1 to $2: exit status $result"
    grep -q "^skel: stopped by $3 after .* epoch.*; $4the same command goes on from" "$work/log" ||
        fail "$1 to $2: no word of it"
    [ -e "$(echo "$work"/sent/stop/*.h5.checkpoint)" ] || fail "$1 to $2: no checkpoint"
}
signal - file "the file $work/sent/STOP" "remove $work/sent/STOP, then "
"$SKEL" status "$work/sent" | grep -q "stopped by the file .*; remove $work/sent/STOP, then the same command" ||
    fail "skel status does not say that the file must go"
run 1 "$work/sent" prune.method=snip train.epochs=5000
[ "$result" = 75 ] || fail "the file STOP before a run goes on: $result"
grep -q 'nothing was begun' "$work/log" || fail "a run goes on in spite of the file STOP"
signal USR1 launcher SIGUSR1 ''
for name in USR1 TERM INT HUP; do
    signal $name 1 SIG$name ''
done

# What skel status says of the run that was stopped last, and its journal.
"$SKEL" status "$work/sent" >"$work/log" 2>&1 || fail "skel status of a stopped run"
grep -qE 'snip-s0.9-seed0.* checkpointed .*epoch [0-9]+/5000 done .*stopped by SIGHUP after' "$work/log" ||
    fail "skel status of a stopped run"
grep -q '^1 run: 1 checkpointed' "$work/log" || fail "skel status counts a stopped run"
tail -n 1 "$work"/sent/stop/*.log.jsonl | tee "$work/log" |
    grep -q '"event":"end".*"result":"stopped","exit_status":75,.*"message":"stopped by SIGHUP after' ||
    fail "the last line of the journal"
