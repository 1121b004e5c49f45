/** What the fuzzing targets share: the input as a file, and a network that is small. */
#ifndef SKEL_TESTS_FUZZ_TARGET_H
#define SKEL_TESTS_FUZZ_TARGET_H

#include "data/data_file.h"

#include "skel/comm.h"
#include "skel/network.h"

/** libFuzzer calls it with one input after the other. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Writes an input to a file in memory, and returns its path. Static storage; the file of the call
 *  before is replaced. */
const char *skel_fuzz_file(size_t size, const uint8_t *data);

/** A path beside it, for what a target writes. Static storage. */
const char *skel_fuzz_other_file(size_t size, const uint8_t *data);

/** Aborts unless the status is a success or an error of the input, in words; with SKEL_FUZZ_SOUND
 *  in the environment, which is for seeds that must be sound, unless it is a success. */
void skel_fuzz_expect(skel_status status);

/** Aborts unless as many blocks of memory are in use as `before`: skel_memory_blocks() then. */
void skel_fuzz_expect_blocks(size_t before);

/** Has a file of a data set read: the input but for its first byte, whose lowest bit chooses the
 *  entry's file and whose next bit says that the content is gzip.
 *
 *  @param entry   of two files
 *  @param images  room for the samples of either file, as `labels` */
void skel_fuzz_data_file(const skel_catalog_entry *entry, size_t size, const uint8_t *data,
                         uint8_t images[], uint16_t labels[]);

/** This process alone. Static storage. */
const skel_comm *skel_fuzz_comm(void);

#endif
