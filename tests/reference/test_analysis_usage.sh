#!/usr/bin/env bash
# Each program of analysis/ has a --help with its usage, and names a wrong argument in a line.
set -euo pipefail
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
needs_python torch h5py xarray pandas matplotlib yaml
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# shellcheck source=tests/support/verdict.sh
. "${SOURCE:?}/tests/support/verdict.sh"
logs=(err)

# refuses PROGRAM ARGUMENT: with status 2 and a line that names the argument
refuses() {
    local status=0
    "$python" "$SOURCE/analysis/$1" "$2" made.h5 </dev/null >out 2>err || status=$?
    [ "$status" -eq 2 ] || complain "$1 $2 leaves with $status"
    grep -qE "error: argument .*$2" err || complain "$1 $2: the argument is not named"
    ! grep -q Traceback err || complain "$1 $2: a traceback"
}

for program in $(cd "$SOURCE/analysis" && grep -l __main__ -- *.py); do
    "$python" "$SOURCE/analysis/$program" --help >out 2>err || complain "$program --help"
    grep -q "^usage: $program " out || complain "$program --help has no usage"
    refuses "$program" nowhere
done
# a folder of runs, not their report
mkdir -p runs/report
touch runs/report/summary.h5
refuses from_report.py runs/report/summary.h5
refuses published.py runs
verdict
