"""Files stay under 400 lines, functions within 60."""
import re

import lint

FILE_LINES = 400
FUNCTION_LINES = 60

# clang-format puts a function's braces, and nothing else of its body, in the first column.
OPENING = re.compile(r"^\{", re.M)


def start_of(lines, opening):
    """Index of the first line of the function whose brace is at `opening`: its signature."""
    first = opening
    while first > 0 and re.match(r"^[^\s#/}][^;]*$|^\s+[^*\s]", lines[first - 1]):
        first -= 1
    return first


def functions(text):
    """(first line, lines) of every function, the first line counted from 1."""
    lines = lint.blank(text).split("\n")
    for opening, line in enumerate(lines):
        is_test = line.startswith("START_TEST(")
        if not line.startswith("{") or is_test:
            continue
        closing = next((i for i in range(opening, len(lines)) if lines[i].startswith("}")), None)
        if closing is not None:
            first = start_of(lines, opening)
            yield first + 1, closing - first + 1


def check(root):
    for path in lint.files(root, ["src", "include", "tests"], (".c", ".h", ".sh", ".py")):
        text = lint.read(root, path)
        length = text.count("\n")
        if length >= FILE_LINES:
            yield path, length, f"the file has {length} lines, at least {FILE_LINES}"
        if path.endswith(".c"):
            for first, count in functions(text):
                if count > FUNCTION_LINES:
                    yield path, first, f"the function has {count} lines, over {FUNCTION_LINES}"


if __name__ == "__main__":
    lint.main(check)
