#!/bin/bash
# The kernels, and the files that choose them, compile for a processor other than x86-64.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

compiler=$(first_of aarch64-linux-gnu-gcc)

check_kernels() {
    local file failed=

    while IFS= read -r file; do
        "$compiler" -std=c11 -D_GNU_SOURCE -fopenmp -Wall -Wextra -Wpedantic -Wconversion -Werror \
            -DSKEL_ISA=baseline -DSKEL_ISA_LANES=4 -I "$SOURCE/include" -I "$SOURCE/src" \
            -fsyntax-only "$file" || failed=yes
    done < <(grep -rlE --include='*.c' 'SKEL_ISA_(NAME|TABLES|X86)' "$1/src")
    [ -z "$failed" ]
}

put src/nn/bad_kernels.c <<<$'#include <immintrin.h>\nint SKEL_ISA_NAME(kernels);'
must_find 'immintrin.h' check_kernels "$sample"

check_kernels "$SOURCE"
