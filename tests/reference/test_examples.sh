#!/usr/bin/env bash
# The Python examples of analysis/ run on the files of a small sweep, and find the files' own numbers.
set -euo pipefail
python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import torch, h5py, xarray, pandas, matplotlib, yaml' 2>/dev/null; then
    echo "$python lacks torch, h5py, xarray, pandas, matplotlib or yaml (Debian: python3-NAME)"
    exit 77
fi
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
name: tiny
data: {set: fashion-mnist, train-samples: 512, test-samples: 300}
model: {name: lenet-5, width: 4}
prune: {batch-size: 64}
train: {epochs: 1, batch-size: 64, learning-rate: 0.05}
compute: {microbatch: 32}
sweep:
  seed: [0, 1]
  prune.sparsity: [0.5, 0.9]
  prune.method: [random, snip]
YAML
"${SKEL:?}" run job.yaml -q >log 2>&1 || { cat log; exit 1; }
"$SKEL" report runs/tiny --format csv,h5 >out 2>&1 || { cat out; exit 1; }
"$python" "${SOURCE:?}/analysis/from_report.py" runs/tiny >out
grep -qE '^random +0.5 +0\.[0-9]+ +0\.[0-9]+ +2$' out || { cat out; echo "FAILED: no mean of two runs"; exit 1; }
[ "$(head -c 4 runs/tiny/report/figure1.png | tail -c 3)" = PNG ] || { echo "FAILED: no figure"; exit 1; }
for run in runs/tiny/snip-s0.5-seed*.h5; do
    "$python" "$SOURCE/analysis/masks_to_torch.py" "$run" || { echo "FAILED: $run"; exit 1; }
done
