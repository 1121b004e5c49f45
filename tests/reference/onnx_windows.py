"""Small ONNX models with windows over padded images, and what PyTorch computes for them.

    onnx_windows.py FOLDER

Writes FOLDER/images.h5 and for each case FOLDER/CASE.onnx; prints lines "CASE LOSS", the mean cross-entropy of the test
images. The padding is computed as ONNX defines it (operators Pad, Conv, AveragePool) and done by torch's pad().
"""
import math
import pathlib
import sys

import h5py
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch.nn import functional

CHANNELS, HEIGHT, WIDTH, CLASSES = 2, 5, 6, 3
NAME = "größe"  # names of layers are not ASCII alone


def same(sides, kernel, stride, dilation, lower):
    """auto_pad SAME_*: [left, right, top, bottom], as pad() wants them."""
    pads = []
    for side, taps, step, gap in zip(sides, kernel, stride, dilation):
        total = max((math.ceil(side / step) - 1) * step + (taps - 1) * gap + 1 - side, 0)
        small, large = total // 2, total - total // 2
        pads = ([large, small] if lower else [small, large]) + pads
    return pads


def conv(x, weight, stride=(1, 1), dilation=(1, 1), automatic=None):
    if automatic:
        x = functional.pad(x, same(x.shape[2:], weight.shape[2:], stride, dilation, automatic == "SAME_LOWER"))
    return functional.conv2d(x, weight, stride=stride, dilation=dilation)


def mean(x, kernel, stride, automatic=None):
    """Zeros around the image count in the mean."""
    if automatic:
        x = functional.pad(x, same(x.shape[2:], kernel, stride, (1, 1), automatic == "SAME_LOWER"))
    return functional.avg_pool2d(x, kernel, stride)


def window(kind, weight, **attributes):
    """The node behind the padding, and the same of an image in PyTorch."""
    named = {"stride": "strides", "dilation": "dilations", "kernel": "kernel_shape", "automatic": "auto_pad"}
    words = {named.get(key, key): value for key, value in attributes.items()}
    numbers = {key: value for key, value in attributes.items() if key in named}
    if kind == "Conv":
        return words, lambda x: conv(x, weight, **numbers)
    return words, lambda x: mean(x, **numbers)


# name: (top, left, bottom, right), nodes that copy, operator, its attributes
CASES = {
    "copied": ((1, 2, 0, 1), 2, "Conv", {}),
    "upper": ((0, 1, 2, 0), 0, "Conv", {"stride": (2, 2), "automatic": "SAME_UPPER"}),
    "lower": ((2, 0, 1, 1), 0, "Conv", {"dilation": (2, 1), "automatic": "SAME_LOWER"}),
    "counted": ((1, 0, 1, 1), 0, "AveragePool", {"kernel": (3, 3), "stride": (2, 2), "automatic": "SAME_UPPER",
                                                 "count_include_pad": 1}),
    "fits": ((1, 1, 0, 1), 0, "AveragePool", {"kernel": (2, 2), "stride": (2, 2), "automatic": "SAME_LOWER"}),
    "ceiling": ((1, 1, 0, 1), 1, "AveragePool", {"kernel": (2, 2), "stride": (2, 2), "ceil_mode": 1}),
    "nothing": ((0, 0, 0, 0), 0, "Conv", {}),
}


def model(name, kernel, weight):
    """The nodes and constants of a case, and its function of the image."""
    (top, left, bottom, right), copies, kind, attributes = CASES[name]
    words, function = window(kind, kernel, **attributes)
    nodes = [helper.make_node("Pad", ["image", "pads"], ["padded0"])]
    nodes += [helper.make_node("Identity", [f"padded{i}"], [f"padded{i + 1}"]) for i in range(copies)]
    nodes += [helper.make_node(kind, [f"padded{copies}"] + ["kernel"] * (kind == "Conv"), ["seen"], **words),
              helper.make_node("Relu", ["seen"], ["positive"]),
              helper.make_node("GlobalAveragePool", ["positive"], ["mean"]),
              helper.make_node("Flatten", ["mean"], ["flat"]),
              helper.make_node("Gemm", ["flat", f"{NAME}.weight"], ["scores"], transB=1)]
    constants = [numpy_helper.from_array(np.array([0, 0, top, left, 0, 0, bottom, right]), "pads"),
                 numpy_helper.from_array(weight.numpy(), f"{NAME}.weight")]
    if kind == "Conv":
        constants.append(numpy_helper.from_array(kernel.numpy(), "kernel"))
    claims = [helper.make_tensor_value_info(f"padded{i}", TensorProto.FLOAT,
                                            ["n", CHANNELS, HEIGHT + top + bottom, WIDTH + left + right])
              for i in range(copies + 1)]

    def logits(x):
        x = torch.relu(function(functional.pad(x, (left, right, top, bottom))))
        return functional.linear(x.mean([2, 3]), weight)

    return nodes, constants, claims, logits


def main():
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(0)
    images, labels = torch.randn(16, CHANNELS, HEIGHT, WIDTH), torch.arange(16) % CLASSES
    with h5py.File(folder / "images.h5", "w") as file:
        for half in "train", "test":
            file[f"{half}/images"], file[f"{half}/labels"] = images.numpy(), labels.numpy()
        file.attrs.update({"classes": CLASSES, "mean": np.zeros(CHANNELS), "deviation": np.ones(CHANNELS)})
    for name, (_, _, kind, _) in CASES.items():
        kernel = torch.randn(4, CHANNELS, 3, 3)
        weight = torch.randn(CLASSES, 4 if kind == "Conv" else CHANNELS)
        nodes, constants, claims, logits = model(name, kernel, weight)
        graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info(
            "image", TensorProto.FLOAT, ["n", CHANNELS, HEIGHT, WIDTH])], [helper.make_tensor_value_info(
                "scores", TensorProto.FLOAT, ["n", CLASSES])], constants, value_info=claims)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), str(folder / f"{name}.onnx"))
        with torch.no_grad():
            print(name, float(functional.cross_entropy(logits(images), labels)))


if __name__ == "__main__":
    main()
