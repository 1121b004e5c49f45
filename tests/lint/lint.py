"""What the lints share: the files they look at, C without comments, how they report."""
import os
import re
import sys

SKIPPED_FOLDERS = re.compile(r"^(build.*|runs|\.git|__pycache__)$")
SKIPPED_FILES = re.compile(r"^.*\.part$")


def files(root, folders, suffixes):
    """Paths below root's folders ("." for all) with one of the suffixes, sorted, without build output."""
    found = []
    for folder in folders:
        for here, inside, names in os.walk(os.path.join(root, folder)):
            inside[:] = [name for name in inside if not SKIPPED_FOLDERS.match(name)]
            found += [os.path.relpath(os.path.join(here, name), root) for name in names
                      if name.endswith(suffixes) and not SKIPPED_FILES.match(name)]
    return sorted(found)


def read(root, path):
    """A file's text; bytes that are not UTF-8 are replaced."""
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as stream:
        return stream.read()


def blank(text, keep_comments=False):
    """C text with string contents, and comments unless kept, replaced by blanks of the same shape."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''

    def replace(match):
        token = match.group()
        if token[0] in "\"'":
            return token[0] + " " * (len(token) - 2) + token[0]
        return token if keep_comments else re.sub(r"[^\n]", " ", token)

    return re.sub(pattern, replace, text, flags=re.S)


def line_of(text, position):
    """Number of the line of a position, from 1."""
    return text.count("\n", 0, position) + 1


def main(check):
    """Runs check(root), which yields (path, line, message); exits with 1 if there were any."""
    violations = list(check(sys.argv[1]))
    for path, line, message in violations:
        print(f"{path}:{line}: {message}")
    sys.exit(1 if violations else 0)
