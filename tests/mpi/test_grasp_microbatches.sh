#!/usr/bin/env bash
# Where batch norm's statistics are those of the whole batch, GraSP's mask does not depend on the size of the
# microbatches but for rounding, which may exchange weights whose scores are nearly the threshold. Where they
# are each microbatch's own, it does.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: grasp
data: {set: fashion-mnist, pad-to: 32, train-samples: 500, test-samples: 100}
model: {name: resnet20, width: 4}
prune: {method: grasp, sparsity: 0.9, batch-size: 128}
compute: {engine: dense}
sweep:
  compute.batchnorm: [batch, microbatch]
  compute.microbatch: [32, 64, 128]
YAML
"$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$work/job.yaml" --out "$work/out" -q >"$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }

/usr/bin/python3 - "$work"/out/grasp/*.h5 <<'PY'
import re
import sys

import h5py
import numpy as np

masks = {}
for path in sys.argv[1:]:
    with h5py.File(path) as run:
        job = run["provenance"].attrs["job"]
        job = job.decode() if isinstance(job, bytes) else job
        key = (re.search(r"batchnorm: (\w+)", job)[1], int(re.search(r"  microbatch: (\d+)", job)[1]))
        masks[key] = np.concatenate([mask[()].ravel() for mask in run["masks"].values()])
assert len(masks) == 6, masks.keys()
whole = masks["batch", 128]
kept = int(whole.sum())
for key, mask in sorted(masks.items()):
    other = int((mask & ~whole & 1).sum())
    print(f"batchnorm {key[0]}, microbatch {key[1]}: {other} of {kept} weights are others")
    assert mask.sum() == kept
    if key[1] < 128:
        # of 26,000 scores in floats, a few are within rounding of the threshold
        assert other <= kept / 500 if key[0] == "batch" else other > kept / 20
    else:
        assert other == 0
PY
