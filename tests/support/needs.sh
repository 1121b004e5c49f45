# shellcheck shell=bash
# Sourced by scripts: a test that cannot be tried here says why, and ends with 77. SKEL is the program.
python=${PYTHON:-/usr/bin/python3}

# has_python MODULE...: whether they are installed. They are not imported: PyTorch takes seconds to start.
has_python() {
    "$python" -c 'import importlib.util as u, sys; sys.exit(any(u.find_spec(name) is None for name in sys.argv[1:]))' "$@"
}

# needs_python MODULE...
needs_python() {
    if ! has_python "$@"; then
        echo "skipped: $python lacks one of $* (Debian: python3-NAME)"
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
