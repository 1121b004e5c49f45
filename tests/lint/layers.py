"""Holds every #include of src and include against the table of layers."""
import os
import re

import lint

# What each layer may see of ours besides itself, lowest layer first. The public header
# include/skel/X.h belongs to the layer that has X.c.
BELOW = {
    "base": [],
    "comm": ["base"],
    "job": ["base"],
    "data": ["base", "comm"],
    "nn": ["base"],
    "store": ["base", "comm", "network.h"],
    "spectra": ["base", "comm", "store"],
    "prune": ["base", "comm"],
    "train": ["base", "comm", "data", "nn", "store", "prune"],
    "run": ["base", "comm", "job", "data", "nn", "store", "spectra", "prune", "train"],
    "cli": ["base", "comm", "job", "data", "nn", "store", "spectra", "prune", "train", "run"],
}

# Libraries that have one owner: header, folders below src that may include it.
OWNERS = [
    (r"mpi\.h|mpi-ext\.h", ["comm", "store", "spectra"]),
    (r"hdf5.*\.h|H5.*\.h", ["store"]),
    (r"(oneapi/dnnl/)?dnnl.*\.h", ["nn/engines/dense"]),
    (r"yaml\.h", ["job"]),
    (r"png\.h", ["data"]),
    (r"Random123/.*|xxhash\.h|md5\.h", ["base"]),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def owners_of(root):
    """{X: set of layers that have X.c}"""
    layers = {}
    for path in lint.files(root, ["src"], (".c",)):
        name = os.path.basename(path)[:-2]
        layers.setdefault(name, set()).add(path.split("/")[1])
    return layers


def layer_of_header(name, owners):
    """The one layer that the public header NAME.h belongs to, or None."""
    found = owners.get(name, set())
    return next(iter(found)) if len(found) == 1 else None


def check_ours(path, layer, name, owners):
    """The complaint about including include/skel/NAME, or None."""
    target = layer_of_header(name, owners)
    if target is None:
        return f"skel/{name}.h belongs to no layer or to several"
    if target != layer and target not in BELOW[layer] and f"{name}.h" not in BELOW[layer]:
        return f"layer {layer} must not include skel/{name}.h of layer {target}"
    return None


def check_private(root, path, layer, name):
    """The complaint about including a private header, or None."""
    if name == "skel_revision.h":
        return None if layer == "base" else "skel_revision.h is for base alone"
    beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
    if not os.path.exists(os.path.join(root, beside)):
        return f'"{name}" is not found from the file\'s own folder'
    if not beside.startswith(f"src/{layer}/"):
        return f"layer {layer} must not include the private header {beside}"
    return None


def check_library(path, name):
    """The complaint about including a system header, or None."""
    for pattern, folders in OWNERS:
        if re.fullmatch(pattern, name) and not any(
                path.startswith((f"src/{folder}/", f"src/{folder}.", f"src/{folder}_"))
                for folder in folders):
            return f"<{name}> is only for src/{', src/'.join(folders)}"
    return None


def check_file(root, path, layer, owners):
    text = lint.read(root, path)
    code = lint.blank(text)
    for match in INCLUDE.finditer(text):
        kind, name = match.groups()
        if code[match.start():match.end()].strip() == "":
            continue  # within a comment
        if name.startswith("skel/"):
            complaint = check_ours(path, layer, name[len("skel/"):-2], owners)
        elif kind == '"':
            complaint = check_private(root, path, layer, name)
        else:
            complaint = check_library(path, name)
        if complaint:
            yield path, lint.line_of(text, match.start()), complaint


def check(root):
    owners = owners_of(root)
    for path in lint.files(root, ["include"], (".h",)):
        layer = layer_of_header(os.path.basename(path)[:-2], owners)
        if layer is None:
            yield path, 1, "no layer, or several, have a .c file of this name"
        else:
            yield from check_file(root, path, layer, owners)
    for path in lint.files(root, ["src"], (".c", ".h")):
        layer = path.split("/")[1]
        if layer not in BELOW:
            yield path, 1, f"src/{layer} is not a layer"
        else:
            yield from check_file(root, path, layer, owners)


if __name__ == "__main__":
    lint.main(check)
