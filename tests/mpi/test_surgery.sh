#!/usr/bin/env bash
# Optimal Brain Surgeon as a user runs it, whole and by layers: mask and weights against numpy's, in double; no retraining; bad input.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: surgery
data: {set: fashion-mnist, train-samples: 320, test-samples: 100}
model: {name: lenet-300-100, width: 30}
prune: {method: obs, sparsity: 0.9, iterations: 1, sampling: sequential, finetune-epochs: 0,
        fisher-samples: 40, damping: 1.0e-3}
train: {epochs: 3, batch-size: 32, learning-rate: 0.02, rate-schedule: constant}
compute: {microbatch: 8}
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

run() { # RANKS NAME KEY=VALUE...
    local ranks=$1 name=$2
    shift 2
    "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run "$work/job.yaml" name="$name" "$@" \
        --out "$work${out:-}" -q >"$work/log" 2>&1
}

refused() { # STATUS WORDS KEY=VALUE...
    local status=0 expected=$1 words=$2
    shift 2
    run 2 refused "$@" || status=$?
    [ "$status" = "$expected" ] || fail "$*: status $status, not $expected"
    grep -qF "$words" "$work/log" || fail "$*: no such words: $words"
}

if ! "$SKEL" --version | grep ScaLAPACK >/dev/null; then
    refused 69 'this skel was built without ScaLAPACK and LAPACK'
    refused 69 'this skel was built without ScaLAPACK and LAPACK' prune.method=obs-layer
    exit 0
fi
run 1 trained prune.method=none || fail "training"
run 2 surgery || fail "obs"
run 3 blocks prune.unit=block || fail "obs of blocks"
run 1 channels prune.unit=channel prune.sparsity=0.5 prune.iterations=2 || fail "obs of channels"
out=/again run 3 channels prune.unit=channel prune.sparsity=0.5 prune.iterations=2 || fail "obs of channels on 3 ranks"
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/channels/*.h5 "$work"/again/channels/*.h5 ||
    fail "obs of channels depends on the number of ranks"
run 1 layers prune.method=obs-layer || fail "obs-layer"
out=/again run 3 layers prune.method=obs-layer || fail "obs-layer on 3 ranks"
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/layers/*.h5 "$work"/again/layers/*.h5 ||
    fail "obs-layer depends on the number of ranks"
for name in surgery layers; do
    "$SKEL" inspect --attributes "$work/$name"/*.h5 >"$work/log"
    grep -qP '/provenance\tengine_prune\t[a-z]+$' "$work/log" || fail "$name: the file names no engine"
done
run 2 plain prune.method=magnitude-finetune || fail "magnitude without retraining"
/usr/bin/python3 "$SOURCE/tests/mpi/surgery.py" "$work" || fail "numpy disagrees"

# The accuracy of a leg without epochs is that of the file's weights.
"$SKEL" eval "$work"/surgery/*.h5 >"$work/log" 2>&1 || fail "eval of a run without retraining"

refused 64 'prune.fisher-samples 400: the training set has 320 images' prune.fisher-samples=400
refused 64 'prune.damping: expected a number above 0' prune.damping=0
refused 64 'needs the second derivatives of cross-entropy' prune.loss=raw-nll
refused 64 'prune.fisher-samples makes no sense for prune.method obd' prune.method=obd prune.fisher-samples=10
echo "Optimal Brain Surgeon: mask and weights as numpy's"
