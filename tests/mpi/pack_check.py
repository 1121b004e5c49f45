#!/usr/bin/env python3
"""Compares a packed data set with what PIL and NumPy make of the same folder.

    pack_check.py FILE FOLDER folders|tiny-imagenet|imagenet|cifar100 SIDE|keep|bytes

Folders are listed as torchvision's ImageFolder does, and resized as its Resize(SIDE) and CenterCrop(SIDE).
"""
import csv
import io
import os
import pathlib
import sys

import h5py
import numpy as np
from PIL import Image


def image_folder(root):
    """(path, label) in torchvision's order, and the classes."""
    classes = sorted(entry.name for entry in os.scandir(root) if entry.is_dir())
    samples = []
    for label, name in enumerate(classes):
        for here, _, files in sorted(os.walk(root / name, followlinks=True)):
            samples += [(pathlib.Path(here, file), label) for file in sorted(files)
                        if file.lower().endswith((".jpg", ".jpeg", ".png"))]
    return samples, classes


def centre(image, side):
    width, height = image.size
    if (width, height) != (side, side):
        size = (side, int(side * height / width)) if width <= height else (int(side * width / height), side)
        image = image.resize(size, Image.BILINEAR)
    left, top = int(round((image.size[0] - side) / 2.0)), int(round((image.size[1] - side) / 2.0))
    return image.crop((left, top, left + side, top + side))


def listed(root, layout, classes):
    if layout == "tiny-imagenet":
        lines = [line.split("\t") for line in (root / "val/val_annotations.txt").read_text().splitlines()]
        return [(root / "val/images" / line[0], classes.index(line[1])) for line in lines]
    with open(root / "LOC_val_solution.csv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [(root / "val" / (row["ImageId"] + ".JPEG"), classes.index(row["PredictionString"].split()[0])) for row in rows]


def planes(image):
    return np.asarray(image.convert("RGB")).transpose(2, 0, 1)


def check_half(group, samples, how):
    assert np.array_equal(group["labels"][()], [label for _, label in samples]), "labels"
    if how not in ("keep", "bytes"):
        expected = np.stack([planes(centre(Image.open(path).convert("RGB"), int(how))) for path, _ in samples])
        assert np.array_equal(group["images"][()], expected), "images"
        return expected
    offsets, data = group["offsets"][()], group["bytes"][()]
    assert group["bytes"].attrs["format"].decode() == {"keep": "pixels", "bytes": "jpeg"}[how]
    assert offsets[0] == 0 and offsets[-1] == len(data) and len(offsets) == len(samples) + 1
    pixels = []
    for i, (path, _) in enumerate(samples):
        expected = planes(Image.open(path))
        shape = group["heights"][i], group["widths"][i]
        found = data[offsets[i]:offsets[i + 1]]
        assert shape == expected.shape[1:], path
        if how == "keep":
            assert np.array_equal(found.reshape(expected.shape), expected), path
        elif path.read_bytes()[:2] == b"\xff\xd8":
            assert found.tobytes() == path.read_bytes(), path
        else:
            again = planes(Image.open(io.BytesIO(found.tobytes()))).astype(int)
            assert abs(again - expected).mean() < 12, path
        pixels.append(expected.reshape(3, -1))
    return np.concatenate(pixels, axis=1)[None]


def check_cifar(file, root):
    for half in "train", "test":
        records = np.fromfile(root / (half + ".bin"), np.uint8).reshape(-1, 3074)
        assert np.array_equal(file[half + "/labels"][()], records[:, 1])
        assert np.array_equal(file[half + "/images"][()].reshape(len(records), -1), records[:, 2:])
    names = [row.tobytes().rstrip(b"\0").decode() for row in file["names"][()]]
    assert names == (root / "fine_label_names.txt").read_text().split()
    return file["train/images"][()]


def main():
    path, root, layout, how = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    with h5py.File(path) as file:
        if layout == "cifar100":
            train = check_cifar(file, root)
        else:
            samples, classes = image_folder(root / "train")
            train = check_half(file["train"], samples, how)
            test = image_folder(root / "test")[0] if layout == "folders" else listed(root, layout, classes)
            check_half(file["test"], test, how)
            names = [row.tobytes().rstrip(b"\0").decode() for row in file["names"][()]]
            assert names == classes, names
        assert file.attrs["classes"] == len(file["names"]) and file.attrs["channels"] == 3
        scaled = train / 255.0
        assert np.allclose(file.attrs["mean"], scaled.mean(axis=tuple(i for i in range(scaled.ndim) if i != 1)), rtol=1e-12)
        assert np.allclose(file.attrs["deviation"], scaled.std(axis=tuple(i for i in range(scaled.ndim) if i != 1)), rtol=1e-10)


main()
