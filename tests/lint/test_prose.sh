#!/bin/bash
# Prose of pages stays within 140 columns.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

fence=$(printf '\140%.0s' 1 2 3)
long=$(printf 'word %.0s' {1..30})
{
    printf 'short\n%s\n' "$long"
    # no complaints: code, a table, the target of a link, one word
    printf '    %s\n' "$long"
    printf '| %s |\n' "$long"
    printf '%s\n' "$fence" "$long" "$fence"
    printf 'a [link](https://example.org/%s)\n' "${long// /_}"
    printf -- '%s\n' "${long// /_}"
} | put src/PAGE.md
must_find '^src/PAGE.md:2: the line has 150 columns, over 140$' python3 "$lints/prose.py" "$sample"
found=$(python3 "$lints/prose.py" "$sample" | wc -l || true)
if [ "$found" -ne 1 ]; then
    echo "self-test: $found lines found, expected 1"
    python3 "$lints/prose.py" "$sample"
    exit 1
fi

python3 "$lints/prose.py" "$SOURCE"
