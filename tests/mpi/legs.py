"""What runs that prune after or during training must have done, told from their files.

    legs.py FOLDER

FOLDER has a folder for each job. Claims are checked against runs of `method: none`, whose
path has no pruning, and against numpy's sorting.
"""
import glob
import os
import subprocess
import sys

import h5py
import numpy as np


class Run:
    def __init__(self, folder, name, method):
        (path,) = glob.glob(f"{folder}/{name}/{method}-s*.h5")
        self.file = h5py.File(path, "r")

    def vector(self, group):
        return np.concatenate([d[()].ravel() for d in self.file[group].values()])

    def mask(self):
        """Of the whole flat vector: 1 where nothing is prunable."""
        masks = self.file["masks"]
        return np.concatenate([
            masks[name][()].ravel() if name in masks else np.ones(w.size, np.uint8)
            for name, w in self.file["weights"].items()
        ])

    def prunable(self):
        masks = self.file["masks"]
        return np.concatenate(
            [np.full(w.size, name in masks) for name, w in self.file["weights"].items()])

    def train(self, column, round_number=None):
        values = self.file["metrics/train"][column][()]
        rounds = self.file["metrics/train/round"][()]
        return values if round_number is None else values[rounds == round_number]


def check_ticket(folder):
    """The last round is the training of the recorded mask from the initial weights."""
    imp, alone = Run(folder, "all", "imp"), Run(folder, "ticket", "none")
    assert 0 < imp.mask().sum() < imp.mask().size
    assert (imp.vector("weights") == alone.vector("weights")).all()
    last = imp.train("round").max()
    assert last == 2
    for column in ("epoch", "loss", "accuracy", "test_loss", "test_accuracy", "learning_rate"):
        assert (imp.train(column, last) == alone.train(column)).all(), column


def check_redrawn(folder):
    """With other initial weights as a check, the last round starts from those."""
    imp, alone = Run(folder, "redrawn", "imp"), Run(folder, "other", "none")
    assert (imp.vector("redrawn") != imp.vector("initial")).mean() > 0.9
    assert (imp.vector("weights") == alone.vector("weights")).all()
    assert (imp.train("loss", 1) == alone.train("loss")).all()
    assert (imp.train("loss", 0) != imp.train("loss", 1)).all()


def check_repeated(folder):
    """A round that prunes nothing repeats the epochs after the one that is rewound to: weights,
    momentum, buffers, orders and rates are all put back."""
    imp, none = Run(folder, "rewound-whole", "imp"), Run(folder, "whole", "none")
    assert (imp.vector("weights") == none.vector("weights")).all()
    assert (imp.vector("buffers") == none.vector("buffers")).all()
    assert list(imp.train("epoch")) == [1, 2, 2]
    for column in ("loss", "accuracy", "test_loss", "learning_rate"):
        assert (imp.train(column, 0) == none.train(column)).all(), column
        assert (imp.train(column, 1) == none.train(column)[1:]).all(), column


def check_repeated_steps(folder):
    """The same for a step inside an epoch, whose figures are those of the whole epoch."""
    imp, none = Run(folder, "rewound-to-step", "imp"), Run(folder, "whole", "none")
    assert (imp.vector("rewound") != imp.vector("initial")).any()
    assert (imp.vector("weights") == none.vector("weights")).all()
    assert (imp.vector("buffers") == none.vector("buffers")).all()
    assert list(imp.train("epoch")) == [1, 2, 2, 2]
    for number in (1, 2):
        for column in ("loss", "accuracy", "test_loss", "learning_rate"):
            assert (imp.train(column, number) == none.train(column)[1:]).all(), column


def check_rewound(folder):
    """Where nothing is learned after the first epoch, the last weights are those after it, masked."""
    imp = Run(folder, "rewound-still", "imp")
    rewound = imp.vector("rewound")
    assert (rewound != imp.vector("initial")).mean() > 0.9
    assert (imp.vector("weights") == rewound * imp.mask()).all()


def largest(values, prunable, kept):
    """The mask of the largest magnitudes: of equal ones, the lower index."""
    size = np.where(prunable, np.abs(values), -1)
    mask = (~prunable).astype(np.uint8)
    mask[np.argsort(-size, kind="stable")[:kept]] = 1
    return mask


def check_finetuned(folder):
    """The weights that stay are the largest trained ones, and fine-tuning starts from them."""
    tuned, none = Run(folder, "finetune", "magnitude-finetune"), Run(folder, "dense", "none")
    trained = none.vector("weights")
    kept = int(tuned.file["summary"].attrs["kept"])
    assert (tuned.mask() == largest(trained, tuned.prunable(), kept)).all()
    assert (tuned.vector("weights") == trained * tuned.mask()).all()


def check_shuffled(folder):
    """A shuffled mask brings back zeros."""
    tuned = Run(folder, "finetune", "magnitude-finetune")
    shuffled = Run(folder, "shuffled", "magnitude-finetune")
    both = tuned.mask() & shuffled.mask()
    assert (tuned.mask() != shuffled.mask()).any()
    assert tuned.mask().sum() == shuffled.mask().sum()
    # steps of 1e-30 leave what is not 0 as it is, and 0 below any weight of a network
    expected = tuned.vector("weights") * both
    weights = shuffled.vector("weights")
    assert (weights[expected != 0] == expected[expected != 0]).all()
    assert (np.abs(weights[expected == 0]) < 1e-20).all()


def check_gradual(folder):
    """What is pruned stays pruned; a leg comes before the first iteration and after each."""
    methods = ["magnitude-finetune", "skeletonization", "obd"]
    version = subprocess.run([os.environ["SKEL"], "--version"], capture_output=True, text=True, check=True)
    if "ScaLAPACK" in version.stdout:  # a build without it has no obs
        methods.append("obs")
    for method in methods:
        run = Run(folder, "all", method)
        assert (run.file["metrics/prune/resurrected"][()] == 0).all()
        assert list(run.train("round")) == [0, 0, 1, 2]
        assert list(run.train("epoch")) == [1, 2, 1, 1]
        assert list(run.train("learning_rate", 1)) == [0.004]
    assert run.file["metrics/prune/loss"][0] < np.log(10) / 2  # of a network that was trained


def check_moved(folder):
    """Layers keep as many weights as the first mask gave them, which others of them have."""
    for method in ("set", "rigl"):
        run, first = Run(folder, "all", method), Run(folder, "first", "random-erk")
        kept = run.file["metrics/layers/kept"][()]
        assert (kept == first.file["metrics/layers/kept"][()]).all()
        moved = (run.mask() > first.mask()).sum() / kept.sum()
        assert moved > 0.1
        assert abs(run.file["summary"].attrs["moved"] - moved) < 1e-12
        assert (run.vector("weights")[run.mask() == 0] == 0).all()


def check_changes(folder):
    """Changes are when they should be, and exchange the fractions that the papers give. Where what is
    dropped may grow at once, fewer weights are exchanged."""
    steps = 2 * 10  # two epochs of 320 images in batches of 32
    for name, method in (("all", "set"), ("all", "rigl"), ("two-workers", "rigl")):
        run = Run(folder, name, method)
        evolve = run.file["metrics/evolve"]
        until = steps if method == "set" else 0.75 * steps
        t = np.arange(4, min(until, steps), 4)
        cosine = (1 + np.cos(np.pi * t / until)) / 2 if method == "rigl" else 1
        assert list(evolve["step"][()]) == list(t)
        assert list(evolve["epoch"][()]) == list((t - 1) // 10 + 1)
        assert np.allclose(evolve["fraction"][()], 0.3 * cosine * np.ones(t.size), rtol=1e-14)
        size, kept = (run.file["metrics/layers"][c][()] for c in ("size", "kept"))
        for fraction, exchanged in zip(evolve["fraction"][()], evolve["exchanged"][()]):
            expected = np.minimum(np.floor(fraction * kept + 0.5), size - kept)
            regrow = (name, method) == ("all", "rigl")
            assert 0 < exchanged < expected.sum() if regrow else expected.sum() == exchanged
        assert evolve["moved"][-1] == round(run.file["summary"].attrs["moved"] * kept.sum())


def check_reallocated(folder):
    """Weights move between layers, and in the end as many are kept as at the start."""
    for name in ("moves", "moves-norm"):
        for method in ("dsr", "snfs", "grow-and-prune"):
            run = Run(folder, name, method)
            evolve, layers = run.file["metrics/evolve"], run.file["metrics/layers"]
            asked = run.file["metrics/prune/kept"][-1]
            assert evolve["step"].size > 2
            # few weights of so small a network are below the first threshold of dsr
            assert evolve["exchanged"][()].sum() > 0 or (name, method) == ("moves-norm", "dsr"), (name, method)
            assert run.mask()[run.prunable()].sum() == asked == layers["kept"][()].sum()
            assert evolve["kept"][-1] == asked
            if method == "grow-and-prune":
                assert evolve["kept"][()].max() > 1.1 * asked
            else:
                assert (evolve["kept"][()] == asked).all()
            assert np.isnan(evolve["threshold"][()]).all() == (method != "dsr")
            assert (run.vector("weights")[run.mask() == 0] == 0).all()
            density = layers["kept"][()] / layers["size"][()]
            if name == "moves-norm":
                assert density[0] == 1  # conv1 of prune.keep-layers
            if method == "snfs":
                assert density.max() > 1.2 * 0.05
    moved = Run(folder, "moves", "dsr").file["metrics/evolve"]
    gone, wanted = moved["exchanged"][()], 0.1 * moved["kept"][0]
    factor = np.where(gone < 0.9 * wanted, 2, np.where(gone > 1.1 * wanted, 0.5, 1))
    assert moved["threshold"][0] == 1e-3
    assert (moved["threshold"][1:] == (moved["threshold"][()] * factor)[:-1]).all()


def main():
    folder = sys.argv[1]
    for check in (check_ticket, check_redrawn, check_repeated, check_repeated_steps, check_rewound, check_finetuned,
                  check_shuffled, check_gradual, check_moved, check_changes,
                  check_reallocated):
        check(folder)
        print(f"{check.__name__}: {check.__doc__.split(':')[0].split('.')[0]}")


if __name__ == "__main__":
    main()
