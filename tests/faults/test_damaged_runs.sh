#!/usr/bin/env bash
# A damaged file of a finished run is never skipped, counted or printed: exit status 65, with file, object and advice.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
name: damaged
data: {set: fashion-mnist, train-samples: 64, test-samples: 64}
model: {name: lenet-300-100}
prune: {method: snip, sparsity: 0.9, batch-size: 32}
train: {epochs: 1, batch-size: 32}
YAML

fail() {
    echo "FAILED: $*"
    cat log
    exit 1
}

# expect STATUS TEXT WORDS...: skel WORDS ends so and says TEXT
expect() {
    local expected=$1 text=$2 status=0
    shift 2
    "$SKEL" "$@" </dev/null >log 2>&1 || status=$?
    [ "$status" = "$expected" ] || fail "skel $*: exit status $status, expected $expected"
    grep -qF -- "$text" log || fail "skel $* does not say: $text"
}

# change CODE: the whole file with a change, in its place
change() {
    cp whole.h5 "$file"
    /usr/bin/python3 - "$file" "$1" <<'PY'
import sys
import h5py
with h5py.File(sys.argv[1], "r+") as f:
    exec(sys.argv[2])
PY
}

expect 0 "files:" run job.yaml --out out
file=$(echo out/damaged/*.h5)
cp "$file" whole.h5
expect 0 "(done before)" run job.yaml --out out
expect 0 "1 of 1 run is done" run job.yaml --out out --table

change "f['summary'].attrs['test_accuracy'] = 0.99"
for words in "run job.yaml --out out" "run job.yaml --out out --table" "eval $file"; do
    # shellcheck disable=SC2086 # WORDS
    expect 65 "the attribute test_accuracy of /summary" $words
done
expect 65 "move it away to do the run again" run job.yaml --out out
! grep -q '99\.00' log || fail "a damaged figure was printed"

change "f['metrics/train/test_accuracy'][0] = 0.99"
expect 65 "/metrics/train/test_accuracy" run job.yaml --out out
expect 65 "/metrics/train/test_accuracy" run job.yaml --out out --table

change "del f['summary']"
expect 65 "/summary is missing" run job.yaml --out out
change "f['provenance'].attrs['job'] = 'seed: 1'"
expect 65 "the attribute job of /provenance" eval "$file"

# weights are compared when they are used, and by --verify=full
change "f['weights/fc1.weight'][0, 0] += 1"
expect 0 "(done before)" run job.yaml --out out
expect 65 "/weights/fc1.weight" run job.yaml --out out --verify=full
expect 65 "/weights/fc1.weight" run job.yaml --out out --table
expect 0 "1 of 1 run is done" run job.yaml --out out --table --verify=quick
expect 65 "/weights/fc1.weight" eval "$file"
expect 65 "/weights/fc1.weight" run job.yaml --out other prune.method=none "model.weights=$file"
expect 64 "quick" run job.yaml --out out --verify=some

# masks are compared with the manifest as a whole before they are printed: no layer is missed because it is gone in both
change "del f['masks/fc1.weight']"
cp "$file" same.h5
expect 65 "/masks/fc1.weight is missing" compare "$file" same.h5
change "del f['manifest']"
expect 65 "the manifest (dataset /manifest) is missing" compare "$file" whole.h5
