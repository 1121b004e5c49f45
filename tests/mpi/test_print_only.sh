#!/usr/bin/env bash
# --table, --dry-run and --print-config of skel run compute nothing: one process prints, without MPI. The
# table is the one that the runs printed in the end.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: print
data: {set: fashion-mnist, train-samples: 64, test-samples: 64}
model: {name: lenet-300-100}
prune: {method: snip, sparsity: 0.9, batch-size: 32}
train: {epochs: 1, batch-size: 32}
compute: {microbatch: 32}
sweep: {prune.method: [snip, random], seed: [0, 1, 2]}
YAML

fail() {
    echo "FAILED: $*"
    exit 1
}

# Without a launcher's environment, and where starting MPI fails: all of this needs no MPI.
alone() {
    env OMPI_MCA_pml=none "$SKEL" run "$work/job.yaml" --out "$work/out" "$@"
}

if env OMPI_MCA_pml=none "$SKEL" run "$work/job.yaml" --out "$work/none" >"$work/log" 2>&1; then
    fail "MPI starts where it must not: this test tests nothing"
fi
[ "$(alone --table)" = "0 of 6 runs are done" ] || fail "the table of nothing: $(alone --table)"
"$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$work/job.yaml" --out "$work/out" -q >"$work/all"
[ "$(alone --table | sed '$d')" = "$(sed '$d' "$work/all")" ] || fail "another table: $(alone --table)"
rm "$work"/out/print/random-s0.9-seed1-*.h5
[ "$(alone --table | tail -n 1)" = "5 of 6 runs are done" ] || fail "$(alone --table)"
[ "$(alone --table | awk '$2 == "random" { print $5 }')" = 2 ] || fail "seeds: $(alone --table)"
[ "$(alone --dry-run | awk '{ print $1 }' | paste -sd' ')" = "skip skip skip skip run skip" ] ||
    fail "$(alone --dry-run)"
[ "$(alone --print-config --index 4 | grep seed:)" = "seed: 1" ] || fail "$(alone --print-config)"

# Channels remove another share of the weights than was asked for: table, line of the run and skel inspect say so.
# Dense runs and others do not.
"$SKEL" run "$work/job.yaml" --out "$work/units" model.name=lenet-5 model.width=4 prune.sparsity=0.5 \
    'sweep={prune.unit: [channel, weight], seed: [0, 1]}' >"$work/table" 2>"$work/lines"
grep -qE '^lenet-5 +snip +50 -> [0-9.]+ +[0-9]+ +2 .*channel$' "$work/table" || fail "the share of channels: $(cat "$work/table")"
grep -qE '^lenet-5 +snip +50 +[0-9]+ +2 .*weight$' "$work/table" || fail "the share of weights: $(cat "$work/table")"
grep -qE '^removed %: ASKED -> REACHED' "$work/table" || fail "no word of the two shares"
grep -qE '^over the seeds: .* time is the sum' "$work/table" || fail "no word of means and sums"
[ "$(grep -cE 'unit=channel: kept [0-9]+ of [0-9]+ \([0-9.]+ % removed\)' "$work/lines")" = 2 ] || fail "$(cat "$work/lines")"
grep -qE 'unit=weight: kept [0-9]+ of [0-9]+, ' "$work/lines" || fail "$(cat "$work/lines")"
"$SKEL" inspect "$work/units" >"$work/inspected"
[ "$(grep -cE 'unit=channel-.* 50 -> [0-9.]+ ' "$work/inspected")" = 2 ] || fail "$(cat "$work/inspected")"
[ "$(grep -cE 'unit=weight-.* 50\.000 ' "$work/inspected")" = 2 ] || fail "$(cat "$work/inspected")"
grep -q ' -> ' <<<"$(alone --table)" && fail "a share of single weights: $(alone --table)"

[ "$("$MPIEXEC" -n 3 --oversubscribe "$SKEL" run "$work/job.yaml" --out "$work/out" --dry-run | wc -l)" = 6 ] ||
    fail "not one of three processes prints"
