#!/usr/bin/env bash
# skel eval: the run's own test to the last bit, the same on every engine but for rounding, and a
# clear word for files and options that cannot be evaluated.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
name: runs
data: {set: fashion-mnist, train-samples: 1000, test-samples: 330, validation: 0.1}
model: {name: lenet-5, width: 4}
prune: {method: force, sparsity: 0.9, iterations: 2, batches: 1, batch-size: 50}
train: {epochs: 1, batch-size: 50}
compute: {microbatch: 25}
YAML
cat >batchnorm.yaml <<'YAML'
name: batchnorm
data: {set: fashion-mnist, pad-to: 32, train-samples: 200, test-samples: 90}
model: {name: vgg11, width: 4}
prune: {method: none}
train: {epochs: 1, batch-size: 50}
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
logs=(out err)

# expect STATUS TEXT WORDS...: runs skel eval WORDS and looks for TEXT in what it prints
expect() {
    local result=0
    "$SKEL" eval "${@:3}" >out 2>err </dev/null || result=$?
    [ "$result" = "$1" ] || fail "skel eval ${*:3}: exit status $result, not $1"
    grep -qF -- "$2" out err || fail "skel eval ${*:3}: does not say: $2"
}

# column NAME: of the table in `out`
column() {
    awk -F'\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
                             { print $at }' out
}

for words in 'job.yaml name=dense compute.engine=dense' 'job.yaml name=sparse compute.engine=sparse' \
    'job.yaml name=few prune.sparsity=0.99' 'job.yaml name=linear prune.sparsity=0.99 model.name=lenet-300-100 model.width=~' 'job.yaml name=untrained train.epochs=0' \
    'job.yaml name=unverified data.unverified=true train.epochs=1' batchnorm.yaml \
    'batchnorm.yaml name=all compute.engine=sparse'; do
    # shellcheck disable=SC2086
    "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run $words --out one -q >log 2>&1 </dev/null || { cat log; exit 1; }
    mv one/* . # else a run that differs by its engine alone would be taken as done
done
dense=$(echo dense/*.h5)
few=$(echo few/*.h5)

# Without options the test is the run's, bit by bit, on one process instead of two ranks.
for file in dense/*.h5 sparse/*.h5 few/*.h5 batchnorm/*.h5 all/*.h5; do
    expect 0 'the same, to the last bit of the loss' "$file" --repeat 0
    expect 0 run_loss "$file" --tsv
    [ "$(column loss)" = "$(column run_loss)" ] || fail "$file: another loss"
    [ "$(column accuracy)" = "$(column run_accuracy)" ] || fail "$file: another accuracy"
    stored=$("$SKEL" inspect --attributes "$file" | awk -F'\t' '$2 == "test_loss" { print $3 }')
    [ "$(column run_loss | awk '{ printf "%.12g", $1 }')" = "$(awk -v x="$stored" 'BEGIN { printf "%.12g", x }')" ] ||
        fail "$file: the file's loss is $stored"
done
expect 0 'the run has no test of its own' untrained/*.h5 --repeat 0
grep -q 'pruned but not trained on ' out || fail 'an untrained run is called trained'
expect 0 ', trained on ' "$dense" --repeat 0

# A smaller network is a weight file: places and kept weights have their names, inspect knows it, eval names its run.
"$SKEL" export "$few" --compact --out small.h5 >out 2>err || fail 'skel export --compact'
kept=$("$SKEL" inspect small.h5 | awk '$1 == "whole" { print $3 }')
grep -qE "^small.h5: [0-9]+ of [0-9]+ places for weights, $kept weights kept; " out || fail "places and $kept kept weights"
"$SKEL" inspect small.h5 >out || fail 'skel inspect of a weight file'
grep -q '^  schema  *none: a weight file$' out || fail 'skel inspect does not know a weight file'
grep -qF "exported from            $few" out || fail 'skel inspect does not know the run of a weight file'
expect 65 "small.h5 is a weight file, not a run file; name the run file that it was exported from: $few" small.h5
"$SKEL" inspect "$few" small.h5 >out 2>err && fail 'a weight file in a table of runs'
grep -q 'left out: small.h5 is a weight file, not a run file' err || fail 'skel inspect does not say what it leaves out'

# Engines differ by rounding alone: losses agree to six digits, right answers may differ by one.
for engine in auto dense sparse reference; do
    expect 0 correct "$few" --engine "$engine" --batch 7 --tsv
    [ "$(column batch) $(column images)" = '7 330' ] || fail "$engine: batch or images"
    awk -v a="$(column loss)" -v b="$(column run_loss)" -v c="$(column accuracy)" -v d="$(column run_accuracy)" \
        'BEGIN { exit !((a - b)^2 <= 1e-12 * b^2 && (c - d)^2 <= (1.5 / 330)^2) }' || fail "$engine: $(cat out)"
done
expect 0 "$(printf '\tsparse\t')" linear/*.h5 --engine auto --tsv
expect 0 "$(printf '\tdense\t')" "$dense" --engine auto --tsv
expect 0 "; the two tests differ in engine, batch" "$few" --engine reference --batch 7 --repeat 0
expect 0 ' loss ' "$few" --threads 2 --repeat 0

# MPI is not started: it cannot be, without any way to send.
! OMPI_MCA_pml=none "$SKEL" saliency "$few" >log 2>&1 </dev/null || fail 'MPI starts without a way to send'
OMPI_MCA_pml=none expect 0 'the same, to the last bit' "$few" --repeat 1 --peer none

# Predictions have the labels, and as many right answers as the test says.
expect 0 correct "$dense" --tsv --predictions answers
[ "$(wc -l <answers)" = 330 ] || fail 'number of predictions'
[ "$(awk '$1 == $2' answers | wc -l)" = "$(column correct)" ] || fail 'right predictions'

# They may go to a pipe, or to where the words go. What takes no bytes is an error.
expect 0 'test on' "$dense" --repeat 0 --predictions /dev/stdout
head -n 330 out | cmp - answers || fail 'other predictions on the standard output'
[ "$(wc -l <out)" -gt 331 ] || fail 'no words behind the predictions'
mkfifo pipe
cmp pipe answers &
expect 0 'test on' "$dense" --repeat 0 --predictions pipe
wait $! || fail 'other predictions in the pipe'
expect 74 '/dev/full: write: No space left on device' "$dense" --repeat 0 --predictions /dev/full
[ "$(wc -l <err)" = 1 ] || fail 'more than one message of a device that is full'

# The timing names every contestant; a peer that is not there does not stop it.
expect 0 'PyTorch                              not measured: --peer none' "$few" --repeat 2 --peer none
grep -qE '^  skel sparse +1 x 1 +[0-9]' out || fail 'no figure of the sparse engine'
grep -qE '^  skel dense +1 x 1 +[0-9]' out || fail 'no figure of the dense engine'
expect 0 'skel sparse                          not measured: the mask keeps all weights' \
    batchnorm/*.h5 --repeat 1 --peer none
expect 0 'not measured: nowhere.py: No such file' "$few" --repeat 1 --peer nowhere.py
if has_python torch h5py; then
    expect 0 PyTorch "$few" --repeat 1
    grep -qE '^  PyTorch [0-9.a]+ channels_last +1 x 1 +[0-9]' out || fail 'no figure of PyTorch'
fi

# Data: the run's set from a folder, other sets, what is neither.
folder=$("$SKEL" data | awk '$1 == "fashion-mnist" { print $NF }')
expect 0 'the same, to the last bit' "$few" --repeat 0 --data "$folder"
expect 0 'the same, to the last bit' "$few" --repeat 0 --data fashion-mnist
mkdir -p sets/mnist
for name in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
    if [ -e "$folder/$name-ubyte" ]; then
        cp "$folder/$name-ubyte" sets/mnist/
    else
        gzip -dc "$folder/$name-ubyte.gz" >"sets/mnist/$name-ubyte"
    fi
done
expect 0 'the same, to the last bit' unverified/*.h5 --repeat 0 --data sets/mnist
SKEL_DATA=sets expect 0 'on other images' unverified/*.h5 --repeat 0 --data mnist
grep -q 'test on mnist: [0-9]* of 10000 right' out || fail 'another data set: not all of its images'
SKEL_DATA=sets expect 65 'train-images-idx3-ubyte' "$few" --repeat 0 --data mnist # not MNIST's checksum
printf '\001\002\003' | dd of=sets/mnist/t10k-labels-idx1-ubyte bs=1 seek=10 conv=notrunc status=none
expect 0 "; the two tests differ in content of the data set" unverified/*.h5 --repeat 0 --data sets/mnist
expect 64 'cifar10 has images of 3x32x32 and 10 classes; the network takes 1x28x28' "$few" --data cifar10
expect 64 'cifar100 has images of 3x32x32 and 100 classes; the network takes 1x32x32' batchnorm/*.h5 --data cifar100
expect 64 'did you mean mnist?' "$few" --data mnst
expect 64 'neither a data set nor a folder' "$few" --data nowhere
expect 74 'Fashion-MNIST is not there' "$few" --data ./nowhere

# Data files: the run's own by any path, another one of its name, one of another name.
cat >data.py <<'END'
import sys
import h5py
import numpy

numbers = numpy.random.default_rng(int(sys.argv[3]))
with h5py.File(sys.argv[1], "w") as file:
    for half, images in ("train", 64), ("test", int(sys.argv[2])):
        file[f"{half}/images"] = numbers.integers(0, 256, (images, 1, 28, 28)).astype(numpy.uint8)
        file[f"{half}/labels"] = numbers.integers(0, 10, images)
    file.attrs["classes"] = 10
END
mkdir same fewer more
make_data() { /usr/bin/python3 data.py "$@"; }
make_data 'my data.h5' 80 0
make_data 'fewer/my data.h5' 30 1
make_data 'more/my data.h5' 90 1
make_data other.h5 80 1
"$SKEL" run job.yaml name=file data.set=~ 'data.file=my data.h5' data.train-samples=64 data.test-samples=50 \
    data.validation=0 prune.batch-size=16 train.batch-size=16 compute.microbatch=16 --out one -q >log 2>&1 </dev/null ||
    { cat log; exit 1; }
file=$(echo one/file/*.h5)
expect 0 'the same, to the last bit' "$file" --repeat 0
cp 'my data.h5' same
expect 0 'the same, to the last bit' "$file" --repeat 0 --data 'same/my data.h5'
grep -q 'of 50 right' out || fail 'not the images of the run'
for words in 'fewer/my data.h5 30' 'more/my data.h5 90' 'other.h5 80'; do
    expect 0 'on other images' "$file" --repeat 0 --data "${words% *}"
    grep -q "[0-9] of ${words##* } right" out || fail "$words: not all images"
done
mv 'fewer/my data.h5' .
expect 0 'on other images' "$file" --repeat 0
expect 64 "not a file; the run's images are in the file my data.h5" "$file" --repeat 0 --data same

# Options that make no sense.
expect 64 'did you mean sparse?' "$few" --engine sparce
expect 64 'the run keeps all of its' batchnorm/*.h5 --engine sparse
expect 64 '--batch 0: not a number from 1' "$few" --batch 0
expect 64 '--threads 0: not a number from 1' "$few" --threads 0
expect 64 '--threads 1025: not a number from 1 to 1024' "$few" --threads 1025
expect 64 '--repeat 101: not a number from 0 to 100' "$few" --repeat 101
expect 64 'did you mean --batch?' "$few" --bacth 3
expect 64 'too few arguments'
expect 64 'too many arguments' "$few" "$dense"
expect 74 'no/answers: write: No such file' "$few" --repeat 0 --predictions no/answers

# Files that are no finished run, or are damaged.
/usr/bin/python3 - "$few" <<'END'
import shutil
import sys
import h5py

with h5py.File(sys.argv[1], "r") as run, h5py.File("weights.h5", "w") as out:
    for name, value in run["weights"].items():
        out["weights/" + name] = value[()]
for name in "checkpoint", "later", "mask", "job", "shape", "byte":
    shutil.copy(sys.argv[1], name + ".h5")
with h5py.File("checkpoint.h5", "a") as run:
    run.attrs["schema_name"] = "skel-checkpoint"
with h5py.File("later.h5", "a") as run:
    run.attrs["schema_version"] = 3
with h5py.File("mask.h5", "a") as run:
    del run["masks"]
with h5py.File("job.h5", "a") as run:
    run["provenance"].attrs["job"] = b"model: {name: bogus}"
    del run["manifest"] # as in an earlier release's file
    run.attrs["schema_version"] = 1
with h5py.File("shape.h5", "a") as run:
    del run["weights/fc2.weight"]
    run["weights/fc2.weight"] = [[1.0, 0.0], [0.0, 1.0]]
# one bit of a weight: still a number, and HDF5 gives it as if nothing were wrong
with h5py.File("byte.h5", "r") as run:
    at = run["weights/conv1.weight"].id.get_offset() + 3
with open("byte.h5", "r+b") as run:
    run.seek(at)
    byte = run.read(1)[0]
    run.seek(at)
    run.write(bytes([byte ^ 4]))
END
head -c 3000 "$few" >short.h5
echo text >text.h5
cp batchnorm/*.h5 buffers.h5
/usr/bin/python3 -c 'import h5py; del h5py.File("buffers.h5", "a")["buffers"]'
expect 74 'nowhere.h5: open: No such file' nowhere.h5
expect 74 'a folder, not a file' few
expect 65 'is not an HDF5 file' text.h5
expect 65 'damaged or truncated' short.h5
expect 65 'weights.h5 is a weight file, not a run file' weights.h5
expect 65 'checkpoint.h5 is the checkpoint of a run that has not ended' checkpoint.h5
expect 65 'later.h5 has schema_version 3, and this release reads up to 2' later.h5
expect 65 'mask.h5 has no group /masks' mask.h5
expect 65 'buffers.h5 has no group /buffers' buffers.h5
expect 65 'damaged, or of another release' job.h5
expect 65 '/weights/fc2.weight has shape [2, 2]' shape.h5
expect 65 '/weights/conv1.weight is damaged' byte.h5
