#!/bin/bash
# clang compiles everything without a warning, and clang-tidy finds nothing: one pass for both.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

clang=$(first_of clang-14 clang)
tidy=$(first_of clang-tidy-14 clang-tidy)

cp "$SOURCE/.clang-tidy" "$sample"
put bad.c <<<'int main(void) { int *p = 0; double x = 1.5; int y = x; return *p + y; }'
put compile_commands.json <<<"[{\"directory\": \"$sample\", \"file\": \"$sample/bad.c\",
    \"command\": \"cc -Wconversion -o bad.o -c $sample/bad.c\"}]"
must_find 'clang-analyzer-core.NullDereference' \
    python3 "$lints/tidy.py" "$tidy" "$clang" "$sample"
must_find 'bad.c:1:54: error: implicit conversion' \
    python3 "$lints/tidy.py" "$tidy" "$clang" "$sample"

python3 "$lints/tidy.py" "$tidy" "$clang" "$BUILD"
