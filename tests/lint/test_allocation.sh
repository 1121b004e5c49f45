#!/bin/bash
# Only the allocator of base allocates.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

put src/nn/leak.c <<'END'
/* malloc() is fine in a comment */
const char *text = "free(x)";
void *p = malloc(1);
free(q); /* libthing's own block */
END
must_find 'src/nn/leak.c:3: malloc' python3 "$lints/allocation.py" "$sample"
if python3 "$lints/allocation.py" "$sample" | grep -E ':(1|2|4):'; then
    exit 1
fi

python3 "$lints/allocation.py" "$SOURCE"
