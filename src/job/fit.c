/* Which methods read which keys. The table of keys names a trait of methods for each key that
 * some methods do not read. */
#include "fit.h"

#include <stdio.h>

const skel_method *skel_fit_method(const char *name)
{
    const skel_method *method = NULL;
    skel_status status = skel_method_find(name, &method);

    SKEL_ASSERT(status == SKEL_OK);
    return method;
}

bool skel_fit_reads(const skel_method *method, const skel_key *key)
{
    return key->read_by == NULL || key->read_by(method);
}

bool skel_fit_uses(const skel_key *key, const char *method)
{
    return key->read_by == NULL || key->read_by(skel_fit_method(method));
}

size_t skel_fit_users(const skel_key *key, bool reads, char out[SKEL_KEY_TEXT])
{
    size_t methods = 0;
    const char *const *names = skel_method_names(&methods);
    size_t used = 0;
    size_t found = 0;

    out[0] = '\0';
    for (size_t i = 0; i < methods; i++) {
        if (skel_fit_uses(key, names[i]) == reads) {
            used += (size_t)snprintf(out + used, SKEL_KEY_TEXT - used, "%s%s",
                                     found++ > 0 ? ", " : "", names[i]);
            SKEL_ASSERT(used < SKEL_KEY_TEXT);
        }
    }
    return found;
}
