#!/usr/bin/env bash
# ONNX models that are damaged, unsupported or not what the job needs: each is refused in words, with the exit status of
# its kind, and leaves nothing behind. Those of odd but sound forms are read.
set -euo pipefail
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
needs_python onnx
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
model=$here/../reference/onnx/densely.onnx
needs_onnx "$model"
"$python" "$here/bad_onnx.py" "$model" .
failed=0

# $1: exit status; $2: pattern of the message; then the command
expect() {
    local wanted=$1 pattern=$2 status=0
    shift 2
    (ulimit -v 4000000; timeout 60 "$SKEL" "$@" >out.txt 2>&1 </dev/null) || status=$?
    if [ "$status" != "$wanted" ] || ! grep -qE -- "$pattern" out.txt; then
        echo "FAILED: skel $*: status $status, expected $wanted and: $pattern"
        cat out.txt
        failed=1
    fi
}
refused() { expect 65 "$2" inspect "$1.onnx"; }

refused opset_old 'version 8 of ONNX.s operators .*; 9 to 21 are read'
refused opset_new 'version 99 of ONNX'
refused two_inputs 'the graph has 2 inputs'
refused two_outputs 'the graph has 2 outputs'
refused loop 'node 0, Conv .* which node 3 computes after it: the graph has a loop'
refused self_loop 'node 1, .* the graph has a loop'
refused nowhere 'node 0, Conv .*nothing in the graph is its input "no such value"'
refused softmax 'Softmax .*this operator is not read; export the logits.*; the operators that are: Conv, '
refused custom 'node 0, Conv .*of the domain com.example is not read'
refused subgraph 'Loop .*this operator is not read'
refused dynamic_size 'dimension 2 of the input "image" is left open'
refused int8_weights '"first.weight" is of int8; .*quantized networks are not'
refused no_classes 'must be \[batch, classes\]'
refused huge '"first.weight" has 1048576 as its dimension 1'
refused negative '"first.weight" has -8 as its dimension 0'
refused short_values '"first.weight" has 71 values, its shape has 72'
refused shared 'belongs to another node, too'
refused same_name 'two values of the graph have the name'
refused wrong_claim 'the file says another shape'
refused attribute 'its attribute "secret" is not read; those that are: auto_pad dilations'
refused padded_output 'the output "padded" is padded with zeros'
refused padded_relu 'Relu "positive": its input "copy" was padded'
refused padded_twice 'its padding does not count in the mean, that of the Pad before it does'
refused padded_ceiling 'ceil_mode together with count_include_pad is not read'
refused large_window 'node 0, Conv "[^"]*": a window of 3x3 does not fit in 28x28'
refused far_axes 'only the mean over all pixels is read'
refused constant_float 'its attribute "value_float" is not read; those that are: value value_int value_ints'
refused named_logits 'an initializer has the name "logits", which skel gives to the output'
refused named_input 'an initializer has the name "input", which skel gives to the image'
refused named_alike 'the weights "first.weight" and "first" both give their layer the name "first"'
refused long_name 'names of weights have 1 to'
refused outside 'which is not in the model.s folder'
refused nested 'is not an ONNX model'
refused many 'no sound ONNX model|nodes, at most'
for share in 1 2 5 9; do
    refused "cut$share" 'is not an ONNX model, or it is cut off'
done
refused empty 'is not an ONNX model'
refused text 'is not an ONNX model'
expect 74 'No such file' inspect not-there.onnx
mkdir folder.onnx
expect 74 'is a folder|directory' inspect folder.onnx

expect 0 'notes  *9 constants of float16 are converted to float32' inspect good_half.onnx
expect 0 'notes  *9 constants of bfloat16 are converted to float32' inspect good_brain.onnx
expect 0 'first .*conv' inspect good_external.onnx
expect 0 'first .*conv' inspect good_constant.onnx
expect 0 'first.weight .*conv' inspect good_named_alike.onnx
expect 0 'first .*conv' inspect good_constant_outside.onnx
expect 0 'first .*conv' inspect missing.onnx # the network needs no values
expect 0 '^name.*multiply_adds' inspect "$model" --layers
expect 64 'an ONNX model has no metrics' inspect "$model" --metrics

# Jobs.
cat >job.yaml <<'YAML'
data: {set: fashion-mnist}
model: {file: net.onnx}
prune: {sparsity: 0.9}
YAML
cp "$model" net.onnx
expect 64 'model.name lenet-5 and model.file net.onnx are two networks' plan job.yaml model.name=lenet-5
expect 64 'model.width 4 makes no sense with model.file' plan job.yaml model.width=4
expect 64 'neither model.name nor model.file|model.name is missing; expected the name of a network, or model.file' \
    plan job.yaml model.file=~
expect 64 'model.init file takes the weights of model.file' plan job.yaml model.file=~ model.name=lenet-5 model.init=file
expect 64 'prune.method ntk-sap draws weights in each iteration, but model.init file' plan job.yaml model.init=file \
    prune.method=ntk-sap
expect 64 'prune.check reinitialise draws' plan job.yaml model.init=file prune.check=reinitialise
expect 64 'model.norm-init uniform makes no sense' plan job.yaml model.init=file model.norm-init=uniform
expect 64 'net.onnx takes images of 1 channel and 28x28 pixels, those of cifar10' plan job.yaml data.set=cifar10
expect 74 'job.yaml:2:15: none.onnx: open|none.onnx: .*No such file' plan job.yaml model.file=none.onnx
expect 65 'model.file: |loop.onnx: node 0' plan job.yaml model.file=loop.onnx
expect 0 'net.onnx' plan job.yaml
expect 65 'element 5 of "first.weight" is nan' run job.yaml model.file=not_finite.onnx model.init=file data.train-samples=128 \
    train.epochs=0 --out made

# Another content of a file beside the model is another run, also if a node's constant is there.
identity_of() { "$SKEL" plan job.yaml model.file=good_constant_outside.onnx --format json | grep -o '"identity":"[0-9a-f]*"'; }
before=$(identity_of)
printf '\1' | dd of=constant.bin bs=1 seek=8 conv=notrunc status=none
if [ -z "$before" ] || [ "$(identity_of)" = "$before" ]; then
    echo "FAILED: the identity of a run does not depend on constant.bin: $before"
    failed=1
fi
if [ -e out ] || ls ./*.part-* >/dev/null 2>&1; then
    echo "FAILED: something was left behind"
    failed=1
fi
expect 64 'say what to write' export none.h5
expect 64 'sparse is for --onnx' export none.h5 --sparse
expect 74 'none.h5: open' export none.h5 --onnx a.onnx
exit "$failed"
