#!/bin/bash
# skel bench measures, compares, and says what it could not measure. No figure is judged here.
set -euo pipefail
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"

run() {
    "$MPIEXEC" -n "$1" --oversubscribe "$SKEL" bench "${@:2}" </dev/null
}

must_say() {
    if ! grep -qE -- "$1" <<<"$output"; then
        printf 'the output does not have: %s\n%s\n' "$1" "$output"
        exit 1
    fi
}

must_not_say() {
    if grep -E -- "$1" <<<"$output"; then
        echo "the output has: $1"
        exit 1
    fi
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

output=$(run 2 topk reduce --count 1000 --repeat 2 --peer none)
must_say '^topk: the 10 largest of 1000 '
must_say '^reduce: the sum of 1000 floats over 2 ranks'
must_say '^  skel exact +2 x 1 +[0-9]'
must_say '^  through shared memory +2 x 1 +[0-9]'
must_say '^  PyTorch topk +not measured: --peer none'
must_not_say '[0-9]e[+-]?[0-9]' # rates are one form of number

output=$(run 2 data --model resnet20 --width 4 --batch 8 --repeat 2 --peer none)
must_say '^data: loading 8 images a rank, JPEG files of [0-9]+ bytes on average'
must_say '^  JPEG 375x500 to 224, resized crop +2 x 1 +[0-9]'
must_say 'it can feed [0-9.]+ such networks'

output=$(run 2 flow --model resnet20 --width 3 --repeat 2 --peer none)
must_say '^flow: resnet20 of width 3, half of the weights kept'
must_say '^  skel gradient of 1 image +1 x 1 +[0-9]'
must_say '^  skel flow +1 x 1 +[0-9]'

output=$(run 2 scale --model vgg11 --width 4 --microbatch 2 --repeat 1 --density 0.25 --peer none \
    --ranks-per-node 8 --latency 1.5 --bandwidth 25)
must_say '^scale: vgg11 of width 4, 2 images a rank'
must_say 'assumed: 8 ranks a node, network 1.50 us and 25.00 GB/s a node'
for title in 'dense training' 'sparse training' 'pruning iteration'; do
    must_say "^  $title"
done
[ "$(grep -cE '^ +(1|2|4|8|16|32|64|128|256|512|1024|2048|4096) +[0-9.]+ ' <<<"$output")" -eq 39 ]

# A stand-in for PyTorch that keeps to the protocol, and fails at its second run.
cat >"$folder/peer.py" <<'END'
import sys
print("ready 9.9 7", flush=True)
runs = 0
for line in sys.stdin:
    runs += line.startswith("run")
    print(("error out of luck" if runs > 1 else "seconds 0.5") if line.startswith("run") else "ok",
          flush=True)
END
output=$(run 2 gradient --model lenet-300-100 --width 9 --batch 5 --microbatch 2 --repeat 1 \
    --peer "$folder/peer.py")
must_say '5 random images in 3 microbatches of 2'
must_say '^  PyTorch 9.9 +1 x 7 +0.50000'
must_say '^  PyTorch 9.9 channels_last +not measured: the peer says: out of luck'
must_say "convolutions' own time"

# The peer gets a description of the network, with groups if there are any. It is removed afterwards.
cat >"$folder/copies.py" <<'END'
import shutil, sys
print("ready 9.9 7", flush=True)
for line in sys.stdin:
    if line.startswith("prepare"):
        shutil.copy(line.split()[3], sys.argv[0] + ".network")
    print("seconds 0.5" if line.startswith("run") else "ok", flush=True)
END
mkdir "$folder/described"
output=$(TMPDIR=$folder/described run 1 gradient --model resnet20 --width 4 --groups 2 --batch 2 \
    --repeat 1 --peer "$folder/copies.py")
must_say '^gradient: resnet20 of width 4 in 2 groups, 2 random images'
[ "$(grep -cE '^conv .* 2 0 [^ ]*$' "$folder/copies.py.network")" -eq 18 ]
output=$(TMPDIR=$folder/described run 1 gradient --model resnet20 --width 4 --batch 2 --repeat 1 \
    --layers --peer "$folder/copies.py")
must_say "Winograd's algorithm does fewer, and may be above the peak"
[ "$(grep -cE '^conv .* 1 0 [^ ]*$' "$folder/copies.py.network")" -eq 21 ]
[ -z "$(find "$folder/described" -type f)" ]
# PyTorch makes of it what it makes of its own definition of the network.
if has_python torch; then
    (cd "$(dirname "$0")/../../analysis" && /usr/bin/python3 -B - "$folder/copies.py.network") <<'END'
import sys
import torch
import network_torch
import skel_torch

described = network_torch.read(sys.argv[1]).eval()
written = skel_torch.build("resnet20", 10, 3, 4).eval()
known = {tuple(p.shape): [] for p in written.parameters()}
for p in written.parameters():
    known[tuple(p.shape)].append(p)
for p in described.parameters():
    p.data.copy_(known[tuple(p.shape)].pop(0).data)
assert not any(known.values()), "parameters are left"
images = torch.randn(2, *described.image)
assert torch.allclose(described(images), written(images), atol=1e-5), "logits differ"
END
fi

# Gradients of single images, by every engine.
for engine in sparse dense reference; do
    output=$(run 2 samples --model lenet-5 --width 4 --batch 5 --repeat 1 --peer none --density 0.1 \
        --engine $engine)
    must_say "^samples: lenet-5 of width 4, [0-9]+ of [0-9]+ weights kept, mask uniform, batch 5, engine $engine"
    must_say '^  gradients of its images +1 x 1 +[0-9]'
    must_say '^  image after image +1 x 1 +[0-9]'
done

# Products with the Hessian, by every engine that can.
for engine in dense reference; do
    output=$(run 2 hessian --model lenet-5 --width 4 --batch 5 --microbatch 2 --repeat 2 --peer none \
        --engine $engine)
    must_say "5 random images in 3 microbatches of 2, engine $engine"
    must_say '^  skel Hessian times gradient +2 x 1 +[0-9]'
    must_say '^  skel both +2 x 1 +[0-9]'
done

# A whole pruning leaves no file behind.
mkdir "$folder/tmp"
output=$(TMPDIR=$folder/tmp run 2 prune --model vgg11 --width 2 --batch 6 --iterations 3 \
    --method iter-snip --density 0.1 --repeat 1 --peer none 2>&1)
must_say '^prune: iter-snip on vgg11 of width 2, 3 iterations to [0-9]+ of [0-9]+ weights, batch 6, '
must_say '^  skel +2 x 1 +[0-9]'
[ -z "$(find "$folder/tmp" -name "skel-bench*")" ]
# The images are random: a mask that has collapsed is no news.
output=$(TMPDIR=$folder/tmp run 1 prune --model resnet20 --width 2 --batch 2 --iterations 3 --density 0.001 \
    --repeat 1 --peer none 2>&1)
must_say '^prune: force on resnet20 of width 2, 3 iterations'
must_not_say 'warning'
# The peer prunes the same network for the same images, whatever the images of the network's paper are.
output=$(TMPDIR=$folder/tmp run 1 prune --model resnet18-imagenet --width 2 --batch 2 --iterations 1 --repeat 1 \
    --peer "$folder/copies.py" 2>&1)
must_say '^  PyTorch 9.9, masked +1 x 7 +0.5'
[ "$(head -n 1 "$folder/copies.py.network")" = 'image 3 32 32' ]
grep -qE '^linear 67 68 16 10 1 fc.weight fc.bias$' "$folder/copies.py.network"
[ -z "$(find "$folder/tmp" -type f)" ]

output=$(TMPDIR=$folder/tmp run 2 checkpoint --model lenet-5 --repeat 2 --peer none 2>&1)
must_say '^checkpoint: lenet-5, [0-9.]+ MiB, in '
must_say '^  skel checkpoint +2 x 1 +[0-9]'
must_say '^  plain write, fsync, rename +1 x 1 +[0-9]'
must_say 'at most 1.96 % \(checkpoint.spacing 50\)'
[ -z "$(find "$folder/tmp" -name "skel-bench*")" ]

# Dense matrices: both ways agree within rounding, on several ranks and on one, or the part fails.
if "$SKEL" --version | grep ScaLAPACK >/dev/null; then
    for ranks in 1 2; do
        output=$(run $ranks linalg --samples 130 --repeat 1 --peer none 2>&1)
        must_say "^linalg: products G G' of 2048 columns of 130 random rows"
        must_say "^  ScaLAPACK pdsyrk +$ranks x 1 +[0-9]"
        must_say '^  OpenBLAS dsyrk +1 x 1 +[0-9]'
        must_say '^linalg: the Cholesky factor of 130 random rows'
        must_say "^  OpenBLAS dpotrf +[0-9.]+ % of the peak in double"
        output=$(run $ranks qr --samples 40 --repeat 1 --peer none 2>&1)
        must_say '^qr: 40 orthonormal vectors of 80 elements; Gram-Schmidt is faster'
        must_say "^  skel, blocks of reflectors +$ranks x 1 +[0-9]"
        must_say "^  ScaLAPACK pdgeqrf, pdorgqr +$ranks x 1 +[0-9]"
        must_say '^  LAPACK dgeqrf, dorgqr +1 x 1 +[0-9]'
        output=$(run $ranks elimination --samples 70 --repeat 1 --peer none 2>&1)
        must_say '^elimination: a layer of 70 inputs'
        must_say "^  inverse by ScaLAPACK, all ranks +$ranks x 1 +[0-9]"
    done
else
    status=0
    output=$(run 1 linalg --samples 130 --repeat 1 --peer none 2>&1) || status=$?
    must_say 'built without ScaLAPACK'
    [ "$status" -eq 69 ]
fi

# All parts: one that this skel was built without is named, and the others are measured.
output=$(TMPDIR=$folder/tmp run 1 --model resnet20 --width 2 --batch 2 --count 1000 --samples 20 --iterations 1 \
    --density 0.5 --repeat 1 --peer none 2>&1)
must_say "^checkpoint: resnet20"
must_say '^samples: resnet20'
must_say '^linalg: (products|not measured: .*built without ScaLAPACK)'

# The real one, where it is installed.
if has_python torch; then
    output=$(run 1 topk gradient hessian --model vgg11 --width 2 --batch 2 --count 1000 --repeat 1)
    must_say '^  PyTorch [0-9].* channels_last +1 x [0-9]+ +[0-9]'
    output+=$(run 1 prune step --model vgg11 --width 2 --batch 2 --iterations 2 --repeat 1 \
        --engine sparse 2>/dev/null)
    must_say '^  PyTorch [0-9].*, masked +1 x [0-9]+ +[0-9]'
    must_say '^  PyTorch [0-9].* both +1 x [0-9]+ +[0-9]'
    must_say '^  PyTorch [0-9].* topk +1 x [0-9]+ +[0-9]'
fi

# Masks of a file: of another network, of more weights than were asked for, of no such file.
cat >"$folder/job.yaml" <<'YAML'
name: few
data: {set: fashion-mnist, train-samples: 128, test-samples: 32}
model: {name: lenet-5, width: 4}
prune: {method: random, sparsity: 0.95}
train: {epochs: 0}
YAML
"$SKEL" run "$folder/job.yaml" --out "$folder" -q >"$folder/log" 2>&1 </dev/null ||
    { cat "$folder/log"; exit 1; }
mask=$(echo "$folder"/few/*.h5)

# refuses STATUS TEXT WORDS...: skel bench WORDS leaves with the status, and says the text
refuses() {
    local status=0
    output=$("$SKEL" bench "${@:3}" --batch 2 --repeat 1 --peer none 2>&1 </dev/null) || status=$?
    must_say "$2"
    [ "$status" -eq "$1" ] || { echo "skel bench ${*:3} leaves with $status"; exit 1; }
}
for part in step samples; do
    refuses 0 "^$part: lenet-5 of width 4, 905 of 18100 weights kept" $part --model lenet-5 --width 4 --mask "$mask"
    refuses 64 'keeps 905 of 18100 weights, more than --density 0.04' \
        $part --model lenet-5 --width 4 --mask "$mask" --density 0.04
    refuses 65 'no masks of lenet-5 of width 8: /masks/conv1.weight has 100 elements, not 200' \
        $part --model lenet-5 --width 8 --mask "$mask"
    refuses 65 'no masks of lenet-300-100 of width 300: .*; it is a run of lenet-5' \
        $part --model lenet-300-100 --mask "$mask"
    refuses 64 '--mask unifrom: no such file; did you mean uniform' $part --model lenet-5 --mask unifrom
    refuses 74 'nowhere.h5: open: No such file' $part --model lenet-5 --mask nowhere.h5
done
if has_python h5py; then
    "$python" - "$mask" "$folder/turned.h5" <<'PY'
import sys

import h5py

with h5py.File(sys.argv[1]) as run, h5py.File(sys.argv[2], "w") as turned:
    for name, mask in run["masks"].items():
        turned[f"masks/{name}"] = mask[()].T if mask.ndim == 2 else mask[()]
PY
    refuses 65 '/masks/fc.*weight has as many elements, but another shape' \
        step --model lenet-5 --width 4 --mask "$folder/turned.h5"
fi

status=0
run 2 gradent >"$folder/out" 2>&1 || status=$?
output=$(cat "$folder/out")
must_say 'did you mean gradient'
[ "$status" -eq 64 ]
