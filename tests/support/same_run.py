#!/usr/bin/env python3
"""Compares run files with the first one, dataset by dataset, bit by bit: same_run.py A.h5 B.h5 [C.h5 ...]

Wall-clock figures and the provenance are left out: they are meant to differ. Exit status 1 names
every dataset and attribute of /summary that differs.
"""
import sys

import h5py

IGNORED = {"seconds", "seconds_prune", "seconds_train", "seconds_diagnosis", "train_images_per_second",
           "test_images_per_second"}


def datasets(file):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name.split("/")[-1] not in IGNORED:
            if not name.startswith(("provenance", "manifest")):
                found[name] = (item.shape, str(item.dtype), item[()].tobytes())

    file.visititems(visit)
    for name, value in file["summary"].attrs.items():
        if name not in IGNORED:
            found["summary@" + name] = ((), str(type(value)), str(value))
    return found


def datasets_of(path):
    with h5py.File(path, "r") as file:
        return datasets(file)


def compare(first, a, path):
    """Prints the differences of a file from the first one; returns how many they are."""
    b = datasets_of(path)
    wrong = sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))
    for name in wrong:
        print(f"{path}: {name} differs from {first}")
    print(f"{path}: {len(a)} datasets and attributes compared, {len(wrong)} differ")
    return len(wrong)


def main():
    first, others = sys.argv[1], sys.argv[2:]
    a = datasets_of(first)
    wrong = sum(compare(first, a, path) for path in others)
    if not others or not any(name.startswith("masks/") for name in a):
        wrong += 1
        print(f"{first}: no masks, or no other file")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
