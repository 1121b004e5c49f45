#!/bin/bash
# Methods whose weights, or blocks of weights, move from layer to layer: masks, weights and what each change has exchanged
# are those of PyTorch in double precision, also with batch norm, and on the sparse engine. Skipped without PyTorch.
set -euo pipefail

# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
needs_python torch numpy h5py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# All images are one batch, so that their order does not matter: every epoch is a step.
cat >"$work/job.yaml" <<'YAML'
name: runs
data: {set: fashion-mnist, train-samples: 40, test-samples: 10}
model: {name: lenet-300-100, width: 30}
prune: {sparsity: 0.8, batch-size: 40}
train: {epochs: 10, batch-size: 40, learning-rate: 0.05, rate-schedule: constant, weight-decay: 1.0e-3, test-every: 0}
compute: {engine: reference, microbatch: 40}
checkpoint: {every-epochs: 0}
seed: 5
YAML

run() { # CASE KEY=VALUE...
    local name=$1
    shift
    for own in "dsr, random-uniform] prune.update-every=1 prune.drop-threshold=${threshold:-0.012}" \
        'snfs, grow-and-prune] prune.update-every=2 prune.momentum-steps=2'; do
        # shellcheck disable=SC2086 # words are meant to split
        "$MPIEXEC" -n 1 "$SKEL" run "$work/job.yaml" "sweep.prune.method=[${own%%]*}]" ${own#*]} "$@" \
            --out "$work/$name" -q >"$work/log" 2>&1 </dev/null || { cat "$work/log"; exit 1; }
    done
}

cases=(lenet blocks)
run lenet
threshold=0.034 run blocks prune.unit=block
if sample_takes 2; then
    cases+=(sparse)
    run sparse compute.engine=sparse
fi
if sample_takes 2; then
    cases+=(vgg)
    run vgg model.name=vgg11 model.width=4 data.pad-to=32
fi
PYTHONDONTWRITEBYTECODE=1 "$python" "$SOURCE/tests/reference/moving.py" "$work" "${cases[@]}"
