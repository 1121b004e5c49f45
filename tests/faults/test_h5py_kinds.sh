#!/usr/bin/env bash
# Weights of h5py in every kind of numbers and storage: read to the bit, or refused with 65 and words that name the kind.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python=/usr/bin/python3
# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=(log)

cat >job.yaml <<'YAML'
name: kinds
data: {set: fashion-mnist, train-samples: 32, test-samples: 32}
model: {name: lenet-300-100, width: 3}
prune: {method: snip, sparsity: 0.5, batch-size: 32}
train: {epochs: 0}
YAML

"$python" - <<'PY'
import struct

import h5py
import numpy as np

shapes = {"fc1.weight": (3, 784), "fc1.bias": (3,), "fc2.weight": (1, 3), "fc2.bias": (1,), "fc3.weight": (10, 1), "fc3.bias": (10,)}
values = {name: (np.arange(np.prod(shape)) % 7 / 8).reshape(shape) for name, shape in shapes.items()}  # exact in each kind
path = "weights/fc1.weight"
kinds = ">f4", "f2", ">f2", np.longdouble, ">f8", "f8"
with h5py.File("read.h5", "w") as out:
    for (name, array), kind in zip(values.items(), kinds):
        filters = {"compression": "gzip", "shuffle": True, "fletcher32": True} if array.size > 100 else {}
        out.create_dataset("weights/" + name, data=array.astype(kind), **filters)


def write(name, add, **how):
    with h5py.File(name + ".h5", "w", **how) as out:
        for other, array in values.items():
            if "weights/" + other != path:
                out["weights/" + other] = array.astype("f4")
        add(out, values["fc1.weight"].astype("f4"))


def virtual(out, array):
    layout = h5py.VirtualLayout(array.shape, "f4")
    layout[...] = h5py.VirtualSource("read.h5", path, array.shape)
    out.create_virtual_dataset(path, layout)


refused = {
    "lzf": lambda out, array: out.create_dataset(path, data=array, compression="lzf"),
    "integer": lambda out, array: out.create_dataset(path, data=array.astype("i4")),
    "complex": lambda out, array: out.create_dataset(path, data=array.astype("c8")),
    "compound": lambda out, array: out.create_dataset(path, data=np.zeros(array.shape, [("x", "f4")])),
    "text": lambda out, array: out.create_dataset(path, data=np.full(array.shape, b"1")),
    "reference": lambda out, array: out.create_dataset(path, data=np.full(array.shape, out.ref), dtype=h5py.ref_dtype),
    "nan": lambda out, array: out.create_dataset(path, data=array * np.nan),
    "huge": lambda out, array: out.create_dataset(path, data=array.astype("f8") + 1e300),
    "empty": lambda out, array: out.create_dataset(path, data=array[:0]),
    "nothing": lambda out, array: out.create_dataset(path, data=h5py.Empty("f4")),
    "claim": lambda out, array: out.create_dataset(path, shape=(2**40,), dtype="f4", chunks=(2**20,), compression="gzip"),
    "circle": lambda out, array: out.__setitem__(path, h5py.SoftLink("/" + path)),
    "other": lambda out, array: out.__setitem__(path, h5py.ExternalLink("read.h5", "/" + path)),
    "group": lambda out, array: out.create_group(path),
    "type": lambda out, array: out.__setitem__(path, np.dtype("f4")),
}
for name, add in refused.items():
    write(name, add)
write("virtual", virtual, libver="latest")
write("unknown", lambda out, array: out.create_dataset(path, data=array, compression="gzip"))
content = bytearray(open("unknown.h5", "rb").read())
place = content.index(b"deflate\0")
content[place - 8:place - 6] = struct.pack("<H", 32001)
open("unknown.h5", "wb").write(content)


def later(name, mark, kind, named):
    """A file with an attribute whose type of class `kind` has the version of HDF5 1.12; h5py has an older one here."""
    truth = h5py.enum_dtype({"False": 0, "True": 1}, "i1")

    def add(out, array):
        out[path] = array
        if named:
            out[mark] = truth
        out[path].attrs.create(mark, True, dtype=out[mark] if named else truth)

    write(name, add)
    content = bytearray(open(name + ".h5", "rb").read())
    versions = [i for i in range(len(content)) if content[i] == 0x10 | kind and content[i + 1:i + 4] == b"\2\0\0"]
    assert len(versions) == 1, versions
    content[versions[0]] = 0x40 | kind
    open(name + ".h5", "wb").write(content)


later("later", "truth", 8, False)
later("later-named", "truth", 8, True)
PY

"$SKEL" run job.yaml model.weights=read.h5 --out read >log 2>&1 </dev/null || fail "read.h5 is not read"
"$python" - read/kinds/*.h5 <<'PY'
import sys

import h5py

with h5py.File("read.h5") as given, h5py.File(sys.argv[1]) as run:
    for name, values in given["weights"].items():
        assert (run["initial"][name][()] == values[()].astype("f4")).all(), name
    assert len(given["weights"]) == len(run["initial"]) == 6
PY

# NAME WORDS
refuse() {
    local status=0

    "$SKEL" run job.yaml "model.weights=$1.h5" --out "out-$1" >log 2>&1 </dev/null || status=$?
    if [ "$status" != 65 ] || ! grep -qF -- "$2" log; then
        complain "$1: exit status $status, expected 65 and: $2"
    fi
    ! compgen -G "out-$1/kinds/*.h5" >/dev/null || complain "$1: a run was published"
}
refuse later "whose type HDF5 1.10 cannot read"
refuse later-named "whose type HDF5 1.10 cannot read"
refuse lzf "it needs the filter 32000 (lzf), which HDF5 does not have here"
refuse unknown "it needs the filter 32001 (deflate), which HDF5 does not have here"
for name in integer complex compound text reference; do
    refuse $name "does not hold floating-point numbers"
done
refuse nan "is nan, not a finite float32"
refuse huge "is 1e+300, not a finite float32"
refuse empty "has shape [0, 784], expected [3, 784]"
refuse nothing "has shape [], expected [3, 784]"
refuse claim "claims 4398046511104 bytes of values"
refuse circle "is a link that leads to nothing in this file"
refuse other "is a link to another file"
refuse virtual "are in another file"
for name in group type; do
    refuse $name "is not a dataset"
done
verdict
