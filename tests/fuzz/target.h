/** What the fuzzing targets share: the input as a file, and a network that is small. */
#ifndef SKEL_TESTS_FUZZ_TARGET_H
#define SKEL_TESTS_FUZZ_TARGET_H

#include "skel/comm.h"
#include "skel/network.h"

/** libFuzzer calls it with one input after the other. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Writes an input to a file in memory, and returns its path. Static storage; the file of the call
 *  before is replaced. */
const char *skel_fuzz_file(size_t size, const uint8_t *data);

/** A path beside it, for what a target writes. Static storage. */
const char *skel_fuzz_other_file(size_t size, const uint8_t *data);

/** Aborts unless the status is a success or an error of the input, in words. */
void skel_fuzz_expect(skel_status status);

/** This process alone. Static storage. */
const skel_comm *skel_fuzz_comm(void);

#endif
