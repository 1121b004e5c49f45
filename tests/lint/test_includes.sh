#!/bin/bash
# Every #include of a .c file is used.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

put include/skel/mask.h <<'END'
#ifndef SKEL_MASK_H
#define SKEL_MASK_H
typedef struct skel_mask { int kept; } skel_mask;
enum { SKEL_MASK_MOST = 8 };
int skel_mask_count(const skel_mask *mask, int first);
#endif
END
put src/prune_job/all.h <<'END'
#ifndef SKEL_ALL_H
#define SKEL_ALL_H
#include "skel/mask.h"
int skel_all(void);
#endif
END
put src/prune_job/lanes.h <<<'static float root(float x) { return sqrtf(x); }'
put src/base/a.c <<'END'
/* skel_mask_count() and strlen() are not called here. */
#include "skel/mask.h"
#include <string.h>
static const char *first = "strlen";
END
# no complaints: a constant, a member, a header that another one hands on, a piece of text, a name put together, a header
# of its own, one that the table does not have
put src/base/b.c <<<'#include "skel/mask.h"
int most = SKEL_MASK_MOST;'
put src/base/c.c <<<'#include "skel/mask.h"
int f(void *a) { return g(a)->kept; }'
put src/prune_job/d.c <<<'#include "all.h"
skel_mask *mask;'
put src/prune_job/e.c <<<'#include <math.h>
#include "lanes.h"'
put src/prune_job/f.c <<<'#include "skel/mask.h"
#define CALL(verb) skel_mask_##verb(0, 0)'
put src/prune_job/all.c <<<'#include "all.h"
#include <unheard.h>'
must_find '^src/base/a.c:2: nothing of skel/mask.h is used$' python3 "$lints/includes.py" "$sample"
must_find '^src/base/a.c:3: nothing of string.h is used$' python3 "$lints/includes.py" "$sample"
found=$(python3 "$lints/includes.py" "$sample" | wc -l || true)
if [ "$found" -ne 2 ]; then
    echo "self-test: $found includes found, expected 2"
    python3 "$lints/includes.py" "$sample"
    exit 1
fi

python3 "$lints/includes.py" "$SOURCE"
