#!/usr/bin/env python3
"""Holds masks of methods that score by images against PyTorch in double: scored.py IMAGES FOLDER..., with a
run file FOLDER/CASE/*.h5 of each case.

The images of every iteration are the first of the training set. px is scored at the initial weights: the networks'
ReLUs are replaced by functions that remember or apply which values they let pass. molchanov is scored at the
weights of a case "none-..." that was trained alike; nothing is trained between its iterations.

Tolerance: a score is a float computed from floats; a weight or channel whose score is within 1e-4 of the threshold
may be chosen otherwise, and all others must be chosen alike.
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
FLOPS_WEIGHT = 5.0  # of the cases *-flops


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


def threshold_of(score, kept):
    """Halfway between the lowest score that stays and the highest that goes."""
    ordered = score.sort(descending=True).values
    return (ordered[kept - 1] + ordered[kept]) / 2


def px_mask(file, model, x, _):
    """The mask after the last iteration, and what was near a threshold in any."""
    whole = [p.detach().clone() for p in skel_masks.prunable(model)]
    mask = [torch.ones_like(p) for p in whole]
    near = torch.zeros(sum(p.numel() for p in whole), dtype=torch.bool)
    for kept in file["metrics/prune/kept"]:
        with torch.no_grad():
            for p, w, m in zip(skel_masks.prunable(model), whole, mask):
                p.copy_(w * m)
        score = skel_masks.flat([w.square() * g for w, g in zip(whole, px(model, mask, x))])
        score[skel_masks.flat(mask) == 0] = -1
        threshold = threshold_of(score, int(kept))
        near |= (score - threshold).abs() <= NEAR * threshold
        chosen = (score > threshold).double().split([p.numel() for p in whole])
        mask = [c.view_as(p) for c, p in zip(chosen, whole)]
    return skel_masks.flat(mask), near


def layers_of(model):
    """Pairs of a layer and what writes its z, without the last layer, in a chain."""
    found = []
    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            found.append([module, module])
        elif isinstance(module, torch.nn.BatchNorm2d):
            found[-1][1] = module
    return found[:-1]


def channel_scores(model, x, labels, of_pixels, flops_weight):
    """Of the channels of each layer but the last."""
    layers = layers_of(model)
    z = []
    hooks = [writer.register_forward_hook(lambda _m, _i, out: (out.retain_grad(), z.append(out))[1] and None)
             for _, writer in layers]
    torch.nn.functional.cross_entropy(model(x), labels, reduction="sum").backward()
    for hook in hooks:
        hook.remove()
    scores = []
    for (layer, _), out in zip(layers, z):
        term = (out * out.grad).detach().reshape(out.shape[0], out.shape[1], -1)
        theta = (term.abs().mean(2) if of_pixels else term.mean(2).abs()).mean(0)
        row = layer.weight[0].numel()
        millions = 2e-6 * term.shape[2] * (row + 1)
        scores.append(theta / theta.norm() - flops_weight * millions)
    return scores


def last_layer(model):
    return [m for m in model.modules() if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear))][-1]


def expand(model, kept):
    """Weights stay if their channel and the one that they read stay."""
    chain = layers_of(model)
    masks = []
    reads = None
    for layer in [l for l, _ in chain] + [last_layer(model)]:
        out = kept[len(masks)] if len(masks) < len(kept) else torch.ones(layer.weight.shape[0], dtype=torch.bool)
        mask = torch.ones_like(layer.weight) * out.view(-1, *[1] * (layer.weight.dim() - 1))
        if reads is not None:
            inputs = reads.repeat_interleave(layer.weight.shape[1] // len(reads))
            mask = mask * inputs.view(1, -1, *[1] * (layer.weight.dim() - 2))
        masks.append(mask)
        reads = out
    return masks


def molchanov_mask(file, model, x, labels):
    case = file.filename
    of_pixels, flops_weight = "-pixels/" in case, FLOPS_WEIGHT if "-flops/" in case else 0.0
    whole = [p.detach().clone() for p in skel_masks.prunable(model)]
    kept = [torch.ones(layer.weight.shape[0], dtype=torch.bool) for layer, _ in layers_of(model)]
    near = False
    iterations = len(file["metrics/prune/kept"])
    density = 1 - float(file["summary"].attrs["sparsity"])
    for t in range(1, iterations + 1):
        with torch.no_grad():
            for p, w, m in zip(skel_masks.prunable(model), whole, expand(model, kept)):
                p.copy_(w * m)
        score = torch.cat(channel_scores(model, x, labels, of_pixels, flops_weight))
        score[~torch.cat(kept)] = -1e9
        count = skel_masks.kept_after("exponential", len(score), density, t, iterations)
        threshold = threshold_of(score, count)
        near = near or bool(((score - threshold).abs() <= NEAR * abs(threshold)).any())
        kept = list((score > threshold).split([len(k) for k in kept]))
        assert all(k.any() for k in kept), "a layer is empty: choose another case"
    assert not near, "a channel is near a threshold: choose another case"
    return skel_masks.flat(expand(model, kept)), torch.zeros(sum(p.numel() for p in whole), dtype=torch.bool)


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def model_of(file, group):
    name = text(file["summary"].attrs["model"])
    weights = {k: torch.from_numpy(v[()]).double() for k, v in file[group].items()}
    model = skel_torch.build(name, 10, 1, next(iter(weights.values())).shape[0]).double().eval()
    averages = {k: torch.from_numpy(v[()]).double() for k, v in file["buffers"].items()} if "buffers" in file else {}
    missing = model.load_state_dict(weights | averages, strict=False)
    assert all(n.endswith("num_batches_tracked") for n in missing.missing_keys), missing
    return model, name


def check(path, images):
    with h5py.File(path, "r") as file:
        method = text(file["summary"].attrs["method"])
        if method == "px":
            model, name = model_of(file, "initial")
        else:
            trained = next(path.parent.parent.glob(path.parent.name.split("-")[1].join(["none-", "/*.h5"])))
            with h5py.File(trained, "r") as other:
                model, name = model_of(other, "weights")
        x, labels = spectrum.images(images, 28 if name.startswith("lenet") else 32)
        rule = {"px": px_mask, "molchanov": molchanov_mask}[method]
        mask, near = rule(file, model, x.double(), torch.tensor(labels.tolist()))
        names = [n for n, p in model.named_parameters() if p.dim() > 1]
        ours = torch.cat([torch.from_numpy(file[f"masks/{n}"][()]).flatten() for n in names])
    differ = (ours != mask) & ~near
    print(f"{path.parent.parent.name}, {path.parent.name}: {int(ours.sum())} kept, {int(near.sum())} near a threshold, "
          f"{int(((ours != mask) & near).sum())} of these and {int(differ.sum())} others differ")
    # a test that could not fail: everything near, or nothing removed
    return not differ.any() and near.float().mean() < 0.01 and not ours.all()


def main():
    torch.set_num_threads(1)
    paths = [p for folder in sys.argv[2:] for p in sorted(pathlib.Path(folder).glob("*/*.h5"))
             if not p.parent.name.startswith("none-")]
    assert paths
    return 0 if all([check(path, int(sys.argv[1])) for path in paths]) else 1


if __name__ == "__main__":
    sys.exit(main())
