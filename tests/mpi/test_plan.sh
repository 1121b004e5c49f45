#!/usr/bin/env bash
# skel plan: states of runs, swept keys as columns, formats for scripts, times by a measured gradient.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_CACHE_HOME=$work/cache

cat >job.yaml <<'YAML'
name: plan
data: {set: fashion-mnist, train-samples: 64, test-samples: 64}
model: {name: lenet-300-100}
prune: {method: none, sparsity: 0.9, batch-size: 32}
train: {epochs: 1, batch-size: 32}
compute: {microbatch: 32}
sweep: {prune.sparsity: [0.5, 0.9], train.learning-rate: [0.1, 0.2], seed: [0]}
YAML

fail() {
    echo "FAILED: $*"
    exit 1
}

plan() {
    "$SKEL" plan job.yaml "$@"
}

# COLUMN ARGUMENTS...: the values of a column of --format tsv, in one line
column() {
    local name=$1
    shift
    plan --format tsv "$@" | awk -F'\t' -v name="$name" \
        'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i; next } { print $column }' | paste -sd' '
}

# nothing is done: two runs are the same, as method none removes nothing
[ "$(column state)" = "waiting waiting repeated repeated" ] || fail "states: $(column state)"
[ "$(column train.learning-rate)" = "0.1 0.2 0.1 0.2" ] || fail "a swept key: $(column train.learning-rate)"
plan | head -n 1 | grep -q ' train.learning-rate ' || fail "no column of the swept key: $(plan)"
plan | grep -q '^4 runs, 2 to do: ' || fail "$(plan)"

# one run here, one by another job; the files are those of the dry run
"$MPIEXEC" -n 1 "$SKEL" run job.yaml -q --index 0 >/dev/null
"$MPIEXEC" -n 1 "$SKEL" run job.yaml -q name=other 'train.learning-rate=0.2' --index 0 >/dev/null
[ "$(column state)" = "done taken repeated repeated" ] || fail "states: $(column state)"
[ "$(column state --out elsewhere)" = "waiting waiting repeated repeated" ] || fail "--out"
[ "$(column file | tr ' ' '\n' | sed 's,^,runs/,')" = "$("$SKEL" run job.yaml --dry-run | awk '{ print $2 }')" ] ||
    fail "files: $(column file)"
plan | grep -q '^4 runs, 0 to do$' || fail "$(plan)"
[ "$("$SKEL" run job.yaml --table | awk 'NR <= 3 { print $NF }' | paste -sd' ')" = "train.learning-rate 0.1 0.2" ] ||
    fail "the table does not name the swept key"

# a run that was stopped is said to go on, with the figures of what is left: of 4 epochs 2 are done. Two epochs
# of 64 images are left, the diagnosis with 32 and one of two tests with 64
stopped=(train.epochs=4 train.test-every=2 --out stopped)
SKEL_STOP_AFTER=9 "$MPIEXEC" -n 1 "$SKEL" run job.yaml -q --index 0 "${stopped[@]}" >log 2>&1 && fail "not stopped"
[ "$(column state "${stopped[@]}")" = "checkpointed waiting repeated repeated" ] || fail "states: $(column state "${stopped[@]}")"
[ "$(column images "${stopped[@]}")" = "224 416 416 416" ] || fail "images: $(column images "${stopped[@]}")"
plan "${stopped[@]}" | grep -q '^    0  checkpointed .*  resumes at epoch 3/4$' || fail "$(plan "${stopped[@]}")"
plan "${stopped[@]}" | grep -q '^4 runs, 2 to do: 640 images, ' || fail "$(plan "${stopped[@]}")"
plan "${stopped[@]}" | grep -q '^1 run has begun: only what is left is counted$' || fail "$(plan "${stopped[@]}")"
if command -v sbatch >/dev/null; then
    "$SKEL" submit job.yaml --dry-run --time 10 "${stopped[@]}" >log 2>&1 || fail "$(cat log)"
    grep -q '^cost: 640 images, .* (1 run has begun: what is left)$' log || fail "$(cat log)"
fi
rm stopped/plan/*.log.jsonl
[ "$(column images "${stopped[@]}")" = "416 416 416 416" ] || fail "without a journal: $(column images "${stopped[@]}")"
plan "${stopped[@]}" | grep -q '^1 run has begun, and its journal does not say how far: ' || fail "$(plan "${stopped[@]}")"

# the provenance: engine and ranks
[ -z "$(column differs | tr -d ' ')" ] || fail "the same program differs: $(column differs)"
plan --ranks 2 compute.engine=reference | grep -q \
    '^2 finished runs were computed in another way than here: compute.engine auto, here reference; ranks 1, here 2' ||
    fail "$(plan --ranks 2 compute.engine=reference)"

# JSON says the same as the columns
plan --format json >runs.json
plan --format tsv >runs.tsv
/usr/bin/python3 - <<'PY' || fail "JSON and columns differ"
import csv, json
rows = list(csv.DictReader(open("runs.tsv"), delimiter="\t"))
runs = [json.loads(line) for line in open("runs.json")]
assert len(rows) == len(runs) == 4
for row, run in zip(rows, runs):
    for key in ("index", "state", "method", "seed", "images", "identity", "file", "differs", "place"):
        assert row[key] == str(run[key]), (key, row, run)
    assert row["train.learning-rate"] == run["swept"]["train.learning-rate"]
    assert row["seconds"] == "" and run["seconds"] is None
    assert float(row["flop"]) == run["flop"]
    assert row["dense_images"] == str(run["dense_images"]) == "64"
PY

# What a moving mask costs on the sparse engine: the gradients of all weights before a change, or at one. 70 images are 3
# steps of an epoch, the last one with 6 images. snfs: 4 epochs, changes after 3, 6 and 9 of 12 steps, the last two steps
# before each are watched. rigl: changes at the steps 2, 4, 6 and 8, before 0.75 of 12.
moving=('sweep=~' prune.sparsity=0.98 data.train-samples=70 train.epochs=4 compute.engine=sparse)
[ "$(column dense_images "${moving[@]}" prune.method=snfs prune.momentum-steps=2)" = $((3 * (32 + 6))) ] ||
    fail "snfs: $(column dense_images "${moving[@]}" prune.method=snfs prune.momentum-steps=2)"
[ "$(column dense_images "${moving[@]}" prune.method=rigl prune.update-every=2)" = $((3 * 32 + 6)) ] ||
    fail "rigl: $(column dense_images "${moving[@]}" prune.method=rigl prune.update-every=2)"
for method in dsr deep-r; do
    [ "$(column dense_images "${moving[@]}" prune.method="$method")" = 0 ] || fail "$method computes dense gradients"
done
[ "$(column dense_images "${moving[@]}" prune.method=grow-and-prune)" = 280 ] || fail "grow-and-prune is dense"
[ "$(column dense_images "${moving[@]}" prune.method=imp prune.iterations=2 compute.engine=dense)" = $((3 * 280)) ] ||
    fail "imp trains three times"

# a time after a measurement alone, which is kept; the cache's latest line counts
plan --out elsewhere | grep -q '^time: not known, .*--measure does it$' || fail "$(plan)"
plan --out elsewhere --measure | grep -q '^time: .* of one rank, by a gradient measured on ' || fail "--measure"
[ "$(wc -l <cache/skel/gradients)" = 1 ] || fail "$(cat cache/skel/gradients)"
plan --out elsewhere --measure >/dev/null
[ "$(wc -l <cache/skel/gradients)" = 1 ] || fail "measured twice: $(cat cache/skel/gradients)"
sed 's/^[^\t]*/0.5/' cache/skel/gradients >later
cat later >>cache/skel/gradients
# 64 images of a step and 32 of the diagnosis at 0.5 s, 64 tests at a third of that
[ "$(column seconds --out elsewhere)" = "58.6667 58.6667 58.6667 58.6667" ] || fail "$(column seconds)"
plan --out elsewhere | grep -q '^time: 117 s of one rank' || fail "$(plan --out elsewhere)"
if command -v sbatch >/dev/null; then # the same 117 s, shared by two ranks of a node
    "$SKEL" submit job.yaml --dry-run --ranks 2 --time 10 --out elsewhere >log 2>&1 || fail "$(cat log)"
    grep -q '^expected: 0.0163 node-hours, by a gradient measured on ' log || fail "$(cat log)"
fi
plan --out elsewhere compute.microbatch=16 | grep -q '^time: not known' || fail "another microbatch"

# a cache that cannot be written is an error of --measure alone
chmod -R u+w cache && rm -r cache && touch cache
plan >/dev/null || fail "without a cache"
if plan --measure --out elsewhere >log 2>&1; then
    fail "a cache that is no folder"
fi
grep -q 'cannot make the folder .*/cache: Not a directory' log || fail "$(cat log)"
if plan --format xml >log 2>&1; then
    fail "an unknown format"
fi
grep -q 'expected one of text, tsv, json' log || fail "$(cat log)"
