#!/usr/bin/env bash
# prune.trace takes the objective behind each iteration. On the same images in every iteration that
# is what the next one starts from, and in the end the summary's. It changes no mask.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: plain
data: {set: fashion-mnist, train-samples: 200, test-samples: 20}
model: {name: lenet-5, width: 4}
prune: {method: force, sparsity: 0.95, iterations: 6, batch-size: 48, sampling: sequential}
train: {epochs: 0}
compute: {microbatch: 16}
YAML

run() { # NAME KEY=VALUE...
    "$MPIEXEC" -n 3 --oversubscribe "$SKEL" run "$work/job.yaml" name="$1" "${@:2}" --out "$work" -q \
        >"$work/log" 2>&1 </dev/null || { cat "$work/log"; exit 1; }
}

run plain
run traced prune.trace=true
run random prune.trace=true prune.method=random prune.iterations=~
/usr/bin/python3 - "$work" <<'END'
import glob
import sys

import h5py
import numpy as np

plain, traced, random = (h5py.File(glob.glob(f"{sys.argv[1]}/{name}/*.h5")[0], "r")
                         for name in ("plain", "traced", "random"))
before, after, norm = (traced["metrics/prune/" + name][()]
                       for name in ("objective", "objective_after", "gradient_norm_after"))
assert len(after) == 6 and (after > 0).all() and (norm > 0).all(), after
assert (after[:-1] == before[1:]).all(), (before, after)
assert after[-1] == traced["summary"].attrs["objective"]
assert norm[-1] == traced["summary"].attrs["gradient_norm"]
assert traced["summary"].attrs["mask_hash"] == plain["summary"].attrs["mask_hash"]
for name in "objective_after", "gradient_norm_after":
    assert np.isnan(plain["metrics/prune/" + name][()]).all()
for name in "repruned", "resurrected", "objective":
    assert (traced["metrics/prune/" + name][()] == plain["metrics/prune/" + name][()]).all()
repruned, returned, pruned = (plain["metrics/prune/" + name][()]
                              for name in ("repruned", "resurrected", "pruned"))
assert repruned[0] == 0 and repruned.sum() > 0 and (repruned <= pruned).all(), repruned
assert repruned[1] <= returned[0] and returned.sum() >= (repruned > 0).sum(), (repruned, returned)
assert np.isnan(random["metrics/prune/objective"][()]).all()
assert random["metrics/prune/objective_after"][0] == random["summary"].attrs["objective"] > 0
END
