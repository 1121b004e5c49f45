#!/usr/bin/env bash
# A rank is stopped by SIGSTOP, or a file system hangs: the watchdogs of the ranks that wait end the job with 74
# and say where, nobody is left over, and the same command goes on to the same result.
set -euo pipefail
work=$(mktemp -d)
stopped=
leave() {
    [ -z "$stopped" ] || kill -KILL "$stopped" 2>/dev/null || true
    rm -rf "$work"
}
trap leave EXIT

cat >"$work/job.yaml" <<'YAML'
name: watch
data: {set: fashion-mnist, train-samples: 96, test-samples: 32, pad-to: 32}
model: {name: resnet20, width: 2}
prune: {method: snip, batch-size: 32, sparsity: 0.9}
train: {epochs: 24, batch-size: 32, learning-rate: 0.05, momentum: 0.9}
compute: {microbatch: 16}
checkpoint: {every-epochs: 2, spacing: 0}
YAML

fail() {
    echo "FAILED: $*"
    cat "$work/log"
    exit 1
}

# RANKS ARGUMENTS...: in the background; each rank writes its process number.
launch() {
    local ranks=$1
    shift
    : >"$work/log"
    rm -f "$work"/pid.*
    # shellcheck disable=SC2016 # the rank's shell expands them
    "$MPIEXEC" -n "$ranks" --oversubscribe sh -c 'echo $$ >"$0/pid.$OMPI_COMM_WORLD_RANK"; exec "$@"' "$work" \
        "$SKEL" run "$work/job.yaml" "$@" -v </dev/null >"$work/log" 2>&1 &
    launcher=$!
}

await() {
    until grep -q "$1" "$work/log"; do
        kill -0 "$launcher" 2>/dev/null || fail "ended before \"$1\""
        sleep 0.05
    done
}

finish() {
    result=0
    wait "$launcher" || result=$?
}

# Waits until no rank of the job is left over.
alone() {
    local file tries
    for file in "$work"/pid.*; do
        for ((tries = 0; tries < 300; tries++)); do
            kill -0 "$(cat "$file")" 2>/dev/null || break
            sleep 0.1
        done
        ! kill -0 "$(cat "$file")" 2>/dev/null || fail "$1: process $(cat "$file") is left over"
    done
}

launch 1 --out "$work/whole"
finish
[ "$result" = 0 ] || fail "the undisturbed run: $result"

# Another rank is stopped, and after a resume the root. The end is on another number of ranks.
epoch=3
for rank in 1 0; do
    launch 2 --out "$work/parts" --watchdog 5
    await "epoch $epoch/24"
    stopped=$(cat "$work/pid.$rank")
    kill -STOP "$stopped"
    finish
    [ "$result" = 74 ] || fail "rank $rank is stopped: exit status $result"
    other=$((1 - rank))
    grep -q "^skel: watchdog: rank $other on $(hostname) has made no progress for 5 s in .*watch/snip" "$work/log" ||
        fail "no word of rank, host and phase"
    grep -q "^skel: watchdog: rank $rank (process $stopped on $(hostname)) is stopped by a signal" "$work/log" ||
        fail "no word of the stopped rank"
    alone "rank $rank is stopped"
    stopped=
    epoch=$((epoch + 6))
done
launch 1 --out "$work/parts"
finish
[ "$result" = 0 ] || fail "the same command again: $result"
grep -q 'resumed: ' "$work/log" || fail "it does not go on from the checkpoint"
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/whole/watch/*.h5 "$work"/parts/watch/*.h5 ||
    fail "another result"
echo "stopped ranks: $SECONDS s"

# A file system that hangs: the first checkpoint's fsync() does not return. The watchdog ends a process that
# strace holds, too.
if command -v strace >/dev/null; then
    : >"$work/log"
    result=0
    "$MPIEXEC" -n 1 "$SKEL" run "$work/job.yaml" --out "$work/hung" --watchdog 0 --watchdog-io 8 \
        : -n 1 strace -f --seccomp-bpf -o "$work/trace" -e trace=fsync -e inject=fsync:delay_enter=600000000 \
        "$SKEL" run "$work/job.yaml" --out "$work/hung" --watchdog 0 --watchdog-io 8 \
        </dev/null >"$work/log" 2>&1 || result=$?
    [ "$result" = 74 ] || fail "a file system hangs: exit status $result"
    grep -q "^skel: watchdog: rank .* for 8 s in input or output: writing .*watch/snip" "$work/log" ||
        fail "no word of the file system"
    echo "a file system that hangs: $SECONDS s"
fi

# With the default the thread is there, with 0 it is not.
for limit in 10m 0; do
    launch 1 --out "$work/off" train.epochs=5000 --watchdog "$limit"
    await 'epoch 1/5000'
    found=$(cat /proc/"$(cat "$work/pid.0")"/task/*/comm | grep -c '^watchdog$' || true)
    if [ "$limit" = 0 ]; then expected=0; else expected=1; fi
    [ "$found" = "$expected" ] || fail "--watchdog $limit: $found threads"
    kill -USR1 "$launcher"
    finish
    [ "$result" = 75 ] || fail "--watchdog $limit: exit status $result"
    rm -rf "$work/off"
done

echo "the thread: $SECONDS s"

# A group that has no run left waits for the other one for longer than the limit.
launch 2 --groups 2 --out "$work/groups" 'sweep.train.epochs=[1,5000]' --watchdog 3
await '^[^ ]* [^ ]* \[1/2\]'
sleep 5
kill -USR1 "$launcher"
finish
[ "$result" = 75 ] || fail "a group that waits: exit status $result"
! grep -q watchdog "$work/log" || fail "a group that waits is no standstill"
echo "groups: $SECONDS s"

# A group whose only rank is stopped: the other group misses it, whether that has a run to do or waits for the end.
# The longest run is the root's.
number=0
for case in '1 [5000,5001] 2 "event":"epoch"' '0 [5000,5001] 2 "event":"epoch"' '0 [5000,1] 1 "result":"done"'; do
    read -r rank epochs files event <<<"$case"
    number=$((number + 1))
    launch 2 --groups 2 --out "$work/silent$rank$number" "sweep.train.epochs=$epochs" --watchdog 5
    # both have begun to train, or one is done
    until [ "$(grep -lE "$event" "$work/silent$rank$number"/watch/*.log.jsonl 2>/dev/null | wc -l)" = "$files" ]; do
        kill -0 "$launcher" 2>/dev/null || fail "$case: ended"
        sleep 0.1
    done
    stopped=$(cat "$work/pid.$rank")
    kill -STOP "$stopped"
    finish
    [ "$result" = 74 ] || fail "$case: exit status $result"
    grep -q "^skel: watchdog: rank $rank on $(hostname), the first of its group of ranks, has given no sign of life" \
        "$work/log" || fail "$case: no word of rank and host"
    grep -q "^skel: watchdog: rank $rank (process $stopped on $(hostname)) is stopped by a signal" "$work/log" ||
        fail "$case: no word of the stopped rank"
    alone "$case"
    stopped=
done
echo "silent groups: $SECONDS s"

launch 1 --out "$work/bad" --watchdog soon
finish
[ "$result" = 64 ] || fail "a limit that is none: exit status $result"
