"""Makes the program as a build with SKEL_SCALAPACK=OFF has it, in seconds.

without_scalapack.py SOURCE BUILD FOLDER: configures such a build in FOLDER, with the compiler and the flags of
BUILD, compiles the files that differ from those of BUILD by the commands that CMake made for FOLDER, and
links FOLDER/skel by FOLDER's own command, which names no ScaLAPACK. All other objects are those of BUILD.
"""
import json
import os
import re
import shlex
import subprocess
import sys


def settings(build):
    """What both builds share, as arguments of CMake."""
    wanted = ("CMAKE_BUILD_TYPE", "CMAKE_C_COMPILER", "CMAKE_C_COMPILER_LAUNCHER", "CMAKE_C_FLAGS",
              "SKEL_MARCH", "SKEL_ONNX", "SKEL_WERROR")
    with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as cache:
        found = re.findall(r"^(\w+):\w+=(.*)$", cache.read(), re.MULTILINE)
    return [f"-D{name}={value}" for name, value in found if name in wanted]


def asks(path):
    """Whether a file's text depends on the setting."""
    with open(path, encoding="utf-8") as file:
        return "SKEL_SCALAPACK" in file.read()


def check_headers(source):
    """No header asks but private ones of src/linalg, which no other room can include (lint/test_layers)."""
    for top in ("src", "include"):
        for folder, _, names in os.walk(os.path.join(source, top)):
            asking = [name for name in names if name.endswith(".h") and asks(os.path.join(folder, name))]
            assert not asking or folder == os.path.join(source, "src", "linalg"), f"{asking} of {folder}"


def differs(path):
    """Whether a file may be compiled to something else: it asks, or can include a header that asks."""
    return asks(path) or os.path.basename(os.path.dirname(path)) == "linalg"


def run(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(command)}\n{done.stdout}")


def main():
    source, build, folder = (os.path.abspath(path) for path in sys.argv[1:4])
    check_headers(source)
    run(["cmake", "-S", source, "-B", folder, "-G", "Unix Makefiles", "-DSKEL_SCALAPACK=OFF", "-DSKEL_TESTS=OFF",
         *settings(build)], folder)
    with open(os.path.join(folder, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    objects = {}
    for entry in entries:
        if "skel_core.dir" in entry["command"] and differs(entry["file"]):
            command = shlex.split(entry["command"])
            target = os.path.join(folder, command[command.index("-o") + 1])
            os.makedirs(os.path.dirname(target), exist_ok=True)
            run(command, entry["directory"])
            objects[entry["file"]] = target
    with open(os.path.join(folder, "CMakeFiles/skel.dir/link.txt"), encoding="utf-8") as file:
        link = shlex.split(file.read())
    assert not any("scalapack" in word or "lapack" in word for word in link), link
    link[link.index("-o") + 1] = os.path.join(folder, "skel")
    place = link.index("libskel_core.a")
    run(link[:place] + list(objects.values()) + link[place:], build)
    print(f"{len(objects)} of {len(entries)} files compiled without ScaLAPACK")


main()
