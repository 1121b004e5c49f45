#!/usr/bin/env python3
"""Which spectrum goes with the accuracy?

    skel spectrum runs/spectra-*/*.h5 --samples 32 --control shuffle,random
    python3 analysis/spectra.py runs/spectra-*/*.h5

Reads RUN.h5 and RUN.h5.spectra (`skel spectrum RUN.h5`) and prints tables for a page: the medians of each
method and sparsity, and Spearman's rank correlation of the test accuracy with the numbers of the kernel,
with a bootstrap interval of 95 %. The bootstrap draws seeds, then runs within them: runs of one seed share their
initial weights. Runs that end at chance are counted, and correlations are given with and without them.
"""
import itertools

import h5py
import numpy as np

import usage

CHANCE = 0.11  # of ten classes of equal size, and what training by chance adds
DRAWS = 2000


def number(value):
    return float(value[()] if hasattr(value, "shape") else value)


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def read(path):
    with h5py.File(path) as run, h5py.File(path + ".spectra") as spectra:
        at = run["summary"].attrs
        row = {"model": text(at["model"]), "method": text(at["method"]), "seed": int(at["seed"]),
               "sparsity": round(number(at["sparsity"]), 6), "accuracy": number(at["test_accuracy"])}
        for mask in spectra["ntk"]:
            kernel = spectra[f"ntk/{mask}"]
            values = np.maximum(kernel["values"][()], 0)
            row[mask] = {"rank": int(kernel.attrs["rank"]),
                         "trace": number(kernel.attrs["trace"]),
                         "condition": number(kernel.attrs["condition"]),
                         "effective rank": number(kernel.attrs["effective_rank"]),
                         "alignment": float(kernel["alignment"][9]) if "alignment" in kernel else np.nan,
                         "largest": values[0]}
        return row


def ranks(x):
    """Equal values share their mean rank; an infinite condition is the largest."""
    x = np.nan_to_num(np.asarray(x, float), nan=np.inf, posinf=np.inf)
    _, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def spearman(x, y):
    a, b = ranks(x), ranks(y)
    if a.std() == 0 or b.std() == 0:
        return np.nan
    return np.corrcoef(a, b)[0, 1]


def interval(rows, x, y):
    """95 % of the correlations of seeds drawn with replacement, then runs within them."""
    generator = np.random.default_rng(0)
    seeds = sorted({row["seed"] for row in rows})
    of = {seed: np.array([i for i, row in enumerate(rows) if row["seed"] == seed]) for seed in seeds}
    found = []
    for _ in range(DRAWS):
        drawn = np.concatenate([generator.choice(of[s], len(of[s])) for s in generator.choice(seeds, len(seeds))])
        found.append(spearman(x[drawn], y[drawn]))
    found = [value for value in found if not np.isnan(value)]
    return np.percentile(found, [2.5, 97.5]) if found else (np.nan, np.nan)


def correlate(rows, label, mask):
    for what in ("trace", "effective rank", "condition", "rank", "alignment"):
        x = np.array([row[mask][what] for row in rows])
        y = np.array([row["accuracy"] for row in rows])
        low, high = interval(rows, x, y)
        print(f"| {label} | {mask} | {what} | {len(rows)} | {spearman(x, y):.2f} | {low:.2f} to {high:.2f} |")


def medians(rows):
    print("| method | sparsity | runs | accuracy % | trace | rank | effective rank | condition | alignment |")
    print("|---|---|---|---|---|---|---|---|---|")
    key = lambda row: (row["sparsity"], row["method"])  # noqa: E731
    for (sparsity, method), group in itertools.groupby(sorted(rows, key=key), key):
        group = list(group)
        m = {k: np.median([row["run"][k] for row in group])
             for k in ("trace", "rank", "effective rank", "condition", "alignment")}
        accuracy = ", ".join(f"{100 * row['accuracy']:.1f}" for row in sorted(group, key=lambda r: r["seed"]))
        print(f"| {method} | {100 * sparsity:g} % | {len(group)} | {accuracy} | {m['trace']:.3g} | {m['rank']:.0f} | "
              f"{m['effective rank']:.1f} | {m['condition']:.3g} | {m['alignment']:.3f} |")


def run_with_spectra(path):
    """A run file with its spectra beside it."""
    usage.hdf5(path)
    usage.hdf5(path + ".spectra")
    return path


def main():
    options = usage.read(__doc__, ("run", run_with_spectra, "run file with its spectra beside it", "+"))
    rows = [read(path) for path in options.run]
    for model in sorted({row["model"] for row in rows}):
        of = [row for row in rows if row["model"] == model]
        learned = [row for row in of if row["accuracy"] > CHANCE]
        print(f"\n### {model}: {len(of)} runs, {len(of) - len(learned)} of them at chance\n")
        medians(of)
        print("\n| runs | mask | number | n | Spearman | 95 % interval |\n|---|---|---|---|---|---|")
        correlate(of, "all", "run")
        correlate(learned, "that learned", "run")
        for mask in ("shuffle", "random"):
            with_mask = [row for row in learned if mask in row]
            if with_mask:
                correlate(with_mask, "that learned", mask)
        for sparsity in sorted({row["sparsity"] for row in learned}):
            same = [row for row in learned if row["sparsity"] == sparsity]
            if len(same) >= 8:
                correlate(same, f"{100 * sparsity:g} % that learned", "run")


if __name__ == "__main__":
    main()
