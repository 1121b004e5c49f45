#!/usr/bin/env bash
# skel data pack: the official layouts with made-up images, against PIL; the same bytes on 1 and 4 ranks; a packing that was
# stopped, or killed in the middle of a file, goes on.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck disable=SC2034 # verdict.sh shows them
logs=(out err)

pack() { # RANKS WORDS...
    local ranks=$1
    shift
    timeout 120 "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" data pack "$@" >out 2>err </dev/null
}

check() { # FILE FOLDER LAYOUT HOW
    /usr/bin/python3 "$SOURCE/tests/mpi/pack_check.py" "$@" >err 2>&1 || fail "$*: not as PIL has it"
    "$SKEL" verify "$1" >out 2>err || fail "skel verify $1"
    for left in "$1".*; do
        [ ! -e "$left" ] || fail "$left is left behind"
    done
}

for layout in folders tiny-imagenet imagenet cifar100; do
    /usr/bin/python3 "$SOURCE/tests/support/make_images.py" "$layout" "$layout" 300 30
done

pack 1 folders --out one.h5 --size 24 || fail "pack folders on one rank"
pack 4 folders/ --out four.h5 --size 24 || fail "pack folders on four ranks"
cmp one.h5 four.h5 || fail "the file depends on the number of ranks"
grep -q '300 training and 30 test images, 3 x 24 x 24, 30 classes' out || fail "the summary"
check four.h5 folders folders 24
pack 3 folders --out keep.h5 --keep-size || fail "pack --keep-size"
check keep.h5 folders folders keep
pack 2 tiny-imagenet --out tiny.h5 || fail "pack tiny-imagenet"
grep -q '30 test images, 3 x 64 x 64' out || fail "the size of tiny-imagenet"
check tiny.h5 tiny-imagenet tiny-imagenet 64
pack 2 imagenet --out bytes.h5 --keep-bytes --validation imagenet/LOC_val_solution.csv || fail "pack --keep-bytes"
grep -q 'PNG images that became JPEG, of quality 95: 3' err || fail "what became of PNG files"
check bytes.h5 imagenet imagenet bytes
pack 1 imagenet --out pixels.h5 --size 48 --validation imagenet/LOC_val_solution.csv || fail "pack imagenet --size"
check pixels.h5 imagenet imagenet 48
pack 2 cifar100 --out cifar.h5 || fail "pack cifar100"
check cifar.h5 cifar100 cifar100 32

# Grey images, rectangles, and smaller JPEG files: their shapes.
pack 2 folders --out grey.h5 --size 20x30 --channels 1 || fail "pack --channels 1"
grep -q '1 x 20 x 30' out || fail "the shape of grey images"
pack 2 imagenet --out small.h5 --keep-bytes --size 64 --validation imagenet/LOC_val_solution.csv || fail "--keep-bytes --size"
/usr/bin/python3 - <<'END' || fail "shorter sides"
import h5py
import numpy as np
with h5py.File("small.h5") as file:
    sides = np.minimum(file["train/heights"][()], file["train/widths"][()])
    assert (sides == 64).all(), sides
with h5py.File("grey.h5") as file:
    assert file["train/images"].shape == (300, 1, 20, 30) and file.attrs["channels"] == 1
END

# Stopped after two blocks of five: the same command goes on, on another number of ranks, though one block is damaged by
# now and another one was being written.
status=0
SKEL_STOP_AFTER=3 pack 1 folders --out again.h5 --size 24 || status=$?
[ "$status" = 75 ] || fail "a packing that is stopped ends with $status"
grep -q 'again.h5.packing keeps the blocks' err || fail "where the blocks are"
[ ! -e again.h5 ] || fail "a packing that is stopped makes the file"
[ "$(find again.h5.packing -name '*.block' | wc -l)" = 2 ] || fail "what a stopped packing leaves"
printf 'x' | dd of=again.h5.packing/00000000.block bs=1 seek=9000 conv=notrunc status=none
head -c 3000 again.h5.packing/00000001.block >again.h5.packing/00000002.block.part
head -c 5000 one.h5 >again.h5.part
pack 2 folders --out again.h5 --size 24 || fail "the same command again"
grep -q 'blocks that an earlier attempt has made: 1 of 4' err || fail "which blocks were taken over"
cmp one.h5 again.h5 || fail "a packing that was stopped gives another file"
check again.h5 folders folders 24

# An image that has changed since is decoded again.
SKEL_STOP_AFTER=3 pack 1 folders --out again2.h5 --size 24 && fail "stopped"
cp folders/train/class-01/00001.jpg folders/train/class-00/00000.jpg
pack 1 folders --out again2.h5 --size 24 || fail "the same command, an image has changed"
grep -q 'blocks that an earlier attempt has made: 1 of 4' err || fail "the block of the image that has changed was taken over"
check again2.h5 folders folders 24

# What a packed file holds.
"$SKEL" inspect bytes.h5 >out 2>err || fail "skel inspect bytes.h5"
grep -q 'train  *300 images, several sizes, jpeg, .*; 10 of each class' out || fail "inspect: the training half"
"$SKEL" inspect tiny.h5 >out 2>err || fail "skel inspect tiny.h5"
grep -q 'test  *30 images, 3 x 64 x 64, bytes; ' out || fail "inspect: the test half"
