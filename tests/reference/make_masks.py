#!/usr/bin/python3
"""Makes the masks that test_masks.c compares with, by PyTorch in double precision.

    python3 tests/reference/make_masks.py           writes masks.txt and masks.bin
    python3 tests/reference/make_masks.py --check   compares them with this PyTorch's instead
    python3 tests/reference/make_masks.py --search  prints the seed of each of CASES

Needs python3-torch and python3-numpy. Weights, running averages and images come from
make_fixture.py's `uniform`, which the tests compute too (tests/support/torch.c); so the files hold
results alone. Each network is shown two batches of bytes, the second one of other brightness and
contrast.

masks.txt: for every network, then for every method and sparsity
    model NAME WIDTH CHANNELS SIDE IMAGES SEED PRUNABLE   (IMAGES in each of the batches)
      METHOD SPARSITY KEPT ITERATIONS NEAR ...            (NEAR once for every iteration)
NEAR is the number of weights whose score is within 1e-4 of the threshold, relative to it, where
roundings may choose otherwise.

masks.bin: for every line of a method two bit planes over the prunable weights, each in whole
bytes, the least significant bit first: the mask, and what was near in any iteration.

A weight chosen otherwise in one iteration changes all scores of the next ones, and so does a ReLU
or a max-pooling window that roundings switch. Masks that can be agreed on to the last weight need
weights and images at which neither is close, and whether it is, PyTorch alone decides (`agrees`):
the seed is the first at which no score is within 1e-5 of a threshold before the last iteration; and
at which single precision, with the weights as they are and with each one moved by one rounding,
chooses the same masks but for what is near, and changes no activation of a channel by more than a
third of the least that would switch one.
"""
import pathlib
import sys

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

import make_fixture
from make_fixture import values

here = pathlib.Path(__file__).resolve().parent
import skel_masks  # noqa: E402 (make_fixture has made analysis/ known)
import skel_torch  # noqa: E402

CASES = [("lenet-5", 4, (1, 28, 28), 1), ("resnet20", 4, (3, 16, 16), 29),
         ("vgg11", 3, (3, 32, 32), 6)]  # name, width, image, seed
IMAGES = 4
MEAN, DEVIATION = 0.5, 0.25  # of pixel / 255
SPARSITIES = (0.9, 0.98)
ITERATIONS = {skel_masks.ITER_SNIP: 3, skel_masks.FORCE: 3, skel_masks.SYNFLOW: 10}
# tensors of `uniform` for each seed; and which of them are buffers, and batches
TENSORS, BUFFERS, PIXELS = 2048, 500, 1000
EARLY = 1e-5
MARGIN = 3


def subject(name, width, image, seed):
    """The network and its batches."""
    model = skel_torch.build(name, 10, image[0], width).double()
    first = TENSORS * seed
    make_fixture.fill(model, first)
    averages = [(n, b) for n, b in model.named_buffers() if b.dim() > 0]
    for i, (n, b) in enumerate(averages, first + BUFFERS):
        b.copy_(values(i, b.shape, 1.0, 1.0 if n.endswith("var") else 0.0))
    labels = torch.arange(2 * IMAGES) * 3 % 10
    shape = (IMAGES, *image)
    batches = []
    for b, (scale, offset) in enumerate(((256.0, 128.0), (128.0, 160.0))):
        pixels = values(first + PIXELS + b, shape, scale, offset).floor()
        images = ((pixels / 255 - MEAN) / DEVIATION).float().double()
        batches.append((images, labels[b * IMAGES:(b + 1) * IMAGES]))
    return model, batches


def states(model, batches, method, sparsity):
    return skel_masks.iterate(model, batches, method, sparsity, ITERATIONS.get(method, 1))


def combinations():
    return [(m, s) for m in skel_masks.METHODS for s in SPARSITIES]


def is_firm(steps):
    """Whether no score is close to a threshold before the last iteration."""
    return all(state.distance().min() >= EARLY for state in steps[:-1])


def single(model, batches, moved):
    """The same in single precision, the weights as they are or moved by one rounding."""
    model.float()
    if moved:
        generator = torch.Generator().manual_seed(1)
        with torch.no_grad():
            for p in model.parameters():
                up = torch.randint(0, 2, p.shape, generator=generator) > 0
                p.copy_(torch.nextafter(p, torch.where(up, torch.inf, -torch.inf)))
    return model, [(x.float(), y) for x, y in batches]


class Switches(TorchFunctionMode):
    """Collects how far every ReLU and every pooling window is from doing something else."""

    def __init__(self):
        super().__init__()
        self.distances = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "")
        if name in ("relu", "relu_"):
            self.distances.append(args[0].detach().double().clone())
        elif name == "max_pool2d":
            x = args[0].detach().double()
            windows = x.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4).sort(descending=True).values
            self.distances.append(windows[..., 0] - windows[..., 1])
        return function(*args, **(kwargs or {}))


def collect(network, method, sparsity):
    with Switches() as switches:
        return list(states(*network, method, sparsity)), switches.distances


def margin(distance, rounded):
    """How many times the rounding of its channel the least distance is; exact zeros stay so."""
    x = distance.transpose(0, 1).flatten(1)
    rounding = (distance - rounded).transpose(0, 1).flatten(1)
    x = torch.where(x == 0, torch.inf, x.abs())
    return (x.amin(1) / rounding.abs().amax(1)).min()


def agrees(case, seed, method, sparsity):
    """Whether roundings change nothing but what is near; see the head of this file."""
    steps, distances = collect(subject(*case, seed), method, sparsity)
    near = sum(s.distance() <= skel_masks.NEAR for s in steps) > 0
    if not is_firm(steps):
        return False
    for moved in (False, True):
        other, others = collect(single(*subject(*case, seed), moved), method, sparsity)
        if ((other[-1].mask != steps[-1].mask) & ~near).any():
            return False
        # SynFlow's activations are sums of what is positive: each one's rounding is relative to it
        if method != skel_masks.SYNFLOW and \
                any(margin(x, y) < MARGIN for x, y in zip(distances, others)):
            return False
    return True


def search(case):
    seed = 0
    while not all(agrees(case, seed, *c) for c in combinations()):
        seed += 1
    return seed


def bits(flags):
    return np.packbits(flags.numpy().astype(np.uint8), bitorder="little").tobytes()


def masks(name, width, image, seed):
    """The lines and the planes of one network."""
    model, batches = subject(name, width, image, seed)
    weights = sum(p.numel() for p in skel_masks.prunable(model))
    lines = [f"model {name} {width} {image[0]} {image[1]} {IMAGES} {seed} {weights}\n"]
    planes = b""
    for method, sparsity in combinations():
        steps = list(states(model, batches, method, sparsity))
        assert is_firm(steps), (name, method, sparsity)
        near = [s.distance() <= skel_masks.NEAR for s in steps]
        counts = " ".join(str(int(n.sum())) for n in near)
        kept = int(steps[-1].mask.sum())
        lines.append(f"  {method} {sparsity} {kept} {len(steps)} {counts}\n")
        planes += bits(steps[-1].mask) + bits(sum(near) > 0)
    return "".join(lines), planes


def main():
    if "--search" in sys.argv[1:]:
        for *case, _ in CASES:
            print(case[0], search(case), flush=True)
        return 0
    text, planes = map(list, zip(*(masks(*case) for case in CASES)))
    text, planes = "".join(text), b"".join(planes)
    if "--check" not in sys.argv[1:]:
        (here / "masks.txt").write_text(text)
        (here / "masks.bin").write_bytes(planes)
        return 0
    if (here / "masks.txt").read_text() != text or (here / "masks.bin").read_bytes() != planes:
        print("masks.txt, masks.bin: this PyTorch gives other masks")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
