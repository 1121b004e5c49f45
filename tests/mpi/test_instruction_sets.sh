#!/usr/bin/env bash
# SKEL_MAX_ISA: skel --version and the run file name it, a wrong word is refused by every command,
# results are the same on any number of ranks under it, and ranks must have the same, also of oneDNN.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$1"
    exit 1
}

for arguments in --version help 'help run' --help "plan $work/job.yaml"; do
    status=0
    # shellcheck disable=SC2086
    message=$(SKEL_MAX_ISA=axv2 "$SKEL" $arguments 2>&1) || status=$?
    [ "$status" -eq 64 ] || fail "skel $arguments with SKEL_MAX_ISA=axv2 leaves with $status"
    [ "$message" = 'skel: error: SKEL_MAX_ISA=axv2: not an instruction set; did you mean avx2?' ] ||
        fail "skel $arguments with SKEL_MAX_ISA=axv2 says: $message"
done

best=$("$SKEL" --version | sed -n 's/^instruction set: //p')
limited=$(SKEL_MAX_ISA=baseline "$SKEL" --version | sed -n 's/^instruction set: //p')
grep -qx 'baseline\|avx2\|avx512' <<<"$best" || fail "the instruction set is $best"
[ "$limited" = "baseline (SKEL_MAX_ISA; the processor has $best)" ] || [ "$best" = baseline ] ||
    fail "with SKEL_MAX_ISA=baseline the instruction set is $limited"

cat >"$work/job.yaml" <<'YAML'
name: job
data: {set: fashion-mnist, train-samples: 128, test-samples: 32}
model: {name: lenet-300-100}
prune: {method: random, sparsity: 0.9}
train: {epochs: 0}
YAML
SKEL_MAX_ISA=baseline "$SKEL" run "$work/job.yaml" --out "$work/out" -q >"$work/log" 2>&1 ||
    fail "$(cat "$work/log")"
"$SKEL" inspect --attributes "$work"/out/job/*.h5 >"$work/attributes"
grep -qxF "/provenance	instruction_set	$limited" "$work/attributes" ||
    fail "the run file does not name $limited"

# Under each limit below the best the same bits on one rank and on three, and after a stop and a resume.
cat >"$work/bits.yaml" <<'YAML'
name: bits
data: {set: fashion-mnist, pad-to: 32, train-samples: 96, test-samples: 32, augment: standard}
model: {name: resnet20, width: 4}
prune: {method: force, sparsity: 0.9, iterations: 3, batch-size: 32}
train: {epochs: 1, batch-size: 32}
compute: {microbatch: 8}
YAML
run_bits() { # RANKS: its exit status
    "$MPIEXEC" --oversubscribe -n "$1" "$SKEL" run "$work/bits.yaml" compute.engine="$engine" --out "$out/$1" \
        -q >"$work/log" 2>&1
}
for limit in baseline avx2; do
    if [ "$limit" = "$best" ] || ! SKEL_MAX_ISA=$limit "$SKEL" --version >/dev/null 2>&1; then
        continue # the best one: mpi/test_ranks
    fi
    export SKEL_MAX_ISA=$limit
    for engine in dense sparse; do
        out=$work/$limit-$engine # neither is part of a run's identity
        for ranks in 1 3; do
            run_bits "$ranks" || fail "$(cat "$work/log")"
        done
        status=0
        SKEL_STOP_AFTER=8 run_bits 2 || status=$?
        [ "$status" -eq 75 ] || fail "a stopped run leaves with $status: $(cat "$work/log")"
        run_bits 2 || fail "$(cat "$work/log")"
        /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$out"/[123]/bits/*.h5
        "$SKEL" inspect --attributes "$out"/2/bits/*.h5 >"$work/attributes"
        grep -qE '^/provenance\s+restarts\s+resumed after [1-9]' "$work/attributes" ||
            fail "the stopped run was not continued"
    done
    unset SKEL_MAX_ISA
done

[ "$best" != baseline ] || exit 0 # no other instruction set to give to one rank, or to a resume

# A resume with other kernels goes on, and says so: its bits are those of neither.
engine=dense
for limit in SKEL_MAX_ISA=baseline DNNL_MAX_CPU_ISA=SSE41; do
    out=$work/other-$limit
    status=0
    (export "${limit?}" && SKEL_STOP_AFTER=8 run_bits 1) || status=$?
    [ "$status" -eq 75 ] || fail "a stopped run leaves with $status: $(cat "$work/log")"
    run_bits 1 || fail "$(cat "$work/log")"
    grep -q 'was computed with kernels for .* and oneDNN .*, and goes on with those for' "$work/log" ||
        fail "a resume without $limit does not say so: $(cat "$work/log")"
done
for limit in SKEL_MAX_ISA=baseline DNNL_MAX_CPU_ISA=SSE41; do
    status=0
    "$MPIEXEC" --oversubscribe -n 1 env "$limit" "$SKEL" run "$work/job.yaml" \
        --out "$work/two" : -n 1 "$SKEL" run "$work/job.yaml" --out "$work/two" \
        >"$work/log" 2>&1 || status=$?
    [ "$status" -eq 64 ] || fail "ranks of which one has $limit leave with $status"
    first=$(env "$limit" "$SKEL" --version | sed -nE 's/^instruction set: ([a-z0-9]+).*/\1/p')
    onednn=$(env "$limit" "$SKEL" --version | grep -oE 'oneDNN [^,]+')
    grep -qF ") uses $first and $onednn, rank 1 (" "$work/log" || fail "$(cat "$work/log")"
    grep -qF ") uses $best and $("$SKEL" --version | grep -oE 'oneDNN [^,]+')," "$work/log" || fail "$(cat "$work/log")"
done
