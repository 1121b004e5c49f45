#!/usr/bin/env bash
# Runs are stopped inside pruning iterations, again and again: exit status 75, and the file in the end is that of an
# undisturbed run, bit by bit, on any number of ranks. A gradient and a curvature go on from the part that is done.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/support/stopping.sh
. "$SOURCE/tests/support/stopping.sh"

# An iteration of FORCE has 8 microbatches, and a trace of 8, which begins again with its iteration.
try_chain 13 1 prune.method=force prune.iterations=2 prune.batches=4 prune.trace=true train.epochs=0
try_inside FORCE 5 3 prune.method=force prune.iterations=3 prune.batches=4 train.epochs=0
# A rank that is asked alone computes nothing more, and the others one microbatch: the part has unequal shares of them.
asked=0: try_inside 'FORCE with unequal shares' 5 3 prune.method=force prune.iterations=3 prune.batches=4 train.epochs=0
try_inside OBD 19 1 prune.method=obd prune.iterations=1 prune.batches=4 train.epochs=1
# A Hessian product, a gradient with statistics of the batch and a sum of floats begin again.
try_chain 6 1 prune.method=grasp prune.batches=2 train.epochs=0
try_chain 2 2 prune.method=force prune.iterations=3 train.epochs=0 compute.batchnorm=batch
rm -rf "$work/whole" "$work/parts"
run 2 "$work/whole" prune.method=snip train.epochs=0 compute.reduction=float
SKEL_STOP_AFTER=2 run 2 "$work/parts" prune.method=snip train.epochs=0 compute.reduction=float
[ "$result" = 75 ] || fail "float: $result"
run 2 "$work/parts" prune.method=snip train.epochs=0 compute.reduction=float
same "$work/whole" "$work/parts"

# By the clock: checkpoints inside the only iteration, which a kill then leaves.
rm -rf "$work/parts"
: >"$work/log"
long=(data.train-samples=8000 prune.method=snip prune.batches=80 train.epochs=0)
often=(checkpoint.every-seconds=0.1 checkpoint.spacing=0)
# shellcheck disable=SC2016 # the rank's shell expands them
"$MPIEXEC" -n 1 sh -c 'echo $$ >"$0/root"; exec "$@"' "$work" \
    "$SKEL" run "$work/job.yaml" "${long[@]}" "${often[@]}" --out "$work/parts" -v \
    : -n 1 "$SKEL" run "$work/job.yaml" "${long[@]}" "${often[@]}" --out "$work/parts" -v </dev/null \
    >"$work/log" 2>&1 &
until [ "$(grep -c 'checkpoint: 0 iterations' "$work/log")" -ge 2 ]; do
    kill -0 $! 2>/dev/null || fail "ended without checkpoints inside its iteration"
    sleep 0.05
done
kill -KILL "$(cat "$work/root")"
wait $! || true
run 3 "$work/parts" "${long[@]}"
[ "$result" = 0 ] || fail "after a kill: $result"
grep -q 'resumed: 0 pruning iterations .* microbatches of the next iteration' "$work/log" ||
    fail "it does not go on inside the iteration"
run 1 "$work/once" "${long[@]}"
same "$work/once" "$work/parts"
