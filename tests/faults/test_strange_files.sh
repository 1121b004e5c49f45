#!/usr/bin/env bash
# Paths that are no files, and HDF5 files that lead out of themselves, into themselves, or claim
# more than they hold: every command ends at once, with the right exit status and words.
set -u

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0

# expect STATUS TEXT WORDS...: runs skel WORDS in little memory and looks for TEXT in what it prints
expect() {
    local status=$1 text=$2
    shift 2
    (ulimit -v 4000000 && timeout 20 "$SKEL" "$@" >out 2>err </dev/null)
    local result=$?
    if [ "$result" != "$status" ] || ! cat out err | grep -qF -- "$text"; then
        echo "FAILED: skel $*: exit status $result, expected $status and: $text"
        cat out err
        failed=1
    fi
}

/usr/bin/python3 - <<'END' || exit 1
import h5py
import numpy as np

mask = np.ones((10, 8), np.uint8)
with h5py.File("good.h5", "w") as out:
    out["masks/fc.weight"] = mask
    out["weights/fc.weight"] = np.ones((10, 8), np.float32)
    out["masks"].attrs["note"] = "a mask"


def variant(name):
    out = h5py.File(name, "w")
    out.create_group("masks").attrs["note"] = "a mask"
    return out


with variant("external.h5") as out:
    out["masks/fc.weight"] = h5py.ExternalLink("good.h5", "/masks/fc.weight")
with variant("group.h5") as out:
    del out["masks"]
    out["masks"] = h5py.ExternalLink("good.h5", "/masks")
with variant("indirect.h5") as out:
    out["elsewhere"] = h5py.ExternalLink("good.h5", "/masks")
    out["masks/fc.weight"] = h5py.SoftLink("/elsewhere/fc.weight")
with variant("dangling.h5") as out:
    out["masks/fc.weight"] = h5py.SoftLink("/masks/other")
with variant("round.h5") as out:
    out["masks/fc.weight"] = h5py.SoftLink("/again")
    out["again"] = h5py.SoftLink("/masks/fc.weight")
with variant("inside.h5") as out:
    out["other/mask"] = mask
    out["masks/fc.weight"] = h5py.SoftLink("/other/mask")
with variant("cycle.h5") as out:
    for name in "abcdefgh":
        out["masks/" + name] = out["/"]
    out.attrs["schema_name"] = "skel-run"
    out.attrs["schema_version"] = 1 # files of this version have no manifest
with variant("virtual.h5") as out:
    layout = h5py.VirtualLayout(shape=(10, 8), dtype=np.uint8)
    layout[...] = h5py.VirtualSource("good.h5", "/masks/fc.weight", shape=(10, 8))
    out.create_virtual_dataset("masks/fc.weight", layout)
with variant("storage.h5") as out:
    out.create_dataset("masks/fc.weight", shape=(10, 8), dtype=np.uint8, external=[("raw", 0, 80)])
with variant("huge.h5") as out:
    out.create_dataset("masks/fc.weight", shape=(2**18, 2**18), dtype=np.float64)
with variant("chunks.h5") as out:
    out.create_dataset("masks/fc.weight", shape=(2**18, 2**18), dtype=np.uint8, compression="gzip")
with variant("texts.h5") as out:
    out.create_dataset("provenance/hosts", shape=(2**36,), dtype=h5py.string_dtype())
with variant("ratio.h5") as out: # nothing but zeros: as small as deflate makes anything
    out.create_dataset("masks/fc.weight", data=np.zeros((4096, 4096), np.uint8), compression="gzip")
with h5py.File("weights.h5", "w") as out:
    for name, shape in ("fc1", (300, 784)), ("fc2", (100, 300)), ("fc3", (10, 100)):
        out[f"weights/{name}.weight"] = np.ones(shape, np.float32)
        out[f"weights/{name}.bias"] = np.ones(shape[:1], np.float32)
    del out["weights/fc1.weight"]
    out["weights/fc1.weight"] = h5py.ExternalLink("good.h5", "/weights/fc.weight")
END
printf '\1%.0s' {1..80} >raw

for what in "inspect" "inspect --layers" "compare good.h5"; do
    # shellcheck disable=SC2086 # the words of a command
    for name in external group; do
        expect 65 "is a link to another file, and such links are not followed" $what $name.h5
    done
    # shellcheck disable=SC2086
    {
        expect 65 "is a link that leads to nothing in this file" $what indirect.h5
        expect 65 "is a link that leads to nothing in this file" $what dangling.h5
        expect 65 "is a link that leads to nothing in this file" $what round.h5
        expect 0 "fc.weight" $what inside.h5
        expect 65 "the values of /masks/fc.weight are in another file" $what virtual.h5
        expect 65 "the values of /masks/fc.weight are in another file" $what storage.h5
        expect 65 "/masks/fc.weight claims 549755813888 bytes of values" $what huge.h5
        expect 65 "holds 0 of them: it was created and never written" $what chunks.h5
    }
done
expect 65 "/provenance/hosts claims" inspect texts.h5
expect 0 "4096x4096" inspect --layers ratio.h5
expect 0 "/masks	note	a mask" inspect --attributes external.h5
expect 0 "/masks	note	a mask" inspect --attributes cycle.h5
[ "$(grep -c "a mask" out)" = 1 ] || { echo "FAILED: a group is shown once for each of its names"; failed=1; }
expect 65 "FAILED" verify cycle.h5

# paths that are no files, wherever a file is read
mkfifo pipe
mkdir dir
for what in "inspect" "inspect --attributes" "compare good.h5" "eval" "plan"; do
    # shellcheck disable=SC2086
    {
        expect 74 "pipe is a pipe, not a file" $what pipe
        expect 74 "/dev/zero is a device, not a file" $what /dev/zero
    }
done
expect 74 "pipe: FAILED: is a pipe, not a file" verify pipe
expect 74 "/dev/zero: FAILED: is a device, not a file" verify /dev/zero
expect 74 "dir is a folder, not a file" plan dir
expect 74 'give the job file "-"' plan pipe

cat >job.yaml <<'YAML'
name: strange
data: {set: fashion-mnist, train-samples: 64, test-samples: 64}
model: {name: lenet-300-100}
prune: {method: random, sparsity: 0.9, batch-size: 64}
train: {epochs: 0, batch-size: 64}
compute: {microbatch: 64}
YAML
expect 74 "pipe is a pipe, not a file" run job.yaml model.weights=pipe --out w
expect 65 "/weights/fc1.weight is a link to another file" run job.yaml model.weights=weights.h5 --out w
SKEL_SITE=$PWD/pipe expect 74 "SKEL_SITE: $PWD/pipe is a pipe, not a file" submit job.yaml --dry-run
mkdir data
for name in train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
    mkfifo data/$name
done
expect 74 "is a pipe, not a file" run job.yaml data.dir="$PWD/data" --out w
expect 0 "" run job.yaml
journal=$(ls runs/strange/*.log.jsonl)
rm "$journal" && mkfifo "$journal"
expect 0 "" status runs
mkfifo runs/.skel-report-cache
expect 0 "" report runs
rm -r runs/report && mkdir runs/report && mkfifo runs/report/.skel-report
expect 74 "is a pipe, not a file" report runs
rm -r runs/report runs/strange/*.h5
expect 0 "is a pipe, not a file; the run goes on without its journal" run job.yaml
XDG_CACHE_HOME=$PWD/cache && mkdir -p cache/skel && mkfifo cache/skel/gradients
export XDG_CACHE_HOME
expect 0 "random" plan job.yaml

# A name cannot forge a line of what is printed.
mkdir names
cp good.h5 $'names/x\nweights.h5: ok (9 datasets).h5'
for command in verify inspect compare; do
    expect 65 "x?weights.h5: ok (9 datasets).h5: a control character in the name" "$command" names
    expect 65 "x?weights.h5: ok (9 datasets).h5: a control character in the name" "$command" names/*
done
exit $failed
