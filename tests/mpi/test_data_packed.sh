#!/usr/bin/env bash
# Packed images of many sizes: JPEG files decoded while a network trains, and pixels. The same run on
# any number of ranks, from memory and from the file; what the test sees is PIL's centre crop.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"

/usr/bin/python3 "$SOURCE/tests/support/make_images.py" imagenet imagenet 96 4
for how in keep-bytes keep-size; do
    timeout 120 "$SKEL" data pack imagenet --out "$how.h5" "--$how" \
        --validation imagenet/LOC_val_solution.csv >log 2>&1 || { cat log; exit 1; }
    "$SKEL" verify "$how.h5" | grep "ok"
    "$SKEL" inspect "$how.h5" | grep "several sizes, "
done

cat >job.yaml <<'YAML'
data: {file: keep-bytes.h5, side: 32, augment: random-resized-crop}
model: {name: resnet20, width: 4}
prune: {method: snip, sparsity: 0.8, batch-size: 32}
train: {epochs: 2, batch-size: 24, learning-rate: 0.05, label-smoothing: 0.1, warmup-epochs: 1}
compute: {microbatch: 8}
YAML

same() { # NAME KEY=VALUE...
    for how in "memory 1" "file 3" "file 1"; do
        read -r cache ranks <<<"$how"
        "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run job.yaml --out "$1/$cache$ranks" -q \
            data.cache="$cache" "${@:2}" >log 2>&1 || { cat log; exit 1; }
    done
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$1"/*/job/*.h5
    [ "$(find "$1" -name '*.h5' | wc -l)" -eq 3 ]
}

same jpeg
sample_takes 2 && same pixels data.file=keep-size.h5 train.epochs=1 train.warmup-epochs=0
sample_takes 2 && same cut data.augment=cutout data.cutout-size=8 data.resize=40 train.epochs=1 train.warmup-epochs=0
"$SKEL" eval jpeg/file3/job/*.h5 | grep "the same, to the last bit"

# A damaged image is named when it is read; `skel verify` finds it before.
/usr/bin/python3 - <<'END'
import h5py

with h5py.File("keep-bytes.h5", "r+") as f:
    begin = int(f["/train/offsets"][5])
    f["/train/bytes"][begin:begin + 400] = 0
END
if "$SKEL" verify keep-bytes.h5 >log 2>&1; then cat log; exit 1; fi
if "$SKEL" run job.yaml data.cache=memory --out bad -q >log 2>&1; then cat log; exit 1; fi
grep "/train/bytes is damaged" log
if "$SKEL" run job.yaml data.cache=file --out bad -q >log 2>&1; then cat log; exit 1; fi
grep "keep-bytes.h5: image 5" log
