#!/usr/bin/env bash
# skel saliency: the same digits on any number of ranks, those of the run files, sums of scores that
# are known beforehand, and a clear word where something cannot be compared.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
name: runs
data: {set: fashion-mnist, train-samples: 400, test-samples: 20}
model: {name: lenet-5, width: 4}
prune: {sparsity: 0.9, batches: 2, batch-size: 24}
train: {epochs: 1, batch-size: 50}
compute: {microbatch: 8}
sweep: {prune.method: [force, snip, magnitude, random]}
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=(out err)

ranks() { # RANKS WORDS...
    "$MPIEXEC" -n "$1" --oversubscribe "$SKEL" "${@:2}" </dev/null
}

# expect STATUS TEXT WORDS...: runs skel saliency WORDS and looks for TEXT in what it prints
expect() {
    local result=0
    "$SKEL" saliency "${@:3}" >out 2>err </dev/null || result=$?
    [ "$result" = "$1" ] || fail "skel saliency ${*:3}: exit status $result, not $1"
    grep -qF -- "$2" out err || fail "skel saliency ${*:3}: does not say: $2"
}

# column NAME < TABLE: its values
column() {
    awk -F'\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
                             { print $at }'
}

ranks 2 run job.yaml --out . -q >log 2>&1 || { cat log; exit 1; }
files=(runs/*.h5)

# The same digits on 1 to 4 ranks, for more microbatches than ranks.
for n in 1 2 3 4; do
    ranks "$n" saliency "${files[@]}" --method snip --tsv >"table$n" 2>err || fail "$n ranks"
done
for n in 2 3 4; do
    cmp table1 "table$n" || fail "other digits on $n ranks"
done

# The images are those of the first file's pruning; all files have the same job but for the method.
for name in objective gradient_norm gradient_norm_all collapsed_layers; do
    for file in "${files[@]}"; do
        "$SKEL" inspect --attributes "$file" | awk -F'\t' -v n="$name" '$1 == "/summary" && $2 == n { printf "%.15g\n", $3 }'
    done >stored
    column "$name" <table1 | awk '{ printf "%.15g\n", $1 }' >said
    cmp stored said || fail "$name: $(cat stored said)"
done

# A method's scores do best on its own mask, if they do not depend on the mask. And the best sum is
# the same for all masks of one size then.
for method in magnitude random; do
    ranks 1 saliency "${files[@]}" --method "$method" --tsv >out 2>err
    [ "$(column ratio <out | sort -g | tail -1)" = 1 ] || fail "$method: no mask is the best"
    [ "$(column ratio <out | grep -cx 1)" = 1 ] || fail "$method: several masks are the best"
    awk -F'\t' -v m="$method" 'NR > 1 && $4 == m && $NF == 1 { found = 1 } END { exit !found }' out ||
        fail "$method is not the best by its own scores"
    [ "$(column scores_best <out | sort -u | wc -l)" = 1 ] || fail "$method: several best sums"
done

# Options change the images; what they leave alone is the first file's.
ranks 1 saliency "${files[@]}" --batches 1 --batch-size 30 --sampling sequential --seed 7 >out 2>err
grep -qF '30 images of fashion-mnist (1 x 30, sequential, seed 7), loss cross-entropy' out || fail "options"
ranks 1 saliency "${files[0]}" --seed 7 --tsv | column objective >a
column objective <table1 | head -1 >b
! cmp -s a b || fail "the same images with another seed"

# Trained weights are others; pruned ones are 0 there, so the sums over the kept ones are the best.
ranks 1 saliency "${files[@]}" --weights trained --method magnitude --tsv >out 2>err
[ "$(column ratio <out | sort -u)" = 1 ] || fail "trained weights are not pruned"

# Files of different networks have a place in one table; those of other data are pointed out.
ranks 1 run job.yaml name=other model.name=lenet-300-100 model.width=30 'prune.method=snip' --out . -q \
    >log 2>&1
expect 0 other/snip-s0.9-seed0- "${files[0]}" other/*.h5
[ "$(ranks 1 saliency "${files[0]}" other/*.h5 --tsv 2>err | column model | tr '\n' ' ')" = 'lenet-5 lenet-300-100 ' ] ||
    fail "different networks"
ranks 1 run job.yaml name=micro compute.microbatch=12 prune.method=snip --out . -q >log 2>&1
expect 0 'microbatch 12, not 8' "${files[0]}" micro/*.h5

# Errors say what is wrong with what.
/usr/bin/python3 - "${files[0]}" <<'END'
import shutil
import sys
import h5py

with h5py.File(sys.argv[1], "r") as run, h5py.File("weights.h5", "w") as out:
    for name, value in run["weights"].items():
        out["weights/" + name] = value[()]
for name in "shape", "values", "initial", "job", "byte":
    shutil.copy(sys.argv[1], name + ".h5")
with h5py.File("shape.h5", "a") as run:
    del run["masks/fc2.weight"]
    run["masks/fc2.weight"] = [[1, 0], [0, 1]]
with h5py.File("values.h5", "a") as run:
    mask = run["masks/fc2.weight"][()]
    del run["masks/fc2.weight"]
    run["masks/fc2.weight"] = mask + 1
    del run["manifest"] # as in an earlier release's file
    run.attrs["schema_version"] = 1
with h5py.File("initial.h5", "a") as run:
    del run["initial"]
with h5py.File("job.h5", "a") as run:
    run["provenance"].attrs["job"] = b"prune: {method: bogus}"
    del run["manifest"]
    run.attrs["schema_version"] = 1
# one bit of a weight: still a number, and HDF5 gives it as if nothing were wrong
with h5py.File("byte.h5", "r") as run:
    at = run["initial/conv1.weight"].id.get_offset() + 3
with open("byte.h5", "r+b") as run:
    run.seek(at)
    byte = run.read(1)[0]
    run.seek(at)
    run.write(bytes([byte ^ 4]))
END
expect 65 'weights.h5 holds no job' weights.h5
expect 65 '/masks/fc2.weight' shape.h5
expect 65 'a mask holds 0 and 1 only' "${files[0]}" values.h5
expect 65 'initial.h5 has no group /initial' initial.h5
expect 65 'job of /provenance is damaged' job.h5
expect 65 '/initial/conv1.weight is damaged' byte.h5
expect 65 '/initial/conv1.weight is damaged' "${files[0]}" byte.h5
expect 74 'No such file' nowhere.h5
expect 64 "did you mean 'snip'" "${files[0]}" --method snipp
expect 64 'method grasp: its scores need more than weights and gradient' "${files[0]}" --method grasp
expect 64 'method none has no scores' "${files[0]}" --method none
expect 64 'did you mean sequential' "${files[0]}" --sampling sequentiel
expect 64 'did you mean trained' "${files[0]}" --weights traned
expect 64 'prune.batches 100 of prune.batch-size 24 need 2400 images, but the training set has 400' "${files[0]}" --batches 100
expect 64 'prune.batches 2 of prune.batch-size 65536 need 131072 images' "${files[0]}" --batch-size 65536
expect 64 '--batches 0: not a number from 1' "${files[0]}" --batches 0
expect 64 'too few arguments'
expect 0 '--weights initial|trained' --help
