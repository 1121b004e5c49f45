#!/usr/bin/env bash
# Batch norm that sees one pixel of an image, as behind a linear layer, has no statistics of that image
# alone. Each batch of which one image is normalised alone is refused, and the message says why.
set -euo pipefail
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
needs_python onnx
needs_onnx "$SOURCE/tests/reference/onnx/densely.onnx"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/commands.sh
. "$SOURCE/tests/support/commands.sh"

# Flatten, Gemm and BatchNormalization; the same with a convolution, whose batch norm sees 26x26 pixels
"$python" - <<'PY'
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

rng = numpy.random.default_rng(1)


def value(name, *shape):
    return numpy_helper.from_array((0.1 * rng.standard_normal(shape)).astype("float32"), name)


def norm(source, target, channels):
    names = ["norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"]
    values = [numpy_helper.from_array(numpy.full(channels, i in (0, 3), "float32"), name)
              for i, name in enumerate(names)]
    return helper.make_node("BatchNormalization", [source, *names], [target]), values


def write(name, nodes, values):
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 28, 28])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 10])], values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, f"{name}.onnx")


node, values = norm("h", "y", 10)
write("lone", [helper.make_node("Flatten", ["x"], ["f"]),
               helper.make_node("Gemm", ["f", "fc.weight", "fc.bias"], ["h"], transB=1), node],
      [value("fc.weight", 10, 784), value("fc.bias", 10), *values])
node, values = norm("c", "n", 4)
write("many", [helper.make_node("Conv", ["x", "conv.weight"], ["c"]), node,
               helper.make_node("GlobalAveragePool", ["n"], ["g"]), helper.make_node("Flatten", ["g"], ["f"]),
               helper.make_node("Gemm", ["f", "fc.weight", "fc.bias"], ["y"], transB=1)],
      [value("conv.weight", 4, 1, 3, 3), value("fc.weight", 10, 4), value("fc.bias", 10), *values])
PY
cat >job.yaml <<'YAML'
name: lone
data: {set: fashion-mnist, train-samples: 64, test-samples: 20}
model: {file: lone.onnx}
prune: {method: snip, sparsity: 0.5, batch-size: 32}
train: {epochs: 1, batch-size: 32}
compute: {microbatch: 32}
YAML

lone="leaves one image alone: batch norm norm sees one pixel of it"
expect 0 "" plan job.yaml
expect 64 "prune.batch-size 32, in microbatches of 1, $lone" plan job.yaml compute.microbatch=1
expect 64 "prune.batch-size 33, in microbatches of 32, $lone" plan job.yaml prune.batch-size=33
expect 64 "prune.batch-size 1, in microbatches of 32, $lone" plan job.yaml prune.batch-size=1
expect 64 "train.batch-size 33, in microbatches of 32, $lone" plan job.yaml train.batch-size=33
expect 64 "train.batch-size 1, in microbatches of 32, $lone" plan job.yaml train.batch-size=1
expect 64 "train.batch-size 32: the last batch of the 65 training images, in microbatches of 32, $lone" \
    plan job.yaml data.train-samples=65
expect 0 "" plan job.yaml data.train-samples=65 train.epochs=0
expect 0 "" plan job.yaml compute.batchnorm=batch compute.microbatch=1
expect 0 "" plan job.yaml compute.batchnorm=batch prune.batch-size=33
expect 64 "the last batch of the 65 training images $lone" plan job.yaml compute.batchnorm=batch data.train-samples=65

# several pixels of one image have a variance
run_job model.file=many.onnx data.train-samples=65 prune.batch-size=33 name=many
expect 0 "the same, to the last bit" eval runs/many/*.h5 --repeat 0

# options of saliency
run_job
expect 64 "prune.batch-size 33, in microbatches of 32, $lone" saliency runs/lone/*.h5 --batch-size 33

# images of spectra: the gradients at the initial weights need their statistics, others do not
if "$SKEL" --version | grep ScaLAPACK >/dev/null; then
    expect 64 "--samples 33, in microbatches of 32, $lone" spectrum runs/lone/*.h5 --samples 33
    expect 64 "--samples 1, in microbatches of 32, $lone" spectrum runs/lone/*.h5 --samples 1 --of jacobian
    expect 0 "" spectrum runs/lone/*.h5 --samples 32
    expect 0 "" spectrum runs/lone/*.h5 --samples 33 --at trained
    expect 0 "" spectrum runs/lone/*.h5 --samples 33 --of layers,mask
    expect 0 "" spectrum runs/many/*.h5 --samples 33
    run_job compute.batchnorm=batch name=whole
    expect 64 "--samples 1 $lone" spectrum runs/whole/*.h5 --samples 1
    expect 0 "" spectrum runs/whole/*.h5 --samples 33
fi
verdict
