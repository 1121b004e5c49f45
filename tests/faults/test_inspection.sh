#!/usr/bin/env bash
# skel inspect, verify and compare on files that ranks wrote, damaged ones and foreign ones.
set -u

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=(out err)

# expect STATUS TEXT WORDS...: runs skel WORDS and looks for TEXT in what it prints
expect() {
    local status=$1 text=$2
    shift 2
    "$SKEL" "$@" >out 2>err
    local result=$?
    [ "$result" = "$status" ] || complain "skel $*: exit status $result, not $status"
    cat out err | grep -qF -- "$text" || complain "skel $*: does not say: $text"
}

"$MPIEXEC" -n 2 --oversubscribe "$BUILD/tests/faults_write_file" a.h5 1 || exit 1
cp a.h5 damaged.h5
size=$(stat -c %s a.h5)
printf 'X' | dd of=damaged.h5 bs=1 seek=$((size / 2)) conv=notrunc status=none
head -c $((size - 10)) a.h5 >short.h5
echo text >text.h5

expect 0 "a.h5: ok (8 datasets)" verify a.h5
expect 65 "damaged.h5: FAILED" verify a.h5 damaged.h5
expect 65 "a.h5: ok (8 datasets)" verify short.h5 a.h5
expect 65 "short.h5: FAILED: is damaged or truncated" verify short.h5
expect 65 "not an HDF5 file" verify text.h5
expect 74 "No such file" verify nowhere.h5
expect 65 "3 of 4 files" verify nowhere.h5 a.h5 damaged.h5 text.h5
expect 0 "whole" inspect a.h5
expect 0 "64x1024" inspect a.h5
expect 0 "layer3.weight	64x1024	65536	" inspect --layers a.h5
expect 0 "/weights/layer0.weight	xxh3_128	" inspect --attributes a.h5
expect 65 "holds no job" inspect --job a.h5
expect 65 "text.h5 is not an HDF5 file" inspect text.h5
expect 74 "No such file" inspect nowhere.h5
expect 64 "did you mean --layers" inspect --layer a.h5

# The overlap against numbers from NumPy, on masks that h5py wrote, one of them as bool.
/usr/bin/python3 - <<'END' >expected || exit 1
import h5py
import numpy as np

a = np.arange(600).reshape(20, 30) % 7 < 3
b = np.arange(600).reshape(20, 30) % 5 < 2
for name, mask, kind in ("x", a, bool), ("y", b, np.uint8), ("z", b[:10], np.uint8), ("n", b, int):
    with h5py.File(name + ".h5", "w") as out:
        out["masks/fc.weight" if name != "n" else "masks/other"] = mask.astype(kind)
        out["weights/fc.weight"] = np.zeros(mask.shape, np.float32)
both = (a & b).sum()
print("whole", 600, a.sum(), b.sum(), both, (a & ~b).sum(), (b & ~a).sum(),
      f"{both / (a | b).sum():.6f}", f"{a.sum() * b.sum() / 600:.6g}", sep="\t")
END
expect 0 "$(cat expected)" compare --format tsv x.h5 y.h5
expect 0 "1.0000" compare x.h5 x.h5
expect 65 "fc.weight differ in shape: 20x30 in x.h5, 10x30 in z.h5" compare x.h5 z.h5
expect 65 "differ in their layers" compare x.h5 n.h5
expect 0 "fc.weight" inspect x.h5
expect 65 "x.h5: FAILED: is not a file that skel wrote" verify x.h5
verdict
