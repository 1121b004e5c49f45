#!/bin/bash
# clang compiles everything without a warning, and clang-tidy finds nothing: one pass for both.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

clang=$(first_of clang-14 clang)
tidy=$(first_of clang-tidy-14 clang-tidy)

cp "$SOURCE/.clang-tidy" "$sample"
put bad.c <<<'int main(void) { int *p = 0; double x = 1.5; int y = x; return *p + y; }'
put tests/worse.c <"$sample/bad.c"
entry() { # FILE
    echo "{\"directory\": \"$sample\", \"file\": \"$sample/$1\", \"command\": \"cc -Wconversion -o x.o -c $sample/$1\"}"
}
check() { # SOURCE BUILD
    python3 "$lints/tidy.py" "$tidy" "$clang" "$2" "$1"
}
put compile_commands.json <<<"[$(entry bad.c), $(entry tests/worse.c)]"
must_find 'bad.c:1:.*clang-analyzer-core.NullDereference' check "$sample" "$sample"
must_find 'bad.c:1:54: error: implicit conversion' check "$sample" "$sample"
must_find 'worse.c:1:54: error: implicit conversion' check "$sample" "$sample"
SKEL_TIDY_TESTS=yes must_find 'worse.c:1:.*clang-analyzer-core.NullDereference' check "$sample" "$sample"

check "$SOURCE" "$BUILD"
