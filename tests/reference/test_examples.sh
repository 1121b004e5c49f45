#!/usr/bin/env bash
# The Python examples of analysis/ run on the files of a small sweep, and find the files' own numbers.
set -euo pipefail
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
needs_python torch h5py xarray pandas matplotlib yaml
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# shellcheck source=tests/support/verdict.sh
. "${SOURCE:?}/tests/support/verdict.sh"
# shellcheck source=tests/support/commands.sh
. "$SOURCE/tests/support/commands.sh"

write_sweep_job
run_job name=tiny
expect 0 "written to" report runs/tiny --format csv,h5
"$python" "$SOURCE/analysis/from_report.py" runs/tiny >out 2>err || fail "from_report.py"
grep -qE '^random +0\.90? +0\.[0-9]+ +0\.[0-9]+ +3$' out || complain "no mean of three runs"
[ "$(head -c 4 runs/tiny/report/figure1.png | tail -c 3)" = PNG ] || complain "no figure"
# Fashion-MNIST, under the name of the set that papers have numbers for.
run_job name=known model.name=lenet-300-100 model.width=300 prune.method=snip 'prune.sparsity=[0.95,0.97]'
expect 0 "written to" report runs/known --format h5
"$python" -c 'import h5py; h5py.File("runs/known/report/summary.h5", "a").move("fashion-mnist-lenet-300-100", "mnist-lenet-300-100")'
"$python" "$SOURCE/analysis/published.py" runs/known/report >out 2>err || fail "published.py"
for row in '95 \| snip \| [0-9.]+ ± [0-9.]+ \(3 seeds\) \| 1\.6' '97 \| snip \| .*2\.4 with 2 % kept'; do
    grep -qE "^\| $row \(Lee et al\. 2019\) \|\$" out || complain "no published number beside ours: $row"
done
for run in runs/tiny/snip-s0.9-seed*.h5; do
    sample_takes 3 || continue
    "$python" "$SOURCE/analysis/masks_to_torch.py" "$run" >out 2>err || complain "masks_to_torch.py $run"
done
verdict
