#!/bin/bash
# Methods that train other weights than the network computes with: weights, masks and auxiliary values after
# ten steps are those of PyTorch in double precision: on the reference engine, also with batch norm; on the dense
# engine; and those of deep-r, which trains kept weights alone, on the sparse engine. Engines in single precision
# compute a network without kinks where it has convolutions. Skipped without PyTorch.
set -euo pipefail

# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
needs_python torch numpy h5py onnx
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# All images are one batch, so that their order does not matter: every epoch is a step.
cat >"$work/job.yaml" <<'YAML'
data: {set: fashion-mnist, train-samples: 40, test-samples: 10}
model: {name: lenet-300-100, width: 30}
prune: {sparsity: 0.8, batch-size: 40}
train: {epochs: 10, batch-size: 40, learning-rate: 0.05, rate-schedule: constant, weight-decay: 1.0e-3, test-every: 0}
compute: {engine: reference, microbatch: 40}
checkpoint: {every-epochs: 0}
seed: 5
YAML

run() { # MODEL METHOD KEY=VALUE...
    "$MPIEXEC" -n 1 "$SKEL" run "$work/job.yaml" name="$2" prune.method="$2" "${@:3}" --out "$work/$1" \
        -q >"$work/log" 2>&1 </dev/null || { cat "$work/log"; exit 1; }
}

expected=0
try() { # PARTS MODEL METHOD KEY=VALUE...: of a sample, one method of PARTS
    sample_takes "$1" || return 0
    run "${@:2}"
    expected=$((expected + 1))
}

again=(train.epochs=3 prune.finetune-epochs=10 prune.finetune-rate=0.05)

chosen() { # PARTS MODEL KEY=VALUE...: methods whose masks are chosen anew
    try "$1" "$2" dpf prune.update-every=3 prune.update-until=0.6 "${@:3}"
    try "$1" "$2" learning-compression "${again[@]}" prune.update-every=3 prune.strength=0.05 \
        prune.strength-growth=1.5 "${@:3}"
}

all_but_l0() { # PARTS MODEL KEY=VALUE...
    local parts=$1 model=$2
    shift 2
    chosen "$parts" "$model" "$@"
    try "$parts" "$model" str prune.auxiliary-start=-3.5 prune.auxiliary-decay=0.05 "$@"
    try "$parts" "$model" surgery "${again[@]}" prune.update-until=0.6 prune.refresh-decay=0.3 "$@"
    rewired "$parts" "$model" "$@"
}

all() { # PARTS MODEL KEY=VALUE...
    all_but_l0 "$@"
    try "$1" "$2" l0 prune.strength=0.02 prune.auxiliary-rate=0.3 "${@:3}"
}

rewired() { # PARTS MODEL KEY=VALUE...
    run "$2" random-erk train.epochs=0 "${@:3}" # where deep-r begins
    try "$1" "$2" deep-r prune.strength=0.02 prune.noise=0.2 "${@:3}"
}

vgg=(model.name=vgg11 model.width=4 data.pad-to=32)
all 1 lenet
all 3 vgg "${vgg[@]}"
all 2 lenet-dense compute.engine=dense
chosen 2 lenet-channel prune.unit=channel prune.sparsity=0.5
chosen 2 lenet-block prune.unit=block
try 1 lenet-block surgery "${again[@]}" prune.update-until=0.6 prune.refresh-decay=0.3 prune.unit=block
rewired 1 lenet-sparse compute.engine=sparse
smooth=("model.name=~" "model.width=~" model.file="$work/smooth.onnx")
"$python" "$SOURCE/tests/reference/reparameterised.py" export "$work/smooth.onnx"
# a gate of l0 scales a filter, and behind batch norm no scale matters: Adam would make steps of rounding errors
all_but_l0 2 smooth-dense compute.engine=dense "${smooth[@]}"
rewired 1 smooth-sparse compute.engine=sparse "${smooth[@]}"
PYTHONDONTWRITEBYTECODE=1 "$python" "$SOURCE/tests/reference/reparameterised.py" "$work" "$expected"
