/* Differences of accuracy between each two lines at the same sparsity. */
#include "table_makers.h"

#include "skel/difference.h"
#include "skel/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_PAIRS = 4000 };

/* Two groups that are compared, and the result. */
typedef struct pair {
    const skel_report_group *group[2];
} pair;

/* All pairs of a section. Owned. */
typedef struct pairs {
    size_t count;
    pair *pair;
    skel_difference *difference; /* [count] */
} pairs;

/* Finite accuracies and their seeds, by ascending seed. Returns their number. */
static size_t take_values(const skel_report *report, const skel_report_group *group, double value[],
                          uint64_t seed[])
{
    size_t count = 0;

    for (size_t i = 0; i < group->runs; i++) {
        const skel_report_run *run = &report->run[group->run[i]];

        if (isfinite(run->number[SKEL_REPORT_TEST_ACCURACY])) {
            seed[count] = run->seed;
            value[count++] = run->number[SKEL_REPORT_TEST_ACCURACY];
        }
    }
    return count;
}

static skel_status compare(const skel_report *report, const pair *both, skel_difference *out)
{
    size_t room = both->group[0]->runs + both->group[1]->runs;
    double *value = NULL;
    uint64_t *seed = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(room, sizeof *value, &value));
    SKEL_TRY(SKEL_ALLOC(room, sizeof *seed, &seed));
    double *other = value + both->group[0]->runs;
    uint64_t *other_seed = seed + both->group[0]->runs;
    size_t first = take_values(report, both->group[0], value, seed);
    size_t second = take_values(report, both->group[1], other, other_seed);

    if (first == second && memcmp(seed, other_seed, first * sizeof *seed) == 0) {
        skel_difference_paired(first, value, other, out);
    } else {
        skel_difference_welch(first, value, second, other, out);
    }
done:
    SKEL_FREE(&value);
    SKEL_FREE(&seed);
    return status;
}

static bool is_compared(const skel_report_section *section, const skel_report_group *a,
                        const skel_report_group *b)
{
    return a->sparsity == b->sparsity && a->accuracy.count > 0 && b->accuracy.count > 0 &&
           !section->line[a->line].is_dense && !section->line[b->line].is_dense;
}

/* Pairs by sparsity, then by line. */
static skel_status list_pairs(const skel_report_section *section, pairs *all)
{
    size_t count = 0;
    skel_status status = SKEL_OK;

    for (int pass = 0; pass < 2; pass++) {
        count = 0;
        for (size_t s = 0; s < section->sparsities; s++) {
            for (size_t i = 0; i < section->groups; i++) {
                for (size_t j = i + 1; j < section->groups; j++) {
                    const skel_report_group *a = &section->group[i];
                    const skel_report_group *b = &section->group[j];

                    if (a->sparsity != section->sparsity[s] || !is_compared(section, a, b)) {
                        continue;
                    }
                    if (pass == 1) {
                        all->pair[count] = (pair){{a, b}};
                    }
                    count++;
                }
            }
        }
        if (pass == 0) {
            SKEL_TRY(SKEL_ALLOC(count, sizeof *all->pair, &all->pair));
        }
    }
    all->count = count;
done:
    return status;
}

/* A verdict needs two values of each; with one there is no order. */
static const char *judge(const skel_difference *difference)
{
    if (isnan(difference->p)) {
        return "too few runs";
    }
    if (!skel_difference_is_clear(difference)) {
        return "not distinguishable";
    }
    return difference->mean > 0 ? "first is better" : "second is better";
}

static void name_test(const skel_difference *difference, size_t size, char out[])
{
    if (isnan(difference->p)) {
        out[0] = '\0';
    } else if (difference->is_paired) {
        (void)snprintf(out, size, "paired, %zu seeds", difference->count[0]);
    } else {
        (void)snprintf(out, size, "Welch, %zu and %zu", difference->count[0], difference->count[1]);
    }
}

static skel_status add_pair(const skel_report_section *section, const pair *both,
                            const skel_difference *difference, skel_report_table *table)
{
    char test[64];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_add_row(table));
    skel_report_table_set_number(table, 0, 100 * both->group[0]->sparsity);
    SKEL_TRY(skel_report_table_set_text(table, 1, section->line[both->group[0]->line].label));
    SKEL_TRY(skel_report_table_set_text(table, 2, section->line[both->group[1]->line].label));
    skel_report_table_set_number(table, 3, 100 * difference->mean);
    (void)skel_table_set_interval(table, 4, 100 * difference->low, 100 * difference->high, -100,
                                  100);
    skel_report_table_set_number(table, 6, difference->p_adjusted);
    name_test(difference, sizeof test, test);
    SKEL_TRY(skel_report_table_set_text(table, 7, test));
    SKEL_TRY(skel_report_table_set_text(table, 8, judge(difference)));
done:
    return status;
}

/* No one reads so many, and Holm's correction leaves none of them clear. */
static skel_status drop_too_many(pairs *all, skel_report_table *table)
{
    size_t count = all->count;

    if (count <= MOST_PAIRS) {
        return SKEL_OK;
    }
    all->count = 0;
    return skel_texts_add(&table->notes,
                          "%zu pairs are more than the %d that are compared: choose runs with "
                          "--where.",
                          count, (int)MOST_PAIRS);
}

/* A table in which no row has a test says so in a sentence alone. */
static skel_status drop_untested(pairs *all, skel_report_table *table)
{
    for (size_t i = 0; i < all->count; i++) {
        if (!isnan(all->difference[i].p)) {
            return SKEL_OK;
        }
    }
    if (all->count == 0) {
        return SKEL_OK;
    }
    all->count = 0;
    return skel_texts_add(&table->notes, "There are too few runs for a test: it needs two seeds of "
                                         "each of two methods at the same sparsity.");
}

/* Intervals that go beyond all differences. */
static skel_status note_cut(const pairs *all, skel_report_table *table)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->difference[i].low < -1 || all->difference[i].high > 1) {
            return skel_table_note_cut("differences", -100, 100, table);
        }
    }
    return SKEL_OK;
}

skel_status skel_table_make_differences(const skel_report *report,
                                        const skel_report_section *section, skel_report_table *out)
{
    static const skel_table_head heads[] = {
        {"removed (%)", SKEL_CELL_NUMBER, -1}, {"first", SKEL_CELL_TEXT, 0},
        {"second", SKEL_CELL_TEXT, 0},         {"difference (points)", SKEL_CELL_NUMBER, 2},
        {"95 % from", SKEL_CELL_NUMBER, 2},    {"to", SKEL_CELL_NUMBER, 2},
        {"p (Holm)", SKEL_CELL_NUMBER, 4},     {"test", SKEL_CELL_TEXT, 0},
        {"result", SKEL_CELL_TEXT, 0},
    };
    pairs all = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_table_begin(
        "differences",
        "Differences of test accuracy between methods at the same sparsity, with 95 % interval; "
        "two-sided t test, p corrected by Holm over all rows of this table",
        sizeof heads / sizeof *heads, heads, out));
    SKEL_TRY(list_pairs(section, &all));
    SKEL_TRY(drop_too_many(&all, out));
    SKEL_TRY(SKEL_ALLOC(all.count, sizeof *all.difference, &all.difference));
    for (size_t i = 0; i < all.count; i++) {
        SKEL_TRY(compare(report, &all.pair[i], &all.difference[i]));
    }
    skel_difference_holm(all.count, all.difference);
    SKEL_TRY(drop_untested(&all, out));
    for (size_t i = 0; i < all.count; i++) {
        SKEL_TRY(add_pair(section, &all.pair[i], &all.difference[i], out));
    }
    SKEL_TRY(note_cut(&all, out));
    if (out->rows > 0) {
        SKEL_TRY(skel_table_note_shares(report, section, out));
        SKEL_TRY(skel_table_note_absents(report, section, out));
    }
done:
    SKEL_FREE(&all.pair);
    SKEL_FREE(&all.difference);
    return status;
}
