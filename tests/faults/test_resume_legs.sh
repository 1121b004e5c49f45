#!/usr/bin/env bash
# Methods that prune a trained network, or while it is trained, are killed in every kind of leg, and those that keep a
# second network from iteration to iteration between two of these: the same command goes on each time, and the file in
# the end is that of an undisturbed run.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: resume
data: {set: fashion-mnist, train-samples: 256, test-samples: 100, pad-to: 32, augment: standard}
model: {name: resnet20, width: 2}
prune: {rewind: 6 steps}
train: {epochs: 4, batch-size: 64, learning-rate: 0.05, nesterov: true, rate-schedule: cosine}
compute: {microbatch: 32}
checkpoint: {every-iterations: 1, every-epochs: 1, spacing: 0}
YAML

imp='imp prune.sparsity=0.9 prune.iterations=2'
finetune='magnitude-finetune prune.sparsity=0.9 prune.iterations=2 prune.finetune-epochs=3'
channels='molchanov prune.unit=channel prune.sparsity=0.3 prune.iterations=2 prune.batches=1 prune.batch-size=64
    prune.finetune-steps=2 prune.finetune-epochs=2'
energies='chauvin prune.unit=channel prune.sparsity=0.3 prune.iterations=2 prune.batches=1 prune.batch-size=64
    prune.strength=0.01 prune.finetune-epochs=2'
obs='obs prune.sparsity=0.9 prune.iterations=2 prune.fisher-samples=50'
units='skeletonization prune.sparsity=0.5 prune.iterations=2 prune.unit=channel prune.finetune-epochs=2'
units+=' prune.batches=2 prune.batch-size=64'
layers='obs-layer prune.sparsity=0.9 prune.iterations=2 prune.fisher-samples=50'
rigl='rigl prune.sparsity=0.97 prune.update-every=2'
thresholds='surgery prune.unit=block prune.sparsity=0.8 prune.refresh-decay=0.1 prune.finetune-epochs=2'
blocks='set prune.unit=block prune.sparsity=0.9 prune.update-every=2'
dsr='dsr prune.sparsity=0.97 prune.update-every=2'
snfs='snfs prune.sparsity=0.97 prune.update-every=3 prune.momentum-steps=3'
paths='px prune.sparsity=0.9 prune.iterations=3 prune.batches=1 prune.batch-size=64 prune.norm-warmup=2'
noise='ntk-sap prune.sparsity=0.9 prune.iterations=3 prune.batches=1 prune.batch-size=64 prune.draws=2'
swell='grow-and-prune prune.sparsity=0.97 prune.update-every=3 prune.momentum-steps=3'

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"

# RANKS OUT METHOD...: each rank leaves its process's number before it becomes skel.
run() {
    local ranks=$1 out=$2 method=$3
    shift 3
    # shellcheck disable=SC2016 # the rank's shell expands them
    "$MPIEXEC" -n "$ranks" --oversubscribe sh -c 'echo $$ >"$0/pid.$OMPI_COMM_WORLD_RANK"; exec "$@"' \
        "$work" "$SKEL" run "$work/job.yaml" name="$method" prune.method="$method" "$@" --out "$out" \
        -v </dev/null >"$work/log" 2>&1
}

# LINE METHOD...: kills a rank of two as soon as the log has the line.
run_until() {
    local line=$1 result=0
    shift

    : >"$work/log"
    run 2 "$work/killed" "$@" &
    until grep -qE "$line" "$work/log"; do
        kill -0 $! 2>/dev/null || fail "$1 ended before it said: $line"
        sleep 0.02
    done
    kill -KILL "$(cat "$work/pid.1")"
    wait $! || result=$?
    [ "$result" != 0 ] || fail "a killed run ended with status 0"
    ! compgen -G "$work/killed/$1/*.h5" >/dev/null || fail "the file of a killed run"
}

# METHOD...: goes on to the end on another number of ranks, and compares.
finish() {
    run 3 "$work/killed" "$@" || fail "the last part of $1"
    grep -q 'resumed: ' "$work/log" || fail "$1 was not resumed"
    run 1 "$work/whole" "$@" || fail "the undisturbed run of $1"
    echo "$1, killed against undisturbed:"
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work/whole/$1"/*.h5 \
        "$work/killed/$1"/*.h5
}

# METHOD...: running averages come from an engine, and another one computes others.
refuse_engine() {
    local result=0

    run 3 "$work/killed" "$@" compute.engine=reference || result=$?
    [ "$result" = 64 ] || fail "another engine: $result"
    grep -q 'is a checkpoint of a job with other settings' "$work/log" || fail "no word of another engine"
}

# "METHOD..." LINE...: kills the run at each of the lines, and finishes it. Of a sample, every fourth method.
try() {
    local line words
    read -rd '' -a words <<<"$1" || true
    shift
    sample_takes 4 || return 0
    for line; do
        run_until "$line" "${words[@]}"
    done
    [ "${words[0]}" != px ] || refuse_engine "${words[@]}"
    finish "${words[@]}"
}

try "$imp" 'checkpoint: 0 iterations, 2 epochs' 'checkpoint: 1 iterations, 0 epochs' 'checkpoint: 2 iterations, 1 epochs'
try "$units" 'checkpoint: 1 iterations, 1 epochs'
try "$finetune" 'checkpoint: 0 iterations, 4 epochs' 'checkpoint: 2 iterations, 1 epochs'
try "$channels" 'checkpoint: 1 iterations, 1 epochs' 'checkpoint: 2 iterations, 1 epochs'
try "$energies" 'checkpoint: 0 iterations, 2 epochs' 'checkpoint: 1 iterations, 1 epochs'
if "$SKEL" --version | grep ScaLAPACK >/dev/null; then # else it has no obs
    try "$obs" 'checkpoint: 1 iterations, 0 epochs' 'checkpoint: 2 iterations, 0 epochs'
    try "$layers" 'checkpoint: 1 iterations, 0 epochs'
fi
try "$rigl" 'checkpoint: 1 iterations, 1 epochs'
try "$blocks" 'checkpoint: 1 iterations, 1 epochs'
try "$thresholds" 'checkpoint: 1 iterations, 1 epochs'
try "$dsr" 'checkpoint: 1 iterations, 1 epochs'
try "$snfs" 'checkpoint: 1 iterations, 1 epochs'
try "$swell" 'checkpoint: 1 iterations, 1 epochs'
try "$paths" 'checkpoint: 1 iterations, 0 epochs' 'checkpoint: 2 iterations, 0 epochs'
try "$noise" 'checkpoint: 1 iterations, 0 epochs' 'checkpoint: 2 iterations, 0 epochs'
