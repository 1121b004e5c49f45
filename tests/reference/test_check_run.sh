#!/bin/bash
# Runs on real images choose PyTorch's weights: analysis/check_run.py repeats them in double
# precision. Skipped without PyTorch or the images.
set -euo pipefail

# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
needs_python torch h5py yaml
images=/usr/share/datasets/fashion-mnist
if [ ! -e "$images/train-images-idx3-ubyte.gz" ]; then
    echo "there are no images in $images (Debian: dataset-fashion-mnist)"
    exit 77
fi
export PYTHONDONTWRITEBYTECODE=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >job.yaml <<'END'
name: check
data: {set: fashion-mnist, train-samples: 1000}
model: {name: lenet-5, width: 8}
prune: {sparsity: 0.98, batches: 2, batch-size: 48, sampling: sequential}
compute: {engine: reference, microbatch: 32}   # microbatches of 32 and 16
train: {epochs: 0}
END

check() {
    "$python" "$SOURCE/analysis/check_run.py" "$1" --data "$images"
}

# PyTorch takes seconds to start: of a sample, every second of the others than snip.
for method in snip grasp force iter-snip synflow; do
    [ $method = snip ] || sample_takes 2 || continue
    changes=("name=$method" "prune.method=$method" "data.dir=$images")
    case $method in force | iter-snip | synflow) changes+=(prune.iterations=3) ;; esac
    "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run job.yaml "${changes[@]}" -q >/dev/null
    echo "$method:"
    check runs/"$method"/*.h5
done

# A run whose images are not known is refused, in words of a job file.
"$SKEL" run job.yaml name=other prune.method=snip prune.sampling=~ data.dir="$images" -q >/dev/null
status=0
check runs/other/*.h5 2>err || status=$?
[ "$status" -eq 1 ]
grep -qx 'prune.sampling is shuffled: only a run with prune.sampling sequential can be repeated' err

# A mask of other weights must be found out.
"$python" - runs/snip/*.h5 <<'END'
import sys, h5py, numpy
with h5py.File(sys.argv[1], "r+") as run:
    mask = run["masks/fc1.weight"]
    mask[...] = numpy.roll(mask[...], 1)
END
if check runs/snip/*.h5; then
    echo "another mask passes for PyTorch's"
    exit 1
fi
