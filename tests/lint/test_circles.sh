#!/bin/bash
# Inside a room, no files use one another in a circle.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

room=src/nn/engines/dense
put $room/engine.c <<<'int skel_engine(void) { return skel_forward(); }'
put $room/passes/forward.c <<<'int skel_forward(void) { return skel_steps[0]; }'
put $room/compile/steps.h <<<'static inline int steps_of(void) { return skel_engine(); }'
put $room/compile/steps.c <<<'const int skel_steps[] = {1, 2};'
put src/prune/mask.c <<<'int skel_mask(int a) { return a == 0 ? 0 : skel_topk(a - 1); }'
put src/prune/topk.c <<<'int skel_topk(int a) { return skel_mask(a); }'
# no circles: a name in a comment, a name of its own, a prototype, another room's function
put src/train/epoch.c <<'END'
/* skel_rate() is not called here. */
static int scale(int a) { return a; }
int skel_rate(int a);
int skel_epoch(void) { return scale(1); }
END
put src/train/rate.c <<'END'
static int scale(int a) { return a; }
int skel_other(int a) { return scale(a) + skel_epoch() + skel_mask(a); }
END
must_find 'compile/steps.c:1: a circle: .*steps uses .*engine uses .*forward uses .*steps$' \
    python3 "$lints/circles.py" "$sample"
must_find 'prune/mask.c:1: a circle: src/prune/mask uses src/prune/topk uses src/prune/mask' \
    python3 "$lints/circles.py" "$sample"
if python3 "$lints/circles.py" "$sample" | grep 'src/train'; then
    exit 1
fi

python3 "$lints/circles.py" "$SOURCE"
