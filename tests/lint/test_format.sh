#!/bin/bash
# Every C file is as clang-format 14 writes it.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

format=$(first_of clang-format-14 clang-format)
if ! "$format" --version | grep -q 'version 14\.'; then
    echo "$format is not version 14, which writes differently"
    exit 77
fi

check_format() {
    (cd "$1" && find src include tests \( -name '*.c' -o -name '*.h' \) -print0 |
        xargs -0 -r "$format" --dry-run --Werror --style=file)
}

cp "$SOURCE/.clang-format" "$sample"
mkdir -p "$sample"/{src,include,tests}
put src/bad.c <<<'int  main( void ){return 0;}'
must_find 'src/bad.c:1:' check_format "$sample"

check_format "$SOURCE"
