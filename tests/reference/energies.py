#!/usr/bin/env python3
"""Holds runs of chauvin against PyTorch in double: energies.py FOLDER, with a run file FOLDER/ENGINE/MODEL-ORDER/*.h5 of
each case.

All training images are one batch and one microbatch, so their order does not matter; every epoch is a step. Hidden
units are what ReLUs write; autograd gives the derivative of their energies. The units that stay are those with the
largest mean energies, with running averages; a network with residual blocks has its weights compared alone.

Tolerance: as in reparameterised.py, 1e-6 of a tensor's largest value.
"""
import pathlib
import sys

import h5py
import torch

import reparameterised
import scored

JOB = {"images": 40, "decay": 1e-3, "rate": 0.05}
STRENGTH = {"lenet": 0.05, "vgg": 0.05, "resnet": 0.2}


def energy(order, x):
    return [x, torch.log1p(x), x / (1 + x)][order]


class Penalised(reparameterised.Training):
    def __init__(self, file, strength, order):
        super().__init__(file, JOB)
        self.strength, self.order, self.outputs = strength, order, []

    def remember(self, a):
        self.outputs.append(torch.clamp(a, min=0))
        return self.outputs[-1]

    def energies(self):
        """[images][channels] of each tensor of hidden units since the last call."""
        found = [energy(self.order, o.square()).reshape(*o.shape[:2], -1).mean(2) for o in self.outputs]
        self.outputs = []
        return found

    def loss(self, weights):
        with scored.Relu(self.remember):
            plain = super().loss(weights)
        return plain + self.strength * sum(e.sum() for e in self.energies()) / JOB["images"]


def chosen_units(of, sparsity):
    """Masks of the weights, from the energies of testing; no energy may be near the threshold."""
    of.model.load_state_dict(of.w, strict=False)
    of.model.eval()
    with torch.no_grad(), scored.Relu(of.remember):
        of.model(of.x)
    means = [e.mean(0) for e in of.energies()]
    score = torch.cat(means)
    threshold = scored.threshold_of(score, reparameterised.kept_of(len(score), sparsity))
    assert ((score - threshold).abs() > 1e-4 * threshold).all(), "an energy is near the threshold: choose another case"
    kept = [m > threshold for m in means]
    assert all(k.any() for k in kept), "a layer is empty: choose another case"
    return scored.expand(of.model, kept)


def check(path):
    name = f"{path.parent.parent.name}, {path.parent.name}"
    model, order = path.parent.name.split("-")
    tolerance = 1e-6
    worst = kept = 0
    with h5py.File(path, "r") as file:
        of = Penalised(file, STRENGTH[model], int(order))
        for _ in file["metrics/train/epoch"]:
            of.step(of.gradient(lambda leaves: {})[0], JOB["rate"])
        masks = {n: torch.from_numpy(file["masks"][n][()]).double() for n in of.prunable}
        if model != "resnet":
            for n, expected in zip(of.prunable, chosen_units(of, float(file["summary"].attrs["sparsity"]))):
                assert torch.equal(masks[n], expected.double()), f"{name}, mask of {n}"
        for n, w in of.w.items():
            ours = torch.from_numpy(file["weights"][n][()]).double()
            theirs = w * masks[n] if n in masks else w
            worst = max(worst, reparameterised.compare(f"{name}, {n}", ours, theirs, tolerance))
        kept = sum(int(m.sum()) for m in masks.values())
    assert 0 < kept < of.count()
    print(f"{name}: {kept} of {of.count()} kept, largest difference {worst:.1e}")


def main():
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*/*/*.h5"))
    assert len(paths) == 10
    for path in paths:
        check(path)


if __name__ == "__main__":
    main()
