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

# A run that was stopped does not go on with other data, nor begin anew without a word: pixels, labels, weight files.
chmod -R u+w data
training=(data.unverified=true train.epochs=2 train.batch-size=32 checkpoint.every-epochs=0)
SKEL_STOP_AFTER=5 run 1 75 "goes on from" "${training[@]}"
go_on() { # STATUS TEXT ARGUMENTS...
    local status=0
    "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run job.yaml "${training[@]}" "${@:3}" --out out >log 2>&1 \
        </dev/null || status=$?
    if [ "$status" -ne "$1" ] || ! grep -qF -- "$2" log; then
        echo "FAILED: exit status $status, expected $1 and the text: $2"
        cat log
        exit 1
    fi
}
for file in train-labels-idx1-ubyte train-images-idx3-ubyte; do
    cp "data/$file" before
    printf '\1\2\3' | dd of="data/$file" bs=1 seek=5000 conv=notrunc status=none
    go_on 65 "was computed on other data: the XXH3-128 of $file was"
    cp before "data/$file"
done
gzip data/train-labels-idx1-ubyte # the same content
go_on 0 "resumed:"
gunzip data/train-labels-idx1-ubyte.gz

weights=$(echo out/other/*.h5)
mv "$weights" weights.h5
training=(data.unverified=true model.weights=weights.h5 prune.method=none train.epochs=2 train.batch-size=32)
SKEL_STOP_AFTER=5 run 1 75 "goes on from" "${training[@]}"
/usr/bin/python3 -c '
import h5py
f = h5py.File("weights.h5", "a")
f.pop("manifest", None)
del f["weights/fc3.bias"].attrs["xxh3_128"]
f["weights/fc3.bias"][0] += 1'
go_on 65 "so the content of weights.h5 has changed"
go_on 0 "as --restart says" --restart
