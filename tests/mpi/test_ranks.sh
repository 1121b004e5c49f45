#!/usr/bin/env bash
# The files of a run are the same, bit by bit, on any number of ranks: for more microbatches than
# ranks and for fewer, for both kinds of batch norm, with augmentation and a validation part.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"

# Of a sample, every fourth.
compare() { # "RANKS" NAME KEY=VALUE...
    if sample_takes 4; then run_and_compare "$@"; fi
}

run_and_compare() { # "RANKS" NAME KEY=VALUE...
    local counts=$1 name=$2
    shift 2
    for ranks in $counts; do
        "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run "$work/job.yaml" name="$name" "$@" \
            --out "$work/$ranks" -q >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    done
    echo "$name, on $counts ranks:"
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/[1-4]/"$name"/*.h5
    [ "$(find "$work" -path "*/[1-4]/$name/*.h5" | wc -l)" -eq "$(wc -w <<<"$counts")" ]
}

cat >"$work/job.yaml" <<'YAML'
name: ranks
data: {set: fashion-mnist, pad-to: 32, train-samples: 150, test-samples: 70, validation: 0.1, augment: standard}
model: {name: resnet20, width: 4}
prune: {method: force, sparsity: 0.9, iterations: 3, batches: 2, batch-size: 64}
train: {epochs: 2, batch-size: 64, learning-rate: 0.1, rate-schedule: cosine, nesterov: true}
compute: {microbatch: 10}
YAML

# What all methods share on every number of ranks; what is a method's own on one and on an odd number.
compare "1 2 3 4" many-microbatches compute.engine=dense
compare "1 3" few-microbatches compute.engine=dense compute.microbatch=40
compare "1 2 3 4" batch-statistics compute.engine=dense compute.batchnorm=batch compute.microbatch=24
compare "1 2 3 4" sparse compute.engine=sparse prune.sparsity=0.98
compare "1 3" balanced prune.method=iter-snip prune.sampling=balanced prune.loss=raw-nll
compare "1 3" augmented prune.augment=standard prune.batches=1 compute.microbatch=40
compare "1 3" warmed-up prune.method=synflow prune.norm-warmup=3 prune.augment=standard train.epochs=1
compare "1 3" linear-error prune.method=skeletonization prune.iterations=2 prune.loss=linear-error train.epochs=1
compare "1 3" sparsely-pruned prune.method=iter-snip prune.sparsity=0.99 prune.iterations=10 train.epochs=1
compare "1 3" sparsely-forced prune.sparsity=0.98 prune.iterations=10 train.epochs=1
compare "1 3" lenet model.name=lenet-5 model.width=10 data.pad-to=~ train.label-smoothing=0.1
compare "1 2 3 4" orthogonal model.name=lenet-300-100 model.width=~ data.pad-to=~ model.init=orthogonal train.epochs=1
compare "1 3" random prune.method=random prune.iterations=~ prune.scope=layer train.epochs=1
compare "1 3" grasp prune.method=grasp prune.iterations=~ train.epochs=1
compare "1 3" grasp-batch-statistics prune.method=grasp prune.iterations=~ compute.batchnorm=batch compute.microbatch=24 train.epochs=0
compare "1 3" synflow prune.method=synflow prune.iterations=5 train.epochs=1
compare "1 3" synflow-l2 prune.method=synflow-l2 prune.iterations=3 train.epochs=0
compare "1 2 3 4" px prune.method=px prune.iterations=2 prune.norm-warmup=2 train.epochs=0
compare "1 2 3 4" molchanov prune.method=molchanov prune.unit=channel prune.sparsity=0.5 prune.iterations=3 prune.finetune-steps=2 train.epochs=1
compare "1 2 3 4" chauvin prune.method=chauvin prune.unit=channel prune.sparsity=0.5 prune.iterations=2 prune.batches=1 train.epochs=1
compare "1 3" chauvin-batch-statistics prune.method=chauvin prune.unit=channel prune.sparsity=0.5 prune.iterations=2 prune.energy-order=2 prune.batches=1 compute.batchnorm=batch compute.microbatch=24 train.epochs=1
compare "1 3" rigl-blocks prune.method=rigl prune.unit=block prune.iterations=~ prune.update-every=2 train.epochs=1
compare "1 3" snfs-blocks prune.method=snfs prune.unit=block prune.iterations=~ prune.update-every=2 prune.momentum-steps=1 train.epochs=1
compare "1 3" surgery-blocks prune.method=surgery prune.unit=block prune.iterations=~ prune.finetune-epochs=1 train.epochs=1
compare "1 3" dpf-channels prune.method=dpf prune.unit=channel prune.sparsity=0.5 prune.iterations=~ prune.update-every=3 train.epochs=1
compare "1 3" phew prune.method=phew prune.iterations=~ train.epochs=0
compare "1 3" prospr prune.method=prospr prune.iterations=~ train.epochs=0

# Units are counted, but predictions are of weights: the trace's worker must not depend on them.
compare "1 3" traced-units prune.method=iter-snip prune.unit=channel prune.sparsity=0.5 prune.trace=true train.epochs=0

sample_takes 4 || exit 0
run_and_compare "1 3" ntk-sap prune.method=ntk-sap prune.iterations=2 prune.draws=1 train.epochs=0
# The weights that ntk-sap draws are drawn as the job's are.
run_and_compare "1 3" drawn-norms prune.method=ntk-sap prune.iterations=2 prune.draws=1 model.norm-init=uniform train.epochs=0
/usr/bin/python3 - "$work"/1/{ntk-sap,drawn-norms}/*.h5 <<'PY'
import sys

import h5py

ones, drawn = (h5py.File(path, "r") for path in sys.argv[1:])
assert ones["summary"].attrs["mask_hash"] != drawn["summary"].attrs["mask_hash"], "norms are not drawn"
assert ones["provenance"].attrs["engine_prune"] in ("dense", b"dense"), ones["provenance"].attrs["engine_prune"]
PY
