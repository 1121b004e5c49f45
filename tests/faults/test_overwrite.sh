#!/usr/bin/env bash
# Outputs that a user names: no run file, journal, data file or input is replaced, whatever leads to it, and
# what is no file stays what it is.
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=(out err)

cat >job.yaml <<'YAML'
name: kept
data: {set: fashion-mnist, train-samples: 64, test-samples: 10}
model: {name: lenet-300-100, width: 30}
prune: {method: snip, sparsity: 0.5, batch-size: 32}
sweep: {seed: [0, 1]}
YAML
"$SKEL" run job.yaml --out . -q >out 2>err </dev/null || fail "the runs"
# shellcheck disable=SC2206 # the files of two runs
runs=(kept/*.h5)
run=${runs[0]}
other=${runs[1]}
journal=${other%.h5}.log.jsonl
"$SKEL" spectrum "$run" --of mask --samples 20 >out 2>err </dev/null || fail "the spectra"
/usr/bin/python3 - <<'END' || exit 1
import h5py
import numpy as np

with h5py.File("data.h5", "w") as out:
    for half in "train", "test":
        out[half + "/images"] = np.zeros((20, 1, 8, 8), np.uint8)
        out[half + "/labels"] = np.arange(20) % 10
    out.attrs["classes"] = 10
END
head -c 2000 "$run" >damaged.h5
"$SKEL" export "$run" --compact --out weights.h5 >out 2>err || fail "a weight file"
mkdir sub set
ln -s "../$run" sub/link.h5
cp "$("$SKEL" data | awk '$1 == "fashion-mnist" { print $NF }')"/* set
files=("${runs[@]}" "$journal" "$run.spectra" data.h5 damaged.h5 weights.h5 set/*)
md5sum "${files[@]}" >sums

# expect STATUS TEXT WORDS...: runs skel WORDS; it says TEXT, and all files have their bytes
expect() {
    local status=$1 text=$2 got=0
    shift 2
    timeout 60 "$SKEL" "$@" >out 2>err </dev/null || got=$?
    [ "$got" = "$status" ] || complain "skel $*: exit status $got, not $status"
    grep -qF -- "$text" out err || complain "skel $*: does not say: $text"
    md5sum --quiet -c sums >/dev/null 2>&1 || complain "skel $*: a file has changed"
}

show=(data show data.h5 --images 2 --out)
for file in "$run" "./sub/../$run" sub/link.h5 "$PWD/$other"; do
    what="$file is a run file of skel: name another file"
    expect 64 "$what" export "$run" --compact --out "$file"
    expect 64 "$what" export "$run" --onnx "$file"
    expect 64 "$what" export "$run" --numpy "$file"
    expect 64 "$what" eval "$run" --repeat 0 --predictions "$file"
    expect 64 "$what" "${show[@]}" "$file"
done
expect 64 "$journal is the journal of a run" export "$run" --numpy "$journal"
expect 64 "$run.spectra is a file of spectra" export "$run" --compact --out "$run.spectra"
expect 64 "data.h5 is a data file" "${show[@]}" data.h5
expect 64 "data.h5 is a data file" export "$run" --compact --out data.h5
expect 64 "damaged.h5 is a damaged HDF5 file" export "$run" --compact --out damaged.h5
expect 64 "weights.h5 is a weight file" export "$run" --onnx weights.h5
for file in set/t10k-labels*; do
    expect 64 "$file is a file of the data set" data show fashion-mnist --dir set --out "$file"
    expect 64 "$file is a file of the data set" eval "$run" --data ./set --repeat 0 --predictions "$file"
done
cp "$SOURCE/analysis/peer_torch.py" peer.py
md5sum peer.py >>sums
expect 64 "peer.py is a file that the command reads" eval "$run" --peer peer.py --predictions peer.py

# two outputs of one name
expect 64 "--onnx and --numpy name one file" export "$run" --onnx x --numpy sub/../x
[ ! -e x ] || complain "one of two outputs was written"

# spectra replace spectra, and no other file in their place
sed -i '/.spectra$/d' sums
expect 0 "wrote $run.spectra" spectrum "$run" --of mask --samples 20
cp "$run" "$other.spectra"
md5sum "$other.spectra" >>sums
expect 64 "$other.spectra is a run file of skel" spectrum "$other" --of mask --samples 20

# what is no file is no output; links lead to theirs
mkfifo pipe
mkdir folder
ln -s target link
nodes=(pipe folder)
if mknod device c 1 3 2>/dev/null; then # as root
    nodes+=(device)
fi
kinds=("a pipe" "a folder" "a device")
for i in "${!nodes[@]}"; do
    what="${nodes[$i]} is ${kinds[$i]}, not a file"
    expect 74 "$what" export "$run" --compact --out "${nodes[$i]}"
    expect 74 "$what" export "$run" --numpy "${nodes[$i]}"
    expect 74 "$what" "${show[@]}" "${nodes[$i]}"
done
[ -p pipe ] || complain "the pipe was replaced"
[ ! -e device ] || [ -c device ] || complain "the device was replaced"
expect 0 "link: " export "$run" --compact --out link
expect 0 "link: " export "$run" --compact --out link
"$SKEL" inspect target >out 2>err || complain "no weight file at the end of the link"
rm target
expect 0 "link: " "${show[@]}" link
[ "$(readlink link)" = target ] || complain "the link was replaced"

# earlier outputs of the same kind are replaced
sed -i '/ weights.h5$/d' sums
cp weights.h5 small.h5
expect 0 "small.h5: " export "$run" --compact --out small.h5
echo text >page
expect 0 "page: " "${show[@]}" page
expect 0 "test on" eval "$run" --repeat 0 --predictions page
expect 0 "page: NumPy's arrays" export "$run" --numpy page
verdict
