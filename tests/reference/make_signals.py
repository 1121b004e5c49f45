#!/usr/bin/python3
"""Makes what test_signals.c compares with, by PyTorch in double precision.

    python3 tests/reference/make_signals.py           writes signals.bin
    python3 tests/reference/make_signals.py --check   compares it with this PyTorch's instead

Weights, running averages and images come from make_fixture.py's `uniform`, which the tests compute
too (tests/support/torch.c). The records of each of NETWORKS, as in make_fixture.py:
"lookahead NAME" (ProsPr: gradient of the mean cross-entropy after STEPS steps of descent by the
weights before them, by differentiation through the steps, in training mode),
"flow NAME" (SynFlow-L2: gradient of the logarithm of the sum of the logits of the network with
squared parameters and running averages on ones, in evaluation mode),
"disturbance NAME" (NTK-SAP: derivative by a mask of half of the weights of the mean |f(m theta) -
f(m other)|^2, in evaluation mode with the running averages of flow).
"""
import pathlib
import sys

import torch
from torch import nn
from torch.nn.utils.stateless import functional_call

import make_fixture
from make_fixture import record, uniform, values

here = pathlib.Path(__file__).resolve().parent
import skel_torch  # noqa: E402 (make_fixture has made analysis/ known)

IMAGES = 8
STEPS, RATE = 3, 0.1
MEAN, DEVIATION = 0.5, 0.25  # of pixel / 255


class Norm3(nn.Module):
    """Three convolutions with batch norm; test_signals.c builds the same network."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)
        self.conv2, self.bn2 = nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(6)
        self.conv3, self.bn3 = nn.Conv2d(6, 5, 3, padding=1, bias=False), nn.BatchNorm2d(5)
        self.fc = nn.Linear(5 * 7 * 7, 10)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        x = torch.relu(self.bn3(self.conv3(x)))
        return self.fc(torch.flatten(nn.functional.avg_pool2d(x, 2), 1))


NETWORKS = {"lenet-300-100": lambda: skel_torch.build("lenet-300-100", 10, 1, 12), "norm3": Norm3}


def images():
    pixels = values(1000, (IMAGES, 1, 28, 28), 256.0, 128.0).floor()
    return ((pixels / 255 - MEAN) / DEVIATION).float().double()


def lookahead(model, x, y):
    start = {n: p.detach().clone().requires_grad_() for n, p in model.named_parameters()}
    now = dict(start)
    averages = {n: b.clone() for n, b in model.named_buffers()}

    def loss(parameters):
        return nn.functional.cross_entropy(functional_call(model, {**parameters, **averages}, (x,)), y)

    for _ in range(STEPS):
        gradient = torch.autograd.grad(loss(now), list(now.values()), create_graph=True)
        now = {n: p - RATE * g for (n, p), g in zip(now.items(), gradient)}
    return dict(zip(start, torch.autograd.grad(loss(now), list(start.values()))))


def fill_averages(model):
    averages = [(n, b) for n, b in model.named_buffers() if b.dim() > 0]
    for i, (n, b) in enumerate(averages):
        b.copy_(values(3000 + i, b.shape, 0.5, 1.0 if n.endswith("var") else 0.0))


def squared_flow(model):
    squares = {n: (p.detach().float()**2).double().requires_grad_()
               for n, p in model.named_parameters()}
    averages = {n: (b.float()**2).double() if b.dim() > 0 else b for n, b in model.named_buffers()}
    ones = torch.ones((1, 1, 28, 28), dtype=torch.float64)
    logarithm = functional_call(model, {**squares, **averages}, (ones,)).sum().log()
    return dict(zip(squares, torch.autograd.grad(logarithm, list(squares.values()))))


def disturbance(model, x):
    theta = {n: p.detach() for n, p in model.named_parameters()}
    other = dict(theta)
    mask = {}
    for i, (n, p) in enumerate(theta.items()):
        if p.dim() > 1:
            kept = uniform(2000 + i, p.numel()) < 0.5
            mask[n] = torch.from_numpy(kept.reshape(p.shape)).double().requires_grad_()
            other[n] = (p + values(5000 + i, p.shape, 0.05)).float().double()

    def output(weights):
        return functional_call(model, {n: p * mask[n] if n in mask else p
                                       for n, p in weights.items()}, (x,))

    change = (output(theta) - output(other)).square().sum() / IMAGES
    return dict(zip(mask, torch.autograd.grad(change, list(mask.values()))))


def case(build):
    model = build().double().train()
    make_fixture.fill(model)
    x, y = images(), torch.arange(IMAGES) * 3 % 10
    found = {"lookahead": lookahead(model, x, y)}
    fill_averages(model)
    model.eval()
    found["flow"] = {n: g for n, g in squared_flow(model).items() if g.dim() > 1}
    found["disturbance"] = disturbance(model, x)
    return b"".join(record(f"{kind} {n}", g.detach().numpy())
                    for kind, gradients in found.items() for n, g in gradients.items())


def main():
    binary = b"".join(case(build) for build in NETWORKS.values())
    if "--check" in sys.argv[1:]:
        return 1 if make_fixture.differs("signals.bin", binary) else 0
    (here / "signals.bin").write_bytes(binary)
    return 0


if __name__ == "__main__":
    sys.exit(main())
