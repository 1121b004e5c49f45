"""Checks a run file of ours with h5py, then makes weight files of it as users of h5py would.

    weight_files.py BASE.h5 FOLDER

The value of element i of the flat parameter vector is (i % 1009 - 504) / 128, that of buffer
element i is i % 31 + 0.5, and every third element of the flat vector is pruned.
"""
import os
import shutil
import sys

import h5py
import numpy as np


def check(base):
    """Everything is there, in the network's order, in the types that FORMAT.md names."""
    weights = np.concatenate([d[()].ravel() for d in base["weights"].values()])
    assert weights.dtype == np.float32
    assert (weights == (np.arange(weights.size) % 1009 - 504) / 128).all()
    assert list(base["weights"])[0] == "conv1.weight"
    assert list(base["weights"])[-1] == "fc.bias"
    buffers = np.concatenate([d[()].ravel() for d in base["buffers"].values()])
    assert (buffers == np.arange(buffers.size) % 31 + 0.5).all()
    offset = 0
    for name, weight in base["weights"].items():
        kept = (np.arange(offset, offset + weight.size) % 3 != 0).reshape(weight.shape)
        offset += weight.size
        if weight.ndim > 1:
            mask = base["masks"][name]
            assert mask.dtype == np.uint8 and mask.compression == "gzip"
            assert (mask[()] == kept).all()
        else:
            assert name not in base["masks"]
    assert base.attrs["schema_name"] == b"skel-run" and base.attrs["schema_version"] == 2
    assert base.attrs["date"] == b"2026-01-31T13:05:00Z"


def write(path, base, kind=np.float32, together=False, masks=None, options=None):
    """A file as h5py writes it by default; `together`: one state_dict, buffers among the weights."""
    with h5py.File(path, "w") as out:
        for name, data in base["weights"].items():
            out.create_dataset("weights/" + name, data=data[()].astype(kind), **(options or {}))
        for name, data in base["buffers"].items():
            group = "weights/" if together else "buffers/"
            out.create_dataset(group + name, data=data[()].astype(kind))
            if together and name.endswith("running_var"):
                counter = name.replace("running_var", "num_batches_tracked")
                out.create_dataset(group + counter, data=np.int64(7))
        for name, data in base["masks"].items():
            if masks is not None:
                out.create_dataset("masks/" + name, data=data[()].astype(masks))


def change(path, start, edit):
    """A copy of an h5py file, edited."""
    shutil.copy(start, path)
    with h5py.File(path, "r+") as out:
        edit(out)


def put(group, name, data):
    """Replaces a dataset."""
    if name in group:
        del group[name]
    group.create_dataset(name, data=data)


def poke(group, name, value):
    """Sets one element, converting nothing."""
    data = group[name][()]
    data.flat[5] = value
    put(group, name, data)


def main():
    base = h5py.File(sys.argv[1], "r", track_order=True)
    folder = sys.argv[2]

    def at(name):
        return os.path.join(folder, name + ".h5")

    check(base)
    write(at("plain"), base)
    write(at("double"), base, kind=np.float64)
    write(at("half"), base, kind=np.float16)
    write(at("compressed"), base,
          options={"chunks": True, "compression": "gzip", "shuffle": True, "fletcher32": True})
    write(at("state_dict"), base, together=True)
    write(at("bool"), base, masks=bool)
    write(at("float_mask"), base, masks=np.float32)
    write(at("byte_mask"), base, masks=np.uint8)
    plain = at("plain")
    change(at("missing"), plain, lambda f: f["weights"].pop("fc.bias"))
    change(at("extra"), plain, lambda f: put(f["weights"], "head.weight", np.zeros(3)))
    change(at("shape"), plain, lambda f: put(f["weights"], "fc.weight", np.zeros((4, 100))))
    change(at("transposed"), plain, lambda f: put(f["weights"], "fc.weight", f["weights/fc.weight"][()].T))
    change(at("flat"), plain, lambda f: put(f["weights"], "fc.weight", f["weights/fc.weight"][()].ravel()))
    change(at("five"), plain, lambda f: put(f["weights"], "fc.weight", np.zeros((1, 1, 1, 1, 10))))
    change(at("many"), plain, lambda f: [f["weights"].pop(k) for k in list(f["weights"])[:20]])
    change(at("nested"), plain, lambda f: f.move("weights/conv1.weight", "weights/conv1/weight"))
    change(at("nan"), plain, lambda f: poke(f["weights"], "fc.weight", np.nan))
    change(at("huge"), at("double"), lambda f: poke(f["weights"], "fc.weight", 1e300))
    change(at("integers"), plain, lambda f: put(f["weights"], "fc.weight", f["weights/fc.weight"][()].astype(int)))
    change(at("texts"), plain, lambda f: put(f["weights"], "fc.bias", [b"a"] * 10))
    change(at("no_buffer"), plain, lambda f: f["buffers"].pop("bn1.running_mean"))
    change(at("negative"), plain, lambda f: poke(f["buffers"], "layer3.0.bn1.running_var", -1.0))
    change(at("mask_missing"), at("bool"), lambda f: f["masks"].pop("conv1.weight"))
    change(at("mask_two"), at("byte_mask"), lambda f: poke(f["masks"], "conv1.weight", 2))
    change(at("mask_half"), at("float_mask"), lambda f: poke(f["masks"], "conv1.weight", 0.5))
    change(at("mask_extra"), at("bool"), lambda f: put(f["masks"], "conv9.weight", np.ones(3)))
    change(at("mask_bias"), at("bool"), lambda f: put(f["masks"], "fc.bias", np.zeros(10)))
    change(at("mask_ones"), at("bool"), lambda f: put(f["masks"], "fc.bias", np.ones(10)))
    with h5py.File(at("other"), "w") as out:
        out["results"] = np.zeros(3)
    with open(at("text"), "w") as out:
        out.write("weights: none\n" * 100)
    with open(at("plain"), "rb") as whole, open(at("truncated"), "wb") as out:
        out.write(whole.read()[:-5000])
    open(at("empty"), "w").close()


main()
