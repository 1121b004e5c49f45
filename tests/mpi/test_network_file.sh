#!/usr/bin/env bash
# The root alone reads the file of a network: the others do not have it where they run, or have another one. The run is
# that of one rank, and the root's errors end all ranks.
set -euo pipefail
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
needs_onnx "$SOURCE/tests/reference/onnx/densely.onnx"
mkdir root without other
cp "$SOURCE/tests/reference/onnx/densely.onnx" 'root/my net.onnx'
cp "$SOURCE/tests/reference/onnx/wide.onnx" 'other/my net.onnx'
cat >job.yaml <<'YAML'
name: job
data: {set: fashion-mnist, train-samples: 64, test-samples: 50}
model: {file: my net.onnx, init: file}
prune: {method: snip, sparsity: 0.8, batch-size: 32}
train: {epochs: 1, batch-size: 32}
compute: {microbatch: 16}
YAML

# FOLDER STATUS OUT WORDS...: skel on two ranks, of which the second is in a folder.
two() {
    local status=0
    timeout 120 "$MPIEXEC" --oversubscribe -n 1 -wdir "$work/root" "$SKEL" "${@:4}" : \
        -n 1 -wdir "$work/$1" "$SKEL" "${@:4}" >log 2>&1 </dev/null || status=$?
    if [ "$status" != "$2" ] || ! grep -q -- "$3" log; then
        echo "FAILED: the second rank in $1: status $status, expected $2 and: $3"
        cat log
        exit 1
    fi
}
(cd root && timeout 120 "$SKEL" run ../job.yaml --out "$work/one" >../log 2>&1) || { cat log; exit 1; }
for folder in without other; do
    two "$folder" 0 kept run "$work/job.yaml" --out "$work/$folder-out"
done
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" one/job/*.h5 without-out/job/*.h5 other-out/job/*.h5
mv 'root/my net.onnx' moved.onnx
two without 0 'at the initial weights' saliency "$work"/one/job/*.h5 # the run file has the network
two other 74 'my net.onnx: open' run "$work/job.yaml" --out "$work/missing"
head -c 900 moved.onnx >'root/my net.onnx'
two other 65 'my net.onnx is not an ONNX model, or it is cut off' run "$work/job.yaml" --out "$work/cut"
