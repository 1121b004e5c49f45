/* Journals: JSON lines, cut, damaged, with places of a start that lead anywhere. */
#include "target.h"

#include "skel/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    skel_journal_story story;

    skel_fuzz_expect(skel_journal_read(skel_fuzz_file(size, data), &story));
    skel_journal_forget(&story);
    return 0;
}
