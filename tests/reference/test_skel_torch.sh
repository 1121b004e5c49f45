#!/bin/bash
# The PyTorch modules of analysis/ still give the committed fixtures. Skipped without PyTorch.
set -euo pipefail

python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import torch, numpy' 2>/dev/null; then
    echo "$python has no torch and numpy (Debian: python3-torch python3-numpy)"
    exit 77
fi
export PYTHONDONTWRITEBYTECODE=1
"$python" "${SOURCE:?}/tests/reference/make_fixture.py" --check
"$python" "$SOURCE/tests/reference/make_masks.py" --check
"$python" "$SOURCE/tests/reference/make_signals.py" --check
