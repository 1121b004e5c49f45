"""A run's network and masks in PyTorch: tests it on the images that skel has tested it on.

    python3 analysis/masks_to_torch.py runs/quickstart/RUN.h5 [DIR]

The run is one of Fashion-MNIST, and DIR the folder of its files (that of Debian's package). Prints PyTorch's accuracy and the file's; the exit status is 1 if
they differ by an image. Needs python3-torch, python3-h5py and python3-yaml.
"""
import gzip
import sys

import h5py
import numpy as np
import torch
import yaml

import skel_torch
import usage

PACKAGE = "/usr/share/datasets/fashion-mnist"
MEAN, DEVIATION = 0.2860, 0.3530  # of Fashion-MNIST, as skel normalises it


def read_idx(path, header, shape):
    with gzip.open(path) as file:
        return np.frombuffer(file.read()[header:], dtype=np.uint8).reshape(shape)


def test_images(folder, size, count):
    """The first `count` test images, normalised, in the middle of a square of `size` pixels."""
    images = read_idx(f"{folder}/t10k-images-idx3-ubyte.gz", 16, (-1, 1, 28, 28))
    labels = read_idx(f"{folder}/t10k-labels-idx1-ubyte.gz", 8, (-1,))
    border = (size - 28) // 2
    images = np.pad(images, ((0, 0), (0, 0), (border, border), (border, border)))
    images = (images[:count].astype(np.float32) / 255 - MEAN) / DEVIATION
    return torch.from_numpy(images), torch.from_numpy(labels[:count].astype(np.int64))


def read_run(path):
    """The run's job and test accuracy; ends the program if its test cannot be repeated."""
    with h5py.File(path) as file:
        if "provenance" not in file or "test_accuracy" not in file.get("summary", file).attrs:
            sys.exit(f"{path} is no run that was trained and tested")
        job = yaml.safe_load(file["provenance"].attrs["job"])
        expected = float(file["summary"].attrs["test_accuracy"])
    if job["data"]["set"] != "fashion-mnist":
        sys.exit(f"{path} is a run of {job['data']['set']}, not of fashion-mnist")
    return job, expected


def main():
    options = usage.read(__doc__, ("run", usage.hdf5, "run file"),
                         ("dir", usage.folder, f"folder of Fashion-MNIST's files ({PACKAGE})", "?"))
    folder = options.dir or PACKAGE
    job, expected = read_run(options.run)
    model, masks = skel_torch.load(options.run, job["model"]["name"])
    state = model.state_dict()
    for name, mask in masks.items():  # pruned weights are exactly 0
        assert torch.count_nonzero(state[name][~mask]) == 0, name
    images, labels = test_images(folder, job["data"]["pad-to"] or 28, job["data"]["test-samples"])
    with torch.no_grad():
        right = sum(int((model.eval()(part).argmax(1) == answer).sum())
                    for part, answer in zip(images.split(500), labels.split(500)))
    print(f"PyTorch: {right} of {len(labels)} images; skel: {round(expected * len(labels))}")
    sys.exit(0 if right == round(expected * len(labels)) else 1)


if __name__ == "__main__":
    main()
