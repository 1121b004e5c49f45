"""Inside a room, no files use one another in a circle.

A unit is X.c with the X.h beside it. It uses another unit if its code names a function or an object
with external linkage that the other's .c file defines. A room is a folder of src with all below it;
those inside nn are rooms of their own.
"""
import re

import lint

INSIDE = {"nn": 2, "nn/engines": 3}  # folders whose folders are rooms, and how deep those are

ATTRIBUTE = re.compile(r"__attribute__\s*\(\(.*?\)\)", re.S)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
NAME = re.compile(r"[A-Za-z_]\w*")
FUNCTION = re.compile(r"([A-Za-z_]\w*)\s*\([^{};]*\)\s*$", re.S)
OBJECT = re.compile(r"([A-Za-z_]\w*)\s*(?:\[[^\]]*\]\s*)*(?:=|$)")


def code_of(root, path):
    """A file's code: no comments, no strings, no preprocessor lines."""
    return ATTRIBUTE.sub("", PREPROCESSOR.sub("", lint.blank(lint.read(root, path))))


def outermost(code):
    """(text before, whether a brace follows) of everything outside all braces."""
    depth, begin = 0, 0
    for at, letter in enumerate(code):
        if letter == "{":
            if depth == 0:
                yield code[begin:at], True
            depth += 1
        elif letter == "}":
            depth -= 1
            begin = at + 1
        elif letter == ";" and depth == 0:
            yield code[begin:at], False
            begin = at + 1


def defined(code):
    """Names of the functions and objects with external linkage that the code of a .c file defines."""
    for text, brace in outermost(code):
        text = text.strip()
        if not text or re.match(r"(static|typedef|extern|struct\s+\w+$|union\b|enum\b)", text):
            continue
        function = FUNCTION.search(text)
        if function:
            if brace:
                yield function.group(1)
            continue
        found = OBJECT.search(text)
        if found and " " in text[:found.end()]:
            yield found.group(1)


def room_of(path):
    """The room of a file below src, or None."""
    folders = path.split("/")[1:-1]
    depth = 1
    for parent, deeper in INSIDE.items():
        if "/".join(folders).startswith(parent + "/"):
            depth = deeper
    return "/".join(folders[:depth]) or None


def uses_of(root, paths):
    """{unit: set of the units it uses} of the files of one room."""
    code = {}
    owner = {}
    for path in paths:
        text = code_of(root, path)
        unit = path[:-2]
        code[unit] = code.get(unit, "") + text
        if path.endswith(".c"):
            owner.update({name: unit for name in defined(text)})
    return {unit: {owner[name] for name in NAME.findall(text) if name in owner} - {unit}
            for unit, text in code.items()}


def circle_from(start, uses):
    """The shortest circle of units from `start` back to it, or None."""
    came = {start: None}
    queue = [start]
    for unit in queue:
        for used in sorted(uses[unit]):
            if used == start:
                circle = [start]
                while unit is not None:
                    circle.append(unit)
                    unit = came[unit]
                return circle[::-1]
            if used not in came:
                came[used] = unit
                queue.append(used)
    return None


def circles(root):
    """The shortest circle of every unit that is in none of the circles before it."""
    rooms = {}
    for path in lint.files(root, ["src"], (".c", ".h")):
        rooms.setdefault(room_of(path), []).append(path)
    for _, paths in sorted(rooms.items(), key=str):
        uses = uses_of(root, paths)
        seen = set()
        for unit in sorted(uses):
            circle = None if unit in seen else circle_from(unit, uses)
            if circle:
                seen.update(circle)
                yield circle


def check(root):
    for circle in circles(root):
        yield circle[0] + ".c", 1, "a circle: " + " uses ".join(circle)


if __name__ == "__main__":
    lint.main(check)
