#!/usr/bin/env bash
# The data file of a finished run is replaced: spectrum and saliency compute nothing on other images,
# and leave the spectra of before. eval takes other images, but no pixels of another kind.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/commands.sh
. "$SOURCE/tests/support/commands.sh"

/usr/bin/python3 - <<'PY'
import h5py
import numpy

for name, seed, kind in ("d", 1, "uint8"), ("other", 2, "uint8"), ("floats", 1, "float32"):
    rng = numpy.random.default_rng(seed)
    with h5py.File(name + ".h5", "w") as file:
        for part, count in ("train", 40), ("test", 20):
            pixels = rng.integers(0, 255, (count, 1, 28, 28)).astype(kind)
            file[f"/{part}/images"] = pixels if kind == "uint8" else pixels / numpy.float32(255)
            file[f"/{part}/labels"] = rng.integers(0, 10, count)
        file.attrs["classes"] = 10
PY
cat >job.yaml <<'YAML'
name: run
data: {file: d.h5}
model: {name: lenet-300-100, width: 6}
prune: {method: snip, sparsity: 0.5, batch-size: 20}
train: {epochs: 1, batch-size: 20}
YAML
run_job
run=$(echo runs/run/*.h5)
has_spectra=1
"$SKEL" spectrum "$run" --samples 3 >out 2>err || has_spectra=0
[ $has_spectra = 1 ] || grep -q "without ScaLAPACK" err || complain "no spectra"
expect 0 "20 images" saliency "$run"

cp d.h5 first.h5
cp other.h5 d.h5
expect 65 "was computed on other data: the XXH3-128 of d.h5 was" saliency "$run"
grep -qF "$run" err || complain "saliency does not name the run"
if [ $has_spectra = 1 ]; then
    cp "$run.spectra" before
    expect 65 "was computed on other data: the XXH3-128 of d.h5 was" spectrum "$run" --samples 3
    grep -qF "$run" err || complain "spectrum does not name the run"
    cmp -s before "$run.spectra" || complain "the spectra of the run's own data are gone"
fi
expect 0 "the two tests differ in content of the data set" eval "$run" --repeat 0
expect 0 "on other images" eval "$run" --repeat 0 --data other.h5
expect 64 "the pixels of floats.h5 are floating-point numbers, and the run's were bytes" eval "$run" --data floats.h5

cp first.h5 d.h5
expect 0 "20 images" saliency "$run"
[ $has_spectra = 0 ] || expect 0 "wrote" spectrum "$run" --samples 3
run_job data.file=floats.h5 name=floats
expect 64 "the pixels of d.h5 are bytes, and the run's were floating-point numbers" eval runs/floats/*.h5 --data d.h5
verdict
