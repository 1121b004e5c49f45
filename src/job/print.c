/* Jobs as YAML, in the table's order: one run's settings, or a whole job with its sweep. What is
 * read back has the same bytes. */
#include "print.h"

#include "file.h"
#include "fit.h"
#include "value.h"

#include "skel/memory.h"
#include "skel/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Whether YAML readers of any age take the text for a text without quotes. */
static bool is_plain(const char *text)
{
    static const char *const others[] = {"null", "true", "false", "yes", "no",
                                         "on",   "off",  "y",     "n"};

    if (!isalpha((unsigned char)text[0]) && text[0] != '/') {
        return false;
    }
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (!isascii(text[i]) ||
            (!isalnum((unsigned char)text[i]) && strchr("._/-+", text[i]) == NULL)) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcasecmp(text, others[i]) == 0) {
            return false;
        }
    }
    return true;
}

/* Texts have no control characters: the quote and the backslash are all that needs an escape. */
static void print_text(const char *text, FILE *stream)
{
    if (is_plain(text)) {
        (void)fputs(text, stream);
        return;
    }
    (void)fputc('"', stream);
    for (size_t i = 0; text[i] != '\0'; i++) {
        (void)fprintf(stream, "%s%c", text[i] == '"' || text[i] == '\\' ? "\\" : "", text[i]);
    }
    (void)fputc('"', stream);
}

/* With a point: YAML 1.1 takes a number without one, such as 5e-4, for a text. */
static void print_real(double value, FILE *stream)
{
    char text[SKEL_TEXT_REAL];
    size_t mantissa = 0;

    skel_text_real(value, text);
    mantissa = strcspn(text, "e");
    (void)fprintf(stream, "%.*s%s%s", (int)mantissa, text, strchr(text, '.') != NULL ? "" : ".0",
                  text + mantissa);
}

static void print_list(const char *member, FILE *stream)
{
    uint64_t values[1 + SKEL_JOB_LIST];

    memcpy(values, member, sizeof values);
    (void)fputc('[', stream);
    for (uint64_t i = 0; i < values[0]; i++) {
        (void)fprintf(stream, "%s%" PRIu64, i > 0 ? ", " : "", values[1 + i]);
    }
    (void)fputc(']', stream);
}

static void print_names(const char *member, FILE *stream)
{
    uint64_t count = 0;

    memcpy(&count, member, sizeof count);
    (void)fputc('[', stream);
    for (uint64_t i = 0; i < count; i++) {
        (void)fputs(i > 0 ? ", " : "", stream);
        print_text(member + sizeof count + i * SKEL_JOB_TEXT, stream);
    }
    (void)fputc(']', stream);
}

static void print_moment(const char *member, FILE *stream)
{
    skel_moment moment;

    memcpy(&moment, member, sizeof moment);
    if (moment.steps > 0) {
        (void)fprintf(stream, "\"%" PRIu64 " steps\"", moment.steps);
    } else if (moment.epochs > 0) {
        (void)fprintf(stream, "%" PRIu64, moment.epochs);
    } else {
        (void)fputc('~', stream);
    }
}

void skel_print_value(const skel_key *key, const skel_job *job, FILE *stream)
{
    const char *member = (const char *)job + key->offset;
    uint64_t integer = 0;
    double real = 0;

    switch (key->type) {
    case SKEL_KEY_NAME:
    case SKEL_KEY_WORD:
    case SKEL_KEY_PATH:
    case SKEL_KEY_ENUM:
        if (key->nullable && member[0] == '\0') {
            (void)fputc('~', stream);
        } else {
            print_text(member, stream);
        }
        break;
    case SKEL_KEY_INTEGER:
        memcpy(&integer, member, sizeof integer);
        if (key->nullable && integer == (key->counts_zero ? SKEL_JOB_ABSENT : 0)) {
            (void)fputc('~', stream);
        } else {
            (void)fprintf(stream, "%" PRIu64, integer);
        }
        break;
    case SKEL_KEY_REAL:
        memcpy(&real, member, sizeof real);
        if (key->nullable && real == 0) {
            (void)fputc('~', stream);
        } else {
            print_real(real, stream);
        }
        break;
    case SKEL_KEY_BOOL:
        (void)fputs(*(const bool *)(const void *)member ? "true" : "false", stream);
        break;
    case SKEL_KEY_MOMENT:
        print_moment(member, stream);
        break;
    case SKEL_KEY_LIST:
        print_list(member, stream);
        break;
    case SKEL_KEY_NAMES:
        print_names(member, stream);
        break;
    }
}

/* Whether one of the job's methods reads the key. */
static bool is_read(const skel_job_file *file, const skel_key *key)
{
    const skel_key *method = skel_key_find_path("prune.method");
    const skel_axis *axis = skel_axes_find(&file->sweep, method);
    bool found = axis == NULL && skel_fit_uses(key, file->base.prune.method);

    for (size_t at = axis != NULL ? axis->tree->node[axis->list].first : 0; at != 0 && !found;
         at = axis->tree->node[at].next) {
        found = skel_fit_uses(key, axis->tree->node[at].text);
    }
    return found;
}

static void print_section(const skel_section *section, const skel_job *job,
                          const bool wanted[SKEL_KEY_COUNT], FILE *stream)
{
    bool is_top = section->name[0] == '\0';

    if (!is_top) {
        (void)fprintf(stream, "%s:\n", section->name);
    }
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const char *name = NULL;

        if (wanted[i] && skel_key_is_in(&skel_keys[i], section->name, &name)) {
            (void)fprintf(stream, "%s%s: ", is_top ? "" : "  ", name);
            skel_print_value(&skel_keys[i], job, stream);
            (void)fputc('\n', stream);
        }
    }
}

static void print_axis(const skel_axis *axis, FILE *stream)
{
    const skel_tree *tree = axis->tree;
    bool first = true;

    (void)fprintf(stream, "  %s: [", axis->key->path);
    for (size_t at = tree->node[axis->list].first; at != 0; at = tree->node[at].next) {
        skel_job job;
        skel_status status = skel_value_read(axis->key, tree, at, &job);

        SKEL_ASSERT(status == SKEL_OK); /* skel_axes_set() has read every one of them */
        (void)fputs(first ? "" : ", ", stream);
        skel_print_value(axis->key, &job, stream);
        first = false;
    }
    (void)fputs("]\n", stream);
}

static void print_all(const skel_job *job, const bool wanted[SKEL_KEY_COUNT],
                      const skel_axes *sweep, FILE *stream)
{
    for (size_t i = 0; i < SKEL_KEY_SECTIONS; i++) {
        print_section(&skel_sections[i], job, wanted, stream);
    }
    for (size_t i = 0; i < sweep->axes; i++) {
        (void)fputs(i == 0 ? "sweep:\n" : "", stream);
        print_axis(&sweep->axis[i], stream);
    }
}

static skel_status print_to_text(const skel_job *job, const bool wanted[SKEL_KEY_COUNT],
                                 const skel_axes *sweep, char **out)
{
    char *buffer = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&buffer, &bytes); /* the C library's own block */
    skel_status status = SKEL_OK;
    bool failed = false;

    *out = NULL;
    if (stream == NULL) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the text of a job");
    }
    print_all(job, wanted, sweep, stream);
    failed = ferror(stream) != 0;
    failed = fclose(stream) != 0 || failed;
    if (failed) {
        status = SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the text of a job");
    } else {
        status = skel_strdup(buffer, out);
    }
    free(buffer); /* the C library's own block */
    return status;
}

skel_status skel_job_print(const skel_job *job, char **out)
{
    const skel_axes none = {.axes = 0};
    bool wanted[SKEL_KEY_COUNT];

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        wanted[i] = true;
    }
    return print_to_text(job, wanted, &none, out);
}

skel_status skel_job_file_print(const skel_job_file *file, char **out)
{
    bool wanted[SKEL_KEY_COUNT];

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        wanted[i] =
            skel_axes_find(&file->sweep, &skel_keys[i]) == NULL && is_read(file, &skel_keys[i]);
    }
    return print_to_text(&file->base, wanted, &file->sweep, out);
}
