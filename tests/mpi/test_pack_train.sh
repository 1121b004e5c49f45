#!/usr/bin/env bash
# Made-up images in the official layouts, packed, pruned and trained: the same run on 1 and 3 ranks; what a network learns.
# SKEL_PACK_IMAGES=3000 takes minutes: 3,000 images in 30 classes, and the memory of a run whose images stay in the file,
# which is less than the file's size.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
images=${SKEL_PACK_IMAGES:-300}
classes=$((images / 100 > 6 ? 30 : 6))

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
# shellcheck disable=SC2034 # verdict.sh shows them
logs=(out err)

cat >job.yaml <<YAML
data: {file: folders.h5, augment: crop-flip, crop-padding: 2}
model: {name: resnet20, width: 4}
prune: {method: snip, sparsity: 0.5, batch-size: 60}
train: {epochs: 1, batch-size: 30, learning-rate: 0.1}
compute: {microbatch: 10}
YAML

run() { # RANKS OUT KEY=VALUE...
    "$MPIEXEC" -n "$1" --oversubscribe "$SKEL" run job.yaml --out "$2" -q "${@:3}" >out 2>err || fail "run ${*:3}"
}

# As try; of a sample, every third.
try_some() {
    ! sample_takes 3 || try "$@"
}

# LAYOUT [WORDS...] -- KEY=VALUE...: packs a layout on 1 and 4 ranks, and runs it on 1 and 3 ranks.
try() {
    local layout=$1 words=()
    shift
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    /usr/bin/python3 "$SOURCE/tests/support/make_images.py" "$layout" "$layout" "$images" "$classes"
    for ranks in 1 4; do
        "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" data pack "$layout" --out "$layout$ranks.h5" "${words[@]}" \
            >out 2>err || fail "pack $layout"
    done
    cmp "$layout"{1,4}.h5 || fail "$layout: the file depends on the number of ranks"
    mv "$layout"1.h5 "$layout".h5
    run 1 "one/$layout" data.file="$layout.h5" "$@"
    run 3 "three/$layout" data.file="$layout.h5" "$@"
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" {one,three}/"$layout"/job/*.h5 >out 2>err ||
        fail "$layout: the run depends on the number of ranks"
}

try folders --size 32 -- train.epochs=4 data.cache=file
"$SKEL" run job.yaml --out one/folders train.epochs=4 --table >out 2>err || fail "the table"
awk -v chance=$((100 / classes)) '/^resnet20/ { found = $6 > 2 * chance } END { exit !found }' out ||
    fail "the network has not learnt twice what guessing gives"

# A run in less memory than its images take.
if [ "$images" -ge 3000 ]; then
    "$SKEL" data pack folders --out large.h5 --size 128 >out 2>err || fail "pack large images"
    /usr/bin/time -f '%M' "$SKEL" run job.yaml --out large -q data.file=large.h5 data.cache=file data.augment=none model.width=1 \
        compute.microbatch=5 train.epochs=1 >out 2>err || fail "the run from the file"
    peak=$(tail -1 err) bytes=$(stat -c %s large.h5)
    echo "peak $peak kB, file $((bytes / 1024)) kB"
    [ "$peak" -lt $((bytes / 1024)) ] || fail "the run takes more memory than the file has"
fi
images=$((images > 300 ? 300 : images)) classes=6
try_some tiny-imagenet -- model.name=vgg11 data.augment=standard
try_some imagenet --keep-bytes --validation imagenet/LOC_val_solution.csv -- \
    data.side=32 data.resize=36 data.augment=random-resized-crop prune.augment=random-resized-crop
try_some cifar100 -- data.augment=standard
