"""Seeds of the targets that read HDF5 files: small files, for the time of an execution grows with the file.

While they are fuzzed every checksum counts as right: checksum.c computes zeros, hdf5.c passes over HDF5's own. So all
checksums of the seeds are zeros too, and a change of any byte is seen by the code behind the comparison.
"""
import re
import struct

import h5py
import numpy as np

NO_SUM = b"0" * 32
WEIGHTS = {"conv1.weight": (1, 1, 3, 3), "bn1.weight": (1,), "bn1.bias": (1,), "bn1.running_mean": (1,),
           "bn1.running_var": (1,), "fc.weight": (2, 4), "fc.bias": (2,)}  # the network of fuzz_weights.c
JOB = b"""name: seeds
data: {set: mnist}
model: {name: lenet-300-100}
prune: {method: force, sparsity: 0.9}
"""


def without_sums(content):
    """The file with zeros for its checksums: those of skel as texts, and those inside the blocks of HDF5's heaps."""
    content = bytearray(re.sub(rb"[0-9a-f]{32}", NO_SUM, content))
    for found in re.finditer(b"FHDB", bytes(content)):
        heap, = struct.unpack_from("<Q", content, found.start() + 5)
        bits, = struct.unpack_from("<H", content, heap + 128)
        at = found.start() + 13 + (bits + 7) // 8
        content[at:at + 4] = bytes(4)
    return bytes(content)


def weights(folder):
    """A few weights and a mask, in the first and the latest form of HDF5 1.10's storage."""
    folder.mkdir(parents=True, exist_ok=True)
    for version in "earliest", "v110":
        newest = "latest" if version == "earliest" else version
        with h5py.File(folder / version, "w", libver=(version, newest), track_order=version == "v110") as out:
            for name, shape in WEIGHTS.items():
                out.create_dataset("weights/" + name, data=np.ones(shape, np.float32))
            out.create_dataset("masks/conv1.weight", data=np.ones((1, 1, 3, 3), np.uint8))
            out.create_dataset("masks/fc.weight", data=np.ones((2, 4), bool), compression="gzip")
            out["weights"].attrs["note"] = "a text of variable length"
    with h5py.File(folder / "mixed", "w", track_order=True) as out:  # the root has a later format than its members
        out["itself"] = out["/"]
        out["weights/fc.weight"] = np.ones((2, 4), np.float32)
        out["compound"] = np.zeros(2, dtype=[("x", "f4"), ("name", "S4"), ("array", "i2", (3,))])
        out.create_dataset("texts", data=["one", "", "another"], dtype=h5py.string_dtype())
        out.create_dataset("chunks", data=["one", "two"], dtype=h5py.string_dtype(), chunks=(2,))
        out.create_dataset("filled", shape=(3,), dtype="i4", fillvalue=7, maxshape=(None,), compression="gzip")
        out["type"] = np.dtype("f8")
        out.create_dataset("of type", data=1.0, dtype=out["type"])
        out["soft"], out["other"] = h5py.SoftLink("/weights"), h5py.ExternalLink("other.h5", "/")
        out.attrs["array"], out.attrs["nothing"] = np.arange(4), h5py.Empty("f4")
    with h5py.File(folder / "many", "w", libver="v110", track_order=True) as out:  # more than a header holds
        for i in range(10):
            out.attrs[f"a{i}"] = i
            out[f"weights/{i}"] = np.float32(i)
    for path in folder.iterdir():
        path.write_bytes(without_sums(path.read_bytes()))


def name_of(kind):
    """A type as the manifest has it."""
    if kind.kind == "S":
        return "text"
    return {"f": "float", "u": "uint", "i": "int"}[kind.kind] + str(8 * kind.itemsize) if kind.kind in "fui" else "references"


def seal(out):
    """Gives each dataset a checksum, and the file a manifest, as src/store/FORMAT.md has them."""
    lines = ["skel-manifest\t1"]

    def add(path, thing):
        path = "/" + path.strip("/")
        if isinstance(thing, h5py.Group):
            lines.append(f"group\t{path}")
        else:
            thing.attrs["xxh3_128"] = np.bytes_(NO_SUM)
            kind = "text:1" if thing.dtype.kind == "S" else name_of(thing.dtype)
            lines.append(f"dataset\t{path}\t{kind}\t{'x'.join(map(str, thing.shape))}\t{NO_SUM.decode()}")
        for name in thing.attrs:
            value = thing.attrs.get_id(name)
            kind, shape = name_of(value.dtype), "x".join(map(str, value.shape)) or "scalar"
            lines.append(f"attribute\t{path}\t{name}\t{kind}\t{shape}\t"
                         f"{'-' if kind == 'references' else NO_SUM.decode()}")

    add("/", out)
    out.visititems(add)
    text = "\n".join(lines).encode() + b"\n"
    out.create_dataset("manifest", data=np.frombuffer(text, np.uint8)).attrs["xxh3_128"] = np.bytes_(NO_SUM)


def begin(path, schema, version):
    out = h5py.File(path, "w", libver="v110", track_order=True)
    out.attrs["schema_name"], out.attrs["schema_version"] = np.bytes_(schema), version
    group = out.create_group("provenance", track_order=True)
    group.attrs["job"], group.attrs["identity"] = np.bytes_(JOB), np.bytes_(NO_SUM)
    for name in "conv1.weight", "fc.weight":
        out.create_dataset("weights/" + name, data=np.ones(WEIGHTS[name], np.float32))
    return out


def finish(path, out):
    """Also a file with the last line that says that all of it is right, which stops most comparisons."""
    seal(out)
    out.close()
    content = without_sums(path.read_bytes())
    path.write_bytes(content)
    path.with_name(path.name + "-sealed").write_bytes(content + b"skel-seal 1 datasets 0000000009 xxh3_128 " + NO_SUM + b"\n")


def run(path):
    with begin(path, "skel-run", 2) as out:
        out["provenance"].create_dataset("hosts", data=np.array([[b"a", b"b"]]))
        out.create_dataset("masks/fc.weight", data=np.ones((2, 4), np.uint8), compression="gzip", chunks=(1, 4))
        out["metrics/prune/iteration"] = np.arange(2)
        out["metrics/prune/loss"] = np.ones(2)
        out["metrics/prune/iteration"].make_scale("iteration")
        out["metrics/prune/loss"].dims[0].attach_scale(out["metrics/prune/iteration"])
        out["metrics/train/loss"] = np.empty(0)
        summary = out.create_group("summary").attrs
        summary["method"], summary["kept"], summary["test_accuracy"] = np.bytes_("force"), 8, 0.5
        finish(path, out)


def checkpoint(path):
    with begin(path, "skel-checkpoint", 3) as out:
        state = out.create_group("state", track_order=True)
        for name in "iterations", "epochs", "steps", "step_images", "placed", "history":
            state.attrs[name] = 1
        state.attrs["step_loss"] = 0.5
        state["velocity"], state["lineage"] = np.ones(9, np.float32), np.zeros(9, np.uint8)
        finish(path, out)
