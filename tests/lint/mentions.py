"""Files and folders that a comment or a page names, but that the repository does not have."""
import fnmatch
import io
import os
import re
import tokenize

import lint

TEXT = (".c", ".h", ".sh", ".py", ".md", ".yaml", ".cmake", "CMakeLists.txt", "packages.txt")
TOP = "src|include|tests|jobs|analysis|slurm"
NAME = re.compile(
    r"(?<![\w./<$~{-])(?:\.{1,2}/)*(?:"
    rf"(?:{TOP})/[\w*./-]*[\w*/]"                       # a path from the top, file or folder
    r"|(?:[\w*.-]+/)*[\w*-]+\.(?:c|h|sh|py|md|cmake)"   # a file of ours, by any part of its path
    r")(?![\w/>-])(?!\.\w)")
URL = re.compile(r"\w+://\S+")

# Files of other people's programs.
FOREIGN = {
    "models/resnet.py",  # torchvision's
}


def comments_of_python(text):
    """(position, text) of comments and of strings that stand alone, as documentation does."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    alone = True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_text = token.type == tokenize.STRING and alone
        if token.type == tokenize.COMMENT or is_text:
            yield starts[token.start[0] - 1] + token.start[1], token.string
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            alone = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


def comments(path, text):
    """(position, text) of what a reader reads: a page as a whole, of a program its comments."""
    if path.endswith(".md"):
        return [(0, text)]
    if path.endswith(".py"):
        return comments_of_python(text)
    if path.endswith((".c", ".h")):
        text = lint.blank(text, keep_comments=True)
        return [(m.start(), m.group()) for m in re.finditer(r"/\*.*?\*/|//[^\n]*", text, re.S)]
    return [(m.start(), m.group()) for m in re.finditer(r"(?m)(?:^|(?<=\s))#[^\n]*", text)]


def is_there(name, path, known):
    """Whether a name, `*` and words in capitals standing for any text, is one of the known paths."""
    name = re.sub(r"(?<![A-Za-z])[A-Z]+(?![A-Za-z])(?!\.md)", "*", name).rstrip("/")
    beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
    if name.startswith("."):
        return bool(fnmatch.filter(known, beside))
    return any(fnmatch.filter(known, pattern) for pattern in (name, "*/" + name, beside))


def check(root):
    known = set(lint.files(root, ["."], ("",)))
    for path in list(known):
        while os.path.dirname(path):
            path = os.path.dirname(path)
            known.add(path)
    for path in lint.files(root, ["."], TEXT):
        text = lint.read(root, path)
        for start, comment in comments(path, text):
            for match in NAME.finditer(URL.sub(lambda m: " " * len(m.group()), comment)):
                name = match.group()
                if name not in FOREIGN and not is_there(name, path, known):
                    yield path, lint.line_of(text, start + match.start()), f"there is no {name}"


if __name__ == "__main__":
    lint.main(check)
