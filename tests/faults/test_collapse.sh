#!/usr/bin/env bash
# A collapsed layer is named while the run goes on, in its file and by skel inspect; so is a network
# whose output nothing of the image reaches.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
name: collapse
data: {set: fashion-mnist, pad-to: 32, train-samples: 64, test-samples: 20}
model: {name: resnet20, width: 4}
prune: {method: random, sparsity: 0.5, batch-size: 16}
train: {epochs: 0}
YAML

run() { # NAME KEY=VALUE...
    "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run job.yaml name="$1" "${@:2}" --out . >log 2>&1 \
        </dev/null || { cat log; exit 1; }
}

must_say() { # FILE TEXT
    if ! grep -qF -- "$2" "$1"; then
        printf 'FAILED: does not say: %s\n' "$2"
        cat "$1"
        exit 1
    fi
}

# FILE LAYER FROM: copies the weights of FROM to FILE, the mask without LAYER.
without() {
    /usr/bin/python3 - "$@" <<'END'
import sys
import h5py

path, layer, source = sys.argv[1:]
with h5py.File(source, "r") as old, h5py.File(path, "w") as new:
    for name, value in old["initial"].items():
        new["weights/" + name] = value[()]
    for name, value in old["masks"].items():
        new["masks/" + name] = value[()] * 0 if name == layer else value[()] * 0 + 1
END
}

run whole
without branch.h5 layer1.1.conv1.weight whole/*.h5
without end.h5 fc.weight whole/*.h5

# A dead branch: its second convolution keeps all of its 144 weights for nothing.
run branch prune.method=none model.weights=branch.h5
must_say log 'layer collapse: 2 of 22 layers (layer1.1.conv1.weight, layer1.1.conv2.weight) have no weight on a path from image to output; 1 of them has no weight at all; other paths connect the two'
must_say log '(2 layers collapsed)'
must_say log 'collapsed layers: in 1 run, of which 0 are disconnected'
grep -qx '  .*branch/[^/]*\.h5' log || fail "the table does not name the file of a run with collapsed layers"
"$SKEL" inspect branch/*.h5 >shown
must_say shown 'collapsed                layer1.1.conv1.weight, layer1.1.conv2.weight'
must_say shown 'collapsed: no weight is kept'
must_say shown 'collapsed: no weight is on a path'
"$SKEL" inspect --attributes branch/*.h5 >shown
must_say shown '/summary	connected	1'
must_say shown '/summary	collapsed_layers	2'
# Effective are all kept ones but these, unless a ReLU is dead on all 16 images.
"$SKEL" inspect --layers branch/*.h5 >shown
must_say shown 'layer1.1.conv2.weight	4x4x3x3	144	144	1	0	0	4	0	4	144	0	147456	147456'
awk -F'\t' 'NR > 1 && $4 != $6 + $11 + $12 { print; wrong = 1 } END { exit wrong }' shown

# An output that nothing reaches.
run end prune.method=none model.weights=end.h5
must_say log 'layer collapse: 22 of 22 layers'
must_say log '1 of them has no weight at all'
must_say log 'nothing connects the two, so nothing can be learned'
must_say log '(disconnected)'
must_say log 'in 1 run, of which 1 is disconnected'
"$SKEL" inspect --attributes end/*.h5 >shown
must_say shown '/summary	connected	0'
must_say shown '/summary	kept_effective	0'
grep -qP '/summary\tobjective\t0(\.0*)?$' shown || { cat shown; exit 1; }

# A run without a collapse says nothing of the kind.
run dense prune.method=none
! grep -qi 'collapse' log || { cat log; exit 1; }
"$SKEL" inspect --attributes dense/*.h5 >shown
must_say shown '/summary	collapsed_layers	0'

# Files of other origin have no such figures, and look as before.
"$SKEL" inspect --layers branch.h5 | head -1 >shown
[ "$(cat shown)" = 'layer	shape	size	kept	density' ]
"$SKEL" inspect branch.h5 >shown
! grep -q 'effective' shown || { cat shown; exit 1; }
