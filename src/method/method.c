/* The list of methods, and finding one of them by its name. */
#include "methods.h"

#include "skel/text.h"

#define ADDRESS(name) &skel_method_##name,
static const skel_method *const methods[] = {SKEL_METHODS(ADDRESS)};

enum { METHODS = sizeof methods / sizeof *methods };

const char *const *skel_method_names(size_t *count)
{
    static const char *names[METHODS]; /* always the same: addresses are no constants in C */

    for (size_t i = 0; i < METHODS; i++) {
        names[i] = methods[i]->name;
    }
    *count = METHODS;
    return names;
}

skel_status skel_method_find(const char *name, const skel_method **out)
{
    size_t count = 0;
    size_t index = 0;
    const char *const *names = skel_method_names(&count);
    skel_status status = skel_text_find("pruning method", name, count, names, &index);

    *out = status == SKEL_OK ? methods[index] : NULL;
    return status;
}
