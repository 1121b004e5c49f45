#!/bin/bash
# Dependencies between rooms point down only, and every library has one owner.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

put src/base/low.c <<<'#include "skel/high.h"'
put src/cli/high.c <<<'#include <hdf5.h>'
put src/nn/model/net.c <<<'#include "../../cli/secret.h"'
put src/nn/engines/sparse/fast.c <<<'#include <oneapi/dnnl/dnnl.h>'
put src/cli/secret.h </dev/null
put src/nn/engines/dense/kernels/up.c <<<'#include "../passes/steps.h"'
put src/nn/engines/dense/passes/steps.h </dev/null
put src/attic/old.c </dev/null
put include/skel/high.h </dev/null
put include/skel/twice.h </dev/null
put include/skel/lonely.h </dev/null
put src/nn/plan/twice.c </dev/null
put src/run/twice.c </dev/null
must_find 'base/low.c:1: room base must not include skel/high.h of room cli' \
    python3 "$lints/layers.py" "$sample"
must_find 'high.c:1: <hdf5.h> is only for src/store' python3 "$lints/layers.py" "$sample"
must_find 'net.c:1: .* private header src/cli/secret.h' python3 "$lints/layers.py" "$sample"
must_find 'up.c:1: .* private header src/nn/engines/dense/passes/steps.h' python3 "$lints/layers.py" "$sample"
must_find 'fast.c:1: .* only for src/nn/engines/dense' python3 "$lints/layers.py" "$sample"
must_find 'lonely.h:1: no room, or several' python3 "$lints/layers.py" "$sample"
must_find 'twice.h:1: no room, or several' python3 "$lints/layers.py" "$sample"
must_find 'src/attic is not a room' python3 "$lints/layers.py" "$sample"

python3 "$lints/layers.py" "$SOURCE"
