# shellcheck shell=bash
# What the lints share. Sourced, not run. SOURCE and BUILD are the folders that ctest names.

set -euo pipefail
: "${SOURCE:?the source folder}" "${BUILD:=$SOURCE/build}"
export lints=$SOURCE/tests/lint
sample=$(mktemp -d)
trap 'rm -rf "$sample"' EXIT
export PYTHONDONTWRITEBYTECODE=1

# Writes a file of the bad sample: put PATH < content
put() {
    mkdir -p "$sample/$(dirname "$1")"
    cat >"$sample/$1"
}

# Checks that a lint can fail: must_find PATTERN COMMAND... must fail and print the pattern.
must_find() {
    local pattern=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "self-test: $* passes a sample in which it should find: $pattern"
        exit 1
    fi
    if ! grep -qE -- "$pattern" <<<"$output"; then
        printf 'self-test: %s does not find: %s\nit says:\n%s\n' "$*" "$pattern" "$output"
        exit 1
    fi
}

# Prints the path of the first of the programs that exists; skips the test if none does.
first_of() {
    local name
    for name in "$@"; do
        if command -v "$name"; then
            return
        fi
    done
    echo "none of these programs is here: $*" >&2
    exit 77
}
