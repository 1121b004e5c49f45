#!/usr/bin/env bash
# Images that stay in the file take no memory: a run on a file of 295 MB has less resident memory
# than the file is long, and computes what it computes with the images in memory.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
data: {file: large.h5, test-samples: 64, augment: standard}
model: {name: resnet20, width: 4}
prune: {method: snip, sparsity: 0.9, batch-size: 64}
compute: {microbatch: 16}
YAML
/usr/bin/python3 - <<'END'
import h5py
import numpy

images = numpy.random.default_rng(0).integers(0, 255, (24000, 3, 64, 64), dtype="uint8")
with h5py.File("large.h5", "w") as f:
    f["/train/images"], f["/train/labels"] = images, numpy.arange(24000) % 10
    f["/test/images"], f["/test/labels"] = images[:64], numpy.arange(64) % 10
    f.attrs["classes"], f.attrs["mean"], f.attrs["deviation"] = 10, [0.5] * 3, [0.3] * 3
END

peak() { # CACHE: resident memory of the run, bytes
    /usr/bin/python3 - "$SKEL" "$1" <<'END'
import resource
import subprocess
import sys

subprocess.run([sys.argv[1], "run", "job.yaml", "data.cache=" + sys.argv[2], "--out", sys.argv[2], "-q"],
               check=True, stdout=subprocess.DEVNULL)
print(1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}

bytes=$(stat -c %s large.h5)
file=$(peak file)
memory=$(peak memory)
echo "a file of $bytes bytes: $file bytes resident with data.cache=file, $memory with memory"
[ "$file" -lt "$bytes" ]
[ "$memory" -gt "$bytes" ]
/usr/bin/python3 "$SOURCE/tests/support/same_run.py" {file,memory}/job/*.h5
