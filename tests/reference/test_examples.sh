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
for run in runs/tiny/snip-s0.9-seed*.h5; do
    sample_takes 3 || continue
    "$python" "$SOURCE/analysis/masks_to_torch.py" "$run" >out 2>err || complain "masks_to_torch.py $run"
done
verdict
