"""Only the allocator of base allocates and frees."""
import re

import lint

ALLOCATOR = "src/base/memory.c"
CALL = re.compile(
    r"\b(malloc|calloc|realloc|reallocarray|free|strdup|strndup|aligned_alloc|posix_memalign|"
    r"memalign|asprintf|vasprintf|getline|getdelim|open_memstream|alloca)\s*\(")
# A block that a library hands out must go back to that library: say whose it is on the same line.
LIBRARY = re.compile(r"/\*[^*]*'s own block[^*]*\*/")


def check(root):
    for path in lint.files(root, ["src", "include"], (".c", ".h")):
        if path == ALLOCATOR:
            continue
        text = lint.read(root, path)
        code = lint.blank(text)
        lines = text.split("\n")
        for match in CALL.finditer(code):
            line = lint.line_of(code, match.start())
            if not LIBRARY.search(lines[line - 1]):
                yield path, line, f"{match[1]}() outside the allocator: use skel/memory.h"


if __name__ == "__main__":
    lint.main(check)
