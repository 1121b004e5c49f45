"""Which files clang-tidy reads in one run of tidy.py, whose time is most of all in clang's analyzer; which clang compiles.

Those that have changed since the commit SKEL_TIDY_BASE (HEAD^), those that include a header that has changed, and a
twentieth of the tree. A header beside the file and one of include/ count, but not a header that another header includes;
where more than 20 files include changed headers, 20 of them are read, which the commit's hash chooses. A changed
.clang-tidy: all files. The parts take turns: the number of commits up to HEAD, modulo 20, is the number of the part,
so that runs on 20 commits in a row read every file. Without the history (a shallow clone) the commit's hash draws a
part, and without git the date. SKEL_SAMPLE=all: all files.

clang compiles all files, or, where SKEL_SAMPLE is a number, those that have changed, those that include a header that
has changed, and a fourth of the tree, which the number chooses.

The analyzer reads files of tests/ only with SKEL_TIDY_TESTS=yes: it looks there for what the sanitizers find, and the
tests run under them.
"""
import datetime
import hashlib
import os
import re
import subprocess

PARTS = 20
SHARES = 4
INCLUDERS = 20


def git(source, *words):
    """What git prints, without the last line's end; None if it fails."""
    try:
        done = subprocess.run(["git", "-C", source, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
    except OSError:
        return None
    return done.stdout.rstrip("\n") if done.returncode == 0 else None


def changed_files(source):
    """Full paths of what has changed since the base, with what is not committed; fails if a stated base is unknown."""
    base = os.environ.get("SKEL_TIDY_BASE")
    names = git(source, "diff", "--relative", "--name-only", base or "HEAD^")
    if names is None and base:
        raise SystemExit(f"SKEL_TIDY_BASE={base}: git does not know this commit")
    if names is None:
        names = git(source, "diff", "--relative", "--name-only", "HEAD") or ""
    added = git(source, "ls-files", "--others", "--exclude-standard") or ""
    return {os.path.join(source, name) for name in (names + "\n" + added).split("\n") if name}


def number_of(seed, name):
    """A number that a file has by its name and a seed."""
    return int.from_bytes(hashlib.sha256(f"{seed}\0{name}".encode()).digest()[:8], "big")


def turn_of(source, seed):
    """Which of the parts has its turn: by the number of commits, or by the seed where that is not known."""
    if git(source, "rev-parse", "--is-shallow-repository") == "false":
        commits = git(source, "rev-list", "--count", "HEAD")
        if commits is not None:
            return int(commits) % PARTS
    return number_of("turn", seed) % PARTS


def includes_changed(source, path, changed):
    """Whether a file includes a changed header, of its own folder or of include/."""
    with open(path, encoding="utf-8") as stream:
        names = re.findall(r'^#include "([^"]+)"', stream.read(), re.M)
    folders = (os.path.dirname(path), os.path.join(source, "include"))
    return any(os.path.normpath(os.path.join(folder, name)) in changed for name in names for folder in folders)


def compiled(source, paths):
    """Set of the paths that clang compiles."""
    sample = os.environ.get("SKEL_SAMPLE") or "all"
    if sample == "all":
        return set(paths)
    changed = changed_files(source)
    return {path for path in paths
            if path in changed or includes_changed(source, path, changed)
            or (number_of("clang", os.path.relpath(path, source)) + int(sample)) % SHARES == 0}


def includers(source, seed, paths, changed):
    """The files that include changed headers; of too many those that the seed chooses."""
    found = [path for path in paths if path not in changed and includes_changed(source, path, changed)]
    return set(sorted(found, key=lambda path: number_of(seed, os.path.relpath(path, source)))[:INCLUDERS]), len(found)


def analyzed(source, path):
    """Whether the analyzer is among the checks of a file."""
    return os.environ.get("SKEL_TIDY_TESTS") == "yes" or not path.startswith(os.path.join(source, "tests", ""))


def chosen(source, paths):
    """(set of the paths that clang-tidy reads, words that say why these)."""
    if os.environ.get("SKEL_SAMPLE") == "all":
        return set(paths), "all"
    changed = changed_files(source)
    if any(os.path.basename(path) == ".clang-tidy" for path in changed):
        return set(paths), "all, for .clang-tidy has changed"
    seed = git(source, "rev-parse", "HEAD") or datetime.date.today().isoformat()
    turn = turn_of(source, seed)
    ours = changed.intersection(paths)
    behind, found = includers(source, seed, paths, changed)
    part = {path for path in paths if number_of("part", os.path.relpath(path, source)) % PARTS == turn}
    return ours | behind | part, (f"{len(ours)} that have changed, {len(behind)} of {found} that include a changed "
                                  f"header, and part {turn} of 0 to {PARTS - 1}")
