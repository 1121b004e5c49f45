#!/usr/bin/env bash
# A data file of a user, written by the six lines of `skel data --help`: the same run on any number
# of ranks and wherever its images are kept; refused on other data; used without the file afterwards.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"

cat >job.yaml <<'YAML'
data: {file: mine.h5, augment: crop-flip, crop-padding: 2, pad-to: 24}
model: {name: resnet20, width: 4}
prune: {method: snip, sparsity: 0.8, batch-size: 64}
train: {epochs: 2, batch-size: 32, learning-rate: 0.05}
compute: {microbatch: 16}
YAML

# The help's own lines, with images of five channels that are not square.
"$SKEL" data --help | sed -n '/^    import h5py/,/^$/p' | sed 's/^    //' >six.py
[ "$(wc -l <six.py)" -eq 7 ] # six and an empty line
write() { # FILE TYPE SHIFT
    { cat <<END
import numpy
y = numpy.random.default_rng(3).integers(0, 10, 300)
x = numpy.random.default_rng(4).integers(0, 64, (300, 5, 24, 16)) + 18 * y[:, None, None, None] + $3
x = x.astype("$2") / (1 if "$2" == "uint8" else 100)
x, y, x_test, y_test = x[:200].astype("$2"), y[:200], x[200:].astype("$2"), y[200:]
END
      cat six.py; } >write.py
    /usr/bin/python3 write.py
    [ "$1" = mine.h5 ] || mv mine.h5 "$1"
}
write floats.h5 float32 0
write other.h5 uint8 1
write mine.h5 uint8 0

run() { # RANKS OUT KEY=VALUE...
    "$MPIEXEC" -n "$1" --oversubscribe "$SKEL" run job.yaml --out "$2" -q "${@:3}" >log 2>&1 ||
        { cat log; exit 1; }
}

same() { # NAME "CACHE RANKS; ..." KEY=VALUE...
    local cache ranks
    while read -r cache ranks; do
        run "$ranks" "$1/$cache$ranks" data.cache="$cache" "${@:3}" </dev/null
    done < <(tr ';' '\n' <<<"$2")
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$1"/*/job/*.h5
    [ "$(find "$1" -name '*.h5' | wc -l)" -eq "$(tr ';' '\n' <<<"$2" | wc -l)" ]
}

same cropped "memory 1;memory 2;file 3;file 4"
sample_takes 2 && same floats "memory 3;file 1" data.file=floats.h5 data.augment=random-resized-crop \
    data.crop-scale-low=0.3 train.epochs=1
sample_takes 2 && same windows "memory 1;file 3" data.augment=random-resized-crop \
    prune.augment=random-resized-crop train.epochs=1

# Other content is another run; a name says nothing.
cp mine.h5 renamed.h5
name() { basename "$("$SKEL" plan job.yaml data.file="$1" --format tsv | grep -o '[^	]*\.h5' | grep snip)"; }
[ "$(name mine.h5)" = "$(name renamed.h5)" ]
[ "$(name mine.h5)" != "$(name other.h5)" ]

# The file is replaced between two halves of a run.
cp mine.h5 kept.h5
if "$SKEL" run job.yaml --out half -q --max-time 0.001s >log 2>&1; then cat log; exit 1; fi
find half -name '*.checkpoint' | grep -q . || { cat log; exit 1; }
checkpoint=$(find half -name '*.checkpoint')
cp other.h5 mine.h5
mv "$checkpoint" "${checkpoint%/*}/$(name mine.h5).checkpoint"
if "$SKEL" run job.yaml --out half -q >log 2>&1; then cat log; exit 1; fi
grep "was computed on other data" log
mv half/job/*.checkpoint "$checkpoint"
cp kept.h5 mine.h5
run 1 half
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" cropped/memory1/job/*.h5 half/job/*.h5

# Statistics that --store writes change no run: a finished one is not computed again, a stopped one goes on.
plain=$(name mine.h5)
sum=$(sha256sum <mine.h5)
ln mine.h5 former.h5
chmod 640 mine.h5
if "$SKEL" run job.yaml --out stored -q --max-time 0.001s >log 2>&1; then cat log; exit 1; fi
"$SKEL" data mine.h5 --store >log
[ "$sum" = "$(sha256sum <former.h5)" ] # it was replaced as a whole
[ "$(stat -c %a mine.h5)" = 640 ]
[ "$(find . -maxdepth 1 -name '*.part*' | wc -l)" = 0 ]
"$SKEL" data mine.h5 | grep "the file's"
[ "$plain" = "$(name mine.h5)" ]
"$SKEL" run job.yaml --out half >log 2>&1
grep -q "done before" log || { cat log; exit 1; }
run 1 stored
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" cropped/memory1/job/*.h5 stored/job/*.h5
/usr/bin/python3 -c 'import h5py; f = h5py.File("mine.h5", "a"); f.attrs["mean"] = f.attrs["mean"] + 1e-3'
[ "$plain" != "$(name mine.h5)" ]
cp kept.h5 mine.h5

# A finished run needs the file for its test alone.
"$SKEL" eval cropped/file3/job/*.h5 | grep "the same, to the last bit"
mv mine.h5 moved.h5
"$SKEL" eval cropped/file3/job/*.h5 --data moved.h5 | grep "test on moved.h5"
if "$SKEL" eval cropped/file3/job/*.h5 >log 2>&1; then cat log; exit 1; fi
grep "mine.h5: open" log
