#!/usr/bin/python3
"""Makes what test_pytorch.c and test_flow.c compare with, by PyTorch in double precision.

    python3 tests/reference/make_fixture.py           writes pytorch.txt, pytorch.bin and flow.bin
    python3 tests/reference/make_fixture.py --check   compares them with this PyTorch's instead

Needs python3-torch and python3-numpy; with python3-torchvision, the modules that it defines are
compared with skel_torch.py's, parameter by parameter. Weights and images come from `uniform`, which the tests
compute too (tests/support/torch.c); so the files hold results alone.

pytorch.txt: for every model of the zoo
    model NAME CHANNELS SIDE CLASSES PARAMETERS PRUNABLE MACS TENSORS BUFFERS MD5
(MD5 is of the lines "NAME DIM DIM ..." of all its parameters, then of its buffers), and for one
model of each kind these lines themselves, indented.

pytorch.bin, little-endian, for each of CASES a sequence of records
    char name[64], uint64 count, float32 values[count]
"losses" (cross-entropy, the same with label smoothing 0.1, raw-nll; sums over the images),
"gradient NAME" (of the first, mean over the images), "statistics NAME" (the batch's, as buffers),
"logits" (with these statistics as running averages), "product NAME" (the Hessian of the mean
cross-entropy of logits / TEMPERATURE times a vector, by double backward).

flow.bin, the same of FLOWS: "logarithm" (of the sum of the logits of all magnitudes on ones, half of
the weights pruned, with running averages), "flow NAME" (its gradient) of all weights.
"""
import contextlib
import hashlib
import pathlib
import struct
import sys

import numpy as np
import torch

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent.parent / "analysis"))
import skel_torch  # noqa: E402

# Sizes at which no activation lies within a rounding error of the bend at 0, where engines may take
# either side.
CASES = [("resnet20", 4, 32), ("vgg11", 3, 32), ("wide-resnet-22-2", 4, 16),
         ("resnet18-imagenet", 2, 64), ("mobilenet-v2", 4, 64), ("wide-resnet-16-8", 8, 16),
         ("mobilenet-v1", 3, 64), ("vgg11-imagenet", 1, 64), ("vgg13-imagenet", 1, 32),
         ("vgg16-imagenet", 1, 32), ("vgg19-imagenet", 1, 32)]  # name, width, side; ten classes
FLOWS = [("lenet-5", 4), ("resnet20", 3), ("vgg11", 2), ("mobilenet-v2", 4)]
TORCHVISION = {**{f"resnet{n}-imagenet": f"resnet{n}" for n in (18, 34, 50, 101, 152)},
               **{f"vgg{n}-imagenet": f"vgg{n}_bn" for n in (11, 13, 16, 19)},
               "mobilenet-v2": "mobilenet_v2"}
IMAGES = 8
TEMPERATURE = 2
LISTED = ["lenet-300-100", "lenet-5", "resnet20", "resnet18", "resnet50", "wide-resnet-22-2",
          "mobilenet-v1", "mobilenet-v2", "vgg11", "vgg19", "vgg11-imagenet"]


def uniform(tensor, count):
    """count numbers in [0, 1), multiples of 2^-24; a hash of (tensor, index)."""
    with np.errstate(over="ignore"):
        h = np.arange(count, dtype=np.uint32) * np.uint32(2654435761)
        h += np.uint32(tensor * 2246822519 & 0xFFFFFFFF)
        h ^= h >> np.uint32(16)
        h *= np.uint32(2246822519)
        h ^= h >> np.uint32(13)
        h *= np.uint32(3266489917)
        h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)).astype(np.float64) / 2**24


def values(tensor, shape, scale, offset=0.0):
    array = (offset + scale * (uniform(tensor, int(np.prod(shape))) - 0.5)).astype(np.float32)
    return torch.from_numpy(array.astype(np.float64).reshape(shape))


def fill(model, first=0):
    """Weights uniform with Kaiming's variance, scales about 1, all biases about 0; the tensors of
    `uniform` from `first` on."""
    with torch.no_grad():
        for i, (name, p) in enumerate(model.named_parameters(), first):
            if p.dim() > 1:
                p.copy_(values(i, p.shape, 2 * np.sqrt(6.0 / p[0].numel())))
            else:
                p.copy_(values(i, p.shape, 0.5, 1.0 if name.endswith("weight") else 0.0))


def record(name, array):
    array = np.ascontiguousarray(array, dtype="<f4").ravel()
    return struct.pack("<64sQ", name.encode(), array.size) + array.tobytes()


def products(model, logits, labels):
    """The records of a vector's products with the Hessian."""
    names, parameters = zip(*model.named_parameters())
    loss = torch.nn.functional.cross_entropy(logits / TEMPERATURE, labels)
    gradient = torch.autograd.grad(loss, parameters, create_graph=True)
    vector = [values(2000 + i, p.shape, 2.0) for i, p in enumerate(parameters)]
    product = torch.autograd.grad(gradient, parameters, vector)
    return b"".join(record("product " + n, p.numpy()) for n, p in zip(names, product))


def case(name, width, side):
    model = skel_torch.build(name, 10, 3, width, side * side).double().train()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0  # running averages become the batch's statistics
    fill(model)
    images = values(1000, (IMAGES, 3, side, side), 4.0)
    labels = torch.arange(IMAGES) * 3 % 10
    logits = model(images)
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward(retain_graph=True)
    smooth = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.1)
    raw = torch.nn.functional.nll_loss(logits, labels)
    out = record("losses", [IMAGES * x.item() for x in (loss, smooth, raw)])
    for n, p in model.named_parameters():
        out += record("gradient " + n, p.grad.numpy())
    for n, b in model.named_buffers():
        if b.dim() > 0:
            out += record("statistics " + n, b.numpy())
    second_order = products(model, logits, labels)
    # what the program receives as running averages are floats
    for b in model.buffers():
        if b.dim() > 0:
            b.copy_(b.float().double())
    return out + record("logits", model.eval()(images).detach().numpy()) + second_order


def flow(name, width):
    """Tanaka et al. 2020, algorithm 1, but for the logarithm, and without ReLU6's upper bound."""
    image = (1, 1, 28, 28) if name.startswith("lenet") else (1, 3, 32, 32)
    model = skel_torch.build(name, 10, image[1], width).double().eval()
    for module in model.modules():
        if isinstance(module, torch.nn.ReLU6):
            module.max_val = float("inf")
    fill(model)
    averages = [(n, b) for n, b in model.named_buffers() if b.dim() > 0]
    with torch.no_grad():
        for i, (n, p) in enumerate(model.named_parameters()):
            p.abs_()
            if p.dim() > 1:
                kept = uniform(2000 + i, p.numel()) < 0.5
                p.mul_(torch.from_numpy(kept.reshape(p.shape)))
        for i, (n, b) in enumerate(averages):
            b.copy_(values(3000 + i, b.shape, 0.5, 1.0 if n.endswith("var") else 0.0).abs())
    logarithm = model(torch.ones(image, dtype=torch.float64)).sum().log()
    logarithm.backward()
    out = record("logarithm", [logarithm.item()])
    for n, p in model.named_parameters():
        if p.dim() > 1:
            out += record("flow " + n, p.grad.numpy())
    return out


def listing():
    lines = []
    for name in skel_torch.names():
        lenet = name.startswith("lenet")
        channels, side = (1, 28) if lenet else (3, 32)
        classes = 10
        if name.endswith("-imagenet") or name.startswith("mobilenet"):
            side, classes = 224, 1000
        with uninitialised():
            model = skel_torch.build(name, classes, channels)
        tensors, buffers = skel_torch.describe(model)
        own = [" ".join([n, *map(str, shape)]) for n, shape in tensors + buffers]
        total = sum(p.numel() for p in model.parameters())
        prunable = sum(p.numel() for p in model.parameters() if p.dim() > 1)
        macs = skel_torch.macs(model, (channels, side, side))
        md5 = hashlib.md5("".join(line + "\n" for line in own).encode()).hexdigest()
        lines.append(f"model {name} {channels} {side} {classes} {total} {prunable} {macs} {len(tensors)} "
                     f"{len(buffers)} {md5}")
        if name in LISTED:
            lines += ["  " + line for line in own]
    return "".join(line + "\n" for line in lines)


@contextlib.contextmanager
def uninitialised():
    """Modules made within have no initial weights, which take most of the time of a large one."""
    names = ["uniform_", "normal_", "kaiming_uniform_", "kaiming_normal_", "ones_", "zeros_",
             "constant_"]
    before = {name: getattr(torch.nn.init, name) for name in names}
    for name in names:
        setattr(torch.nn.init, name, lambda tensor, *_, **__: tensor)
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(torch.nn.init, name, function)


def differs_from_torchvision():
    """Whether a module of torchvision has other parameters or buffers than skel_torch.py's."""
    try:
        import torchvision
    except ImportError:
        print("without python3-torchvision its modules are not compared")
        return False
    found = False
    for ours, name in TORCHVISION.items():
        options = {"init_weights": False} if name.startswith("vgg") else {}
        with uninitialised():
            theirs = skel_torch.describe(getattr(torchvision.models, name)(**options))
            same = theirs == skel_torch.describe(skel_torch.build(ours, 1000))
        if not same:
            print(f"{ours}: torchvision's {name} has other names, shapes or another order")
            found = True
    return found


def differs(name, binary):
    """Whether a file of records is not what this PyTorch gives."""
    old = (here / name).read_bytes()
    if len(old) != len(binary):
        print(f"{name}: this PyTorch gives another number of values")
        return True
    # bytes of names read as floats are equal, or far from it
    a, b = (np.frombuffer(x, "<f4").astype(np.float64) for x in (old, binary))
    if not np.allclose(a, b, rtol=1e-5, atol=1e-9, equal_nan=True):
        print(f"{name}: this PyTorch gives other values")
        return True
    return False


def main():
    if differs_from_torchvision():
        return 1
    text = listing()
    files = {"pytorch.bin": b"".join(case(*c) for c in CASES),
             "flow.bin": b"".join(flow(*f) for f in FLOWS)}
    if "--check" not in sys.argv[1:]:
        (here / "pytorch.txt").write_text(text)
        for name, binary in files.items():
            (here / name).write_bytes(binary)
        return 0
    if (here / "pytorch.txt").read_text() != text:
        print("pytorch.txt: this PyTorch's modules have other names, shapes or counts")
        return 1
    return 1 if any([differs(name, binary) for name, binary in files.items()]) else 0


if __name__ == "__main__":
    sys.exit(main())
