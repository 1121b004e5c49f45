#!/bin/bash
# Installs what is missing, builds, and runs the tests.
#
#   bash tests/run.sh                every test, and the unit tests under the sanitizers
#   bash tests/run.sh --quick        unit, mpi and lint
#   bash tests/run.sh --label LABEL  one of unit, mpi, reference, faults, fuzz, slurm, threads, lint
#   bash tests/run.sh --asan         only the unit tests under the sanitizers
#   bash tests/run.sh --asan-mpi     only the tests on ranks under the sanitizers
#   bash tests/run.sh --valgrind     only the unit tests of store, job and data under valgrind
#   --no-install                     use what is there; tests that need more are skipped
#
# The last lines are ctest's summary. Exit status: 0 only if tests ran and all of them passed.
set -euo pipefail

fail_usage() {
    echo "tests/run.sh: $1; see tests/run.sh --help" >&2
    exit 64
}

label=
install=yes
release=yes
asan=yes
special=
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help)
        sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
        exit 0
        ;;
    --quick)
        label='^(unit|mpi|lint)$'
        asan=no
        ;;
    --label)
        [ $# -ge 2 ] || fail_usage "--label needs a label"
        label="^$2\$"
        asan=no
        shift
        ;;
    --asan) release=no ;;
    --asan-mpi | --valgrind) special=${1#--} ;;
    --no-install) install=no ;;
    *) fail_usage "unknown argument $1" ;;
    esac
    shift
done

cd "$(dirname "$0")/.."
# shellcheck source=jobs/setup.sh
. jobs/setup.sh

# Runs the tests of a build folder that have a matching label; fails if there are none. ctest counts quarters of cores.
run_tests() {
    ctest --test-dir "$1" --parallel "$((4 * $(nproc)))" --output-on-failure --no-tests=error \
        --no-label-summary --label-regex "$2" </dev/null
}

# Reading what was freed or never set is a failure; what is left at the end is ASan's business. valgrind knows no AVX-512.
run_valgrind() {
    local program log failed=0
    log=$(mktemp)
    for program in build/tests/unit_test_{reader,manifest,journal,json,job,dataset,fetch,sums,packing,sampler,view} \
        build/tests/unit_test_{old_groups,attribute_message,dense_messages,hostile_headers} build/tests/unit_test_{job,fetch}_*; do
        if CK_FORK=no CK_DEFAULT_TIMEOUT=0 SKEL_MAX_ISA=avx2 \
            valgrind -q --error-exitcode=9 "$program" >"$log" 2>&1 </dev/null; then
            echo "clean: $(basename "$program"): $(tail -1 "$log")"
        else
            echo "FAILED: $(basename "$program")"
            tail -60 "$log"
            failed=1
        fi
    done
    rm -f "$log"
    return "$failed"
}

if [ "$install" = yes ]; then
    packages_install build run data test
fi
case $special in
asan-mpi)
    build_preset asan-mpi build-asan
    run_tests build-asan '^mpi$'
    exit
    ;;
valgrind)
    build_preset release build
    run_valgrind
    exit
    ;;
esac
failed=
if [ "$asan" = yes ]; then
    build_preset asan build-asan
    run_tests build-asan '^unit$' || failed=" unit tests under the sanitizers,"
fi
if [ "$release" = yes ]; then
    build_preset release build
    run_tests build "${label:-.}" || failed+=" tests of the release build,"
fi
if [ -n "$failed" ]; then
    echo "FAILED:${failed%,}" >&2
    exit 1
fi
