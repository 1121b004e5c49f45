#!/usr/bin/env python3
"""Compares two run files dataset by dataset, bit by bit: same_run.py A.h5 B.h5

Wall-clock figures and the provenance are left out: they are meant to differ. Exit status 1 names
every dataset and attribute of /summary that differs.
"""
import sys

import h5py

IGNORED = {"seconds", "seconds_prune", "seconds_train", "seconds_diagnosis"}


def datasets(file):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name.split("/")[-1] not in IGNORED:
            if not name.startswith("provenance"):
                found[name] = (item.shape, str(item.dtype), item[()].tobytes())

    file.visititems(visit)
    for name, value in file["summary"].attrs.items():
        if name not in IGNORED:
            found["summary@" + name] = ((), str(type(value)), str(value))
    return found


def main():
    first, second = (h5py.File(path, "r") for path in sys.argv[1:3])
    a, b = datasets(first), datasets(second)
    wrong = sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))
    for name in wrong:
        print(f"{sys.argv[2]}: {name} differs from {sys.argv[1]}")
    if not any(name.startswith("masks/") for name in a):
        wrong.append("masks")
        print(f"{sys.argv[1]}: no masks")
    print(f"{len(a)} datasets and attributes compared, {len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
