#!/bin/bash
# Training with a penalty on the energies of hidden units: weights after some steps, and which units go, are those of
# PyTorch in double precision, also with batch norm and residual blocks. Skipped without PyTorch.
set -euo pipefail

# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
needs_python torch numpy h5py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# All images are one batch, so that their order does not matter: every epoch is a step.
cat >"$work/job.yaml" <<'YAML'
data: {set: fashion-mnist, train-samples: 40, test-samples: 10}
model: {name: lenet-300-100, width: 30}
prune: {method: chauvin, unit: channel, sparsity: 0.5, iterations: 1, batches: 1, batch-size: 40, finetune-epochs: 0}
train: {epochs: 10, batch-size: 40, learning-rate: 0.05, rate-schedule: constant, weight-decay: 1.0e-3, test-every: 0}
compute: {microbatch: 40}
checkpoint: {every-epochs: 0}
seed: 5
YAML

run() { # ENGINE NAME KEY=VALUE...
    "$MPIEXEC" -n 1 "$SKEL" run "$work/job.yaml" compute.engine="$1" name="$2" "${@:3}" --out "$work/$1" \
        -q >"$work/log" 2>&1 </dev/null || { cat "$work/log"; exit 1; }
}

vgg=(model.name=vgg11 model.width=4 data.pad-to=32 prune.strength=0.05)
# Networks with convolutions have millions of ReLUs in ten steps: in single precision one of them closes or opens by
# rounding. unit/test_engine_energy holds the dense engine against the reference engine on them.
for order in 0 1 2; do
    run reference "vgg-$order" prune.energy-order=$order "${vgg[@]}"
    run reference "lenet-$order" prune.energy-order=$order prune.strength=0.05
    run dense "lenet-$order" prune.energy-order=$order prune.strength=0.05
done
# A small residual network would multiply roundings in more steps.
run reference resnet-1 train.epochs=1 prune.strength=0.2 model.name=resnet20 model.width=4 data.pad-to=32
PYTHONDONTWRITEBYTECODE=1 "$python" "$SOURCE/tests/reference/energies.py" "$work"
