# shellcheck shell=bash
# How scripts that run commands tell what is wrong. Sourced, not run.

# Files with what the latest command has said; a script names its own.
logs=()
failures=0

show() {
    echo "FAILED: $*"
    cat "${logs[@]}" 2>/dev/null | sed 's/^/  | /' || true
}

# Tells of a failure and goes on.
complain() {
    show "$@"
    failures=$((failures + 1))
}

# Tells of a failure and ends the script.
fail() {
    show "$@"
    exit 1
}

# The last line of a script that complains.
verdict() {
    echo "$failures checks failed"
    [ "$failures" -eq 0 ]
}
