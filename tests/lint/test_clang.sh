#!/bin/bash
# Everything compiles with clang too, without a warning.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

clang=$(first_of clang-14 clang)

put bad.c <<<'int main(void) { double x = 1.5; int y = x; return y; }'
put compile_commands.json <<<"[{\"directory\": \"$sample\", \"file\": \"$sample/bad.c\",
    \"command\": \"cc -Wconversion -o bad.o -c $sample/bad.c\"}]"
must_find 'bad.c:1:42: error: implicit conversion' \
    python3 "$lints/compile.py" clang "$clang" "$clang" "$sample"

python3 "$lints/compile.py" clang "$clang" "$clang" "$BUILD"
