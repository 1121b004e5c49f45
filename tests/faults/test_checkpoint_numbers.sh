#!/usr/bin/env bash
# A checkpoint whose numbers were edited is never believed: exit status 65 and words that name the number, before any
# work. An older good generation is used; --restart begins anew; other schemas are refused, other releases are told of.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
name: numbers
data: {set: fashion-mnist, train-samples: 160, test-samples: 60, validation: 0.2}
model: {name: lenet-300-100}
prune: {batch-size: 32, sparsity: 0.9}
train: {epochs: 3, batch-size: 32, learning-rate: 0.05}
compute: {microbatch: 16}
checkpoint: {every-iterations: 0, every-epochs: 0, every-seconds: 0}
YAML

# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"

fail() {
    echo "FAILED: $*"
    cat log
    exit 1
}

# STATUS ARGUMENTS...: runs the job in OUT
run() {
    local status=0 expected=$1
    shift
    "$SKEL" run job.yaml --out out "$@" </dev/null >log 2>&1 || status=$?
    [ "$status" = "$expected" ] || fail "$*: exit status $status, expected $expected"
}

# says TEXT
says() {
    grep -qF -- "$1" log || fail "the log does not say: $1"
}

# prepare CHECKS ARGUMENTS...: stops a run of the job and keeps its checkpoint as good.h5
prepare() {
    rm -rf out
    SKEL_STOP_AFTER=$1 run 75 "${@:2}"
    checkpoint=$(echo out/numbers/*.checkpoint)
    mv "$checkpoint" good.h5
}

# edit CODE: the good checkpoint with a change, in the place of the newest; `old` makes it one of a release whose
# checkpoints had no manifest, so that the numbers alone decide.
edit() {
    cp good.h5 "$checkpoint"
    /usr/bin/python3 - "$checkpoint" "$1" <<'PY'
import ctypes
import sys
import h5py
import numpy as np


class Sum(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


xxhash = ctypes.CDLL("libxxhash.so.0").XXH3_128bits
xxhash.restype = Sum
xxhash.argtypes = [ctypes.c_char_p, ctypes.c_size_t]

with h5py.File(sys.argv[1], "r+") as f:
    state = f["state"].attrs

    def old():
        f.attrs["schema_version"] = 2
        del f["manifest"]
        f.visititems(without_scales)

    def without_scales(path, item):
        for name in item.attrs:
            if name.endswith("_LIST"):
                del item.attrs[name]

    def put(path, index, value):
        values = f[path][...]
        values.flat[index] = value
        store(path, values)

    def store(path, values):
        del f[path]
        f[path] = values
        total = xxhash(values.tobytes(), values.nbytes)
        f[path].attrs["xxh3_128"] = f"{total.high:016x}{total.low:016x}"

    exec(sys.argv[2])
PY
}

# refused CODE TEXT ARGUMENTS...: as a checkpoint without a manifest. Of a sample, every third.
refused() {
    local code=$1 text=$2 before
    shift 2
    sample_takes 3 || return 0
    edit "$code; old()"
    before=$(md5sum <"$checkpoint")
    run 65 "$@"
    says "$text"
    says "--restart"
    [ "$(md5sum <"$checkpoint")" = "$before" ] || fail "the checkpoint was changed"
    rm "$checkpoint"
}

# while training
method=(prune.method=snip)
prepare 25 "${method[@]}"
/usr/bin/python3 - <<'PY' || fail "the run was not stopped inside an epoch"
import h5py, sys
with h5py.File("good.h5") as f:
    sys.exit(not (f["state"].attrs["epochs"] > 0 and f["state"].attrs["steps"] > 0))
PY
refused "state['iterations'] = 0" "of /state" "${method[@]}" # an epoch before the pruning
for value in 2 -1 10**18 '"text"' 0.5; do
    refused "state['iterations'] = $value" "the attribute iterations of /state" "${method[@]}"
done
for value in 4 -1 10**18 '""'; do
    refused "state['epochs'] = $value" "the attribute epochs of /state" "${method[@]}"
done
refused "del state['epochs']" "the attribute epochs of /state" "${method[@]}"
refused "state['steps'] = 5" "the attribute steps of /state" "${method[@]}"
refused "state['step_images'] = 7" "the attribute step_images of /state" "${method[@]}"
refused "state['step_loss'] = float('inf')" "the attribute step_loss of /state" "${method[@]}"
refused "state['step_accuracy'] = 1e9" "the attribute step_accuracy of /state" "${method[@]}"
refused "state['seconds_train'] = float('nan')" "the attribute seconds_train of /state" "${method[@]}"
refused "state['test_accuracy'] = 1.5" "the attribute test_accuracy of /state" "${method[@]}"
refused "state['placed'] = 0" "the attribute placed of /state" "${method[@]}"
refused "del f['masks']" "/masks" "${method[@]}"
refused "f['masks/fc1.weight'][0, :] = 1 - f['masks/fc1.weight'][0, :]" "/masks/fc1.weight is damaged" "${method[@]}"
refused "put('masks/fc1.weight', np.flatnonzero(f['masks/fc1.weight'][...])[0], 0)" "the masks keep 26619 weights, expected 26620" "${method[@]}"
refused "put('state/velocity', 5, float('nan'))" "element 5 of /state/velocity is nan" "${method[@]}"
refused "put('state/lineage', 5, 9)" "element 5 of /state/lineage is 9" "${method[@]}"
refused "del f['state/lineage']" "/state/lineage" "${method[@]}"
refused "del f['metrics/train/epoch']" "/metrics/train/epoch" "${method[@]}"

# other schemas
edit "f.attrs['schema_version'] = 99"
run 64 "${method[@]}"
says "written by a later release of skel (schema_version 99"
edit "f.attrs['schema_version'] = 'two'"
run 65 "${method[@]}"
says 'the attribute schema_version of / is "two"'

# an older good generation is used, and a run that is asked for begins anew
edit "state['epochs'] = 99; old()"
cp good.h5 "$checkpoint.old"
run 0 "${method[@]}"
says "passed over, an older checkpoint is good"
says "resumed: 1 pruning iteration"
rm out/numbers/*.h5
edit "state['epochs'] = 99; old()"
run 0 "${method[@]}" --restart
says "the run starts from the beginning, as --restart says"
! grep -q resumed log || fail "resumed from a damaged checkpoint"
rm out/numbers/*.h5

# the state between two epochs as older releases have written it: version 2 without a manifest, version 1 also without
# parts of epochs and without the identity; the result is that of a run that nobody has stopped
border=(prune.method=snip checkpoint.every-epochs=1 checkpoint.spacing=0)
rm -rf out
run 0 "${border[@]}"
mv out/numbers/*.h5 whole.h5
SKEL_STOP_AFTER=25 run 75 "${border[@]}"
checkpoint=$(echo out/numbers/*.checkpoint)
mv "$checkpoint.old" good.h5
/usr/bin/python3 - <<'PY' || fail "the older checkpoint is not between two epochs"
import h5py, sys
with h5py.File("good.h5") as f:
    sys.exit(not (f["state"].attrs["epochs"] > 0 and f["state"].attrs["steps"] == 0))
PY
first="
old()
f.attrs['schema_version'] = 1
del f['provenance'].attrs['identity']
for name in ('steps', 'step_images', 'step_loss', 'step_accuracy', 'step_seconds', 'placed'):
    del state[name]"
for version in 'old()' "$first"; do
    edit "$version"
    run 0 "${border[@]}"
    says "resumed: 1 pruning iteration"
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" whole.h5 out/numbers/*.h5 >log 2>&1 || fail "another result"
    rm out/numbers/*.h5
done
prepare 25 "${method[@]}"

# another release is told of
edit "f.attrs['software_version'] = '0.0.1 (abc)'; old()"
run 0 "${method[@]}"
says "was written by skel 0.0.1 (abc)"

# between two iterations, and of a lottery ticket
method=(prune.method=force prune.iterations=6)
prepare 7 "${method[@]}"
refused "state['iterations'] += 1" "expected" "${method[@]}"
refused "state['epochs'] = 1" "the attribute epochs of /state" "${method[@]}"
method=(prune.method=str checkpoint.every-epochs=1)
prepare 25 "${method[@]}"
refused "store('metrics/sparsity/epoch', np.resize(f['metrics/sparsity/epoch'][...], 9))" \
    "/metrics/sparsity/epoch has 9 rows, expected" "${method[@]}"
method=(prune.method=imp prune.iterations=2 prune.rewind=1)
prepare 40 "${method[@]}"
refused "put('state/rewound_parameters', 0, float('inf'))" "element 0 of /state/rewound_parameters is inf" "${method[@]}"
refused "del f['state/rewound_velocity']" "/state/rewound_velocity" "${method[@]}"
