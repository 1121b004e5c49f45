#!/usr/bin/python3
"""Compares the mask of a run with the one that PyTorch chooses with the same weights and images.

    skel run job.yaml prune.method=snip prune.sampling=sequential train.epochs=0
    python3 analysis/check_run.py RUN.h5 [--data DATA]

For snip, iter-snip, force, grasp and synflow, which choose single weights of all layers together:
the run's initial weights are loaded, and every iteration is repeated by skel_masks.py in double
precision. The images must be known: prune.sampling sequential takes the first ones of the training
set. DATA is the folder of the data set's files, if it is neither in the job nor that of
Fashion-MNIST's Debian package. Needs python3-torch, python3-h5py and python3-yaml.

It prints how many weights disagree, and how far from the threshold their scores are, relative to
it; then the same of PyTorch in single precision, as a measure: of the millions of activations in a
real run some are so close to 0 that roundings switch a ReLU, which moves scores by up to a percent.
The engine `dense` rounds more than PyTorch where it convolves by Winograd's algorithm.
The engine `reference` computes in double: if its mask disagrees by more than 1e-4 of the threshold,
the exit status is 1.
"""
import gzip
import pathlib
import sys

import h5py
import numpy as np
import torch
import yaml

import skel_masks
import skel_torch
import usage

IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
SETS = {  # name: files of the first images, bytes of a record's label, shape, mean, deviation
    "mnist": (IDX, 0, (1, 28, 28), (0.1307,), (0.3081,)),
    "fashion-mnist": (IDX, 0, (1, 28, 28), (0.2860,), (0.3530,)),
    "cifar10": (("data_batch_1.bin",), 1, (3, 32, 32), (0.4914, 0.4822, 0.4465),
                (0.2023, 0.1994, 0.2010)),
    "cifar100": (("train.bin",), 2, (3, 32, 32), (0.5071, 0.4865, 0.4409),
                 (0.2673, 0.2564, 0.2762)),
}
FOLDERS = ("", "cifar-10-batches-bin", "cifar-100-binary")
PACKAGE = "/usr/share/datasets/fashion-mnist"
ASSUMED = {  # what is not repeated here
    "data.validation": 0.0, "model.file": None, "model.weights": None,
    "prune.sampling": "sequential", "prune.augment": "none", "prune.loss": "cross-entropy",
    "prune.scope": "global", "prune.unit": "weight", "prune.keep-layers": [],
    "prune.per-layer-floor": 0.0, "prune.check": "none", "prune.norm-warmup": 0,
}


def key(job, path):
    section, name = path.split(".")
    return job[section].get(name, ASSUMED.get(path))  # a file may be older than a key


def as_yaml(value):
    """A value as a job file has it."""
    return "~" if value is None else yaml.safe_dump(value, default_flow_style=True).split("\n")[0]


def refuse(job):
    """Ends the program if the run did what is not repeated here."""
    if key(job, "prune.method") not in skel_masks.METHODS:
        sys.exit(f"prune.method is {key(job, 'prune.method')}, not one of "
                 f"{', '.join(skel_masks.METHODS)}")
    if key(job, "data.set") not in SETS:
        sys.exit(f"data.set is {key(job, 'data.set')}, not one of {', '.join(SETS)}")
    for path, value in ASSUMED.items():
        if key(job, path) != value:
            sys.exit(f"{path} is {as_yaml(key(job, path))}: only a run with {path} "
                     f"{as_yaml(value)} can be repeated")


def read(directory, name):
    """A file's bytes; it may be compressed, or in its archive's own folder."""
    for folder in FOLDERS:
        path = pathlib.Path(directory, folder, name)
        packed = path.with_name(name + ".gz")
        if path.exists():
            return np.frombuffer(path.read_bytes(), np.uint8)
        if packed.exists():
            return np.frombuffer(gzip.decompress(packed.read_bytes()), np.uint8)
    sys.exit(f"{directory}: there is no {name}")


def first_images(name, directory, count, side):
    """The training set's first images as the network sees them, and their labels."""
    files, label, shape, mean, deviation = SETS[name]
    content = [read(directory, file) for file in files]
    if label == 0:
        images, labels = content[0][16:], content[1][8:]
    else:
        records = content[0].reshape(-1, label + int(np.prod(shape)))
        images, labels = records[:, label:], records[:, label - 1]
    if len(labels) < count:
        sys.exit(f"{files[0]} has {len(labels)} images, the run took {count}")
    side = side or shape[1]
    top, left = (side - shape[1]) // 2, (side - shape[2]) // 2
    seen = np.zeros((count, shape[0], side, side))  # padded with black, then normalised
    seen[:, :, top:top + shape[1], left:left + shape[2]] = \
        images.reshape(-1, *shape)[:count] / 255.0
    mean, deviation = (np.float32(x).astype(float)[:, None, None] for x in (mean, deviation))
    seen = ((seen - mean) / deviation).astype(np.float32)
    return torch.from_numpy(seen), torch.from_numpy(labels[:count].astype(np.int64))


def microbatches(job, images, labels):
    """What batch norm normalises over, batch by batch."""
    batch, size = key(job, "prune.batch-size"), key(job, "compute.microbatch")
    if key(job, "compute.batchnorm") == "batch":
        size = batch
    return [part for x, y in zip(images.split(batch), labels.split(batch))
            for part in zip(x.split(size), y.split(size))]


def load(path, job):
    """The network as it was before pruning, and the run's mask."""
    model, masks = skel_torch.load(path, key(job, "model.name"))
    with h5py.File(path) as file:
        initial = {n: torch.from_numpy(v[...]) for n, v in file["initial"].items()}
    model.load_state_dict(initial, strict=False)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.reset_running_stats()
    names = [n for n, p in model.named_parameters() if p.dim() > 1]
    return model, skel_masks.flat([masks[n] for n in names])


def compare(who, last, found):
    """Prints what disagrees with the last State; returns the largest distance."""
    distance = last.distance()[last.mask.bool() != found]
    furthest = distance.max().item() if len(distance) else 0.0
    print(f"{who}: {len(distance)} of {len(found)} weights disagree, "
          f"at most {furthest:.2g} from the threshold")
    return furthest


def main():
    options = usage.read(__doc__, ("run", usage.hdf5, "run file"),
                         ("--data", usage.folder, "folder of the data set's files"))
    with h5py.File(options.run) as file:
        if "provenance" not in file or "metrics/prune" not in file:
            sys.exit(f"{options.run} is no run that has pruned a network")
        job = yaml.safe_load(file["provenance"].attrs["job"])
        engine = file["provenance"].attrs["engine_prune"].decode()
        iterations = len(file["metrics/prune/iteration"])
    refuse(job)
    model, found = load(options.run, job)
    directory = options.data or key(job, "data.dir") or PACKAGE
    count = key(job, "prune.batches") * key(job, "prune.batch-size")
    batches = microbatches(job, *first_images(key(job, "data.set"), directory, count,
                                              key(job, "data.pad-to")))
    arguments = (key(job, "prune.method"), key(job, "prune.sparsity"), iterations,
                 key(job, "prune.schedule"), key(job, "prune.temperature") or 200.0)
    single = skel_masks.prune(model, batches, *arguments)
    batches = [(x.double(), y) for x, y in batches]
    steps = list(skel_masks.iterate(model.double(), batches, *arguments))
    near = [int((s.distance() <= skel_masks.NEAR).sum()) for s in steps]
    print(f"{int(found.sum())} weights are kept; {near[-1]} are within {skel_masks.NEAR:g} of the "
          f"threshold, {sum(near[:-1])} in the iterations before")
    furthest = compare(f"skel, engine {engine}", steps[-1], found)
    compare("PyTorch, single precision", steps[-1], single.mask.bool())
    return 1 if engine == "reference" and furthest > skel_masks.NEAR else 0


if __name__ == "__main__":
    sys.exit(main())
