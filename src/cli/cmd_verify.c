/* skel verify: every dataset of every file against its checksum. */
#include "skel/dataset_verify.h"
#include "skel/memory.h"
#include "skel/reader.h"

#include "command.h"
#include "file_list.h"

#include <stdio.h>
#include <string.h>

enum { PRAISE = 96 }; /* bytes of what is said of a good file */

static const char details[] =
    "Compares each file with its manifest: every object and attribute that skel wrote is there, "
    "is\n"
    "as it was written, and nothing was added. A file of schema 1 has no manifest: every dataset "
    "is\n"
    "compared with its checksum, every attribute is read, and nothing may be missing from the\n"
    "schema. Of a folder it checks all run files, checkpoints and spectra below it (NAME.h5,\n"
    "NAME.h5.checkpoint, NAME.h5.spectra). Of a data file it checks every label and pixel; one "
    "that\n"
    "another program wrote has no checksums to compare with. Prints one line for each file.\n"
    "Exit status: 65 if a file is damaged, was changed, or was not written by skel, 74 if a file\n"
    "cannot be read. Works without MPI.\n";

static const skel_option options[] = {{NULL, 0, NULL, NULL}};

/* Leaves the path out of a message, because the printed line begins with it. */
static const char *without_path(const char *message, const char *path)
{
    size_t length = strlen(path);

    return strncmp(message, path, length) == 0 ? message + length + strspn(message + length, ": ")
                                               : message;
}

/* A data file: the checksums if it has them, and every value. */
static skel_status verify_data(skel_reader *reader, const char *path, char praise[PRAISE])
{
    skel_dataset_info info;
    float *statistics = NULL;
    bool has_statistics = false;
    size_t datasets = 0;
    size_t images = 0;
    char schema[64];
    skel_status status = SKEL_OK;

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    if (schema[0] != '\0') {
        SKEL_TRY(skel_reader_verify(reader, &datasets));
    }
    SKEL_TRY(skel_dataset_verify(path, &info, &has_statistics, &statistics));
    images = info.train + info.test + info.validation;
    (void)snprintf(praise, PRAISE, "%zu image%s%s", images, images == 1 ? "" : "s",
                   schema[0] != '\0' ? "" : ", without checksums: every value was checked");
done:
    SKEL_FREE(&statistics);
    return status;
}

/* Checks a file of any kind; `praise` is what to say of a good one. */
static skel_status verify_content(const char *path, char praise[PRAISE])
{
    skel_reader *reader = NULL;
    size_t datasets = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    if (skel_reader_has(reader, "/train/labels")) {
        SKEL_TRY(verify_data(reader, path, praise));
        goto done;
    }
    SKEL_TRY(skel_reader_verify(reader, &datasets));
    (void)snprintf(praise, PRAISE, "%zu datasets", datasets);
done:
    return skel_reader_close(&reader, status);
}

/* Checks one file and prints its line. */
static skel_status verify_file(const char *path)
{
    char praise[PRAISE] = "";
    skel_status status = verify_content(path, praise);

    if (status == SKEL_OK) {
        (void)printf("%s: ok (%s)\n", path, praise);
    } else {
        (void)printf("%s: FAILED: %s\n", path, without_path(skel_error_message(), path));
    }
    return status;
}

static skel_status verify_all(const skel_file_list *files)
{
    size_t bad = 0;
    skel_status worst = SKEL_OK;

    for (size_t i = 0; i < files->count; i++) {
        skel_status status = verify_file(files->path[i]);

        bad += status != SKEL_OK;
        worst = skel_status_of_files(worst, status);
    }
    if (bad > 0) {
        return SKEL_FAIL(worst, "%zu of %zu file%s did not pass", bad, files->count,
                         files->count == 1 ? "" : "s");
    }
    return SKEL_OK;
}

static skel_status run(const skel_arguments *arguments)
{
    skel_file_list files = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_list_make(arguments->count, arguments->word, SKEL_FILES_ALL, &files));
    SKEL_TRY(verify_all(&files));
done:
    skel_file_list_free(&files);
    return status;
}

SKEL_COMMAND(verify, "FILE|DIR ...", "check the integrity of run files and checkpoints", 1,
             SKEL_ANY);
