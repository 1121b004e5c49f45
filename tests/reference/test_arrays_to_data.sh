#!/usr/bin/env bash
# analysis/arrays_to_data.py on made-up NPZ files and on files like SVHN's: images, labels and classes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
needs_python h5py scipy
/usr/bin/python3 - "$SOURCE/analysis/arrays_to_data.py" <<'END'
import subprocess
import sys

import h5py
import numpy as np
from scipy.io import savemat

random = np.random.default_rng(1)


def convert(*words):
    subprocess.run([sys.executable, sys.argv[1], *words, "out.h5"], check=True)
    return h5py.File("out.h5")


for shape, order in ((6, 12, 10), None), ((6, 12, 10, 3), (0, 3, 1, 2)), ((6, 3, 12, 10), (0, 1, 2, 3)):
    for kind in np.uint8, np.float64:
        images = random.integers(0, 256, shape).astype(kind)
        labels = np.array([0, 4, 1, 1, 2, 0])
        np.savez("in.npz", x_train=images, y_train=labels[:, None], x_test=images[:2], y_test=labels[:2])
        with convert("in.npz") as file:
            expected = images[:, None] if order is None else images.transpose(order)
            assert np.array_equal(file["train/images"], expected) and np.array_equal(file["test/images"], expected[:2])
            assert file["train/images"].dtype == (np.uint8 if kind is np.uint8 else np.float32)
            assert np.array_equal(file["train/labels"], labels) and file.attrs["classes"] == 5
digits = random.integers(0, 256, (32, 32, 3, 12)).astype(np.uint8)
answers = np.arange(1, 13)[:, None] % 10 + 1  # 1 to 10; 10 is the digit 0
savemat("train.mat", {"X": digits, "y": answers})
savemat("test.mat", {"X": digits[..., :4], "y": answers[:4]})
with convert("train.mat", "test.mat") as file:
    assert np.array_equal(file["train/labels"], answers[:, 0] % 10) and file.attrs["classes"] == 10
    assert np.array_equal(file["train/images"][5], digits[..., 5].transpose(2, 0, 1))
END
