#!/usr/bin/env python3
"""Makes many run files out of few, to measure commands that read many.

    many_runs.py FROM COUNT TO

copies the run files of folder FROM into the new folder TO until there are COUNT of them. Each copy is
another run to skel: it has a seed, an identity and a test accuracy of its own, and a seal that is
right. Its masks and metrics are those of the file that it is a copy of.
"""
import ctypes
import hashlib
import shutil
import sys
from pathlib import Path

import h5py
import numpy as np

SEAL = 74  # bytes of the line behind HDF5's last byte
CHECKSUM = 33  # of them: the checksum of all bytes before it, and the end of the line
SEEDS = 1000000  # of each round of copies


class Hash128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


LIBRARY = ctypes.CDLL("libxxhash.so.0")
LIBRARY.XXH3_128bits.restype = Hash128
LIBRARY.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def change(path, round_of_copies):
    """Gives a copied file the seed, identity and accuracy of another run."""
    with h5py.File(path, "r+") as file:
        provenance, summary = file["provenance"].attrs, file["summary"].attrs
        seed = int(summary["seed"])
        other = seed + SEEDS * round_of_copies
        old_line, new_line = f"\nseed: {seed}\n".encode(), f"\nseed: {other}\n".encode()
        job = bytes(provenance["job"])
        if job.count(old_line) != 1:
            raise ValueError(f"{path}: the job has no line '{old_line.decode().strip()}'")
        identity = hashlib.md5(bytes(provenance["identity"]) + str(other).encode()).hexdigest()
        provenance["job"] = np.bytes_(job.replace(old_line, new_line))
        provenance["identity"] = np.bytes_(identity.encode())
        for attributes in provenance, summary:
            attributes.modify("seed", np.uint64(other))
        shift = (other * 2654435761 % 1000 / 1000 - 0.5) / 50
        summary.modify("test_accuracy", np.float64(np.clip(summary["test_accuracy"] + shift, 0, 1)))


def seal(path, line):
    """Ends a file with the line of another one, and the checksum of its own bytes."""
    content = path.read_bytes() + line[:-CHECKSUM]
    found = LIBRARY.XXH3_128bits(content, len(content))
    path.write_bytes(content + f"{found.high:016x}{found.low:016x}\n".encode())


def main():
    source, count, target = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    originals = sorted(source.glob("*.h5"))
    lines = [original.read_bytes()[-SEAL:] for original in originals]
    if not originals or not all(line.startswith(b"skel-seal 1 ") for line in lines):
        sys.exit(f"{source}: expected run files with a seal, of at most 16 MiB")
    target.mkdir(parents=True)
    for i in range(count):
        original = originals[i % len(originals)]
        path = target / f"{original.stem}-{i}.h5"
        shutil.copyfile(original, path)
        if i >= len(originals):
            change(path, i // len(originals))
            seal(path, lines[i % len(originals)])


if __name__ == "__main__":
    main()
