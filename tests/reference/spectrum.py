#!/usr/bin/env python3
"""Holds RUN.h5.spectra against PyTorch and NumPy in double precision: spectrum.py RUN.h5...

The images are the first `samples` of the training set, all of them in one microbatch.

Tolerance: skel's gradients are those of an engine in float, and its weights with batch norm folded are
rounded to float. Each element of a gradient is good to about 1e-6 of the largest, so eigenvalues are good to
1e-5 of the largest eigenvalue. Singular values are computed in double of the same floats: 1e-12.
"""
import gzip
import pathlib
import sys

import h5py
import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "analysis"))
import skel_torch  # noqa: E402

torch.set_num_threads(1)
FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
MEAN, DEVIATION = 0.2860, 0.3530


def images(count, side):
    with gzip.open(FOLDER / "train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(16 + count * 784)[16:], np.uint8).reshape(count, 28, 28)
    with gzip.open(FOLDER / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    border = (side - 28) // 2
    pixels = np.pad(pixels, ((0, 0), (border, border), (border, border)))
    return torch.from_numpy(((pixels / 255.0 - MEAN) / DEVIATION)[:, None]), labels


def load(path, group):
    """The model in evaluation mode at masked weights, the masks, and the weights before masking."""
    with h5py.File(path, "r") as file:
        name = file["summary"].attrs["model"]
        name = name.decode() if isinstance(name, bytes) else str(name)
        model, masks = skel_torch.load(path, name)
        weights = {key: torch.from_numpy(value[()]) for key, value in file[group].items()}
    model = model.double()
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for key, value in weights.items():
            parameters[key].copy_(value.double() * masks[key] if key in masks else value.double())
    return model, masks, weights


def warm_up(model, x):
    """Running averages become the statistics of the images."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    model.train()
    with torch.no_grad():
        model(x)


def jacobian(model, masks, x):
    """[samples][classes][kept] in double, and the probabilities."""
    chosen = [p for n, p in model.named_parameters() if n in masks]
    kept = [masks[n].flatten() for n, p in model.named_parameters() if n in masks]
    rows = []
    logits = model(x)
    for i in range(logits.shape[0]):
        for c in range(logits.shape[1]):
            g = torch.autograd.grad(logits[i, c], chosen, retain_graph=True)
            rows.append(torch.cat([part.flatten()[mask] for part, mask in zip(g, kept)]))
    jac = torch.stack(rows).numpy().reshape(logits.shape[0], logits.shape[1], -1)
    return jac, torch.softmax(logits, 1).detach().numpy()


def gauss_newton(jac, p):
    rows = []
    for j, q in zip(jac, p):
        values, vectors = np.linalg.eigh(np.diag(q) - np.outer(q, q))
        rows.append((vectors * np.sqrt(np.maximum(values, 0))).T @ j)
    return np.concatenate(rows) / np.sqrt(len(jac))


def near(what, found, expected, tolerance):
    error = np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-300)
    if not error <= tolerance:
        sys.exit(f"{what}: differs by {error:.3g} of the largest value, not {tolerance:.3g}")


def check_kernel(file, model, masks, x, labels):
    jac, p = jacobian(model, masks, x)
    outputs = file["provenance"].attrs["outputs"]
    if outputs in (b"sum", "sum"):
        rows = jac.sum(1)
    else:
        rows = jac.reshape(-1, jac.shape[2])
    values, vectors = np.linalg.eigh(rows @ rows.T)
    run = file["ntk/run"]
    near("ntk", run["values"][()], values[::-1], 1e-5)
    near("ntk: trace", run.attrs["trace"], values.sum(), 1e-5)
    shares = np.maximum(values, 0) / values.sum()
    shares = shares[shares > 0]
    near("ntk: effective rank", run.attrs["effective_rank"], np.exp(-(shares * np.log(shares)).sum()), 1e-4)
    if "alignment" in run:
        target = (np.eye(p.shape[1])[labels] - 1 / p.shape[1]).flatten()
        share = np.cumsum((vectors[:, ::-1].T @ target) ** 2) / (target @ target)
        # Where two eigenvalues are close their vectors are not determined, but their span is.
        apart = -np.diff(values[::-1]) > 1e-3 * values[-1]
        near("ntk: alignment", run["alignment"][:-1][apart], share[:-1][apart], 1e-2)
    if "gauss-newton" in file:
        rows = gauss_newton(jac, p)
        values = np.linalg.eigvalsh(rows @ rows.T)[::-1]
        near("gauss-newton", file["gauss-newton/run/values"][()], values, 1e-5)


def check_jacobian(file, model, x):
    """Values are roots of eigenvalues of products of floats: 1e-5 of the largest."""
    inputs = x.clone().requires_grad_()
    logits = model(inputs)
    values = []
    for i in range(len(x)):
        rows = [torch.autograd.grad(logits[i, c], inputs, retain_graph=True)[0][i].flatten()
                for c in range(logits.shape[1])]
        values.append(np.linalg.svd(torch.stack(rows).numpy(), compute_uv=False))
    near("jacobian", file["jacobian/run/values"][()], np.mean(values, 0), 1e-5)


def check_layers(file, masks, weights):
    for name, mask in masks.items():
        keep = mask.numpy().reshape(mask.shape[0], -1).astype(float)
        dense = weights[name].numpy().reshape(keep.shape).astype(float)
        for group, matrix in (("layers/run", dense * keep), ("layers/dense", dense), ("mask/run", keep)):
            values = np.linalg.svd(matrix, compute_uv=False)
            found = file[f"{group}/{name}"]
            near(f"{group}/{name}", found["values"][()], values, 1e-12)
            near(f"{group}/{name}: gap", found.attrs["gap"], 1 - values[1] / values[0], 1e-10)


def check_run(path):
    with h5py.File(path + ".spectra", "r") as file:
        trained = file["provenance"].attrs["weights"] in (b"trained", "trained")
        count = int(file["provenance"].attrs["samples"])
        model, masks, weights = load(path, "weights" if trained else "initial")
        side = 32 if any(isinstance(m, torch.nn.Conv2d) for m in model.modules()) else 28
        x, labels = images(count, side)
        if not trained:
            warm_up(model, x)
        check_kernel(file, model.eval(), masks, x, labels)
        if "jacobian" in file:
            check_jacobian(file, model, x)
        if "layers" in file:
            check_layers(file, masks, weights)


def main(paths):
    if not paths:
        sys.exit("spectrum.py: no run is named")
    for path in paths:
        print(path, flush=True)
        check_run(path)


if __name__ == "__main__":
    main(sys.argv[1:])
