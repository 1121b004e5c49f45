#!/usr/bin/env bash
# What a user can get wrong in a job: a clear message, printed once, the right exit status, every
# rank gone at once, and nothing left behind.
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

cat >"$work/job.yaml" <<'YAML'
name: faults
data: {set: fashion-mnist, train-samples: 256, test-samples: 100}
model: {name: lenet-300-100}
prune: {method: force, sparsity: 0.9, iterations: 2, batch-size: 64}
train: {epochs: 1, batch-size: 64, learning-rate: 0.05}
compute: {microbatch: 32}
YAML

# expect STATUS TEXT ARGUMENTS...: the run ends with this status within 5 s and says TEXT just once
expect() {
    local status=$1 text=$2
    shift 2
    timeout 20 "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$@" --out "$work/out" -q \
        >"$work/log" 2>&1 </dev/null
    local got=$? said
    said=$(grep -cF -- "$text" "$work/log")
    if [ "$got" -ne "$status" ] || [ "$said" -ne 1 ]; then
        echo "FAILED: skel run $*"
        echo "  exit status $got, expected $status; said '$text' $said times:"
        sed 's/^/  | /' "$work/log"
        failures=$((failures + 1))
    fi
}

job=$work/job.yaml
expect 64 'did you mean' "$job" prune.sparsty=0.5
expect 64 'prune.sparsity' "$job" prune.sparsity=high
expect 64 'prune.sparsity' "$job" prune.sparsity=1.5
expect 64 'less than one of' "$job" prune.sparsity=0.9999999
expect 64 'sparsity 0.9999999999999999 leaves less than one of' "$job" prune.sparsity=0.9999999999999999
expect 64 'prune.keep-layers holds 300, and each other layer needs one' "$job" prune.keep-layers=[fc1] prune.unit=channel
expect 64 'prune.method force: prune.sparsity 0.99999 of lenet-300-100: cannot keep 2 weights with shares by layer' \
    "$job" prune.sparsity=0.99999 prune.scope=layer
expect 64 'prune.method set: prune.sparsity 0.9 of lenet-300-100: cannot keep 26620 weights: prune.keep-layers holds' \
    "$job" prune.method=set prune.iterations=~ prune.keep-layers=[fc1]
expect 64 'prune.method snip: prune.unit 2:8: fc2.weight has 300 input channels, which is not a multiple of 8' "$job" \
    prune.method=snip prune.iterations=~ prune.unit=2:8 prune.sparsity=0.75
expect 64 'the mask of prune.method rigl moves, by single weights or by blocks: set prune.unit weight or block, not channel' \
    "$job" prune.method=rigl prune.iterations=~ prune.unit=channel
expect 64 'prune.drop-by sign is for single weights' "$job" prune.method=set prune.iterations=~ prune.unit=block \
    prune.drop-by=sign
expect 64 'prune.unit 2:4 compares all weights of each layer, but prune.method phew' "$job" prune.method=phew \
    prune.iterations=~ prune.unit=2:4 prune.sparsity=0.5
expect 64 'did you mean' "$job" model.name=lenet5
expect 64 '28x28' "$job" model.name=vgg11
expect 64 '60000' "$job" data.train-samples=60001
expect 64 'did you mean' "$job" --indx 3
expect 64 '--index 7' "$job" --index 7
expect 74 'no-such-job.yaml' "$work/no-such-job.yaml"
expect 74 "$work/no/data" "$job" "data.dir=$work/no/data"
expect 70 'not finite' "$job" train.learning-rate=1000
expect 70 'pruning iteration 1 of 1: Hessian-gradient product: microbatch 0: value' "$job" \
    prune.method=grasp prune.iterations=~ prune.temperature=1e-20
expect 64 'which job' # no job at all

# scores that choose nothing are told once, of the last mask alone: in lenet-5 units are dead for all images of a batch,
# and the first masks keep weights of them
expect 0 'kept weights have a score above 0 in the last pruning iteration' "$job" name=ties prune.sparsity=0.01 prune.iterations=4
[ "$(grep -c 'have a score above 0' "$work/log")" = 1 ] || { cat "$work/log"; exit 1; }
expect 0 "lenet-5 " "$job" name=dead model.name=lenet-5 prune.iterations=20 prune.sparsity=0.95
! grep -E 'score above 0| force, ' "$work/log" || { cat "$work/log"; exit 1; }
/usr/bin/python3 - "$work"/out/dead/*.h5 <<'PY' || exit 1
import sys, h5py
with h5py.File(sys.argv[1]) as run:
    prune = run["metrics/prune"]
    ties = prune["positive_scores"][:] < prune["kept"][:]
assert ties[0] and not ties[-1], ties
PY
expect 0 'the mask never moves: it would move every 100 steps, but only before step ' "$job" name=rest prune.method=rigl \
    prune.iterations=~ prune.update-every=100 train.epochs=2
grep -q '; set prune.update-every below ' "$work/log" || { cat "$work/log"; exit 1; }
expect 0 'files: ' "$job" name=whole prune.sparsity=0 prune.iterations=4
! grep -q 'score above 0' "$work/log" || { echo "FAILED: scores that had nothing to choose are told"; exit 1; }

# thresholds and penalties that remove everything, or nothing, and units that would all go
moving=('prune.iterations=~' train.epochs=2 prune.update-every=1 prune.method=dsr)
expect 0 'dsr, step 1: all weights of fc1.weight and of other layers are below the threshold, 1e+06' "$job" name=all \
    "${moving[@]}" prune.drop-threshold=1e6
expect 0 'the mask has never moved, as no weight was below the threshold, 1e-30' "$job" name=still \
    "${moving[@]}" prune.drop-threshold=1e-30
expect 0 'weights have lost their sign in step 1, and random ones have come; a smaller prune.strength (1e+09)' "$job" \
    name=signs prune.method=deep-r prune.iterations=~ prune.strength=1e9
expect 0 'prune.unit channel keeps at least one channel of each layer, and no more of fc' "$job" name=single \
    prune.method=snip prune.iterations=~ prune.unit=channel prune.sparsity=0.99

# what is at fault in the middle of a sweep does not lose the other runs
expect 70 '1 of 2 runs failed' "$job" 'sweep.train.learning-rate=[1000, 0.05]' name=sweep
if [ "$(find "$work/out/sweep" -name '*.h5' | wc -l)" -ne 1 ]; then
    echo "FAILED: the good run of the sweep has left no file"
    failures=$((failures + 1))
fi

# a weight file that does not fit
/usr/bin/python3 - "$work" <<'PY'
import sys
import h5py
import numpy

shapes = {"fc1.weight": (300, 784), "fc1.bias": (300,), "fc2.weight": (100, 300),
          "fc2.bias": (100,), "fc3.weight": (10, 100), "fc3.bias": (10,)}
random = numpy.random.default_rng(0)


def write(name, changed):
    with h5py.File(f"{sys.argv[1]}/{name}.h5", "w") as file:
        for key, shape in {**shapes, **changed}.items():
            if shape is not None:
                value = random.normal(0, 0.05, shape).astype("f4")
                file.create_dataset("weights/" + key, data=value)


write("good", {})
write("missing", {"fc2.bias": None})
write("extra", {"fc4.weight": (3, 3)})
write("shape", {"fc1.weight": (784, 300)})
PY
expect 65 'fc2.bias' "$job" "model.weights=$work/missing.h5"
expect 65 'fc4.weight' "$job" "model.weights=$work/extra.h5"
expect 65 'fc1.weight' "$job" "model.weights=$work/shape.h5"
"$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$job" "model.weights=$work/good.h5" name=weights \
    --out "$work/out" -q >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

# output that cannot be written
touch "$work/file"
timeout 20 "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$job" -q --out "$work/file/below" \
    >"$work/log" 2>&1
got=$?
if [ $got -ne 74 ] || ! grep -q "$work/file" "$work/log"; then
    echo "FAILED: output below a file: exit status $got"
    cat "$work/log"
    failures=$((failures + 1))
fi

# a run that was done before is kept, and that is said
before=$(md5sum "$work"/out/weights/*.h5)
"$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$job" "model.weights=$work/good.h5" name=weights \
    --out "$work/out" >"$work/log" 2>&1
if ! grep -q '(done before)' "$work/log" || [ "$before" != "$(md5sum "$work"/out/weights/*.h5)" ]; then
    echo "FAILED: a run that exists"
    cat "$work/log"
    failures=$((failures + 1))
fi

if find "$work/out" -name '*.part' | grep -q .; then
    echo "FAILED: unfinished files were left behind"
    failures=$((failures + 1))
fi
echo "$failures checks failed"
[ "$failures" -eq 0 ]
