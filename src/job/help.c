/* The documentation of the keys, from their table and that of the methods. */
#include "describe.h"
#include "fit.h"

#include "skel/text.h"
#include "skel/traits.h"

#include <stdio.h>
#include <string.h>

enum { INDENT = 30 };

static void write_method(FILE *stream, const skel_method *method, size_t indent)
{
    (void)fprintf(stream, "%*s%s: ", (int)indent, "", method->name);
    skel_text_wrap(stream, method->summary, indent + 2, indent + 2 + strlen(method->name));
}

/* One method per line, below a line for each time at which methods prune. */
static void write_methods(FILE *stream)
{
    size_t count = 0;
    const char *const *names = skel_method_names(&count);

    for (size_t time = 0; time < SKEL_DESCRIBE_TIMES; time++) {
        (void)fprintf(stream, "%*s%s:\n", INDENT, "", skel_describe_time[time]);
        for (size_t i = 0; i < count; i++) {
            const skel_method *method = skel_fit_method(names[i]);

            if (skel_method_prunes(method) && method->timing == (skel_timing)time) {
                write_method(stream, method, INDENT + 2);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!skel_method_prunes(skel_fit_method(names[i]))) {
            write_method(stream, skel_fit_method(names[i]), INDENT);
        }
    }
}

/* A line of its own, unless there is nothing to write. */
static void write_line(FILE *stream, const char *text)
{
    if (text[0] != '\0') {
        (void)fprintf(stream, "%*s", INDENT, "");
        skel_text_wrap(stream, text, INDENT, INDENT);
    }
}

static void write_key(FILE *stream, const skel_key *key, size_t lists, const skel_job_list list[])
{
    char line[SKEL_DESCRIBE_LINES][SKEL_DESCRIBE_SIZE];

    skel_describe_key(key, lists, list, line);
    (void)fprintf(stream, "  %-*s", INDENT - 2, key->path);
    skel_text_wrap(stream, line[0], INDENT, INDENT);
    for (size_t i = 1; i < SKEL_DESCRIBE_LINES; i++) {
        write_line(stream, line[i]);
    }
    if (key->names == skel_method_names) {
        write_methods(stream);
    }
}

void skel_job_help(FILE *stream, size_t lists, const skel_job_list list[])
{
    (void)fputs(skel_describe_job, stream);
    for (size_t i = 0; i < SKEL_KEY_SECTIONS; i++) {
        const skel_section *section = &skel_sections[i];

        (void)fprintf(stream, "\n%s%s%s\n", section->name, section->name[0] != '\0' ? ": " : "",
                      section->title);
        for (size_t k = 0; k < SKEL_KEY_COUNT; k++) {
            if (skel_key_is_in(&skel_keys[k], section->name, NULL)) {
                write_key(stream, &skel_keys[k], lists, list);
            }
        }
    }
    (void)fprintf(stream, "\nsweep: lists of values\n  %s\n", skel_describe_sweep);
}
