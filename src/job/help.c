/* The documentation of the keys, from their table and that of the methods. */
#include "fit.h"
#include "own.h"

#include <stdio.h>
#include <string.h>

enum { PAGE = 100, INDENT = 30 };

/* Writes words from column `column` on, breaking lines before column PAGE. */
static void write_words(FILE *stream, const char *text, size_t indent, size_t column)
{
    bool first = true;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (!first && column + 1 + length > PAGE) {
            (void)fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        column += length + (first ? 0 : 1);
        (void)fprintf(stream, "%s%.*s", first ? "" : " ", (int)length, text);
        first = false;
        text += length;
        text += strspn(text, " ");
    }
    (void)fputc('\n', stream);
}

static void write_method(FILE *stream, const skel_method *method, size_t indent)
{
    (void)fprintf(stream, "%*s%s: ", (int)indent, "", method->name);
    write_words(stream, method->summary, indent + 2, indent + 2 + strlen(method->name));
}

/* One method per line, below a line for each time at which methods prune. */
static void write_methods(FILE *stream)
{
    static const char *const times[] = {
        [SKEL_TIMING_INITIAL] = "before training",
        [SKEL_TIMING_TRAINED] = "after training, fine-tuned after each iteration",
        [SKEL_TIMING_REWOUND] = "after training, trained again after each iteration",
        [SKEL_TIMING_MOVING] = "while training",
    };
    size_t count = 0;
    const char *const *names = skel_method_names(&count);

    for (size_t time = 0; time < sizeof times / sizeof *times; time++) {
        (void)fprintf(stream, "%*s%s:\n", INDENT, "", times[time]);
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
        write_words(stream, text, INDENT, INDENT);
    }
}

/* Which methods read the key, by the shorter of two lists. */
static void describe_users(const skel_key *key, char *out, size_t size)
{
    char users[SKEL_KEY_TEXT];
    char others[SKEL_KEY_TEXT];
    bool few = skel_fit_users(key, true, users) <= skel_fit_users(key, false, others);

    out[0] = '\0';
    if (others[0] != '\0') {
        (void)snprintf(out, size, "%s prune.method %s", few ? "only with" : "not with",
                       few ? users : others);
    }
}

/* "one of mnist, cifar10" for a key that is on one of the lists. */
static void describe_list(const skel_key *key, size_t lists, const skel_job_list list[],
                          char out[SKEL_KEY_TEXT])
{
    skel_key enumeration = {.type = SKEL_KEY_ENUM};

    out[0] = '\0';
    for (size_t i = 0; i < lists; i++) {
        if (strcmp(list[i].key, key->path) == 0) {
            enumeration.names = list[i].names;
            skel_key_describe(&enumeration, out);
        }
    }
}

static void write_key(FILE *stream, const skel_key *key, size_t lists, const skel_job_list list[])
{
    char type[SKEL_KEY_TEXT];
    char line[2 * SKEL_KEY_TEXT];

    skel_key_describe(key, type);
    (void)snprintf(line, sizeof line, "%s; %s%s%s", type, key->required ? "required" : "default ",
                   key->required ? "" : key->fallback,
                   key->type == SKEL_KEY_NAME ? "; cannot be swept" : "; sweepable");
    (void)fprintf(stream, "  %-*s", INDENT - 2, key->path);
    write_words(stream, line, INDENT, INDENT);
    write_line(stream, key->help);
    describe_list(key, lists, list, line);
    write_line(stream, line);
    skel_own_describe(key, line);
    write_line(stream, line);
    describe_users(key, line, sizeof line);
    write_line(stream, line);
    if (key->names == skel_method_names) {
        write_methods(stream);
    }
}

static const char introduction[] =
    "A job file is YAML: sections with keys and values, as in\n"
    "\n"
    "    data:  {set: cifar10}\n"
    "    model: {name: resnet50}\n"
    "    prune:\n"
    "      sparsity: 0.99\n"
    "    sweep:                      # every combination is one run\n"
    "      prune.method: [snip, force]\n"
    "      seed: [0, 1, 2]\n"
    "\n"
    "Below, keys are dotted paths, as a sweep and the command line name them. On the command "
    "line:\n"
    "\n"
    "    prune.sparsity=0.95         one value, which also ends a sweep of that key\n"
    "    train.milestones=[150,250]  a list, for a key that is one (quote it in some shells)\n"
    "    sweep.seed=[0,1,2]          sweeps a key; sweep.seed=none and sweep=none end sweeps\n"
    "\n"
    "~ stands for no value. A path that begins with ~/ is in the home folder. Numbers are decimal\n"
    "and without quotes; true and false are the only truth values; anchors, aliases, tags and "
    "more\n"
    "than one document are refused.\n";

void skel_job_help(FILE *stream, size_t lists, const skel_job_list list[])
{
    (void)fputs(introduction, stream);
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
    (void)fputs("\nsweep: lists of values\n"
                "  The runs are all combinations, numbered from 0; the last key changes fastest.\n",
                stream);
}
