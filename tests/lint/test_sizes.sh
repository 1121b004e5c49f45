#!/bin/bash
# Files stay under 400 lines, functions within 60.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

{
    printf 'static int short_one(int a)\n{\n    return a;\n}\n\nstatic int long_one(int a,\n'
    printf '                    int b)\n{\n'
    printf '    a += b;\n%.0s' {1..57}
    printf '}\n'
} | put src/base/long.c
printf '\n%.0s' {1..400} | put include/skel/long.h
must_find 'src/base/long.c:6: the function has 61 lines' python3 "$lints/sizes.py" "$sample"
must_find 'include/skel/long.h:400: the file has 400' python3 "$lints/sizes.py" "$sample"
if python3 "$lints/sizes.py" "$sample" | grep 'long.c:1:'; then
    exit 1
fi

python3 "$lints/sizes.py" "$SOURCE"
