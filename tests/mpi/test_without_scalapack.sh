#!/bin/bash
# A program that was built with SKEL_SCALAPACK=OFF: commands that need ScaLAPACK or LAPACK say so with status 69
# before they write anything, and all others do what the whole program does.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

whole=$SKEL
grep -q '^CMAKE_GENERATOR:INTERNAL=Unix Makefiles' "$BUILD/CMakeCache.txt" || exit 77
mkdir "$work/off"
/usr/bin/python3 "$SOURCE/tests/mpi/without_scalapack.py" "$SOURCE" "$BUILD" "$work/off"
SKEL=$work/off/skel
if "$SKEL" --version | grep -i scalapack; then fail "it names ScaLAPACK"; fi
if ldd "$SKEL" | grep -iE 'scalapack|blas'; then fail "it loads such a library"; fi

cat >"$work/job.yaml" <<'YAML'
name: lean
data: {set: fashion-mnist, train-samples: 150, test-samples: 70}
model: {name: lenet-300-100}
prune: {method: force, sparsity: 0.9, iterations: 3, batches: 2, batch-size: 64}
train: {epochs: 1, batch-size: 50}
compute: {microbatch: 25}
YAML

# run PROGRAM FOLDER KEY=VALUE...
run() {
    local program=$1 folder=$2
    shift 2
    "$MPIEXEC" -n 2 --oversubscribe "$program" run "$work/job.yaml" "$@" --out "$work/$folder" -q >"$work/log" 2>&1 ||
        fail "run $*"
}

# A run is the same, bit by bit, and what reads it works.
for name in force orthogonal; do
    for program in whole off; do
        path=$whole
        [ $program = whole ] || path=$SKEL
        init=kaiming-normal
        [ $name = force ] || init=orthogonal
        run "$path" "$program" name=$name "model.init=$init"
    done
done
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/{whole,off}/force/*.h5
file=$(echo "$work"/off/force/*.h5)
for command in verify inspect; do
    "$SKEL" "$command" "$file" >"$work/log" 2>&1 || fail "$command"
done
"$SKEL" report "$work/off/force" --out "$work/page" >"$work/log" 2>&1 || fail "report"

# Orthogonal weights of a large layer are made by the Gram-Schmidt process: the same but for rounding.
/usr/bin/python3 - "$work"/{whole,off}/orthogonal/*.h5 <<'PY'
import sys

import h5py
import numpy

with h5py.File(sys.argv[1]) as a, h5py.File(sys.argv[2]) as b:
    for name in a["initial"]:
        x, y = a["initial"][name][()], b["initial"][name][()]
        # entries are below sqrt 2; the bases agree to 1e-12, then each is rounded to float
        assert numpy.abs(x - y).max() <= 2.0**-23, (name, numpy.abs(x - y).max())
    weight = b["initial"]["fc1.weight"][()].astype(float)
    assert numpy.abs(weight @ weight.T - 2 * numpy.eye(300)).max() < 1e-6
PY

# refuses WORDS COMMAND...: says what is missing, with status 69
refuses() {
    local words=$1 status=0
    shift
    "$MPIEXEC" -n 2 --oversubscribe "$SKEL" "$@" >"$work/log" 2>&1 || status=$?
    [ "$status" -eq 69 ] || complain "$*: status $status"
    grep -q "$words" "$work/log" || complain "$*: does not say: $words"
    grep -q -- '-DSKEL_SCALAPACK=ON' "$work/log" || complain "$*: does not say how to build it"
    [ "$(grep -c 'built without' "$work/log")" -eq 1 ] || complain "$*: says it more than once"
}

before=$(sha256sum "$file")
refuses 'built without ScaLAPACK' spectrum "$file" --samples 10
[ "$(sha256sum "$file")" = "$before" ] || complain "spectrum changed the file"
for method in obs obs-layer; do
    refuses "prune.method $method: this skel was built without ScaLAPACK and LAPACK" \
        run "$work/job.yaml" "prune.method=$method" name=refused --out "$work/off"
    status=0
    "$SKEL" plan "$work/job.yaml" "prune.method=$method" >"$work/log" 2>&1 || status=$?
    [ "$status" -eq 69 ] || complain "plan with $method: status $status"
done
[ -z "$(find "$work/off/refused" -name '*.h5' 2>/dev/null)" ] || complain "a refused run left a file"
for part in linalg qr elimination; do
    refuses 'built without ScaLAPACK' bench $part --samples 40 --repeat 1 --peer none
done
verdict
