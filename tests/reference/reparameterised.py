#!/usr/bin/env python3
"""Holds runs of methods that train other weights than the network computes with against PyTorch in double:
reparameterised.py FOLDER COUNT, with COUNT run files FOLDER/MODEL/METHOD/*.h5; reparameterised.py export FILE writes the
smooth network as an ONNX file.

All training images are one batch and one microbatch, so their order does not matter; every epoch is a step.
The functions of the weights are written down as the papers do, and autograd gives their derivatives.

Tolerance: skel's reference engine computes in double, but its parameters are floats, and their rounding, 6e-8, goes
through ten steps. So weights and auxiliary values are compared to 1e-6 of the tensor's largest value; a sum of
differences of weights, which is small, to 1e-6 of the weights that it adds up. The dense and the
sparse engine, which sum in single precision, keep to it, too, on LeNet-300-100 and on the smooth network: three
convolutions with batch norm, sigmoids and mean pooling. On VGG-11 no such engine can: a ReLU whose sum is as near to 0 as
its rounding opens or closes, and from there on ten steps make another network of it (engines and instruction sets
that round otherwise left the reference at steps 3 and 7). Masks must be equal but where a weight is as near to the
threshold.
"""
import math
import pathlib
import sys

import h5py
import numpy as np
import torch
from torch.nn.utils.stateless import functional_call

import onnx_networks
import spectrum
from streams import Stream

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "analysis"))
import skel_torch  # noqa: E402


class Smooth(torch.nn.Sequential):
    """A convolutional network without kinks, so that a rounding error stays one."""

    def __init__(self):
        layers, inputs = [], 1
        for outputs, side in ((8, 2), (12, 2), (16, 7)):
            layers += [torch.nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), torch.nn.BatchNorm2d(outputs),
                       torch.nn.Sigmoid(), torch.nn.AvgPool2d(side)]
            inputs = outputs
        super().__init__(*layers, torch.nn.Flatten(), torch.nn.Linear(inputs, 10))


class Training:
    """Weights, momentum and the loss of one model in double."""

    def __init__(self, file, job):
        name = skel_name(file)
        self.job = job
        self.side = 28 if name.startswith("lenet") or "smooth" in name else 32
        x, labels = spectrum.images(job["images"], self.side)
        self.x, self.labels = x.double(), torch.from_numpy(labels).long()
        initial = {k: torch.from_numpy(v[()]).double() for k, v in file["initial"].items()}
        width = next(iter(initial.values())).shape[0]
        self.model = (Smooth() if "smooth" in name else skel_torch.build(name, 10, 1, width)).double().train()
        self.w = {n: initial[n].clone() for n, _ in self.model.named_parameters()}
        self.v = {n: torch.zeros_like(p) for n, p in self.w.items()}
        self.prunable = [n for n in self.w if n in file["masks"]]
        self.mask = {n: torch.ones_like(self.w[n]) for n in self.prunable}
        self.scale = {}  # of auxiliary values that are differences: of what they are differences of

    def loss(self, weights):
        # running averages move, but no gradient reads them
        return torch.nn.functional.cross_entropy(functional_call(self.model, weights, self.x), self.labels)

    def step(self, gradient, rate):
        for n, p in self.w.items():
            self.v[n] = 0.9 * self.v[n] + gradient[n] + self.job["decay"] * p
            self.w[n] = p - rate * self.v[n]

    def gradient(self, function, others=()):
        """Gradients of the loss at function(weights) by the weights, and by other tensors."""
        leaves = {n: p.clone().requires_grad_() for n, p in self.w.items()}
        loss = self.loss(leaves | function(leaves)) + self.penalty(leaves)
        found = torch.autograd.grad(loss, [*leaves.values(), *others])
        return dict(zip(leaves, found)), found[len(leaves):]

    def penalty(self, leaves):
        return 0

    def masked(self, leaves):
        return {n: leaves[n] * self.mask[n] for n in self.prunable}

    def dense(self, epochs):
        for _ in range(epochs):
            self.step(self.gradient(lambda leaves: {})[0], self.job["rate"])
        for velocity in self.v.values():
            velocity.zero_()

    def units(self):
        """Of each weight, in the order of the tensors, its unit's number and that of the unit that it reads; -1: none."""
        unit, reads, first, before = [], [], 0, None
        for n in self.prunable:
            outputs, inputs = self.w[n].shape[:2]
            row, column = torch.arange(outputs).view(-1, 1), torch.arange(inputs).view(1, -1)
            own, read = torch.full((outputs, inputs), -1), torch.full((outputs, inputs), -1)
            if self.job["unit"] == "channel":  # of a network of linear layers; logits are no units
                read = read if before is None else (before + column).expand(outputs, inputs)
                if n != self.prunable[-1]:
                    own, before = (first + row).expand(outputs, inputs), first
            elif self.job["unit"] == "block":
                own = first + torch.div(row, 8, rounding_mode="floor") * inputs + column
            first = max(first, int(own.max()) + 1)
            unit.append(own.flatten())
            reads.append(read.flatten())
        return torch.cat(unit), torch.cat(reads)

    def keep_largest(self, values, sparsity, power=1):
        """A mask of the units with the largest sums of |value|^power; returns how far each weight's decision was."""
        return self.keep_best({n: values[n].abs()**power for n in self.prunable}, sparsity)

    def keep_best(self, scores, sparsity):
        """The same with the largest sums of scores."""
        flat = torch.cat([scores[n].flatten() for n in self.prunable])
        unit, reads = torch.arange(len(flat)), torch.full((len(flat),), -1)
        if self.job["unit"] != "weight":
            unit, reads = self.units()
        count = int(unit.max()) + 1
        score = torch.zeros(count + 1).double().index_add_(0, unit % (count + 1), flat)[:count]
        kept = kept_of(count, sparsity)
        best = []  # channels that the rule of one in each layer keeps
        if self.job["unit"] == "channel":
            layers = [of[of >= 0].unique() for of in unit.split([self.w[n].numel() for n in self.prunable])]
            best = [int(of[score[of].argmax()]) for of in layers if len(of)]
        others = torch.ones(count, dtype=torch.bool)
        others[best] = False
        largest, more = score[others].sort(descending=True).values, kept - len(best)
        limit = (largest[more - 1] + largest[more]) / 2 if kept < count else 0
        keep = torch.cat([(score > limit) | ~others, torch.tensor([True])])  # the last one is number -1
        far = torch.cat([(score - limit).abs(), torch.tensor([math.inf])])
        far[best] = math.inf
        masks = (keep[unit] & keep[reads]).double().split([self.w[n].numel() for n in self.prunable])
        near = torch.minimum(far[unit], far[reads]).split([self.w[n].numel() for n in self.prunable])
        self.mask |= {n: mask.view_as(self.w[n]) for n, mask in zip(self.prunable, masks)}
        return {n: distance.view_as(self.w[n]) for n, distance in zip(self.prunable, near)}

    def magnitudes(self):
        """Of each weight |w|, or the mean over its unit."""
        size = {n: self.w[n].abs() for n in self.prunable}
        if self.job["unit"] == "weight":
            return size
        unit, flat = self.units()[0], torch.cat([size[n].flatten() for n in self.prunable])
        count = torch.bincount(unit)
        mean = torch.zeros(len(count)).double().index_add_(0, unit, flat) / count
        parts = mean[unit].split([self.w[n].numel() for n in self.prunable])
        return {n: part.view_as(self.w[n]) for n, part in zip(self.prunable, parts)}

    def count(self):
        return sum(self.w[n].numel() for n in self.prunable)


def skel_name(file):
    name = file["summary"].attrs["model"]
    return name.decode() if isinstance(name, bytes) else str(name)


def kept_of(count, sparsity):
    return math.floor(count * (1 - sparsity) + 1e-6)


def dpf(of, job):
    distance = {}
    for step in range(1, job["steps"] + 1):
        of.step(of.gradient(lambda leaves: {
            n: of.mask[n] * leaves[n] + (leaves[n] - leaves[n].detach()) * (1 - of.mask[n])
            for n in of.prunable})[0], job["rate"])
        if step % job["every"] == 0 or step == job["steps"]:
            left = 1 - min(step / (job["until"] * job["steps"]), 1)
            distance = of.keep_largest(of.w, job["sparsity"] * (1 - left**3))
    return of.masked(of.w), distance, {}


def shrunk(w, s):
    return torch.sign(w) * torch.relu(w.abs() - torch.sigmoid(s))


def soft(of, job):
    s = torch.full((len(of.prunable),), job["start"], dtype=torch.float64)
    velocity = torch.zeros_like(s)
    for _ in range(job["steps"]):
        leaf = s.clone().requires_grad_()
        gradient, (slope,) = of.gradient(lambda leaves: {
            n: shrunk(leaves[n], leaf[i]) for i, n in enumerate(of.prunable)}, [leaf])
        of.step(gradient, job["rate"])
        velocity = 0.9 * velocity + slope + job["auxiliary decay"] * s
        s = s - job["rate"] * velocity
    weights = {n: shrunk(of.w[n], s[i]) for i, n in enumerate(of.prunable)}
    distance = {n: (of.w[n].abs() - torch.sigmoid(s[i])).abs() for i, n in enumerate(of.prunable)}
    return weights, distance, {"threshold": s}


def gated(w, z):
    return w * (z[None, :] if w.dim() == 2 else z[:, None, None, None])


def l0(of, job):
    gamma, zeta, beta = -0.1, 1.1, 2 / 3
    alphas = []
    for i, n in enumerate(of.prunable):
        stream, w = Stream("gate", 0, i), of.w[n]
        p = 0.2 if i == 0 and w.dim() == 2 else 0.5
        alphas.append(torch.tensor([math.log((1 - p) / p) + 0.01 * stream.normal()
                                    for _ in range(w.shape[1 if w.dim() == 2 else 0])]).double())
    first = [torch.zeros_like(a) for a in alphas]
    second = [torch.zeros_like(a) for a in alphas]
    for step in range(1, job["steps"] + 1):
        leaf = [a.clone().requires_grad_() for a in alphas]
        u = []
        for i, a in enumerate(alphas):
            stream = Stream("gate", step, i)
            u.append(torch.tensor([1e-6 + (1 - 2e-6) * stream.uniform() for _ in a], dtype=torch.float64))

        def function(leaves):
            s = [torch.sigmoid((torch.log(x) - torch.log(1 - x) + a) / beta) for x, a in zip(u, leaf)]
            z = [torch.clamp(x * (zeta - gamma) + gamma, 0, 1) for x in s]
            return {n: gated(leaves[n], z[i]) for i, n in enumerate(of.prunable)}

        def penalty(leaves):
            sizes = [of.w[n].numel() / a.numel() for n, a in zip(of.prunable, leaf)]
            open_ = [torch.sigmoid(a - beta * math.log(-gamma / zeta)).sum() for a in leaf]
            return job["strength"] / job["images"] * sum(x * y for x, y in zip(sizes, open_))

        of.penalty = penalty
        gradient, slopes = of.gradient(function, leaf)
        of.step(gradient, job["rate"])
        for i, slope in enumerate(slopes):
            first[i] = 0.9 * first[i] + 0.1 * slope
            second[i] = 0.999 * second[i] + 0.001 * slope**2
            move = first[i] / (1 - 0.9**step) / ((second[i] / (1 - 0.999**step)).sqrt() + 1e-8)
            alphas[i] = (alphas[i] - job["auxiliary rate"] * move).clamp(math.log(0.01), math.log(100))
    gates = [torch.sigmoid(a) * (zeta - gamma) + gamma for a in alphas]
    weights = {n: gated(of.w[n], gates[i].clamp(0, 1)) for i, n in enumerate(of.prunable)}
    distance = {n: gated(torch.ones_like(of.w[n]), gates[i].abs()) for i, n in enumerate(of.prunable)}
    return weights, distance, {"log_alpha": torch.cat(alphas)}


def surgery(of, job):
    of.dense(job["first"])
    size = {n: of.w[n].abs() for n in of.prunable}
    of.keep_best({n: (x / 0.9 - x.mean()) / x.std(unbiased=False) for n, x in size.items()}, job["sparsity"])
    size = of.magnitudes()
    lower = [(size[n] * (1 - of.mask[n])).max() for n in of.prunable]
    near = {n: torch.full_like(size[n], math.inf) for n in of.prunable}
    for step in range(1, job["steps"] + 1):
        of.step(of.gradient(lambda leaves: {
            n: of.mask[n] * leaves[n] + (leaves[n] - leaves[n].detach()) * (1 - of.mask[n])
            for n in of.prunable})[0], job["rate"])
        magnitudes = of.magnitudes()
        for i, n in enumerate(of.prunable):
            if (step <= job["until"] * job["steps"] and
                    Stream("refresh", step, i).uniform() < 1 / (1 + job["refresh decay"] * step)):
                size, low, high = magnitudes[n], lower[i], lower[i] * 1.1 / 0.9
                near[n] = near[n].minimum((size - low).abs()).minimum((size - high).abs())
                of.mask[n] = ((size > high) | ((size > low) & (of.mask[n] != 0))).double()
    return of.masked(of.w), near, {"threshold": torch.stack(lower)}


def learning_compression(of, job):
    of.dense(job["first"])
    of.keep_largest(of.w, job["sparsity"], 2)
    theta = of.masked({n: of.w[n].clone() for n in of.prunable})
    multiplier = {n: torch.zeros_like(of.w[n]) for n in of.prunable}
    mu, distance = job["strength"], {}
    for step in range(1, job["steps"] + 1):
        of.penalty = lambda leaves: sum(
            mu / 2 * ((leaves[n] - theta[n] - multiplier[n] / mu)**2).sum() for n in of.prunable)
        of.step(of.gradient(lambda leaves: {})[0], job["rate"])
        if step % job["every"] == 0 or step == job["steps"]:
            values = {n: of.w[n] - multiplier[n] / mu for n in of.prunable}
            distance = of.keep_largest(values, job["sparsity"], 2)
            theta = of.masked(values)
            multiplier = {n: multiplier[n] - mu * (of.w[n] - theta[n]) for n in of.prunable}
            # a sum of differences of weights, each of which is rounded
            of.scale["multiplier"] = of.scale.get("multiplier", 0) + mu * max(float(of.w[n].abs().max()) for n in of.prunable)
            mu *= job["growth"]
    join = {"target": theta, "multiplier": multiplier}
    return theta, distance, {k: torch.cat([v[n].flatten() for n in of.prunable]) for k, v in join.items()}


def choose_any(stream, count, room, keep):
    """`count` of the `room` elements that are not kept, as skel draws them: Floyd's algorithm."""
    ranks = set()
    for last in range(room - count, room):
        rank = stream.below(last + 1)
        ranks.add(last if rank in ranks else rank)
    return np.flatnonzero(keep == 0)[sorted(ranks)]


def deep_r(of, job):
    sign = {n: torch.where(of.w[n] < 0, -1.0, 1.0).double() for n in of.prunable}
    of.mask = {n: m.clone() for n, m in job["first mask"].items()}
    of.w |= of.masked(of.w)
    near = {n: torch.full_like(of.w[n], math.inf) for n in of.prunable}
    for step in range(1, job["steps"] + 1):
        of.step(of.gradient(lambda leaves: of.masked(leaves))[0], job["rate"])
        for i, n in enumerate(of.prunable):
            mask, w, v = of.mask[n].numpy().reshape(-1), of.w[n].numpy().reshape(-1), of.v[n].numpy().reshape(-1)
            s, noise, before = sign[n].numpy().reshape(-1), Stream("rewire", step, i), int(mask.sum())
            w[mask == 0] = v[mask == 0] = 0
            for k in np.flatnonzero(mask) if before < mask.size else ():
                size = (s[k] * w[k] - job["rate"] * job["strength"] +
                        job["rate"] * job["noise"] * noise.normal())
                w[k] = s[k] * size if size > 0 else 0
                mask[k] = size > 0
            gone = before - int(mask.sum())
            for k in choose_any(Stream("rewire", step, 0x80000000 | i), gone, int((mask == 0).sum()), mask):
                mask[k], w[k], v[k] = 1, s[k] * 1e-12, 0
            v[mask == 0] = 0
    return of.masked(of.w), near, {}


METHODS = {"dpf": dpf, "str": soft, "l0": l0, "surgery": surgery, "deep-r": deep_r,
           "learning-compression": learning_compression}
JOB = {"images": 40, "decay": 1e-3, "rate": 0.05, "steps": 10, "first": 3, "every": 3, "until": 0.6,
       "start": -3.5, "auxiliary decay": 0.05, "auxiliary rate": 0.3, "refresh decay": 0.3, "growth": 1.5, "noise": 0.2}
STRENGTH = {"l0": 0.02, "learning-compression": 0.05, "deep-r": 0.02}


def compare(what, ours, theirs, tolerance, scale=0):
    largest = max(float(theirs.abs().max()), scale)
    error = float((ours - theirs).abs().max()) / (largest or 1)
    assert error <= tolerance, f"{what}: {error:.2g} of the largest value, {largest:.3g}"
    return error


def check(path, method):
    worst = 0
    with h5py.File(path, "r") as file:
        # Adam divides a gradient by its own size, so that a gate moves by the rate whatever its gradient is; behind batch
        # norm some gradients are small, and their rounding in single precision counts in full.
        tolerance = 1e-5 if method == "l0" and "buffers" in file else 1e-6
        unit = path.parent.parent.name.split("-")[-1]
        job = JOB | {"strength": STRENGTH.get(method, 0), "unit": unit if unit in ("channel", "block") else "weight",
                     "sparsity": float(file["summary"].attrs["sparsity"])}
        if method == "deep-r":
            with h5py.File(next((path.parent.parent / "random-erk").glob("*.h5")), "r") as first:
                job["first mask"] = {k: torch.from_numpy(v[()]).double() for k, v in first["masks"].items()}
        of = Training(file, job)
        weights, distance, auxiliary = METHODS[method](of, job)
        kept = 0
        for n in of.prunable:
            mask = torch.from_numpy(file["masks"][n][()]) != 0
            far = distance[n] > tolerance * of.w[n].abs().max()
            expected = weights[n] != 0 if method in ("str", "l0") else of.mask[n] != 0
            assert far.double().mean() > 0.99, f"{n}: few weights are away from the threshold"
            assert (mask == expected)[far].all(), f"{method}, mask of {n}: {(mask != expected)[far].sum()} differ"
            kept += int(mask.sum())
            ours = torch.from_numpy(file["weights"][n][()]).double()
            assert (ours[~mask] == 0).all(), f"{method}, {n}: a pruned weight is not 0"
            same = (mask == expected)
            worst = max(worst, compare(f"{method}, {n}", ours * same, weights[n] * same, tolerance))
        for name, values in auxiliary.items():
            ours = torch.from_numpy(file["auxiliary"][name][()]).double()
            worst = max(worst, compare(f"{method}, {name}", ours, values, tolerance, of.scale.get(name, 0)))
        assert sorted(file.get("auxiliary", {})) == sorted(auxiliary)
        print(f"{path.parent.parent.name}, {method}: {kept} of {of.count()} kept, largest difference {worst:.1e}")


def main():
    if sys.argv[1] == "export":
        torch.manual_seed(1)
        onnx_networks.export(Smooth(), (1, 28, 28), sys.argv[2])
        return
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*/*/*.h5"))
    done = [check(path, path.parent.name) for path in paths if path.parent.name in METHODS]
    assert len(done) == int(sys.argv[2]), [str(path) for path in paths]


if __name__ == "__main__":
    main()
