"""Test errors of a report beside those that papers print: the table of published.md.

    skel report runs/published-lenet-300-100 runs/published-deep-r --out published
    python3 analysis/published.py published

It prints a table in Markdown. Needs h5py and numpy.
"""
import h5py
import numpy as np

import usage

# Of each network and method: weights kept in %, test error in %, source.
MOSTAFA = "Mostafa and Wang 2019"
DETTMERS = "Dettmers and Zettlemoyer 2020"
LEE = "Lee et al. 2019"
GUO = "Guo et al. 2016"
CARREIRA = "Carreira-Perpinan and Idelbayev 2018"
DONG = "Dong et al. 2017"
PUBLISHED = {
    "lenet-300-100": {
        "snip": [(5, 1.6, LEE), (2, 2.4, LEE)],
        "set": [(5, 1.86, MOSTAFA), (2, 2.26, MOSTAFA), (1, 4.20, MOSTAFA)],
        "dsr": [(5, 1.68, MOSTAFA), (2, 1.86, MOSTAFA), (1, 2.46, MOSTAFA)],
        "deep-r": [(5, 1.94, MOSTAFA), (2, 1.79, MOSTAFA), (1, 6.0, MOSTAFA)],
        "snfs": [(5, 1.53, DETTMERS), (2, 1.99, DETTMERS), (1, 2.36, DETTMERS)],
        "magnitude-finetune": [(8.3, 1.6, "Han et al. 2015")],
        "surgery": [(1.8, 2.0, GUO)],
        "learning-compression": [(1, 3.2, CARREIRA)],
        "obs-layer": [(1.5, 2.0, DONG)],
    },
    "lenet-5-caffe": {
        "snip": [(2, 0.8, LEE), (1, 1.1, LEE)],
        "snfs": [(5, 0.69, DETTMERS), (1, 0.83, DETTMERS)],
        "surgery": [(0.9, 0.9, GUO)],
        "learning-compression": [(1, 1.1, CARREIRA)],
        "obs-layer": [(1, 2.1, DONG)],
    },
}


def published(model, method, kept):
    """The published error at this share of kept weights, else the nearest one, which then is named."""
    known = PUBLISHED.get(model, {}).get(method, [])
    if not known:
        return "-"
    at, error, source = min(known, key=lambda one: abs(np.log(one[0] / kept)))
    return f"{error:g} ({source})" if np.isclose(at, kept) else f"{error:g} with {at:g} % kept ({source})"


def error(mean, deviation, runs):
    """Mean and standard deviation over the seeds, in %."""
    spread = f" ± {100 * deviation:.2f}" if runs > 1 else ""
    return f"{100 - 100 * mean:.2f}{spread} ({runs:.0f} seed{'s' if runs > 1 else ''})"


def rows(model, groups):
    """Rows of the table, by sparsity; a reached sparsity is named where it is not the one asked for."""
    value = {name: groups[name][()] for name in ("test_accuracy", "test_accuracy_deviation", "test_accuracy_runs",
                                                 "sparsity_reached", "sparsity")}
    labels = [bytes(label).rstrip(b"\0").decode() for label in groups["label"][()]]
    for s, asked in enumerate(value["sparsity"]):
        for line, label in enumerate(labels):
            runs, reached = value["test_accuracy_runs"][line, s], value["sparsity_reached"][line, s]
            if runs == 0:
                continue
            removed = f"{100 * asked:g}" if abs(reached - asked) < 5e-4 else f"{100 * reached:.1f}, asked {100 * asked:g}"
            ours = error(value["test_accuracy"][line, s], value["test_accuracy_deviation"][line, s], runs)
            method = label.split(",")[0].split(" ")[0]
            yield f"| {removed} | {label} | {ours} | {published(model, method, 100 * (1 - reached))} |"


def main():
    options = usage.read(__doc__, ("report", usage.report, "folder of a report"))
    with h5py.File(f"{options.report}/summary.h5") as file:
        for model in PUBLISHED:
            if f"mnist-{model}" in file:
                print(f"\n{model}:\n\n| removed, % | method | ours, test error % | published, % |\n|---|---|---|---|")
                print("\n".join(rows(model, file[f"mnist-{model}/groups"])))


if __name__ == "__main__":
    main()
