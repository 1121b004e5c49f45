#!/usr/bin/env bash
# libskel as another program uses it: installed into a folder of its own, found by CMake and by
# pkg-config, and its predictions those of skel eval and of PyTorch.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
example=$SOURCE/analysis/predict

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"
logs=(out err)

# expect STATUS TEXT COMMAND...
expect() {
    local result=0
    "${@:3}" >out 2>err </dev/null || result=$?
    [ "$result" = "$1" ] || fail "${*:3}: exit status $result, not $1"
    grep -qF -- "$2" out err || fail "${*:3}: does not say: $2"
}

# Installed: the program, the header, the library, its packages. Then moved: nothing knows a path.
cmake --install "$BUILD" --prefix "$work/first" >log
mv first prefix
[ "$(find prefix -name '*.h')" = prefix/include/skel/predictor.h ] || fail 'not one header'
library=$(find prefix -name 'libskel.so')
nm -D --defined-only "$library" | awk '{ print $3 }' >exported
grep -o 'skel_predictor_[a-z]*(' prefix/include/skel/predictor.h | tr -d '(' | sort -u >declared
sort exported | diff - declared || fail 'the library exports other names than the header declares'

# The example, outside the source and with the installed package alone, by both ways.
cp "$example"/* .
cmake -S . -B built -DCMAKE_PREFIX_PATH="$work/prefix" >log 2>&1 || { cat log; exit 1; }
cmake --build built >log 2>&1 || { cat log; exit 1; }
# shellcheck disable=SC2046
if command -v pkg-config >/dev/null; then
    PKG_CONFIG_PATH=$(dirname "$library")/pkgconfig pkg-config --modversion skel | grep -q '^[0-9]' || fail version
    gcc -std=c11 -Wall -Wextra -Wpedantic -Werror predict.c \
        $(PKG_CONFIG_PATH=$(dirname "$library")/pkgconfig pkg-config --cflags --libs skel) -o by-hand
fi
echo '#include <skel/predictor.h>
      int main() { return skel_predictor_describe(nullptr).classes == 0 ? 0 : 1; }' >plus.cpp
if command -v g++ >/dev/null; then
    g++ -Wall -Wextra -Wpedantic -Werror -Iprefix/include plus.cpp -L"$(dirname "$library")" -lskel -o plus
    LD_LIBRARY_PATH=$(dirname "$library") ./plus || fail 'a program in C++'
fi

cat >job.yaml <<'YAML'
name: runs
data: {set: fashion-mnist, train-samples: 1000, test-samples: 200}
model: {name: lenet-5, width: 4}
prune: {method: force, sparsity: 0.96, iterations: 2, batches: 1, batch-size: 50}
train: {epochs: 1, batch-size: 50}
compute: {microbatch: 25, engine: sparse}
YAML
cat >padded.yaml <<'YAML'
name: padded
data: {set: fashion-mnist, pad-to: 32, train-samples: 300, test-samples: 200}
model: {name: vgg11, width: 4}
prune: {method: none}
train: {epochs: 1, batch-size: 50}
YAML
for job in job.yaml padded.yaml; do
    "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run $job --out . -q >log 2>&1 </dev/null || { cat log; exit 1; }
done
folder=$("$SKEL" data | awk '$1 == "fashion-mnist" { print $NF }')
if [ -e "$folder/t10k-images-idx3-ubyte" ]; then
    cp "$folder/t10k-images-idx3-ubyte" images
else
    gzip -dc "$folder/t10k-images-idx3-ubyte.gz" >images
fi

# The classes of skel eval, image by image, for pruned and dense, padded and unpadded networks.
for file in runs/*.h5 padded/*.h5; do
    "$SKEL" eval "$file" --tsv --predictions answers >log
    cut -f2 answers >expected
    built/predict "$file" images 200 >predicted
    cmp expected predicted || fail "$file: other classes than skel eval"
    [ "$(sort -u predicted | wc -l)" -gt 1 ] || fail "$file: one class for all images"
    [ ! -x by-hand ] || LD_LIBRARY_PATH=$(dirname "$library") ./by-hand "$file" images 200 | cmp - predicted ||
        fail "$file: other classes without CMake"
done
for engine in dense sparse reference; do
    "$SKEL" eval runs/*.h5 --engine $engine --tsv --predictions answers >log
    built/predict runs/*.h5 images 200 $engine | cmp - <(cut -f2 answers) || fail "engine $engine"
done

# PyTorch with the same file: the same classes, but where two logits are equal up to rounding.
if has_python torch h5py numpy; then
    built/predict runs/*.h5 images 200 >lenet-5
    built/predict padded/*.h5 images 200 >vgg11
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SOURCE/analysis /usr/bin/python3 - runs/*.h5 padded/*.h5 <<'END'
import sys
import numpy as np
import torch
import skel_torch

pixels = np.fromfile("images", np.uint8, 200 * 784, offset=16).reshape(200, 1, 28, 28)
for path, name, padding in (sys.argv[1], "lenet-5", 0), (sys.argv[2], "vgg11", 2):
    padded = torch.nn.functional.pad(torch.from_numpy(pixels), (padding,) * 4)
    images = (padded / 255 - 0.2860) / 0.3530
    with torch.no_grad():
        logits = skel_torch.load(path, name)[0].eval()(images)
    said = torch.from_numpy(np.loadtxt(name, dtype=np.int64))
    behind = logits.max(1).values - logits.gather(1, said[:, None])[:, 0]
    if not (behind <= 1e-4 * logits.abs().max()).all():
        sys.exit(f"FAILED: {name}: PyTorch has other classes for {int((behind > 0).sum())} images")
END
fi

# MPI is not started: it cannot be, without any way to send. Nor is another variable needed.
env -i OMPI_MCA_pml=none "$work/built/predict" runs/*.h5 images 3 | cmp - <(head -3 lenet-5 2>/dev/null || built/predict runs/*.h5 images 3) ||
    fail 'an empty environment'

# Errors: a status and a message, no crash.
head -c 3000 runs/*.h5 >short.h5
expect 74 'nowhere.h5: open: No such file' built/predict nowhere.h5 images 1
expect 65 'damaged or truncated' built/predict short.h5 images 1
expect 65 'is not an HDF5 file' built/predict images images 1
expect 64 "unknown engine 'dens'; did you mean 'dense'?" built/predict runs/*.h5 images 1 dens
expect 64 'the run keeps all of its' built/predict padded/*.h5 images 1 sparse
expect 64 'SKEL_MAX_ISA=axv2: not an instruction set; did you mean avx2?' \
    env SKEL_MAX_ISA=axv2 built/predict runs/*.h5 images 1

cat >wrong.c <<'END'
#include <skel/predictor.h>

#include <stdio.h>
#include <string.h>

static int failures;

static void check(int ok, const char *what)
{
    if (!ok) {
        printf("FAILED: %s: %s\n", what, skel_predictor_error());
        failures++;
    }
}

int main(int argc, char **argv)
{
    static uint8_t pixels[7 * 784];
    static float logits[7 * 10];
    static float again[7 * 10];
    size_t classes[1];
    skel_predictor *predictor = NULL;
    skel_predictor_options options = {.batch = 70000};
    skel_predictor_facts facts;

    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = (uint8_t)(i * 37 % 251);
    }
    check(argc == 2 && skel_predictor_error()[0] == '\0', "no error at first");
    check(skel_predictor_open(NULL, NULL, &predictor) == 64, "no path");
    check(skel_predictor_open(argv[1], NULL, NULL) == 64, "no output");
    check(skel_predictor_open(argv[1], &options, &predictor) == 64, "a batch of 70000");
    options.batch = 0;
    options.threads = -1;
    check(skel_predictor_open(argv[1], &options, &predictor) == 64, "-1 threads");
    options.threads = 1025;
    check(skel_predictor_open(argv[1], &options, &predictor) == 64, "1025 threads");
    check(predictor == NULL, "nothing is open after an error");
    check(skel_predictor_pixels(NULL, 1, pixels, logits) == 64, "no predictor");
    skel_predictor_close(&predictor);
    skel_predictor_close(NULL);

    options = (skel_predictor_options){.batch = 3, .threads = 1};
    check(skel_predictor_open(argv[1], &options, &predictor) == 0, "open");
    facts = skel_predictor_describe(predictor);
    check(strcmp(facts.model, "lenet-5") == 0 && strcmp(facts.data, "fashion-mnist") == 0 &&
              strcmp(facts.engine, "sparse") == 0, "names");
    check(facts.channels == 1 && facts.height == 28 && facts.input_width == 28 &&
              facts.classes == 10 && facts.kept * 25 == facts.prunable, "numbers");
    check(facts.test_accuracy >= 0 && facts.test_accuracy <= 1, "accuracy");
    check(skel_predictor_pixels(predictor, 7, pixels, logits) == 0, "seven images in batches of 3");
    check(skel_predictor_pixels(predictor, 0, NULL, NULL) == 0, "no images");
    check(skel_predictor_pixels(predictor, 1, NULL, logits) == 64, "no pixels");
    check(skel_predictor_images(predictor, 1, NULL, logits) == 64, "no normalised images");
    check(skel_predictor_classes(predictor, 1, NULL, classes) == 64, "no logits");

    static float images[7 * 784];
    for (size_t i = 0; i < sizeof pixels; i++) {
        images[i] = (float)((pixels[i] / 255.0 - (double)facts.mean[0]) / (double)facts.deviation[0]);
    }
    check(skel_predictor_images(predictor, 7, images, again) == 0, "normalised images");
    check(memcmp(logits, again, sizeof logits) == 0, "pixels and normalised images: the same logits");
    skel_predictor_close(&predictor);
    check(predictor == NULL, "closed");
    return failures;
}
END
gcc -std=c11 -Iprefix/include wrong.c -L"$(dirname "$library")" -lskel -o wrong
LD_LIBRARY_PATH=$(dirname "$library") ./wrong runs/*.h5 || fail 'the interface'
