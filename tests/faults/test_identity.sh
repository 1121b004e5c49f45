#!/usr/bin/env bash
# A run is what it computes: finished runs are taken whichever sweep made them, also under the names of
# earlier releases; others are computed; no run is counted twice.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
name: first
data: {set: fashion-mnist, train-samples: 64, test-samples: 64}
model: {name: lenet-300-100}
prune: {method: snip, sparsity: 0.9, batch-size: 32}
train: {epochs: 1, batch-size: 32}
compute: {microbatch: 32}
sweep: {seed: [0]}
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=(log)

# ARGUMENTS...: all runs of the job
run() {
    timeout 120 "$MPIEXEC" -n 1 "$SKEL" run job.yaml --out out "$@" >log 2>&1 </dev/null ||
        fail "skel run $*"
}

# COUNT TEXT: so many lines of the log have the text
says() {
    [ "$(grep -cF -- "$2" log)" -eq "$1" ] || fail "'$2' expected $1 times"
}

# COUNT: there are so many run files
files() {
    [ "$(find out -name '*.h5' | wc -l)" -eq "$1" ] || fail "expected $1 files: $(find out -type f)"
}

run
files 1
file=$(find out -name 'snip-s0.9-seed0-????????.h5')
/usr/bin/python3 - "$file" <<'PY' || fail "the file and its name have different identities"
import h5py, sys
with h5py.File(sys.argv[1]) as run:
    identity = run["provenance"].attrs["identity"].decode()
sys.exit(not (len(identity) == 32 and sys.argv[1].endswith("-" + identity[:8] + ".h5")))
PY

# one more seed costs one more run
run 'seed=[1,0]'
says 1 '(done before)'
files 2
grep -q ' 2  *[0-9.]* +- ' log || fail "the table counts two seeds"

# another job takes what it needs; engine and checkpoints are not what a run computes
run name=second compute.engine=reference checkpoint.every-epochs=0 'sweep={train.learning-rate: [0.1, 0.2], seed: [0]}'
says 1 "done before: taken from first/$(basename "$file")"
files 3
[ -n "$(find out/second -name 'snip-s0.9-seed0-learning-rate=0.2-????????.h5')" ] || fail "no name with its swept key"
cp -r out before
run name=third 'sweep={train.learning-rate: [0.1, 0.2], seed: [0, 1]}'
says 3 'done before: taken from'
for job in first second; do
    diff -r "before/$job" "out/$job" || fail "files of the job $job changed"
done
[ "$("$SKEL" run job.yaml --out out name=third --index 0 --dry-run)" = "skip   $file" ] || fail "--dry-run"

# an earlier release's file, known by its job
mkdir -p old/first
cp "$file" old/first/0007-snip-s0.9-seed0.h5
cp out/first/snip-s0.9-seed1-*.h5 old/first/0008-snip-s0.9-seed2.h5
/usr/bin/python3 - old/first/*.h5 <<'PY'
import h5py, sys
for path in sys.argv[1:]:
    with h5py.File(path, "a") as run:
        del run["provenance"].attrs["identity"]
        del run["manifest"]
        run.attrs["schema_version"] = 1
PY
"$MPIEXEC" -n 1 "$SKEL" run job.yaml --out old 'seed=[0,2]' >log 2>&1 || fail "old names"
says 1 'done before: taken from first/0007-snip-s0.9-seed0.h5' # the other one's job is seed 1
[ -n "$(find old -name 'snip-s0.9-seed2-????????.h5')" ] || fail "an old file of another job was taken"

# the same run twice in one sweep is done and counted once
run name=twice 'sweep={prune.method: [none], prune.sparsity: [0.5, 0.9]}'
says 1 'run 1 (none, seed 0) is the same run as run 0'
[ "$(find out/twice -name '*.h5' | wc -l)" = 1 ] || fail "done twice"
"$SKEL" run job.yaml --out out name=twice --table 'sweep={prune.method: [none], prune.sparsity: [0.5, 0.9]}' >log
[ "$(awk '$2 == "none" { print $5 }' log)" = 1 ] || fail "counted twice"

# a key that is no part of a run cannot be swept
if "$SKEL" run job.yaml --dry-run 'sweep={compute.engine: [dense, sparse]}' 2>log; then
    fail "a sweep over engines"
fi
says 1 'sweep: compute.engine is not a setting'

# a weight file counts by its weights, whatever its name and its other groups
cp "$file" a.h5
cp "$file" b.h5
/usr/bin/python3 -c 'import h5py; f = h5py.File("b.h5", "a"); f["spectra"] = 1.0; f["summary"].attrs["x"] = 1'
run name=weights prune.method=none model.weights=a.h5 sweep=none
rm out/weights/*.lock 2>/dev/null || true
run name=weights prune.method=none model.weights=b.h5 sweep=none
says 1 '(done before)'
/usr/bin/python3 -c '
import h5py
f = h5py.File("b.h5", "a")
del f["manifest"]
del f["weights/fc3.bias"].attrs["xxh3_128"]
f["weights/fc3.bias"][0] += 1'
run name=weights prune.method=none model.weights=b.h5 sweep=none
[ "$(find out/weights -name '*.h5' | wc -l)" = 2 ] || fail "other weights are another run"

# another run under the name of this one is an error, a damaged file elsewhere is none
cp "$(find out/first -name 'snip-s0.9-seed1-*.h5')" "$file"
if "$SKEL" run job.yaml --out out >log 2>&1; then
    fail "another run's file was taken"
fi
says 1 'is another run (identity'
echo damaged >"$file"
run name=fourth sweep=none
says 1 'passed over'
[ "$(find out/fourth -name '*.h5' | wc -l)" = 1 ] || fail "no run beside a damaged file"

# an interrupted run goes on under its name when the sweep gets another axis
run name=renamed sweep=none prune.sparsity=0.7
mv "$(find out/renamed -name '*.h5')" kept.h5
name=$("$SKEL" run job.yaml --out out --dry-run name=renamed sweep=none prune.sparsity=0.7 | awk '{ print $2 }')
echo checkpoint >"$name.checkpoint"
[ "$("$SKEL" run job.yaml --out out --dry-run name=renamed prune.sparsity=0.7 'sweep={train.momentum: [0.9]}' |
    awk '{ print $2 }')" = "$name" ] || fail "a checkpoint under the name without the new axis"
