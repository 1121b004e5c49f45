#!/usr/bin/env bash
# A rank is killed again and again, while pruning and while training, and the newest checkpoint is
# damaged: the same command goes on each time, and the file in the end is that of an undisturbed run.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: resume
data: {set: fashion-mnist, train-samples: 500, test-samples: 200, validation: 0.2}
model: {name: lenet-5}
prune: {method: force, sparsity: 0.95, iterations: 12, batches: 2, batch-size: 32, trace: true}
train: {epochs: 6, batch-size: 32, learning-rate: 0.05, nesterov: true, rate-schedule: cosine, warmup-epochs: 1}
compute: {microbatch: 16}
checkpoint: {every-iterations: 1, every-epochs: 1, spacing: 0}
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

# FOLDER: holds the run's file, its journal and nothing else.
alone() {
    local files=("$1"/*)

    if [ "${#files[@]}" != 2 ] || [ "${files[1]}" != "${files[0]%.h5}.log.jsonl" ]; then
        fail "left over: ${files[*]}"
    fi
}

# RANKS OUT: each rank leaves its process's number before it becomes skel.
run() {
    # shellcheck disable=SC2016 # the rank's shell expands them
    "$MPIEXEC" -n "$1" --oversubscribe sh -c 'echo $$ >"$0/pid.$OMPI_COMM_WORLD_RANK"; exec "$@"' \
        "$work" "$SKEL" run "$work/job.yaml" --out "$2" -v </dev/null >"$work/log" 2>&1
}

# RANKS VICTIM LINE: kills a rank as soon as the log has the line.
run_until() {
    local ranks=$1 victim=$2 line=$3 result=0

    : >"$work/log"
    run "$ranks" "$work/killed" &
    until grep -qE "$line" "$work/log"; do
        kill -0 $! 2>/dev/null || fail "ended before it said: $line"
        sleep 0.02
    done
    kill -KILL "$(cat "$work/pid.$victim")"
    wait $! || result=$?
    [ "$result" != 0 ] || fail "a killed run ended with status 0"
    ! compgen -G "$work/killed/resume/*.h5" >/dev/null || fail "the file of a killed run"
}

run 2 "$work/whole" || fail "the undisturbed run"
alone "$work/whole/resume"

run_until 2 1 'checkpoint: [23] iterations, 0 epochs'
run_until 2 0 'checkpoint: ([6-9]|1[01]) iterations, 0 epochs'
grep -qE 'resumed: ([1-9]|1[01]) pruning iterations' "$work/log" || fail "not resumed while pruning"
run_until 3 2 'checkpoint: 12 iterations, 2 epochs'
checkpoint=$(echo "$work"/killed/resume/*.h5.checkpoint)
[ -e "$checkpoint" ] || cp "$checkpoint.old" "$checkpoint" # killed between two names
truncate -s -1000 "$checkpoint"
run 1 "$work/killed" || fail "the last part"
grep -q 'warning: .*\.checkpoint .*passed over' "$work/log" || fail "no word of the damage"
grep -qE 'resumed: 12 pruning iterations and [1-5] epochs?' "$work/log" || fail "not resumed while training"
alone "$work/killed/resume"

/usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/whole/resume/*.h5 \
    "$work"/killed/resume/*.h5
"$SKEL" inspect --attributes "$work"/killed/resume/*.h5 >"$work/log"
[ "$(grep -c 'resumed after' "$work/log")" -ge 1 ] || fail "no restart history in the file"
# the last part did not prune, but the run did
grep -qP '/provenance\tengine_prune\t(dense|sparse)$' "$work/log" || fail "the engine of pruning is forgotten"

# Checkpoints of short iterations wait until the time that they take is a small share; without spacing they do not.
# SPACING: prints the number of checkpoints of a run of 12 iterations
checkpoints() {
    rm -rf "$work/spaced"
    "$SKEL" run "$work/job.yaml" train.epochs=0 "checkpoint.spacing=$1" --out "$work/spaced" >"$work/log" 2>&1 ||
        fail "spacing $1"
    grep -c '"event":"checkpoint"' "$work"/spaced/resume/*.log.jsonl || true
}
[ "$(checkpoints 0)" = 11 ] || fail "without spacing: $(checkpoints 0) checkpoints, not one an iteration"
[ "$(checkpoints 1e6)" = 0 ] || fail "checkpoints that are far apart"
