#!/usr/bin/env bash
# A file of spectra keeps what an earlier command has left of the same run, images and seed, and says what it keeps or
# replaces. skel inspect prints the tables that skel spectrum has printed.
set -euo pipefail
if ! "$SKEL" --version | grep ScaLAPACK >/dev/null; then
    echo "this skel was built without ScaLAPACK"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/said" "$work/log")

cat >"$work/job.yaml" <<'YAML'
name: lenet
data: {set: fashion-mnist, train-samples: 64, test-samples: 64}
model: {name: lenet-300-100, width: 30}
prune: {method: snip, sparsity: 0.9, batch-size: 32}
train: {epochs: 1, batch-size: 32}
YAML
(cd "$work" && "$SKEL" run job.yaml -q --out . >log 2>&1) || fail "the run"
path=$(echo "$work"/lenet/*.h5)

spectrum() { # RANKS OPTION...
    "$MPIEXEC" -n "$1" --oversubscribe "$SKEL" spectrum "$path" --samples 4 "${@:2}" >"$work/said" 2>"$work/log" </dev/null ||
        fail "skel spectrum ${*:2}"
    "$SKEL" verify "$path.spectra" >/dev/null || fail "the file after ${*:2}"
}

# Kinds and masks in the file.
holds() {
    "$SKEL" inspect "$path.spectra" --metrics >"$work/tsv" || fail "skel inspect --metrics"
    [ "$(awk -F'\t' 'NR > 1 { print $1 "/" $2 }' "$work/tsv" | sort -u | paste -sd' ')" = "$*" ] ||
        fail "the file has other spectra than $*: $(cat "$work/tsv")"
}

spectrum 2 --control shuffle --tsv
cp "$work/said" "$work/kernels"
holds ntk/run ntk/shuffle
spectrum 3 --of layers,mask --control dense --tsv
cp "$work/said" "$work/layers"
grep -q 'kept the spectra of an earlier command: ntk of run, ntk of shuffle' "$work/log" || fail "no word of what is kept"
holds layers/dense layers/run mask/run ntk/run ntk/shuffle

# All digits of what was kept, and of what is new; the provenance has both commands.
cat "$work/kernels" <(sed 1d "$work/layers") | sort >"$work/printed"
sort "$work/tsv" | diff - "$work/printed" >"$work/log" || fail "other values than those that were printed"
"$SKEL" inspect "$path.spectra" --attributes >"$work/log"
grep -qE '^/provenance	earlier	.* --control shuffle --tsv' "$work/log" || fail "no word of the earlier command"
grep -qE '^/provenance	command_line	.* --of layers,mask ' "$work/log" || fail "no word of the command"

# For people the table is that of skel spectrum, and no section is empty.
spectrum 1
cp "$work/said" "$work/table"
"$SKEL" inspect "$path.spectra" >"$work/log" || fail "skel inspect"
grep '^ntk  *run ' "$work/table" | grep -qxFf - "$work/log" || fail "skel inspect prints another line of the kernel"
grep -q '^layers *$' "$work/log" && fail "a section without lines"
holds layers/dense layers/run mask/run ntk/run ntk/shuffle

# Other images, another seed, other weights, a damaged file: all is replaced, with words.
for option in '--samples 5' '--seed 9' '--at trained' '--outputs sum'; do
    rm "$path.spectra"
    spectrum 2 --of layers,ntk
    # shellcheck disable=SC2086 # words
    spectrum 2 --of mask $option
    grep -qE 'warning: .* are replaced: ntk of run, layers of run' "$work/log" || fail "$option: no word of it"
    holds mask/run
done
truncate -s -100 "$path.spectra"
spectrum 2 --of layers
grep -q 'warning: the earlier spectra are replaced: ' "$work/log" || fail "no word of a damaged file"
holds layers/run

# Another file of the same run has other spectra, whatever its job says.
rm "$path"
sleep 1.1 # a date has seconds
(cd "$work" && "$SKEL" run job.yaml -q --out . >log 2>&1) || fail "the run again"
spectrum 1 --of mask
grep -q 'warning: .* are replaced: layers of run' "$work/log" || fail "spectra of another file of the run are kept"
holds mask/run
