/* Division of a report's runs into sections: one for each network on each data set. */
#include "report_sections.h"

#include "skel/memory.h"

#include "report_group.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run by its identity; done before not done, then by path. */
typedef struct identified {
    const char *identity;
    skel_report_state state;
    size_t run;
} identified;

static int in_order(const void *left, const void *right)
{
    const identified *a = left;
    const identified *b = right;
    int order = strcmp(a->identity, b->identity);

    order = order != 0 ? order : (int)a->state - (int)b->state;
    return order != 0 ? order : (a->run > b->run) - (a->run < b->run);
}

static skel_status warn_of_difference(skel_report *report, size_t first, size_t again)
{
    const skel_report_run *a = &report->run[first];
    const skel_report_run *b = &report->run[again];
    double of_a = a->number[SKEL_REPORT_TEST_ACCURACY];
    double of_b = b->number[SKEL_REPORT_TEST_ACCURACY];

    if (!(fabs(of_a - of_b) > 0)) {
        return SKEL_OK;
    }
    return skel_texts_add(&report->warnings,
                          "%s and %s are the same run, with test accuracies %.4f and %.4f: the "
                          "first counts.",
                          a->path, b->path, of_a, of_b);
}

/* Marks all but the first run of each identity. */
static skel_status find_duplicates(skel_report *report, bool is_left_out[])
{
    identified *list = NULL;
    size_t first = 0;
    skel_status status = SKEL_ALLOC(report->runs, sizeof *list, &list);

    for (size_t i = 0; i < report->runs && status == SKEL_OK; i++) {
        list[i] = (identified){report->run[i].identity, report->run[i].state, i};
    }
    if (status == SKEL_OK) {
        qsort(list, report->runs, sizeof *list, in_order);
    }
    for (size_t i = 1; i < report->runs && status == SKEL_OK; i++) {
        if (list[i].identity[0] == '\0' || strcmp(list[i].identity, list[first].identity) != 0) {
            first = i;
            continue;
        }
        is_left_out[list[i].run] = true;
        if (list[i].state == SKEL_REPORT_DONE) {
            report->duplicates++;
            status = warn_of_difference(report, list[first].run, list[i].run);
        }
    }
    SKEL_FREE(&list);
    return status;
}

static bool is_of(const skel_report_section *section, const skel_report_run *run)
{
    return strcmp(section->data, run->data) == 0 && strcmp(section->model, run->model) == 0;
}

static int by_name(const void *left, const void *right)
{
    const skel_report_section *a = left;
    const skel_report_section *b = right;
    int order = strcmp(a->data, b->data);

    return order != 0 ? order : strcmp(a->model, b->model);
}

/* A damaged file without a journal is of no section. */
static skel_status list_sections(skel_report *report)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < report->runs; i++) {
        const skel_report_run *run = &report->run[i];
        size_t at = 0;

        while (at < report->sections && !is_of(&report->section[at], run)) {
            at++;
        }
        if (at < report->sections || run->model[0] == '\0') {
            continue;
        }
        SKEL_TRY(SKEL_GROW(at + 1, sizeof *report->section, &report->section));
        report->section[at] = (skel_report_section){.chance = (double)NAN};
        (void)snprintf(report->section[at].data, sizeof run->data, "%s", run->data);
        (void)snprintf(report->section[at].model, sizeof run->model, "%s", run->model);
        report->sections++;
    }
    if (report->sections > 0) {
        qsort(report->section, report->sections, sizeof *report->section, by_name);
    }
done:
    return status;
}

/* Data set and network, as a part of file names; with a number if an earlier section has the name.
 */
static void name_section(skel_report *report, size_t index)
{
    skel_report_section *section = &report->section[index];
    size_t same = 0;
    size_t length = 0;

    (void)snprintf(section->name, sizeof section->name, "%s-%s", section->data, section->model);
    for (char *c = section->name; *c != '\0'; c++) {
        *c = (char)(isalnum((unsigned char)*c) ? *c : '-');
    }
    length = strlen(section->name);
    for (size_t i = 0; i < index; i++) {
        same += strncmp(report->section[i].name, section->name, length) == 0;
    }
    if (same > 0) {
        (void)snprintf(section->name + length, sizeof section->name - length, "-%zu", same + 1);
    }
}

static skel_status fill_section(skel_report *report, skel_report_section *section,
                                const bool is_left_out[], const char *by)
{
    skel_report_members members = {0};
    skel_status status = SKEL_ALLOC(report->runs, sizeof *members.run, &members.run);

    for (size_t i = 0; i < report->runs && status == SKEL_OK; i++) {
        if (!is_left_out[i] && is_of(section, &report->run[i])) {
            members.run[members.count++] = i;
        }
    }
    if (status == SKEL_OK) {
        status = skel_report_group_build(report, section, &members, by);
    }
    SKEL_FREE(&members.run);
    return status;
}

/* What was not computed alike, but may be compared. */
static skel_status warn_of_revisions(skel_report *report)
{
    skel_texts revisions = {0};
    char list[1024];
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < report->runs; i++) {
        const skel_report_run *run = &report->run[i];

        if (run->state == SKEL_REPORT_DONE && !skel_texts_has(&revisions, run->revision)) {
            SKEL_TRY(skel_texts_add(&revisions, "%s", run->revision));
        }
    }
    if (revisions.count > 1) {
        skel_texts_join(&revisions, ", ", sizeof list, list);
        SKEL_TRY(skel_texts_add(&report->warnings, "the runs are of %zu revisions of skel: %s.",
                                revisions.count, list));
    }
done:
    skel_texts_clear(&revisions);
    return status;
}

skel_status skel_report_sections_make(skel_report *report, const char *by)
{
    bool *is_left_out = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(report->runs, sizeof *is_left_out, &is_left_out));
    SKEL_TRY(find_duplicates(report, is_left_out));
    SKEL_TRY(list_sections(report));
    for (size_t i = 0; i < report->sections; i++) {
        name_section(report, i);
        SKEL_TRY(fill_section(report, &report->section[i], is_left_out, by));
    }
    if (report->duplicates > 0) {
        SKEL_TRY(skel_texts_add(&report->warnings,
                                "%zu of the files hold%s a run that another file holds, too: each "
                                "run counts once.",
                                report->duplicates, report->duplicates == 1 ? "s" : ""));
    }
    SKEL_TRY(warn_of_revisions(report));
done:
    SKEL_FREE(&is_left_out);
    return status;
}
