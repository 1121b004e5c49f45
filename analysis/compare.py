"""Tables of many runs: test accuracy by method and sparsity, over seeds, in Markdown.

    python3 analysis/compare.py runs/compare-vgg11 [runs/compare-lenet-5 ...]
    python3 analysis/compare.py --page analysis/comparison.md runs/compare-*

The first prints a section per folder. The second replaces, in a page, what stands between
`<!-- FOLDER'S NAME -->` and `<!-- end -->` by that folder's section, and leaves all else alone.
Needs h5py.
"""
import argparse
import collections
import glob
import os
import re
import statistics
import sys

import h5py

CHANCE_MARGIN = 0.02  # accuracies this near to one in the number of classes are called chance


class Run:
    """What the tables need of a run file."""

    def __init__(self, path):
        with h5py.File(path) as file:
            summary = file["summary"].attrs
            self.method = text(summary["method"])
            self.model = text(summary["model"])
            self.data = text(summary["data"])
            self.sparsity = float(summary["sparsity"])
            self.seed = int(summary["seed"])
            self.kept = int(summary["kept"])
            self.prunable = int(summary["prunable"])
            self.accuracy = float(summary["test_accuracy"])
            self.seconds_prune = float(summary["seconds_prune"])
            self.collapsed = int(summary["collapsed_layers"])
            self.effective = float(summary["density_effective"])
            self.classes = file[last_weight(file)].shape[0]
            self.job = text(file["provenance"].attrs["job"])
            self.identity = text(file["provenance"].attrs.get("identity", self.job))
            self.revision = text(file["provenance"].attrs["git_revision"])


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def last_weight(file):
    """Path of the classifier's weight: the last one that has two dimensions."""
    names = [name for name in file["weights"] if file["weights"][name].ndim == 2]
    return "weights/" + names[-1]


def read(folder):
    paths = sorted(glob.glob(os.path.join(folder, "*.h5")))
    runs = [Run(path) for path in paths]
    if not runs:
        sys.exit(f"{folder}: no run files (*.h5)")
    return list({run.identity: run for run in runs}.values())  # the same run counts once


def table(title, rows, columns, cell):
    lines = [f"| {title} | " + " | ".join(f"{100 * column:g} %" for column in columns) + " |",
             "|---" * (len(columns) + 1) + "|"]
    for row in rows:
        lines.append(f"| `{row}` | " + " | ".join(cell(row, column) for column in columns) + " |")
    return lines


def accuracy_cell(runs):
    if not runs:
        return ""
    values = [100 * run.accuracy for run in runs]
    spread = statistics.stdev(values) if len(values) > 1 else None
    cell = f"{statistics.mean(values):.1f}" + (f" ± {spread:.1f}" if spread is not None else "")
    chance = sum(abs(run.accuracy - 1 / run.classes) < CHANCE_MARGIN for run in runs)
    return cell + (f" ({chance} at chance)" if chance else "")


def collapsed_cell(runs):
    if not runs:
        return ""
    counts = [run.collapsed for run in runs]
    return "0" if max(counts) == 0 else f"{statistics.mean(counts):.1f}"


def effective_cell(runs):
    """Kept weights that are on a path and have a gradient, in percent of those kept."""
    if not runs:
        return ""
    return f"{statistics.mean(100 * run.effective * run.prunable / run.kept for run in runs):.0f}"


def order(groups, methods, sparsity):
    """Methods from best to worst; '=' joins neighbours whose means differ by less than the larger of
    their standard errors."""
    known = []
    for method in methods:
        values = [100 * run.accuracy for run in groups[method, sparsity]]
        if values:
            error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
            known.append((statistics.mean(values), error, method))
    known.sort(reverse=True)
    out = ""
    for i, (mean, error, method) in enumerate(known):
        if i > 0:
            before, its_error, _ = known[i - 1]
            out += " = " if before - mean < max(error, its_error) else " > "
        out += method
    return out


def section(folder):
    runs = read(folder)
    groups = collections.defaultdict(list)
    for run in runs:
        groups[run.method, run.sparsity].append(run)
    methods = list(dict.fromkeys(run.method for run in runs))
    sparsities = sorted({run.sparsity for run in runs})
    seeds = sorted({run.seed for run in runs})
    first = runs[0]
    lines = [f"{first.model} on {first.data}, {first.prunable} prunable weights, {len(runs)} runs, "
             f"seeds {', '.join(map(str, seeds))}. Test accuracy in %, mean ± standard deviation "
             "over the seeds that are done:", ""]
    lines += table("removed", methods, sparsities, lambda m, s: accuracy_cell(groups[m, s]))
    lines += ["", "Collapsed layers (without a weight on a path from image to output), mean over the "
              "seeds:", ""]
    lines += table("removed", methods, sparsities, lambda m, s: collapsed_cell(groups[m, s]))
    lines += ["", "Effective weights (on a path, with a gradient at initialisation) in % of those kept:",
              ""]
    lines += table("removed", methods, sparsities, lambda m, s: effective_cell(groups[m, s]))
    lines += ["", "From best to worst (`=`: the means differ by less than a standard error):", ""]
    lines += [f"- {100 * s:g} %: {order(groups, methods, s)}" for s in sparsities]
    return "\n".join(lines) + "\n"


def replace(page, name, body):
    pattern = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.S)
    if not pattern.search(page):
        sys.exit(f"the page has no part between <!-- {name} --> and <!-- end -->")
    return pattern.sub(lambda match: match.group(1) + body + match.group(2), page)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="+", help="folder of one job's run files")
    parser.add_argument("--page", help="Markdown page whose parts are replaced")
    arguments = parser.parse_args()
    sections = {os.path.basename(os.path.normpath(f)): section(f) for f in arguments.folder}
    if arguments.page is None:
        print("\n".join(sections.values()), end="")
        return
    with open(arguments.page, encoding="utf-8") as file:
        page = file.read()
    for name, body in sections.items():
        page = replace(page, name, body)
    with open(arguments.page, "w", encoding="utf-8") as file:
        file.write(page)


if __name__ == "__main__":
    main()
