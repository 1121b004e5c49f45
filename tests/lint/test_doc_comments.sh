#!/bin/bash
# Public prototypes say who calls them together and how they fail.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

put include/skel/bad.h <<'END'
int skel_naked(void);

/** Says nothing about ranks. */
void skel_silent(int a,
                 int b) SKEL_FORMAT(1, 2);

/** May fail.
 *
 *  Local. `x` is a number.
 */
SKEL_CHECKED skel_status skel_vague(int x);

/** Is fine.
 *
 *  Collective. Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_good(int x);

/** Is wrapped by a formatter in a sentence
 * that goes on.
 *
 *  Local.
 */
void skel_wrapped(void);
END
must_find 'bad.h:1: skel_naked\(\) has no doc comment' python3 "$lints/doc_comments.py" "$sample"
must_find 'bad.h:4: skel_silent' python3 "$lints/doc_comments.py" "$sample"
must_find 'bad.h:11: skel_vague\(\) can fail' python3 "$lints/doc_comments.py" "$sample"
must_find 'bad.h:20: a line of a doc comment' python3 "$lints/doc_comments.py" "$sample"
if python3 "$lints/doc_comments.py" "$sample" | grep skel_good; then
    exit 1
fi

python3 "$lints/doc_comments.py" "$SOURCE"
