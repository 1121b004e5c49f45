/* The table of criteria. A new one is a file of its own and a line here. */
#include "criteria.h"

#include "skel/text.h"

#include <stdio.h>
#include <string.h>

static const skel_criterion *const criteria[] = {
    &skel_criterion_force,
    &skel_criterion_iter_snip,
    &skel_criterion_snip,
    &skel_criterion_grasp,
    &skel_criterion_grasp_it,
    &skel_criterion_synflow,
    &skel_criterion_random,
    &skel_criterion_random_uniform,
    &skel_criterion_random_erk,
    &skel_criterion_magnitude,
    &skel_criterion_imp,
    &skel_criterion_magnitude_finetune,
    &skel_criterion_skeletonization,
    &skel_criterion_obd,
    &skel_criterion_set,
    &skel_criterion_rigl,
    &skel_criterion_none,
};

enum { CRITERIA = sizeof criteria / sizeof *criteria };

const char *const *skel_criterion_names(size_t *count)
{
    static const char *names[CRITERIA]; /* always the same: addresses are no constants in C */

    for (size_t i = 0; i < CRITERIA; i++) {
        names[i] = criteria[i]->name;
    }
    *count = CRITERIA;
    return names;
}

static skel_status refuse(const char *name)
{
    size_t count = 0;
    const char *const *names = skel_criterion_names(&count);
    const char *nearest = skel_text_nearest(name, count, names);
    char all[32 * CRITERIA] = "";
    size_t used = 0;

    if (nearest != NULL) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "unknown pruning method '%s': did you mean '%s'?", name,
                         nearest);
    }
    for (size_t i = 0; i < count; i++) {
        used +=
            (size_t)snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    return SKEL_FAIL(SKEL_ERR_CONFIG, "unknown pruning method '%s': it is one of %s", name, all);
}

skel_status skel_criterion_find(const char *name, const skel_criterion **out)
{
    *out = NULL;
    for (size_t i = 0; i < CRITERIA; i++) {
        if (strcmp(criteria[i]->name, name) == 0) {
            *out = criteria[i];
            return SKEL_OK;
        }
    }
    return refuse(name);
}

bool skel_criterion_prunes(const skel_criterion *criterion)
{
    return criterion->score != NULL;
}
