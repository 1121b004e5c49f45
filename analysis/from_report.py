"""From run files and reports to figures and arrays of your own: four short examples.

    skel report runs/quickstart
    python3 analysis/from_report.py runs/quickstart

The argument is the folder of the run files, which has their report in its folder report. It writes figure1.png
to the report, and prints the rest. Needs h5py, xarray with netCDF4 or h5netcdf, pandas and matplotlib.
"""
import glob

import h5py
import matplotlib
import numpy as np
import pandas
import xarray

import usage


def figure1(report, group, path):
    """Accuracy against weights kept, with a band of one standard deviation: the paper's Figure 1."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    arrays = xarray.open_dataset(f"{report}/summary.h5", group=f"{group}/groups")
    figure, axes = pyplot.subplots(figsize=(84 / 25.4, 60 / 25.4), constrained_layout=True)
    for line in arrays.line:
        one = arrays.sel(line=line)
        one = one.isel(sparsity=np.flatnonzero(one.test_accuracy_runs > 0))
        kept = 100 * (1 - one.sparsity)
        axes.plot(kept, 100 * one.test_accuracy, marker="o", label=str(one.label.values))
        axes.fill_between(kept, 100 * (one.test_accuracy - one.test_accuracy_deviation),
                          100 * (one.test_accuracy + one.test_accuracy_deviation), alpha=0.2)
    axes.set(xscale="log", xlabel="weights kept (%)", ylabel="test accuracy (%)")
    axes.invert_xaxis()
    axes.legend()
    figure.savefig(path, dpi=300)
    return arrays


def runs_as_table(report, group):
    """Every run as a row of a pandas table."""
    return xarray.open_dataset(f"{report}/summary.h5", group=f"{group}/runs").to_dataframe()


def accuracy_as_table(report):
    """A table of the report in pandas."""
    return pandas.read_csv(f"{report}/accuracy-detail.csv")


def training_curve(run):
    """Figures of each epoch of one run, labelled."""
    return xarray.open_dataset(run, group="metrics/train")


def runs_with_report(path):
    """A folder of run files with their report in it."""
    usage.report(f"{usage.folder(path)}/report")
    return path


def main():
    options = usage.read(__doc__, ("runs", runs_with_report, "folder of run files and of their report"))
    folder = options.runs
    report = f"{folder}/report"
    with h5py.File(f"{report}/summary.h5") as file:
        groups = [name for name in file if isinstance(file[name], h5py.Group)]
    for group in groups:
        figure1(report, group, f"{report}/figure1.png")
        table = runs_as_table(report, group)
        print(table.groupby(["method", "sparsity"]).test_accuracy.agg(["mean", "std", "count"]))
    print(accuracy_as_table(report))
    for run in sorted(glob.glob(f"{folder}/*.h5"))[:1]:
        print(training_curve(run))


if __name__ == "__main__":
    main()
