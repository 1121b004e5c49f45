#!/usr/bin/env bash
# Runs are stopped inside epochs, tests, legs and changes of the mask, again and again: exit status 75, and the file in
# the end is that of an undisturbed run, bit by bit, on any number of ranks.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/support/stopping.sh
. "$SOURCE/tests/support/stopping.sh"

# A step has 2 microbatches.
chain 9 2 prune.method=snip prune.check=shuffle-layerwise
chain 16 2 prune.method=imp prune.iterations=2 prune.rewind=1
chain 12 2 prune.method=rigl prune.update-every=2
chain 12 2 prune.method=set prune.update-every=2
