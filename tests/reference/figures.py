#!/usr/bin/env python3
"""Holds the figures of run files against PyTorch in double precision: figures.py TSV RUN.h5...

The runs were pruned with `prune.sampling: sequential`, one batch of IMAGES in one microbatch, and not
trained: their images are the first of the training set. TSV is what `skel saliency --tsv` says of the files.

Tolerance: skel's gradients come from its engine in double and are rounded to 41 bits below the
largest of their tensor, then to float; every term of a sum is off by at most 2^-24 of itself and
2^-41 of the tensor's largest, so sums are to about 1e-7. 1e-6 leaves room for PyTorch's own order.
"""
import csv
import gzip
import pathlib
import sys

import h5py
import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "analysis"))
import skel_torch  # noqa: E402

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
MEAN, DEVIATION = 0.2860, 0.3530
TOLERANCE = 1e-6
IMAGES = 16


def images(count, side):
    with gzip.open(FOLDER / "train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(16 + count * 784)[16:], np.uint8).reshape(count, 28, 28)
    with gzip.open(FOLDER / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    border = (side - 28) // 2
    pixels = np.pad(pixels, ((0, 0), (border, border), (border, border)))
    scaled = (pixels / 255.0 - MEAN) / DEVIATION
    return torch.from_numpy(scaled[:, None]), torch.from_numpy(labels.astype(np.int64))


def figures_of(path):
    """Figures by PyTorch, and those that the file has."""
    with h5py.File(path, "r") as file:
        job = file["provenance"].attrs["job"]
        summary = dict(file["summary"].attrs)
        layers = {k: v[()] for k, v in file["metrics/layers"].items()}
    model, masks = skel_torch.load(path, str(np.array(summary["model"]).astype(str)))
    job = job.decode() if isinstance(job, bytes) else job
    side = 32 if "pad-to: 32\n" in job else 28
    macs = skel_torch.macs(model, (1, side, side))
    model = model.double().train()
    x, labels = images(IMAGES, side)
    loss = torch.nn.functional.cross_entropy(model(x), labels)
    loss.backward()
    mine = {"loss": loss.item(), "objective": 0.0, "gradient_norm": 0.0, "gradient_norm_all": 0.0,
            "effective": [], "macs_dense": macs}
    parameters = dict(model.named_parameters())
    for name, mask in masks.items():
        g = parameters[name].grad
        mine["objective"] += (parameters[name].detach() * g)[mask].abs().sum().item()
        mine["gradient_norm"] += (g[mask] ** 2).sum().item()
        mine["gradient_norm_all"] += (g ** 2).sum().item()
        # what is less is 0 in skel's sum; in PyTorch it may be the rounding of a 0
        mine["effective"].append(int((g[mask].abs() > 2.0**-41 * g.abs().max()).sum()))
    for name in "gradient_norm", "gradient_norm_all":
        mine[name] **= 0.5
    return mine, summary, layers


def main():
    with open(sys.argv[1], newline="") as file:
        said = {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}
    wrong = 0
    for path in sys.argv[2:]:
        mine, summary, layers = figures_of(path)
        for name in "loss", "objective", "gradient_norm", "gradient_norm_all", "macs_dense":
            found = [summary[name]] if name in summary else []
            found += [float(said[path][name])] if name in said[path] else []
            for value in found:
                bad = not abs(value - mine[name]) <= TOLERANCE * abs(mine[name])
                wrong += bad
                print(f"{'WRONG' if bad else 'ok':6}{path} {name}: {value:.10g}, "
                      f"PyTorch {mine[name]:.10g}")
        bad = (list(layers["effective"]) != mine["effective"]
               or summary["kept_effective"] != sum(mine["effective"])
               or int(said[path]["effective"]) != sum(mine["effective"]))
        wrong += bad
        print(f"{'WRONG' if bad else 'ok':6}{path} effective: {list(layers['effective'])}, "
              f"PyTorch {mine['effective']}, kept {list(layers['kept'])}")
    if sum(float(row["objective"]) > 0 for row in said.values()) < len(said):
        wrong += 1
        print("WRONG a mask without an objective tests nothing")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
