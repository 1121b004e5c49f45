/* Run files: all that verify and inspect read, and the job. */
#include "target.h"

#include "skel/memory.h"
#include "skel/reader.h"
#include "skel/stored.h"

#include <string.h>

static skel_status visit(skel_reader *reader, const char *path, skel_object_kind kind, void *unused)
{
    char text[256];
    char **names = NULL;
    size_t count = 0;
    double *values = NULL;

    (void)unused;
    if ((kind != SKEL_OBJECT_GROUP && kind != SKEL_OBJECT_DATASET) ||
        strcmp(path, "/manifest") == 0) { /* which does not list itself */
        return SKEL_OK;
    }
    skel_fuzz_expect(skel_reader_list_attributes(reader, path, &count, &names));
    for (size_t i = 0; i < count; i++) {
        skel_reader_attribute(reader, path, names[i], sizeof text, text);
        skel_fuzz_expect(skel_reader_check_attribute(reader, path, names[i]));
    }
    skel_reader_free_names(count, &names);
    if (kind == SKEL_OBJECT_DATASET && skel_reader_is_text(reader, path)) {
        skel_fuzz_expect(skel_reader_texts(reader, path, &count, &names));
        skel_reader_free_names(count, &names);
    } else if (kind == SKEL_OBJECT_DATASET) {
        skel_fuzz_expect(skel_reader_doubles(reader, path, &count, &values));
    }
    SKEL_FREE(&values);
    return SKEL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t blocks = skel_memory_blocks();
    skel_reader *reader = NULL;
    skel_job job;
    size_t datasets = 0;
    skel_status status = skel_reader_open(skel_fuzz_file(size, data), &reader);

    skel_fuzz_expect(status);
    if (reader != NULL) {
        skel_fuzz_expect(skel_reader_verify(reader, &datasets));
        skel_fuzz_expect(skel_reader_walk(reader, "/", visit, NULL));
        skel_fuzz_expect(skel_stored_job(reader, &job));
    }
    skel_fuzz_expect(skel_reader_close(&reader, SKEL_OK));
    skel_fuzz_expect_blocks(blocks);
    return 0;
}
