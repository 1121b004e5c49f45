"""Repeats Optimal Brain Surgeon in numpy, in double, and compares mask and weights.

    surgery.py FOLDER

FOLDER/trained has the network before pruning, FOLDER/surgery after one iteration without
retraining, FOLDER/plain the same by magnitude. The network is lenet-300-100, the images are the
first ones of Fashion-MNIST.
"""
import glob
import gzip
import sys

import h5py
import numpy as np

IMAGES, DAMPING, SPARSITY = 40, 1e-3, 0.9
LAYERS = ("fc1", "fc2", "fc3")


def read(name, skip):
    with gzip.open(f"/usr/share/datasets/fashion-mnist/{name}.gz") as file:
        return np.frombuffer(file.read(), np.uint8)[skip:]


def gradients(weights, biases):
    """One row for each image: the gradient of its cross-entropy by all weights."""
    images = read("train-images-idx3-ubyte", 16)[:IMAGES * 784].reshape(IMAGES, 784)
    labels = read("train-labels-idx1-ubyte", 8)[:IMAGES]
    inputs = [(images / 255.0 - 0.2860) / 0.3530]
    for layer, (weight, bias) in enumerate(zip(weights, biases)):
        out = inputs[-1] @ weight.T + bias
        inputs.append(np.maximum(out, 0) if layer < 2 else out)
    logits = inputs.pop()
    error = np.exp(logits - logits.max(1, keepdims=True))
    error /= error.sum(1, keepdims=True)
    error[np.arange(IMAGES), labels] -= 1
    rows = []
    for layer in (2, 1, 0):
        rows.insert(0, np.einsum("na,nb->nab", error, inputs[layer]).reshape(IMAGES, -1))
        error = error @ weights[layer] * (inputs[layer] > 0)
    return np.concatenate(rows, 1)


def vector(path, group, dtype=np.float64):
    with h5py.File(path) as run:
        return np.concatenate(
            [run[f"{group}/{layer}.weight"][()].astype(dtype).ravel() for layer in LAYERS])


def main():
    folder = sys.argv[1]
    trained, operated, plain = (
        glob.glob(f"{folder}/{name}/*.h5")[0] for name in ("trained", "surgery", "plain"))
    with h5py.File(trained) as run:
        weights = [run[f"weights/{layer}.weight"][()].astype(np.float64) for layer in LAYERS]
        biases = [run[f"weights/{layer}.bias"][()].astype(np.float64) for layer in LAYERS]
    w = np.concatenate([weight.ravel() for weight in weights])
    g = gradients(weights, biases)

    k = IMAGES * DAMPING * np.eye(IMAGES) + g @ g.T
    diagonal = (1 - np.sum(g * np.linalg.solve(k, g), 0)) / DAMPING
    score = w**2 / (2 * diagonal)
    mask = vector(operated, "masks", np.uint8)
    kept = int(np.floor(w.size * (1 - SPARSITY) + 1e-6))
    threshold = np.sort(score)[-kept]
    wrong = mask != (score >= threshold)
    # float gradients: relative errors of 1e-6 or so in the scores
    assert mask.sum() == kept
    assert np.all(np.abs(score[wrong] / threshold - 1) < 1e-3), score[wrong] / threshold
    assert wrong.sum() <= 4, wrong.sum()

    # the change that minimises dw' F dw with dw_Q = -w_Q: F_RR dw_R = F_RQ w_Q
    stays = mask == 1
    fisher = DAMPING * np.eye(kept) + g[:, stays].T @ g[:, stays] / IMAGES
    change = np.linalg.solve(fisher, g[:, stays].T @ (g[:, ~stays] @ w[~stays]) / IMAGES)
    found = vector(operated, "weights")
    assert np.all(found[~stays] == 0)
    error = np.abs(found[stays] - w[stays] - change).max() / np.abs(change).max()
    assert error < 1e-4, error
    assert np.abs(change).max() > 0.01  # a change that matters

    # without an update, the weights that stay are the trained ones
    stays = vector(plain, "masks", np.uint8) == 1
    assert np.all(vector(plain, "weights") == w * stays)
    with h5py.File(plain) as run:
        assert list(run["metrics/train/round"][()]) == [0, 0, 0]
    print(f"{wrong.sum()} of {w.size} weights chosen otherwise; update within {error:.1e}")


main()
