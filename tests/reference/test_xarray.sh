#!/usr/bin/env bash
# xarray opens the tables of run files by default, with the libraries netCDF4 and h5netcdf, as labelled
# arrays; every command reads files of schema 1, too.
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
mv runs/force/*.h5 force.h5
run_job prune.method=set prune.iterations=~ prune.update-every=1
mv runs/force/*.h5 set.h5
run_job train.epochs=0
mv runs/force/*.h5 untrained.h5

/usr/bin/python3 - >out 2>err <<'END' || complain "xarray"
import h5py
import numpy as np
import xarray as xr

COORDINATE = {"prune": "iteration", "train": "epoch", "evolve": "step", "layers": "layer"}


def compare(path, group, engine):
    """A group as xarray reads it, against its datasets as h5py reads them."""
    coordinate = COORDINATE[group]
    with h5py.File(path) as file, xr.open_dataset(path, group=f"metrics/{group}", engine=engine) as table:
        columns = file["metrics"][group]
        assert set(table.variables) == set(columns), (path, group, engine, set(table.variables))
        assert list(table.dims) == [coordinate], (path, group, engine, table.dims)
        for name in columns:
            assert table[name].dims == (coordinate,), (name, table[name].dims)
            if name != "name":
                assert np.array_equal(table[name].values, columns[name][()], equal_nan=True), name
        assert coordinate in table.coords and coordinate in table.indexes
        for name in columns:
            units = columns[name].attrs.get("units")
            assert units is None or table[name].attrs["units"] == units.decode()
        return table.load()


for engine in ("netcdf4", "h5netcdf", None):
    for path in "force.h5", "set.h5", "untrained.h5":
        with h5py.File(path) as file:
            groups = list(file["metrics"].keys() - {"name_bytes"})
        assert ("evolve" in groups) == (path == "set.h5"), groups
        for group in groups:
            compare(path, group, engine)
    layers = compare("force.h5", "layers", engine)
    assert list(layers.name.values) == ["conv1.weight", "conv2.weight", "fc1.weight", "fc2.weight"], layers.name
    assert "name" in layers.coords
    assert int(layers.kept.swap_dims(layer="name").sel(name="fc1.weight")) == int(layers.kept[2])
    train = compare("force.h5", "train", engine)
    assert list(train.epoch.values) == [1, 2] and train.loss.sel(epoch=2) > 0
    assert len(compare("untrained.h5", "train", engine).epoch) == 0

# what h5py sees, as FORMAT.md says
with h5py.File("force.h5") as file:
    kept = file["metrics/layers/kept"]
    assert kept.dims[0][0].name == "/metrics/layers/layer"
    names = [row.tobytes().rstrip(b"\0").decode() for row in file["metrics/layers/name"]]
    assert names == ["conv1.weight", "conv2.weight", "fc1.weight", "fc2.weight"], names
    assert file["provenance/hosts"].shape[0] == 2
END

cp "$SOURCE/tests/reference/schema1.h5" old.h5
for file in force.h5 old.h5; do
    expect 0 "$file: ok" verify $file
    expect 0 "fc1.weight" inspect $file
    expect 0 "hosts" inspect $file
    expect 0 "fc1.weight	50x80	4000	" inspect --layers $file
    expect 0 "# /metrics/layers" inspect --metrics $file
    expect 0 "conv1.weight" inspect --metrics $file
    expect 0 "method: force" inspect --job $file
    expect 0 "/summary	method	force" inspect --attributes $file
    expect 0 "whole" compare $file old.h5
    expect 0 "" eval $file
done
expect 0 "skel-run 1" inspect old.h5
expect 0 "skel-run 2" inspect force.h5
expect 0 "" run job.yaml model.weights=old.h5 -q --out w

# damage of a file of schema 1 is found by its checksums
cp old.h5 bad.h5
chmod u+w bad.h5
/usr/bin/python3 -c 'import h5py; h5py.File("bad.h5", "a")["weights/fc2.bias"][0] = 1'
expect 65 "/weights/fc2.bias is damaged: its xxh3 is" verify bad.h5
cp old.h5 bad.h5
chmod u+w bad.h5
/usr/bin/python3 -c 'import h5py; del h5py.File("bad.h5", "a")["metrics"]'
expect 65 "the group /metrics is missing" verify bad.h5
verdict
