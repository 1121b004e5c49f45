#!/usr/bin/env bash
# A run that was stopped does not go on from other initial weights, which its checkpoint does not hold: not where libm or
# LAPACK gives other bits. With the same bits it does, and ends as an undisturbed run.
set -euo pipefail
# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck disable=SC2034 # verdict.sh shows it
logs=(log)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cc -shared -fPIC -D_GNU_SOURCE "$SOURCE/tests/faults/preload/other_bits.c" -o other_bits.so -ldl

# fc1 is large enough for LAPACK (skel_qr_pays).
cat >job.yaml <<'YAML'
name: other
data: {set: fashion-mnist, train-samples: 64, test-samples: 20}
model: {name: lenet-300-100}
prune: {method: force, sparsity: 0.9, iterations: 4, batch-size: 16}
train: {epochs: 2, batch-size: 16}
YAML

# STATUS TEXT ARGUMENTS...; OTHER_BITS names the function that is another machine's.
run() {
    local status=0
    LD_PRELOAD=$work/other_bits.so "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run job.yaml "${@:3}" >log 2>&1 \
        </dev/null || status=$?
    if [ "$status" -ne "$1" ] || ! grep -qF -- "$2" log; then
        fail "${*:3}: exit status $status, expected $1 and the text: $2"
    fi
}

# FUNCTION STOP KEY=VALUE...: stopped while pruning (2) or while training (5).
try() {
    rm -rf out whole
    run 0 "accuracy" "${@:3}" --out whole
    SKEL_STOP_AFTER=$2 run 75 "goes on from" "${@:3}" --out out
    cp -r out before
    OTHER_BITS=$1 run 65 "was computed from another initial state" "${@:3}" --out out
    diff -r before/other out/other -x '*.jsonl' || fail "a refused resume changed files"
    rm -r before
    run 0 "resumed:" "${@:3}" --out out
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" whole/other/*.h5 out/other/*.h5
}
try cos 2
try dgeqrt 5 model.init=orthogonal prune.check=reinitialise

# Asked to, the run starts anew.
SKEL_STOP_AFTER=2 run 75 "goes on from" --out again
OTHER_BITS=cos run 0 "as --restart says" --out again --restart
echo "ok: other initial weights are refused"
