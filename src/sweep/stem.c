/* The name of a run's file says what people look for first; the identity makes it unique. */
#include "stem.h"

#include "skel/identity.h"
#include "skel/memory.h"
#include "skel/traits.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Keys whose values every name has. */
bool skel_stem_has_always(const char *key)
{
    return strcmp(key, "prune.method") == 0 || strcmp(key, "prune.sparsity") == 0 ||
           strcmp(key, "seed") == 0;
}

/* The last word of a key's path, or all of the path if another axis ends in the same word. */
static const char *word_of(const skel_sweep *sweep, size_t axis)
{
    const char *path = sweep->axis[axis];
    const char *dot = strrchr(path, '.');
    const char *word = dot != NULL ? dot + 1 : path;

    for (size_t i = 0; i < sweep->axes; i++) {
        const char *other = strrchr(sweep->axis[i], '.');

        if (i != axis && other != NULL && strcmp(other + 1, word) == 0) {
            return path;
        }
    }
    return word;
}

/* A value in letters that no shell and no file system treats specially: of a path the last part, of
 * a list the entries with + between them. */
static void make_safe(char *value)
{
    const char *from = strrchr(value, '/');
    char *to = value;

    for (from = from != NULL ? from + 1 : value; *from != '\0'; from++) {
        unsigned char letter = (unsigned char)*from;

        if (letter == ',') {
            *to++ = '+';
        } else if (isascii(letter) && (isalnum(letter) || strchr("._+-", letter) != NULL)) {
            *to++ = (char)letter;
        } else if (strchr("[]\" ~", letter) == NULL) {
            *to++ = '_';
        }
    }
    *to = '\0';
}

/* Adds -KEY=VALUE if it fits. */
static skel_status add_axis(const skel_sweep *sweep, const skel_sweep_run *run, size_t axis,
                            size_t most, char out[SKEL_STEM])
{
    char *value = NULL;
    const char *text = NULL;
    const char *word = word_of(sweep, axis);
    size_t used = strlen(out);
    skel_status status = skel_job_print_value(&run->job, sweep->axis[axis], &value);

    SKEL_TRY(status);
    make_safe(value);
    text = value[0] == '\0' ? "default" : value;
    if (used + strlen(word) + strlen(text) + 2 <= most) {
        (void)snprintf(out + used, SKEL_STEM - used, "-%s=%s", word, text);
    }
done:
    SKEL_FREE(&value);
    return status;
}

skel_status skel_stem_of(const skel_sweep *sweep, const skel_sweep_run *run, char out[SKEL_STEM])
{
    static const char ending[] = ".h5";
    size_t most = SKEL_STEM - 1 - (1 + SKEL_IDENTITY_SHORT) - (sizeof ending - 1);
    const skel_method *method = NULL;
    size_t used = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_method_find(run->job.prune.method, &method));
    used = (size_t)snprintf(out, SKEL_STEM, "%s-s%.10g-seed%llu", method->name,
                            skel_method_prunes(method) ? run->job.prune.sparsity : 0,
                            (unsigned long long)run->job.seed);
    SKEL_ASSERT(used <= most);
    for (size_t i = 0; i < sweep->axes; i++) {
        if (!skel_stem_has_always(sweep->axis[i])) {
            SKEL_TRY(add_axis(sweep, run, i, most, out));
        }
    }
    used = strlen(out);
    (void)snprintf(out + used, SKEL_STEM - used, "-%.*s%s", SKEL_IDENTITY_SHORT, run->identity,
                   ending);
done:
    return status;
}
