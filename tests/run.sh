#!/bin/bash
# Installs what is missing, builds, and runs the tests.
#
#   bash tests/run.sh                the tests, and the unit tests under the sanitizers; of long tests, of numbers of ranks
#                                    and of large matrices of cases a sample, which the commit chooses: SKEL_SAMPLE=NUMBER
#                                    tries another
#   bash tests/run.sh --all          every case of every test, and clang-tidy on every file
#   bash tests/run.sh --quick        unit, mpi and lint
#   bash tests/run.sh --label LABEL  one of unit, mpi, reference, faults, fuzz, slurm, threads, lint
#   bash tests/run.sh --asan         only the unit tests under the sanitizers
#   bash tests/run.sh --asan-mpi     only the tests on ranks under the sanitizers
#   bash tests/run.sh --valgrind     only the unit tests of store, job and data under valgrind
#   --no-install                     use what is there; tests that need more are skipped
#
# --all and --no-install go with the others. Exit status: 0 only if tests ran and all of them passed.
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
    --all) SKEL_SAMPLE=all ;;
    --no-install) install=no ;;
    *) fail_usage "unknown argument $1" ;;
    esac
    shift
done

cd "$(dirname "$0")/.."
# shellcheck source=jobs/setup.sh
. jobs/setup.sh
# shellcheck source=tests/support/sample.sh
. tests/support/sample.sh

# A number that the commit chooses, or the day where there is no commit.
sample_of_commit() {
    local hash

    if hash=$(git rev-parse --verify -q HEAD 2>/dev/null); then
        echo "$((16#${hash:0:7}))"
    else
        date +%Y%m%d
    fi
}

# FOLDER LABEL [OPTION...]: runs the tests of a build folder that have a matching label; fails if there are none. ctest
# counts quarters of cores.
run_tests() {
    ctest --test-dir "$1" --parallel "$((4 * $(nproc)))" --output-on-failure --no-tests=error \
        --no-label-summary --label-regex "$2" "${@:3}" </dev/null
}

# FOLDER: of a build folder, tests that are not in the sample, as a regular expression: of long ones two of three, of
# those on several ranks one of two. Cases within them are one of 2, 3 or 4: another digit of the number, so that each
# case has its turn with each test's.
left_out() {
    local label name names SKEL_SAMPLE=$SKEL_SAMPLE

    [ "$SKEL_SAMPLE" = all ] || SKEL_SAMPLE=$((SKEL_SAMPLE / 12))
    for label in long:3 more-ranks:2; do
        names=$(ctest --test-dir "$1" --show-only --label-regex "^${label%:*}\$" --fixture-exclude-any . |
            sed -nE 's/^ *Test +#[0-9]+: //p')
        for name in $names; do
            sample_takes "${label#*:}" || printf '|%s' "$name"
        done
    done
}

# FOLDER LABEL: runs the tests of a build folder that have a matching label, and of long ones the sample.
run_sample() {
    local others

    others=$(left_out "$1")
    [ -z "$others" ] || echo "Not in this sample of $1:${others//|/ }"
    run_tests "$1" "$2" --exclude-regex "^(${others#|})\$"
}

# Waits for the packages that neither builds nor unit tests need; fails if one is missing.
await_packages() {
    if [ -n "$installer" ]; then
        tail --pid="$installer" -f /dev/null
        [ -z "$(packages_missing data test)" ] || exit 69
    fi
}

sanitized() {
    build_preset asan build-asan
    run_sample build-asan '^unit$'
}

released() {
    build_preset release build
    await_packages
    if [ -z "$label" ]; then
        run_sample build .
    else
        run_tests build "$label"
    fi
}

# Reading what was freed or never set is a failure; what is left at the end is ASan's business. valgrind knows no AVX-512.
run_valgrind() {
    local program log failed=0
    log=$(mktemp)
    for program in build/tests/unit_test_{reader,manifest,journal,json,job,dataset,fetch,sums,packing,sampler,view} \
        build/tests/unit_test_{old_groups,attribute_message,datatype_message,dense_messages,dense_limits,hostile_headers,superblock,chunks} build/tests/unit_test_{job,fetch}_*; do
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

# Most packages are for the tests. They are installed while the builds go on: on a machine that has none it takes minutes.
installer=
if [ "$install" = yes ]; then
    packages_install build run test-build
    packages_install data test &
    installer=$!
fi
# The build's many small files are compiled a fifth faster by Ninja; a folder keeps what it was configured for.
if command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=${CMAKE_GENERATOR:-Ninja}
fi
export SKEL_SAMPLE=${SKEL_SAMPLE:-$(sample_of_commit)}
case $SKEL_SAMPLE in
all) echo "Every case of every test" ;;
*[!0-9]*) fail_usage "SKEL_SAMPLE=$SKEL_SAMPLE is neither a number nor all" ;;
*) echo "A sample of the cases: SKEL_SAMPLE=$SKEL_SAMPLE repeats it, --all tries every case" ;;
esac
case $special in
asan-mpi)
    build_preset asan-mpi build-asan
    await_packages
    run_tests build-asan '^mpi$'
    exit
    ;;
valgrind)
    build_preset release build
    await_packages
    run_valgrind
    exit
    ;;
esac
failed=
# The sanitizers' tests take the time that the others leave: these wait for ranks, limits and clusters.
beside=
log=build-asan/tests.log
if [ "$asan$release" = yesyes ]; then
    mkdir -p build-asan
    set -m # in a group of processes of its own, which ends with this script
    (renice -n 10 -p "$BASHPID" >/dev/null && sanitized) >"$log" 2>&1 </dev/null &
    beside=$!
    set +m
    trap 'kill -- "-$beside" 2>/dev/null' EXIT
    trap 'exit 1' INT TERM HUP
    echo "Beside the release build: the unit tests under the sanitizers (log: $log)"
elif [ "$asan" = yes ]; then
    sanitized || failed=" unit tests under the sanitizers,"
fi
if [ "$release" = yes ]; then
    (released) || failed+=" tests of the release build,"
fi
if [ -n "$beside" ]; then
    wait "$beside" || failed+=" unit tests under the sanitizers,"
    trap - EXIT
    cat "$log"
fi
if [ -n "$failed" ]; then
    echo "FAILED:${failed%,}; SKEL_SAMPLE=$SKEL_SAMPLE" >&2
    exit 1
fi
