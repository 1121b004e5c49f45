#!/usr/bin/env bash
# skel compare on any number of masks, and skel inspect, verify and compare on folders.
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
    timeout 60 "$SKEL" "$@" >out 2>err
    local result=$?
    [ "$result" = "$status" ] || complain "skel $*: exit status $result, not $status"
    cat out err | grep -qF -- "$text" || complain "skel $*: does not say: $text"
}

# three masks of two layers, against NumPy: for programs, and as matrices
/usr/bin/python3 - <<'END' >expected || exit 1
import h5py
import numpy as np

rng = np.random.default_rng(7)
masks = {f"m{i}.h5": {"conv1.weight": rng.random((16, 3, 3, 3)) < 0.2 * i, "fc.weight": rng.random((10, 70)) < 0.3}
         for i in (1, 2, 3)}
for name, layers in masks.items():
    with h5py.File(name, "w", track_order=True) as out:
        for layer, mask in layers.items():
            out["masks/" + layer] = mask.astype(np.uint8)
names = list(masks)
for layer in "conv1.weight", "fc.weight", "whole":
    for i, a in enumerate(names):
        for b in names[i + 1:]:
            x, y = (np.concatenate([m.ravel() for k, m in masks[n].items() if layer in (k, "whole")]) for n in (a, b))
            chance = x.sum() * y.sum() / x.size
            either = (x | y).sum()
            print(a, b, layer, x.size, x.sum(), y.sum(), (x & y).sum(), (x & ~y).sum(), (y & ~x).sum(),
                  f"{(x & y).sum() / either:.6f}", f"{chance:.6g}", f"{chance / (x.sum() + y.sum() - chance):.6f}",
                  sep="\t")
END
[ "$(wc -l <expected)" = 9 ] || complain "NumPy has no 9 rows"
expect 0 "jaccard_random" compare --layers --format tsv m1.h5 m2.h5 m3.h5
tail -n +2 out | diff - expected || complain "the overlaps differ from NumPy's"
expect 0 "jaccard_random" compare --format tsv m1.h5 m2.h5 m3.h5
tail -n +2 out | diff - <(grep whole expected) || complain "there is more than the whole masks"
expect 0 '"layer":"whole"' compare --format json m1.h5 m2.h5 m3.h5
[ "$(wc -l <out)" = 3 ] || complain "JSON has not a line for each pair"
cell=$(grep "^m1.h5	m3.h5	whole" expected | cut -f10,12 | xargs printf '%.4f (%.4f)')
expect 0 "$cell" compare m1.h5 m2.h5 m3.h5
[ "$(grep -cF "$cell" out)" = 2 ] || complain "the matrix is not symmetric"
expect 0 "conv1.weight, 432 weights" compare --layers m1.h5 m2.h5 m3.h5
expect 64 "there is 1 mask" compare m1.h5
expect 65 "the masks differ in their layers" compare m1.h5 m2.h5 "$SOURCE/tests/reference/schema1.h5"

# folders: all files below, the damaged ones named, and the exit status at the end
mkdir -p runs/sub runs/none
for name in runs/one.h5 runs/sub/two.h5 "runs/sub/with blank.h5" runs/sub/a.h5.checkpoint runs/three.h5; do
    cp "$SOURCE/tests/reference/schema1.h5" "$name"
done
chmod u+w runs/three.h5
/usr/bin/python3 -c 'import h5py; h5py.File("runs/three.h5", "a")["masks/fc2.weight"][0, 0] ^= 1'
echo text >runs/notes.txt
expect 65 "1 of 5 files did not pass" verify runs
for name in runs/one.h5 runs/sub/two.h5 "runs/sub/with blank.h5" runs/sub/a.h5.checkpoint; do
    grep -qF "$name: ok" out || complain "verify runs leaves out $name"
done
grep -q "^runs/three.h5: FAILED: " out || complain "verify runs does not name the damaged file"
expect 0 "runs/sub/two.h5: ok" verify runs/sub/
expect 65 "runs/none: the folder holds no run files" verify runs/none
expect 65 "runs/none: the folder holds no run files" inspect runs/none
expect 64 "--layers is for one file" inspect runs --layers
expect 0 "runs/sub/with blank.h5" inspect runs/sub
expect 0 "lenet-5	fashion-mnist	force	0	0.9	0.9	480	0.093125	0.03125	" inspect runs --format tsv
[ "$(wc -l <out)" = 5 ] || complain "the table has not a row for each of 4 files"
expect 0 '"test_accuracy":0.03125' inspect runs/one.h5 --format json
echo text >runs/four.h5
expect 65 "left out: runs/four.h5 is not an HDF5 file" inspect runs
grep -q "runs/sub/two.h5.* 3.12 " out || complain "inspect ends at a damaged file"
expect 65 "left out: runs/three.h5: /masks/fc2.weight is damaged" compare runs
grep -q "1.0000 (0.0526)" out || complain "compare ends at a damaged file"
expect 65 "/masks/fc2.weight is damaged" compare runs/one.h5 runs/three.h5
expect 65 "left out" compare runs/sub runs/one.h5 runs m1.h5
rm runs/three.h5 runs/four.h5

# what is no file in the place of a run's file; a folder of that name is one if the run's journal is beside it
mkfifo runs/sub/pipe.h5
mkdir runs/sub/folder.h5 runs/sub/job.h5
touch runs/sub/folder.log.jsonl
cp runs/one.h5 runs/sub/job.h5/in.h5
expect 74 "2 of 7 files did not pass" verify runs
grep -q "^runs/sub/pipe.h5: FAILED: is a pipe, not a file" out || complain "verify passes over a pipe"
grep -q "^runs/sub/folder.h5: FAILED: is a folder, not a file" out || complain "verify passes over a folder"
grep -q "^runs/sub/job.h5/in.h5: ok" out || complain "a job's folder is taken for a run"
expect 74 "left out: runs/sub/pipe.h5 is a pipe, not a file" inspect runs
expect 74 "left out: runs/sub/folder.h5 is a folder, not a file" inspect runs
expect 74 "runs/sub/pipe.h5 is a pipe, not a file" report runs --format md --out report
rm -r runs/sub/pipe.h5 runs/sub/folder.* runs/sub/job.h5
expect 0 "   3  runs/sub/with blank.h5" compare runs
verdict
