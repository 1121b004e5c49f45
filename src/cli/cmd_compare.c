/* skel compare: which weights two masks have in common. */
#include "skel/memory.h"
#include "skel/reader.h"

#include "command.h"
#include "layer_masks.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 36 };

static const char details[] =
    "A and B are files with /masks: run files, checkpoints or weight files. For each layer and\n"
    "for the whole network it prints how many weights both masks keep, only A keeps, and only B\n"
    "keeps, and the Jaccard index (kept by both / kept by either). \"by chance\" is the expected\n"
    "number of weights that two random masks of these sizes both keep: kept A * kept B / size.\n"
    "Exit status: 65 if the layers or their shapes differ. Works without MPI.\n";

static const skel_option options[] = {
    {"tsv", 0, NULL, "tab-separated columns, for other programs"},
    {NULL, 0, NULL, NULL},
};

/* Weights of one layer, or of all. */
typedef struct overlap_counts {
    size_t size;
    size_t kept[2];
    size_t both;
} overlap_counts;

/* Two open files. */
typedef struct mask_pair {
    skel_reader *reader[2];
    bool tsv;
} mask_pair;

static void print_head(bool tsv)
{
    if (tsv) {
        (void)printf("layer\tsize\tkept_a\tkept_b\tboth\tonly_a\tonly_b\tjaccard\trandom\n");
        return;
    }
    (void)printf("%-*s %10s %10s %10s %10s %10s %10s %8s %12s\n", NAME_WIDTH, "layer", "size",
                 "kept A", "kept B", "both", "only A", "only B", "Jaccard", "by chance");
}

static void print_row(bool tsv, const char *name, const overlap_counts *counts)
{
    size_t only[2] = {counts->kept[0] - counts->both, counts->kept[1] - counts->both};
    size_t either = counts->both + only[0] + only[1];
    /* Two empty masks are equal. */
    double jaccard = either > 0 ? (double)counts->both / (double)either : 1.0;
    /* Mean of the hypergeometric distribution: draw kept B of the layer's weights blindly. */
    double chance = counts->size > 0
                        ? (double)counts->kept[0] * (double)counts->kept[1] / (double)counts->size
                        : 0.0;

    (void)printf(tsv ? "%.*s\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\t%.6f\t%.6g\n"
                     : "%-*s %10zu %10zu %10zu %10zu %10zu %10zu %8.4f %12.1f\n",
                 tsv ? (int)strlen(name) : NAME_WIDTH, name, counts->size, counts->kept[0],
                 counts->kept[1], counts->both, only[0], only[1], jaccard, chance);
}

static skel_status check_shapes(const mask_pair *files, const char *name)
{
    char path[SKEL_LAYER_PATH];
    char text[2][SKEL_LAYER_SHAPE];
    size_t dims[2] = {0};
    size_t shape[2][4];
    skel_status status = SKEL_OK;

    skel_layer_path("/masks", name, path);
    for (int i = 0; i < 2; i++) {
        if (!skel_reader_has(files->reader[i], path)) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "the masks differ in their layers: %s has %s, %s not",
                               skel_reader_path(files->reader[1 - i]), name,
                               skel_reader_path(files->reader[i])));
        }
        SKEL_TRY(skel_reader_shape(files->reader[i], path, &dims[i], shape[i]));
        skel_layer_shape_text(dims[i], shape[i], text[i]);
    }
    if (dims[0] != dims[1] || memcmp(shape[0], shape[1], sizeof shape[0]) != 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "the masks of %s differ in shape: %s in %s, %s in %s",
                           name, text[0], skel_reader_path(files->reader[0]), text[1],
                           skel_reader_path(files->reader[1])));
    }
done:
    return status;
}

static skel_status count_layer(const mask_pair *files, const char *name, overlap_counts *out)
{
    uint8_t *keep[2] = {NULL, NULL};
    size_t count = 0;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    SKEL_TRY(check_shapes(files, name));
    SKEL_TRY(skel_layer_mask(files->reader[0], name, &count, &keep[0]));
    SKEL_TRY(skel_layer_mask(files->reader[1], name, &count, &keep[1]));
    out->size = count;
    for (size_t i = 0; i < count; i++) {
        out->kept[0] += keep[0][i];
        out->kept[1] += keep[1][i];
        out->both += keep[0][i] & keep[1][i];
    }
done:
    SKEL_FREE(&keep[0]);
    SKEL_FREE(&keep[1]);
    return status;
}

/* The layers of a file; without any there is nothing to compare. */
static skel_status list_layers(skel_reader *reader, size_t *count, char ***names)
{
    skel_status status = skel_reader_list(reader, "/masks", count, names);

    if (status == SKEL_OK && *count == 0) {
        status =
            SKEL_FAIL(SKEL_ERR_DATA, "%s has no masks (group /masks)", skel_reader_path(reader));
    }
    return status;
}

/* Every layer of B is one of A. */
static skel_status check_layers_of_b(const mask_pair *files)
{
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(list_layers(files->reader[1], &count, &names));
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(check_shapes(files, names[i]));
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

/* Counts first, so that nothing is printed of masks that cannot be compared. */
static skel_status compare(const mask_pair *files)
{
    size_t count = 0;
    char **names = NULL;
    overlap_counts *layers = NULL;
    overlap_counts whole = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(list_layers(files->reader[0], &count, &names));
    SKEL_TRY(check_layers_of_b(files));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *layers, &layers));
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(count_layer(files, names[i], &layers[i]));
        whole.size += layers[i].size;
        whole.kept[0] += layers[i].kept[0];
        whole.kept[1] += layers[i].kept[1];
        whole.both += layers[i].both;
    }
    print_head(files->tsv);
    for (size_t i = 0; i < count; i++) {
        print_row(files->tsv, names[i], &layers[i]);
    }
    print_row(files->tsv, "whole", &whole);
done:
    SKEL_FREE(&layers);
    skel_reader_free_names(count, &names);
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    mask_pair files = {.tsv = skel_arguments_has(arguments, "tsv")};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(arguments->word[0], &files.reader[0]));
    SKEL_TRY(skel_reader_open(arguments->word[1], &files.reader[1]));
    if (!files.tsv) {
        (void)printf("A  %s\nB  %s\n\n", arguments->word[0], arguments->word[1]);
    }
    SKEL_TRY(compare(&files));
done:
    skel_reader_close(&files.reader[1]);
    skel_reader_close(&files.reader[0]);
    return status;
}

SKEL_COMMAND(compare, "A B [--tsv]", "overlap of two masks, whole and per layer", 2, 2);
