#!/usr/bin/env bash
# Bytes of a run file, a checkpoint and a weight file are flipped in turn, and the files are cut: verification, or
# reading the weights, finds it, or the byte lies outside every object. Every command that reads refuses a damaged file,
# or prints what it prints of the whole one. SKEL_DAMAGE_STRIDE=1 tries every byte and every length of smaller files with
# verification (about a quarter of an hour), and each 997th byte with the commands. Of a sample, the commands read every
# second of the damaged files.
set -euo pipefail
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
stride=${SKEL_DAMAGE_STRIDE:-1009}
coarse=${SKEL_DAMAGE_COMMANDS:-$((stride == 1 ? 997 : 9973))}
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
name: damage
data: {set: fashion-mnist, train-samples: 32, test-samples: 16, pad-to: 32}
model: {name: resnet20, width: 1}
prune: {method: snip, sparsity: 0.5, batch-size: 16}
train: {epochs: 1, batch-size: 16}
compute: {microbatch: 16}
checkpoint: {every-iterations: 0, every-epochs: 0, every-seconds: 0}
YAML
run() { # OUT STATUS
    local status=0
    "$SKEL" run job.yaml --out "$1" -q </dev/null >log 2>&1 || status=$?
    [ "$status" = "$2" ] || { echo "FAILED: exit status $status, expected $2"; cat log; exit 1; }
}
SKEL_STOP_AFTER=3 run out 75
checkpoint=$(echo out/damage/*.checkpoint)
cp "$checkpoint" checkpoint.h5
run out 0
mv out/damage/*.h5 run.h5

# as_weights RUN WEIGHTS: weights as another program writes them, with checksums and without a manifest
as_weights() {
    /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import sys
import h5py
with h5py.File(sys.argv[1]) as run, h5py.File(sys.argv[2], "w", libver="latest") as weights:
    for group in ("weights", "buffers", "masks"):
        if group in run:
            run.copy(group, weights)
PYTHON
}
as_weights run.h5 weights.h5

verified=(run checkpoint)
if [ "$stride" = 1 ]; then # files with fewer objects: there are as many verifications as bytes
    sed 's/model: .*/model: {name: lenet-300-100, width: 3}/; s/, pad-to: 32//; s/name: damage/name: small/' job.yaml >small.yaml
    mv job.yaml resnet.yaml
    mv small.yaml job.yaml
    SKEL_STOP_AFTER=3 run small 75
    cp small/small/*.checkpoint small-checkpoint.h5
    run small 0
    cp small/small/*.h5 small-run.h5
    as_weights small-run.h5 small-weights.h5
    mv resnet.yaml job.yaml
    verified=(small-run small-checkpoint)
fi
for file in "${verified[@]}"; do
    "$BUILD/tests/faults_damage" "$file.h5" copy.h5 "$stride"
done
weights=(run weights)
network=(resnet20 1)
if [ "$stride" = 1 ]; then
    weights=(small-weights)
    network=(lenet-300-100 3)
fi
for file in "${weights[@]}"; do
    echo "as weights:"
    "$BUILD/tests/faults_damage" "$file.h5" copy.h5 "$stride" "${network[@]}"
done

# flip SOURCE TARGET OFFSET
flip() {
    local byte
    cp "$1" "$2"
    byte=$(od -An -tu1 -j "$3" -N 1 "$1")
    printf '%b' "\\0$(printf %o $((byte ^ 255)))" | dd of="$2" bs=1 seek="$3" conv=notrunc status=none
}

# plain FILE: a command's words without speeds and times of the day
plain() {
    sed 's/[0-9.]* images.s//; s/^[-0-9]* [:0-9]* skel/skel/' "$1"
}

# judge OFFSET WORDS...: skel WORDS refuses the file x.h5, or prints what it prints of the whole one
judge() {
    local at=$1 status=0
    shift
    "$SKEL" "$@" x.h5 </dev/null >found 2>&1 || status=$?
    if [ "$status" = 0 ] && cmp -s <(plain found) <(plain "expected.$1"); then
        same=$((same + 1))
    elif [ "$status" = 65 ] && grep -q 'x\.h5' found; then
        refused=$((refused + 1))
    else
        echo "FAILED: byte $at, skel $*: exit status $status"
        diff "expected.$1" found || true
        exit 1
    fi
}
size=$(stat -c %s run.h5)
same=0 refused=0
cp run.h5 x.h5
cp run.h5 whole.h5
eval_options=(--predictions predictions --repeat 0)
report_options=(--format md --out tables)
spectrum_options=(--samples 4 --tsv)
spectra=no # a build without ScaLAPACK has none
! "$SKEL" --version | grep -q ScaLAPACK || spectra=yes
"$SKEL" inspect x.h5 >expected.inspect
"$SKEL" compare whole.h5 x.h5 >expected.compare
"$SKEL" eval "${eval_options[@]}" x.h5 >expected.eval
"$SKEL" verify x.h5 >expected.verify
"$SKEL" report "${report_options[@]}" x.h5 >expected.report
"$SKEL" saliency x.h5 >expected.saliency 2>&1
[ "$spectra" = no ] || "$SKEL" spectrum "${spectrum_options[@]}" x.h5 >expected.spectrum 2>&1
for ((at = 13; at < size; at += coarse)); do
    sample_takes 2 || continue
    flip run.h5 x.h5 "$at"
    judge "$at" verify
    judge "$at" inspect
    judge "$at" compare whole.h5
    judge "$at" eval "${eval_options[@]}"
    judge "$at" report "${report_options[@]}"
    judge "$at" saliency
    [ "$spectra" = no ] || judge "$at" spectrum "${spectrum_options[@]}"
done
echo "commands: $refused refused, $same as of the whole file"

# weights of a damaged file, and resuming from a damaged checkpoint: refused, or the same result
size=$(stat -c %s checkpoint.h5)
for ((at = 29; at < size; at += 3 * coarse)); do
    sample_takes 2 || continue
    flip checkpoint.h5 "$checkpoint" "$at"
    status=0
    "$SKEL" run job.yaml --out out -q </dev/null >log 2>&1 || status=$?
    if [ "$status" = 0 ]; then
        /usr/bin/python3 "$SOURCE/tests/support/same_run.py" run.h5 out/damage/*.h5
        rm -f out/damage/*.h5
    elif [ "$status" != 65 ]; then
        echo "FAILED: byte $at of the checkpoint: exit status $status"
        cat log
        exit 1
    fi
    echo "checkpoint, byte $at: exit status $status"
    rm -f "$checkpoint"
done
