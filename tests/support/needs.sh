# shellcheck shell=bash
# Sourced by scripts: a test that cannot be tried here says why, and ends with 77. SKEL is the program.
python=${PYTHON:-/usr/bin/python3}

# needs_python MODULE...
needs_python() {
    local modules
    modules=$(IFS=, && echo "$*")
    if ! "$python" -c "import $modules" 2>/dev/null; then
        echo "skipped: $python lacks one of $modules (Debian: python3-NAME)"
        exit 77
    fi
}

# needs_onnx MODEL: a build that reads the file MODEL
needs_onnx() {
    if { "$SKEL" inspect "$1" 2>&1 || true; } | grep 'built without ONNX' >/dev/null; then
        echo "skipped: built without ONNX models"
        exit 77
    fi
}
