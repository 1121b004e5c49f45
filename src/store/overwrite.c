/* What is in the place of an output, and whether it may be replaced. */
#include "skel/overwrite.h"

#include "skel/input.h"
#include "skel/journal.h"
#include "skel/output.h"
#include "skel/reader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 512 /* bytes that tell a journal */ };

/* What a file is, and whether a command of the kind may replace it. */
static const struct {
    const char *schema; /* of HDF5 files of skel; NULL: `object` tells */
    const char *object;
    const char *noun;
    skel_overwrite kind;
} known[] = {
    {"skel-run", NULL, "a run file of skel", SKEL_OVERWRITE_NONE},
    {"skel-checkpoint", NULL, "a checkpoint of skel", SKEL_OVERWRITE_NONE},
    {"skel-spectra", NULL, "a file of spectra", SKEL_OVERWRITE_SPECTRA},
    {"skel-data", NULL, "a data file", SKEL_OVERWRITE_NONE},
    {"skel-", NULL, "a file of skel", SKEL_OVERWRITE_NONE}, /* all others */
    {NULL, "/train/images", "a data file", SKEL_OVERWRITE_NONE},
    {NULL, "/train/labels", "a data file", SKEL_OVERWRITE_NONE},
    {NULL, "/weights", "a weight file", SKEL_OVERWRITE_WEIGHTS},
};

static skel_status refuse(const char *path, const char *noun)
{
    return SKEL_FAIL(SKEL_ERR_USAGE, "%s is %s: name another file", path, noun);
}

static skel_status check_hdf5(skel_reader *reader, const char *path, skel_overwrite kind)
{
    char schema[64] = "";

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        bool is_this = known[i].schema != NULL
                           ? strncmp(schema, known[i].schema, strlen(known[i].schema)) == 0
                           : skel_reader_has(reader, known[i].object);

        if (is_this) {
            return kind != SKEL_OVERWRITE_NONE && kind == known[i].kind
                       ? SKEL_OK
                       : refuse(path, known[i].noun);
        }
    }
    return SKEL_OK;
}

/* A file that is not an HDF5 file, or a damaged one. */
static skel_status check_head(const char *path)
{
    static const char signature[] = "\x89HDF\r\n\x1a\n";
    static const char journal[] = "\"" SKEL_JOURNAL_SCHEMA "\"";
    char head[HEAD];
    int descriptor = -1;
    ssize_t got = 0;
    skel_status status = skel_input_open(path, &descriptor, NULL);

    if (status != SKEL_OK) {
        return status;
    }
    got = skel_input_read(descriptor, 0, sizeof head, head);
    if (got < 0) {
        status = SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", path, strerror(errno));
    }
    (void)close(descriptor);
    if (got >= (ssize_t)sizeof signature - 1 &&
        memcmp(head, signature, sizeof signature - 1) == 0) {
        status = refuse(path, "a damaged HDF5 file, or one that is being written");
    } else if (got > 0 && memmem(head, (size_t)got, journal, sizeof journal - 1) != NULL) {
        status = refuse(path, "the journal of a run");
    }
    return status;
}

static skel_status check_content(const char *path, skel_overwrite kind)
{
    skel_reader *reader = NULL;
    skel_status status = skel_reader_open(path, &reader);

    if (status == SKEL_OK) {
        status = check_hdf5(reader, path, kind);
    } else if (status == SKEL_ERR_DATA) {
        skel_error_clear();
        /* a name of spectra is that of no other file: damaged ones are computed again */
        status = kind == SKEL_OVERWRITE_SPECTRA ? SKEL_OK : check_head(path);
    }
    return skel_reader_close(&reader, status);
}

skel_status skel_overwrite_check(const char *path, skel_overwrite kind, size_t inputs,
                                 const char *const input[])
{
    struct stat facts;
    skel_status status = SKEL_OK;

    if (path == NULL || stat(path, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return SKEL_OK;
    }
    SKEL_TRY(check_content(path, kind));
    for (size_t i = 0; i < inputs; i++) {
        if (input[i] != NULL && skel_output_replaces(path, input[i])) {
            SKEL_TRY(refuse(path, "a file that the command reads"));
        }
    }
done:
    return status;
}
