#!/bin/bash
# clang-tidy finds nothing.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

clang=$(first_of clang-14 clang)
tidy=$(first_of clang-tidy-14 clang-tidy)

cp "$SOURCE/.clang-tidy" "$sample"
put bad.c <<<'int main(void) { int *p = 0; return *p; }'
put compile_commands.json <<<"[{\"directory\": \"$sample\", \"file\": \"$sample/bad.c\",
    \"command\": \"cc -o bad.o -c $sample/bad.c\"}]"
must_find 'clang-analyzer-core.NullDereference' \
    python3 "$lints/compile.py" clang-tidy "$tidy" "$clang" "$sample"

python3 "$lints/compile.py" clang-tidy "$tidy" "$clang" "$BUILD"
