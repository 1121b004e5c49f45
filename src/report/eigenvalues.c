/* The files of `skel spectrum`: their settings, and the eigenvalues of the neural tangent kernel.
 */
#include "eigenvalues.h"

#include "skel/memory.h"
#include "skel/reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static const char kernel[] = "/ntk/run";

/* Settings, and the number of runs that have them. */
typedef struct tally {
    skel_eigenvalues_settings settings;
    size_t runs;
} tally;

/* All settings in a section. */
typedef struct ballot {
    size_t count;
    tally *tally; /* [count] in the order of the runs; owned */
} ballot;

/* Opens the spectra beside a run; NULL if there are none of the kernel. */
static skel_status open_spectra(const skel_report_run *run, skel_reader **out)
{
    char path[PATH_BYTES];
    skel_status status = SKEL_OK;

    *out = NULL;
    if ((size_t)snprintf(path, sizeof path, "%s.spectra", run->path) >= sizeof path ||
        access(path, R_OK) != 0) {
        return SKEL_OK;
    }
    status = skel_reader_open(path, out);
    if (status == SKEL_OK && !skel_reader_has(*out, kernel)) {
        return skel_reader_close(out, status);
    }
    return status;
}

static void read_settings(skel_reader *reader, skel_eigenvalues_settings *out)
{
    static const char at[] = "/provenance";

    skel_reader_attribute(reader, at, "weights", sizeof out->weights, out->weights);
    skel_reader_attribute(reader, at, "outputs", sizeof out->outputs, out->outputs);
    skel_reader_attribute(reader, at, "samples", sizeof out->samples, out->samples);
}

static bool are_equal(const skel_eigenvalues_settings *a, const skel_eigenvalues_settings *b)
{
    return strcmp(a->weights, b->weights) == 0 && strcmp(a->outputs, b->outputs) == 0 &&
           strcmp(a->samples, b->samples) == 0;
}

static skel_status vote(const skel_eigenvalues_settings *settings, ballot *all)
{
    size_t i = 0;
    skel_status status = SKEL_OK;

    while (i < all->count && !are_equal(&all->tally[i].settings, settings)) {
        i++;
    }
    if (i == all->count) {
        SKEL_TRY(SKEL_GROW(all->count + 1, sizeof *all->tally, &all->tally));
        all->tally[all->count++] = (tally){.settings = *settings};
    }
    all->tally[i].runs++;
done:
    return status;
}

/* The settings of a run's spectra; `has` is false if there are none, or a damaged file. */
static skel_status find_settings(const skel_report_run *run, skel_eigenvalues_settings *out,
                                 bool *has)
{
    skel_reader *reader = NULL;
    skel_status status = open_spectra(run, &reader);

    *has = status == SKEL_OK && reader != NULL;
    if (*has) {
        read_settings(reader, out);
    }
    status = skel_reader_close(&reader, status);
    if (status == SKEL_ERR_DATA) {
        skel_error_clear();
        status = SKEL_OK;
    }
    return status;
}

/* Counts the settings of a run. */
static skel_status count_run(const skel_report_run *run, ballot *all)
{
    skel_eigenvalues_settings settings;
    bool has = false;
    skel_status status = find_settings(run, &settings, &has);

    return status == SKEL_OK && has ? vote(&settings, all) : status;
}

static void elect(const ballot *all, skel_eigenvalues_choice *out)
{
    size_t most = 0;
    size_t runs = 0;

    for (size_t i = 0; i < all->count; i++) {
        runs += all->tally[i].runs;
        if (all->tally[i].runs > most) {
            most = all->tally[i].runs;
            out->settings = all->tally[i].settings;
        }
    }
    out->others = runs - most;
}

skel_status skel_eigenvalues_choose(const skel_report *report, const skel_report_section *section,
                                    skel_eigenvalues_choice *out)
{
    ballot all = {.count = 0};
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    for (size_t j = 0; j < section->groups; j++) {
        const skel_report_group *group = &section->group[j];

        for (size_t i = 0; i < group->runs && !section->line[group->line].is_dense; i++) {
            SKEL_TRY(count_run(&report->run[group->run[i]], &all));
        }
    }
    elect(&all, out);
done:
    SKEL_FREE(&all.tally);
    return status;
}

static const char *word_of(const char *setting)
{
    return setting[0] != '\0' ? setting : "unknown";
}

void skel_eigenvalues_describe(const skel_eigenvalues_choice *choice,
                               char out[SKEL_EIGENVALUES_TEXT])
{
    const skel_eigenvalues_settings *settings = &choice->settings;
    int used = snprintf(
        out, SKEL_EIGENVALUES_TEXT, "runs with spectra (%s weights, outputs %s, samples %s)",
        word_of(settings->weights), word_of(settings->outputs), word_of(settings->samples));

    if (choice->others > 0) {
        (void)snprintf(out + used, SKEL_EIGENVALUES_TEXT - (size_t)used,
                       "; %zu run%s with other spectra %s left out", choice->others,
                       choice->others == 1 ? "" : "s", choice->others == 1 ? "is" : "are");
    }
}

static double number_of(skel_reader *reader, const char *name)
{
    char text[64];
    char *end = NULL;
    double number = 0;

    skel_reader_attribute(reader, kernel, name, sizeof text, text);
    number = strtod(text, &end);
    return end != text ? number : (double)NAN;
}

skel_status skel_eigenvalues_read(const skel_report_run *run,
                                  const skel_eigenvalues_settings *settings, skel_eigenvalues *out)
{
    skel_eigenvalues_settings found;
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    *out = (skel_eigenvalues){.count = 0};
    SKEL_TRY(open_spectra(run, &reader));
    if (reader != NULL) {
        read_settings(reader, &found);
        if (are_equal(&found, settings)) {
            SKEL_TRY(skel_reader_doubles(reader, "/ntk/run/values", &out->count, &out->value));
            out->condition = number_of(reader, "condition");
            out->effective_rank = number_of(reader, "effective_rank");
        }
    }
done:
    return skel_reader_close(&reader, status);
}
