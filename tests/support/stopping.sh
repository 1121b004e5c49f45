# Helpers of the tests that stop runs: sourced, with `set -euo pipefail`. $work is a folder of the test. They write its
# job.yaml, named "stop".
# shellcheck shell=bash
work=${work:?}

cat >"$work/job.yaml" <<'YAML'
name: stop
data: {set: fashion-mnist, train-samples: 160, test-samples: 60, validation: 0.2, pad-to: 32, augment: standard}
model: {name: resnet20, width: 2}
prune: {batch-size: 32, sparsity: 0.9}
train: {epochs: 2, batch-size: 32, learning-rate: 0.05, nesterov: true, rate-schedule: cosine}
compute: {microbatch: 16}
checkpoint: {every-iterations: 0, every-epochs: 0, every-seconds: 0}
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"

# RANKS OUT ARGUMENTS...: the exit status in $result. Ranks that stop leave together: tests/CMakeLists.txt says why
# mpirun then need not wait.
run() {
    local ranks=$1 out=$2
    shift 2
    result=0
    OMPI_MCA_odls_base_sigkill_timeout=0 "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run "$work/job.yaml" "$@" \
        --out "$out" -v </dev/null >"$work/log" 2>&1 || result=$?
}

same() {
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$1"/stop/*.h5 "$2"/stop/*.h5 ||
        fail "another result"
}

# As chain; of a sample, every second.
try_chain() {
    ! sample_takes 2 || chain "$@"
}

# METHOD ARGUMENTS of chain: some of the stops are inside an iteration, and some of the starts go on from there. Of a
# sample, every second.
try_inside() {
    sample_takes 2 || return 0
    chain "${@:2}"
    ((inside * taken > 0)) || fail "$1 never goes on inside an iteration"
}

# CHECKS STOPS ARGUMENTS...: stops a run after so many checks, at least so many times, on 1, 2 and 3 ranks
# in turn, until it ends, and compares it with the run that nobody has stopped. $inside of the checkpoints hold the
# part of an iteration, and $taken of the starts went on from one. With "0:" in $asked, rank 0 alone is asked.
chain() {
    local checks=$1 least=$2 stops=0
    inside=0 taken=0
    shift 2

    rm -rf "$work/whole" "$work/parts"
    run 1 "$work/whole" "$@"
    [ "$result" = 0 ] || fail "the undisturbed run ended with $result"
    while :; do
        SKEL_STOP_AFTER=${asked:-}$checks run $((stops % 3 + 1)) "$work/parts" "$@"
        ! grep -q ', inside iteration' "$work/log" || inside=$((inside + 1))
        ! grep -q 'resumed: .* microbatches of the next iteration' "$work/log" || taken=$((taken + 1))
        [ "$result" = 0 ] && break
        [ "$result" = 75 ] || fail "a stopped run ended with $result"
        [ "$(grep -c '^skel: stopped by SKEL_STOP_AFTER \(after .*\|before its first step\); the same command goes on from ' "$work/log")" = 1 ] ||
            fail "not one line on how to go on"
        ! compgen -G "$work/parts/stop/*.h5" >/dev/null || fail "the file of a stopped run"
        stops=$((stops + 1))
        [ "$stops" -lt 100 ] || fail "no progress"
    done
    echo "$*: stopped $stops times, $inside of them inside an iteration; $SECONDS s"
    [ "$stops" -ge "$least" ] || fail "stopped $stops times only"
    same "$work/whole" "$work/parts"
    ! compgen -G "$work/parts/stop/*checkpoint*" >/dev/null || fail "checkpoints are left over"
}
