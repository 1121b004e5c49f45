#!/bin/bash
# Comments and pages name only files and folders that are there.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

put src/base/there.h </dev/null
put src/base/a.c <<<'/* As gone.h says. */ const char *path = "missing.h"; /* <mpi.h>, there.h */'
put src/base/b.h <<<'/** See src/attic/ for the rest,
 *  and tests/unit/test_*.c for criterion_NAME.c. */'
put README.md <<<'[The format](src/base/FORMAT.md), src/base/there.h, https://example.net/x/y.c'
hash='#'
put jobs/d.sh <<<"x=gone.py $hash jobs/old.sh does it"
put tests/e.py <<<'"""What tests/support/gone.c needs."""
x = "gone.py"'
put CMakeLists.txt <<<'# Sources: src/base/lost.c'
find_in_sample() { # PATTERN
    must_find "$1" python3 "$lints/mentions.py" "$sample"
}
find_in_sample '^src/base/a.c:1: there is no gone.h$'
find_in_sample '^src/base/b.h:1: there is no src/attic/$'
find_in_sample '^src/base/b.h:2: there is no tests/unit/test_\*.c$'
find_in_sample '^src/base/b.h:2: there is no criterion_NAME.c$'
find_in_sample '^README.md:1: there is no src/base/FORMAT.md$'
find_in_sample '^jobs/d.sh:1: there is no jobs/old.sh$'
find_in_sample '^tests/e.py:1: there is no tests/support/gone.c$'
find_in_sample '^CMakeLists.txt:1: there is no src/base/lost.c$'
found=$(python3 "$lints/mentions.py" "$sample" | wc -l || true)
if [ "$found" -ne 8 ]; then
    echo "self-test: $found mentions found, expected 8"
    python3 "$lints/mentions.py" "$sample"
    exit 1
fi

python3 "$lints/mentions.py" "$SOURCE"
