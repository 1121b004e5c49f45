/* Seeds of groups. */
#include "report_seeds.h"

#include "skel/memory.h"

#include <stdlib.h>
#include <string.h>

/* A seed of the runs of a folder. */
typedef struct folder_seed {
    const char *folder; /* borrowed; `length` bytes */
    size_t length;
    uint64_t seed;
} folder_seed;

/* All seeds of all folders, each once. */
typedef struct folder_seeds {
    size_t count;
    folder_seed *of; /* [count] sorted by folder, then by seed */
} folder_seeds;

bool skel_report_seeds_has(const skel_report *report, const skel_report_group *group, uint64_t seed)
{
    for (size_t i = 0; i < group->runs; i++) {
        if (report->run[group->run[i]].seed == seed) {
            return true;
        }
    }
    for (size_t i = 0; i < group->absents; i++) {
        if (group->absent[i].seed == seed) {
            return true;
        }
    }
    return false;
}

skel_status skel_report_seeds_add_absent(skel_report_group *group, skel_report_absent absent)
{
    skel_status status = SKEL_GROW(group->absents + 1, sizeof *group->absent, &group->absent);

    if (status == SKEL_OK) {
        group->absent[group->absents++] = absent;
    }
    return status;
}

static int by_seed(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;

    return (*a > *b) - (*a < *b);
}

static int by_absent_seed(const void *left, const void *right)
{
    const skel_report_absent *a = left;
    const skel_report_absent *b = right;

    return (a->seed > b->seed) - (a->seed < b->seed);
}

static int compare_folders(const folder_seed *a, const folder_seed *b)
{
    return a->length != b->length ? (a->length > b->length) - (a->length < b->length)
                                  : strncmp(a->folder, b->folder, a->length);
}

static int by_folder(const void *left, const void *right)
{
    const folder_seed *a = left;
    const folder_seed *b = right;
    int order = compare_folders(a, b);

    return order != 0 ? order : (a->seed > b->seed) - (a->seed < b->seed);
}

static folder_seed place_of(const skel_report_run *run)
{
    return (folder_seed){run->path, (size_t)(run->name - run->path), run->seed};
}

static skel_status list_seeds(size_t count, const skel_report_entry entry[],
                              skel_report_section *section)
{
    size_t kept = 0;
    skel_status status = SKEL_ALLOC(count, sizeof *section->seed, &section->seed);

    if (status != SKEL_OK || count == 0) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        if (entry[i].is_known) {
            section->seed[section->seeds++] = entry[i].seed;
        }
    }
    qsort(section->seed, section->seeds, sizeof *section->seed, by_seed);
    for (size_t i = 0; i < section->seeds; i++) {
        if (kept == 0 || section->seed[kept - 1] != section->seed[i]) {
            section->seed[kept++] = section->seed[i];
        }
    }
    section->seeds = kept;
    return SKEL_OK;
}

static skel_status list_folders(const skel_report *report, size_t count,
                                const skel_report_entry entry[], folder_seeds *out)
{
    size_t kept = 0;
    skel_status status = SKEL_ALLOC(count, sizeof *out->of, &out->of);

    if (status != SKEL_OK || count == 0) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        if (entry[i].is_known) {
            out->of[out->count++] = place_of(&report->run[entry[i].run]);
        }
    }
    qsort(out->of, out->count, sizeof *out->of, by_folder);
    for (size_t i = 0; i < out->count; i++) {
        if (kept == 0 || by_folder(&out->of[kept - 1], &out->of[i]) != 0) {
            out->of[kept++] = out->of[i];
        }
    }
    out->count = kept;
    return SKEL_OK;
}

/* The first of the folder's seeds. */
static size_t find_folder(const folder_seeds *all, const folder_seed *wanted)
{
    size_t low = 0;
    size_t high = all->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_folders(&all->of[middle], wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Adds the seeds that the folder of a run has, and its group has not. */
static skel_status add_missing(const skel_report *report, const folder_seeds *all, size_t run,
                               skel_report_group *group)
{
    const folder_seed place = place_of(&report->run[run]);
    skel_status status = SKEL_OK;

    for (size_t i = find_folder(all, &place);
         status == SKEL_OK && i < all->count && compare_folders(&all->of[i], &place) == 0; i++) {
        if (!skel_report_seeds_has(report, group, all->of[i].seed)) {
            status = skel_report_seeds_add_absent(
                group, (skel_report_absent){all->of[i].seed, SKEL_REPORT_MISSING, 0});
        }
    }
    return status;
}

static skel_status find_missing(const skel_report *report, const folder_seeds *all,
                                skel_report_group *group)
{
    size_t traced = group->absents; /* those that have a journal */
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < group->runs; i++) {
        SKEL_TRY(add_missing(report, all, group->run[i], group));
    }
    for (size_t i = 0; i < traced; i++) {
        SKEL_TRY(add_missing(report, all, group->absent[i].run, group));
    }
    if (group->absents > 0) {
        qsort(group->absent, group->absents, sizeof *group->absent, by_absent_seed);
    }
done:
    return status;
}

skel_status skel_report_seeds_find(const skel_report *report, size_t count,
                                   const skel_report_entry entry[], skel_report_section *section)
{
    folder_seeds all = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(list_seeds(count, entry, section));
    SKEL_TRY(list_folders(report, count, entry, &all));
    for (size_t g = 0; g < section->groups; g++) {
        SKEL_TRY(find_missing(report, &all, &section->group[g]));
    }
done:
    SKEL_FREE(&all.of);
    return status;
}
