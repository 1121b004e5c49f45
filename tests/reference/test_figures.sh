#!/bin/bash
# Objective, gradient norms, effective weights and multiply-adds of final masks, in the files and as
# skel saliency says them, are PyTorch's. Skipped without PyTorch.
set -euo pipefail

# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
needs_python torch numpy h5py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: figures
data: {set: fashion-mnist, pad-to: 32, train-samples: 64, test-samples: 10}
model: {name: resnet20, width: 4}
prune: {method: force, sparsity: 0.7, iterations: 4, batch-size: 16, sampling: sequential}
train: {epochs: 0}
compute: {engine: reference}
YAML

run() { # NAME KEY=VALUE...
    "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$work/job.yaml" name="$1" "${@:2}" --out "$work" -q \
        >"$work/log" 2>&1 </dev/null || { cat "$work/log"; exit 1; }
}

run resnet 'sweep.prune.method=[force, random]'
run vgg model.name=vgg11 prune.sparsity=0.9
run lenet model.name=lenet-5 model.width=~ data.pad-to=~ prune.sparsity=0.99
runs=("$work"/resnet/*.h5 "$work"/vgg/*.h5 "$work"/lenet/*.h5)
"$MPIEXEC" -n 2 --oversubscribe "$SKEL" saliency "${runs[@]}" --tsv >"$work/said" </dev/null
PYTHONDONTWRITEBYTECODE=1 "$python" "$SOURCE/tests/reference/figures.py" "$work/said" "${runs[@]}"
