#!/usr/bin/env bash
# Networks of PyTorch: read from ONNX, pruned, trained, exported, and tested in PyTorch to the same images; a network of
# the zoo that comes as a file gets the masks and weights that it gets by its name.
set -euo pipefail
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
needs_python torch onnx h5py
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
needs_onnx "$here/onnx/wide.onnx"
check() { PYTHONPATH="$here" timeout 300 "$python" "$here/check_onnx.py" "$@"; }

# $1: network; $2: output folder. Prunes and trains net.onnx from the weights that it has.
prune() {
    timeout 300 "$SKEL" run --out "$2" - >log 2>&1 <<YAML || { cat log; exit 1; }
name: $1
data: {file: $1.h5}
model: {file: net.onnx, init: file}
prune: {method: force, sparsity: 0.9, iterations: 3, batch-size: 32}
train: {epochs: 2, batch-size: 32, learning-rate: 0.05}
compute: {microbatch: 16}
YAML
}

# $1: network; $2: run. The peer of skel eval computes the same network, with the run's weights.
try_peer() {
    rm -f counted.txt
    NETWORK=$1 timeout 200 "$SKEL" eval "$2" --repeat 1 --peer "$here/counting_peer.py" >eval.txt 2>&1 || true
    if ! grep -qE '^  PyTorch [^ ]+ +1 x 1 +[0-9]' eval.txt ||
        ! grep -qE "^test on .*: $(cat counted.txt 2>/dev/null) of 80 right" eval.txt; then
        echo "FAILED: the peer's $(cat counted.txt 2>/dev/null) right answers are not those of skel, or it was not measured:"
        cat eval.txt
        exit 1
    fi
}

# $1: network. Pruned and trained from its file's weights, then tested in PyTorch.
round_trip() {
    local run
    check data "$work" "$1"
    cp "$here/onnx/$1.onnx" net.onnx
    prune "$1" out
    run=$(echo out/"$1"/*.h5)
    rm net.onnx # the run file describes the network
    "$SKEL" verify "$run" >/dev/null
    timeout 100 "$SKEL" export "$run" --onnx "$1.onnx" --numpy "$1.npz" >/dev/null
    timeout 100 "$SKEL" export "$run" --onnx "$1-sparse.onnx" --sparse >/dev/null
    check run "$work" "$1" "$run"
    case $1 in
    depthwise | squeeze) try_peer "$1" "$run" ;;
    esac
    for form in "$1.onnx" "$1-sparse.onnx"; do # what is exported is read again
        "$SKEL" inspect "$form" | grep -E '^  (classes|parameters|multiply)' >"$form.facts"
    done
    "$SKEL" inspect "$here/onnx/$1.onnx" | grep -E '^  (classes|parameters|multiply)' >facts
    cmp facts "$1.onnx.facts"
    cmp facts "$1-sparse.onnx.facts"
}
# PyTorch starts three times for each network: of a sample, every second of the others than wide.
round_trip wide
for network in depthwise squeeze densely; do
    ! sample_takes 2 || round_trip "$network"
done

# Values in a file of their own are another file, but the same weights. Without that file they are missed.
check outside "$work" "$here/onnx/wide.onnx"
prune wide outside
check same out/wide/*.h5 outside/wide/*.h5
[ "$(basename out/wide/*.h5)" != "$(basename outside/wide/*.h5)" ]
rm net.bin
if (prune wide missed) >log2 2>&1 || ! grep -q 'net.bin: .*No such file' log2; then
    cat log2
    exit 1
fi

# The same network by its name and by its file.
if [ -e /usr/share/datasets/fashion-mnist ]; then
    check zoo "$work" resnet20 4 1
    for model in '{name: resnet20, width: 4}' '{file: resnet20.onnx}'; do
        timeout 300 "$SKEL" run --out "zoo-${#model}" - >log 2>&1 <<YAML || { cat log; exit 1; }
name: zoo
data: {set: fashion-mnist, pad-to: 32, train-samples: 256, test-samples: 100}
model: $model
prune: {method: force, sparsity: 0.95, iterations: 3, batch-size: 64}
train: {epochs: 1, batch-size: 64, learning-rate: 0.05}
compute: {microbatch: 32}
YAML
    done
    check same zoo-*/zoo/*.h5
    echo "resnet20: the masks and weights of the zoo's"
else
    echo "resnet20: not compared with the zoo's: no Fashion-MNIST (Debian: dataset-fashion-mnist)"
fi
