/* The manual page of the job file, from the tables of keys and of methods. */
#include "skel/roff.h"
#include "skel/traits.h"

#include "describe.h"
#include "fit.h"

static void write_methods(FILE *stream)
{
    size_t count = 0;
    const char *const *names = skel_method_names(&count);

    (void)fputs(".RS\n", stream);
    for (size_t i = 0; i < count; i++) {
        const skel_method *method = skel_fit_method(names[i]);

        skel_roff_entry(stream, method->name);
        if (skel_method_prunes(method)) {
            skel_roff_words(stream, skel_describe_time[method->timing]);
            (void)fputs(": ", stream);
        }
        skel_roff_text(stream, method->summary);
    }
    (void)fputs(".RE\n", stream);
}

static void write_key(FILE *stream, const skel_key *key, size_t lists, const skel_job_list list[])
{
    char line[SKEL_DESCRIBE_LINES][SKEL_DESCRIBE_SIZE];

    skel_describe_key(key, lists, list, line);
    skel_roff_entry(stream, key->path);
    for (size_t i = 0; i < SKEL_DESCRIBE_LINES; i++) {
        if (line[i][0] != '\0') {
            (void)fputs(i > 0 ? ".br\n" : "", stream);
            skel_roff_text(stream, line[i]);
        }
    }
    if (key->names == skel_method_names) {
        write_methods(stream);
    }
}

void skel_job_manual(FILE *stream, size_t lists, const skel_job_list list[])
{
    (void)fputs(".SH DESCRIPTION\n", stream);
    skel_roff_text(stream, skel_describe_job);
    (void)fputs(".SH KEYS\n", stream);
    for (size_t i = 0; i < SKEL_KEY_SECTIONS; i++) {
        const skel_section *section = &skel_sections[i];

        (void)fputs(".SS ", stream);
        skel_roff_words(stream, section->name);
        (void)fputs(section->name[0] != '\0' ? ": " : "", stream);
        skel_roff_words(stream, section->title);
        (void)fputc('\n', stream);
        for (size_t k = 0; k < SKEL_KEY_COUNT; k++) {
            if (skel_key_is_in(&skel_keys[k], section->name, NULL)) {
                write_key(stream, &skel_keys[k], lists, list);
            }
        }
    }
    (void)fputs(".SS sweep: lists of values\n", stream);
    skel_roff_text(stream, skel_describe_sweep);
}
