"""Holds every #include of src and include against the table of rooms."""
import os
import re

import lint

# The rooms, lowest first, and what each may see of ours besides itself. A room is a folder of src;
# those inside nn have rows of their own. A name with a dot is one header of a room.
BELOW = {
    "base": [],
    "comm": ["base"],
    "method": ["base"],
    "job": ["base", "method"],
    "data": ["base", "comm", "store"],
    "nn/model": ["base"],
    "nn/onnx": ["base", "nn/model"],
    "nn/plan": ["base", "nn/model"],
    "nn/winograd": [],
    "nn/engine": ["base", "nn/model", "nn/plan"],
    "nn/engines/reference/kernels": ["base", "nn/model", "nn/engine"],
    "nn/engines/reference/passes": ["base", "nn/model", "nn/plan", "nn/engine",
                                    "nn/engines/reference/kernels"],
    "nn/engines/reference": ["base", "nn/model", "nn/plan", "nn/engine",
                             "nn/engines/reference/kernels", "nn/engines/reference/passes"],
}
for engine in ("dense", "sparse"):
    room = f"nn/engines/{engine}"
    network = ["base", "nn/model", "nn/plan", "nn/engine"]
    BELOW[f"{room}/kernels"] = ["base", "nn/winograd"]
    BELOW[f"{room}/compile"] = network + [f"{room}/kernels"]
    BELOW[f"{room}/passes"] = network + [f"{room}/kernels", f"{room}/compile"]
    BELOW[room] = network + [f"{room}/{inner}" for inner in ("kernels", "compile", "passes")]
NN = ["nn/model", "nn/onnx", "nn/plan", "nn/engine"]
BELOW.update({
    "store": ["base", "comm", "network.h"],
    "linalg": ["base", "comm"],
    "pack": ["base", "comm", "data", "store"],
    "prune": ["base", "comm", "method"],
    "train": ["base", "comm", "data", *NN, "store", "prune"],
    "spectra": ["base", "comm", "data", *NN, "store", "linalg", "train"],
    "setup": ["base", "comm", "method", "job", "data", *NN, "store", "prune", "train", "spectra"],
})
for room in ("run", "sweep", "report", "bench", "doctor", "cli"):
    BELOW[room] = [below for below in BELOW if "engines/" not in below]

# Libraries that have one owner: header, folders below src that may include it.
OWNERS = [
    (r"mpi\.h|mpi-ext\.h", ["comm", "linalg"]),
    (r"hdf5.*\.h|H5.*\.h", ["store"]),
    (r"(oneapi/dnnl/)?dnnl.*\.h", ["nn/engines/dense"]),
    (r"onnx\.pb-c\.h|protobuf-c/.*", ["nn/onnx"]),
    (r"yaml\.h", ["job"]),
    (r"png\.h|jpeglib\.h|jerror\.h", ["data"]),
    (r"Random123/.*|xxhash\.h|md5\.h|cjson/.*", ["base"]),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    """The room of a file below src: the longest name in the table that begins its path, or None."""
    folder = os.path.dirname(path)[len("src/"):]
    while folder and folder not in BELOW:
        folder = os.path.dirname(folder)
    return folder or None


def owners_of(root):
    """{X: set of rooms that have X.c}"""
    rooms = {}
    for path in lint.files(root, ["src"], (".c",)):
        name = os.path.basename(path)[:-2]
        rooms.setdefault(name, set()).add(room_of(path))
    return rooms


def room_of_header(name, owners):
    """The one room that the public header NAME.h belongs to, or None."""
    found = owners.get(name, set())
    return next(iter(found)) if len(found) == 1 else None


def check_ours(room, name, owners):
    """The complaint about including include/skel/NAME, or None."""
    target = room_of_header(name, owners)
    if target is None:
        return f"skel/{name}.h belongs to no room or to several"
    if target != room and target not in BELOW[room] and f"{name}.h" not in BELOW[room]:
        return f"room {room} must not include skel/{name}.h of room {target}"
    return None


def check_private(root, path, room, name):
    """The complaint about including a private header, or None."""
    if name == "skel_revision.h":
        return None if room == "base" else "skel_revision.h is for base alone"
    beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
    if not os.path.exists(os.path.join(root, beside)):
        return f'"{name}" is not found from the file\'s own folder'
    target = room_of(beside)
    inside_nn = room.startswith("nn/") and str(target).startswith("nn/")
    if target != room and not (inside_nn and target in BELOW[room]):
        return f"room {room} must not include the private header {beside}"
    return None


def check_library(path, name):
    """The complaint about including a system header, or None."""
    for pattern, folders in OWNERS:
        if re.fullmatch(pattern, name) and not any(
                path.startswith((f"src/{folder}/", f"src/{folder}.", f"src/{folder}_"))
                for folder in folders):
            return f"<{name}> is only for src/{', src/'.join(folders)}"
    return None


def check_file(root, path, room, owners):
    text = lint.read(root, path)
    code = lint.blank(text)
    for match in INCLUDE.finditer(text):
        kind, name = match.groups()
        if code[match.start():match.end()].strip() == "":
            continue  # within a comment
        if name.startswith("skel/"):
            complaint = check_ours(room, name[len("skel/"):-2], owners)
        elif kind == '"':
            complaint = check_private(root, path, room, name)
        else:
            complaint = check_library(path, name)
        if complaint:
            yield path, lint.line_of(text, match.start()), complaint


def check(root):
    owners = owners_of(root)
    for path in lint.files(root, ["include"], (".h",)):
        room = room_of_header(os.path.basename(path)[:-2], owners)
        if room is None:
            yield path, 1, "no room, or several, have a .c file of this name"
        else:
            yield from check_file(root, path, room, owners)
    for path in lint.files(root, ["src"], (".c", ".h")):
        room = room_of(path)
        if room is None:
            yield path, 1, f"{os.path.dirname(path)} is not a room"
        else:
            yield from check_file(root, path, room, owners)


if __name__ == "__main__":
    lint.main(check)
