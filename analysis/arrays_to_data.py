"""A data set of skel, for a job's data.file, from arrays of images: an NPZ file, or the MATLAB files of SVHN.

    python3 analysis/arrays_to_data.py images.npz mine.h5
    python3 analysis/arrays_to_data.py train_32x32.mat test_32x32.mat svhn.h5

The NPZ file has x_train, y_train, x_test and y_test, as Keras names them; images are [n][height][width],
[n][height][width][channels] or [n][channels][height][width], of bytes or floats. Needs python3-h5py, and python3-scipy
for SVHN.
"""
import sys
import zipfile

import h5py
import numpy as np

import usage


def channels_first(images):
    if images.ndim == 3:
        return images[:, None]
    return images.transpose(0, 3, 1, 2) if images.shape[3] <= 4 < images.shape[1] else images


def from_npz(path):
    if not zipfile.is_zipfile(path):
        sys.exit(f"{path} is no NPZ file")
    with np.load(path) as arrays:
        missing = [name for name in ("x_train", "y_train", "x_test", "y_test") if name not in arrays]
        if missing:
            sys.exit(f"{path} has no {', '.join(missing)}; it has {', '.join(arrays)}")
        return {half: (channels_first(arrays["x_" + half]), arrays["y_" + half].reshape(-1)) for half in ("train", "test")}


def from_svhn(train, test):
    """Images are [32][32][3][n]; the label of the digit 0 is 10."""
    from scipy.io import loadmat
    files = {"train": loadmat(train), "test": loadmat(test)}
    return {half: (file["X"].transpose(3, 2, 0, 1), file["y"].reshape(-1) % 10) for half, file in files.items()}


def main():
    options = usage.read(__doc__, ("source", usage.file, "an NPZ file, or SVHN's training and test file"),
                         ("source2", usage.file, "SVHN's test file", "?"),
                         ("out", str, "file to write"))
    sources, out = [options.source, options.source2], options.out
    halves = from_npz(sources[0]) if sources[1] is None else from_svhn(*sources)
    with h5py.File(out, "w") as file:
        for half, (images, labels) in halves.items():
            is_bytes = images.dtype == np.uint8
            file[half + "/images"] = np.ascontiguousarray(images, np.uint8 if is_bytes else np.float32)
            file[half + "/labels"] = labels.astype(np.int64)
        file.attrs["classes"] = 1 + max(labels.max() for _, labels in halves.values())


if __name__ == "__main__":
    main()
