#!/bin/bash
# Spectra of `skel spectrum` are PyTorch's and NumPy's in double precision, on any number of ranks; bad
# input is refused with words. Skipped without PyTorch.
set -euo pipefail

# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
needs_python torch numpy h5py
if ! "$SKEL" --version | grep ScaLAPACK >/dev/null; then
    echo "this skel was built without ScaLAPACK"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

# The images of the spectra are all that the runs train on, so that their order does not matter.
cat >"$work/job.yaml" <<'YAML'
name: resnet
data: {set: fashion-mnist, pad-to: 32, train-samples: 8, test-samples: 10}
model: {name: resnet20, width: 4}
prune: {method: force, sparsity: 0.8, iterations: 4, batch-size: 8}
train: {epochs: 2, batch-size: 8, learning-rate: 0.01}
YAML

run() { # KEY=VALUE...
    "$MPIEXEC" -n 1 "$SKEL" run "$work/job.yaml" "$@" --out "$work" -q >"$work/log" 2>&1 </dev/null ||
        fail "$(cat "$work/log")"
}

spectrum() { # RANKS RUN OPTION...
    "$MPIEXEC" -n "$1" --oversubscribe "$SKEL" spectrum "${@:2}" >"$work/said" 2>"$work/log" </dev/null ||
        fail "skel spectrum ${*:2}: $(cat "$work/log")"
}

# RUN: keeps the run with its spectra, which the next command replaces, for the one comparison of all at the end:
# PyTorch takes seconds to start.
cases=()
keep() {
    local case=$work/case-${#cases[@]}

    mkdir "$case"
    cp "$1" "$1.spectra" "$case"
    cases+=("$case/$(basename "$1")")
}

expected=0
try() { # RANKS RUN OPTION...: of a sample, every second
    sample_takes 2 || return 1
    spectrum "$@"
    keep "$2"
    expected=$((expected + 1))
}

run
run name=lenet model.name=lenet-300-100 model.width=60 data.pad-to=~ prune.sparsity=0.98
for path in "$work"/resnet/*.h5 "$work"/lenet/*.h5; do
    for ranks in 1 3; do
        try "$ranks" "$path" --samples 8 --of ntk,jacobian,gauss-newton,layers,mask --at trained --control dense || true
    done
    try 2 "$path" --samples 8 --of ntk,jacobian,gauss-newton --at initial --memory 1 --engine sparse || true
    if try 4 "$path" --samples 8 --outputs sum --control shuffle,random --tsv; then
        # as many weights in the controls
        [ "$(awk -F'\t' 'NR > 1 {print $4}' "$work/said" | sort -u | wc -l)" = 1 ] || fail "$(cat "$work/said")"
    fi
    "$SKEL" verify "$path.spectra" >/dev/null || fail "$path.spectra is damaged"
    # What is taken is said before it is.
    spectrum 2 "$path" --samples 4 --outputs sum
    grep -qE "$path: spectra of 4 images on 1 x 2 ranks, [0-9.]+ .iB a rank$" "$work/log" || fail "$(cat "$work/log")"
done
if [ "${#cases[@]}" != "$expected" ] || [ "$expected" -lt 4 ]; then
    fail "${#cases[@]} spectra to compare, expected $expected"
fi
PYTHONDONTWRITEBYTECODE=1 "$python" "$SOURCE/tests/reference/spectrum.py" "${cases[@]}"

refuse() { # STATUS WORDS ARGUMENT...
    local status=0

    "$MPIEXEC" -n 2 --oversubscribe "$SKEL" spectrum "${@:3}" >"$work/said" 2>"$work/log" </dev/null || status=$?
    [ "$status" = "$1" ] || fail "skel spectrum ${*:3}: exit $status: $(cat "$work/log")"
    grep -q -- "$2" "$work/log" || fail "skel spectrum ${*:3}: $(cat "$work/log")"
}

path=$(echo "$work"/lenet/*.h5)
refuse 64 "8 images" "$path" --samples 9
refuse 64 "1000000 samples are asked for; the run.s training part has 8 images" "$path" --samples 1000000
refuse 64 "one of" "$path" --of ntk,spectra
refuse 74 "none.h5" "$work/none.h5"
refuse 65 "not an HDF5 file" "$work/job.yaml"
refuse 65 "" "$path.spectra"
run name=large model.name=lenet-300-100 model.width=60 data.pad-to=~ data.train-samples=30000 train.epochs=0
refuse 70 "the spectra take .* on each rank, and the node has" "$work"/large/*.h5 --samples 30000
cp "$path" "$work/flipped.h5"
"$python" - "$work/flipped.h5" <<'PY'
import sys, h5py
with h5py.File(sys.argv[1]) as f:
    at = f["initial/fc1.weight"].id.get_offset()
with open(sys.argv[1], "r+b") as f:
    f.seek(at + 100)
    byte = f.read(1)
    f.seek(at + 100)
    f.write(bytes([byte[0] ^ 64]))
PY
refuse 65 "flipped.h5" "$work/flipped.h5"
