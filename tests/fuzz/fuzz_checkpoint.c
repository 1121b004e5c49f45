/* Checkpoints: the checks before a resume, and the vectors of the state. */
#include "target.h"

#include "skel/memory.h"
#include "skel/reader.h"
#include "skel/stored.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const numbers[] = {"iterations", "epochs", "steps",  "step_images",
                                          "step_loss",  "placed", "history"};
    const size_t blocks = skel_memory_blocks();
    skel_reader *reader = NULL;
    skel_job job;
    uint8_t *bytes = NULL;
    double *values = NULL;
    size_t count = 0;
    skel_status status = skel_reader_open(skel_fuzz_file(size, data), &reader);

    skel_fuzz_expect(status);
    if (reader != NULL) {
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            (void)skel_stored_number(reader, "/state", numbers[i]);
        }
        skel_fuzz_expect(skel_reader_verify(reader, &count));
        skel_fuzz_expect(skel_stored_job(reader, &job));
        skel_fuzz_expect(skel_reader_bytes(reader, "/state/lineage", &count, &bytes));
        skel_fuzz_expect(skel_reader_doubles(reader, "/state/velocity", &count, &values));
    }
    SKEL_FREE(&bytes);
    SKEL_FREE(&values);
    skel_fuzz_expect(skel_reader_close(&reader, SKEL_OK));
    skel_fuzz_expect_blocks(blocks);
    return 0;
}
