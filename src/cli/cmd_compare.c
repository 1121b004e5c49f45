/* skel compare: which weights masks have in common, each two of any number. */
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/overlap.h"
#include "skel/reader.h"

#include "command.h"
#include "file_list.h"
#include "overlap_print.h"

#include <stdio.h>

static const char details[] =
    "Each argument is a file with /masks (a run file, checkpoint or weight file), or a folder: "
    "all\n"
    "run files below it. Of two masks it prints, for each layer and for the whole network, how "
    "many\n"
    "weights both keep, only A keeps, and only B keeps, and the Jaccard index (kept by both / "
    "kept\n"
    "by either). \"by chance\" is the expected number of weights that two random masks of these\n"
    "sizes both keep: kept A * kept B / size. Of more masks it prints the Jaccard index of each\n"
    "two, and in brackets the Jaccard index that chance gives; with --layers for each layer, too.\n"
    "Columns of the formats tsv and json: random is the number of weights by chance, and\n"
    "jaccard_random its Jaccard index.\n"
    "Exit status: 65 if the layers or their shapes differ, or if a file is damaged, 74 if a file\n"
    "cannot be read. Such files of a folder are named and left out. Works without MPI.\n";

static const skel_option options[] = {
    {"layers", 0, NULL, "also each layer; always so for two masks as text"},
    {"format", 0, "NAME", "text, tsv (columns for other programs) or json (an object a line)"},
    {NULL, 0, NULL, NULL},
};

/* A file of a folder must be whole to count. */
static skel_status check_file(const char *path)
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_reader_check(reader, "/masks", NULL));
    if (!skel_reader_has(reader, "/masks")) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s has no masks (group /masks)", path);
    }
done:
    return skel_reader_close(&reader, status);
}

/* Leaves out the damaged files of folders, with a warning each; returns how many. */
static size_t leave_out(skel_file_list *files, skel_status *failure)
{
    size_t kept = 0;
    size_t count = files->count;

    for (size_t i = 0; i < count; i++) {
        skel_status status = files->found[i] ? check_file(files->path[i]) : SKEL_OK;

        *failure = skel_status_of_files(*failure, status);
        if (status != SKEL_OK) {
            SKEL_WARN("left out: %s", skel_error_message());
            SKEL_FREE(&files->path[i]);
            continue;
        }
        files->path[kept] = files->path[i];
        files->found[kept++] = files->found[i];
    }
    files->count = kept;
    skel_error_clear();
    return count - kept;
}

static skel_status print(const skel_overlaps *overlaps, size_t masks, const char *const paths[],
                         size_t format)
{
    if (format == 1) {
        skel_overlap_print_tsv(overlaps, masks, paths);
        return SKEL_OK;
    }
    if (format == 2) {
        return skel_overlap_print_json(overlaps, masks, paths);
    }
    if (masks == 2) {
        (void)printf("A  %s\nB  %s\n\n", paths[0], paths[1]);
        skel_overlap_print_pair(overlaps);
        return SKEL_OK;
    }
    for (size_t i = 0; i < masks; i++) {
        (void)printf("%4zu  %s\n", i + 1, paths[i]);
    }
    skel_overlap_print_matrices(overlaps, masks);
    return SKEL_OK;
}

static skel_status run(const skel_arguments *arguments)
{
    static const char *const formats[] = {"text", "tsv", "json"};
    size_t format = 0;
    size_t damaged = 0;
    skel_status failure = SKEL_OK;
    skel_file_list files = {0};
    skel_overlaps *overlaps = NULL;
    const char *const *paths = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_arguments_choice(arguments, "format", 3, formats, &format));
    SKEL_TRY(skel_file_list_make(arguments->count, arguments->word, SKEL_FILES_FINISHED, &files));
    damaged = leave_out(&files, &failure);
    if (files.count < 2 && damaged == 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_USAGE, "skel compare: there is 1 mask, %s; name a second one",
                           files.path[0]));
    }
    if (files.count >= 2) {
        paths = (const char *const *)files.path;
        SKEL_TRY(skel_overlaps_read(files.count, paths,
                                    skel_arguments_has(arguments, "layers") ||
                                        (files.count == 2 && format == 0),
                                    &overlaps));
        SKEL_TRY(print(overlaps, files.count, paths, format));
    }
    if (damaged > 0) {
        status = skel_error_set(failure, "%zu of %zu file%s cannot be compared", damaged,
                                files.count + damaged, files.count + damaged == 1 ? "" : "s");
    }
done:
    skel_overlaps_free(&overlaps);
    skel_file_list_free(&files);
    return status;
}

SKEL_COMMAND(compare, "A B [C ...] [--layers] [--format NAME]",
             "overlap of any number of masks, whole and per layer", 1, SKEL_ANY);
