#!/usr/bin/env bash
# Windows over padded images of ONNX models, read, described in the run file and read again: the loss is PyTorch's.
# Names that are not ASCII pass the export to NumPy.
set -euo pipefail
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
needs_python torch onnx h5py
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
needs_onnx "$here/onnx/wide.onnx"
PYTHONDONTWRITEBYTECODE=1 "$python" "$here/onnx_windows.py" . >expected
failed=0
cases=0
while read -r name wanted; do
    timeout 100 "$SKEL" run --out out - >log 2>&1 <<YAML || { cat log; exit 1; }
name: $name
data: {file: images.h5}
model: {file: $name.onnx, init: file}
prune: {method: none, batch-size: 16}
train: {epochs: 0}
YAML
    mv "$name.onnx" "moved-$name.onnx" # the run file describes the network
    timeout 100 "$SKEL" eval out/"$name"/*.h5 --engine reference --tsv </dev/null >table
    # Weights, images and logits are of float32, whose rounding is 6e-8.
    if awk -F'\t' -v wanted="$wanted" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "loss") at = i; next }
            { d = $at - wanted; right = d * d < 1e-12 * wanted * wanted } END { exit !right }' table; then
        echo "$name: loss $wanted, as in PyTorch"
    else
        echo "FAILED: $name: PyTorch's loss is $wanted, that of skel:"
        cat table
        failed=1
    fi
    cases=$((cases + 1))
done <expected
[ "$cases" = 7 ] || { echo "FAILED: $cases cases of 7 were tried"; failed=1; }
timeout 100 "$SKEL" export out/copied/*.h5 --numpy arrays.npz >/dev/null
"$python" - <<'END' || failed=1
import zipfile
import numpy
names = ["kernel", "größe.weight"]
assert sorted(numpy.load("arrays.npz").files) == sorted(names), numpy.load("arrays.npz").files
assert sorted(zipfile.ZipFile("arrays.npz").namelist()) == sorted(name + ".npy" for name in names)
END
exit "$failed"
