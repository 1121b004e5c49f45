#!/usr/bin/env bash
# A run file that was edited after skel wrote it: verify names each kind of change, and a file of
# schema 1, which has no manifest, is verified by its checksums.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/commands.sh
. "$SOURCE/tests/support/commands.sh"

write_force_job
run_job_on_two name=force
mv runs/force/*.h5 run.h5
expect 0 "run.h5: ok" verify run.h5

/usr/bin/python3 - <<'END' >changes || exit 1
import shutil

import h5py
import numpy as np

number = 0


def edit(says, change):
    """Changes a copy of the run file and prints the copy's name and what verify is to say of it."""
    global number
    number += 1
    name = f"edit{number}.h5"
    shutil.copy("run.h5", name)
    with h5py.File(name, "a") as file:
        change(file)
    print(name, says, sep="\t")


def replace(file, path, data, attributes=True):
    old = dict(file[path].attrs)
    del file[path]
    file.create_dataset(path, data=data)
    if attributes:
        for name, value in old.items():
            file[path].attrs[name] = value


def exchange(file, a, b):
    file.move(a, "/weights/spare")
    file.move(b, a)
    file.move("/weights/spare", b)


def drop(file, path, name):
    del file[path].attrs[name]


ATTRIBUTE = "the attribute test_accuracy of /summary"
edit(f"{ATTRIBUTE} is missing: it was removed", lambda f: drop(f, "summary", "test_accuracy"))
edit(f"{ATTRIBUTE} is damaged, or was changed", lambda f: f["summary"].attrs.modify("test_accuracy", 0.99))
edit(f"{ATTRIBUTE} was replaced", lambda f: f["summary"].attrs.create("test_accuracy", np.float32(0.5)))
edit(f"{ATTRIBUTE} was replaced", lambda f: f["summary"].attrs.create("test_accuracy", np.zeros(3)))
edit(f"{ATTRIBUTE} was replaced", lambda f: f["summary"].attrs.create("test_accuracy", "0.99"))
edit("the attribute mask_hash of /summary is damaged, or was changed",
     lambda f: f["summary"].attrs.create("mask_hash", np.bytes_("0" * 32)))
edit("the attribute note of / was added", lambda f: f.attrs.create("note", "mine"))
edit("the attribute units of /weights/fc2.bias was added", lambda f: f["weights/fc2.bias"].attrs.create("units", "s"))
edit("the attribute units of /metrics/train/loss is missing", lambda f: drop(f, "metrics/train/loss", "units"))
edit("the attribute schema_name of / is damaged, or was changed",
     lambda f: f.attrs.create("schema_name", np.bytes_("skel-checkpoint")))
edit("the attribute schema_name of / is damaged, or was changed", lambda f: f.attrs.create("schema_name", np.bytes_("other")))
edit("the attribute schema_name of / is missing", lambda f: drop(f, "/", "schema_name"))
edit("the attribute schema_version of / is damaged, or was changed",
     lambda f: f.attrs.modify("schema_version", 3))
edit("the manifest (dataset /manifest) is missing", lambda f: f.__delitem__("manifest"))
edit("the manifest (dataset /manifest) is damaged, or was changed", lambda f: f["manifest"].write_direct(
    np.frombuffer(f["manifest"][()].tobytes().replace(b"/summary", b"/Summary"), np.uint8)))
edit("the manifest (dataset /manifest) is damaged, or was changed", lambda f: drop(f, "manifest", "xxh3_128"))
edit("the manifest (dataset /manifest) is damaged, or was changed",
     lambda f: replace(f, "manifest", np.zeros(1000000, np.uint8)))
edit("/weights/fc2.bias is damaged, or was changed", lambda f: f["weights/fc2.bias"].__setitem__(0, 1.0))
edit("/weights/fc2.weight was replaced",
     lambda f: replace(f, "weights/fc2.weight", f["weights/fc2.weight"][()].reshape(50, 10)))
edit("/weights/fc2.bias was replaced", lambda f: replace(f, "weights/fc2.bias", np.zeros(10)))
edit("/weights/fc1.weight is damaged, or was changed",
     lambda f: f["weights/fc1.weight"].write_direct(f["initial/fc1.weight"][()]))
edit("of /weights/fc2.weight is damaged", lambda f: exchange(f, "/initial/fc2.weight", "/weights/fc2.weight"))
edit("/weights/mine was added", lambda f: f.create_dataset("weights/mine", data=np.zeros(3)))
edit("/mine was added", lambda f: f.create_group("mine"))
edit("the dataset /weights/fc2.bias is missing: it was removed", lambda f: f.__delitem__("weights/fc2.bias"))
edit("the group /metrics/layers is missing: it was removed", lambda f: f.__delitem__("metrics/layers"))
edit("the group /summary is missing: it was removed", lambda f: f.__delitem__("summary"))


def link(file, path, to):
    del file[path]
    file[path] = to


edit("/weights/fc2.bias is a link; skel writes groups and datasets only: it was replaced",
     lambda f: link(f, "weights/fc2.bias", h5py.ExternalLink("run.h5", "/weights/fc2.bias")))
edit("/weights/fc2.bias is a link", lambda f: link(f, "weights/fc2.bias", h5py.SoftLink("/initial/fc2.bias")))
edit("/mine is a link; skel writes groups and datasets only: it was added",
     lambda f: f.__setitem__("mine", h5py.ExternalLink("run.h5", "/")))
edit("/summary is a dataset, the manifest has a group", lambda f: link(f, "summary", np.zeros(3)))
edit("/weights/round is another name of a group; skel writes groups and datasets only: it was added",
     lambda f: f.__setitem__("weights/round", f["/"]))
END


while IFS=$'\t' read -r name says; do
    expect 65 "$says" verify "$name"
done <changes
[ "$(wc -l <changes)" -ge 30 ] || complain "only $(wc -l <changes) changes were tried"

# values that are read for other reasons than verify are compared, too
name=$(grep -F "/weights/fc2.bias is damaged" changes | cut -f1)
expect 65 "/weights/fc2.bias is damaged, or was changed" run job.yaml model.weights="$name" --out w
cp run.h5 masks.h5
/usr/bin/python3 -c 'import h5py; h5py.File("masks.h5", "a")["masks/fc1.weight"][0, 0] ^= 1'
expect 65 "/masks/fc1.weight is damaged, or was changed" inspect masks.h5
expect 65 "/masks/fc1.weight is damaged, or was changed" compare run.h5 masks.h5

# figures that are printed are those that skel wrote
name=$(grep -F "the attribute test_accuracy of /summary is damaged" changes | cut -f1)
expect 65 "the attribute test_accuracy of /summary is damaged, or was changed" inspect "$name"
expect 65 "the attribute test_accuracy of /summary is damaged, or was changed" inspect --attributes "$name"
expect 65 "the attribute test_accuracy of /summary is damaged, or was changed" inspect --format tsv "$name"
mkdir alone
cp "$name" alone/run.h5
expect 0 "the attribute test_accuracy of /summary is damaged, or was changed" status alone
grep -q "^0 runs" out || complain "status counts a changed run"
name=$(grep -F "the attribute schema_version of / is damaged" changes | cut -f1)
expect 65 "the attribute schema_version of / is damaged, or was changed" inspect "$name"
cp run.h5 job.h5
/usr/bin/python3 -c 'import h5py; h5py.File("job.h5", "a")["provenance"].attrs["job"] = "name: other"'
expect 65 "the attribute job of /provenance" inspect --job job.h5

# whoever changes weights on purpose deletes what speaks of the old ones
/usr/bin/python3 - "$name" <<'END'
import sys

import h5py

with h5py.File(sys.argv[1], "a") as file:
    del file["manifest"]
    del file["weights/fc2.bias"].attrs["xxh3_128"]
END
expect 0 "" run job.yaml model.weights="$name" --out w
verdict
