#!/usr/bin/env bash
# Runs each fuzzing target on its seeds, on the inputs that once failed (findings/), and, of a sample every third target,
# on mutations of them for SKEL_FUZZ_SECONDS (5) each. An input that fails is kept in the folder SKEL_FUZZ_KEEP, if that is set.
set -euo pipefail
seconds=${SKEL_FUZZ_SECONDS:-5}
if ! command -v clang-14 >/dev/null; then
    echo "skipped: no clang-14 (Debian: clang-14)"
    exit 77
fi
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/sample.sh
. "$source/tests/support/sample.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
keep=${SKEL_FUZZ_KEEP:-$work}
mkdir -p "$keep"

cd "$source"
if ! { cmake --preset fuzz && cmake --build build-fuzz --target fuzzers -j2; } >"$work/build" 2>&1; then
    tail -40 "$work/build"
    exit 1
fi
/usr/bin/python3 tests/fuzz/corpus.py "$work/seeds" "$source" >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
}

# An allocation of any size may fail. The targets count skel's own blocks of memory themselves: to look for leaks after
# each execution took most of the time.
export ASAN_OPTIONS="allocator_may_return_null=1:detect_leaks=0:quarantine_size_mb=16"
failed=0
for seed in run/run run/run-sealed checkpoint/checkpoint checkpoint/checkpoint-sealed weights/earliest weights/v110; do
    if ! SKEL_FUZZ_SOUND=yes "build-fuzz/tests/fuzz/fuzz_${seed%/*}" "$work/seeds/fuzz_$seed" >"$work/log" 2>&1; then
        echo "FAILED: the seed $seed is not sound"
        tail -60 "$work/log"
        failed=1
    fi
done
for target in build-fuzz/tests/fuzz/fuzz_*; do
    name=$(basename "$target")
    folders=("$work/seeds/$name")
    [ ! -d "tests/fuzz/findings/$name" ] || folders+=("tests/fuzz/findings/$name")
    mkdir "$work/$name"
    length=-runs=0
    ! sample_takes 3 || length=-max_total_time=$seconds
    if "$target" "$length" -timeout=60 -rss_limit_mb=4000 -detect_leaks=0 -dict=tests/fuzz/hdf5.dict \
        -artifact_prefix="$keep/$name-" \
        "$work/$name" "${folders[@]}" >"$work/log" 2>&1; then
        grep -E '^Done [0-9]+ runs' "$work/log" | sed "s/^/$name: /"
    else
        echo "FAILED: $name"
        tail -60 "$work/log"
        failed=1
    fi
done
exit "$failed"
