#!/usr/bin/env bash
# Weight files as h5py writes them are read: with its default settings and the latest format, in order of creation and not,
# and with so many attributes that they lie outside of the objects' headers. What such storage says of itself is compared
# with its place before HDF5 believes it.
set -euo pipefail
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck disable=SC2034 # verdict.sh shows it
logs=(log)
needs_python h5py numpy
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$python" - <<'PY'
import h5py
import numpy as np

SHAPES = {"fc1.weight": (300, 784), "fc1.bias": (300,), "fc2.weight": (100, 300), "fc2.bias": (100,),
          "fc3.weight": (10, 100), "fc3.bias": (10,)}
for version in ("earliest", "latest"):
    for ordered in (False, True):
        numbers = np.random.default_rng(7)
        with h5py.File(f"{version}-{ordered}.h5", "w", libver=version, track_order=ordered) as file:
            group = file.create_group("weights", track_order=ordered)
            for name, shape in SHAPES.items():
                dataset = group.create_dataset(name, data=numbers.standard_normal(shape, "f4"))
                for i in range(40):
                    dataset.attrs[f"note {i}"] = f"text {i}" if i % 2 else [i, 0.5]
            for i in range(2000 if version == "latest" else 0):  # a heap with blocks within blocks
                dataset.attrs[f"history {i}"] = numbers.standard_normal(60)
            for i in range(700):
                file.attrs[f"epoch {i}"] = float(i)
            if version == "latest":
                file.attrs["large"] = np.zeros(100_000)
PY
cat >job.yaml <<'YAML'
name: h5py
data: {set: fashion-mnist, train-samples: 128, test-samples: 20}
model: {name: lenet-300-100}
prune: {method: none}
train: {epochs: 0}
YAML
for file in *.h5; do
    "$MPIEXEC" -n 1 --oversubscribe "$SKEL" run job.yaml model.weights="$file" --out "out-$file" >log 2>&1 </dev/null ||
        fail "$file is not read"
    "$python" - "$file" "out-$file"/h5py/*.h5 <<'PY'
import sys

import h5py

with h5py.File(sys.argv[1]) as given, h5py.File(sys.argv[2]) as run:
    for name, values in given["weights"].items():
        assert (run["initial"][name][()] == values[()]).all(), name
    assert len(given["weights"]) == len(run["initial"]) == 6
PY
done

# Each block of a heap with another place in it than its own, and each list of records of another kind.
"$python" - <<'PY'
def damage(name, signature, at, byte):
    data = bytearray(open("latest-True.h5", "rb").read())
    place = data.find(signature)
    assert place > 0, signature
    while place >= 0:
        data[place + at] = byte
        place = data.find(signature, place + 1)
    open(name, "wb").write(data)


damage("bad-direct.h5", b"FHDB", 15, 0x55)
damage("bad-indirect.h5", b"FHIB", 15, 0x55)
damage("bad-kind.h5", b"BTHD", 5, 6)
PY
for file in bad-direct bad-indirect bad-kind; do
    words="a block that belongs to another place"
    [ $file = bad-kind ] && words="has kind 6, and its place kind"
    status=0
    "$SKEL" inspect $file.h5 >log 2>&1 || status=$?
    if [ $status != 65 ] || ! grep -q "$words" log; then
        complain "$file: exit status $status, expected 65 and: $words"
    fi
done
verdict
