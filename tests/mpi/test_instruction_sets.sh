#!/usr/bin/env bash
# SKEL_MAX_ISA: skel --version and the run file name it, a wrong word is refused by every command,
# and ranks must have the same.
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

[ "$best" != baseline ] || exit 0 # no other instruction set to give to one rank
status=0
"$MPIEXEC" --oversubscribe -n 1 env SKEL_MAX_ISA=baseline "$SKEL" run "$work/job.yaml" \
    --out "$work/two" : -n 1 "$SKEL" run "$work/job.yaml" --out "$work/two" \
    >"$work/log" 2>&1 || status=$?
[ "$status" -eq 64 ] || fail "ranks with two instruction sets leave with $status"
grep -q "rank 0 (.*) uses baseline, rank 1 (.*) uses $best" "$work/log" || fail "$(cat "$work/log")"
