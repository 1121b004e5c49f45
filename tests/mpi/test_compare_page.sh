#!/usr/bin/env bash
# analysis/compare.py: the tables hold the files' own figures, a page keeps all but its parts.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: tiny
data: {set: fashion-mnist, train-samples: 256, test-samples: 200}
model: {name: lenet-5, width: 4}
prune: {batch-size: 64}
train: {epochs: 1, batch-size: 64, learning-rate: 0.05}
compute: {microbatch: 32}
sweep:
  seed: [0, 1]
  prune.sparsity: [0.9, 0.998]
  prune.method: [random, snip]
YAML
"$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$work/job.yaml" --out "$work" -q >"$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }
printf 'before\n<!-- tiny -->\nold\n<!-- end -->\nafter\n<!-- other -->\nkept\n<!-- end -->\n' >"$work/page.md"
/usr/bin/python3 "$SOURCE/analysis/compare.py" --page "$work/page.md" "$work/tiny"
/usr/bin/python3 "$SOURCE/analysis/compare.py" "$work/tiny" >"$work/section.md"
if /usr/bin/python3 "$SOURCE/analysis/compare.py" "$work" 2>"$work/log"; then
    echo "FAILED: a folder without run files is accepted"
    exit 1
fi
grep -q 'no run files' "$work/log"

/usr/bin/python3 - "$work" <<'PY'
import glob
import sys

import h5py
import numpy as np

work = sys.argv[1]
page = open(f"{work}/page.md", encoding="utf-8").read()
section = open(f"{work}/section.md", encoding="utf-8").read()
assert page == f"before\n<!-- tiny -->\n{section}<!-- end -->\nafter\n<!-- other -->\nkept\n<!-- end -->\n"
for method in ("random", "snip"):
    rows = [line.split("|")[2:4] for line in section.split("\n") if line.startswith(f"| `{method}` ")]
    for column, sparsity in enumerate((0.9, 0.998)):
        files = [h5py.File(path, "r") for path in glob.glob(f"{work}/tiny/{method}-s{sparsity}-*.h5")]
        summaries = [file["summary"].attrs for file in files]
        accuracy = [100 * s["test_accuracy"] for s in summaries]
        assert len(accuracy) == 2
        cell = f"{np.mean(accuracy):.1f} ± {np.std(accuracy, ddof=1):.1f}"
        assert rows[0][column].strip().startswith(cell), (rows[0], cell)
        collapsed = np.mean([s["collapsed_layers"] for s in summaries])
        assert float(rows[1][column]) == round(collapsed, 1), (rows[1], collapsed)
        effective = np.mean([100 * s["kept_effective"] / s["kept"] for s in summaries])
        assert abs(float(rows[2][column]) - effective) <= 0.51, (rows[2], effective)
print("tables: the files' figures")
PY
