/* The table of criteria. A new one is a file of its own and a line here. */
#include "criteria.h"

#include "skel/text.h"

#include <string.h>

enum { CRITERIA = 6 };

static const skel_criterion *const criteria[CRITERIA] = {
    &skel_criterion_force,  &skel_criterion_iter_snip, &skel_criterion_snip,
    &skel_criterion_random, &skel_criterion_magnitude, &skel_criterion_none,
};

/* The same order; addresses of members are no constants in C. */
static const char *const names[CRITERIA] = {"force",  "iter-snip", "snip",
                                            "random", "magnitude", "none"};

const char *const *skel_criterion_names(size_t *count)
{
    *count = CRITERIA;
    return names;
}

skel_status skel_criterion_find(const char *name, const skel_criterion **out)
{
    const char *nearest = NULL;

    *out = NULL;
    for (size_t i = 0; i < CRITERIA; i++) {
        SKEL_ASSERT(strcmp(criteria[i]->name, names[i]) == 0);
        if (strcmp(criteria[i]->name, name) == 0) {
            *out = criteria[i];
            return SKEL_OK;
        }
    }
    nearest = skel_text_nearest(name, CRITERIA, names);
    if (nearest != NULL) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "unknown pruning method '%s': did you mean '%s'?", name,
                         nearest);
    }
    return SKEL_FAIL(SKEL_ERR_CONFIG,
                     "unknown pruning method '%s': it is one of force, iter-snip, snip, random, "
                     "magnitude, none",
                     name);
}
