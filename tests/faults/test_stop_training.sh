#!/usr/bin/env bash
# Runs are stopped inside epochs, tests, legs and changes of the mask, again and again: exit status 75, and the file in
# the end is that of an undisturbed run, bit by bit, on any number of ranks. A run that is killed inside an epoch goes on
# from the checkpoint that checkpoint.every-seconds has asked for there.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/support/stopping.sh
. "$SOURCE/tests/support/stopping.sh"

# A step has 2 microbatches.
try_chain 9 2 prune.method=snip prune.check=shuffle-layerwise
try_chain 16 2 prune.method=imp prune.iterations=2 prune.rewind=1
try_chain 12 2 prune.method=rigl prune.update-every=2
try_chain 12 2 prune.method=set prune.update-every=2

# One epoch of some seconds, and checkpoints by the clock alone, the first one early.
long=(train.epochs=1 data.train-samples=20000 model.width=4 prune.method=random)
rm -rf "$work/whole" "$work/parts"
run 1 "$work/whole" "${long[@]}"
[ "$result" = 0 ] || fail "the undisturbed run ended with $result"
"$SKEL" run "$work/job.yaml" "${long[@]}" checkpoint.every-seconds=0.3 checkpoint.spacing=0 --out "$work/parts" \
    </dev/null >"$work/log" 2>&1 &
victim=$!
for _ in $(seq 1200); do
    ! grep -qs '"event":"checkpoint".*"phase":"train"' "$work"/parts/stop/*.jsonl || break
    sleep 0.05
done
kill -9 "$victim"
wait "$victim" 2>/dev/null || true
! compgen -G "$work/parts/stop/*.h5" >/dev/null || fail "the run ended before it was killed"
run 2 "$work/parts" "${long[@]}"
[ "$result" = 0 ] || fail "the resumed run ended with $result"
grep -Eq 'resumed: .* and 0 epochs and [1-9][0-9]* batches done' "$work/log" || fail "it did not go on inside the epoch"
same "$work/whole" "$work/parts"
echo "checkpoint.every-seconds acts inside an epoch; $SECONDS s"
