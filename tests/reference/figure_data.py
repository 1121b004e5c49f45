#!/usr/bin/env python3
"""Compares the data files of a report's figures with the run files that they are drawn from.

    figure_data.py FIGURES RUN.h5...

reads FIGURES/accuracy.tsv and its sisters, and computes the same numbers from the run files with
h5py and NumPy. Prints what differs, and exits with 1 then.
"""
import re
import sys
from collections import Counter
from pathlib import Path

import h5py
import numpy as np

DENSE = "none"


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def read_runs(paths):
    """{file name: (attributes of /summary, path)}"""
    runs = {}
    for path in paths:
        with h5py.File(path) as file:
            runs[Path(path).name] = (dict(file["summary"].attrs), path)
    return runs


def blocks(path):
    """[(kind, panel, name, rows)] of a data file; a row is a list of texts."""
    found = []
    for chunk in re.split(r"\n\n\n", path.read_text()):
        lines = [line for line in chunk.split("\n") if line]
        head = next(line for line in lines if line.startswith("# block"))
        kind, panel, name = re.match(r"# block \d+, panel (\d+), (\w+)[^:]*: ?(.*)", head).group(2, 1, 3)
        found.append((kind, int(panel), name, [line.split("\t") for line in lines if not line.startswith("#")]))
    return found


class Comparison:
    def __init__(self):
        self.count = 0
        self.failures = 0

    def equal(self, what, got, expected, relative=1e-8):
        self.count += 1
        same = np.isclose(float(got), float(expected), rtol=relative, atol=1e-12, equal_nan=True)
        if not same:
            self.failures += 1
            print(f"{what}: {got}, the run files have {expected}")


def check_points(comparison, folder, name, x_of, runs):
    """A point for each pruned run, once, and means with deviations."""
    seen = set()
    for kind, _, series, rows in blocks(folder / f"{name}.tsv"):
        if kind == "runs":
            for x, y, source in rows:
                run = source.removeprefix("# ")
                summary = runs[run][0]
                seen.add(run)
                comparison.equal(f"{name} {run} x", x, x_of(summary))
                comparison.equal(f"{name} {run} y", y, 100 * summary["test_accuracy"])
                comparison.equal(f"{name} {run} series", series == text(summary["method"]), True)
        else:
            check_means(comparison, name, series, rows, x_of, runs)
    pruned = {run for run, (summary, _) in runs.items() if text(summary["method"]) != DENSE}
    comparison.equal(f"{name}: runs", len(seen), len(pruned))


def check_means(comparison, name, series, rows, x_of, runs):
    groups = {}
    for summary, _ in runs.values():
        if text(summary["method"]) == series and x_of(summary) > 0:  # else it has no place on the axis
            groups.setdefault(summary["sparsity"], []).append(summary)
    expected = []
    for group in groups.values():
        y = np.array([100 * summary["test_accuracy"] for summary in group])
        deviation = y.std(ddof=1) if len(y) > 1 else np.nan
        expected.append((np.mean([x_of(summary) for summary in group]), y.mean(), y.mean() - deviation,
                         y.mean() + deviation, len(y)))
    comparison.equal(f"{name} {series}: means", len(rows), len(expected))
    for row, values in zip(sorted(rows, key=lambda row: float(row[0])), sorted(expected)):
        for got, value in zip(row, values):
            comparison.equal(f"{name} {series} mean", got, value)


def runs_of(runs, method, sparsity):
    return [path for summary, path in runs.values()
            if text(summary["method"]) == method and np.isclose(summary["sparsity"], sparsity)]


def check_curve(comparison, folder, name, panels, scale, runs):
    """Means over the seeds of a dataset; `panels` has (sparsity, dataset) of each panel."""
    for _, panel, method, rows in blocks(folder / f"{name}.tsv"):
        sparsity, dataset = panels[panel - 1]
        columns = []
        for path in runs_of(runs, method, sparsity):
            with h5py.File(path) as file:
                columns.append(file[dataset][:] * scale)
        mean = np.mean(columns, axis=0)
        for row in rows:
            comparison.equal(f"{name} {method} {row[0]}", row[1], mean[int(float(row[0])) - 1])
            comparison.equal(f"{name} {method} runs", row[4], len(columns))


def bits(path):
    with h5py.File(path, track_order=True) as file:
        return np.concatenate([mask[:].ravel() for mask in file["masks"].values()]).astype(bool)


def jaccard(a, b):
    return np.sum(a & b) / np.sum(a | b)


def by_chance(a, b):
    both = a.sum() * b.sum() / a.size
    return both / (a.sum() + b.sum() - both)


def check_overlap(comparison, folder, sparsities, methods, runs):
    for _, panel, _, rows in blocks(folder / "overlap.tsv"):
        masks = [[bits(path) for path in sorted(runs_of(runs, method, sparsities[panel - 1]),
                                                key=lambda path: runs[Path(path).name][0]["seed"])]
                 for method in methods]
        for i, row in enumerate(rows):
            for j, got in enumerate(row):
                if i == j:
                    expected = jaccard(masks[i][0], masks[i][1])
                else:
                    measure = jaccard if i > j else by_chance
                    expected = np.mean([measure(a, b) for a, b in zip(masks[i], masks[j])])
                comparison.equal(f"overlap {methods[i]} {methods[j]}", got, expected, 1e-4)


def spectrum_of(path):
    with h5py.File(path + ".spectra") as file:
        kernel = file["ntk/run"]
        return kernel["values"][:], kernel.attrs["condition"], kernel.attrs["effective_rank"]


def settings_of(path):
    with h5py.File(path + ".spectra") as file:
        attributes = file["provenance"].attrs
        return tuple(text(attributes.get(name, "")) for name in ("weights", "outputs", "samples"))


def alike(runs):
    """The pruned runs with the most frequent settings of the spectra."""
    pruned = {name: run for name, run in runs.items() if text(run[0]["method"]) != DENSE}
    count = Counter(settings_of(path) for _, path in pruned.values())
    settings = count.most_common(1)[0][0]
    return {name: run for name, run in pruned.items() if settings_of(run[1]) == settings}


def check_spectra(comparison, folder, sparsities, runs):
    """Means of the logarithms of as many eigenvalues as all seeds have above rounding."""
    for _, panel, method, rows in blocks(folder / "spectra.tsv"):
        values = [spectrum_of(path)[0] for path in runs_of(runs, method, sparsities[panel - 1])]
        count = min(int(np.sum(v > v.size * np.finfo(float).eps * v[0])) for v in values)
        logarithm = np.log([v[:count] for v in values])
        comparison.equal(f"spectra {method}: last", rows[-1][0], count)
        for row in rows:
            at = logarithm[:, int(float(row[0])) - 1]
            deviation = at.std(ddof=1) if len(at) > 1 else np.nan
            expected = (at.mean(), at.mean() - deviation, at.mean() + deviation)
            for got, value in zip(row[1:4], expected):
                comparison.equal(f"spectra {method} {row[0]}", got, np.exp(value))


def ranks(x):
    return np.array([np.sum(x < value) + (np.sum(x == value) - 1) / 2 for value in x])


def check_trainability(comparison, folder, runs):
    """A point for each run, and Spearman's correlation of all points above each panel."""
    points = {}
    for _, panel, _, rows in blocks(folder / "accuracy-spectra.tsv"):
        for x, y, source in rows:
            summary, path = runs[source.removeprefix("# ")]
            comparison.equal(f"accuracy-spectra {source}", x, spectrum_of(path)[panel])
            comparison.equal(f"accuracy-spectra {source}", y, 100 * summary["test_accuracy"])
            points.setdefault(panel, []).append((float(x), float(y)))
    script = (folder / "accuracy-spectra.gp").read_text()
    titles = re.findall(r"rank correlation (\S+) \[(\S+), (\S+)\], (\d+) runs", script)
    comparison.equal("accuracy-spectra: panels", len(titles), 2)
    for panel, (rho, low, high, count) in enumerate(titles, 1):
        x, y = np.array(points[panel]).T
        comparison.equal("rank correlation", rho, np.corrcoef(ranks(x), ranks(y))[0, 1].round(2))
        comparison.equal("runs", count, len(runs))
        comparison.equal("interval", float(low) <= float(rho) <= float(high), True)


def main():
    folder = Path(sys.argv[1])
    runs = read_runs(sys.argv[2:])
    comparison = Comparison()
    check_points(comparison, folder, "accuracy", lambda run: 100 * (1 - run["sparsity"]), runs)
    check_points(comparison, folder, "accuracy-effective",
                 lambda run: 100 * run["kept_effective"] / run["prunable"], runs)
    check_points(comparison, folder, "accuracy-macs", lambda run: 1e-6 * run["macs_kept"], runs)
    ends = sorted({summary["sparsity"] for summary, _ in runs.values() if text(summary["method"]) != DENSE})
    ends = [ends[0], ends[-1]]
    check_curve(comparison, folder, "training", [(s, "metrics/train/test_accuracy") for s in ends], 100, runs)
    check_curve(comparison, folder, "layers", [(s, "metrics/layers/density") for s in ends], 100, runs)
    check_curve(comparison, folder, "iterations",
                [(ends[1], f"metrics/prune/{name}") for name in ("objective", "threshold", "resurrected")], 1, runs)
    check_spectra(comparison, folder, ends, alike(runs))
    check_trainability(comparison, folder, alike(runs))
    methods = [name for kind, _, name, _ in blocks(folder / "accuracy.tsv") if kind == "runs"]
    check_overlap(comparison, folder, ends, methods, runs)
    print(f"{comparison.count} numbers compared, {comparison.failures} differ")
    return comparison.failures > 0 or comparison.count < 100


if __name__ == "__main__":
    sys.exit(main())
