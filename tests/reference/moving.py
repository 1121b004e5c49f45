#!/usr/bin/env python3
"""Holds runs whose masks move between layers against PyTorch in double: moving.py FOLDER, with a run file
FOLDER/CASE/runs/METHOD-*.h5 of each method, and one of random-uniform with the first mask of all.

Setting and random numbers are those of reparameterised.py: every epoch is a step. dsr, snfs and grow-and-prune are
written down as their papers do; layers get whole numbers by largest remainder. In the case `blocks` units of the
weights of eight neighbouring outputs move: their magnitudes are means over their weights.

Tolerance: that of reparameterised.py, 1e-6 of a tensor's largest value; the sparse engine, which sums in single
precision, keeps to it, too. Masks must be equal but where a value was as near to a choice; how many weights a layer
loses or gains must be equal, so that no value may be as near to dsr's threshold.
"""
import math
import pathlib
import sys

import h5py
import numpy as np
import torch

from reparameterised import Training, choose_any, compare, kept_of, skel_name
from streams import SEED, Stream

JOB = {"images": 40, "decay": 1e-3, "rate": 0.05, "steps": 10, "sparsity": 0.8, "seed": SEED}
OWN = {
    "dsr": {"every": 1, "until": 1, "drop": 0.1, "threshold": 0.012},
    "snfs": {"every": 2, "until": 1, "drop": 0.5, "watched": 2},
    "grow-and-prune": {"every": 2, "until": 0.75, "drop": 0.1, "watched": 2},
}
BLOCKS = {"high": 8, "threshold": 0.034}


def shared(count, size, most):
    """`count` in proportion to `size`, none above `most`: whole numbers by largest remainder."""
    size = np.maximum(size, 1e-9 * np.max(size)) if np.max(size) > 0 else np.ones(len(size))
    full = np.zeros(len(size), bool)
    while True:
        factor = (count - most[full].sum()) / size[~full].sum() if not full.all() else 0
        over = ~full & (factor * size > most)
        if not over.any():
            break
        full |= over
    parts = np.where(full, most, np.floor(factor * size + 1e-6)).astype(int)
    for _ in range(count - parts.sum()):
        lost = np.where(parts < most, factor * size - parts, -math.inf)
        parts[np.argmax(lost)] += 1
    return parts


class Moving(Training):
    """A training whose pruned weights and momenta are 0."""

    def __init__(self, file, job, first_mask):
        super().__init__(file, job)
        self.mask = first_mask
        self.w |= self.masked(self.w)
        self.near = {n: torch.full_like(self.w[n], math.inf) for n in self.prunable}
        self.growth = {n: torch.zeros_like(self.w[n]) for n in self.prunable}
        self.counts = {"kept": [], "exchanged": []}
        self.first = int(self.kept().sum())

    def total(self):
        return int(sum(m.sum() for m in self.mask.values()))

    def magnitude(self, values):
        """Of each unit the mean over its weights: a row for each block of outputs, or for each output."""
        return torch.stack([rows.abs().mean(0) for rows in values.reshape(len(values), -1).split(self.job["high"])])

    def kept_units(self, n):
        return self.mask[n].reshape(len(self.mask[n]), -1)[::self.job["high"]] != 0

    def spread(self, n, units):
        """From units to their weights."""
        return units.repeat_interleave(self.job["high"], 0)[:len(self.w[n])].reshape(self.w[n].shape)

    def train(self, watched):
        gradient, _ = self.gradient(lambda leaves: {})
        for n in self.prunable if watched else ():
            self.growth[n] = 0.9 * self.growth[n] + gradient[n]
        self.step(gradient, self.job["rate"])
        self.w |= self.masked(self.w)
        self.v |= self.masked(self.v)

    def kept(self):
        return np.array([int(self.kept_units(n).sum()) for n in self.prunable])

    def sizes(self):
        return np.array([self.kept_units(n).numel() for n in self.prunable])

    def best(self, n, candidates, magnitude, count):
        """The `count` candidates with the largest magnitudes, of equal ones the first: all values behind dead units are
        exactly 0. Notes how near each is to the border between those that are chosen and the others."""
        flat = torch.where(candidates, magnitude, -1.0).flatten()
        order = torch.argsort(flat, descending=True, stable=True)
        chosen = torch.zeros_like(flat, dtype=torch.bool)
        chosen[order[:count]] = True
        if 0 < count < int(candidates.sum()) and flat[order[count - 1]] > 0:
            border = (flat[order[count - 1]] + flat[order[count]]) / 2
            near = ((flat - border).abs() / flat.max()).reshape(magnitude.shape) * self.w[n].abs().max()
            near = self.spread(n, torch.where(candidates, near, math.inf))
            self.near[n] = self.near[n].minimum(near)
        return chosen.reshape(magnitude.shape)

    def change(self, n, stays, comes):
        before = self.kept_units(n)
        after = stays | comes
        changes = self.spread(n, after != before)
        for values in (self.w, self.v):
            values[n] = torch.where(changes, 0.0, values[n])
        self.mask[n] = self.spread(n, after).double()
        return int((before & ~after).sum())

    def note(self, gone):
        self.counts["kept"].append(self.total())
        self.counts["exchanged"].append(gone)
        self.growth = {n: torch.zeros_like(g) for n, g in self.growth.items()}

    def momentum(self):
        """Of kept weights the optimiser's, of others that of the watched gradients."""
        return {n: self.magnitude(torch.where(self.mask[n] != 0, self.v[n], self.growth[n])) for n in self.prunable}


def dsr(of, job):
    threshold, wanted = job["threshold"], job["drop"] * of.first
    for step in range(1, job["steps"] + 1):
        of.train(False)
        period = job["every"] * 2**sum(step > share * job["steps"] for share in (1 / 8, 2 / 5, 7 / 10))
        if step % period or step == job["steps"]:
            continue
        sizes, kept, gone = of.sizes(), of.kept(), 0
        size = [of.magnitude(of.w[n]) for n in of.prunable]
        for n, x in zip(of.prunable, size):
            nearest = float((x - threshold).abs()[of.kept_units(n)].min() / x.max())
            assert nearest > job["tolerance"], f"{n}: a weight is too near to dsr's threshold, take another one"
        goes = np.array([int(((x < threshold) & of.kept_units(n)).sum()) for n, x in zip(of.prunable, size)])
        goes = np.minimum(goes, kept - 1)
        assert goes.sum() <= (sizes - kept).sum()
        comes = shared(goes.sum(), (kept - goes).astype(float), sizes - kept)
        for i, n in enumerate(of.prunable):
            mask = of.kept_units(n)
            stays = of.best(n, mask, size[i], kept[i] - goes[i])
            grown = torch.zeros(mask.numel(), dtype=torch.bool)
            grown[choose_any(Stream("evolve", step // job["every"], i), comes[i], sizes[i] - kept[i],
                             mask.numpy().reshape(-1))] = True
            gone += of.change(n, stays, grown.reshape(mask.shape))
        threshold *= 2 if gone < 0.9 * wanted else 0.5 if gone > 1.1 * wanted else 1
        of.note(gone)


def snfs(of, job):
    for step in range(1, job["steps"] + 1):
        change = -(-step // job["every"]) * job["every"]
        of.train(change < job["steps"] and change - step < job["watched"])
        if step % job["every"] or step == job["steps"]:
            continue
        share = 0.005 + (job["drop"] - 0.005) * (1 + math.cos(math.pi * step / job["steps"])) / 2
        sizes, kept, gone = of.sizes(), of.kept(), 0
        momentum = of.momentum()
        mean = np.array([float(of.magnitude(of.v[n]).sum()) / k for n, k in zip(of.prunable, kept)])
        dense = (kept / sizes > 0.8) & (mean > mean.mean())
        shares = np.where(dense, np.minimum(share, 1 - kept / sizes), share)
        goes = np.minimum(np.ceil(shares * kept - 1e-6).astype(int), kept - 1)
        room = np.floor(0.99 * (sizes - kept + goes)).astype(int)
        assert goes.sum() <= room.sum()
        comes = shared(goes.sum(), mean, room)
        for i, n in enumerate(of.prunable):
            stays = of.best(n, of.kept_units(n), of.magnitude(of.w[n]), kept[i] - goes[i])
            gone += of.change(n, stays, of.best(n, ~stays, momentum[n], comes[i]))
        of.note(gone)


def grow_and_prune(of, job):
    last = math.ceil(job["until"] * job["steps"]) - 1
    changes = last // job["every"]
    growing = changes // 2
    most = of.first + job["drop"] * (of.sizes().sum() - of.first)
    for step in range(1, job["steps"] + 1):
        number = -(-step // job["every"])
        of.train(number <= changes and number * job["every"] - step < job["watched"])
        if step % job["every"] or number > changes:
            continue
        sizes, kept, gone = of.sizes(), of.kept(), 0
        momentum = of.momentum()
        if number <= growing:
            to = math.floor(of.first + (most - of.first) * number / growing + 1e-6)
            comes, goes = shared(to - kept.sum(), (sizes - kept).astype(float), sizes - kept), kept * 0
        else:
            to = math.floor(most * (of.first / most)**((number - growing) / (changes - growing)) + 1e-6)
            to = of.first if number == changes else to
            comes, goes = kept * 0, shared(kept.sum() - to, (kept - 1).astype(float), kept - 1)
        for i, n in enumerate(of.prunable):
            mask = of.kept_units(n)
            stays = of.best(n, mask, of.magnitude(of.w[n]), kept[i] - goes[i])
            gone += of.change(n, stays, of.best(n, ~mask, momentum[n], comes[i]))
        of.note(gone)


METHODS = {"dsr": dsr, "snfs": snfs, "grow-and-prune": grow_and_prune}


def check(path, method, more):
    with h5py.File(path, "r") as file, \
            h5py.File(next(path.parent.glob("random-uniform-*.h5")), "r") as first:
        tolerance = 1e-6
        masks = {k: torch.from_numpy(v[()]).double() for k, v in first["masks"].items()}
        job = JOB | OWN[method] | {"tolerance": tolerance} | more
        of = Moving(file, job, masks)
        assert of.first == kept_of(of.sizes().sum(), job["sparsity"])
        before = {n: m.clone() for n, m in of.mask.items()}
        METHODS[method](of, job)
        for name, values in of.counts.items():
            ours = list(file["metrics/evolve"][name][()])
            assert ours == values, (method, name, ours, values)
        worst = moved = 0
        for n in of.prunable:
            mask = torch.from_numpy(file["masks"][n][()]) != 0
            expected = of.mask[n] != 0
            far = of.near[n] > tolerance * of.w[n].abs().max()
            share = far.double().mean()  # a unit that is near takes all of its weights with it
            assert share > 1 - 0.01 * job["high"], f"{method}, {n}: only {share:.3f} of the weights are away from a choice"
            assert (mask == expected)[far].all(), f"{method}, mask of {n}: {(mask != expected)[far].sum()} differ"
            moved += int((expected & (before[n] == 0)).sum())
            ours = torch.from_numpy(file["weights"][n][()]).double()
            assert (ours[~mask] == 0).all(), f"{method}, {n}: a pruned weight is not 0"
            same = mask == expected
            worst = max(worst, compare(f"{method}, {n}", ours * same, of.w[n] * same, tolerance))
        assert sum(of.counts["exchanged"]) > 0.02 * of.first and len(of.counts["kept"]) > 2, f"{method}: hardly moves"
        assert moved > 0, f"{method}: the last mask is the first one"
        print(f"{path.parent.parent.name}, {skel_name(file)}, {method}: {of.total()} of {of.count()} kept, {moved} "
              f"moved, largest difference {worst:.1e}")


def main():
    for case in sys.argv[2:]:
        for method in METHODS:
            (path,) = pathlib.Path(sys.argv[1]).glob(f"{case}/runs/{method}-s*.h5")
            check(path, method, BLOCKS if case == "blocks" else {"high": 1})


if __name__ == "__main__":
    main()
