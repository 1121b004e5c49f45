#!/usr/bin/env bash
# Methods that train other weights than the network computes with, and deep-r: the same files on 1 to 4 ranks, with
# both kinds of batch norm and after stops in the middle of epochs; exact counts where they are promised; weights
# that return; layers that are kept whole; bad input.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
name: reparameterised
data: {set: fashion-mnist, pad-to: 32, train-samples: 150, test-samples: 70, validation: 0.1, augment: standard}
model: {name: resnet20, width: 2}
prune: {sparsity: 0.8, keep-layers: [fc]}
train: {epochs: 3, batch-size: 32, learning-rate: 0.05, rate-schedule: cosine, nesterov: true}
compute: {microbatch: 10}
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=(log)
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"

again=(train.epochs=1 prune.finetune-epochs=3)
declare -A keys=(
    [dpf]='prune.update-every=2 prune.update-until=0.5'
    [str]='prune.auxiliary-start=-3 prune.auxiliary-decay=0.05'
    [l0]='prune.strength=0.02 prune.auxiliary-rate=0.3'
    [surgery]="${again[*]} prune.update-until=1"
    [learning-compression]="${again[*]} prune.update-every=2 prune.strength=0.5"
    [deep-r]='prune.strength=0.01 prune.noise=0.2'
)

# Of a sample, every third. STR goes through more stops than the others.
methods=()
for method in dpf str l0 surgery learning-compression deep-r; do
    ! sample_takes 3 || methods+=("$method")
done
has_str=no
[[ " ${methods[*]} " != *" str "* ]] || has_str=yes
echo "methods: ${methods[*]}"

run() { # RANKS FOLDER METHOD KEY=VALUE...
    local ranks=$1 folder=$2 method=$3
    # shellcheck disable=SC2206 # words are meant to split
    local own=(${keys[$method]})
    shift 3
    "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run job.yaml name="$method" prune.method="$method" \
        "${own[@]}" "$@" --out "$folder" -q >log 2>&1
}

same() { # FOLDER FOLDER
    local method
    for method in "${methods[@]}"; do
        /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$1/$method"/*.h5 "$2/$method"/*.h5 >log ||
            fail "$method: $2 differs from $1"
    done
}

# All methods have the mechanism in common: one of them is tried on every number of ranks.
for method in "${methods[@]}"; do
    for ranks in 1 3; do
        run "$ranks" "$ranks" "$method" || fail "$method on $ranks ranks"
        run "$ranks" "whole-$ranks" "$method" compute.batchnorm=batch compute.microbatch=12 ||
            fail "$method with batch statistics on $ranks ranks"
    done
done
same 1 3
same whole-1 whole-3
if [ $has_str = yes ]; then
    for ranks in 2 4; do run "$ranks" "$ranks" str || fail "str on $ranks ranks"; done
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" {1,2,4}/str/*.h5 >log || fail "str depends on the ranks"
fi

# Stops, most of them inside of an epoch, and resumes on another number of ranks: of a sample, of every second method.
stopped=()
for method in "${methods[@]}"; do
    sample_takes 2 || continue
    stopped+=("$method")
    stops=0 status=75
    while [ "$status" = 75 ]; do
        status=0
        SKEL_STOP_AFTER=29 run $((stops % 2 + 1)) stopped "$method" || status=$?
        stops=$((stops + 1))
        [ "$stops" -lt 20 ] || fail "$method makes no progress"
    done
    [ "$status" = 0 ] || fail "$method: a resume ended with $status"
    [ "$stops" -gt 1 ] || fail "$method was never stopped"
done
methods=("${stopped[@]}")
same 1 stopped

# Stops between the last step of an epoch and its row in the tables: in the validation, and in the test.
for checks in 18 24; do
    [ $has_str = yes ] || break
    status=0
    SKEL_STOP_AFTER=$checks run 1 "evaluated-$checks" str || status=$?
    if [ "$status" != 75 ] || ! grep -q ' 0 epochs and 5 batches' log; then fail "check $checks is in no evaluation"; fi
    run 1 "evaluated-$checks" str || fail "str does not go on from an evaluation"
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" {1,"evaluated-$checks"}/str/*.h5 >log ||
        fail "str differs after a stop in an evaluation"
done

/usr/bin/python3 - 1 <<'PY' || fail "the files are wrong"
import pathlib
import sys

import h5py
import numpy as np

for path in sorted(pathlib.Path(sys.argv[1]).glob("*/*.h5")):
    with h5py.File(path, "r") as file:
        method = path.parent.name
        masks = {k: v[()] for k, v in file["masks"].items()}
        for name, mask in masks.items():
            assert (file["weights"][name][()][mask == 0] == 0).all(), (method, name)
        assert masks["fc.weight"].all(), method
        kept, total = sum(int(m.sum()) for m in masks.values()), sum(m.size for m in masks.values())
        assert file["summary"].attrs["kept"] == kept and file["summary"].attrs["sparsity"] == 0.8
        assert abs(file["summary"].attrs["sparsity_reached"] - (1 - kept / total)) < 1e-12
        exact = method in ("dpf", "learning-compression", "deep-r")
        assert not exact or kept == int(total * 0.2 + 1e-6), (method, kept, total)
        assert exact or 0 < kept < total, (method, kept, total)
        if method != "deep-r":
            table = {k: v[()] for k, v in file["metrics/sparsity"].items()}
            assert list(table["epoch"]) == [1, 2, 3] and table["kept"][-1] == kept, method
            before = np.append(total if method in ("dpf", "str", "l0") else int(total * 0.2 + 1e-6), table["kept"][:-1])
            assert (before - table["removed"] + table["returned"] == table["kept"]).all(), method
            assert table["returned"].sum() > 0 or method == "l0", f"{method}: no weight returns"
        last = file["metrics/train/test_accuracy"][()][-1]
        assert file["summary"].attrs["test_accuracy"] == last, method
PY

# The tested weights are those of the file.
for file in 1/*/*.h5; do
    "$SKEL" eval "$file" >log 2>&1 || fail "eval of $file"
done

refused() { # WORDS METHOD KEY=VALUE...
    local status=0 words=$1
    shift
    run 1 refused "$@" || status=$?
    [ "$status" = 64 ] || fail "$*: status $status, not 64"
    grep -qF "$words" log || fail "$*: no such words: $words"
}

warned() { # WORDS METHOD KEY=VALUE...
    local words=$1
    shift
    run 1 warned "$@" || fail "$*"
    grep -qF "$words" log || fail "$*: no such words: $words"
}

refused 'prune.finetune-epochs 0 leaves prune.method surgery no step' surgery prune.finetune-epochs=0
refused 'prune.auxiliary-decay makes no sense for prune.method dpf' dpf prune.auxiliary-decay=0.1
refused 'prune.strength makes no sense for prune.method str' str prune.strength=0.1
refused 'prune.noise makes no sense for prune.method l0' l0 prune.noise=0.1
refused 'prune.per-layer-floor makes no sense for prune.method str' str prune.per-layer-floor=0.1
refused 'prune.strength: expected a number above 0' deep-r prune.strength=0
refused 'learning-compression: prune.strength-growth 1e+06 raises prune.strength 0.5 above 3.4e+38' \
    learning-compression prune.update-every=1 prune.strength-growth=1e6
warned ': no weight of conv1.weight is left; a smaller prune.strength' l0 prune.strength=1000 prune.auxiliary-rate=3
warned ': the training has removed 0 % of the weights' str prune.auxiliary-start=-100
warned ': the mask is chosen after the last step alone' dpf prune.update-every=15
echo "the same files on 1 to 4 ranks, and after stops"
