#!/usr/bin/env python3
"""Holds masks of methods that score by images against PyTorch in double: scored.py FOLDER, with a run file
FOLDER/CASE/*.h5 of each case, whose training had no epoch.

The images of every iteration are the first of the training set. The networks' ReLUs are replaced by
functions that remember or apply which values they let pass.

Tolerance: a score is a float computed from floats; a weight whose score is within 1e-4 of the threshold may be
chosen otherwise, and all others must be chosen alike.
"""
import copy
import pathlib
import sys

import h5py
import torch
from torch.overrides import TorchFunctionMode

import spectrum

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "analysis"))
import skel_masks  # noqa: E402
import skel_torch  # noqa: E402

NEAR = 1e-4


class Relu(TorchFunctionMode):
    """Calls a function in place of each ReLU."""

    def __init__(self, rule):
        super().__init__()
        self.rule = rule

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if getattr(function, "__name__", "") in ("relu", "relu_"):
            return self.rule(args[0])
        return function(*args, **(kwargs or {}))


def norms(model):
    return [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]


def active_paths(model, mask, x):
    """[images][classes]: squared pixels along the active paths."""
    gates = []

    def remember(a):
        gates.append((a > 0).double())
        return a * gates[-1]

    with torch.no_grad():
        with Relu(remember):
            model(x)
        unit = copy.deepcopy(model)
        for p, m in zip(skel_masks.prunable(unit), mask):
            p.copy_(m)
        for name, p in unit.named_parameters():
            if p.dim() == 1 and name.endswith("bias"):
                p.zero_()
        for norm in norms(unit):
            norm.weight.fill_(1)
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
        with Relu(lambda a: a * gates.pop(0)):
            return unit(x.square())


def px(model, mask, x):
    """theta^2 |dR / d theta^2| of each weight; `model` is masked and in evaluation mode."""
    weights = active_paths(model, mask, x)
    squared = copy.deepcopy(model)
    with torch.no_grad():
        for value in squared.state_dict().values():
            if value.is_floating_point():
                value.square_()
    with Relu(lambda a: a):
        flow = squared(torch.ones_like(x))
    gradient = torch.autograd.grad((weights * flow).sum(), skel_masks.prunable(squared))
    return [g.abs() for g in gradient]


def masks_of(file, model, x):
    """The mask after the last iteration, and what was near a threshold in any."""
    job = file["summary"].attrs
    iterations = len(file["metrics/prune/kept"])
    whole = [p.detach().clone() for p in skel_masks.prunable(model)]
    mask = [torch.ones_like(p) for p in whole]
    near = torch.zeros(sum(p.numel() for p in whole), dtype=torch.bool)
    for t in range(iterations):
        with torch.no_grad():
            for p, w, m in zip(skel_masks.prunable(model), whole, mask):
                p.copy_(w * m)
        score = skel_masks.flat([w.square() * g for w, g in zip(whole, px(model, mask, x))])
        score[skel_masks.flat(mask) == 0] = -1
        kept = int(file["metrics/prune/kept"][t])
        ordered = score.sort(descending=True).values
        threshold = (ordered[kept - 1] + ordered[kept]) / 2
        near |= (score - threshold).abs() <= NEAR * threshold
        chosen = (score > threshold).double().split([p.numel() for p in whole])
        mask = [c.view_as(p) for c, p in zip(chosen, whole)]
    assert job["method"] in (b"px", "px"), job["method"]
    return skel_masks.flat(mask), near


def model_of(file):
    name = file["summary"].attrs["model"]
    name = name.decode() if isinstance(name, bytes) else str(name)
    initial = {k: torch.from_numpy(v[()]).double() for k, v in file["initial"].items()}
    model = skel_torch.build(name, 10, 1, next(iter(initial.values())).shape[0]).double().eval()
    averages = {k: torch.from_numpy(v[()]).double() for k, v in file["buffers"].items()} if "buffers" in file else {}
    missing = model.load_state_dict(initial | averages, strict=False)
    assert all(n.endswith("num_batches_tracked") for n in missing.missing_keys), missing
    return model, name


def check(path, images):
    with h5py.File(path, "r") as file:
        model, name = model_of(file)
        x, _ = spectrum.images(images, 28 if name.startswith("lenet") else 32)
        mask, near = masks_of(file, model, x.double())
        names = [n for n, p in model.named_parameters() if p.dim() > 1]
        ours = torch.cat([torch.from_numpy(file[f"masks/{n}"][()]).flatten() for n in names])
    differ = (ours != mask) & ~near
    print(f"{path.parent.name}: {int(ours.sum())} kept, {int(near.sum())} near a threshold, "
          f"{int(((ours != mask) & near).sum())} of these and {int(differ.sum())} others differ")
    # a test that could not fail: everything near, or all of a layer
    return not differ.any() and near.float().mean() < 0.01


def main():
    torch.set_num_threads(1)
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*/*.h5"))
    assert paths
    return 0 if all([check(path, int(sys.argv[2])) for path in paths]) else 1


if __name__ == "__main__":
    sys.exit(main())
