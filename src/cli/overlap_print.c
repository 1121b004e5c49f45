/* Prints overlaps of masks. */
#include "overlap_print.h"

#include "skel/json.h"
#include "skel/memory.h"

#include <stdio.h>

enum { NAME_WIDTH = 36 };

void skel_overlap_print_pair(const skel_overlaps *overlaps)
{
    (void)printf("%-*s %10s %10s %10s %10s %10s %10s %8s %12s\n", NAME_WIDTH, "layer", "size",
                 "kept A", "kept B", "both", "only A", "only B", "Jaccard", "by chance");
    for (size_t row = 0; row < skel_overlaps_rows(overlaps); row++) {
        skel_overlap pair;

        skel_overlaps_pair(overlaps, row, 0, 1, &pair);
        (void)printf("%-*s %10zu %10zu %10zu %10zu %10zu %10zu %8.4f %12.1f\n", NAME_WIDTH,
                     skel_overlaps_name(overlaps, row), pair.size, pair.kept[0], pair.kept[1],
                     pair.both, pair.kept[0] - pair.both, pair.kept[1] - pair.both, pair.jaccard,
                     pair.chance);
    }
}

static void print_matrix(const skel_overlaps *overlaps, size_t row, size_t masks)
{
    skel_overlap pair;

    skel_overlaps_pair(overlaps, row, 0, 0, &pair);
    (void)printf("\n%s, %zu weights\n%4s %10s", skel_overlaps_name(overlaps, row), pair.size, "",
                 "kept");
    for (size_t b = 0; b < masks; b++) {
        (void)printf(" %15zu", b + 1);
    }
    (void)printf("\n");
    for (size_t a = 0; a < masks; a++) {
        skel_overlaps_pair(overlaps, row, a, a, &pair);
        (void)printf("%4zu %10zu", a + 1, pair.kept[0]);
        for (size_t b = 0; b < masks; b++) {
            skel_overlaps_pair(overlaps, row, a, b, &pair);
            if (a == b) {
                (void)printf(" %15s", "-");
            } else {
                (void)printf(" %6.4f (%6.4f)", pair.jaccard, pair.chance_jaccard);
            }
        }
        (void)printf("\n");
    }
}

void skel_overlap_print_matrices(const skel_overlaps *overlaps, size_t masks)
{
    (void)printf(
        "\nJaccard index (kept by both / kept by either), in brackets what chance gives\n");
    for (size_t row = 0; row < skel_overlaps_rows(overlaps); row++) {
        print_matrix(overlaps, row, masks);
    }
}

void skel_overlap_print_tsv(const skel_overlaps *overlaps, size_t masks, const char *const paths[])
{
    (void)printf("a\tb\tlayer\tsize\tkept_a\tkept_b\tboth\tonly_a\tonly_b\tjaccard\trandom\t"
                 "jaccard_random\n");
    for (size_t row = 0; row < skel_overlaps_rows(overlaps); row++) {
        for (size_t a = 0; a < masks; a++) {
            for (size_t b = a + 1; b < masks; b++) {
                skel_overlap pair;

                skel_overlaps_pair(overlaps, row, a, b, &pair);
                (void)printf("%s\t%s\t%s\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\t%.6f\t%.6g\t%.6f\n",
                             paths[a], paths[b], skel_overlaps_name(overlaps, row), pair.size,
                             pair.kept[0], pair.kept[1], pair.both, pair.kept[0] - pair.both,
                             pair.kept[1] - pair.both, pair.jaccard, pair.chance,
                             pair.chance_jaccard);
            }
        }
    }
}

static skel_status print_object(const char *a, const char *b, const char *layer,
                                const skel_overlap *pair)
{
    skel_json *json = NULL;
    char *text = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_json_create(&json));
    skel_json_add_text(json, "a", a);
    skel_json_add_text(json, "b", b);
    skel_json_add_text(json, "layer", layer);
    skel_json_add_count(json, "size", pair->size);
    skel_json_add_count(json, "kept_a", pair->kept[0]);
    skel_json_add_count(json, "kept_b", pair->kept[1]);
    skel_json_add_count(json, "both", pair->both);
    skel_json_add_count(json, "only_a", pair->kept[0] - pair->both);
    skel_json_add_count(json, "only_b", pair->kept[1] - pair->both);
    skel_json_add_number(json, "jaccard", pair->jaccard);
    skel_json_add_number(json, "random", pair->chance);
    skel_json_add_number(json, "jaccard_random", pair->chance_jaccard);
    SKEL_TRY(skel_json_print(json, &text));
    (void)printf("%s\n", text);
done:
    SKEL_FREE(&text);
    skel_json_destroy(&json);
    return status;
}

skel_status skel_overlap_print_json(const skel_overlaps *overlaps, size_t masks,
                                    const char *const paths[])
{
    skel_status status = SKEL_OK;

    for (size_t row = 0; row < skel_overlaps_rows(overlaps); row++) {
        for (size_t a = 0; a < masks; a++) {
            for (size_t b = a + 1; b < masks; b++) {
                skel_overlap pair;

                skel_overlaps_pair(overlaps, row, a, b, &pair);
                SKEL_TRY(
                    print_object(paths[a], paths[b], skel_overlaps_name(overlaps, row), &pair));
            }
        }
    }
done:
    return status;
}
