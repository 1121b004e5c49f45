"""Every public prototype has a doc comment that says who calls it together, and how it fails; the lines of doc comments
begin alike, with two blanks behind the star."""
import re

import lint

PROTOTYPE = re.compile(
    r"^(?:extern[ ]+)?(?P<before>[A-Za-z_][\w \t*]*?[ *])(?P<name>skel_\w+)\("
    r"(?P<arguments>[^;{}]*)\)[^;{}()]*(?:\(\([^;{}]*\)\)\s*|\([^;{}]*\)\s*)?;", re.M)
CALLERS = re.compile(r"^[ \t]*\*[ \t]+(?:Local|Collective|Root only)(?:[.,;]| over\b)", re.M)
FALLIBLE = re.compile(r"\bErrors:")
DOC_COMMENT = re.compile(r"/\*\*[^*/].*?\*/", re.S)
ONE_BLANK = re.compile(r"^[ \t]*\* [^ \n]", re.M)


def comment_before(text, position):
    """The doc comment that ends right before a position, or None."""
    before = text[:position].rstrip()
    if not before.endswith("*/"):
        return None
    comment = before[before.rindex("/*"):]
    return comment if comment.startswith("/**") else None


def check_header(text):
    code = lint.blank(text)
    for match in PROTOTYPE.finditer(code):
        if match["before"].startswith("typedef"):
            continue
        name = match["name"]
        line = lint.line_of(text, match.start())
        comment = comment_before(text, match.start())
        if comment is None:
            yield line, f"{name}() has no doc comment"
        elif not CALLERS.search(comment):
            yield line, f"{name}(): no line of its comment starts with Local, Collective or Root only"
        elif "SKEL_CHECKED" in match["before"] and not FALLIBLE.search(comment):
            yield line, f"{name}() can fail, but its comment has no \"Errors:\""


def check_lines(text):
    for comment in DOC_COMMENT.finditer(text):
        for match in ONE_BLANK.finditer(comment[0]):
            yield lint.line_of(text, comment.start() + match.start()), "a line of a doc comment has one blank behind its star"


def check(root):
    for path in lint.files(root, ["include"], (".h",)):
        for line, message in check_header(lint.read(root, path)):
            yield path, line, message
    for path in lint.files(root, ["include", "src"], (".h",)):
        for line, message in check_lines(lint.read(root, path)):
            yield path, line, message


if __name__ == "__main__":
    lint.main(check)
