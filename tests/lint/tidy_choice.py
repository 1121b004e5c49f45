"""Which files clang's analyzer reads in one run of tidy.py: it takes nine tenths of the time of all checks.

Those that have changed since the commit SKEL_TIDY_BASE (HEAD^), and a tenth of the tree that the commit's hash
chooses: another one for each commit. SKEL_TIDY_ALL=yes: all of them. A clone without the parent's commit, and a
folder without git, still have the tenth.

Files of tests/ are read only with SKEL_TIDY_TESTS=yes: the analyzer looks there for what the sanitizers find, and the
tests run under them.
"""
import datetime
import hashlib
import os
import re
import subprocess

PARTS = 10


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


def in_part(seed, name):
    """Whether the seed's part of the tree holds a file."""
    digest = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % PARTS == 0


def has_changed(path, changed):
    """Whether a file has changed, or a header beside it that it includes."""
    if path in changed:
        return True
    folder = os.path.dirname(path)
    beside = {os.path.basename(name) for name in changed if name.endswith(".h") and os.path.dirname(name) == folder}
    if not beside:
        return False
    with open(path, encoding="utf-8") as stream:
        return not beside.isdisjoint(re.findall(r'^#include "([^"/]+)"', stream.read(), re.M))


def chosen(source, paths):
    """(set of the paths that the analyzer reads, words that say why these)."""
    tests = os.path.join(source, "tests", "")
    if os.environ.get("SKEL_TIDY_TESTS") != "yes":
        paths = [path for path in paths if not path.startswith(tests)]
    if os.environ.get("SKEL_TIDY_ALL") == "yes":
        return set(paths), "all"
    seed = git(source, "rev-parse", "HEAD") or datetime.date.today().isoformat()
    changed = changed_files(source)
    ours = {path for path in paths if has_changed(path, changed)}
    part = {path for path in paths if in_part(seed, os.path.relpath(path, source))}
    return ours | part, f"{len(ours)} that have changed, and a tenth that {seed[:12]} chooses"
