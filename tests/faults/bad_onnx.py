"""Makes ONNX models with one fault each, from tests/reference/onnx/densely.onnx.

    bad_onnx.py SOURCE.onnx FOLDER

Writes FOLDER/NAME.onnx for each function below, in the order of the file.
"""
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MAKERS = []


def fault(function):
    MAKERS.append(function)
    return function


@fault
def opset_old(model):
    model.opset_import[0].version = 8


@fault
def opset_new(model):
    model.opset_import[0].version = 99


@fault
def two_inputs(model):
    model.graph.input.append(helper.make_tensor_value_info("second", TensorProto.FLOAT, ["n", 1, 28, 28]))


@fault
def two_outputs(model):
    model.graph.output.append(helper.make_tensor_value_info(model.graph.node[0].output[0], TensorProto.FLOAT, None))


@fault
def loop(model):
    model.graph.node[0].input[0] = model.graph.node[3].output[0]


@fault
def self_loop(model):
    model.graph.node[1].input[1 if len(model.graph.node[1].input) > 1 else 0] = model.graph.node[1].output[0]


@fault
def nowhere(model):
    model.graph.node[0].input[0] = "no such value"


@fault
def softmax(model):
    node = helper.make_node("Softmax", [model.graph.output[0].name], ["probability"])
    model.graph.node.append(node)
    model.graph.output[0].name = "probability"


@fault
def custom(model):
    model.graph.node[0].domain = "com.example"


@fault
def subgraph(model):
    node = next(n for n in model.graph.node if n.op_type == "Relu")
    node.op_type = "Loop"
    node.attribute.append(helper.make_attribute("body", helper.make_graph([], "inner", [], [])))


@fault
def dynamic_size(model):
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"


@fault
def int8_weights(model):
    first = model.graph.initializer[0]
    first.CopyFrom(numpy_helper.from_array(np.zeros(list(first.dims), np.int8), first.name))


@fault
def no_classes(model):
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info(model.graph.node[0].output[0], TensorProto.FLOAT,
                                                                 ["n", 8, 14, 14]))


@fault
def huge(model):
    del model.graph.initializer[0].dims[:]
    model.graph.initializer[0].dims.extend([1 << 20, 1 << 20, 3, 3])


@fault
def negative(model):
    model.graph.initializer[0].dims[0] = -8


@fault
def short_values(model):
    model.graph.initializer[0].raw_data = model.graph.initializer[0].raw_data[:-4]


@fault
def shared(model):
    convs = [n for n in model.graph.node if n.op_type == "Conv"]
    convs[1].input[2] = convs[2].input[2]


@fault
def same_name(model):
    model.graph.node[2].output[0] = model.graph.node[1].output[0]


@fault
def wrong_claim(model):
    model.graph.value_info.append(helper.make_tensor_value_info(model.graph.node[0].output[0], TensorProto.FLOAT,
                                                                ["n", 8, 15, 14]))


@fault
def attribute(model):
    model.graph.node[0].attribute.append(helper.make_attribute("secret", 3))


@fault
def long_name(model):
    old, new = model.graph.initializer[0].name, "x" * 200
    model.graph.initializer[0].name = new
    for node in model.graph.node:
        node.input[:] = [new if name == old else name for name in node.input]


@fault
def outside(model):
    move_out(model, "../secret.bin")


@fault
def missing(model):
    move_out(model, "not-there.bin")


@fault
def not_finite(model):
    values = numpy_helper.to_array(model.graph.initializer[0]).copy()
    values.flat[5] = np.nan
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(values, model.graph.initializer[0].name))


@fault
def padded_output(model):
    pads = numpy_helper.from_array(np.array([0, 0, 1, 1, 0, 0, 1, 1]), "pads")
    end_of(model, "padded", None, [pads], helper.make_node("Pad", ["/GlobalAveragePool_output_0", "pads"], ["border"]),
           helper.make_node("Identity", ["border"], ["padded"]))


@fault
def padded_relu(model):
    pads = numpy_helper.from_array(np.array([0, 0, 1, 1, 0, 0, 1, 1]), "pads")
    end_of(model, "positive", [1, 1, 30, 30], [pads], helper.make_node("Pad", ["image", "pads"], ["border"]),
           helper.make_node("Identity", ["border"], ["copy"]), helper.make_node("Relu", ["copy"], ["positive"]))


def pool_padded(model, pads, **attributes):
    """A mean over an image of 28x28 pixels that a Pad made larger."""
    constant = numpy_helper.from_array(np.array([0, 0, *pads[:2], 0, 0, *pads[2:]]), "pads")
    end_of(model, "mean", None, [constant], helper.make_node("Pad", ["image", "pads"], ["border"]),
           helper.make_node("AveragePool", ["border"], ["mean"], **attributes))


@fault
def padded_twice(model):
    pool_padded(model, [1, 0, 0, 0], kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")


@fault
def padded_ceiling(model):
    """The last window begins on the zeros behind the image: it counts."""
    pool_padded(model, [0, 0, 3, 3], kernel_shape=[2, 2], strides=[5, 5], ceil_mode=1)


@fault
def large_window(model):
    """Taps that are 32 pixels apart, of an image of 28 pixels."""
    del model.graph.node[0].attribute[:]
    model.graph.node[0].attribute.append(helper.make_attribute("dilations", [32, 32]))


@fault
def far_axes(model):
    """Axes whose product is larger than any int64."""
    end_of(model, "mean", None, [], helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1 << 62, 5 - (1 << 62)]))


@fault
def constant_float(model):
    model.graph.node.insert(0, helper.make_node("Constant", [], ["number"], value_float=1.0))
    model.graph.node.append(helper.make_node("Add", [model.graph.output[0].name, "number"], ["sum"]))
    model.graph.output[0].name = "sum"


@fault
def named_logits(model):
    rename(model, "layers.0.weight", "logits")
    model.graph.node[-1].output[0] = model.graph.output[0].name = "scores"


@fault
def named_input(model):
    rename(model, "linear.weight", "input")


@fault
def named_alike(model):
    rename(model, "layers.0.weight", "first")


@fault
def good_named_alike(model):
    """No fault: the layers are "first" and "first.weight"."""
    rename(model, "first.weight", "other")
    rename(model, "layers.0.weight", "first")
    rename(model, "layers.1.weight", "first.weight")


@fault
def good_constant_outside(model, folder):
    """No fault: a node's constant is in a file beside the model."""
    first = model.graph.initializer[0]
    (folder / "constant.bin").write_bytes(first.raw_data)
    move_out(model, "constant.bin")
    model.graph.node.insert(0, helper.make_node("Constant", [], [first.name], value=first))
    del model.graph.initializer[0]


def end_of(model, output, shape, constants, *nodes):
    """Makes the last of some nodes the graph's output."""
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(constants)
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info(output, TensorProto.FLOAT, shape))


def rename(model, old, new):
    for tensor in model.graph.initializer:
        tensor.name = new if tensor.name == old else tensor.name
    for node in model.graph.node:
        node.input[:] = [new if name == old else name for name in node.input]


@fault
def good_half(model):
    """No fault: float16 is converted."""
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name))


@fault
def good_brain(model):
    """No fault: bfloat16 is converted."""
    for tensor in model.graph.initializer:
        bits = numpy_helper.to_array(tensor).astype(np.float32).view(np.uint32) >> 16
        tensor.ClearField("float_data")
        tensor.data_type = TensorProto.BFLOAT16
        tensor.raw_data = bits.astype(np.uint16).tobytes()


@fault
def good_external(model, folder):
    """No fault: the values are in a file beside the model."""
    (folder / "values.bin").write_bytes(b"\0" * 64 + model.graph.initializer[0].raw_data)
    move_out(model, "values.bin", offset="64", length=str(len(model.graph.initializer[0].raw_data)))


@fault
def good_constant(model):
    """No fault: a node between the layers that only copies."""
    node = model.graph.node[0]
    model.graph.node.insert(1, helper.make_node("Identity", ["before"], [node.output[0]]))
    node.output[0] = "before"


def move_out(model, location, **more):
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **more}.items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value


def main():
    source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for make in MAKERS:
        model = onnx.load(str(source))
        make(*(model, folder)[:make.__code__.co_argcount])
        (folder / f"{make.__name__}.onnx").write_bytes(model.SerializeToString())
    content = source.read_bytes()
    for share in 1, 2, 5, 9:
        (folder / f"cut{share}.onnx").write_bytes(content[: len(content) * share // 10])
    (folder / "empty.onnx").write_bytes(b"")
    (folder / "text.onnx").write_text("model: {name: resnet20}\n" * 40)
    nested = b""
    for _ in range(30000):  # a graph in an attribute of a node of a graph, and so on
        length = len(nested)
        size = b""
        while length > 127:
            size += bytes([length & 127 | 128])
            length >>= 7
        nested = (b"\x0a", b"\x2a", b"\x32")[_ % 3] + size + bytes([length]) + nested
    (folder / "nested.onnx").write_bytes(nested)
    (folder / "many.onnx").write_bytes(b"\x3a" + varint(2 * 4000000) + b"\x0a\x00" * 4000000)


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


if __name__ == "__main__":
    main()
