#!/usr/bin/env bash
# Methods that prune a trained network, or while it is trained: the same files on 1 and 3 ranks; legs of
# training that start where they say; masks that move as they say.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"

cat >"$work/job.yaml" <<'YAML'
name: legs
data: {set: fashion-mnist, train-samples: 320, test-samples: 100}
model: {name: lenet-300-100}
prune: {method: none, batches: 2, batch-size: 32}
train: {epochs: 2, batch-size: 32, learning-rate: 0.05, rate-schedule: cosine, nesterov: true}
compute: {microbatch: 8}
YAML

run() { # RANKS FOLDER NAME KEY=VALUE...
    local ranks=$1 folder=$2 name=$3
    shift 3
    "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run "$work/job.yaml" name="$name" "$@" \
        --out "$folder" -q >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

# A build without ScaLAPACK has no obs.
obs='' samples=()
if "$SKEL" --version | grep ScaLAPACK >/dev/null; then
    obs='obs, ' samples=(prune.fisher-samples=60)
fi

# RigL at 90 % trains with one worker, at 95 % on kept weights with a second one for its gradients.
all=("sweep.prune.method=[imp, magnitude-finetune, skeletonization, obd, ${obs}set, rigl]"
    prune.sparsity=0.9 prune.iterations=2 prune.finetune-rate=0.004 prune.update-every=4 "${samples[@]}")
# On one rank, and on three; of a sample, every third on three.
on_both() { # NAME KEY=VALUE...
    run 1 "$work/1" "$@"
    ! sample_takes 3 || run 3 "$work/3" "$@"
}
on_both all "${all[@]}"
on_both two-workers prune.method=rigl prune.sparsity=0.95 prune.update-every=4 prune.regrow-dropped=false
on_both by-sign prune.method=set prune.sparsity=0.9 prune.update-every=4 prune.drop-by=sign
on_both moves 'sweep.prune.method=[dsr, snfs, grow-and-prune]' prune.sparsity=0.95 prune.update-every=1 \
    prune.momentum-steps=2
on_both moves-norm 'sweep.prune.method=[dsr, snfs, grow-and-prune]' prune.sparsity=0.95 prune.update-every=1 \
    prune.momentum-steps=3 prune.keep-layers='[conv1]' compute.batchnorm=batch \
    model.name=resnet20 model.width=2 data.pad-to=32 data.train-samples=128 data.test-samples=32
on_both step prune.method=imp prune.sparsity=0.9 prune.iterations=2 'prune.rewind=13 steps' prune.loss=linear-error
for file in "$work"/3/*/*.h5; do
    echo "${file##*/}, 1 rank against 3:"
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/{1,3}/"${file#"$work"/3/}"
done

"$SKEL" inspect --attributes "$work"/1/two-workers/*.h5 >"$work/attributes"
grep -qP '/provenance\tengine_train\tsparse$' "$work/attributes" || { cat "$work/attributes"; exit 1; }

# Steps of 1e-30 change no weight that is not 0.
still=(train.rate-schedule=step 'train.milestones=[1]' train.gamma=1e-30)
batchnorm=(model.name=resnet20 model.width=2 data.pad-to=32 data.train-samples=128 train.batch-size=64)
tuned=(prune.method=magnitude-finetune prune.sparsity=0.9 prune.iterations=1 prune.finetune-rate=1e-30)

run 2 "$work/1" dense
run 1 "$work/1" first prune.method=random-erk prune.sparsity=0.9 train.epochs=0
run 2 "$work/1" whole "${batchnorm[@]}"
run 2 "$work/1" rewound-whole "${batchnorm[@]}" prune.method=imp prune.sparsity=0 prune.iterations=1 \
    prune.rewind=1
run 2 "$work/1" rewound-to-step "${batchnorm[@]}" prune.method=imp prune.sparsity=0 prune.iterations=2 \
    'prune.rewind=3 steps'
run 1 "$work/1" rewound-still "${still[@]}" prune.method=imp prune.sparsity=0.8 prune.rewind=1
run 2 "$work/1" finetune "${tuned[@]}"
run 2 "$work/1" shuffled "${tuned[@]}" prune.check=shuffle-layerwise
run 2 "$work/1" redrawn prune.method=imp prune.sparsity=0.9 prune.iterations=1 \
    prune.check=reinitialise

# The weights that a lottery ticket's last round must have started from, with its mask.
/usr/bin/python3 - "$work"/1/all/imp-s*.h5 initial "$work/ticket.h5" \
    "$work"/1/redrawn/*.h5 redrawn "$work/other.h5" <<'PYTHON'
import sys
import h5py
for path, weights, to in (sys.argv[1:4], sys.argv[4:7]):
    with h5py.File(path) as run, h5py.File(to, "w", track_order=True) as ticket:
        run.copy(weights, ticket, "weights")
        run.copy("masks", ticket)
PYTHON
run 2 "$work/1" ticket model.weights="$work/ticket.h5"
run 1 "$work/1" other model.weights="$work/other.h5"

/usr/bin/python3 "$SOURCE/tests/mpi/legs.py" "$work/1"
