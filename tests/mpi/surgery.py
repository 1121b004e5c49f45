"""Repeats Optimal Brain Surgeon in numpy, in double, and compares mask and weights.

    surgery.py FOLDER

FOLDER/trained has the network before pruning, FOLDER/surgery after one iteration without
retraining, FOLDER/blocks the same of blocks of eight outputs, FOLDER/layers by layers, FOLDER/plain by magnitude. The network is lenet-300-100, the images are the
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


def forward(weights, biases):
    """Inputs of all layers, then the logits."""
    images = read("train-images-idx3-ubyte", 16)[:IMAGES * 784].reshape(IMAGES, 784)
    inputs = [(images / 255.0 - 0.2860) / 0.3530]
    for layer, (weight, bias) in enumerate(zip(weights, biases)):
        out = inputs[-1] @ weight.T + bias
        inputs.append(np.maximum(out, 0) if layer < 2 else out)
    return inputs


def gradients(weights, biases):
    """One row for each image: the gradient of its cross-entropy by all weights."""
    labels = read("train-labels-idx1-ubyte", 8)[:IMAGES]
    inputs = forward(weights, biases)
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


def removals(moments, weight, count):
    """The weights of a row that go first, each with a new inverse of what is left."""
    left, row, gone = list(range(weight.size)), weight.copy(), []
    while len(gone) < count:
        inverse = np.linalg.inv(moments[np.ix_(left, left)])
        cost = row[left[:-1]]**2 / np.diag(inverse)[:-1]
        at = int(np.argmin(cost))
        row[left] -= row[left[at]] / inverse[at, at] * inverse[at]
        gone.append(left.pop(at))
    return set(gone)


def check_layers(path, weights, biases):
    """Each row that lost weights is the ridge regression of its old output, its bias included; in the
    small layers the weights that went are the first of their rows."""
    inputs = forward(weights, biases)
    worst = 0
    with h5py.File(path) as run:
        for i, layer in enumerate(LAYERS):
            x = np.column_stack([inputs[i], np.ones(IMAGES)])
            moments = x.T @ x / IMAGES + DAMPING * np.eye(x.shape[1])
            mask = np.column_stack([run[f"masks/{layer}.weight"][()], np.ones(len(biases[i]))]) == 1
            found = np.column_stack([run[f"weights/{layer}.weight"][()], run[f"weights/{layer}.bias"][()]])
            old = np.column_stack([weights[i], biases[i]])
            for stays, new, row in zip(mask, found, old):
                right = moments[np.ix_(stays, ~stays)] @ row[~stays]
                change = np.linalg.solve(moments[np.ix_(stays, stays)], right)
                worst = max(worst, np.abs(new[stays] - row[stays] - change).max())
                assert np.all(new[~stays] == 0)
                if i > 0:
                    assert removals(moments, row, (~stays).sum()) == set(np.flatnonzero(~stays))
            assert np.any(~mask) and np.abs(found - old)[mask].max() > 0.01
    assert worst < 1e-5, worst
    print(f"obs-layer: weights within {worst:.1e}")


def blocks(weights):
    """The number of each weight's block: those of eight neighbouring outputs at one input."""
    numbers, first = [], 0
    for weight in weights:
        row, column = np.indices(weight.shape)
        numbers.append((first + row // 8 * weight.shape[1] + column).ravel())
        first = numbers[-1].max() + 1
    return np.concatenate(numbers)


def check_operated(path, unit, w, g, score):
    """The units with the largest sums of scores stay, and the others' weights change together."""
    total = np.bincount(unit, score)
    mask = vector(path, "masks", np.uint8)
    kept = int(np.floor(total.size * (1 - SPARSITY) + 1e-6))
    threshold = np.sort(total)[-kept]
    wrong = mask != (total >= threshold)[unit]
    # float gradients: relative errors of 1e-6 or so in the scores
    assert np.unique(unit[mask == 1]).size == kept
    assert np.all(np.abs(total[unit[wrong]] / threshold - 1) < 1e-3), total[unit[wrong]] / threshold
    assert np.unique(unit[wrong]).size <= 4, wrong.sum()

    # the change that minimises dw' F dw with dw_Q = -w_Q: F_RR dw_R = F_RQ w_Q
    stays = mask == 1
    fisher = DAMPING * np.eye(stays.sum()) + g[:, stays].T @ g[:, stays] / IMAGES
    change = np.linalg.solve(fisher, g[:, stays].T @ (g[:, ~stays] @ w[~stays]) / IMAGES)
    found = vector(path, "weights")
    assert np.all(found[~stays] == 0)
    error = np.abs(found[stays] - w[stays] - change).max() / np.abs(change).max()
    assert error < 1e-4, error
    assert np.abs(change).max() > 0.01  # a change that matters
    print(f"{wrong.sum()} of {w.size} weights chosen otherwise; update within {error:.1e}")


def main():
    folder = sys.argv[1]
    trained, operated, grouped, layers, plain = (
        glob.glob(f"{folder}/{name}/*.h5")[0] for name in ("trained", "surgery", "blocks", "layers", "plain"))
    with h5py.File(trained) as run:
        weights = [run[f"weights/{layer}.weight"][()].astype(np.float64) for layer in LAYERS]
        biases = [run[f"weights/{layer}.bias"][()].astype(np.float64) for layer in LAYERS]
    check_layers(layers, weights, biases)
    w = np.concatenate([weight.ravel() for weight in weights])
    g = gradients(weights, biases)

    k = IMAGES * DAMPING * np.eye(IMAGES) + g @ g.T
    diagonal = (1 - np.sum(g * np.linalg.solve(k, g), 0)) / DAMPING
    score = w**2 / (2 * diagonal)
    check_operated(operated, np.arange(w.size), w, g, score)
    check_operated(grouped, blocks(weights), w, g, score)

    # without an update, the weights that stay are the trained ones
    stays = vector(plain, "masks", np.uint8) == 1
    assert np.all(vector(plain, "weights") == w * stays)
    with h5py.File(plain) as run:
        assert list(run["metrics/train/round"][()]) == [0, 0, 0]


main()
