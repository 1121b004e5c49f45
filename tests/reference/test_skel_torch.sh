#!/bin/bash
# The PyTorch modules of analysis/ still give the committed fixtures; of a sample, one of them. Skipped without PyTorch.
set -euo pipefail

# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
needs_python torch numpy
export PYTHONDONTWRITEBYTECODE=1
for fixture in fixture masks signals; do
    ! sample_takes 3 || "$python" "$SOURCE/tests/reference/make_$fixture.py" --check
done
