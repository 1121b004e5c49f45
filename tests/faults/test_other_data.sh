#!/usr/bin/env bash
# A file of the right length and format whose content is not the published one is refused on any
# number of ranks, before any work; `data.unverified: true` takes it, with a warning.
set -euo pipefail
images=/usr/share/datasets/fashion-mnist
if [ ! -e "$images/train-images-idx3-ubyte.gz" ]; then
    echo "skipped: no Fashion-MNIST (Debian: dataset-fashion-mnist)"
    exit 77
fi
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

mkdir data
for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
    zcat "$images/$file-ubyte.gz" >"data/$file-ubyte"
done
cat >job.yaml <<YAML
name: other
data: {set: fashion-mnist, dir: $work/data, train-samples: 64, test-samples: 20}
model: {name: lenet-300-100}
prune: {method: random, sparsity: 0.5, batch-size: 16}
train: {epochs: 0}
YAML

run() { # RANKS STATUS TEXT KEY=VALUE...
    local status=0
    rm -rf out
    "$MPIEXEC" -n "$1" --oversubscribe "$SKEL" run job.yaml "${@:4}" --out out >log 2>&1 \
        </dev/null || status=$?
    if [ "$status" -ne "$2" ] || ! grep -qF -- "$3" log; then
        echo "FAILED: exit status $status, expected $2 and the text: $3"
        cat log
        exit 1
    fi
}

run 2 0 "other"
if grep -q 'data.unverified' log; then
    echo "FAILED: the published files are doubted"
    cat log
    exit 1
fi

# One label becomes another one of the ten.
label=$(od -An -tu1 -j 108 -N 1 data/train-labels-idx1-ubyte)
printf '%b' "\\0$(printf %o $(((label + 1) % 10)))" |
    dd of=data/train-labels-idx1-ubyte bs=1 seek=108 conv=notrunc status=none
chmod a-w data data/*
for ranks in 1 3; do
    run "$ranks" 65 "train-labels-idx1-ubyte: not the file of Fashion-MNIST"
    run "$ranks" 0 "as data.unverified says" data.unverified=true
done
