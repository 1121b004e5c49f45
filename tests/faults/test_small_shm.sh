#!/usr/bin/env bash
# /dev/shm has no room for the images: every rank has a copy, or the images stay in their file; a warning says so, the result
# is the same.
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

if ! unshare -m mount -t tmpfs none /dev/shm 2>/dev/null; then
    echo "skipped: this user may not mount a small /dev/shm"
    exit 77
fi
cat >"$work/job.yaml" <<'YAML'
name: small
data: {set: fashion-mnist, train-samples: 256, test-samples: 64}
model: {name: lenet-300-100}
prune: {method: force, sparsity: 0.9, iterations: 2, batch-size: 64}
YAML

# run OUT RANKS [WORDS BEFORE MPIEXEC...]
run() {
    local out=$1 ranks=$2
    shift 2
    timeout 60 "$@" "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run "$work/job.yaml" --out "$out" \
        >"$work/log" 2>&1 </dev/null
    result=$?
    [ "$result" = 0 ] || complain "$out: exit status $result"
}

run "$work/whole" 2
! grep -q "/dev/shm" "$work/log" || complain "a warning without a reason"
# shellcheck disable=SC2016 # the inner shell expands them
small=(unshare -m sh -c 'mount -t tmpfs -o "size=$0" none /dev/shm && exec "$@"')
for size in 24m 40m; do
    for ranks in 2 3; do
        run "$work/$size-$ranks" $ranks "${small[@]}" $size
        [ "$(grep -c "cannot share .* of memory in /dev/shm.*No space left" "$work/log")" = 1 ] ||
            complain "/dev/shm of $size, $ranks ranks: not one warning"
    done
done
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/*/small/*.h5 >"$work/log" || complain "other results"

# Images of a data file that data.cache leaves to skel stay in it.
/usr/bin/python3 - "$work/mine.h5" <<'END' || exit 1
import sys
import h5py
import numpy
images = numpy.random.default_rng(0).integers(0, 255, (30000, 1, 28, 28), dtype="uint8")
with h5py.File(sys.argv[1], "w") as f:
    f["/train/images"], f["/train/labels"] = images, numpy.arange(30000) % 10
    f["/test/images"], f["/test/labels"] = images[:64], numpy.arange(64) % 10
    f.attrs["classes"], f.attrs["mean"], f.attrs["deviation"] = 10, [0.5], [0.3]
END
sed -i "s|set: fashion-mnist|file: $work/mine.h5|" "$work/job.yaml"
run "$work/mine/whole" 2
! grep -q "/dev/shm" "$work/log" || complain "a warning without a reason about mine.h5"
run "$work/mine/auto" 2 "${small[@]}" 16m
grep -q "cannot share .* the images of mine.h5 stay in the file" "$work/log" || complain "the images of mine.h5: no warning"
sed -i "s|mine.h5,|mine.h5, cache: memory,|" "$work/job.yaml"
run "$work/mine/memory" 2 "${small[@]}" 16m
grep -q "each rank reads mine.h5 into memory of its own" "$work/log" || complain "mine.h5 in memory: no warning"
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/mine/*/small/*.h5 >"$work/log" || complain "other results of mine.h5"
verdict
