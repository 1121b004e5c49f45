#!/usr/bin/env bash
# The output folder is another one on the second rank's node: exit status 74 and words before the first step, not a
# run that is lost there; with groups of ranks, too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! unshare -m true 2>/dev/null; then
    echo "this system gives no mount namespace of its own: unshare -m"
    exit 77
fi

cat >"$work/job.yaml" <<'YAML'
name: unseen
data: {set: fashion-mnist, train-samples: 64, test-samples: 20}
model: {name: lenet-300-100}
prune: {method: snip, sparsity: 0.9, batch-size: 32}
train: {epochs: 1, batch-size: 32, learning-rate: 0.05}
compute: {microbatch: 16}
sweep: {seed: [0, 1]}
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

# Rank 1 has an empty file system in the folder's place.
cat >"$work/start" <<'SH'
[ "$OMPI_COMM_WORLD_RANK" = 1 ] || exec "$@"
exec unshare -m sh -c 'mount -t tmpfs none "$0" && "$@"; status=$?; ls -A "$0" >"$0".private; exit "$status"' "$OUT" "$@"
SH
export OUT=$work/out
mkdir "$OUT"
for options in '' '--groups 2'; do
    result=0
    # shellcheck disable=SC2086  # options are words
    SKEL_DEBUG_NODES=2 "$MPIEXEC" -n 2 --oversubscribe sh "$work/start" "$SKEL" run "$work/job.yaml" --out "$OUT" $options \
        </dev/null >"$work/log" 2>&1 || result=$?
    [ "$result" = 74 ] || fail "'$options': exit status $result"
    grep -q "rank 1 on $(hostname) does not see the file $OUT/.shared-.*: the output folder $OUT must be on a file system" \
        "$work/log" || fail "'$options': no word of rank, host and folder"
    [ -z "$(ls -A "$OUT")" ] || fail "'$options': left over: $(ls -A "$OUT")"
    [ ! -s "$OUT.private" ] || fail "'$options': files where nobody looks for them: $(cat "$OUT.private")"
done

# The same folder for both.
"$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$work/job.yaml" --out "$OUT" --groups 2 </dev/null >"$work/log" 2>&1 ||
    fail "a folder that both see"
[ -z "$(find "$OUT" -name '.shared*')" ] || fail "left over: $(find "$OUT" -name '.shared*')"
