/* Compares the provenance of a file with this program. */
#include "skel/origin.h"

#include "skel/isa.h"
#include "skel/memory.h"
#include "skel/stored.h"
#include "skel/version.h"

#include <stdio.h>
#include <string.h>

static void add(char out[SKEL_ORIGIN], const char *noun, const char *there, const char *here)
{
    size_t used = strlen(out);

    if (strcmp(there, here) != 0) {
        (void)snprintf(out + used, SKEL_ORIGIN - used, "%s%s %s, here %s", used > 0 ? "; " : "",
                       noun, there[0] != '\0' ? there : "not known", here);
    }
}

/* The keys that decide the last bits alone, such as the engine. */
static skel_status add_keys(const skel_job *there, const skel_job *here, char out[SKEL_ORIGIN])
{
    skel_status status = SKEL_OK;

    for (const char *key = skel_job_other_bits(there, here, NULL); status == SKEL_OK && key != NULL;
         key = skel_job_other_bits(there, here, key)) {
        char *old = NULL;
        char *new = NULL;

        status = skel_job_print_value(there, key, &old);
        if (status == SKEL_OK) {
            status = skel_job_print_value(here, key, &new);
        }
        if (status == SKEL_OK) {
            add(out, key, old, new);
        }
        SKEL_FREE(&new);
        SKEL_FREE(&old);
    }
    return status;
}

skel_status skel_origin_differs(const char *path, const skel_job *job, int ranks,
                                char out[SKEL_ORIGIN])
{
    skel_reader *reader = NULL;
    skel_job there;
    char text[128];
    char here[128];
    skel_status status = SKEL_OK;

    out[0] = '\0';
    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_reader_check(reader, "/provenance", NULL));
    SKEL_TRY(skel_stored_job(reader, &there));
    skel_isa_text(here);
    skel_reader_attribute(reader, "/provenance", "instruction_set", sizeof text, text);
    add(out, "instruction set", text, here);
    skel_reader_attribute(reader, "/provenance", "git_revision", sizeof text, text);
    add(out, "revision", text, skel_revision());
    SKEL_TRY(add_keys(&there, job, out));
    if (ranks > 0) {
        skel_reader_attribute(reader, "/provenance", "ranks", sizeof text, text);
        (void)snprintf(here, sizeof here, "%d", ranks);
        add(out, "ranks", text, here);
    }
done:
    return skel_reader_close(&reader, status);
}
