#!/bin/bash
# Methods that score by images: masks after three iterations are those of PyTorch in double precision, on the
# reference and the dense engine, also with batch norm and residual blocks. Skipped without PyTorch.
set -euo pipefail

# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
needs_python torch numpy h5py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
data: {set: fashion-mnist, train-samples: 80, test-samples: 10}
prune: {sparsity: 0.95, iterations: 3, batches: 2, batch-size: 20, sampling: sequential}
train: {epochs: 0, batch-size: 40}
compute: {microbatch: 8}
seed: 5
YAML

run() { # "ENGINES" NAME KEY=VALUE...
    local engines=$1 name=$2
    shift 2
    for engine in $engines; do
        "$MPIEXEC" -n 1 "$SKEL" run "$work/job.yaml" name="$name" "$@" compute.engine="$engine" \
            --out "$work/$engine" -q >"$work/log" 2>&1 </dev/null || { cat "$work/log"; exit 1; }
    done
}

trained=(train.epochs=1 train.learning-rate=0.02)
lenet=(model.name=lenet-300-100 model.width=30)
vgg=(model.name=vgg11 model.width=4 data.pad-to=32)
channels=(prune.method=molchanov prune.unit=channel prune.sparsity=0.5 prune.finetune-epochs=0
    prune.finetune-steps=0 "${trained[@]}")

# Plain loops in double on VGG-11 take the most time: of a sample, one in three has them.
both=dense
! sample_takes 3 || both="reference dense"
run dense px-lenet prune.method=px "${lenet[@]}"
run "$both" px-vgg prune.method=px prune.norm-warmup=2 "${vgg[@]}"
run dense px-resnet prune.method=px prune.norm-warmup=2 model.name=resnet20 model.width=4 data.pad-to=32
# Nothing is trained between the iterations, so that the weights of method none are those of all of them.
run dense none-lenet prune.method=none "${trained[@]}" "${lenet[@]}"
run "$both" none-vgg prune.method=none "${trained[@]}" "${vgg[@]}"
run dense molchanov-lenet "${channels[@]}" "${lenet[@]}"
run "$both" molchanov-vgg "${channels[@]}" "${vgg[@]}"
run "$both" molchanov-vgg-pixels "${channels[@]}" prune.magnitude-of=pixels "${vgg[@]}"
run dense molchanov-vgg-flops "${channels[@]}" prune.flops-weight=5 "${vgg[@]}"
PYTHONDONTWRITEBYTECODE=1 "$python" "$SOURCE/tests/reference/scored.py" 40 "$work/reference" "$work/dense"
