#!/usr/bin/env bash
# The files of a run are the same, bit by bit, on 1, 2, 3 and 4 ranks: for more microbatches than
# ranks and for fewer, for both kinds of batch norm, with augmentation and a validation part.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compare() { # NAME KEY=VALUE...
    local name=$1
    shift
    for ranks in 1 2 3 4; do
        "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run "$work/job.yaml" name="$name" "$@" \
            --out "$work/$ranks" -q >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    done
    echo "$name, 1 rank against 2, 3 and 4:"
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/[1-4]/"$name"/*.h5
    [ "$(find "$work" -path "*/[1-4]/$name/*.h5" | wc -l)" -eq 4 ]
}

cat >"$work/job.yaml" <<'YAML'
name: ranks
data: {set: fashion-mnist, pad-to: 32, train-samples: 220, test-samples: 130, validation: 0.1, augment: standard}
model: {name: resnet20, width: 4}
prune: {method: force, sparsity: 0.9, iterations: 3, batches: 2, batch-size: 64}
train: {epochs: 2, batch-size: 64, learning-rate: 0.1, rate-schedule: cosine, nesterov: true}
compute: {microbatch: 10}
YAML

compare many-microbatches compute.engine=dense
compare few-microbatches compute.engine=dense compute.microbatch=40
compare batch-statistics compute.engine=dense compute.batchnorm=batch compute.microbatch=24
compare sparse compute.engine=sparse prune.sparsity=0.98
compare balanced prune.method=iter-snip prune.sampling=balanced prune.loss=raw-nll
compare sparsely-pruned prune.method=iter-snip prune.sparsity=0.99 prune.iterations=10 train.epochs=1
compare sparsely-forced prune.sparsity=0.98 prune.iterations=10 train.epochs=1
compare lenet model.name=lenet-5 model.width=10 data.pad-to=~ train.label-smoothing=0.1
compare random prune.method=random prune.iterations=~ prune.scope=layer train.epochs=1
compare grasp prune.method=grasp prune.iterations=~ train.epochs=1
compare grasp-batch-statistics prune.method=grasp prune.iterations=~ compute.batchnorm=batch compute.microbatch=24 train.epochs=0
compare synflow prune.method=synflow prune.iterations=5 train.epochs=1
