#!/usr/bin/env bash
# skel report: runs that started from different weights are never taken together, whatever the path of
# the weight file was; runs that started from the same weights are, also from two paths.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/commands.sh
. "$SOURCE/tests/support/commands.sh"

cat >job.yaml <<'YAML'
name: from
data: {set: fashion-mnist, train-samples: 64, test-samples: 100}
model: {name: lenet-300-100, width: 3}
prune: {method: magnitude, sparsity: 0.5, batch-size: 64}
train: {epochs: 1, batch-size: 64}
YAML

for seed in 5 6; do
    run_job name=sources seed=$seed
    mv runs/sources/*.h5 source$seed.h5
done
cp source5.h5 w.h5
run_job model.weights=w.h5 seed=0
cp source6.h5 w.h5
run_job model.weights=w.h5 seed=0
run_job model.weights=w.h5 seed=1
cp source6.h5 same.h5
run_job model.weights=same.h5 seed=2

expect 0 "weights.content" report runs/from --format md,csv --out report
! grep -q 'same run' out err || complain "runs from different weights are called the same"
/usr/bin/python3 - <<'PY' || complain "the runs are not grouped by the weights that they started from"
import csv
import glob

import h5py

rows = list(csv.DictReader(open("report/accuracy.csv", newline="")))
assert sorted(row["50 % removed, runs"] for row in rows) == ["1", "3"], rows
sums = [h5py.File(path)["provenance"].attrs["weights_xxh3_128"] for path in glob.glob("runs/from/*.h5")]
assert sorted(sums.count(one) for one in set(sums)) == [1, 3], sums
PY
cp source5.h5 other.h5
run_job model.weights=other.h5 seed=4 name=named
run_job model.weights=same.h5 seed=4 name=named
expect 0 "model.weights other.h5" report runs/named --format md --out named
! grep -q weights.content out || complain "the content is shown where the paths tell the runs apart"
expect 64 "differ in weights.content" report runs/from --by prune.method --out other

# files that do not tell the content: their identities differ
for name in first second; do
    cp "$SOURCE/tests/reference/schema1.h5" $name.h5
    chmod u+w $name.h5
    /usr/bin/python3 - $name <<'PY'
import sys

import h5py
import numpy as np

with h5py.File(f"{sys.argv[1]}.h5", "a") as file:
    file["provenance"].attrs["identity"] = np.bytes_({"first": "0", "second": "1"}[sys.argv[1]] * 32)
PY
done
expect 0 "are different runs: they read files of different content" report first.h5 second.h5 --format md --out older
! grep -q 'the same run' out err || complain "older runs of different identities are called the same"
verdict
