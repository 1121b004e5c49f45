#!/bin/bash
# No name with external linkage is defined twice.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

put src/setup/workers.c <<<'int skel_workers(void) { return 1; }'
put src/setup/worker.c <<<'int skel_workers(void) { return 2; } static int own(void) { return 1; }'
put src/train/own.c <<<'static int own(void) { return skel_workers(); }'
must_find 'setup/workers.c:1: skel_workers is also defined in src/setup/worker.c' \
    python3 "$lints/twice.py" "$sample"
if python3 "$lints/twice.py" "$sample" | grep 'train/own'; then
    exit 1
fi

python3 "$lints/twice.py" "$SOURCE"
