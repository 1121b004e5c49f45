"""Prose of pages stays within 140 columns. Tables, code, targets of links and single words do not count."""
import re

import lint

COLUMNS = 140

LEFT_OUT = {
    "analysis/comparison-lenet-5.md", "analysis/comparison-resnet20.md", "analysis/comparison-vgg11.md",  # by skel report
    "analysis/speed.md",  # not wrapped yet
}


def prose(text):
    """(number, line) of the lines that a reader sees as a part of a paragraph."""
    in_code = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            in_code = not in_code
        elif not in_code and not line.startswith("    ") and not line.lstrip().startswith("|"):
            yield number, line


def check(root):
    for path in lint.files(root, ["."], (".md",)):
        for number, line in prose(lint.read(root, path)) if path not in LEFT_OUT else []:
            shown = re.sub(r"\]\([^)]*\)", "]", line)
            if len(shown) > COLUMNS and " " in shown.strip():
                yield path, number, f"the line has {len(shown)} columns, over {COLUMNS}"


if __name__ == "__main__":
    lint.main(check)
