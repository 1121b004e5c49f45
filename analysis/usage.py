"""How the programs of this folder read their arguments: `--help` prints what stands at the top of a program,
and a file that is not there, or is another one than it should be, is named in a line.

    options = usage.read(__doc__, ("run", usage.hdf5, "a run file"), ("--data", usage.folder, "its images"))
    options.run, options.data       # an argument is called as its option is; None where it was not given
"""
import argparse
import pathlib

HDF5 = b"\x89HDF\r\n\x1a\n"


def folder(path):
    """A folder that exists."""
    if not pathlib.Path(path).is_dir():
        found = "is a file" if pathlib.Path(path).exists() else "is not there"
        raise argparse.ArgumentTypeError(f"{path} {found}; expected a folder")
    return path


def file(path):
    """A file that exists."""
    if not pathlib.Path(path).is_file():
        found = "is a folder" if pathlib.Path(path).exists() else "is not there"
        raise argparse.ArgumentTypeError(f"{path} {found}; expected a file")
    return path


def hdf5(path):
    """An HDF5 file that exists."""
    with open(file(path), "rb") as content:
        if content.read(len(HDF5)) != HDF5:
            raise argparse.ArgumentTypeError(f"{path} is no HDF5 file")
    return path


def report(path):
    """A folder that `skel report` has written, with its arrays."""
    if not pathlib.Path(path, "summary.h5").is_file():
        raise argparse.ArgumentTypeError(f"{path} is no report: `skel report` writes a folder with summary.h5")
    return path


def read(document, *arguments):
    """The arguments of the program at whose top `document` stands.

    Each of `arguments` is its name, a function that checks it, its meaning and, if there are more than one or may be
    none, what argparse calls nargs.
    """
    parser = argparse.ArgumentParser(description=document, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, check, meaning, *number in arguments:
        parser.add_argument(name, type=check, help=meaning, metavar=name.lstrip("-").upper(),
                            **({"nargs": number[0]} if number else {}))
    return parser.parse_args()
