#!/bin/bash
# The PyTorch modules of analysis/ still give the committed fixtures. Skipped without PyTorch.
set -euo pipefail

# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
needs_python torch numpy
export PYTHONDONTWRITEBYTECODE=1
"$python" "${SOURCE:?}/tests/reference/make_fixture.py" --check
"$python" "$SOURCE/tests/reference/make_masks.py" --check
"$python" "$SOURCE/tests/reference/make_signals.py" --check
