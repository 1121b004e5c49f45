"""What test_onnx.sh compares, in PyTorch.

    check_onnx.py data FOLDER NETWORK              makes NETWORK.h5 (for data.file) and NETWORK.npz (the test images)
    check_onnx.py run FOLDER NETWORK RUN.h5        compares the run with its exports NETWORK.{onnx,npz}, NETWORK-sparse.onnx
    check_onnx.py outside FOLDER NETWORK.onnx      moves the values into a file beside the model
    check_onnx.py same A.h5 B.h5                   compares masks and weights of two runs
    check_onnx.py zoo FOLDER NAME WIDTH CHANNELS   exports a network of the zoo from PyTorch
"""
import pathlib
import sys

import h5py
import numpy as np
import onnx
import onnx.checker
import torch

import onnx_networks
import onnx_torch


def make_data(folder, name):
    """Images of noise around a pattern of each class; the test images also normalised, as skel does it."""
    shape, classes = onnx_networks.SHAPES[name], onnx_networks.CLASSES[name]
    random = np.random.default_rng(0)
    patterns = random.integers(0, 256, (classes, *shape))
    with h5py.File(folder / f"{name}.h5", "w") as file:
        for half, images in ("train", 160), ("test", 80):
            labels = random.integers(0, min(classes, 8), images)
            pixels = (patterns[labels] + random.integers(0, 256, (images, *shape))) // 2
            file[f"{half}/images"] = pixels.astype(np.uint8)
            file[f"{half}/labels"] = labels
        mean, deviation = np.full(shape[0], 0.5), np.full(shape[0], 0.25)
        file.attrs.update({"classes": classes, "mean": mean, "deviation": deviation})
        test = file["test/images"][:].astype(np.float32) / np.float32(255)
        test = (test - np.float32(0.5)) / np.float32(0.25)
        np.savez(folder / f"{name}-test.npz", images=test, labels=file["test/labels"][:])


def state_of(run):
    """The state_dict that the run file holds."""
    return {name: run[group][name][:] for group in ("weights", "buffers") if group in run
            for name in run[group]}


def check_run(folder, name, path):
    test = folder / f"{name}-test.npz"
    archive = np.load(folder / f"{name}.npz")
    model = onnx_networks.NETWORKS[name]()
    state = model.state_dict()
    model.load_state_dict({key: torch.from_numpy(archive[key]) for key in archive})
    with h5py.File(path) as run:
        expected = state_of(run)
        right = round(run["summary"].attrs["test_accuracy"] * len(np.load(test)["labels"]))
        order = list(run["weights"])
        kept = int(run["summary"].attrs["kept"])
    assert order == [key for key, _ in model.named_parameters()], order
    wanted = [key for key in state if not key.endswith("num_batches_tracked")]
    assert sorted(expected) == sorted(wanted) == sorted(archive.files), sorted(expected)
    for key in wanted:
        assert expected[key].shape == tuple(state[key].shape) and (archive[key] == expected[key]).all(), key
    data = np.load(test)
    with torch.no_grad():
        chosen = model.eval()(torch.from_numpy(data["images"])).argmax(1).numpy()
    counts = [int((chosen == data["labels"]).sum())]
    for end in ".onnx", "-sparse.onnx":
        file = str(folder / (name + end))
        onnx.checker.check_model(file)
        counts.append(onnx_torch.count(file, test))
    assert counts == [right] * 3, f"{name}: right are {counts}, the run has {right}"
    sparse = onnx.load(str(folder / f"{name}-sparse.onnx")).graph.sparse_initializer
    assert sum(s.values.dims[0] for s in sparse) == kept
    print(f"{name}: {right} of {len(data['labels'])} test images, as in PyTorch")


def check_same(first, second):
    with h5py.File(first) as a, h5py.File(second) as b:
        for group in "initial", "masks", "weights", "buffers":
            assert list(a[group]) == list(b[group]), group
            for name in a[group]:
                assert (a[group][name][:] == b[group][name][:]).all(), f"{group}/{name}"


def export_zoo(folder, name, width, channels):
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "analysis"))
    import skel_torch
    onnx_networks.export(skel_torch.build(name, 10, channels, width), (channels, 32, 32), folder / f"{name}.onnx")


if __name__ == "__main__":
    if sys.argv[1] == "data":
        make_data(pathlib.Path(sys.argv[2]), sys.argv[3])
    elif sys.argv[1] == "run":
        check_run(pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4])
    elif sys.argv[1] == "outside":
        onnx.save_model(onnx.load(sys.argv[3]), str(pathlib.Path(sys.argv[2], "net.onnx")), save_as_external_data=True,
                        location="net.bin", size_threshold=0)
    elif sys.argv[1] == "same":
        check_same(sys.argv[2], sys.argv[3])
    else:
        export_zoo(pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
