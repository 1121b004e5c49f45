#!/usr/bin/env bash
# Each sanity check spoils what it says and nothing else: the places within layers, the weights that
# are trained, the order of the scores. Training at a rate of 1e-30 leaves weights as they started.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: sanity
data: {set: fashion-mnist, train-samples: 256, test-samples: 100}
model: {name: lenet-5, width: 8}
prune: {sparsity: 0.95, batches: 1, batch-size: 64, per-layer-floor: 0.01}
train: {epochs: 1, batch-size: 128, learning-rate: 1.0e-30, weight-decay: 0.0}
compute: {microbatch: 32}
sweep:
  prune.method: [magnitude, snip]
  prune.check: [none, shuffle-layerwise, reinitialise, invert]
YAML
"$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$work/job.yaml" --out "$work/out" -q \
    >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

/usr/bin/python3 - "$work"/out/sanity/*.h5 <<'PY'
import os
import re
import sys

import h5py
import numpy as np

CHECKS = ["none", "shuffle-layerwise", "reinitialise", "invert"]


def read(path):
    with h5py.File(path) as file:
        return {group: {name: data[()] for name, data in file[group].items()}
                for group in ("masks", "weights", "initial", "redrawn") if group in file}


def same(a, b):
    return all(np.array_equal(a[name], b[name]) for name in a)


def started_from(run, start):
    """Whether the weights are those of a group times the mask; -0 is 0."""
    return all(np.array_equal(run["weights"][name], run[start][name] * mask)
               for name, mask in run["masks"].items())


def check(condition, what):
    if not condition:
        sys.exit("FAILED: " + what)


FILES = {re.match("(magnitude|snip)-.*check=(.*)-[0-9a-f]{8}.h5$", os.path.basename(path)).groups(): path
         for path in sys.argv[1:]}

for method in ("magnitude", "snip"):
    runs = {name: read(FILES[method, name]) for name in CHECKS}
    none = runs["none"]
    check(all(same(none["initial"], run["initial"]) for run in runs.values()),
          f"{method}: the weights that are scored are the same in all checks")
    for name in ("none", "shuffle-layerwise", "invert"):
        check(started_from(runs[name], "initial") and "redrawn" not in runs[name],
              f"{method}, {name}: training starts from the weights that were scored")
    shuffled, redrawn, inverted = (runs[name] for name in CHECKS[1:])
    for name, mask in none["masks"].items():
        check(mask.sum() == shuffled["masks"][name].sum(), f"{method}: shuffling keeps {name}'s count")
    check(not same(none["masks"], shuffled["masks"]), f"{method}: shuffling moves weights")
    check(same(none["masks"], redrawn["masks"]), f"{method}: the mask is kept while weights are redrawn")
    check(started_from(redrawn, "redrawn") and not same(redrawn["initial"], redrawn["redrawn"]),
          f"{method}: training starts from other weights")
    ratio = [redrawn["redrawn"][name].std() / redrawn["initial"][name].std()
             for name in none["masks"]]
    check(all(0.8 < r < 1.25 for r in ratio), f"{method}: redrawn weights are as large: {ratio}")
    both = sum((none["masks"][name] & inverted["masks"][name]).sum() for name in none["masks"])
    total = sum(mask.sum() for mask in none["masks"].values())
    check(total == sum(mask.sum() for mask in inverted["masks"].values()),
          f"{method}: inversion keeps as many")
    check(both < 0.02 * total, f"{method}: inversion keeps others ({both} of {total} are the same)")
    if method == "magnitude":
        for name, mask in inverted["masks"].items():
            size = np.abs(inverted["initial"][name])
            check(size[mask == 1].max() <= size[mask == 0].min(),
                  f"inverted magnitude keeps the smallest weights of {name}")
print("sanity checks: as they say")
PY
