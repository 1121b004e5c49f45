"""Runs ONNX models by PyTorch's functions: an interpreter that is not skel's.

    onnx_torch.py count MODEL.onnx IMAGES.npz     how many images get their label
"""
import sys

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from torch.nn import functional


def attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def constants(graph):
    """All initializers as tensors, sparse ones filled up with zeros."""
    values = {t.name: torch.from_numpy(onnx.numpy_helper.to_array(t).copy()) for t in graph.initializer}
    for sparse in graph.sparse_initializer:
        full = np.zeros(list(sparse.dims), np.float32)
        full.reshape(-1)[onnx.numpy_helper.to_array(sparse.indices)] = onnx.numpy_helper.to_array(sparse.values)
        values[sparse.values.name] = torch.from_numpy(full)
    return values


def pad(x, pads, value):
    top, left, bottom, right = pads
    return functional.pad(x, (left, right, top, bottom), value=value)


def average(x, a):
    total = functional.avg_pool2d(pad(x, a["pads"], 0), a["kernel_shape"], a["strides"])
    if a.get("count_include_pad", 0):
        return total
    ones = pad(torch.ones_like(x), a["pads"], 0)
    return total / functional.avg_pool2d(ones, a["kernel_shape"], a["strides"])


def step(node, x, a):
    """One node's output."""
    kind = node.op_type
    if kind == "Conv":
        bias = x[2] if len(x) > 2 else None
        return functional.conv2d(pad(x[0], a["pads"], 0), x[1], bias, a["strides"], 0, a["dilations"], a["group"])
    if kind == "BatchNormalization":
        return functional.batch_norm(x[0], x[3], x[4], x[1], x[2], False, 0, a["epsilon"])
    if kind == "Gemm":
        return functional.linear(x[0], x[1], x[2] if len(x) > 2 else None)
    if kind == "Clip":
        return torch.clip(x[0], *x[1:])
    if kind == "MaxPool":
        return functional.max_pool2d(pad(x[0], a["pads"], -np.inf), a["kernel_shape"], a["strides"])
    if kind == "AveragePool":
        return average(x[0], a)
    if kind == "Concat":
        return torch.cat(x, a["axis"])
    if kind == "Reshape":
        return x[0].reshape([n if n else x[0].shape[i] for i, n in enumerate(x[1].tolist())])
    simple = {
        "Relu": lambda: torch.relu(x[0]), "LeakyRelu": lambda: functional.leaky_relu(x[0], a["alpha"]),
        "Sigmoid": lambda: torch.sigmoid(x[0]), "Add": lambda: x[0] + x[1], "Mul": lambda: x[0] * x[1],
        "GlobalAveragePool": lambda: x[0].mean([2, 3], keepdim=True), "Flatten": lambda: x[0].flatten(a["axis"]),
    }
    return simple[kind]()


def run(path, images):
    """The logits of normalised images."""
    graph = onnx.load(path).graph
    values = constants(graph)
    values[graph.input[0].name] = images
    for node in graph.node:
        values[node.output[0]] = step(node, [values[name] for name in node.input if name], attributes(node))
    return values[graph.output[0].name]


def count(path, archive):
    data = np.load(archive)
    with torch.no_grad():
        chosen = run(path, torch.from_numpy(data["images"])).argmax(1).numpy()
    return int((chosen == data["labels"]).sum())


if __name__ == "__main__":
    print(count(sys.argv[2], sys.argv[3]))
