#!/usr/bin/env bash
# Runs are stopped inside iterations, epochs, tests and changes of the mask, again and again: exit status 75,
# and the file in the end is that of an undisturbed run, bit by bit, on any number of ranks.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: stop
data: {set: fashion-mnist, train-samples: 160, test-samples: 60, validation: 0.2, pad-to: 32, augment: standard}
model: {name: resnet20, width: 2}
prune: {batch-size: 32, sparsity: 0.9}
train: {epochs: 2, batch-size: 32, learning-rate: 0.05, nesterov: true, rate-schedule: cosine}
compute: {microbatch: 16}
checkpoint: {every-iterations: 0, every-epochs: 0, every-seconds: 0}
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

# RANKS OUT ARGUMENTS...: the exit status in $result
run() {
    local ranks=$1 out=$2
    shift 2
    result=0
    "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run "$work/job.yaml" "$@" --out "$out" -v \
        </dev/null >"$work/log" 2>&1 || result=$?
}

same() {
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$1"/stop/*.h5 "$2"/stop/*.h5 ||
        fail "another result"
}

# CHECKS STOPS ARGUMENTS...: stops a run after so many checks, at least so many times, on 1, 2 and 3 ranks
# in turn, until it ends, and compares it with the run that nobody has stopped.
chain() {
    local checks=$1 least=$2 stops=0
    shift 2

    rm -rf "$work/whole" "$work/parts"
    run 1 "$work/whole" "$@"
    [ "$result" = 0 ] || fail "the undisturbed run ended with $result"
    while :; do
        SKEL_STOP_AFTER=$checks run $((stops % 3 + 1)) "$work/parts" "$@"
        [ "$result" = 0 ] && break
        [ "$result" = 75 ] || fail "a stopped run ended with $result"
        [ "$(grep -c '^skel: stopped by SKEL_STOP_AFTER after .* goes on from ' "$work/log")" = 1 ] ||
            fail "not one line on how to go on"
        ! compgen -G "$work/parts/stop/*.h5" >/dev/null || fail "the file of a stopped run"
        stops=$((stops + 1))
        [ "$stops" -lt 100 ] || fail "no progress"
    done
    echo "$*: stopped $stops times"
    [ "$stops" -ge "$least" ] || fail "stopped $stops times only"
    same "$work/whole" "$work/parts"
    ! compgen -G "$work/parts/stop/*checkpoint*" >/dev/null || fail "checkpoints are left over"
}

# An iteration of FORCE has 4 microbatches and a trace of 4; a step has 2.
chain 12 4 prune.method=force prune.iterations=4 prune.batches=2 prune.trace=true
chain 14 2 prune.method=grasp prune.batches=2
chain 9 3 prune.method=snip prune.check=shuffle-layerwise
chain 14 4 prune.method=imp prune.iterations=2 prune.rewind=1
chain 10 3 prune.method=rigl prune.update-every=2
chain 10 3 prune.method=set prune.update-every=2
chain 6 2 prune.method=force prune.iterations=3 compute.batchnorm=batch

# One rank of two is told; both stop.
rm -rf "$work/parts"
SKEL_STOP_AFTER=1:20 run 2 "$work/parts" prune.method=snip
[ "$result" = 75 ] || fail "one rank of two was told to stop: $result"

# Sums of floats depend on the number of ranks, but not on a stop.
rm -rf "$work/whole" "$work/parts"
run 2 "$work/whole" prune.method=snip compute.reduction=float
SKEL_STOP_AFTER=12 run 2 "$work/parts" prune.method=snip compute.reduction=float
[ "$result" = 75 ] || fail "float: $result"
run 2 "$work/parts" prune.method=snip compute.reduction=float
same "$work/whole" "$work/parts"

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
